"""`tagwarden search`: finds resources in the inventory, by words or CEL, and what hangs on them."""

import sys
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
import yaml

from tagwarden.cli import options
from tagwarden.cli.context import lake_of, now_utc
from tagwarden.cli.output import write_names
from tagwarden.cli.progress import report_progress
from tagwarden.cli.query import QueryOutput, write_answer
from tagwarden.inventory.lake.questions import Answer
from tagwarden.inventory.search import Found, policy_expression
from tagwarden.inventory.search import search as run

FIRST_SHOWN = 100


class SearchOutput(StrEnum):
    """The output format of a search."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"
    YAML = "yaml"
    NAME = "name"
    MERMAID = "mermaid"
    DOT = "dot"


_GRAPHS = frozenset({SearchOutput.MERMAID, SearchOutput.DOT})

Query = Annotated[list[str], typer.Argument(metavar="QUERY", help="Words, or CEL; then walks and steps. See the docs.")]
Form = Annotated[
    SearchOutput,
    typer.Option("--output", "-o", help="Output format; name is one uid per line, mermaid and dot are graphs."),
]
Full = Annotated[bool, typer.Option("--full", help=f"Show all rows of a table, not only the first {FIRST_SHOWN}.")]
AsPolicy = Annotated[
    bool, typer.Option("--as-policy", help="Print the scope of a policy that governs the same resources.")
]


def search(
    query: Query,
    *,
    output: Form = SearchOutput.TABLE,
    full: Full = False,
    as_policy: AsPolicy = False,
    inventory: options.Inventory = None,
) -> int:
    r"""Find resources in the inventory: by words, by the CEL of policies, and along their edges.

    \b
    tagwarden search checkout dev-17
    tagwarden search 'kind == "aws_ec2_volume" && age > duration("30d") | sort cost desc | limit 20'
    tagwarden search 'id == "vpc-0abc" >> *' -o mermaid
    tagwarden search '!has(tags.owner) | count by kind, account'
    tagwarden search 'owner == "alice" | sum cost by kind | at 2026-11-01'
    tagwarden search 'category == "volume" && state == "available"' --as-policy
    """
    # The shell took the quotes of an argument with spaces, unless it is the whole query.
    text = query[0] if len(query) == 1 else " ".join(f'"{part}"' if " " in part else part for part in query)
    if as_policy:
        sys.stdout.write(yaml.safe_dump({"scope": {"where": policy_expression(text)}}, allow_unicode=True, width=1000))
        return 0
    lake = lake_of(inventory)
    found = run(lake, text, now_utc(), with_edges=output in _GRAPHS)
    if output is SearchOutput.NAME:
        write_names(found.uids)
    elif output in _GRAPHS:
        sys.stdout.write(_graph(found, output))
    else:
        rows = found.answer.rows
        shown = rows if full or output is not SearchOutput.TABLE else rows[:FIRST_SHOWN]
        write_answer(Answer(found.answer.columns, [_short(row) for row in shown]), QueryOutput(output.value))
        if len(shown) < len(rows):
            report_progress(f"tagwarden: {len(rows) - len(shown)} more; --full shows all")
    if found.unreadable:
        report_progress(f"tagwarden: {found.unreadable} resources were left out: their tags cannot be read")
    for problem in lake.told():
        report_progress(f"tagwarden: {problem}")
    return 0


def _short(row: tuple[object, ...]) -> tuple[object, ...]:
    """Leave out fractions of seconds, which no tag has."""
    return tuple(value.replace(microsecond=0) if isinstance(value, datetime) else value for value in row)


def _graph(found: Found, form: SearchOutput) -> str:
    names = {uid: f"n{place}" for place, uid in enumerate(found.uids)}
    kind, name, id_ = (found.answer.columns.index(column) for column in ("kind", "name", "id"))
    labels = [f"{row[kind]} {row[name] or row[id_]}" for row in found.answer.rows]
    if form is SearchOutput.MERMAID:
        nodes = [
            f'  {number}["{label.replace(chr(34), "#quot;")}"]'
            for number, label in zip(names.values(), labels, strict=True)
        ]
        edges = [f"  {names[source]} -->|{meaning}| {names[target]}" for source, meaning, target in found.edges]
        return "\n".join(["graph TD", *nodes, *edges]) + "\n"
    nodes = [f"  {number} [label={_dot(label)}];" for number, label in zip(names.values(), labels, strict=True)]
    edges = [f"  {names[end]} -> {names[to]} [label={_dot(meaning)}];" for end, meaning, to in found.edges]
    return "\n".join(["digraph tagwarden {", "  node [shape=box];", *nodes, *edges, "}"]) + "\n"


def _dot(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
