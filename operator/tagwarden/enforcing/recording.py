"""Records start, state and end of actions in the journal."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tagwarden.enforcing.enforce_settings import EnforceSettings
from tagwarden.enforcing.two_clocks import Moment
from tagwarden.errors import StateError
from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.plan import Action, ActionType, Plan, PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Resource
from tagwarden.model.tags import TagChanges
from tagwarden.model.verdict import Judgement, Withheld
from tagwarden.state.entry import Entry, KeptBackup, known_tags
from tagwarden.state.journal import ActionOpenError, Journal
from tagwarden.state.reservations import LimitReachedError, Reservation

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ExecutionContext:
    """Injected dependencies of execution. See `execute`."""

    plan: Plan
    run: str
    approved_by: str
    dry_run: bool
    journal: Journal
    reservation: Reservation
    rejudge: Callable[[Resource], Judgement | None]
    environment_of: Callable[[Resource], Environment]
    may_act: Callable[[], bool]
    clock: Callable[[], datetime]
    ticks: Callable[[], float]
    sleep: Callable[[float], None]
    new_id: Callable[[], str]
    blockers_of: Callable[[Resource], Sequence[str]]
    settings: EnforceSettings

    def moment(self) -> Moment:
        """Give the time by both clocks."""
        return Moment(self.clock(), self.ticks())


@dataclass(frozen=True, slots=True)
class Job:
    """An action with its resource, and the resources that the vendor deletes along with it.

    `evidence` explains, for the resource as just read, why the evidence no longer allows the action (S5, S17).
    """

    action: Action
    planned: PlannedResource
    taken: tuple[PlannedResource, ...]
    evidence: Callable[[Resource], Withheld | None]


class Ended(Exception):
    """The end of an action: no further attempts."""

    def __init__(self, state: ActionState, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.state = state
        self.reason = reason
        self.message = message


@dataclass(slots=True)
class Task:
    """A job in progress: `begun` is the time of the journalled intent, `uncertain` that a write may have arrived.

    `request_id` is the vendor's id of the last answered call. `tags` are the tags of a requested backup, `backup` is
    the result.
    """

    job: Job
    resource: Resource
    entry: str = ""
    begun: datetime | None = None
    attempts: int = 0
    uncertain: bool = False
    request_id: str = ""
    tags: TagChanges | None = None
    backup: Resource | None = None

    @property
    def keeps(self) -> bool:
        """Whether this is a backup."""
        return self.job.action.type is ActionType.BACKUP

    @property
    def changes(self) -> TagChanges:
        """The tags to write, or the tags of the backup."""
        return self.tags or self.job.action.changes

    @property
    def deletes(self) -> bool:
        """Whether this is a deletion."""
        return self.job.action.type is ActionType.DELETE


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes the actions of one account into the journal; `caller` is the identity in the account."""

    around: ExecutionContext
    caller: str

    def refuse(self, job: Job, why: Withheld) -> Outcome:
        """Journal an action that is not started."""
        return self.finish(Task(job, job.planned.resource), Ended(ActionState.WITHHELD, why.reason, why.message))

    def intend(self, task: Task, fresh: Resource, backups: Sequence[KeptBackup]) -> None:
        """Journal the intent of a call to the vendor; raises `Ended` if the journal cannot be written (S11)."""
        task.attempts += 1
        try:
            if task.begun is not None:
                self.around.journal.count_attempt(task.entry, task.attempts)
                return
            entry = self._entry(task, fresh)
            self.around.journal.begin(entry, backups, self.around.reservation)
        except LimitReachedError as error:
            raise Ended(ActionState.WITHHELD, error.why.reason, error.why.message) from error
        except ActionOpenError as error:
            raise Ended(ActionState.WITHHELD, Reason.InProgress, str(error)) from error
        except StateError as error:
            raise Ended(ActionState.WITHHELD, Reason.JournalUnavailable, str(error)) from error
        task.entry, task.begun = entry.id, entry.at

    def finish(self, task: Task, end: Ended) -> Outcome:
        """Write the end into the journal, except in a dry run."""
        now = self.around.clock()
        if task.begun is not None:
            self.close(task.entry, end, now, task.request_id)
        elif not self.around.dry_run and end.reason is not Reason.JournalUnavailable:
            entry = replace(
                self._entry(task, task.resource),
                state=end.state,
                reason=end.reason,
                message=end.message,
                request_id=task.request_id,
                finished=now,
            )
            try:
                self.around.journal.record(entry)
                task.entry = entry.id
            except StateError as error:
                logger.warning("%s: %s", task.resource, error)
        return self.outcome(task, end.state, end.reason, end.message)

    def close(self, entry: str, end: Ended, now: datetime, request_id: str = "") -> None:
        """Write the end of a started action."""
        try:
            self.around.journal.close(entry, end.state, end.reason, end.message, finished=now, request_id=request_id)
        except StateError as error:
            # The intent stays open, so that the next pass checks and closes the entry.
            logger.warning("%s", error)

    def outcome(self, task: Task, state: ActionState, reason: Reason, message: str) -> Outcome:
        """Give the current outcome of an action."""
        return Outcome(
            action=task.job.action,
            resource=task.resource,
            state=state,
            reason=reason,
            message=message,
            at=self.around.clock(),
            attempts=task.attempts,
            entry=task.entry,
            request_id=task.request_id,
            backup=task.backup,
        )

    def _entry(self, task: Task, fresh: Resource) -> Entry:
        plan, action = self.around.plan, task.job.action
        return Entry(
            id=self.around.new_id(),
            at=self.around.clock(),
            run=self.around.run,
            policy=plan.policy,
            generation=plan.policy_generation,
            plan_hash=plan.hash,
            snapshots=plan.snapshots,
            provider=fresh.provider,
            account=fresh.account,
            region=fresh.region,
            kind=fresh.kind,
            category=fresh.category,
            namespace=fresh.namespace,
            uid=fresh.uid,
            resource_id=fresh.id,
            name=fresh.name,
            created=fresh.created,
            action=action.type,
            rule=action.reason,
            because=action.because,
            tags_before=known_tags(fresh.tags),
            changes=task.changes,
            actor=self.caller,
            approved_by=self.around.approved_by,
            attempts=task.attempts,
        )

    def leave(self, outcome: Outcome, why: Withheld) -> Outcome:
        """Leave an open action to the next pass."""
        try:
            self.around.journal.keep_open(outcome.entry, why.reason, why.message, outcome.request_id)
        except StateError as error:
            logger.warning("%s: %s", outcome.resource, error)
        return replace(outcome, reason=why.reason, message=why.message, at=self.around.clock())
