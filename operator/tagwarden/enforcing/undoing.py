"""Steps that a deletion takes, kept before they are taken and undone where the deletion fails after all (S23)."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select

from tagwarden.enforcing.client import ProviderClient
from tagwarden.enforcing.database import Database
from tagwarden.enforcing.tables import JOURNAL, STEPS
from tagwarden.errors import ProviderError
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.providers.base import Note, Taken

logger = logging.getLogger(__name__)

_WAITS = frozenset({Reason.DependencyViolation, Reason.InvalidState})


@dataclass(frozen=True, slots=True)
class KeptStep:
    """A step that was taken, or was about to be, for the deletion of an entry of the journal; `at` is aware UTC."""

    entry: str
    number: int
    at: datetime
    taken: Taken


class StepLog:
    """The steps of all deletions that are neither verified nor undone. Raises `StateError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, entry: str, at: datetime, taken: Taken) -> None:
        """Write a step, durably, before it is taken."""
        with self._database.writing() as connection:
            last = connection.execute(select(func.max(STEPS.c.number)).where(STEPS.c.entry == entry)).scalar()
            number = 0 if last is None else last + 1
            values = {"step": taken.step, "undo": taken.undo, "lasts": taken.lasts, "shared": taken.shared}
            connection.execute(insert(STEPS).values(entry=entry, number=number, at=at, **values))

    def of(self, resource: Resource) -> list[KeptStep]:
        """Give the steps of every deletion of this resource, the latest first: the order in which to undo them."""
        same = (JOURNAL.c.account == resource.account, JOURNAL.c.uid == resource.uid)
        return self._found(_steps().where(*same))

    def of_entry(self, entry: str) -> list[KeptStep]:
        """Give the steps of one entry of the journal, the latest first."""
        return self._found(_steps().where(STEPS.c.entry == entry))

    def left(self) -> list[str]:
        """Give the entries that have ended with steps not undone, the oldest first."""
        query = (
            select(JOURNAL.c.id)
            .where(JOURNAL.c.finished.is_not(None), JOURNAL.c.id.in_(select(STEPS.c.entry)))
            .order_by(JOURNAL.c.at, JOURNAL.c.id)
        )
        with self._database.reading() as connection:
            return [row.id for row in connection.execute(query)]

    def drop(self, entry: str) -> None:
        """Forget the steps of an entry whose resource is gone."""
        with self._database.writing() as connection:
            connection.execute(delete(STEPS).where(STEPS.c.entry == entry))

    def forget(self, kept: KeptStep) -> None:
        """Forget one step, which is undone."""
        with self._database.writing() as connection:
            connection.execute(delete(STEPS).where(STEPS.c.entry == kept.entry, STEPS.c.number == kept.number))

    def _found(self, query: Select[Any]) -> list[KeptStep]:
        with self._database.reading() as connection:
            return [_kept(row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Undoing:
    """Undoes steps in one account. `patience` is how long a step that takes effect slowly may wait for that."""

    log: StepLog
    calls: ProviderClient
    clock: Callable[[], datetime]
    patience: timedelta

    def note_for(self, entry: str) -> Note:
        """Give the callback of a provider before each step of this deletion."""

        def note(taken: Taken) -> None:
            self.log.keep(entry, self.clock(), taken)

        return note

    def undo(self, resource: Resource, kept: Sequence[KeptStep], reason: Reason) -> str:
        """Undo these steps, and say for a person which are undone and which are left, and why; empty without steps.

        `reason` is why the deletion ended. A step that the vendor is slow to do may be all that the deletion waits for:
        it is left for the next pass to go on from, but not for ever.
        """
        undone, left = [], []
        for one in kept:
            if not one.taken.undo:
                left.append(f"{one.taken.step}, which cannot be undone")
                self.log.forget(one)
            elif self.goes_on(one, reason):
                left.append(f"{one.taken.step}, still in progress: the next pass continues")
            elif problem := self._problem_undoing(resource, one):
                left.append(f"{one.taken.step}, which could not be undone: {problem}")
            else:
                undone.append(one.taken.step)
        said = [f"undone: {', '.join(undone)}"] if undone else []
        said += [f"still changed by {'; '.join(left)}"] if left else []
        return "; ".join(said)

    def goes_on(self, kept: KeptStep, reason: Reason) -> bool:
        """Whether the deletion that ended for this reason may be waiting for this step, and not yet too long."""
        return kept.taken.lasts and reason in _WAITS and self.clock() - kept.at < self.patience

    def _problem_undoing(self, resource: Resource, kept: KeptStep) -> str:
        try:
            self.calls.undo(resource, kept.taken)
        except ProviderError as error:
            logger.warning("%s: %s cannot be undone: %s", resource, kept.taken.step, error)
            return str(error)
        self.log.forget(kept)
        return ""


def _steps() -> Select[Any]:
    return (
        select(STEPS)
        .join(JOURNAL, JOURNAL.c.id == STEPS.c.entry)
        .order_by(STEPS.c.at.desc(), JOURNAL.c.at.desc(), STEPS.c.number.desc())
    )


def _kept(row: Row[Any]) -> KeptStep:
    return KeptStep(row.entry, row.number, row.at, Taken(row.step, row.undo, row.lasts, row.shared))
