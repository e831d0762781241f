"""One question in SQL: which tables and views it needs, and its answer or what is wrong with it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from tagwarden.errors import BadInput
from tagwarden.inventory.lake.lake import Lake
from tagwarden.inventory.lake.sql import connected
from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.messages import lake_messages as messages

_ALONG_EDGES = re.compile(r"\b(?:edges_now|link_)", re.IGNORECASE)
_MEANINGS = "|".join(meaning.value for meaning in EdgeMeaning)
_LINK = re.compile(rf"\blink_(\w+?)__({_MEANINGS})__(\w+)", re.IGNORECASE)
_READS = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})
_PLACE = re.compile(r"^LINE (\d+): (.*)\n( *)\^", re.MULTILINE)
_INSTANT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})"

_TYPES = f"""
select fact.key,
  case
    when bool_and(json_type(fact.value) in ('UBIGINT', 'BIGINT')) then 'bigint'
    when bool_and(json_type(fact.value) = 'BOOLEAN') then 'boolean'
    when bool_and(regexp_full_match(fact.value->>'$', '{_INSTANT}')) then 'timestamptz'
    else 'varchar'
  end
from (select unnest(map_entries(json_transform(attributes, '"MAP(VARCHAR, JSON)"'))) as fact
      from _resources_open where kind = $kind)
where fact.value is not null group by fact.key order by fact.key
"""  # noqa: S608 - a pattern of ours


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a question: the names of the columns, and the rows."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


@contextmanager
def asking(lake: Lake, sql: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the tables that a question needs, with a view of each kind and link that it names."""
    with connected(lake, walks=bool(_ALONG_EDGES.search(sql))) as connection:
        for kind in kinds_in(connection):
            if re.search(rf"(?<!\w){re.escape(kind)}(?!\w)", sql, re.IGNORECASE):
                _view_of_kind(connection, kind)
        for source, meaning, target in dict.fromkeys(_LINK.findall(sql)):
            for kind in (source, target):
                if kind.lower() not in {one.lower() for one in kinds_in(connection)}:
                    raise BadInput(messages.NO_SUCH_TABLE(table=kind))
            _view_of_link(connection, source, meaning, target)
        yield connection


def answer_of(connection: duckdb.DuckDBPyConnection, sql: str) -> Answer:
    """Answer a question; raise BadInput with the place of the mistake, or for anything but one question."""
    try:
        statements = connection.extract_statements(sql)
        if not statements:
            raise BadInput(messages.NO_QUESTION())
        if len(statements) > 1:
            raise BadInput(messages.SEVERAL_QUESTIONS(count=len(statements)))
        if statements[0].type not in _READS:
            raise BadInput(messages.NOT_A_QUESTION(found=statements[0].type.name))
        table = connection.sql(sql).to_arrow_table()
    except duckdb.Error as error:
        raise BadInput(_said(_with_place(connection, sql, error))) from None
    columns = [column.to_pylist(maps_as_pydicts="lossy") for column in table.columns]
    return Answer(tuple(table.column_names), list(zip(*columns, strict=True)))


def kinds_in(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Name the kinds of which there are resources."""
    found = connection.execute("select distinct kind from _resources_open order by kind").fetchall()
    return [kind for (kind,) in found]


def columns_of(lake: Lake, table: str) -> Answer:
    """Give the name and the type of each column of a table, or of the view of a kind; raise BadInput without any."""
    with asking(lake, table) as connection:
        try:
            found = connection.execute(f"describe {quoted(table)}").fetchall()
        except duckdb.Error:
            raise BadInput(messages.NO_SUCH_TABLE(table=table)) from None
    return Answer(("column", "type"), [row[:2] for row in found])


def _view_of_kind(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    facts = connection.execute(_TYPES, {"kind": kind}).fetchall()
    taken = {name for name, *_ in connection.execute("describe resources_now").fetchall()}
    columns = "".join(
        f", try_cast(attributes->>{_literal(_path(name))} as {type_}) as {quoted(_free(name, taken))}"
        for name, type_ in facts
    )
    connection.execute(
        f"create temp view {quoted(kind)} as select * exclude (attributes){columns}, attributes"  # noqa: S608 - quoted
        f" from resources_now where kind = {_literal(kind)}"
    )


def _view_of_link(connection: duckdb.DuckDBPyConnection, source: str, meaning: str, target: str) -> None:
    connection.execute(
        f"create or replace temp view {quoted(f'link_{source}__{meaning}__{target}')} as"  # noqa: S608 - quoted
        " select source.account as source_account, edge.source as source_uid, source.id as source_id,"
        " source.name as source_name, target.account as target_account, edge.target as target_uid,"
        " target.id as target_id, target.name as target_name from edges_now as edge"
        " join _resources_open as source on edge.source = source.uid"
        " join _resources_open as target on edge.target = target.uid"
        f" where edge.meaning = {_literal(meaning.lower())} and source.kind ilike {_literal(source)}"
        f" and target.kind ilike {_literal(target)}"
    )


def _free(name: str, taken: set[str]) -> str:
    """Give a column for a fact, whose name a column of every resource may have."""
    return f"{name}_fact" if name in taken else name


def _path(name: str) -> str:
    return '$."' + name.replace('"', '\\"') + '"'


def quoted(name: str) -> str:
    """Give a name for SQL, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _with_place(connection: duckdb.DuckDBPyConnection, sql: str, error: duckdb.Error) -> str:
    """Give the complaint with its place, which DuckDB tells of a name only where it is asked in another way."""
    if isinstance(error, duckdb.BinderException):
        try:
            connection.execute(sql)
        except duckdb.Error as again:
            return str(again)
    return str(error)


def _said(problem: str) -> str:
    """Give DuckDB's complaint in one line, with the place in the question."""
    first = " ".join(problem.partition("\n\n")[0].split())
    place = _PLACE.search(problem)
    if place is None:
        return messages.QUERY_FAILED(problem=first)
    line, text, spaces = place.groups()
    column = len(spaces) - len(f"LINE {line}: ") + 1
    # A long line is shown from its middle, so that the column is that of the part.
    near = text[max(column - 1, 0) :][:30] or text[-30:]
    return messages.QUERY_WRONG(line=line, near=near, problem=first)
