"""The state of each planned resource after the pass: existence, judgement and open work."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from tagwarden.model.outcome import Outcome
from tagwarden.model.plan import Action, ActionType, Plan, PlannedResource, takers_in, takers_of
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.verdict import Judgement, Verdict, Withheld

Rejudge = Callable[[Resource, datetime], Judgement | None]
"""Judges a resource as read again at a time (aware UTC); None when the policy does not govern it."""

_AT_REST = frozenset({Verdict.COMPLIANT, Verdict.PROTECTED, Verdict.MANAGED})
"""Verdicts that require no action."""


@dataclass(frozen=True, slots=True)
class After:
    """One resource of a plan after the pass.

    `judgement` is the current judgement, with the written tags; None when the resource is gone or no longer governed.
    `outcome` is the outcome of the last action, None without an action.
    """

    planned: PlannedResource
    judgement: Judgement | None
    outcome: Outcome | None = None

    @property
    def is_written(self) -> bool:
        """Whether the tags were written."""
        return self.outcome is not None and _writes(self.outcome)

    @property
    def is_deleted(self) -> bool:
        """Whether the resource was deleted as planned, by its own action or along with another resource."""
        return self.judgement is None and self.planned.goes

    @property
    def left(self) -> tuple[Action, ...]:
        """The unfinished actions of the plan on the resource; a backup alone does not count."""
        if self.judgement is None or self.is_written:
            return ()
        return tuple(action for action in self.planned.actions if action.type is not ActionType.BACKUP)

    @property
    def withheld(self) -> Withheld | None:
        """The withheld actions that the policy asks for now."""
        return self.judgement.withheld if self.judgement is not None and self.is_written else self.planned.withheld

    @property
    def is_open(self) -> bool:
        """Whether the resource still needs an action."""
        return self.judgement is not None and (bool(self.left) or asks(self.judgement, self.withheld))


def asks(judgement: Judgement, withheld: Withheld | None) -> bool:
    """Whether a resource needs an action.

    A repeatedly recreated resource is not deleted, and still needs a person who finds the recreating process (S13).
    """
    return judgement.verdict not in _AT_REST or (withheld is not None and withheld.reason is Reason.RecreateLoop)


def aftermath_of(plan: Plan, outcomes: Iterable[Outcome], rejudge: Rejudge) -> tuple[After, ...]:
    """Give the state of each planned resource after these outcomes, in the order of the plan."""
    last = {outcome.action.uid: outcome for outcome in outcomes}
    takers = takers_in(plan.resources)
    gone = {uid for uid, outcome in last.items() if _is_gone(outcome)}

    def after(planned: PlannedResource) -> After:
        outcome = last.get(planned.resource.uid)
        uid = planned.resource.uid
        if not gone.isdisjoint((uid, *takers_of(uid, takers))):
            return After(planned, None, outcome)
        if outcome is not None and _writes(outcome):
            return After(planned, rejudge(outcome.resource, outcome.at), outcome)
        return After(planned, planned.judgement, outcome)

    return tuple(map(after, plan.resources))


def _is_gone(outcome: Outcome) -> bool:
    return outcome.found_nothing or (outcome.is_done and outcome.action.type is ActionType.DELETE)


def _writes(outcome: Outcome) -> bool:
    return outcome.action.type is ActionType.SET_TAGS and outcome.is_done and not outcome.found_nothing
