"""Differences between two plans."""

from dataclasses import dataclass
from enum import StrEnum

from tagwarden.model.messages import plan_messages as messages
from tagwarden.model.plan import Plan, PlannedResource
from tagwarden.planning.deletion_roles import describe
from tagwarden.planning.hashing import deeds_of

NAMED_IN_SUMMARY = 3


class How(StrEnum):
    """Kind of change to the actions on a resource."""

    ADDED = "Added"
    REMOVED = "Removed"
    CHANGED = "Changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """A resource to which the new plan makes other changes; `deletes` says that either plan deletes the resource."""

    uid: str
    name: str
    how: How
    deletes: bool


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """All differences, in the order of uid. Two plans without differences have the same hash."""

    differences: tuple[Difference, ...]

    def __bool__(self) -> bool:
        return bool(self.differences)

    @property
    def summary(self) -> str:
        """Summarise the differences in one line, deletions first."""
        if not self.differences:
            return messages.NOTHING_CHANGED()
        parts = []
        for how in How:
            found = sorted((each for each in self.differences if each.how is how), key=lambda each: not each.deletes)
            if found:
                names = ", ".join(each.name for each in found[:NAMED_IN_SUMMARY])
                if (more := len(found) - NAMED_IN_SUMMARY) > 0:
                    names = messages.AND_MORE(names=names, more=more)
                deletions = sum(1 for each in found if each.deletes)
                parts.append(
                    messages.CHANGES(count=len(found), how=how.value.lower(), deletions=deletions, names=names)
                )
        return "; ".join(parts)


def diff_plans(old: Plan, new: Plan) -> PlanDifference:
    """Compare the actions of two plans and the planned resource states."""
    before, after = _doing(old), _doing(new)
    found = []
    for uid in sorted(before.keys() | after.keys()):
        was, now = before.get(uid), after.get(uid)
        if was is not None and now is not None and deeds_of(was) == deeds_of(now):
            continue
        how = How.ADDED if was is None else How.REMOVED if now is None else How.CHANGED
        involved = [planned for planned in (was, now) if planned is not None]
        deletes = any(planned.goes for planned in involved)
        found.append(Difference(uid, describe(involved[-1].resource), how, deletes))
    return PlanDifference(tuple(found))


def _doing(plan: Plan) -> dict[str, PlannedResource]:
    return {planned.resource.uid: planned for planned in plan.resources if planned.actions or planned.taken_by}
