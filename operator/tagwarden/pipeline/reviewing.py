"""Decides a deletion again, right before the request, on fresh evidence (S17).

Judging and planning are the same as for the plan, so that every obstacle to planning a deletion also stops the action.
"""

from collections.abc import Collection
from datetime import datetime

from tagwarden.enforcing import verdict_difference
from tagwarden.judging import judge_all
from tagwarden.model.evidence import FreshEvidence
from tagwarden.model.messages import pass_messages as messages
from tagwarden.model.plan import Plan, PlannedResource, takers_in, takers_of
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.verdict import Verdict, Withheld
from tagwarden.pipeline.deciding import Decision, associates_of, settle_deletions
from tagwarden.pipeline.refreshing import refreshed
from tagwarden.planning import Settled, describe

_MOST_NAMED = 3


def review(decision: Decision, planned: PlannedResource, fresh: FreshEvidence, now: datetime) -> Withheld | None:
    """Explain why a deletion or an earlier expiry would no longer be planned; None when still planned."""
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
        return Withheld(Reason.Changed, messages.NO_LONGER_LISTED())
    is_associated = any(action.because for action in planned.actions)
    difference = verdict_difference(planned.judgement, settled.judged[number], is_associated=is_associated)
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
        return Withheld(Reason.WithheldByDependency, messages.PARENT_NO_LONGER_DELETED())
    return Withheld(why.reason, messages.CHANGED_SINCE(why=why.message))


def _goes_unshown(settled: Settled, number: int, shown: Collection[str]) -> Withheld | None:
    """Name resources outside of the plan that the vendor would delete with the resource (S6)."""
    nodes = settled.closure.graph.nodes
    unshown = [
        describe(nodes[each])
        for each in settled.taken_by(number)
        if nodes[each].uid not in shown and not _is_passing(settled, each)
    ]
    if not unshown:
        return None
    named, more = ", ".join(unshown[:_MOST_NAMED]), len(unshown) - _MOST_NAMED
    if more > 0:
        return Withheld(Reason.Changed, messages.MORE_NOT_IN_PLAN(resources=named, more=more))
    return Withheld(Reason.Changed, messages.NOT_IN_PLAN(resources=named))


def _used_anew(plan: Plan, planned: PlannedResource, settled: Settled, number: int) -> Withheld | None:
    """Name new users, since the plan, of the resource or of a resource deleted along with it (S17).

    A new user prevents the deletion even when the plan deletes the user: the users of that user were not searched for,
    and the order of the plan lacks the new dependency.
    """
    takers = takers_in(plan.resources)
    shown = {witness.resource.uid for witness in planned.evidence.witnesses} if planned.evidence is not None else set()
    nodes, uid = settled.closure.graph.nodes, planned.resource.uid

    def goes_along(each: int) -> bool:
        return uid in takers_of(nodes[each].uid, takers)

    subjects = (number, *filter(goes_along, settled.taken_by(number)))
    for user in sorted({user for subject in subjects for user in settled.closure.users_of(subject)} - set(subjects)):
        if nodes[user].uid not in shown and not goes_along(user) and not _is_passing(settled, user):
            return Withheld(Reason.Changed, messages.NEW_USER(user=describe(nodes[user])))
    return None


def _is_passing(settled: Settled, number: int) -> bool:
    """Whether a manager creates and deletes the resource all the time, such as a Pod: the manager is in the plan."""
    judgement = settled.judged[number]
    is_kubernetes = settled.closure.graph.nodes[number].provider is ProviderName.KUBERNETES
    return is_kubernetes and judgement is not None and judgement.verdict is Verdict.MANAGED
