"""History of resources and passes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from tagwarden.model.history import LOOP_WINDOW, History
from tagwarden.model.plan import Baseline
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.planning import baseline_from_json, baseline_json
from tagwarden.state.database import Database
from tagwarden.state.journal import Journal
from tagwarden.state.recreation import returns
from tagwarden.state.tables import MEMORY, PASSES, instant_text

FORGET_AFTER = timedelta(days=30)
"""Retention of resources that are no longer observed."""

SEEN_PRECISION = timedelta(hours=12)
"""Minimum interval between two updates of an otherwise unchanged resource: most rows of a pass are not written."""

_KEY = ("policy", "uid", "created")

PASSES_KEPT = 50
"""Number of stored passes per policy."""


class HistoryStore:
    """Histories of resources and summaries of passes in a database. Raises `StateError`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._journal = Journal(database)

    def histories(self, policy: str, resources: Iterable[Resource], now: datetime) -> Mapping[str, History]:
        """Give, by uid, the history of these resources under this policy; no entry for unknown resources.

        A recreated resource with the same uid (another creation time) keeps only the deletions of its history (S13).
        """
        resources = list(resources)
        with self._database.reading() as connection:
            rows = connection.execute(select(MEMORY).where(MEMORY.c.policy == policy))
            remembered = {(row.uid, row.created): row for row in rows}
        deletions = returns(resources, self._journal.deleted_since(now - LOOP_WINDOW))
        repairs = self._journal.repairs_since(now - FORGET_AFTER)
        found: dict[str, History] = {}
        for resource in resources:
            row = remembered.get(_key(resource))
            times = deletions.get(resource.uid, 0)
            if row is not None:
                written = repairs.get(resource.uid)
                repaired = written.at if written is not None else row.repaired
                found[resource.uid] = replace(_history(row, times), repaired=repaired, written=written)
            elif times:
                found[resource.uid] = History(first_seen=now, deletions=times)
        return found

    def remember(self, policy: str, entries: Iterable[tuple[Resource, History]], now: datetime) -> None:
        """Store the observations of this pass, and drop resources that no pass has observed for long."""
        with self._database.writing() as connection:
            rows = connection.execute(select(MEMORY).where(MEMORY.c.policy == policy))
            known = {(row.uid, row.created): row for row in rows}
            news = [
                _row(policy, resource, history, now)
                for resource, history in entries
                if _has_news(known.get(_key(resource)), history, now)
            ]
            if news:
                insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
                statement = insert(MEMORY)
                values = {name: statement.excluded[name] for name in news[0] if name not in _KEY}
                connection.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=values), news)
            connection.execute(delete(MEMORY).where(MEMORY.c.policy == policy, MEMORY.c.last_seen < now - FORGET_AFTER))

    def forget_absent(self, policy: str, present: Collection[str]) -> None:
        """Drop all resources of unknown creation time that are not among these uids.

        Otherwise a recreated resource of the same uid, which needs new observations, looks the same (S4).
        """
        mine = (MEMORY.c.policy == policy, MEMORY.c.created == "")
        with self._database.writing() as connection:
            known = connection.execute(select(MEMORY.c.uid).where(*mine)).scalars().all()
            absent = [{"absent": uid} for uid in known if uid not in present]
            if absent:
                connection.execute(delete(MEMORY).where(*mine, MEMORY.c.uid == bindparam("absent")), absent)

    def remember_pass(self, policy: str, run: str, baseline: Baseline) -> None:
        """Store the baseline of a pass, and drop the oldest, but never the last normal baseline."""
        at = baseline.at
        with self._database.writing() as connection:
            connection.execute(delete(PASSES).where(PASSES.c.policy == policy, PASSES.c.at == at))
            connection.execute(PASSES.insert().values(policy=policy, at=at, run=run, summary=baseline_json(baseline)))
            latest_first = select(PASSES).where(PASSES.c.policy == policy).order_by(PASSES.c.at.desc())
            passes = [baseline_from_json(row.at, row.summary) for row in connection.execute(latest_first)]
            normal = next((each for each in passes if not each.braked), None)
            for old in passes[PASSES_KEPT:]:
                if old is not normal:
                    connection.execute(delete(PASSES).where(PASSES.c.policy == policy, PASSES.c.at == old.at))

    def last_passes(self, policy: str) -> tuple[Baseline, ...]:
        """Give the last passes of a policy, oldest first, always including the last normal pass."""
        query = select(PASSES).where(PASSES.c.policy == policy).order_by(PASSES.c.at)
        with self._database.reading() as connection:
            return tuple(baseline_from_json(row.at, row.summary) for row in connection.execute(query))


def _key(resource: Resource) -> tuple[str, str]:
    return resource.uid, "" if resource.created is None else instant_text(resource.created)


def _history(row: Row[Any], deletions: int) -> History:
    return History(
        first_seen=row.first_seen,
        deletion=None if row.deletion is None else Reason(row.deletion),
        since=row.since,
        agreed=row.agreed,
        snapshot=row.snapshot,
        repaired=row.repaired,
        deletions=deletions,
        counted=row.counted,
        stated=row.stated,
        stated_since=row.stated_since,
    )


def _row(policy: str, resource: Resource, history: History, now: datetime) -> dict[str, Any]:
    uid, created = _key(resource)
    return {
        "policy": policy,
        "uid": uid,
        "created": created,
        "first_seen": history.first_seen,
        "last_seen": now,
        "deletion": history.deletion,
        "since": history.since,
        "agreed": history.agreed,
        "snapshot": history.snapshot,
        "repaired": history.repaired,
        "counted": history.counted,
        "stated": history.stated,
        "stated_since": history.stated_since,
    }


def _has_news(row: Row[Any] | None, history: History, now: datetime) -> bool:
    return (
        row is None
        or row.last_seen < now - SEEN_PRECISION
        or _history(row, history.deletions) != replace(history, created=None, written=None)
    )
