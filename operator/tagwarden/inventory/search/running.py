"""Runs a search over the lake: the filter, then hop after hop, then the steps."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from tagwarden.errors import BadInput
from tagwarden.inventory.lake.lake import Lake
from tagwarden.inventory.lake.questions import Answer, quoted
from tagwarden.inventory.lake.sql import connected
from tagwarden.inventory.search.printing import SPAN, Printer
from tagwarden.inventory.search.steps import Shape, shape_of
from tagwarden.inventory.search.syntax import SearchQuery, Walk, parse
from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.messages import lake_messages
from tagwarden.model.tags import TagState

_DEPENDENTS = f"""
select target as uid from edges_then join _front on source = _front.uid where meaning = '{EdgeMeaning.OWNS}'
union select source from edges_then join _front on target = _front.uid where meaning <> '{EdgeMeaning.OWNS}'
"""  # noqa: S608 - names of ours
_DEPENDENCIES = f"""
select source as uid from edges_then join _front on target = _front.uid where meaning = '{EdgeMeaning.OWNS}'
union select target from edges_then join _front on source = _front.uid where meaning <> '{EdgeMeaning.OWNS}'
"""  # noqa: S608 - names of ours
_HELD = "valid_from <= $at and (valid_to is null or valid_to > $at)"
_JUDGED = "policy, verdict, expires, environment, deletion, withheld, goes"
_AT = f"""
create temp view resources_then as
  select resource.*, {", ".join(f"judged.{name.strip()}" for name in _JUDGED.split(","))},
    coalesce(judged.owner, resource.tags['owner']) as owner
  from (from resources where {_HELD}) as resource
  left join (
    from judgements where {_HELD}
    qualify row_number() over (partition by account, uid order by goes desc, verdict = 'Compliant', policy) = 1
  ) as judged using (account, uid);
create temp table edges_then as select distinct source, meaning, target from edges where {_HELD};
"""  # noqa: S608 - names of ours
_NOW = """
create temp view resources_then as from resources_now;
create temp view edges_then as from edges_now;
"""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of a search. `uids` are those of single resources, in the order of the rows; none for groups.

    `unreadable` counts the resources that a filter of tags left out because their tags could not be read (S1).
    """

    answer: Answer
    uids: tuple[str, ...] = ()
    edges: tuple[tuple[str, str, str], ...] = ()
    unreadable: int = 0


def search(lake: Lake, text: str, now: datetime, *, with_edges: bool = False) -> Found:
    """Answer a search; raise BadInput with the column of a mistake. `with_edges` gives the edges between the found."""
    query = parse(text)
    shape = shape_of(query.steps)
    with connected(lake, walks=with_edges or bool(query.walks)) as connection:
        try:
            return _run(connection, query, shape, now, with_edges=with_edges)
        except duckdb.Error as error:
            raise BadInput(lake_messages.QUERY_FAILED(problem=str(error).splitlines()[0])) from None


def _run(
    connection: duckdb.DuckDBPyConnection, query: SearchQuery, shape: Shape, now: datetime, *, with_edges: bool
) -> Found:
    if shape.at is None:
        connection.execute(_NOW)
    else:
        # A view binds no values: an instant of ours is written into it.
        connection.execute(_AT.replace("$at", f"timestamptz '{shape.at.isoformat()}'"))
    printer = Printer({"now": shape.at or now})
    where = printer.condition(query.filter)
    reads_tags = printer.reads_tags
    if shape.changed_for is not None:
        where = f"({where}) and valid_from >= to_timestamp(epoch($now) - {printer.bind(shape.changed_for)})"
    source = f"from resources_then where {where}"
    if query.walks or with_edges:
        _execute(connection, f"create temp table _found as select uid {source}", printer)
        for walk in query.walks:
            _go(connection, walk, printer)
        source = "from resources_then semi join _found using (uid)"
    answer = _shaped(connection, source, printer, shape)
    uids = () if shape.is_grouped else tuple(row[0] for row in answer.rows)
    found = Answer(answer.columns[1:], [row[1:] for row in answer.rows]) if not shape.is_grouped else answer
    edges: tuple[tuple[str, str, str], ...] = ()
    if with_edges:
        sql = (
            "select source, meaning, target from edges_then where source in (from _found) and target in (from _found)"
            " order by all"
        )
        edges = tuple(connection.execute(sql).fetchall())
    unreadable = 0
    if reads_tags:
        sql = f"select count(*) from resources_then where tag_state = '{TagState.UNREADABLE.value}'"  # noqa: S608
        (unreadable,) = connection.execute(sql).fetchone() or (0,)
    return Found(found, uids, edges, unreadable)


def _go(connection: duckdb.DuckDBPyConnection, walk: Walk, printer: Printer) -> None:
    """Replace the found by the ends of a walk; each resource is met at its nearest."""
    connection.execute("create or replace temp table _front as from _found")
    connection.execute("create or replace temp table _met as select uid, 0 as hops from _found")
    step = _step_of(walk.way)
    for hop in range(1, walk.most + 1):
        connection.execute(
            f"create or replace temp table _next as select distinct uid from ({step}) anti join _met using (uid)"  # noqa: S608
        )
        connection.execute("create or replace temp table _front as from _next")
        (count,) = connection.execute("select count(*) from _front").fetchone() or (0,)
        if not count:
            break
        connection.execute(f"insert into _met select uid, {hop} from _front")  # noqa: S608 - a number
    where = printer.condition(walk.filter)
    _execute(
        connection,
        "create or replace temp table _found as select uid from resources_then"  # noqa: S608 - printed by us
        f" where uid in (select uid from _met where hops >= {walk.least}) and ({where})",
        printer,
    )


def _step_of(way: str) -> str:
    if way in {">>", "<<"}:
        return _DEPENDENTS if way == ">>" else _DEPENDENCIES
    near, far = ("source", "target") if way.endswith(">") else ("target", "source")
    meaning = EdgeMeaning(way.strip("<->"))
    return (
        f"select {far} as uid from edges_then join _front on {near} = _front.uid"  # noqa: S608 - names of ours
        f" where meaning = '{meaning}'"
    )


def _shaped(connection: duckdb.DuckDBPyConnection, source: str, printer: Printer, shape: Shape) -> Answer:
    if shape.is_grouped:
        columns = [_shown(printer, name) for name in shape.by]
        columns += [
            'count(*) as "resources"' if not name else f"{function}({_value(printer, name)}) as {quoted(name)}"
            for function, name in shape.totals
        ]
        order = shape.order or ((shape.totals[0][1] or "resources", True),)
    else:
        columns = ["uid", *(_shown(printer, name) for name in shape.columns)]
        order = shape.order or (("kind", False), ("name", False), ("uid", False))
    ordered = ", ".join(
        f"{_ordering(printer, name, shape)} {'desc' if most else 'asc'} nulls last" for name, most in order
    )
    # Groups that are equal otherwise keep one order.
    ordered += "".join(f", {quoted(name)} nulls last" for name in shape.by) if shape.is_grouped else ", uid"
    sql = f"select {', '.join(columns)} {source}{' group by all' if shape.is_grouped else ''} order by {ordered}"
    if shape.limit is not None:
        sql += f" limit {shape.limit}"
    table = connection.sql(sql, params=_needed(sql, printer)).to_arrow_table()
    values = [column.to_pylist(maps_as_pydicts="lossy") for column in table.columns]
    return Answer(tuple(table.column_names), list(zip(*values, strict=True)))


def _value(printer: Printer, name: str) -> str:
    found = printer.column(name, 1)
    return f"round(({found.sql}) / 86400, 2)" if found.type == SPAN else found.sql


def _shown(printer: Printer, name: str) -> str:
    found = printer.column(name, 1)
    text = f"{found.sql}->>'$'" if found.type == "an attribute" else _value(printer, name)
    return f"{text} as {quoted(name)}"


def _ordering(printer: Printer, name: str, shape: Shape) -> str:
    if shape.is_grouped:
        return quoted(name)
    return printer.column(name, 1).sql


def _execute(connection: duckdb.DuckDBPyConnection, sql: str, printer: Printer) -> None:
    connection.execute(sql, _needed(sql, printer))


def _needed(sql: str, printer: Printer) -> dict[str, Any]:
    """Give the values that a statement binds: DuckDB refuses others."""
    named = set(re.findall(r"\$(\w+)", sql))
    return {name: value for name, value in printer.given.items() if name in named}
