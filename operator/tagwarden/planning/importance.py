"""Orders the entries of a long plan by importance."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from tagwarden.model.plan import ActionType, Plan, PlannedResource, takers_in, takers_of
from tagwarden.model.verdict import Verdict

USD_OF_ONE = 10
"""An associated deletion or a broken user weighs as much as this many US dollars per month."""


def weights(plan: Plan) -> Mapping[str, int]:
    """Count the deletions that each resource causes, and the users that break, by uid."""
    found: Counter[str] = Counter()
    for planned in plan.resources:
        found[planned.resource.uid] += len(planned.breaks)
    for uid, followers in _followers(plan).items():
        found[uid] += len(followers)
    return found


def costs(plan: Plan) -> Mapping[str, float]:
    """Sum the known cost of each resource and all deletions that it causes, by uid, in US dollars per month."""
    found = {planned.resource.uid: planned.cost or 0 for planned in plan.resources}
    return found | {
        uid: found[uid] + sum(each.cost or 0 for each in followers)
        for uid, followers in _followers(plan).items()
        if uid in found
    }


def by_importance(plan: Plan) -> tuple[PlannedResource, ...]:
    """Give the entries of the plan in the order of importance.

    Deletions come first, the most important on top: by associated deletions, broken users, and cost. Withheld deletions
    follow, then deletions that wait for grace or observations, then tag writes, associated deletions, and the rest.
    """
    heavy, dear = weights(plan), costs(plan)

    def place(planned: PlannedResource) -> tuple[int, float, str]:
        uid = planned.resource.uid
        if planned.goes and not planned.taken_by:
            return 0, -(heavy[uid] + dear[uid] / USD_OF_ONE), uid
        if planned.withheld is not None and planned.judgement.verdict is Verdict.DELETE:
            return 1, 0, uid
        if planned.judgement.verdict is Verdict.PENDING:
            return 2, 0, uid
        if planned.actions:
            return 3, 0, uid
        return (4 if planned.taken_by else 5), 0, uid

    return tuple(sorted(plan.resources, key=place))


def _followers(plan: Plan) -> Mapping[str, list[PlannedResource]]:
    """Give the deletions that each resource causes, by uid."""
    found: defaultdict[str, list[PlannedResource]] = defaultdict(list)
    takers = takers_in(plan.resources)
    for planned in plan.resources:
        for above in takers_of(planned.resource.uid, takers):
            found[above].append(planned)
        for action in planned.actions:
            if action.because and action.type is ActionType.DELETE:
                found[action.because].append(planned)
    return found
