"""The journal: the intent before each action and the outcome after it, the record for every later question."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from tagwarden.errors import StateError
from tagwarden.model.history import Written
from tagwarden.model.messages import state_messages as messages
from tagwarden.model.outcome import OPEN, ActionState, may_become
from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.tags import TagChanges
from tagwarden.state.database import Database
from tagwarden.state.entry import Entry, KeptBackup
from tagwarden.state.recreation import Deleted
from tagwarden.state.reservations import Reservation
from tagwarden.state.step_log import StepLog
from tagwarden.state.tables import BACKUPS, JOURNAL

KEPT = timedelta(days=30)
"""Retention of the stored state of deleted resources."""


class ActionOpenError(StateError):
    """Another action on the same resource has begun and is not known to have ended (S11)."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Filter of journal entries; unset fields match every entry.

    `accounts`, `regions`, `kinds` and `reasons` are globs with `*` and `?`, in any case; one of each field must match.
    """

    id: str | None = None
    run: str | None = None
    policy: str | None = None
    plan_hash: str | None = None
    accounts: Sequence[str] = ()
    regions: Sequence[str] = ()
    kinds: Sequence[str] = ()
    reasons: Sequence[str] = ()
    resource: str | None = None
    """A uid, an id or a name."""
    action: ActionType | None = None
    states: frozenset[ActionState] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


class Journal:
    """Entries in a database; safe for threads and for several processes. Raises `StateError`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.steps = StepLog(database)

    def begin(self, entry: Entry, backups: Sequence[KeptBackup] = (), reservation: Reservation | None = None) -> None:
        """Store intent and resource state durably before the call to the vendor.

        A deletion is taken off the reservation of its run. Raises `ActionOpenError` if another action on the resource
        is open, `LimitReachedError` if a limit forbids the deletion. Also drops stored states after their retention.
        """
        with self._database.writing() as connection:
            if reservation is not None and entry.action is ActionType.DELETE:
                reservation.use(connection, entry.account)
            try:
                connection.execute(insert(JOURNAL).values(**_row(entry)))
            except IntegrityError as error:
                raise ActionOpenError(messages.ANOTHER_ACTION(resource=entry.resource)) from error
            if backups:
                kept = [
                    {"entry": entry.id, "number": number, "at": entry.at, **asdict(backup)}
                    for number, backup in enumerate(backups)
                ]
                connection.execute(insert(BACKUPS), kept)
                connection.execute(delete(BACKUPS).where(BACKUPS.c.at < entry.at - KEPT))

    def record(self, entry: Entry) -> None:
        """Write an entry that ended before the action started."""
        with self._database.writing() as connection:
            connection.execute(insert(JOURNAL).values(**_row(entry)))

    def reserve(self, reservation: Reservation, wanted: Mapping[str, int], *, keep: bool = True) -> None:
        """Reserve so many deletions, by account, all or none; raises `LimitReachedError`. Without `keep` only check."""
        with self._database.writing() as connection:
            reservation.claim(connection, wanted)
            if not keep:
                reservation.drop(connection)

    def lower(self, reservation: Reservation, wanted: Mapping[str, int]) -> None:
        """Release all other reservations, and renew the heartbeat."""
        with self._database.writing() as connection:
            reservation.lower(connection, wanted)

    def renew(self, reservation: Reservation) -> None:
        """Extend the reservations."""
        with self._database.writing() as connection:
            reservation.renew(connection)

    def release(self, reservation: Reservation) -> None:
        """Release the remaining reservation."""
        with self._database.writing() as connection:
            reservation.drop(connection)

    def count_attempt(self, entry: str, attempts: int) -> None:
        """Record another call to the vendor."""
        with self._database.writing() as connection:
            connection.execute(update(JOURNAL).where(JOURNAL.c.id == entry).values(attempts=attempts))

    def keep_open(self, entry: str, reason: Reason, message: str, request_id: str = "") -> None:
        """Record that the vendor has or may have accepted, and that a later check decides."""
        self._move(entry, ActionState.WAITING, {"reason": reason, "message": message}, request_id)

    def close(
        self, entry: str, state: ActionState, reason: Reason, message: str, *, finished: datetime, request_id: str = ""
    ) -> None:
        """Write the outcome. Raises `StateError` if the entry cannot change to that state."""
        self._move(entry, state, {"reason": reason, "message": message, "finished": finished}, request_id)
        if state is ActionState.VERIFIED:
            self.steps.drop(entry)

    def add(self, entry: str, message: str) -> None:
        """Append later actions to the message of an ended entry."""
        added = JOURNAL.c.message + "; " + message
        with self._database.writing() as connection:
            connection.execute(update(JOURNAL).where(JOURNAL.c.id == entry).values(message=added))

    def entries(self, selection: Selection = Selection(), limit: int | None = None) -> list[Entry]:
        """List entries, latest first."""
        query = _narrowed(select(JOURNAL), selection).order_by(JOURNAL.c.at.desc(), JOURNAL.c.id.desc())
        with self._database.reading() as connection:
            return [_entry(row) for row in connection.execute(query.limit(limit))]

    def plan_hashes(self) -> list[str]:
        """List the hashes of all plans with entries."""
        with self._database.reading() as connection:
            return [str(row.plan_hash) for row in connection.execute(select(JOURNAL.c.plan_hash).distinct())]

    def open_entries(self) -> list[Entry]:
        """List entries possibly in progress, oldest first."""
        query = select(JOURNAL).where(JOURNAL.c.finished.is_(None)).order_by(JOURNAL.c.at, JOURNAL.c.id)
        with self._database.reading() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def open_entry(self, resource: Resource) -> Entry | None:
        """Give the open action on a resource, if any."""
        query = select(JOURNAL).where(
            JOURNAL.c.finished.is_(None), JOURNAL.c.account == resource.account, JOURNAL.c.uid == resource.uid
        )
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _entry(row)

    def backups_of(self, entry: str) -> list[KeptBackup]:
        """Give the stored states of a deletion: first the deleted resource, then the associated ones."""
        query = select(BACKUPS).where(BACKUPS.c.entry == entry).order_by(BACKUPS.c.number)
        with self._database.reading() as connection:
            return [
                KeptBackup(row.uid, row.kind, row.namespace, row.name, row.body) for row in connection.execute(query)
            ]

    def count_ended(self, since: datetime) -> dict[tuple[str, ...], int]:
        """Count the entries that ended at `since` or later, by policy, provider, kind, action and state.

        Ended entries never change, so each count only grows.
        """
        columns = JOURNAL.c
        labels = (columns.policy, columns.provider, columns.kind, columns.action, columns.state)
        query = select(*labels, func.count()).where(columns.finished >= since).group_by(*labels)
        with self._database.reading() as connection:
            return {tuple(map(str, found)): int(count) for *found, count in connection.execute(query)}

    def deleted_since(self, since: datetime) -> list[Deleted]:
        """Give every named resource with a confirmed deletion that began after `since` (S13)."""
        columns = JOURNAL.c
        place = (columns.account, columns.region, columns.kind, columns.namespace)
        query = select(
            *place,
            columns.name,
            columns.uid,
            columns.created,
            columns.tags_before,
            columns.run,
            columns.at,
            columns.finished,
        ).where(
            columns.action == ActionType.DELETE,
            columns.state == ActionState.VERIFIED,
            columns.at > since,
            columns.name != "",
        )
        with self._database.reading() as connection:
            return [
                Deleted(
                    (row.account, row.region, row.kind, row.namespace),
                    row.name,
                    row.uid,
                    row.created,
                    row.tags_before,
                    row.run,
                    row.at,
                    row.finished or row.at,
                )
                for row in connection.execute(query)
            ]

    def repairs_since(self, since: datetime) -> Mapping[str, Written]:
        """Give, by uid, the last tag write after `since`."""
        what = (JOURNAL.c.tags_before, JOURNAL.c.tags_set, JOURNAL.c.tags_removed)
        query = (
            select(JOURNAL.c.uid, JOURNAL.c.finished, *what)
            .where(
                JOURNAL.c.action == ActionType.SET_TAGS,
                JOURNAL.c.state == ActionState.VERIFIED,
                JOURNAL.c.at > since,
            )
            .order_by(JOURNAL.c.finished)
        )
        with self._database.reading() as connection:
            return {
                row.uid: Written(row.finished, row.tags_before or {}, row.tags_set, tuple(row.tags_removed))
                for row in connection.execute(query)
            }

    def _move(self, entry: str, state: ActionState, values: Mapping[str, Any], request_id: str) -> None:
        allowed = may_become(state) | ({state} & OPEN)
        told = {"request_id": request_id} if request_id else {}
        with self._database.writing() as connection:
            moved = connection.execute(
                update(JOURNAL)
                .where(JOURNAL.c.id == entry, JOURNAL.c.state.in_(sorted(allowed)))
                .values(state=state, **values, **told)
            )
            if moved.rowcount != 1:
                raise StateError(messages.ENTRY_CLOSED(entry=entry, state=state))


def _narrowed(query: Select[Any], selection: Selection) -> Select[Any]:
    """Add the conditions of a selection."""
    columns = JOURNAL.c
    equal = {
        columns.id: selection.id,
        columns.run: selection.run,
        columns.policy: selection.policy,
        columns.plan_hash: selection.plan_hash,
        columns.action: selection.action,
    }
    globs = {
        columns.account: selection.accounts,
        columns.region: selection.regions,
        columns.kind: selection.kinds,
        columns.reason: selection.reasons,
    }
    query = query.where(and_(True, *(column == value for column, value in equal.items() if value is not None)))
    for column, alternatives in globs.items():
        if alternatives:
            query = query.where(or_(*(column.ilike(_like(glob), escape="\\") for glob in alternatives)))
    if selection.resource is not None:
        names: Sequence[Any] = (columns.uid, columns.resource_id, columns.name)
        query = query.where(or_(*(column == selection.resource for column in names)))
    if selection.states:
        query = query.where(columns.state.in_(sorted(selection.states)))
    if selection.since is not None:
        query = query.where(columns.at >= selection.since)
    if selection.until is not None:
        query = query.where(columns.at < selection.until)
    return query


def _like(glob: str) -> str:
    """Translate a glob to a pattern of LIKE."""
    literal = glob.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return literal.replace("*", "%").replace("?", "_")


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": entry.at,
        "run": entry.run,
        "policy": entry.policy,
        "generation": entry.generation,
        "plan_hash": entry.plan_hash,
        "snapshots": list(entry.snapshots),
        "provider": entry.provider,
        "account": entry.account,
        "region": entry.region,
        "kind": entry.kind,
        "category": entry.category,
        "namespace": entry.namespace,
        "uid": entry.uid,
        "resource_id": entry.resource_id,
        "name": entry.name,
        "created": entry.created,
        "action": entry.action,
        "rule": entry.rule,
        "because": entry.because,
        "tags_before": None if entry.tags_before is None else dict(entry.tags_before),
        "tags_set": dict(entry.changes.set),
        "tags_removed": list(entry.changes.remove),
        "actor": entry.actor,
        "approved_by": entry.approved_by,
        "state": entry.state,
        "reason": entry.reason,
        "message": entry.message,
        "request_id": entry.request_id,
        "attempts": entry.attempts,
        "finished": entry.finished,
    }


def _entry(row: Row[Any]) -> Entry:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public access to the names of a row
    changes = TagChanges(values.pop("tags_set"), tuple(values.pop("tags_removed")))
    values["snapshots"] = tuple(values["snapshots"])
    values["provider"] = ProviderName(values["provider"])
    values["action"] = ActionType(values["action"])
    values["rule"] = Reason(values["rule"])
    values["state"] = ActionState(values["state"])
    values["reason"] = Reason(values["reason"])
    return Entry(changes=changes, **values)
