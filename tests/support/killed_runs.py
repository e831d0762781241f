"""Carries out one plan again and again, in a process of its own each time, and dies a moment later each time.

`python -m tests.support.killed_runs FOLDER SCENARIO` reads lines `NUMBER URL` from standard input. For each it makes a
world in FOLDER/NUMBER and forks a process that carries out a plan on it with its journal at URL, and that is killed
with SIGKILL at the NUMBER-th moment at which anything enters or leaves the journal or the vendor. It answers
`NUMBER killed` or `NUMBER ended`.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from tagwarden.enforcing import EnforceSettings
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.plan import Plan
from tagwarden.model.tags import TagChanges
from tagwarden.state import Database, Entry, Journal, KeptBackup
from tagwarden.state.reservations import Reservation
from tests.support.builders import a_resource
from tests.support.enforcement import TEN_MINUTES, Bench, a_plan, expired, kept_first, planned_deletion, planned_write

CHANGES = TagChanges({"expiration": "2026-09-02T12:00:00Z"}, ("ttl",))
INSTANCES = tuple(expired(number) for number in (1, 2))
VOLUME = a_resource(kind="aws_ec2_volume", id="vol-1", name="data")
MISTYPED = a_resource(id="i-3", name="mistyped", tags={"ttl": "2d"})
DOOMED = {*(instance.uid for instance in INSTANCES), VOLUME.uid}

SCENARIOS = {
    "at-once": timedelta(0),
    "slow": timedelta(minutes=3),
    "shown-late": timedelta(seconds=20),
    "kept": timedelta(minutes=2),
    "kept-shown-late": timedelta(seconds=20),
}
"""How long a deletion takes, or how long it is not shown; or the same of the backup that comes first."""


def a_bench(database: Database, folder: Path, scenario: str) -> Bench:
    """Give a bench on the world in a folder; an empty one when it is new."""
    # One worker, so that the moments come in the same order each time.
    settings = EnforceSettings(workers=1, calls_per_second=1000, deletion_limit=TEN_MINUTES)
    bench = Bench(database, path=folder / "world", settings=settings)
    match scenario:
        case "shown-late":
            bench.world.shown_after_deletion = SCENARIOS[scenario]
        case "kept":
            bench.world.backup_takes = SCENARIOS[scenario]
        case "kept-shown-late":
            bench.world.backup_shown_after = SCENARIOS[scenario]
        case _:
            bench.world.deletion_takes = SCENARIOS[scenario]
    return bench


def fill(bench: Bench) -> None:
    """Put the resources into the world."""
    bench.add(*INSTANCES, VOLUME, MISTYPED, edges=[Edge(INSTANCES[0].uid, EdgeMeaning.NEEDS, VOLUME.uid)])


def plan_of(bench: Bench, scenario: str) -> Plan:
    """Plan what is left to do, as a pass does that sees the world as it is now."""
    visible = {each.uid: each for each in bench.provider.collect(bench.clock()).resources}
    planned = [planned_deletion(visible[each.uid]) for each in INSTANCES if each.uid in visible]
    if VOLUME.uid in visible:
        deletion = planned_deletion(visible[VOLUME.uid], order=2, after=[INSTANCES[0].uid])
        planned.append(kept_first(deletion) if scenario.startswith("kept") else deletion)
    if "ttl" in visible[MISTYPED.uid].tags.values:
        planned.append(planned_write(visible[MISTYPED.uid], CHANGES))
    return a_plan(*planned)


class Moments:
    """Counts what happens, and ends the process at the chosen moment; `note` keeps what time it was then."""

    def __init__(self, last: int, note: Callable[[], object]) -> None:
        self._left = last
        self._note = note
        self._lock = threading.Lock()

    def pass_by(self, *_: object) -> None:
        """Note one moment."""
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self._note()
                os.kill(os.getpid(), signal.SIGKILL)


class WatchedJournal(Journal):
    """A journal each of whose writes has a moment before and a moment after it."""

    def __init__(self, database: Database, moments: Moments) -> None:
        super().__init__(database)
        self._moments = moments

    def begin(self, entry: Entry, backups: Sequence[KeptBackup] = (), reservation: Reservation | None = None) -> None:
        self._watched(lambda: super(WatchedJournal, self).begin(entry, backups, reservation))

    def reserve(self, *arguments: Any, **more: Any) -> None:
        self._watched(lambda: super(WatchedJournal, self).reserve(*arguments, **more))

    def release(self, *arguments: Any, **more: Any) -> None:
        self._watched(lambda: super(WatchedJournal, self).release(*arguments, **more))

    def count_attempt(self, entry: str, attempts: int) -> None:
        self._watched(lambda: super(WatchedJournal, self).count_attempt(entry, attempts))

    def keep_open(self, *arguments: Any, **more: Any) -> None:
        self._watched(lambda: super(WatchedJournal, self).keep_open(*arguments, **more))

    def close(self, *arguments: Any, **more: Any) -> None:
        self._watched(lambda: super(WatchedJournal, self).close(*arguments, **more))

    def _watched(self, write: Callable[[], None]) -> None:
        self._moments.pass_by()
        write()
        self._moments.pass_by()


def run_until_killed(folder: Path, scenario: str, url: str, number: int) -> None:
    """Carry out the plan in this process; does not return when there are that many moments."""
    with Database(url) as database:
        bench = a_bench(database, folder, scenario)
        fill(bench)
        moments = Moments(number, lambda: (folder / "clock").write_text(bench.clock().isoformat()))
        bench.journal = WatchedJournal(database, moments)
        bench.world.before = bench.world.after = moments.pass_by
        bench.run(plan_of(bench, scenario))


def main() -> None:
    """Answer the lines of standard input."""
    folder, scenario = Path(sys.argv[1]), sys.argv[2]
    for line in sys.stdin:
        number, url = line.split()
        place = folder / number
        place.mkdir()
        child = os.fork()
        if child == 0:
            run_until_killed(place, scenario, url, int(number))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if not killed and status != 0:
            raise SystemExit(f"{number}: ended with {status}")
        sys.stdout.write(f"{number} {'killed' if killed else 'ended'}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
