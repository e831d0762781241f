"""Tables of pages: a caption, columns, and cells that are already text."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tagwarden.inventory.pages import figures

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, and the address that it leads to (empty: none)."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class PageColumn:
    """A column: a heading, the text of a row, and the address of a row."""

    heading: str
    text_of: Callable[[Row], str]
    is_number: bool = False
    address_of: Callable[[Row], str] | None = None
    is_time: bool = False

    @property
    def style(self) -> str:
        """The class of its cells."""
        return "number" if self.is_number else "time" if self.is_time else "words"


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table as templates show it."""

    caption: str
    columns: Sequence[PageColumn]
    rows: Sequence[Sequence[Cell]]
    left_out: int = 0
    """Rows beyond the most that are shown."""


def table(caption: str, columns: Sequence[PageColumn], rows: Iterable[Row], most: int | None = None) -> PageTable:
    """Make a table of rows."""
    every = list(rows)
    shown = every if most is None else every[:most]
    cells = [[Cell(column.text_of(row), _address(column, row)) for column in columns] for row in shown]
    return PageTable(caption, columns, cells, len(every) - len(shown))


def words(key: str, heading: str, address_of: Callable[[Row], str] | None = None) -> PageColumn:
    """Make a column of text."""
    return PageColumn(heading, lambda row: figures.text(row[key]), address_of=address_of)


def number(key: str, heading: str, form: Callable[[Any], str] = figures.count) -> PageColumn:
    """Make a column of numbers."""
    return PageColumn(heading, lambda row: form(row[key]), is_number=True)


def money(key: str, heading: str, unpriced: str = "unpriced") -> PageColumn:
    """Make a column of dollars, with the unpriced resources beside them."""
    return PageColumn(heading, lambda row: figures.usd(row, key, unpriced), is_number=True)


def time(key: str, heading: str, without: str = "") -> PageColumn:
    """Make a column of instants."""
    return PageColumn(heading, lambda row: figures.instant(row[key], without), is_time=True)


def name_column() -> PageColumn:
    """Make a column of the names of resources, empty where the id says the same."""
    return PageColumn("Name", lambda row: "" if row["name"] == row["id"] else figures.text(row["name"]))


def resource_address(row: Row) -> str:
    """Give the address of a resource's page."""
    return f"/resources/{quote(str(row['uid']), safe='')}"


def owner_address(row: Row) -> str:
    """Give the address of an owner's page."""
    return f"/owners/{quote(str(row['owner']), safe='')}"


def policy_address(row: Row) -> str:
    """Give the address of a policy's page; empty without a policy."""
    return f"/policies/{quote(str(row['policy']), safe='')}" if row["policy"] else ""


def _address(column: PageColumn, row: Row) -> str:
    return column.address_of(row) if column.address_of is not None else ""
