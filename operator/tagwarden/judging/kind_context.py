"""The context that all resources of one kind in one region and environment share, computed once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tagwarden.judging.compiled_policy import CompiledPolicy, CompiledRules
from tagwarden.judging.scope import CompiledExclusion
from tagwarden.model.resource import Environment, Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.model.verdict import Finding
from tagwarden.tagging import LATEST

_DELETABLE = Environment.TEST
"""The only environment in which anything is deleted or shortened (S2)."""


@dataclass(frozen=True, slots=True)
class KindContext:
    """Shared context of all resources of one kind and category in one region and environment of an account.

    `rules` are the policy's rules, and `expiry_key` is the expiry key in the form of the provider. `other_policies`
    also cover the kind, with at least the same priority; `exclusions` are the policy's exclusions that may match the
    kind. `is_undisputed`: the policy governs every resource of the kind and excludes none, so that no resource needs a
    check of its own. `snapshot` is the id of the snapshot and `taken` the time; `is_complete`: the kind is listed to
    the end. `allows_deletion`: the environment allows deletions and shortening (S2). `irreplaceable` is the finding for
    a resource without owner or expiry that cannot be recreated and therefore stays (S19); None if the kind holds
    nothing irreplaceable, the policy names it, or no rule would delete. `is_backed_up`: the policy asks for a backup
    first. `earliest` is `now` + `grace.repaired`: no repaired or shortened expiry is earlier. `doubt` is the reason why
    nothing in the account may be touched (S22).
    """

    policy: CompiledPolicy
    rules: CompiledRules
    expiry_key: str
    category: str
    other_policies: tuple[CompiledPolicy, ...]
    exclusions: tuple[CompiledExclusion, ...]
    environment: Environment
    snapshot: str
    taken: datetime
    is_complete: bool
    is_undisputed: bool
    allows_deletion: bool
    irreplaceable: Finding | None
    is_backed_up: bool
    now: datetime
    earliest: datetime
    doubt: Finding | None = None


def kind_context(
    resource: Resource,
    policy: CompiledPolicy,
    environment: Environment,
    now: datetime,
    *,
    other_policies: Iterable[CompiledPolicy] = (),
    snapshot: Snapshot | None = None,
    doubt: Finding | None = None,
) -> KindContext | None:
    """Give the context of the resource's kind; None if the policy covers neither this environment nor this kind.

    The caller has made sure that all policies cover the account, and that the other policies have no lower priority.
    Without a snapshot, the resource counts as seen `now`, in a complete list. `doubt` is the doubt about the account.
    """

    def covers(one: CompiledPolicy) -> bool:
        return environment in one.scope.environments and one.scope.covers_kind(resource)

    if not covers(policy):
        return None
    others = tuple(other for other in other_policies if covers(other))
    exclusions = tuple(exclusion for exclusion in policy.scope.exclusions if exclusion.may_hold(resource))
    kind, category, irreplaceable = resource.kind, resource.category, policy.irreplaceable
    may_delete = allows_deletion(environment)
    is_at_stake = may_delete and policy.rules.deletes_unnamed
    return KindContext(
        policy=policy,
        rules=policy.rules,
        expiry_key=policy.expiry_keys[resource.provider],
        category=category,
        other_policies=others,
        exclusions=exclusions,
        environment=environment,
        snapshot=snapshot.id if snapshot else "",
        taken=snapshot.taken if snapshot else now,
        is_complete=snapshot is None or snapshot.is_complete_for((kind,)),
        is_undisputed=not others and policy.scope.where is None and not exclusions,
        allows_deletion=may_delete,
        irreplaceable=irreplaceable.finding_for(resource.provider, kind, category) if is_at_stake else None,
        is_backed_up=irreplaceable.is_backed_up(kind, category),
        now=now,
        earliest=later(now, policy.spec.grace.repaired),
        doubt=doubt,
    )


def allows_deletion(environment: Environment) -> bool:
    """Whether the environment allows deletions and shortening at all (S2)."""
    return environment is _DELETABLE


def later(moment: datetime, duration: timedelta) -> datetime:
    """Add a duration that people wrote; the end of the calendar is the limit."""
    return moment + duration if duration < LATEST - moment else LATEST
