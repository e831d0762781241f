"""The states an action goes through, and the moves between them that are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class ActionState(StrEnum):
    """How far an action has come."""

    PLANNED = "Planned"
    """Nothing was done yet."""
    WITHHELD = "Withheld"
    """Nothing was changed, for a reason that is given."""
    STARTED = "Started"
    """The intent is in the journal; whether the vendor got the call is not known."""
    WAITING = "Waiting"
    """The vendor has accepted, or may have; a fresh look has not confirmed it yet."""
    VERIFIED = "Verified"
    """A fresh look shows that it is done."""
    FAILED = "Failed"
    """The vendor refused or failed, and a fresh look does not show it done."""
    SKIPPED = "Skipped"
    """There was nothing left to do, or this was a dry run."""


MOVES: Mapping[ActionState, frozenset[ActionState]] = {
    ActionState.PLANNED: frozenset(
        {ActionState.WITHHELD, ActionState.STARTED, ActionState.FAILED, ActionState.SKIPPED}
    ),
    ActionState.STARTED: frozenset(
        {
            ActionState.WAITING,
            ActionState.VERIFIED,
            ActionState.FAILED,
            ActionState.WITHHELD,
            ActionState.SKIPPED,
        }
    ),
    ActionState.WAITING: frozenset({ActionState.VERIFIED, ActionState.FAILED}),
    ActionState.WITHHELD: frozenset(),
    ActionState.VERIFIED: frozenset(),
    ActionState.FAILED: frozenset(),
    ActionState.SKIPPED: frozenset(),
}
"""From each state, the states that may follow."""

OPEN = frozenset({ActionState.STARTED, ActionState.WAITING})
"""States in which something may be under way at the vendor: a later pass must look (S11)."""


def may_become(after: ActionState) -> frozenset[ActionState]:
    """Give the states from which an action may go to `after`."""
    return frozenset(before for before, moves in MOVES.items() if after in moves)
