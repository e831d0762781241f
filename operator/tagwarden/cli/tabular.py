"""Tables of rows: columns aligned for people, CSV for spreadsheets."""

import csv
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Console
from rich.text import Text

from tagwarden.cli.options import RowsOutput

Row = TypeVar("Row")

EVERYWHERE = frozenset({"table", "wide", "csv"})
ON_SCREEN = frozenset({"table", "wide"})
WIDE = frozenset({"wide"})
DETAIL = frozenset({"wide", "csv"})
RECORD = frozenset({"csv"})
"""The output formats that show a column."""

_GAP = 2
_TEXT_MINIMUM = 20
"""Wide enough for an instant within a sentence."""
_NONE = "-"


@dataclass(frozen=True, slots=True)
class TableColumn(Generic[Row]):
    """One column: name in CSV, title on screen, and value in a row; empty values are shown as `-`.

    `is_text` marks sentences, which are wrapped at a terminal, and cut where COLUMNS limits a pipe. All other values,
    such as ids and times, are copied by people and stay whole. `style` gives the style of a row's cell.
    """

    name: str
    title: str
    value: Callable[[Row], str]
    forms: frozenset[str] = EVERYWHERE
    is_text: bool = False
    is_number: bool = False
    style: Callable[[Row], str] = lambda _row: ""


def write_rows(columns: Sequence[TableColumn[Row]], rows: Iterable[Row], form: StrEnum, screen: Console) -> None:
    """Write rows as CSV with a header, or as a table for people."""
    shown = [column for column in columns if form.value in column.forms]
    if form.value == RowsOutput.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(column.name for column in shown)
        writer.writerows([plain(column.value(row)) for column in shown] for row in rows)
        sys.stdout.flush()
        return
    cells: list[list[str]] = []
    styles: list[list[str]] = []
    for row in rows:
        cells.append([plain(column.value(row)) or _NONE for column in shown])
        styles.append([column.style(row) for column in shown])
    titles = [column.title for column in shown]
    widths = _widths(shown, [titles, *cells])
    for line, style in zip([titles, *cells], [["bold"] * len(titles), *styles], strict=True):
        for part in _lines(shown, line, style, widths):
            screen.print(part, soft_wrap=True)


def plain(text: str) -> str:
    """Escape control characters: names and tags come from other people, and a row is a single line."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def _room() -> int | None:
    """Give the width of a line: COLUMNS, or the terminal's width; None for a pipe without COLUMNS."""
    if sys.stdout.isatty():
        return shutil.get_terminal_size().columns
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() and int(columns) else None


def _widths(columns: Sequence[TableColumn[Row]], cells: Sequence[Sequence[str]]) -> list[int]:
    """Divide the width among the columns, so that as few cells as possible need a second line.

    Ids and times keep their full width in a pipe, and the width of the longest word at a terminal, even where the table
    becomes too wide.
    """
    natural = [max(map(cell_len, values)) for values in zip(*cells, strict=True)]
    room = _room()
    if room is None:
        return natural
    wraps = sys.stdout.isatty()
    widths = [
        min(width, _TEXT_MINIMUM) if column.is_text else _longest_word(values) if wraps else width
        for column, width, values in zip(columns, natural, zip(*cells, strict=True), strict=True)
    ]
    for _ in range(room - sum(widths) - _GAP * (len(widths) - 1)):
        neediest = max(range(len(widths)), key=lambda place: natural[place] / widths[place])
        if natural[neediest] == widths[neediest]:
            break
        widths[neediest] += 1
    return widths


def _longest_word(values: Iterable[str]) -> int:
    return max(cell_len(word) for value in values for word in value.split(" "))


def _lines(
    columns: Sequence[TableColumn[Row]], cells: Sequence[str], styles: Sequence[str], widths: Sequence[int]
) -> Iterable[Text]:
    """Give the lines of one row: a single line in a pipe, as many as the longest cell needs at a terminal."""
    fit = _wrapped if sys.stdout.isatty() else _cut
    parts = [fit(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for number in range(max(map(len, parts))):
        line = Text()
        for column, part, style, width in zip(columns, parts, styles, widths, strict=True):
            text = part[number] if number < len(part) else ""
            padding = " " * (width - cell_len(text))
            line.append(padding if column.is_number else "").append(text, style or None)
            line.append(("" if column.is_number else padding) + " " * _GAP)
        line.rstrip()
        yield line


def _cut(cell: str, width: int) -> list[str]:
    return [cell if cell_len(cell) <= width else f"{set_cell_size(cell, width - 1)}…"]


def _wrapped(cell: str, width: int) -> list[str]:
    """Wrap at spaces, and fold longer words, so that nothing is lost."""
    lines = [""]
    for word in cell.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(longer) <= width:
            lines[-1] = longer
        else:
            lines += chop_cells(word, width)
    return [line for line in lines if line] or [""]
