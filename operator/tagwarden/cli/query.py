"""`tagwarden query`: the inventory and its history in SQL, read only."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from tagwarden.cli import options
from tagwarden.cli.context import lake_of
from tagwarden.cli.output import answer as answer_with
from tagwarden.cli.output import console
from tagwarden.cli.progress import report_progress
from tagwarden.cli.tabular import TableColumn, write_rows
from tagwarden.default_paths import state_folder
from tagwarden.errors import BadInput
from tagwarden.inventory.lake import Lake
from tagwarden.inventory.lake.questions import Answer, answer_of, asking, columns_of, kinds_in
from tagwarden.inventory.lake.sql import TABLES, connected

_LINKS = "link_KIND__MEANING__KIND"
_PROMPT, _MORE = "tagwarden> ", "        -> "


class QueryOutput(StrEnum):
    """The output format of an answer."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"
    YAML = "yaml"


Sql = Annotated[str | None, typer.Argument(metavar="[SQL]", help="One SELECT; - or none reads standard input.")]
File = Annotated[Path | None, typer.Option("--file", "-f", help="Read the SQL from a file.")]
Lists = Annotated[bool, typer.Option("--list", help="List the tables, and the kinds that have a view of their own.")]
Describes = Annotated[str | None, typer.Option("--describe", metavar="TABLE", help="Show the columns of a table.")]
Form = Annotated[QueryOutput, typer.Option("--output", "-o", help="Output format.")]


def query(
    sql: Sql = None,
    *,
    file: File = None,
    list_tables: Lists = False,
    describe: Describes = None,
    output: Form = QueryOutput.TABLE,
    inventory: options.Inventory = None,
) -> int:
    r"""Ask the inventory in SQL (DuckDB). Every kind has a view with typed columns. Nothing can be changed.

    \b
    tagwarden query --list
    tagwarden query --describe aws_ec2_instance
    tagwarden query "select owner, sum(cost_per_month) from resources_now group by owner order by 2 desc"
    tagwarden query "select id, instance_type from aws_ec2_instance where state = 'running'" -o csv
    tagwarden query -f examples/queries/unattached_volumes.sql
    tagwarden query                              a prompt, with history and completion
    """
    lake = lake_of(inventory)
    if list_tables:
        with connected(lake) as connection:
            kinds = kinds_in(connection)
        rows = [*TABLES.items(), *((kind, f"one row per {kind}, with typed columns") for kind in kinds)]
        rows.append((_LINKS, "one row per edge between two kinds; MEANING is owns, needs or uses"))
        write_answer(Answer(("table", "content"), rows), output)
    elif describe is not None:
        write_answer(columns_of(lake, describe), output)
    elif sql is None and file is None and sys.stdin.isatty():
        _prompt(lake, output)
    else:
        write_answer(_asked(lake, _text_of(sql, file)), output)
    for problem in lake.told():
        report_progress(f"tagwarden: {problem}")
    return 0


def _text_of(sql: str | None, file: Path | None) -> str:
    if file is not None:
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"--file: {file}: {getattr(error, 'strerror', None) or error}") from error
    return sys.stdin.read() if sql in {None, "-"} else str(sql)


def _asked(lake: Lake, sql: str) -> Answer:
    with asking(lake, sql) as connection:
        return answer_of(connection, sql)


def write_answer(found: Answer, form: QueryOutput) -> None:
    """Write the rows of an answer as a table, or for programs."""
    if form in {QueryOutput.TABLE, QueryOutput.CSV}:
        columns = [_column(name, place, found.rows) for place, name in enumerate(found.columns)]
        write_rows(columns, found.rows, form, console())
        return
    documents = [dict(zip(found.columns, map(_value, row), strict=True)) for row in found.rows]
    if form is QueryOutput.NDJSON:
        sys.stdout.buffer.writelines(orjson.dumps(each, default=str) + b"\n" for each in documents)
        sys.stdout.flush()
    else:
        answer_with(orjson.loads(orjson.dumps(documents, default=str)), form)


def _column(name: str, place: int, rows: Sequence[tuple[Any, ...]]) -> TableColumn[tuple[Any, ...]]:
    first = next((row[place] for row in rows if row[place] is not None), None)
    return TableColumn(
        name, name, lambda row: _shown(row[place]), is_number=isinstance(first, int | float) and first is not True
    )


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return f"{value:.10g}"
        case datetime():
            return value.isoformat()
        case dict() | list():
            return orjson.dumps(_value(value), default=str).decode()
    return str(value)


def _value(value: Any) -> Any:
    """Give a value for JSON; DuckDB returns the keys and the values of a map as they are."""
    if isinstance(value, dict):
        return {str(key): _value(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_value(below) for below in value]
    return value


def _prompt(lake: Lake, form: QueryOutput) -> None:
    """Ask for one question after the other, each up to its semicolon; Ctrl-D ends."""
    with connected(lake) as connection:
        words = [*TABLES, *kinds_in(connection), *(name for (name, *_) in _columns_of_all(connection))]
    remember = _remembering(sorted(set(words)))
    typer.echo("Write a SELECT and end it with a semicolon. Ctrl-D leaves.", err=True)
    lines: list[str] = []
    try:
        while True:
            lines.append(input(_MORE if lines else _PROMPT))
            if not lines[-1].rstrip().endswith(";"):
                continue
            sql, lines = "\n".join(lines), []
            try:
                write_answer(_asked(lake, sql), form)
            except BadInput as error:
                report_progress(f"tagwarden: {error}")
    except EOFError:
        typer.echo("", err=True)
    finally:
        remember()


def _columns_of_all(connection: Any) -> list[tuple[Any, ...]]:
    found = connection.execute("select column_name from duckdb_columns() where not internal").fetchall()
    return [row for row in found if not row[0].startswith("_")]


def _remembering(words: Iterable[str]) -> Callable[[], None]:
    """Complete words by Tab, and keep the lines for the next time."""
    import readline  # noqa: PLC0415 - only the prompt needs it, and importing it changes the terminal

    known = list(words)
    kept = state_folder() / "query_history"

    def complete(text: str, number: int) -> str | None:
        found = [word for word in known if word.lower().startswith(text.lower())]
        return found[number] if number < len(found) else None

    readline.set_completer(complete)
    readline.set_completer_delims(" \t\n(),;=<>'\"")
    readline.parse_and_bind("tab: complete")
    if kept.exists():
        readline.read_history_file(kept)

    def remember() -> None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        readline.set_history_length(1000)
        readline.write_history_file(kept)

    return remember
