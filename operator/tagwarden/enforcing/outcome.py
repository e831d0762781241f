"""What became of one action."""

from dataclasses import dataclass
from datetime import datetime

from tagwarden.enforcing.states import OPEN, ActionState
from tagwarden.model.plan import Action
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one action of a plan.

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
        """Whether the world is now as the action wanted it (in a dry run: would be)."""
        return self.state is ActionState.VERIFIED or (
            self.state is ActionState.SKIPPED and self.reason in {Reason.NotFound, Reason.AuditMode}
        )

    @property
    def is_open(self) -> bool:
        """Whether a later pass has to look what became of it."""
        return self.state in OPEN

    def __str__(self) -> str:
        """Give one line for a person: what, to which resource, how it went."""
        account = f"{self.resource.account}: "
        why = f": {self.message}" if self.message else ""
        return f"{account}{self.state} {self.action.type} {self.resource} ({self.reason}){why}"
