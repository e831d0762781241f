"""State and outcome of an action of a plan, and the allowed moves between states."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tagwarden.model.plan import Action
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource


class ActionState(StrEnum):
    """Progress of an action."""

    PLANNED = "Planned"
    """The action has not started."""
    WITHHELD = "Withheld"
    """No change was made, for the given reason."""
    STARTED = "Started"
    """The intent is in the journal; the vendor may or may not have received the request."""
    WAITING = "Waiting"
    """The vendor has or may have accepted; a fresh read has not confirmed the change yet."""
    VERIFIED = "Verified"
    """A fresh read confirms the change."""
    FAILED = "Failed"
    """The vendor refused or failed, and a fresh read does not confirm the change."""
    SKIPPED = "Skipped"
    """No change was necessary, or this was a dry run."""


OPEN = frozenset({ActionState.STARTED, ActionState.WAITING})
"""States in which the vendor may still be working: a later pass must check (S11)."""


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of an action of a plan.

    `resource` is the state at the last read. `reason` is the rule of a completed action, otherwise the obstacle;
    `message` is one line for a person. `attempts` counts the write attempts; `entry` is the id in the journal, empty
    without an entry; `request_id` is the vendor's id. `at` (aware UTC) is the time of the last change of state.
    `backup` is the completed backup.
    """

    action: Action
    resource: Resource
    state: ActionState
    reason: Reason
    message: str
    at: datetime
    attempts: int = 0
    entry: str = ""
    request_id: str = ""
    backup: Resource | None = None

    @property
    def is_done(self) -> bool:
        """Whether the resource now has the intended state."""
        return self.state is ActionState.VERIFIED or self.found_nothing

    @property
    def found_nothing(self) -> bool:
        """Whether the resource was already deleted before the action."""
        return self.state is ActionState.SKIPPED and self.reason is Reason.NotFound

    @property
    def succeeded(self) -> bool:
        """Whether dependent actions may start: the action is done, or a dry run reached the writing call."""
        return self.is_done or (self.state is ActionState.SKIPPED and self.reason is Reason.AuditMode)

    @property
    def is_open(self) -> bool:
        """Whether a later pass must check the outcome."""
        return self.state in OPEN

    def __str__(self) -> str:
        """Give one line for a person: action, resource, state."""
        account = f"{self.resource.account}: "
        why = f": {self.message}" if self.message else ""
        return f"{account}{self.state} {self.action.type} {self.resource} ({self.reason}){why}"
