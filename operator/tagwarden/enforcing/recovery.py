"""Recovery after a crash: every intent without an outcome is checked against the vendor, never repeated (S11)."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from tagwarden.enforcing.backup_tracker import describe, describe_failure, of_intent
from tagwarden.enforcing.client import ProviderClient
from tagwarden.enforcing.enforce_settings import EnforceSettings
from tagwarden.enforcing.preconditions import has_changes, is_same
from tagwarden.enforcing.rate_limiter import RateLimiter
from tagwarden.enforcing.undoing import Undoing
from tagwarden.errors import DeletionFailed, ProviderError
from tagwarden.model.messages import enforcement_messages as messages
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.model.terminating import is_being_deleted
from tagwarden.providers.base import BackupState, Provider
from tagwarden.state.entry import Entry
from tagwarden.state.journal import Journal, Selection

logger = logging.getLogger(__name__)


def recover(
    journal: Journal,
    providers: Mapping[str, Provider],
    *,
    clock: Callable[[], datetime],
    policy: str | None = None,
    settings: EnforceSettings = EnforceSettings(),  # noqa: B008 - frozen
    sleep: Callable[[float], None] = time.sleep,
) -> list[Entry]:
    """Check the outcome of every open intent, and give those still open, oldest first.

    To be called by the holder of the lease at the start of a pass. With `policy`, recent intents of other policies are
    skipped, since another process may be acting on these right now. An intent in an unreachable account stays open: no
    action changes its resource until a check succeeds.
    """
    calls = {
        name: ProviderClient(each, RateLimiter(settings.calls_per_second, clock, sleep))
        for name, each in providers.items()
    }

    def is_mine(entry: Entry) -> bool:
        abandoned = clock() - entry.at > settings.abandoned
        return entry.account in calls and (policy is None or entry.policy == policy or abandoned)

    for entry in filter(is_mine, journal.open_entries()):
        if entry.action is ActionType.CREATE:
            # A person requested the recreation and can see whether the resource exists.
            text = messages.UNKNOWN_WHETHER_CREATED()
            journal.close(entry.id, ActionState.FAILED, Reason.Interrupted, text, finished=clock())
            continue
        unsettled = (entry.at + settings.settling - clock()).total_seconds()
        settle = _settle_backup if entry.action is ActionType.BACKUP else _settle
        try:
            if not settle(entry, calls[entry.account], journal, clock(), settings) and unsettled > 0:
                # A write right before the crash may not be visible yet.
                sleep(unsettled)
                settle(entry, calls[entry.account], journal, clock(), settings)
        except DeletionFailed as error:
            journal.close(entry.id, ActionState.FAILED, error.reason, str(error), finished=clock())
        except ProviderError as error:
            logger.warning("%s: cannot check the outcome: %s", entry.resource, error)
    _undo_steps(journal, calls, clock, is_mine, settings)
    return journal.open_entries()


def _settle(entry: Entry, calls: ProviderClient, journal: Journal, now: datetime, settings: EnforceSettings) -> bool:
    """Close an entry if a check shows the outcome, or record progress; give whether the action is in progress."""
    fresh = calls.read(entry.resource)
    if fresh is not None and not is_same(entry.resource, fresh):
        fresh = None
    deletes = entry.action is ActionType.DELETE
    age = now - entry.at
    if deletes and (fresh is None or calls.is_gone(entry.resource)):
        journal.close(entry.id, ActionState.VERIFIED, entry.rule, messages.CONFIRMED_LATER(), finished=now)
        return True
    if fresh is None:
        journal.close(entry.id, ActionState.FAILED, Reason.NotFound, messages.DELETED_BEFORE_TAGGED(), finished=now)
        return True
    if not deletes and has_changes(fresh, entry.changes):
        journal.close(entry.id, ActionState.VERIFIED, entry.rule, messages.CONFIRMED_LATER(), finished=now)
        return True
    if age < settings.settling:
        return False
    if entry.state is ActionState.STARTED:
        if deletes and is_being_deleted(fresh):
            journal.keep_open(entry.id, entry.rule, messages.IN_PROGRESS(state=fresh.state))
        else:
            journal.close(entry.id, ActionState.FAILED, Reason.Interrupted, messages.SHOWS_NO_CHANGE(), finished=now)
        return True
    patience = _patience(deletes, is_being_deleted(fresh), settings)
    if age >= patience:
        message = messages.NEVER_CONFIRMED(seconds=patience.total_seconds())
        journal.close(entry.id, ActionState.FAILED, Reason.TimedOut, message, finished=now)
    return True


def _undo_steps(
    journal: Journal,
    calls: Mapping[str, ProviderClient],
    clock: Callable[[], datetime],
    is_mine: Callable[[Entry], bool],
    settings: EnforceSettings,
) -> None:
    """Undo changes made for deletions that ended although the resource still exists (S23)."""
    for id_ in journal.steps.left():
        (entry,) = journal.entries(Selection(id=id_))
        if not is_mine(entry):
            continue
        try:
            fresh = calls[entry.account].read(entry.resource)
            if fresh is None or not is_same(entry.resource, fresh):
                journal.steps.drop(id_)
                continue
        except ProviderError as error:
            logger.warning("%s: cannot be read, and was changed for a deletion: %s", entry.resource, error)
            continue
        undoing = Undoing(journal.steps, calls[entry.account], clock, settings.abandoned)
        kept = [one for one in journal.steps.of_entry(id_) if not undoing.may_continue(one, entry.reason)]
        changes = undoing.undo(fresh, kept, entry.reason)
        if kept and not journal.steps.of_entry(id_):
            journal.add(id_, changes)


def _settle_backup(
    entry: Entry, calls: ProviderClient, journal: Journal, now: datetime, settings: EnforceSettings
) -> bool:
    """Settle a backup likewise; a backup may be ready although its source is deleted."""
    made = of_intent(calls.backups_of(entry.resource), entry.changes, entry.provider)
    if made is None:
        if now - entry.at < settings.settling:
            return False
        journal.close(entry.id, ActionState.FAILED, Reason.Interrupted, messages.SHOWS_NO_BACKUP(), finished=now)
    elif made.state is BackupState.READY:
        journal.close(entry.id, ActionState.VERIFIED, entry.rule, describe(made.backup), finished=now)
    elif made.state is BackupState.UNDER_WAY:
        message = messages.BACKUP_IN_PROGRESS(kind=made.backup.kind, id=made.backup.id, state=made.backup.state)
        journal.keep_open(entry.id, Reason.BackupPending, message)
    else:
        message = describe_failure(made)
        journal.close(entry.id, ActionState.FAILED, Reason.BackupFailed, message, finished=now)
    return True


def _patience(deletes: bool, going: bool, settings: EnforceSettings) -> timedelta:
    """Give how long an accepted action may stay invisible: longer for deletions that the vendor reports in progress."""
    if not deletes:
        return settings.settling
    return settings.given_up if going else settings.abandoned
