"""What is left of a plan once it was carried out: whether a resource is there, how it is judged now, what it asks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tagwarden.model.outcome import Outcome
from tagwarden.model.plan import Action, ActionType, Plan, PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.verdict import Judgement, Verdict, Withheld

Rejudge = Callable[[Resource, datetime], Judgement | None]
"""Judges a resource as it was read again at an instant (aware UTC); None where the policy does not govern it."""

_AT_REST = frozenset({Verdict.COMPLIANT, Verdict.PROTECTED, Verdict.MANAGED})
"""Verdicts that ask nobody to do anything."""


@dataclass(frozen=True, slots=True)
class After:
    """One resource of a plan after the pass.

    `judgement` is how it is judged now: of what was written as the new tags read; None where it is gone, or not
    governed any more. `outcome` is that of its last action, None where nothing was tried.
    """

    planned: PlannedResource
    judgement: Judgement | None
    outcome: Outcome | None = None

    @property
    def is_written(self) -> bool:
        """Whether its tags were written."""
        return self.outcome is not None and _writes(self.outcome)

    @property
    def is_deleted(self) -> bool:
        """Whether it is gone as the plan wanted, by its own deletion or along with another."""
        return self.judgement is None and self.planned.goes

    @property
    def left(self) -> tuple[Action, ...]:
        """What the plan does to it and has not done; a backup alone is for nothing."""
        if self.judgement is None or self.is_written:
            return ()
        return tuple(action for action in self.planned.actions if action.type is not ActionType.BACKUP)

    @property
    def withheld(self) -> Withheld | None:
        """What is kept back of what the policy asks for now."""
        return self.judgement.withheld if self.judgement is not None and self.is_written else self.planned.withheld

    @property
    def is_open(self) -> bool:
        """Whether it still asks for something."""
        return self.judgement is not None and (bool(self.left) or asks(self.judgement, self.withheld))


def asks(judgement: Judgement, withheld: Withheld | None) -> bool:
    """Say whether a resource asks somebody to do something.

    What comes back again and again is left alone, and asks all the same to look for what recreates it (S13).
    """
    return judgement.verdict not in _AT_REST or (withheld is not None and withheld.reason is Reason.RecreateLoop)


def aftermath_of(plan: Plan, outcomes: Iterable[Outcome], rejudge: Rejudge) -> tuple[After, ...]:
    """Tell of each resource of a plan how it is after these outcomes, in the order of the plan."""
    last = {outcome.action.uid: outcome for outcome in outcomes}
    takers = {planned.resource.uid: planned.taken_by for planned in plan.resources if planned.taken_by}
    gone = {uid for uid, outcome in last.items() if _is_gone(outcome)}

    def after(planned: PlannedResource) -> After:
        outcome = last.get(planned.resource.uid)
        if not gone.isdisjoint(_with_takers(planned.resource.uid, takers)):
            return After(planned, None, outcome)
        if outcome is not None and _writes(outcome):
            return After(planned, rejudge(outcome.resource, outcome.at), outcome)
        return After(planned, planned.judgement, outcome)

    return tuple(map(after, plan.resources))


def _is_gone(outcome: Outcome) -> bool:
    return outcome.found_nothing or (outcome.is_done and outcome.action.type is ActionType.DELETE)


def _writes(outcome: Outcome) -> bool:
    return outcome.action.type is ActionType.SET_TAGS and outcome.is_done and not outcome.found_nothing


def _with_takers(uid: str, takers: Mapping[str, str]) -> Iterator[str]:
    """Give a uid, and those of what takes it along, one after the other."""
    yield uid
    while uid in takers:
        uid = takers[uid]
        yield uid
