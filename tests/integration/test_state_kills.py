"""A process that is killed at any moment of its work: nothing is done twice, and nothing is lost (S11)."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType
from tagwarden.state import Database
from tests.support.builders import NOW
from tests.support.enforcement import Clock
from tests.support.killed_runs import DOOMED, MISTYPED, SCENARIOS, VOLUME, a_bench, plan_of
from tests.support.postgres import Postgres

MOST_MOMENTS = 150


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


def killed(folder: Path, scenario: str, urls: Mapping[int, str]) -> list[int]:
    """Run a plan once for each number, killed at that moment; give the moments there are."""
    runs = subprocess.Popen(
        [sys.executable, "-m", "tests.support.killed_runs", str(folder), scenario],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert runs.stdin is not None
    assert runs.stdout is not None
    found = []
    with runs:
        for number, url in urls.items():
            runs.stdin.write(f"{number} {url}\n")
            runs.stdin.flush()
            answer = runs.stdout.readline().split()
            assert [str(number)] == answer[:1]
            if answer[1] == "ended":
                break
            found.append(number)
        runs.stdin.close()
    return found


def resume(folder: Path, scenario: str, url: str, *, later: timedelta) -> None:
    """Do what passes after the crash do, and check what came of it all."""
    with Database(url) as database:
        bench = a_bench(database, folder, scenario)
        bench.clock.now = datetime.fromisoformat((folder / "clock").read_text()) + later
        for run in ("run-2", "run-3"):
            bench.recover()
            bench.run(plan_of(bench, scenario), run=run)

        verified = Counter(
            (entry.uid, entry.action)
            for entry in bench.entries()
            if entry.state is ActionState.VERIFIED and entry.action is not ActionType.BACKUP
        )
        backups = {"snap-1"} if scenario.startswith("kept") else set()
        assert {MISTYPED.uid} | backups == bench.world.uids
        assert dict.fromkeys([VOLUME.uid] if backups else [], 1) == bench.world.received("back_up")
        assert dict.fromkeys(DOOMED, 1) == bench.world.received("delete")
        assert {MISTYPED.uid: 1} == bench.world.received("set_tags")
        assert {"expiration": "2026-09-02T12:00:00Z"} == bench.world.tags(MISTYPED.uid)
        assert {**{(uid, ActionType.DELETE): 1 for uid in DOOMED}, (MISTYPED.uid, ActionType.SET_TAGS): 1} == verified
        assert [] == bench.journal.open_entries()


@pytest.mark.parametrize(
    ("scenario", "later"),
    [*((scenario, timedelta(0)) for scenario in SCENARIOS), ("shown-late", timedelta(minutes=1))],
)
def test_killed_at_every_moment(tmp_path: Path, scenario: str, later: timedelta) -> None:
    """Wherever the process died, the passes after it finish the work with one call for each action (S11)."""
    urls = {number: f"sqlite:///{tmp_path / str(number) / 'state.db'}" for number in range(1, MOST_MOMENTS)}

    moments = killed(tmp_path, scenario, urls)

    assert len(moments) > 30
    for number in moments:
        resume(tmp_path / str(number), scenario, urls[number], later=later)


def test_killed_with_the_journal_in_postgresql(tmp_path: Path, postgres: Postgres) -> None:
    """The same holds with the journal in PostgreSQL (S11)."""
    urls = {number: postgres.new_database() for number in range(2, 40, 3)}

    moments = killed(tmp_path, "slow", urls)

    assert len(moments) > 10
    for number in moments:
        resume(tmp_path / str(number), "slow", urls[number], later=timedelta(seconds=5))


def test_an_intent_of_another_policy_is_left_to_its_own_process(tmp_path: Path) -> None:
    """A pass settles what another policy's process may be doing right now only when that is old (S11)."""
    url = f"sqlite:///{tmp_path / '16' / 'state.db'}"
    killed(tmp_path, "slow", {16: url})

    with Database(url) as database:
        bench = a_bench(database, tmp_path / "16", "slow")
        before = bench.journal.open_entries()

        assert before
        assert before == bench.recover(policy="another")

        bench.clock = Clock(NOW + timedelta(hours=2))
        bench.world.clock = bench.clock

        assert [] == bench.recover(policy="another")
