"""Limits over the hour hold for processes side by side, and on a real PostgreSQL server as on SQLite files (S9)."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tagwarden.state import Database
from tests.support.postgres import Postgres
from tests.support.side_by_side import ALLOWED, WANTED
from tests.unit.state.test_reservations import *  # noqa: F403 - the same tests with the `database` below

PROCESSES = 6


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    with Database(postgres.new_database()) as database:
        yield database


def test_s9_processes_side_by_side_never_pass_the_limit_together(url: str, tmp_path: Path) -> None:
    """S9: of six processes that want three deletions each under a limit of ten, three get all and three get none."""
    Database(url).close()
    folder = tmp_path / "arrived"
    folder.mkdir()
    command = [sys.executable, "-W", "error", "-m", "tests.support.side_by_side", url, str(folder)]
    children = [
        subprocess.Popen([*command, str(number), str(PROCESSES)], stdout=subprocess.PIPE, text=True)
        for number in range(PROCESSES)
    ]
    ends = [(child.communicate(timeout=120)[0].split(), child.returncode) for child in children]

    assert {0} == {status for _, status in ends}
    assert Counter(
        {(("Verified:Expired",) * WANTED): ALLOWED // WANTED, (("Withheld:LimitPerHour",) * WANTED): 3}
    ) == Counter(tuple(told) for told, _ in ends)
