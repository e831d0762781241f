"""From snapshots to a plan: judges the resources of one policy and plans their actions. Makes no cloud request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from tagwarden.judging import CompiledPolicy, judge, judge_all, observed
from tagwarden.judging.outside_targets import Elsewhere, elsewhere_of
from tagwarden.judging.unmatched import doubt_of
from tagwarden.model.history import History
from tagwarden.model.messages import pass_messages as messages
from tagwarden.model.plan import Plan
from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.model.verdict import Judgement
from tagwarden.model.world import World
from tagwarden.pipeline.catalogues import (
    can_back_up,
    can_delete,
    can_tag,
    dependents_of,
    spans_regions,
    untangles,
    vocabulary,
)
from tagwarden.pipeline.compiling import PolicySet, accounts_of, checksums, recognised
from tagwarden.pipeline.declarations import Declarations
from tagwarden.planning import Budget, DependentsOf, Prices, Settled, make_plan, settle
from tagwarden.providers.linking import world_of
from tagwarden.tagging import expiry_text

Histories = Callable[[str, Sequence[Resource]], Mapping[str, History]]
"""The history of some resources under the policy of that name, by uid."""

_BEHIND_ALL = -1_000_001
"""A priority below the lowest priority of a policy."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The judgements of a policy on a world, and the resulting plan."""

    policy_set: PolicySet
    elsewhere: Elsewhere
    world: World
    histories: Mapping[str, History]
    judgements: Sequence[Judgement]
    plan: Plan

    def rejudge(self, resource: Resource, now: datetime) -> Judgement | None:
        """Judge a resource after a second read, by the same rules and the same history (S5).

        A resource that is deleted along with another resource may be of a kind that the policy does not govern.
        """
        policy_set, history = self.policy_set, self.histories.get(resource.uid)
        resource = self.elsewhere.settled(resource)
        found = judge(
            resource, self.world, policy_set.accounts, policy_set.policy, policy_set.other_policies, history, now
        )
        if found is None and self._goes_along(resource.uid):
            widened = _for_associates(policy_set.policy)
            found = judge(resource, self.world, policy_set.accounts, widened, policy_set.other_policies, history, now)
        return found

    def _goes_along(self, uid: str) -> bool:
        return any(
            planned.resource.uid == uid and (planned.taken_by or any(action.because for action in planned.actions))
            for planned in self.plan.resources
        )

    @property
    def doubts(self) -> tuple[str, ...]:
        """Name the accounts and policies in doubt, a line each; the resources of both are held (S22)."""
        policy_set = self.policy_set
        covered = (account for account in policy_set.accounts.values() if policy_set.policy.covers(account))
        return (
            *(
                messages.ACCOUNT_PROBLEM(account=account.name, problem=account.doubt.message)
                for account in covered
                if account.doubt
            ),
            *(
                messages.UNREADABLE_POLICY(policy=other.name, problem=other.unread)
                for other in policy_set.other_policies
                if other.unread
            ),
        )

    def environment_of(self, resource: Resource, now: datetime) -> Environment:
        """The environment of the resource, checked again right before an action (S2)."""
        account = self.policy_set.accounts.get(resource.account)
        return account.environment_of(resource, now) if account else Environment.PRODUCTION


def settled_world(
    declarations: Declarations, policy_set: PolicySet, snapshots: Sequence[Snapshot]
) -> tuple[Elsewhere, World]:
    """Give the world under one policy, with the protection of objects that act outside of the cluster."""
    elsewhere = elsewhere_of(policy_set.policy, policy_set.accounts, snapshots)
    return elsewhere, world_of(map(elsewhere.settled_in, snapshots), declarations.accounts.values())


def decide(
    declarations: Declarations,
    policy_set: PolicySet,
    snapshots: Sequence[Snapshot],
    histories: Histories,
    budget: Budget,
    now: datetime,
    prices: Prices | None = None,
) -> Decision:
    """Judge and plan. `now` is an aware UTC time; the same input gives the same decision on any machine."""
    policy_set = recognised(policy_set, declarations, snapshots)
    elsewhere, world = settled_world(declarations, policy_set, snapshots)
    in_scope = set(accounts_of(policy_set))
    candidates = [
        resource
        for snapshot in world.snapshots.values()
        if snapshot.account in in_scope
        for resource in snapshot.resources
    ]
    known = histories(policy_set.policy.name, candidates)
    judgements = judge_all(world, policy_set.accounts, policy_set.policy, policy_set.other_policies, known, now)
    plan = make_plan(
        world,
        policy_set.policy,
        judgements,
        dependents_of=_dependents_in(world),
        can_delete=can_delete,
        can_tag=can_tag,
        budget=budget,
        now=now,
        spans_regions=spans_regions,
        untangles=untangles,
        can_back_up=can_back_up,
        associates=associates_of(world, policy_set, known, now),
        prices=prices,
        declarations=checksums(declarations, policy_set, world),
        doubt=doubt_of(policy_set.policy.spec.scope, world, vocabulary()),
    )
    return Decision(policy_set, elsewhere, world, known, judgements, plan)


def replay(
    declarations: Declarations,
    policy_set: PolicySet,
    snapshots: Sequence[Snapshot],
    budget: Budget,
    now: datetime,
    prices: Prices | None = None,
) -> Decision:
    """Decide from saved snapshots alone, oldest first: the earlier ones are the history (S4).

    Each snapshot but the last of each account is judged at the time of the snapshot; the last snapshots at `now`.
    """
    known: dict[str, History] = {}
    latest: dict[str, Snapshot] = {}
    ordered = sorted(snapshots, key=lambda snapshot: snapshot.taken)
    newest = {snapshot.account: snapshot for snapshot in ordered}
    for snapshot in ordered:
        latest[snapshot.account] = snapshot
        if snapshot is newest[snapshot.account]:
            continue
        earlier = decide(
            declarations, policy_set, list(latest.values()), lambda *_: dict(known), budget, snapshot.taken
        )
        known.update(remembered(earlier, snapshot.taken))
    return decide(declarations, policy_set, list(newest.values()), lambda *_: known, budget, now, prices)


def remembered(decision: Decision, now: datetime) -> dict[str, History]:
    """The history of each judged resource after this pass, by uid (S4)."""
    resources, policy = decision.world.graph.resources, decision.policy_set.policy
    return {
        judgement.uid: observed(
            decision.histories.get(judgement.uid),
            resources[judgement.uid],
            judgement,
            decision.world.snapshot_of(resources[judgement.uid]),
            now,
            stated=expiry_text(resources[judgement.uid].tags, resources[judgement.uid].provider, policy.tag_rules),
            interval=policy.observation_interval,
        )
        for judgement in decision.judgements
    }


def _dependents_in(world: World) -> DependentsOf:
    clusters = (snapshot for snapshot in world.snapshots.values() if snapshot.provider is ProviderName.KUBERNETES)
    served = frozenset(kind for one in clusters for kind in (*one.kinds, *one.incomplete_kinds) if "." in kind)
    return partial(dependents_of, served=served)


def settle_deletions(
    decision: Decision,
    world: World,
    judgements: Sequence[Judgement],
    associates: Mapping[str, Judgement],
    now: datetime,
) -> Settled:
    """Find the possible deletions in a later view of the world of a decision, as planning does."""
    return settle(
        world,
        decision.policy_set.policy.spec,
        judgements,
        dependents_of=_dependents_in(world),
        can_delete=can_delete,
        spans_regions=spans_regions,
        untangles=untangles,
        associates=associates,
        now=now,
    )


def associates_of(
    world: World, policy_set: PolicySet, histories: Mapping[str, History], now: datetime
) -> Mapping[str, Judgement]:
    """Judge resources outside of the policy's scope, which may be deleted with a parent."""
    scope = policy_set.policy.spec.scope
    if not scope.kinds and scope.where is None:
        return {}
    widened = _for_associates(policy_set.policy)
    return {
        each.uid: each
        for each in judge_all(world, policy_set.accounts, widened, policy_set.other_policies, histories, now)
    }


def _for_associates(policy: CompiledPolicy) -> CompiledPolicy:
    """Give the policy for all kinds of the accounts, with a lower priority than every other policy (S16)."""
    scope = replace(policy.scope.for_every_kind(), where=None)
    return replace(policy, scope=scope, spec=policy.spec.model_copy(update={"priority": _BEHIND_ALL}))
