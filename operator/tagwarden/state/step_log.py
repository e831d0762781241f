"""The log of the steps of deletions: written before a step, removed once undone or once the resource is gone (S23)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select

from tagwarden.model.resource import Resource
from tagwarden.providers.base import Taken
from tagwarden.state.database import Database
from tagwarden.state.tables import JOURNAL, STEPS


@dataclass(frozen=True, slots=True)
class KeptStep:
    """A step that was taken, or was about to be, for the deletion of a journal entry; `at` is aware UTC."""

    entry: str
    number: int
    at: datetime
    taken: Taken


class StepLog:
    """The steps of all deletions that are neither verified nor undone. Raises `StateError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, entry: str, at: datetime, taken: Taken) -> None:
        """Write a step durably before it is taken."""
        with self._database.writing() as connection:
            last = connection.execute(select(func.max(STEPS.c.number)).where(STEPS.c.entry == entry)).scalar()
            number = 0 if last is None else last + 1
            values = {"step": taken.step, "undo": taken.undo, "lasts": taken.lasts, "shared": taken.shared}
            connection.execute(insert(STEPS).values(entry=entry, number=number, at=at, **values))

    def of(self, resource: Resource) -> list[KeptStep]:
        """Give the steps of every deletion of this resource, latest first: the order of undoing."""
        same = (JOURNAL.c.account == resource.account, JOURNAL.c.uid == resource.uid)
        return self._found(_steps().where(*same))

    def of_entry(self, entry: str) -> list[KeptStep]:
        """Give the steps of a journal entry, latest first."""
        return self._found(_steps().where(STEPS.c.entry == entry))

    def left(self) -> list[str]:
        """Give the ended entries with steps that are not undone, oldest first."""
        query = (
            select(JOURNAL.c.id)
            .where(JOURNAL.c.finished.is_not(None), JOURNAL.c.id.in_(select(STEPS.c.entry)))
            .order_by(JOURNAL.c.at, JOURNAL.c.id)
        )
        with self._database.reading() as connection:
            return [row.id for row in connection.execute(query)]

    def drop(self, entry: str) -> None:
        """Drop the steps of an entry whose resource is gone."""
        with self._database.writing() as connection:
            connection.execute(delete(STEPS).where(STEPS.c.entry == entry))

    def forget(self, kept: KeptStep) -> None:
        """Drop a step that is undone."""
        with self._database.writing() as connection:
            connection.execute(delete(STEPS).where(STEPS.c.entry == kept.entry, STEPS.c.number == kept.number))

    def _found(self, query: Select[Any]) -> list[KeptStep]:
        with self._database.reading() as connection:
            return [_kept(row) for row in connection.execute(query)]


def _steps() -> Select[Any]:
    return (
        select(STEPS)
        .join(JOURNAL, JOURNAL.c.id == STEPS.c.entry)
        .order_by(STEPS.c.at.desc(), JOURNAL.c.at.desc(), STEPS.c.number.desc())
    )


def _kept(row: Row[Any]) -> KeptStep:
    return KeptStep(row.entry, row.number, row.at, Taken(row.step, row.undo, row.lasts, row.shared))
