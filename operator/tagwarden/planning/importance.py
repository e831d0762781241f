"""What a person should read first in a long plan."""

from collections import Counter
from collections.abc import Mapping

from tagwarden.model.plan import Plan, PlannedResource
from tagwarden.model.verdict import Verdict


def weights(plan: Plan) -> Mapping[str, int]:
    """Count for each uid what goes because of it, by us or by the vendor, and what stays and breaks."""
    found: Counter[str] = Counter()
    takers = {planned.resource.uid: planned.taken_by for planned in plan.resources if planned.taken_by}
    for planned in plan.resources:
        uid = planned.resource.uid
        found[uid] += len(planned.breaks)
        above = takers.get(uid, "")
        while above:
            found[above] += 1
            above = takers.get(above, "")
        for action in planned.actions:
            if action.because:
                found[action.because] += 1
    return found


def by_importance(plan: Plan) -> tuple[PlannedResource, ...]:
    """Give what the plan says in the order of importance.

    Deletions come first, the heaviest on top; then what is withheld from deletion, then writes of tags, then what
    only goes along, then the rest.
    """
    heavy = weights(plan)

    def place(planned: PlannedResource) -> tuple[int, int, str]:
        uid = planned.resource.uid
        if planned.goes and not planned.taken_by:
            return 0, -heavy[uid], uid
        if planned.withheld is not None and planned.judgement.verdict is Verdict.DELETE:
            return 1, 0, uid
        if planned.actions:
            return 2, 0, uid
        return (3 if planned.taken_by else 4), 0, uid

    return tuple(sorted(plan.resources, key=place))
