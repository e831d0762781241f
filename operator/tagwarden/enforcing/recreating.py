"""Recreates deleted resources from their stored state."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tagwarden.errors import ProviderError
from tagwarden.model.messages import enforcement_messages as messages
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Withheld
from tagwarden.providers.base import KeepsBackups, Provider
from tagwarden.state.entry import Entry, KeptBackup
from tagwarden.state.journal import Journal, Selection


@dataclass(frozen=True, slots=True)
class Remade:
    """Outcome of recreating one resource; `uid` is the new uid, empty on failure."""

    entry: Entry
    backup: KeptBackup
    state: ActionState
    reason: Reason
    message: str
    uid: str = ""


def remakable(
    entries: Iterable[Entry], providers: Mapping[str, Provider], journal: Journal
) -> tuple[list[tuple[Entry, list[KeptBackup]]], list[tuple[Entry, Withheld]]]:
    """Give the entries to recreate with their stored state, and the others, each with the reason."""
    found: list[tuple[Entry, list[KeptBackup]]] = []
    left: list[tuple[Entry, Withheld]] = []
    for entry in entries:
        backups = journal.backups_of(entry.id)
        provider = providers.get(entry.account)
        if entry.state is not ActionState.VERIFIED:
            left.append((entry, Withheld(Reason.Unsupported, messages.NOTHING_TO_RECREATE(state=entry.state))))
        elif not backups:
            left.append((entry, Withheld(Reason.Unsupported, _kept_elsewhere(entry, journal))))
        elif provider is None:
            text = messages.UNDECLARED_ACCOUNT(account=entry.account)
            left.append((entry, Withheld(Reason.ProviderUnavailable, text)))
        else:
            found.append((entry, backups))
    return found, left


def _kept_elsewhere(entry: Entry, journal: Journal) -> str:
    """Name the vendor's backup of a deleted resource."""
    done = frozenset({ActionState.VERIFIED})
    kept = journal.entries(Selection(run=entry.run, resource=entry.uid, action=ActionType.BACKUP, states=done), limit=1)
    return messages.RECREATE_ELSEWHERE(kept=kept[0].message) if kept else messages.NO_STORED_STATE()


def recreate(
    wanted: Iterable[tuple[Entry, list[KeptBackup]]],
    providers: Mapping[str, Provider],
    journal: Journal,
    *,
    clock: Callable[[], datetime],
    run: str,
    dry_run: bool = False,
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
) -> list[Remade]:
    """Recreate resources, each before its associated ones; one failure does not stop the others (S12).

    An existing resource of the same name stays: the vendor refuses, and the refusal is reported.
    """
    callers: dict[str, str | ProviderError] = {}
    remade: list[Remade] = []
    for entry, backups in wanted:
        provider = providers[entry.account]
        if not isinstance(provider, KeepsBackups):
            continue
        if entry.account not in callers:
            callers[entry.account] = _identified(provider)
        caller = callers[entry.account]
        for backup in backups:
            if isinstance(caller, ProviderError):
                remade.append(Remade(entry, backup, ActionState.WITHHELD, caller.reason, str(caller)))
            elif dry_run:
                remade.append(Remade(entry, backup, ActionState.SKIPPED, Reason.AuditMode, messages.DRY_RUN()))
            else:
                intent = _intent(entry, backup, caller, run, new_id(), clock())
                journal.begin(intent)
                remade.append(_made(entry, backup, provider, journal, intent, clock))
    return remade


def _identified(provider: Provider) -> str | ProviderError:
    """Give the identity of the credentials, or why the account is refused (S10)."""
    try:
        return provider.identify().caller
    except ProviderError as error:
        return error


def _intent(entry: Entry, backup: KeptBackup, caller: str, run: str, name: str, now: datetime) -> Entry:
    return replace(
        entry,
        id=name,
        at=now,
        run=run,
        uid=backup.uid,
        kind=backup.kind,
        namespace=backup.namespace,
        name=backup.name,
        action=ActionType.CREATE,
        rule=Reason.Restored,
        because=entry.id,
        tags_before=None,
        actor=caller,
        approved_by="",
        state=ActionState.STARTED,
        reason=Reason.Running,
        message="",
        request_id="",
        attempts=1,
        finished=None,
    )


def _made(
    entry: Entry,
    backup: KeptBackup,
    provider: KeepsBackups,
    journal: Journal,
    intent: Entry,
    clock: Callable[[], datetime],
) -> Remade:
    try:
        fresh = provider.recreate(backup.body)
    except ProviderError as error:
        journal.close(
            intent.id,
            ActionState.FAILED,
            error.reason,
            str(error),
            finished=clock(),
            request_id=error.request_id,
        )
        return Remade(entry, backup, ActionState.FAILED, error.reason, str(error))
    message = messages.RECREATED(uid=fresh.uid)
    journal.close(intent.id, ActionState.VERIFIED, Reason.Restored, message, finished=clock())
    return Remade(entry, backup, ActionState.VERIFIED, Reason.Restored, message, fresh.uid)
