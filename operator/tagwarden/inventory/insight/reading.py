"""Compute the indicators over a lake."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import duckdb

from tagwarden.errors import BadInput
from tagwarden.inventory.insight.indicators import BY_NAME
from tagwarden.inventory.insight.views import VIEWS
from tagwarden.inventory.lake.lake import Lake
from tagwarden.inventory.lake.sql import connected

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Period:
    """The time that indicators cover; `until` is now."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class TeamsOf:
    """How a resource gets its team: by the tag `key`, else by its owner in `of_owner`."""

    key: str = "team"
    of_owner: Mapping[str, str] = field(default_factory=dict)


class Insight:
    """The indicators of a lake, each computed when it is asked for."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, period: Period) -> None:
        self._connection = connection
        self.period = period

    def __getitem__(self, name: str) -> list[Row]:
        """Give the rows of an indicator."""
        return self.rows(BY_NAME[name].sql)

    def rows(self, sql: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[Row]:
        """Give the rows of a query over the views of the lake and of `views.py`."""
        # Through Arrow, since DuckDB alone would ask for pytz.
        found = self._connection.sql(sql, params=values or None).to_arrow_table()
        return cast("list[Row]", found.to_pylist())


@contextmanager
def insight_of(lake: Lake, period: Period, teams: TeamsOf) -> Iterator[Insight]:
    """Open the indicators of a lake over a period."""
    with connected(lake) as connection:
        connection.execute("create temp table period (since timestamptz, until timestamptz)")
        connection.execute("insert into period values (?, ?)", [period.since, period.until])
        connection.execute("create temp table team_key (name varchar)")
        connection.execute("insert into team_key values (?)", [teams.key])
        connection.execute("create temp table teams (owner varchar, team varchar)")
        if teams.of_owner:
            connection.executemany("insert into teams values (?, ?)", [list(item) for item in teams.of_owner.items()])
        connection.execute(VIEWS)
        yield Insight(connection, period)


def load_teams(path: Path) -> dict[str, str]:
    """Read owner → team from a CSV file with these two columns; raise BadInput that names the line."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read ({error}); write a CSV file with the columns owner,team") from error
    if not rows or [name.strip() for name in rows[0]] != ["owner", "team"]:
        raise BadInput(f"{path}:1: the first line must be owner,team")
    found: dict[str, str] = {}
    for line, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        if len(row) != 2 or not all(value.strip() for value in row):
            raise BadInput(f"{path}:{line}: write one owner and one team, separated by a comma")
        owner, team = (value.strip() for value in row)
        if found.setdefault(owner, team) != team:
            raise BadInput(f"{path}:{line}: {owner} already belongs to {found[owner]}; keep one line per owner")
    return found
