"""Tables keep ids and times whole, one line a row in a pipe; CSV has every column."""

import csv
import io
import sys
from collections.abc import Callable

import pytest

from tagwarden.cli.options import RowsOutput
from tagwarden.cli.output import console
from tagwarden.cli.tabular import DETAIL, ON_SCREEN, RECORD, TableColumn, plain, write_rows

Row = tuple[str, str, str]

COLUMNS: tuple[TableColumn[Row], ...] = (
    TableColumn("id", "Id", lambda row: row[0], style=lambda row: "red" if row[0] == "i-1" else ""),
    TableColumn("count", "Count", lambda row: row[1], ON_SCREEN, is_number=True),
    TableColumn("exact", "", lambda row: f"{row[1]}.0", RECORD),
    TableColumn("why", "Why", lambda row: row[2], is_text=True),
    TableColumn("more", "More", lambda _row: "m", DETAIL),
)
REASON = "expired long ago and nobody has used it since the end of the summer of that year"

Write = Callable[..., str]


@pytest.fixture
def write(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return a function that writes rows and gives the output, as to a pipe or to a terminal of a width."""
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")

    def run(*rows: Row, form: RowsOutput = RowsOutput.TABLE, columns: int | None = None, terminal: bool = False) -> str:
        if columns is not None:
            monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
        write_rows(COLUMNS, rows, form, console())
        return capsys.readouterr().out

    return run


def test_a_row_is_one_line_in_a_pipe(write: Write) -> None:
    """Without colours, trailing blanks or a cut, whatever the length."""
    out = write(("i-1", "7", REASON * 20), ("i-22", "", ""))

    assert ["Id    Count  Why", f"i-1       7  {REASON * 20}", "i-22      -  -"] == out.splitlines()


def test_columns_cuts_sentences_and_nothing_else(write: Write) -> None:
    """An id that needs more than the width stays whole."""
    out = write(("arn:aws:ec2:eu-central-1:123456789012:volume/vol-1", "7", REASON), columns=40)

    line = out.splitlines()[1]
    assert line.startswith("arn:aws:ec2:eu-central-1:123456789012:volume/vol-1      7  expired long")
    assert line.endswith("…")
    assert 2 == len(out.splitlines())


def test_a_line_fits_into_columns_where_it_can(write: Write) -> None:
    """The sentences get what ids and numbers leave."""
    out = write(("i-1", "7", REASON), columns=60)

    assert 60 == len(out.splitlines()[1])


def test_a_terminal_wraps_sentences_between_words(write: Write) -> None:
    """Nothing is lost, and each part is within the width."""
    out = write(("vol in eu-central-1", "7", REASON), columns=50, terminal=True)

    lines = out.replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines()
    assert all(len(line) <= 50 for line in lines)
    assert set(REASON.split()) <= set(out.split())


def test_a_word_longer_than_its_column_is_folded(write: Write) -> None:
    """Still without a loss."""
    out = write(("i-1", "7", "x" * 100), columns=40, terminal=True)

    assert 100 == out.count("x")


def test_colours_are_for_terminals_without_no_color(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """As https://no-color.org asks; bold goes with them."""
    coloured = write(("i-1", "7", ""), terminal=True)
    piped = write(("i-1", "7", ""))
    monkeypatch.setenv("NO_COLOR", "1")
    plain_ = write(("i-1", "7", ""), terminal=True)

    assert "\x1b[31mi-1\x1b[0m" in coloured
    assert "\x1b" not in piped + plain_


def test_csv_has_a_header_and_every_column(write: Write) -> None:
    """Empty values stay empty, and quotes survive."""
    out = write(("i-1", "7", 'a, "b"'), ("i-2", "", ""), form=RowsOutput.CSV)

    assert [["id", "exact", "why", "more"], ["i-1", "7.0", 'a, "b"', "m"], ["i-2", ".0", "", "m"]] == list(
        csv.reader(io.StringIO(out))
    )


def test_csv_of_nothing_is_its_header(write: Write) -> None:
    """So that a program finds its columns."""
    assert "id,exact,why,more\n" == write(form=RowsOutput.CSV)


def test_wide_has_more_columns(write: Write) -> None:
    """And those of the table."""
    assert ["Id", "Count", "Why", "More"] == write(("i-1", "7", "x"), form=RowsOutput.WIDE).splitlines()[0].split()


def test_control_characters_of_other_people_are_escaped(write: Write) -> None:
    """A tag neither breaks a row in two nor moves the cursor; brackets are no markup."""
    out = write(("[red]i-1", "7", "two\nlines\x1b[2J"))

    assert "[red]i-1" in out
    assert r"two\nlines\x1b[2J" in out
    assert "größe €" == plain("größe €")
