"""A database that cannot be used is one clear line, and what it holds stays as it is."""

import contextlib
import os
import sqlite3
import threading
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text, update

from tagwarden.errors import BadInput, StateError
from tagwarden.state import Database, Journal
from tagwarden.state.database import BUSY_TIMEOUT
from tagwarden.state.tables import JOURNAL, OPEN_ENTRY, RESERVATIONS, VERSION
from tests.support.enforcement import an_entry


@pytest.mark.parametrize(
    "url", ["mysql://localhost/x", "nonsense://", "sqlite+bogus:///x", "http:///", "sqlite://x:y:z"]
)
def test_a_url_nobody_can_use_says_what_to_write(url: str) -> None:
    """A database of another kind is refused before anything else happens."""
    with pytest.raises(BadInput, match=r"sqlite:///FILE|postgresql\+psycopg://"):
        Database(url)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where a folder should be is one clear line."""
    (tmp_path / "file").write_text("")

    with pytest.raises(StateError, match="file"):
        Database(f"sqlite:///{tmp_path / 'file' / 'state.db'}")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """A broken file is never overwritten."""
    broken = tmp_path / "state.db"
    broken.write_bytes(b"this is no database" * 100)

    with pytest.raises(StateError, match="not a database"):
        Database(f"sqlite:///{broken}")

    assert broken.read_bytes().startswith(b"this is no database")


def test_a_new_file_that_another_is_writing_is_waited_for(tmp_path: Path) -> None:
    """SQLite itself refuses at once to let others read while one writes, where one writes already."""
    file = tmp_path / "state.db"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("CREATE TABLE another (number)")
        other.execute("BEGIN IMMEDIATE")
        ending = threading.Timer(0.3, other.execute, ["COMMIT"])
        ending.start()
        try:
            with Database(f"sqlite:///{file}") as database:
                assert [] == Journal(database).entries()
        finally:
            ending.join()


def test_tables_of_a_newer_version_are_left_alone(tmp_path: Path) -> None:
    """An operator that was rolled back says so, and changes nothing."""
    file = str(tmp_path / "state.db")
    with Database(file) as database, database.writing() as connection:
        connection.execute(update(VERSION).values(version=99))

    with pytest.raises(StateError, match="written by a newer version"):
        Database(file)


def test_the_version_of_the_tables_is_written_once(tmp_path: Path) -> None:
    """Opening a database again adds nothing to it."""
    file = str(tmp_path / "state.db")
    Database(file).close()
    with Database(file) as database, database.reading() as connection:
        assert [1] == connection.execute(select(VERSION.c.version)).scalars().all()


def test_tables_of_an_older_version_gain_its_columns_and_indexes(tmp_path: Path) -> None:
    """Two runs would otherwise act on one resource at once: the index of open entries forbids that."""
    file = str(tmp_path / "state.db")
    with Database(file) as database, database.writing() as connection:
        connection.execute(text(f"DROP INDEX {OPEN_ENTRY.name}"))
        connection.execute(text("ALTER TABLE tagwarden_reservations DROP COLUMN deletions"))

    with Database(file) as database, database.reading() as connection:
        found = inspect(connection)
        assert OPEN_ENTRY.name in {index["name"] for index in found.get_indexes(JOURNAL.name)}
        assert "deletions" in {column["name"] for column in found.get_columns(RESERVATIONS.name)}


@pytest.mark.parametrize(
    ("pragma", "expected"), [("busy_timeout", BUSY_TIMEOUT), ("journal_mode", "wal"), ("synchronous", 2)]
)
def test_s11_an_intent_is_on_the_disk_before_the_vendor_is_called(
    database: Database, pragma: str, expected: object
) -> None:
    """S11: a power cut loses no commit, and who finds the file busy waits for a minute."""
    with database.reading() as connection:
        assert expected == connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()


def break_off(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(update(VERSION).values(version=99))
        connection.execute(text("DELETE FROM absent"))


def test_what_fails_midway_leaves_nothing_behind(database: Database) -> None:
    """S11: an intent is written as a whole or not at all."""
    with pytest.raises(StateError, match="no time zone"):
        Journal(database).begin(an_entry(at=datetime(2026, 9, 1)))
    with pytest.raises(StateError, match="no such table"):
        break_off(database)

    assert [] == Journal(database).entries()
    with database.reading() as connection:
        assert 1 == connection.execute(select(VERSION.c.version)).scalar()


def test_a_closed_database_holds_no_file_open(tmp_path: Path) -> None:
    """The operator opens one database a pass, for months."""
    file = tmp_path / "folder" / "state.db"
    with Database(f"sqlite:///{file}") as database:
        Journal(database).entries()

    assert [] == [
        link
        for link in Path("/proc/self/fd").iterdir()
        if link.is_symlink() and os.readlink(link).startswith(str(file))  # noqa: PTH115 - it may be gone meanwhile
    ]


def test_a_path_with_an_at_sign_or_a_scheme_is_a_url(tmp_path: Path) -> None:
    """A path needs no scheme; a URL that was mistyped is no path."""
    with Database(str(tmp_path / "deeper" / "still" / "state.db")):
        assert (tmp_path / "deeper" / "still" / "state.db").exists()
    with pytest.raises(BadInput, match="unsupported URL"):
        Database("user:secret@host/name")
