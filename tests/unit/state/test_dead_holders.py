"""What a dead run had reserved is void at once where its death can be seen (S9)."""

import subprocess
import sys
from pathlib import Path

import pytest

from tagwarden.state import Database, Journal, budget
from tagwarden.state.holders import is_dead, new_holder
from tagwarden.state.reservations import LimitReachedError, Reservation
from tests.support.builders import ACCOUNT
from tests.support.enforcement import Clock
from tests.support.side_by_side import at_most


@pytest.fixture
def dead() -> str:
    """Give the name of a holder whose process has ended."""
    program = "from tagwarden.state.holders import new_holder; print(new_holder())"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def test_a_dead_run_holds_nothing(tmp_path: Path, dead: str) -> None:
    """S9: sixty deletions counted of a killed pass that had done two."""
    clock = Clock()
    with Database(f"sqlite:///{tmp_path}/state.db") as database:
        journal = Journal(database)
        journal.reserve(Reservation(dead, "test-accounts", at_most(60), clock), {ACCOUNT: 60})

        counted = budget(database, "another", clock()).operator_deletions
        journal.reserve(Reservation(new_holder(), "test-accounts", at_most(60), clock), {ACCOUNT: 60})

        assert 0 == counted
        with pytest.raises(LimitReachedError):
            journal.reserve(Reservation(new_holder(), "test-accounts", at_most(60), clock), {ACCOUNT: 1})


def test_who_may_be_alive_is(dead: str) -> None:
    """S9: of another machine, or by a name that tells nothing, nobody knows."""
    run, machine, pid, started = dead.split(".")
    mine = new_holder()

    assert is_dead(dead)
    assert not any(
        map(is_dead, (mine, f"{run}.{'0' * len(machine)}.{pid}.{started}", f"{run}.{machine}.{pid}.", "old"))
    )
    assert len(mine) <= 64
