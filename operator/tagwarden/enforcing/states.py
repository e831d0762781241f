"""The moves between the states of an action that are allowed."""

from collections.abc import Mapping

from tagwarden.model.outcome import ActionState

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


def may_become(after: ActionState) -> frozenset[ActionState]:
    """Give the states from which an action may go to `after`."""
    return frozenset(before for before, moves in MOVES.items() if after in moves)
