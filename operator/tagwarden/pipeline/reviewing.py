"""Decides one deletion again, right before it happens, on evidence that was read again (S17).

The same judging and planning answer as for the plan, so that whatever could have kept a deletion out of the plan keeps
the action back as well.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from tagwarden.enforcing import what_is_judged_otherwise
from tagwarden.judging import judge_all
from tagwarden.model.evidence import FreshEvidence
from tagwarden.model.plan import Plan, PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.verdict import Verdict, Withheld
from tagwarden.pipeline.deciding import Decision, associates_of, settle_deletions
from tagwarden.pipeline.refreshing import refreshed
from tagwarden.planning import Settled, describe

_MORE_TOLD = 3


def review(decision: Decision, planned: PlannedResource, fresh: FreshEvidence, now: datetime) -> Withheld | None:
    """Say why a deletion, or a shorter life, would not be planned any more; None where it would."""
    policy_set, uid = decision.policy_set, planned.resource.uid
    going = {each.resource.uid for each in decision.plan.resources if each.goes}
    world = refreshed(decision.world, decision.elsewhere.settled_evidence(fresh), (uid,), going)
    judgements = judge_all(
        world, policy_set.accounts, policy_set.policy, policy_set.other_policies, decision.histories, now
    )
    associates = associates_of(world, policy_set, decision.histories, now)
    settled = settle_deletions(decision, world, judgements, associates, now)
    number = world.graph.number_of(uid)
    if number is None or number >= len(world.graph.nodes):
        return Withheld(Reason.Changed, "the vendor did not list it when its users were looked for")
    goes_along = any(action.because for action in planned.actions)
    difference = what_is_judged_otherwise(planned.judgement, settled.judged[number], goes_along=goes_along)
    if difference:
        return Withheld(Reason.Changed, difference)
    if not planned.goes:
        return None
    if number not in settled.closure.going:
        return _kept_back(settled, number)
    return _goes_unshown(settled, number, going) or _used_anew(decision.plan, planned, settled, number)


def _kept_back(settled: Settled, number: int) -> Withheld:
    why = settled.closure.cause_of(number)
    if why is None:
        return Withheld(Reason.WithheldByDependency, "the resource that would take it along is not deleted any more")
    return Withheld(why.reason, f"since the plan was made: {why.message}")


def _goes_unshown(settled: Settled, number: int, shown: Collection[str]) -> Withheld | None:
    """Say what the vendor would delete along with the resource that the plan does not show (S6)."""
    nodes = settled.closure.graph.nodes
    unshown = [
        describe(nodes[each])
        for each in settled.taken_by(number)
        if nodes[each].uid not in shown and not _is_passing(settled, each)
    ]
    if not unshown:
        return None
    more = f" and {len(unshown) - _MORE_TOLD} more" if len(unshown) > _MORE_TOLD else ""
    told = ", ".join(unshown[:_MORE_TOLD])
    return Withheld(Reason.Changed, f"{told}{more} would be deleted with it and is not in the plan")


def _used_anew(plan: Plan, planned: PlannedResource, settled: Settled, number: int) -> Withheld | None:
    """Say who began to use the resource, or what goes along with it, since the plan was made (S17).

    Even one that the plan deletes keeps it: nobody looked for the users of that one, and it has no place in the order.
    """
    takers = {each.resource.uid: each.taken_by for each in plan.resources if each.taken_by}
    shown = {witness.resource.uid for witness in planned.evidence.witnesses} if planned.evidence is not None else set()
    nodes, uid = settled.closure.graph.nodes, planned.resource.uid

    def goes_along(each: int) -> bool:
        return uid in _takers_of(nodes[each].uid, takers)

    subjects = (number, *filter(goes_along, settled.taken_by(number)))
    for user in sorted({user for subject in subjects for user in settled.closure.users_of(subject)} - set(subjects)):
        if nodes[user].uid not in shown and not goes_along(user) and not _is_passing(settled, user):
            return Withheld(Reason.Changed, f"{describe(nodes[user])} uses it since the plan was made")
    return None


def _takers_of(uid: str, takers: Mapping[str, str]) -> Iterator[str]:
    """Give all whose deletion takes a resource along, the nearest first."""
    while uid := takers.get(uid, ""):
        yield uid


def _is_passing(settled: Settled, number: int) -> bool:
    """Whether it comes and goes by itself, as Pods and the like do: their managers are in the plan."""
    judgement = settled.judged[number]
    is_kubernetes = settled.closure.graph.nodes[number].provider is ProviderName.KUBERNETES
    return is_kubernetes and judgement is not None and judgement.verdict is Verdict.MANAGED
