"""What changed, when, and by whom: from the states of resources to changes that people read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

import duckdb
import orjson

State = Mapping[str, Any]
"""A row of `resources`; `tags` is a mapping, `attributes` a JSON text."""

_PLAIN = ("state", "name", "region", "namespace", "tag_state", "protection")
"""Columns that are compared as they are; tags and attributes are compared key by key."""
_READINGS = ("uid", "kind || '/' || id", "id", "kind || '/' || name", "name")
"""The readings of a name, the most exact first, as for every command."""


class How(StrEnum):
    """What happened to a resource between two looks."""

    APPEARED = "appeared"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value before and after; None where there is none."""

    field: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        before, after = (_shown(value) for value in (self.before, self.after))
        return f"{self.field}: {before} → {after}"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a resource after `since` (None: unknown) and no later than `until`; both aware UTC.

    `action` is our own action in that time, if any; `planned_by` the policy whose plan deleted the resource, as with
    another one that takes it along.
    """

    how: How
    resource: State
    since: datetime | None
    until: datetime
    differences: tuple[Difference, ...] = ()
    action: Mapping[str, Any] | None = None
    planned_by: str = ""


def states_of(connection: duckdb.DuckDBPyConnection, wanted: str) -> list[State]:
    """Give every state of the resources with this name, by the most exact reading with a match, oldest first."""
    for reading in _READINGS:
        found = _rows(connection, f"{reading} = $wanted order by account, uid, created, valid_from", wanted=wanted)
        if found:
            return found
    return []


def states_at(connection: duckdb.DuckDBPyConnection, at: datetime, account: str | None = None) -> list[State]:
    """Give the states that held at an instant, of one account or of all."""
    held = "valid_from <= $at and (valid_to is null or valid_to > $at)"
    where = held if account is None else f"{held} and account = $account"
    given: dict[str, Any] = {"at": at} if account is None else {"at": at, "account": account}
    return _rows(connection, f"{where} order by account, kind, uid", **given)


def taken_of(connection: duckdb.DuckDBPyConnection, snapshot: str) -> datetime | None:
    """Give when a snapshot was taken (aware UTC); None where the inventory knows no such snapshot."""
    found = _dicts(connection, "select taken from snapshots where id = $id", id=snapshot)
    return found[0]["taken"] if found else None


def actions_on(connection: duckdb.DuckDBPyConnection, uids: Iterable[str]) -> list[Mapping[str, Any]]:
    """Give the verified actions on these resources, oldest first."""
    sql = (
        "select uid, action, rule, policy, approved_by, started, finished, id from actions"
        " where state = 'Verified' and uid in (select unnest($uids)) order by finished"
    )
    return _dicts(connection, sql, uids=sorted(set(uids)))


def planned_deletions(connection: duckdb.DuckDBPyConnection, uids: Iterable[str]) -> list[Mapping[str, Any]]:
    """Give the judgements by which a plan deleted these resources, oldest first."""
    sql = (
        "select uid, policy, valid_from, valid_to from judgements"
        " where goes and uid in (select unnest($uids)) order by valid_from"
    )
    return _dicts(connection, sql, uids=sorted(set(uids)))


def changes_of(
    states: Sequence[State],
    actions: Sequence[Mapping[str, Any]] = (),
    deletions: Sequence[Mapping[str, Any]] = (),
) -> list[Change]:
    """Give the changes that led from state to state of one resource, oldest first."""
    if not states:
        return []
    first = states[0]
    found = [Change(How.APPEARED, first, first["created"], first["valid_from"])]
    for before, after in pairwise(states):
        differences = differences_between(before, after)
        found.append(
            Change(
                How.CHANGED,
                after,
                before["last_seen"],
                after["valid_from"],
                differences,
                _within(actions, before["last_seen"], after["valid_from"]),
            )
        )
    last = states[-1]
    if last["valid_to"] is not None:
        since, until = last["last_seen"], last["valid_to"]
        planned = [
            each["policy"]
            for each in deletions
            if each["valid_from"] <= until and (each["valid_to"] is None or each["valid_to"] >= since)
        ]
        by = _within(actions, since, until)
        found.append(Change(How.GONE, last, since, until, (), by, planned[-1] if planned and by is None else ""))
    return found


def changes_between(
    before: Iterable[State], after: Iterable[State], since: datetime, until: datetime
) -> Iterator[Change]:
    """Give what appeared, changed and went between two instants, in the order of account, kind and uid."""
    old = {_key(state): state for state in before}
    new = {_key(state): state for state in after}
    for key in sorted(old.keys() | new.keys(), key=lambda key: _order(new.get(key) or old[key])):
        was, now = old.get(key), new.get(key)
        if was is None and now is not None:
            yield Change(How.APPEARED, now, since, until)
        elif now is None and was is not None:
            yield Change(How.GONE, was, since, until)
        elif was is not None and now is not None and (differences := differences_between(was, now)):
            yield Change(How.CHANGED, now, since, until, differences)


def differences_between(before: State, after: State) -> tuple[Difference, ...]:
    """Give each value that differs: plain columns, then tags and attributes by key."""
    plain = (Difference(name, before[name], after[name]) for name in _PLAIN if before[name] != after[name])
    tags = _by_key("tags", before["tags"] or {}, after["tags"] or {})
    facts = _by_key("attributes", orjson.loads(before["attributes"]), orjson.loads(after["attributes"]))
    return (*plain, *tags, *facts)


def _by_key(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        if was != now:
            yield Difference(f"{name}.{key}", _text(was), _text(now))


def _within(actions: Iterable[Mapping[str, Any]], since: datetime, until: datetime) -> Mapping[str, Any] | None:
    """Give our last action that began before the later look and ended after the earlier one."""
    ours = [action for action in actions if action["started"] <= until and action["finished"] >= since]
    return ours[-1] if ours else None


def _key(state: State) -> tuple[str, str, Any]:
    return state["account"], state["uid"], state["created"]


def _order(state: State) -> tuple[str, ...]:
    return state["account"], state["kind"], state["uid"]


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(value: str | None) -> str:
    return "none" if value is None else repr(value) if value == "" or " " in value else value


def _rows(connection: duckdb.DuckDBPyConnection, where: str, **given: Any) -> list[State]:
    return _dicts(connection, f"select * from resources where {where}", **given)  # noqa: S608 - of this module


def _dicts(connection: duckdb.DuckDBPyConnection, sql: str, **given: Any) -> list[Mapping[str, Any]]:
    table = connection.sql(sql, params=given).to_arrow_table()
    return [row for batch in table.to_batches() for row in batch.to_pylist(maps_as_pydicts="lossy")]
