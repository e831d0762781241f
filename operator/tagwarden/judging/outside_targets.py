"""Whether a policy may delete objects that change resources outside their cluster (S22).

The provider protects all such objects. That protection ends under a policy that names the kind, if the target of the
object is a declared account that is entirely for tests.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tagwarden.judging.compiled_account import CompiledAccount
from tagwarden.judging.compiled_policy import CompiledPolicy
from tagwarden.model.evidence import FreshEvidence
from tagwarden.model.messages import judgement_messages as messages
from tagwarden.model.outside_targets import ACTS_ELSEWHERE, ACTS_ON, RELEASED_FROM, aws_account, cluster, gcp_project
from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The rule for one policy.

    `kinds` are the kinds that the policy names in full, `targets` the declared accounts by the names that objects use.
    """

    kinds: frozenset[str]
    targets: Mapping[str, tuple[CompiledAccount, ...]]

    def settled(self, resource: Resource) -> Resource:
        """Give the resource with the protection under the policy, which includes advice, or without a protection."""
        controller = resource.attributes.get(ACTS_ELSEWHERE)
        if not controller:
            return resource
        target = str(resource.attributes.get(ACTS_ON, ""))
        if why := self._why_not(resource.kind, target):
            acts_on = target or messages.UNKNOWN_TARGET()
            return replace(
                resource, protection=messages.CHANGES_OUTSIDE(controller=controller, target=acts_on, why=why)
            )
        released = {RELEASED_FROM: resource.protection, **resource.attributes}
        return replace(resource, protection="", attributes=released)

    def settled_in(self, snapshot: Snapshot) -> Snapshot:
        """Give a snapshot with all resources settled."""
        if not any(ACTS_ELSEWHERE in resource.attributes for resource in snapshot.resources):
            return snapshot
        return replace(snapshot, resources=tuple(map(self.settled, snapshot.resources)))

    def settled_evidence(self, fresh: FreshEvidence) -> FreshEvidence:
        """Give fresh evidence with all resources settled."""
        return FreshEvidence(
            {uid: resource and self.settled(resource) for uid, resource in fresh.resources.items()},
            tuple(replace(look, snapshot=self.settled_in(look.snapshot)) for look in fresh.looks),
        )

    def _why_not(self, kind: str, target: str) -> str:
        """Explain why an object may not be deleted, and how to allow the deletion; empty if allowed."""
        if not target:
            return messages.TARGET_UNIDENTIFIED()
        if kind not in self.kinds:
            return messages.KIND_NOT_NAMED(kind=kind)
        accounts = self.targets.get(target, ())
        if not accounts:
            return messages.TARGET_UNDECLARED()
        for account in accounts:
            if account.doubt is not None:
                return messages.TARGET_IN_DOUBT(account=account.name, doubt=account.doubt.message)
            if not _is_for_tests(account):
                return messages.TARGET_NOT_FOR_TESTS(account=account.name)
        return ""


def elsewhere_of(
    policy: CompiledPolicy, accounts: Mapping[str, CompiledAccount], snapshots: Iterable[Snapshot]
) -> Elsewhere:
    """Give the rule for a policy; `accounts` are all declared accounts, with their doubts.

    Objects name a cluster by its API server.
    """
    targets: defaultdict[str, list[CompiledAccount]] = defaultdict(list)
    for account in accounts.values():
        spec = account.account.spec
        if spec.aws is not None:
            targets[aws_account(spec.aws.account_id)].append(account)
        if spec.gcp is not None:
            targets[gcp_project(spec.gcp.project_id)].append(account)
    for snapshot in snapshots:
        if snapshot.provider is ProviderName.KUBERNETES and snapshot.account in accounts:
            targets[cluster(snapshot.identity.server)].append(accounts[snapshot.account])
    targets.pop("", None)
    return Elsewhere(frozenset(policy.spec.scope.kinds), {target: tuple(named) for target, named in targets.items()})


def _is_for_tests(account: CompiledAccount) -> bool:
    """Whether an account is entirely for tests: the rule that matches the target of an object is unknown."""
    stated = {account.account.spec.environment, *(environment for _, environment in account.rules)}
    return stated == {Environment.TEST} and not account.twins
