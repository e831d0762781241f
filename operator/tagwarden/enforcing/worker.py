"""One action on one resource: read again, check, journal, write, confirm (S2, S5, S11)."""

import itertools
import logging
from dataclasses import dataclass, replace

from tagwarden.enforcing.backup_tracker import (
    BackedUp,
    counts,
    describe,
    describe_failure,
    is_still,
    lasts,
    latest,
    of_intent,
    tags_of,
)
from tagwarden.enforcing.client import ProviderClient
from tagwarden.enforcing.preconditions import (
    forbidden_in,
    has_changes,
    is_harmful,
    is_same,
    resource_difference,
    verdict_difference,
)
from tagwarden.enforcing.recording import Ended, ExecutionContext, Job, Recorder, Task
from tagwarden.enforcing.retries import end_state, may_have_arrived, may_try_again, pause_after
from tagwarden.enforcing.two_clocks import Moment
from tagwarden.enforcing.undoing import Undoing
from tagwarden.errors import DeletionFailed, DependencyViolation, NotFound, ProviderError, StateError, Throttled
from tagwarden.model.messages import enforcement_messages as messages
from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.plan import ActionType, PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.tags import TagChanges
from tagwarden.model.terminating import deletion_in_progress, is_being_deleted
from tagwarden.model.verdict import Withheld
from tagwarden.providers.base import BackupState, Receipt
from tagwarden.state.entry import KeptBackup
from tagwarden.tagging import format_instant

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AccountWorker:
    """Acts on the resources of one account; shared by all threads of the account."""

    calls: ProviderClient
    recorder: Recorder

    @property
    def around(self) -> ExecutionContext:
        """Dependencies of execution."""
        return self.recorder.around

    def act(self, job: Job) -> Outcome:
        """Carry out an action, or explain why not; never raises (S12)."""
        task = Task(job, job.planned.resource)
        try:
            return self._try(task)
        except Exception as error:
            logger.exception("%s %s", job.action.type, job.planned.resource)
            message = messages.UNEXPECTED_ERROR(type=type(error).__name__, error=error)
            if task.uncertain:
                return self.recorder.outcome(task, ActionState.WAITING, Reason.UnknownError, message)
            return self._finish(task, Ended(ActionState.FAILED, Reason.UnknownError, message))

    def look(self, outcome: Outcome) -> Outcome:
        """Check whether an accepted action is done; the outcome is unchanged if not done, or unknown."""
        try:
            return self._verified(outcome) or outcome
        except DeletionFailed as error:
            end = self._undone(outcome.resource, Ended(ActionState.FAILED, error.reason, str(error)))
            now = self.around.clock()
            self.recorder.close(outcome.entry, end, now, outcome.request_id)
            return replace(outcome, state=end.state, reason=end.reason, message=end.message, at=now)
        except (ProviderError, StateError) as error:
            return replace(outcome, message=str(error))

    def put_back(self, outcome: Outcome) -> Outcome:
        """Undo the steps of a failed deletion that other deletions needed, after the end of these (S23)."""
        changes = self._undo(outcome.resource, outcome.reason, shared=True)
        if not changes:
            return outcome
        try:
            self.around.journal.add(outcome.entry, changes)
        except StateError as error:
            logger.warning("%s: %s", outcome.resource, error)
        return replace(outcome, message=f"{outcome.message}; {changes}")

    def blocking_finalizers(self, outcome: Outcome) -> Withheld | None:
        """Name the finalizers that block an accepted deletion; None if there are none, or they are unknown."""
        try:
            fresh = self.calls.read(outcome.resource)
        except ProviderError:
            return None
        held = None if fresh is None or not is_being_deleted(fresh) else deletion_in_progress(fresh)
        return held if held is not None and held.reason is Reason.BlockedByFinalizer else None

    def companion_obstacle(self, companion: PlannedResource, fresh: Resource | None) -> Withheld | None:
        """Explain why a resource deleted together with another must stay; None if it may be deleted or is gone (S5)."""
        if fresh is None or not is_same(companion.resource, fresh) or is_being_deleted(fresh):
            return None
        is_associated = not any(action.because == "" for action in companion.actions)
        difference = resource_difference(companion.resource, fresh) or verdict_difference(
            companion.judgement, self.around.rejudge(fresh), is_associated=is_associated
        )
        if difference:
            return Withheld(Reason.Changed, difference)
        return forbidden_in(self.around.environment_of(fresh), ActionType.DELETE, self.around.settings)

    def missing_backup(self, kept: BackedUp) -> Withheld | None:
        """Explain why a resource to delete has no valid backup; None if the backup is valid."""
        if kept.backup is None:
            # A dry run makes no backups.
            why = Withheld(Reason.BackupFailed, messages.NO_BACKUP(resource=kept.resource))
            return None if self.around.dry_run else why
        try:
            fresh = self.calls.read(kept.backup)
        except ProviderError as error:
            return Withheld(error.reason, messages.BACKUP_UNREADABLE(resource=kept.resource, error=error))
        if is_still(kept.backup, fresh, kept.resource):
            return None
        kind, id_ = kept.backup.kind, kept.backup.id
        return Withheld(Reason.BackupFailed, messages.BACKUP_IS_GONE(resource=kept.resource, kind=kind, id=id_))

    def _try(self, task: Task) -> Outcome:
        earlier = self._open_entry(task)
        if earlier is not None:
            return earlier
        for number in itertools.count(1):
            try:
                self._attempt(task)
                return self._accepted(task)
            except Ended as end:
                return self._finish(task, end)
            except ProviderError as error:
                # Not every vendor names backups, so a second call could make a second backup.
                is_unsure = task.keeps and task.uncertain
                if is_unsure or not may_try_again(error, number, self.around.settings):
                    return self._give_up(task, error)
                self.around.sleep(pause_after(number, self.around.settings))
        raise AssertionError("counting has no end")

    def _open_entry(self, task: Task) -> Outcome | None:
        """Continue the action of an earlier pass on this resource instead of repeating it (S11)."""
        try:
            entry = self.around.journal.open_entry(task.resource)
        except StateError as error:
            return self.recorder.outcome(task, ActionState.WITHHELD, Reason.JournalUnavailable, str(error))
        if entry is None:
            return None
        if task.keeps:
            task.tags = entry.changes  # the plan does not contain the time of the backup
        wanted = (task.job.action.type, task.resource.created, task.changes)
        is_this = (entry.action, entry.created, entry.changes) == wanted
        if is_this and entry.state is ActionState.WAITING and not self.around.dry_run:
            task.entry, task.attempts, task.request_id = entry.id, entry.attempts, entry.request_id
            return self.look(self.recorder.outcome(task, ActionState.WAITING, entry.reason, entry.message))
        message = messages.STILL_OPEN(action=entry.action, run=entry.run, began=format_instant(entry.at))
        return self.recorder.outcome(task, ActionState.WITHHELD, Reason.InProgress, message)

    def _attempt(self, task: Task) -> None:
        """Read, check and write once; raises `Ended` if no write is necessary or allowed."""
        fresh = self.calls.read(task.job.planned.resource)
        if fresh is None:
            raise self._gone(task)
        if not is_same(task.job.planned.resource, fresh) and task.begun and task.deletes:
            raise Ended(ActionState.VERIFIED, task.job.action.reason, messages.NAME_TAKEN())
        task.resource = fresh
        if task.begun is not None:
            if not (task.deletes or task.keeps) and has_changes(fresh, task.changes):
                raise Ended(ActionState.VERIFIED, task.job.action.reason, "")
            if task.deletes and is_being_deleted(fresh):
                return
            task.uncertain = False
        elif (task.deletes or task.keeps) and is_being_deleted(fresh):
            why = deletion_in_progress(fresh)
            raise Ended(ActionState.SKIPPED, why.reason, why.message)
        self._check(task, fresh)
        checked = self.around.moment()
        if not (task.keeps and self._is_kept(task, fresh)):
            self._write(task, fresh, checked)

    def _check(self, task: Task, fresh: Resource) -> None:
        """Check that the resource is unchanged since the plan, and that the action is allowed (S2, S5, S11)."""
        action, planned = task.job.action, task.job.planned
        difference = resource_difference(planned.resource, fresh)
        if not difference:
            judgement = self.around.rejudge(fresh)
            difference = verdict_difference(planned.judgement, judgement, is_associated=bool(action.because))
        if difference:
            raise Ended(ActionState.WITHHELD, Reason.Changed, difference)
        why = task.job.evidence(fresh)
        if why is None and is_harmful(action, planned):
            why = forbidden_in(self.around.environment_of(fresh), action.type, self.around.settings)
        if why is not None:
            raise Ended(ActionState.WITHHELD, why.reason, why.message)

    def _is_outdated(self, checked: Moment) -> bool:
        """Whether too much time has passed since a check for an action to rest on it."""
        return self.around.moment().is_after(checked, self.around.settings.search_valid)

    def _write(self, task: Task, fresh: Resource, checked: Moment) -> None:
        """Journal the intent and call the vendor: the only place that writes to a cloud (S15).

        Raises Throttled if the turn of the call comes too long after the time of the check (S5, S17).
        """
        backups = self._backups(task, fresh)
        self.calls.take_turn()
        if self._is_outdated(checked):
            raise Throttled(messages.CHECKED_TOO_LONG_AGO())
        if not self.around.may_act():
            # Both are indistinguishable here: a stop may follow the loss of the Lease.
            raise Ended(ActionState.WITHHELD, Reason.LeaseLost, messages.MAY_NOT_ACT())
        if self.around.dry_run:
            raise Ended(ActionState.SKIPPED, Reason.AuditMode, messages.DRY_RUN())
        if task.keeps and task.tags is None:
            task.tags = tags_of(task.job.action, fresh.provider, self.around.clock())
        self.recorder.intend(task, fresh, backups)
        task.uncertain = True
        try:
            receipt = self._call(task, fresh)
        except NotFound as error:
            task.request_id = error.request_id
            if not task.deletes:
                task.uncertain = False
                raise
        except ProviderError as error:
            task.uncertain = may_have_arrived(error)
            task.request_id = error.request_id or task.request_id
            raise
        else:
            task.request_id = receipt.request_id

    def _call(self, task: Task, fresh: Resource) -> Receipt:
        match task.job.action.type:
            case ActionType.DELETE:
                return self.calls.delete(fresh, self._undoing.note_for(task.entry, self.around.may_act))
            case ActionType.BACKUP:
                return self.calls.back_up(fresh, task.changes.set)
            case _:
                return self.calls.set_tags(fresh, task.changes)

    def _is_kept(self, task: Task, fresh: Resource) -> bool:
        """Whether an earlier pass requested a backup that is in progress; raises `Ended` if it is ready (S11)."""
        now = self.around.clock()
        made = latest(self.calls.backups_of(fresh), fresh)
        if made is None or not counts(made, task.job.action.keeping, now, self.around.settings.backup_valid):
            return False
        task.backup = made.backup
        if made.state is BackupState.READY:
            raise Ended(ActionState.VERIFIED, task.job.action.reason, describe(made.backup))
        if self.around.dry_run:
            raise Ended(ActionState.SKIPPED, Reason.AuditMode, messages.DRY_RUN_WOULD_WAIT())
        if task.begun is None:
            wanted = tags_of(task.job.action, fresh.provider, now).set
            task.tags = TagChanges({key: made.backup.tags.values.get(key, wanted[key]) for key in wanted})
            self.recorder.intend(task, fresh, [])
        return True

    def _backups(self, task: Task, fresh: Resource) -> list[KeptBackup]:
        """Store the state of the resource and of associated ones, if the provider can recreate them."""
        if not task.deletes or task.begun is not None or self.around.dry_run:
            return []
        going = [fresh, *(taken.resource for taken in task.job.taken if taken.resource.account == fresh.account)]
        bodies = [(each, self.calls.backup(each)) for each in going]
        return [KeptBackup(each.uid, each.kind, each.namespace, each.name, body) for each, body in bodies if body]

    def _accepted(self, task: Task) -> Outcome:
        """Check an accepted action at once, since most deletions are already done."""
        waiting = self.recorder.outcome(task, ActionState.WAITING, task.job.action.reason, messages.ACCEPTED())
        looked = self.look(waiting)
        return self.recorder.leave(looked, Withheld(looked.reason, looked.message)) if looked.is_open else looked

    def _give_up(self, task: Task, error: ProviderError) -> Outcome:
        """End after an error; if a write may have arrived, check after the time in which its effect appears (S11)."""
        task.request_id = error.request_id or task.request_id
        if task.uncertain and task.begun is not None:
            elapsed = (self.around.clock() - task.begun).total_seconds()
            self.around.sleep(max(0.0, self.around.settings.settling.total_seconds() - elapsed))
            try:
                outcome = self._resolved(task, self.calls.read(task.job.planned.resource))
            except ProviderError:
                return self.recorder.leave(
                    self.recorder.outcome(task, ActionState.WAITING, error.reason, str(error)),
                    Withheld(error.reason, messages.OUTCOME_UNKNOWN(error=error)),
                )
            if outcome is not None:
                return outcome
        message = str(error)
        if isinstance(error, DependencyViolation) and (blockers := self.around.blockers_of(task.resource)):
            message = messages.BLOCKED_BY(error=error, blockers=", ".join(blockers))
        return self._finish(task, Ended(end_state(error), error.reason, message))

    @property
    def _undoing(self) -> Undoing:
        around = self.around
        return Undoing(around.journal.steps, self.calls, around.clock, around.settings.abandoned)

    def _finish(self, task: Task, end: Ended) -> Outcome:
        """End an action; a failed deletion leaves no changes behind (S23)."""
        if task.deletes and task.begun is not None and end.state is not ActionState.VERIFIED:
            end = self._undone(task.resource, end)
        return self.recorder.finish(task, end)

    def _undone(self, resource: Resource, end: Ended) -> Ended:
        """Undo the steps of a deletion, except those that others may still need, and add this to the message."""
        changes = self._undo(resource, end.reason, shared=False)
        return Ended(end.state, end.reason, f"{end.message}; {changes}") if changes else end

    def _undo(self, resource: Resource, reason: Reason, *, shared: bool) -> str:
        """Undo steps, and describe these; if acting is not allowed, the next pass undoes the steps."""
        if not self.around.may_act():
            return ""
        try:
            kept = [one for one in self.around.journal.steps.of(resource) if one.taken.shared is shared]
            return self._undoing.undo(resource, kept, reason)
        except StateError as error:
            return messages.STEPS_UNLISTED(error=error)

    def _resolved(self, task: Task, fresh: Resource | None) -> Outcome | None:
        """Determine the outcome of a write that may have arrived; None if it did not."""
        if task.keeps:
            made = of_intent(self.calls.backups_of(task.resource), task.changes, task.resource.provider)
            return None if made is None else self._accepted(task)
        done = Ended(ActionState.VERIFIED, task.job.action.reason, "")
        if fresh is None or not is_same(task.job.planned.resource, fresh):
            return self.recorder.finish(task, done if task.deletes else self._gone(task))
        task.resource = fresh
        if not task.deletes:
            return self.recorder.finish(task, done) if has_changes(fresh, task.changes) else None
        return self._accepted(task) if is_being_deleted(fresh) else None

    def _gone(self, task: Task) -> Ended:
        if task.deletes and task.begun is not None:
            return Ended(ActionState.VERIFIED, task.job.action.reason, "")
        return Ended(ActionState.SKIPPED, Reason.NotFound, messages.ALREADY_GONE())

    def _verified(self, outcome: Outcome) -> Outcome | None:
        """Close an open action that a fresh read confirms; None without confirmation."""
        resource = outcome.resource
        if outcome.action.type is ActionType.BACKUP:
            return self._kept(outcome)
        if outcome.action.type is ActionType.DELETE:
            if not self.calls.is_gone(resource):
                return None
        else:
            fresh = self.calls.read(resource)
            if fresh is None or not has_changes(fresh, outcome.action.changes):
                return None
            resource = fresh
        now = self.around.clock()
        reason = outcome.action.reason
        self.recorder.close(outcome.entry, Ended(ActionState.VERIFIED, reason, ""), now, outcome.request_id)
        return replace(outcome, resource=resource, state=ActionState.VERIFIED, reason=reason, message="", at=now)

    def _kept(self, outcome: Outcome) -> Outcome | None:
        """Close a backup that a fresh read shows as ready or failed; None while in progress."""
        resource, now = outcome.resource, self.around.clock()
        made = latest(self.calls.backups_of(resource), resource)
        if made is None or made.state is BackupState.UNDER_WAY:
            return None
        if made.state is BackupState.FAILED:
            message = describe_failure(made)
            end = Ended(ActionState.FAILED, Reason.BackupFailed, message)
        elif not lasts(made.backup, outcome.action.keeping):
            message = messages.BACKUP_EXPIRY_DIFFERS(kind=made.backup.kind, id=made.backup.id)
            end = Ended(ActionState.FAILED, Reason.BackupFailed, message)
        elif counts(made, outcome.action.keeping, now, self.around.settings.backup_valid):
            end = Ended(ActionState.VERIFIED, outcome.action.reason, describe(made.backup))
        else:
            return None
        self.recorder.close(outcome.entry, end, now, outcome.request_id)
        return replace(outcome, state=end.state, reason=end.reason, message=end.message, at=now, backup=made.backup)
