"""From verdicts and the graph to the plan: closure, order, limits, hash."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from tagwarden.model.graph import Graph
from tagwarden.model.messages import plan_messages as messages
from tagwarden.model.plan import Action, ActionType, Baseline, Plan, PlannedResource
from tagwarden.model.policy import RELEASED_BRAKE, CleanupPolicySpec
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.verdict import Judgement, Verdict, Withheld
from tagwarden.model.world import World
from tagwarden.planning.backup_actions import Backups, CanBackUp
from tagwarden.planning.budget import Budget
from tagwarden.planning.closure import Closure
from tagwarden.planning.completeness import Completeness, DependentsOf, SpansRegions, never_spans_regions
from tagwarden.planning.costs import Prices
from tagwarden.planning.evidence_collection import EvidenceFinder
from tagwarden.planning.hashing import plan_hash
from tagwarden.planning.limits import brake_tripped, clock_moved, count, is_measure, limit_reached
from tagwarden.planning.order import Order, Untangles

_WRITES_TAGS = frozenset({Verdict.FIX, Verdict.SHORTEN})


class Governing(Protocol):
    """A policy, compiled or not."""

    @property
    def name(self) -> str:
        """The name, which is part of the hash."""
        ...

    @property
    def generation(self) -> int:
        """Number of changes to the spec."""
        ...

    @property
    def spec(self) -> CleanupPolicySpec:
        """The declared spec."""
        ...


CanDelete = Callable[[ProviderName, str], bool]
"""Whether resources of a provider's kind can be deleted at all."""
CanTag = Callable[[ProviderName, str], bool]
"""Whether tags can be written on resources of a provider's kind."""


def never_untangles(provider: ProviderName, kind: str) -> bool:
    """Declare that no kind has steps that cut references."""
    del provider, kind
    return False


def never_backs_up(resource: Resource) -> bool:
    """Declare that no resource can be backed up."""
    del resource
    return False


def make_plan(
    world: World,
    policy: Governing,
    judgements: Sequence[Judgement],
    *,
    dependents_of: DependentsOf,
    can_delete: CanDelete,
    can_tag: CanTag,
    budget: Budget,
    now: datetime,
    spans_regions: SpansRegions = never_spans_regions,
    untangles: Untangles = never_untangles,
    can_back_up: CanBackUp = never_backs_up,
    associates: Mapping[str, Judgement] | None = None,
    prices: Prices | None = None,
    declarations: Mapping[str, str] | None = None,
    doubt: Withheld | None = None,
) -> Plan:
    """Make the plan of a policy. The same input in any order gives the same plan.

    `judgements` belong to the governed resources. `dependents_of` names the kinds whose resources may contain, own, use
    or name a resource, `spans_regions` the kinds that every region can use (S3, S18). `can_delete` names the kinds that
    can be deleted at all, `can_tag` those whose tags can be written, `untangles` those with declared steps that cut
    references right before a deletion, `can_back_up` the resources that the provider can back up. `associates` are
    judgements, by uid, of resources that are ungoverned only because the scope names other kinds: these are deleted
    with their parents, and never have actions for their own sake. `prices` only provide costs. `declarations` are the
    checksums, by name, of the policies and accounts behind the plan. `doubt` is why the governed resources are unknown,
    so that the plan deletes nothing. `now` is aware UTC.
    """
    graph = world.graph
    settled = settle(
        world,
        policy.spec,
        judgements,
        dependents_of=dependents_of,
        can_delete=can_delete,
        spans_regions=spans_regions,
        untangles=untangles,
        associates=associates or {},
        now=now,
    )
    closure, judged, governed = settled.closure, settled.judged, settled.governed
    backups = Backups(policy.spec, can_back_up)
    evidence = EvidenceFinder(closure, settled.order, world, dependents_of, spans_regions)
    planned = [
        _planned(settled, backups, evidence, can_tag, number, judgement)
        for number, judgement in enumerate(judged)
        if judgement is not None and (governed[number] or number in closure.going)
    ]
    declared = declarations or {}
    figures = count(planned, governed.count(1), budget, now)
    alarm = clock_moved(world, budget, now) or brake_tripped(figures, budget)
    limit = limit_reached(figures, policy.spec.limits, budget)
    if alarm or limit is None:
        # Half the time of a large plan, saved if a limit stops it; the hash that releases the brake covers evidence.
        planned = [_with_evidence(settled, evidence, each) for each in planned]
    braked = _braked(planned, declared, policy, budget, alarm) if alarm else None
    is_normal = braked is None and (bool(alarm) or is_measure(figures, budget))
    stopped = braked or limit or doubt
    if stopped is not None:
        planned = [_held_back(each, stopped) for each in planned if governed[graph.numbers[each.resource.uid]]]
    if prices is not None:
        planned = [replace(each, cost=prices.cost_of(each.resource)) for each in planned]
    return Plan(
        policy=policy.name,
        policy_generation=policy.generation,
        generated_at=now,
        snapshots=tuple(sorted(snapshot.id for snapshot in world.snapshots.values())),
        resources=tuple(planned),
        hash=plan_hash(policy.name, planned, declared),
        baseline=Baseline(now, figures.governed, figures.tagged, figures.unforeseen, braked=not is_normal),
        stopped=stopped,
        has_prices=prices is not None,
        declarations=declared,
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """The possible deletions in order; `judged` and `governed` are by the number of the resource in the graph."""

    closure: Closure
    order: Order
    judged: Sequence[Judgement | None]
    governed: bytearray

    def taken_by(self, number: int) -> tuple[int, ...]:
        """Give the resources that the vendor deletes along with a deleted resource."""
        return self.order.taken.get(number, ())


def settle(
    world: World,
    spec: CleanupPolicySpec,
    judgements: Sequence[Judgement],
    *,
    dependents_of: DependentsOf,
    can_delete: CanDelete,
    spans_regions: SpansRegions,
    untangles: Untangles,
    associates: Mapping[str, Judgement],
    now: datetime,
) -> Settled:
    """Compute and order the deletions of the judgements, before any limit; see `make_plan`."""
    judged, governed = _by_number(world.graph, judgements, associates)
    closure = Closure(
        world.graph,
        judged,
        associated=spec.associated,
        completeness=Completeness(world, dependents_of, spans_regions),
        now=now,
    )
    return Settled(closure, _settled_order(closure, untangles, can_delete), judged, governed)


def _by_number(
    graph: Graph, judgements: Sequence[Judgement], associates: Mapping[str, Judgement]
) -> tuple[list[Judgement | None], bytearray]:
    """Give the judgement of each resource by number, and whether the policy governs the resource."""
    judged: list[Judgement | None] = [None] * len(graph.nodes)
    governed = bytearray(len(graph.nodes))
    for uid, judgement in associates.items():
        judged[graph.numbers[uid]] = _subdued(judgement)
    for judgement in judgements:
        number = graph.numbers[judgement.uid]
        judged[number] = judgement
        governed[number] = 1
    return judged, governed


def _subdued(judgement: Judgement) -> Judgement:
    """Keep the obstacles of an associated resource, but never let its own verdict delete it."""
    if judgement.verdict in (Verdict.DELETE, Verdict.PENDING):
        return judgement._replace(verdict=Verdict.REPORT)
    return judgement


def _settled_order(closure: Closure, untangles: Untangles, can_delete: CanDelete) -> Order:
    """Order the deletions, without dependency cycles, kinds that cannot be deleted, and the dependents of both."""
    while True:
        order = Order(closure, untangles)
        withheld = (*order.cycles, *_undeletable(closure, order, can_delete))
        if not withheld:
            return order
        closure.withhold(withheld)


def _undeletable(closure: Closure, order: Order, can_delete: CanDelete) -> Iterator[tuple[int, Withheld]]:
    """Find resources that need a deletion of their own, of kinds that cannot be deleted."""
    for number in closure.going:
        resource = closure.graph.nodes[number]
        if number not in order.takers and not can_delete(resource.provider, resource.kind):
            yield number, Withheld(Reason.Unsupported, messages.CANNOT_BE_DELETED(kind=resource.kind))


def _planned(
    settled: Settled, backups: Backups, evidence: EvidenceFinder, can_tag: CanTag, number: int, judgement: Judgement
) -> PlannedResource:
    closure, order = settled.closure, settled.order
    resource = closure.graph.nodes[number]
    if number not in closure.going:
        withheld = closure.withheld.get(number, judgement.withheld)
        writes = _tag_writes(judgement)
        if writes and not can_tag(resource.provider, resource.kind):
            why = Withheld(Reason.Unsupported, messages.CANNOT_BE_TAGGED(kind=resource.kind))
            return PlannedResource(resource, judgement, (), withheld or why)
        # The tags of parents may protect a resource from a shorter lifetime too.
        rests_on = evidence.of_parents(number) if writes and judgement.verdict is Verdict.SHORTEN else None
        return PlannedResource(resource, judgement, writes, withheld, evidence=rests_on)
    names = closure.graph.names
    breaks = tuple(names[user] for user in closure.breaks(number))
    root = closure.roots[number]
    because = "" if root == number else names[root]
    backup = backups.action_for(resource, _owner(closure, number, root), _rule(closure, root), because)
    first = () if backup is None else (backup,)
    if number in order.takers:
        return PlannedResource(resource, judgement, first, taken_by=names[order.takers[number]], breaks=breaks)
    deletion = Action(
        resource.uid,
        ActionType.DELETE,
        order.wave_of(number),
        _rule(closure, root),
        because=because,
        after=tuple(names[before] for before in order.before(number)),
    )
    return PlannedResource(resource, judgement, (*first, deletion), breaks=breaks)


def _with_evidence(settled: Settled, evidence: EvidenceFinder, planned: PlannedResource) -> PlannedResource:
    """Add the evidence of a deletion; resources without an action are part of the taker's evidence."""
    if not planned.actions or planned.actions[-1].type is not ActionType.DELETE:
        return planned
    number = settled.closure.graph.numbers[planned.resource.uid]
    return replace(planned, evidence=evidence.of(number, settled.taken_by(number)))


def _owner(closure: Closure, number: int, root: int) -> str | None:
    """Give the owner of a resource, or of the resource whose deletion includes it."""
    found = (closure.judgement(each) for each in (number, root))
    return next((judgement.owner for judgement in found if judgement is not None and judgement.owner), None)


def _rule(closure: Closure, root: int) -> Reason:
    judgement = closure.judgement(root)
    return judgement.deletion if judgement is not None and judgement.deletion is not None else Reason.Expired


def _tag_writes(judgement: Judgement) -> tuple[Action, ...]:
    if judgement.verdict not in _WRITES_TAGS or not judgement.changes or judgement.withheld is not None:
        return ()
    if judgement.repairs:
        reason = judgement.repairs[0].rule
    else:
        reason = judgement.findings[0].reason if judgement.findings else Reason.NonCanonicalExpiry
    return (Action(judgement.uid, ActionType.SET_TAGS, 0, reason, changes=judgement.changes),)


def _braked(
    planned: Sequence[PlannedResource], declarations: Mapping[str, str], policy: Governing, budget: Budget, alarm: str
) -> Withheld | None:
    """Withhold the plan by the brake; None if a person released the plan by hash."""
    held = plan_hash(policy.name, planned, declarations)
    if budget.released == held:
        return None
    return Withheld(Reason.AnomalyBrake, messages.BRAKED(alarm=alarm, annotation=RELEASED_BRAKE, hash=held))


def _held_back(planned: PlannedResource, stopped: Withheld) -> PlannedResource:
    """Remove every deletion, and with a tripped brake the tag writes too."""
    if planned.goes:
        withheld = stopped if planned.judgement.verdict is Verdict.DELETE else planned.judgement.withheld
        return PlannedResource(planned.resource, planned.judgement, (), withheld)
    if planned.actions and stopped.reason is Reason.AnomalyBrake:
        return PlannedResource(planned.resource, planned.judgement, (), stopped)
    return planned
