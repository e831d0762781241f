"""Deletions that a run is about to make: counted before the first, so that concurrent runs keep the limits (S9).

A row says how many deletions in one account the holder may still begin. Beginning a deletion decrements the row and
writes the intent in the same transaction, so that every count includes each deletion exactly once. Reservations of a
dead holder are void at once if the death is detectable, otherwise after `RESERVED_FOR`; a holder that was only slow
asks again for each deletion, in the transaction of its intent.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, text, union_all, update

from tagwarden.errors import StateError
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType
from tagwarden.model.verdict import Withheld
from tagwarden.state.holders import is_dead
from tagwarden.state.tables import JOURNAL, RESERVATIONS

HOUR = timedelta(hours=1)
"""The sliding window of the hourly limits."""

RESERVED_FOR = timedelta(minutes=5)
"""How long a reservation lasts after the holder's last heartbeat."""

SPENT = (ActionState.STARTED, ActionState.WAITING, ActionState.VERIFIED)
"""States of a deletion that count against the limits: a possible deletion counts as done (S9)."""

LOCK = 7_467_735
"""The number of the PostgreSQL advisory lock for counting and reserving deletions."""

Spent = Mapping[tuple[str, str], int]
"""Deletions that began within the last hour and reservations of other runs, by (policy, account)."""

Limit = Callable[[Mapping[str, int], Spent], Withheld | None]
"""Names the limit that these deletions, by account, would exceed after the spent ones; None if within all limits."""


class LimitReachedError(StateError):
    """A deletion would exceed a limit; `why` is the explanation."""

    def __init__(self, why: Withheld) -> None:
        super().__init__(why.message)
        self.why = why


class Reservation:
    """The permission of one run to delete. Every method works within the transaction of a `Database.writing()`."""

    def __init__(self, holder: str, policy: str, limit: Limit, clock: Callable[[], datetime]) -> None:
        """`holder` is unique among all runs, now and later."""
        self._holder = holder
        self._policy = policy
        self._limit = limit
        self._clock = clock

    def claim(self, connection: Connection, wanted: Mapping[str, int]) -> None:
        """Reserve so many deletions, by account, all or none; raises `LimitReachedError`."""
        self._insist(connection, wanted)
        now = self._clock()
        connection.execute(delete(RESERVATIONS).where(RESERVATIONS.c.until <= now))
        connection.execute(delete(RESERVATIONS).where(RESERVATIONS.c.holder.in_(_dead_holders(connection))))
        rows = [
            {"account": account, "deletions": deletions, **self._row(now)}
            for account, deletions in sorted(wanted.items())
        ]
        connection.execute(insert(RESERVATIONS), rows)

    def use(self, connection: Connection, account: str) -> None:
        """Use up one reserved deletion; without a reservation, ask again. Raises `LimitReachedError`."""
        now = self._clock()
        taken = connection.execute(
            update(RESERVATIONS)
            .where(
                RESERVATIONS.c.holder == self._holder,
                RESERVATIONS.c.account == account,
                RESERVATIONS.c.deletions > 0,
                RESERVATIONS.c.until > now,
            )
            .values(deletions=RESERVATIONS.c.deletions - 1, until=now + RESERVED_FOR)
        )
        if taken.rowcount != 1:
            self._insist(connection, {account: 1})

    def lower(self, connection: Connection, wanted: Mapping[str, int]) -> None:
        """Release unused reservations and renew the heartbeat. Never while a deletion may be starting."""
        mine = RESERVATIONS.c.holder == self._holder
        connection.execute(delete(RESERVATIONS).where(mine, RESERVATIONS.c.account.not_in(sorted(wanted))))
        for account, deletions in sorted(wanted.items()):
            row = (mine, RESERVATIONS.c.account == account, RESERVATIONS.c.deletions > deletions)
            connection.execute(update(RESERVATIONS).where(*row).values(deletions=deletions))
        self.renew(connection)

    def renew(self, connection: Connection) -> None:
        """Renew the heartbeat."""
        now = self._clock()
        mine = (RESERVATIONS.c.holder == self._holder, RESERVATIONS.c.until > now)
        connection.execute(update(RESERVATIONS).where(*mine).values(until=now + RESERVED_FOR))

    def drop(self, connection: Connection) -> None:
        """Release the remaining reservation."""
        connection.execute(delete(RESERVATIONS).where(RESERVATIONS.c.holder == self._holder))

    def _insist(self, connection: Connection, wanted: Mapping[str, int]) -> None:
        if connection.dialect.name == "postgresql":
            # SQLite has one writer at a time anyway.
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        why = self._limit(wanted, spent(connection, self._clock(), but=self._holder))
        if why is not None:
            raise LimitReachedError(why)

    def _row(self, now: datetime) -> dict[str, object]:
        return {"holder": self._holder, "policy": self._policy, "at": now, "until": now + RESERVED_FOR}


def spent(connection: Connection, now: datetime, *, but: str = "") -> Spent:
    """Count deletions and reservations against the limits at `now` (aware UTC), except those of the holder `but`.

    A single statement sees the database at one moment: a deletion that is just beginning is in exactly one of the two.
    Reservations of dead holders do not count.
    """
    begun = (
        select(JOURNAL.c.policy, JOURNAL.c.account, func.count().label("deletions"))
        .where(JOURNAL.c.action == ActionType.DELETE, JOURNAL.c.at > now - HOUR, JOURNAL.c.state.in_(SPENT))
        .group_by(JOURNAL.c.policy, JOURNAL.c.account)
    )
    reserved = (
        select(RESERVATIONS.c.policy, RESERVATIONS.c.account, func.sum(RESERVATIONS.c.deletions).label("deletions"))
        .where(RESERVATIONS.c.until > now, RESERVATIONS.c.deletions > 0)
        .where(RESERVATIONS.c.holder.not_in([but, *_dead_holders(connection)]))
        .group_by(RESERVATIONS.c.policy, RESERVATIONS.c.account)
    )
    counts: dict[tuple[str, str], int] = {}
    for policy, account, deletions in connection.execute(union_all(begun, reserved)):
        counts[policy, account] = counts.get((policy, account), 0) + int(deletions)
    return counts


def _dead_holders(connection: Connection) -> list[str]:
    holders = connection.execute(select(RESERVATIONS.c.holder).distinct()).scalars()
    return [holder for holder in holders if is_dead(holder)]
