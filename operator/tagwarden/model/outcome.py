"""State and outcome of an action of a plan, and the allowed moves between states."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tagwarden.model.plan import Action
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource


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


OPEN = frozenset({ActionState.STARTED, ActionState.WAITING})
"""States in which something may be under way at the vendor: a later pass must look (S11)."""


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
    """Outcome of one action of a plan.

    `resource` is as it was read last. `reason` is the rule where the action is done, else what stopped it; `message`
    one line for a person. `attempts` counts the calls that were to write; `entry` is the journal's id, empty where
    nothing was journalled; `request_id` the vendor's. `at` (aware UTC) is when this became so. `backup` is what a
    backup that is ready was made into.
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
        """Whether the world is now as the action wanted it."""
        return self.state is ActionState.VERIFIED or self.found_nothing

    @property
    def found_nothing(self) -> bool:
        """Whether the resource was gone before the action came to it."""
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
