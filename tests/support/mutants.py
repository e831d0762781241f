"""Plants small faults into the rooms that decide on deletions, one at a time, and shows which of them no test notices.

`make mutants` runs it. As many faults are drawn from each room, by a seed, so that the same command plants the same
ones. Each runs against the tests that execute its line, in a copy of our sources: a test that fails has killed it, and
so has one that hangs.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Queue
from random import Random
from threading import Lock

from tests.support.executed_lines import PYTEST, ROOT, Trace, trace_of
from tests.support.planted_faults import SOURCES, Mutant, mutants_of, source_of

ROOMS = ("judging", "planning", "state", "enforcing", "pipeline")
TESTED_WITH = {"state": ("enforcing",), "enforcing": ("state",), "pipeline": ("cli",)}
"""Rooms whose tests execute so much of another room that they are its own."""
SHARED_TESTS = ("tests/safety", "tests/unit/pipeline")
"""What tests every room, after the room's own tests."""
LAST_TESTS = {
    "judging": ("tests/safety/test_s22_named_elsewhere.py",),
    "state": ("tests/integration/test_state_databases.py", "tests/integration/test_reservations.py"),
    "enforcing": ("tests/integration/test_aws_refusals.py",),
}
"""Slower modules that call a room in their own process, for faults that nothing else notices."""
_SLOW = (
    "fake_aws",
    "control_plane",
    "tests.support.cluster",
    "shared_cluster",
    "command_line",
    "support.postgres",
    "safety_",
)
"""What a test module names that starts other processes or takes minutes."""
_THOROUGH = frozenset({"test_all_at_once.py", "test_fast_path.py", "test_properties.py", "test_random_worlds.py"})
"""Test modules that try many worlds, which takes longer than to try one."""
_TIMES_SLOWER = 4
_SECONDS_TO_START = 60
_QUICK = 60.0
"""The seconds that the quickest tests of a room take at most."""
_FAILED = re.compile(r"^(?:FAILED|ERROR) (tests/.+?)(?: - |$)", re.MULTILINE)


def tests_of(room: str) -> tuple[tuple[str, ...], ...]:
    """Give the test modules of a room: its own, then those of many worlds, the shared ones and the slow ones."""
    folders = [f"tests/unit/{each}" for each in (room, *TESTED_WITH.get(room, ()))]
    own = tuple(test for folder in folders for test in _quick_tests(folder))
    thorough = tuple(test for test in own if Path(test).name in _THOROUGH)
    shared = (test for folder in SHARED_TESTS if folder not in folders for test in _quick_tests(folder))
    return tuple(test for test in own if test not in thorough), thorough, tuple(shared), LAST_TESTS.get(room, ())


def _quick_tests(folder: str) -> tuple[str, ...]:
    return tuple(
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / folder).glob("test_*.py"))
        if not any(word in f"{path.name} {path.read_text()}" for word in _SLOW)
    )


class Laboratory:
    """Copies of our sources, each of which holds one fault at a time."""

    def __init__(self, workers: int, *, is_quick: bool = False) -> None:
        """With `is_quick` only the quickest tests of a room are run, all of them, so that none need be traced first."""
        self._is_quick = is_quick
        self._folder = Path(tempfile.mkdtemp(prefix="tagwarden-mutants-"))
        self._free: Queue[Path] = Queue()
        self._traces: dict[str, Trace] = {}
        self._tracing = Lock()
        for number in range(workers):
            copy = self._folder / str(number)
            shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__"))
            self._free.put(copy)

    def close(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def killer_of(self, mutant: Mutant) -> str | None:
        """Give the first test that notices a fault, or None where it survives."""
        with self._copy() as copy:
            place = copy / mutant.module
            sound = place.read_text()
            place.write_text(source_of(mutant))
            try:
                stages = tests_of(mutant.room)
                for modules in stages[:1] if self._is_quick else stages:
                    tests, seconds = (modules, _QUICK) if self._is_quick else self._tests_on(mutant, modules)
                    if tests and (killer := _first_failure(copy, tests, _TIMES_SLOWER * seconds + _SECONDS_TO_START)):
                        return killer
            finally:
                place.write_text(sound)
        return None

    def _tests_on(self, mutant: Mutant, modules: Sequence[str]) -> tuple[Sequence[str], float]:
        """Give the tests that execute a fault's line, those of the quickest modules first, and their seconds."""
        lines = range(mutant.statement, mutant.line + 1)
        selected = []
        for module in modules:
            with self._tracing:
                trace = self._traces.get(module) or self._traces.setdefault(module, trace_of(module))
            tests = trace.tests_on(str(mutant.module), lines)
            selected.append((sum(trace.seconds[test] for test in tests), tests))
        selected.sort()
        return [test for _, tests in selected for test in tests], sum(seconds for seconds, _ in selected)

    @contextmanager
    def _copy(self) -> Iterator[Path]:
        copy = self._free.get()
        try:
            yield copy
        finally:
            self._free.put(copy)


def _first_failure(sources: Path, tests: Sequence[str], limit: float) -> str | None:
    """Give the first test that fails on these sources, within so many seconds."""
    # A command line is too short for thousands of names.
    names = sources.parent / f"{sources.name}.tests"
    names.write_text("\n".join(tests))
    environment = {**os.environ, "PYTHONPATH": str(sources), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*PYTEST, "-x", f"@{names}"]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return "a test that hangs"
    if done.returncode == 0:
        return None
    failed = _FAILED.search(done.stdout)
    return failed[1] if failed else done.stdout[-300:] + done.stderr[-300:]


def sample(rooms: Sequence[str], size: int, seed: int) -> list[Mutant]:
    """Draw faults, as many from each room; the same seed draws the same ones from the same sources of a room."""
    drawn = []
    for number, room in enumerate(rooms):
        modules = sorted(path.relative_to(SOURCES) for path in (SOURCES / "tagwarden" / room).glob("*.py"))
        every = [mutant for module in modules for mutant in mutants_of(module)]
        share = (size + number) // len(rooms)
        drawn += Random(f"{seed} {room}").sample(every, min(share, len(every)))
    return drawn


def run(mutants: Sequence[Mutant], laboratory: Laboratory, workers: int, tell: Callable[[str], None]) -> list[Mutant]:
    """Try each fault and give those that survived."""
    survivors = []
    with ThreadPoolExecutor(workers) as pool:
        for mutant, killer in zip(mutants, pool.map(laboratory.killer_of, mutants), strict=True):
            tell(f"killed    {mutant}  by {killer}" if killer else f"SURVIVED  {mutant}")
            if not killer:
                survivors.append(mutant)
    return survivors


def summary(mutants: Sequence[Mutant], survivors: Sequence[Mutant]) -> Iterator[str]:
    """Say for each room and for all of them how many faults were noticed, then which were not."""
    planted, survived = Counter(each.room for each in mutants), Counter(each.room for each in survivors)
    for room in planted:
        yield f"{room}: {planted[room] - survived[room]} of {planted[room]} faults were noticed"
    killed = len(mutants) - len(survivors)
    yield f"{killed} of {len(mutants)} faults were noticed ({killed / len(mutants):.0%})"
    yield from (f"  nothing noticed {mutant}" for mutant in survivors)


def main() -> None:
    """Draw, try and tell."""
    parser = argparse.ArgumentParser(description="plant faults into the rooms that decide on deletions")
    parser.add_argument("--sample", type=int, default=60, help="how many faults")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--rooms", nargs="+", default=list(ROOMS), choices=ROOMS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="run only the quickest tests of each room")
    asked = parser.parse_args()

    def tell(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    mutants = sample(asked.rooms, asked.sample, asked.seed)
    with closing(Laboratory(asked.workers, is_quick=asked.quick)) as laboratory:
        survivors = run(mutants, laboratory, asked.workers, tell)
    for line in summary(mutants, survivors):
        tell(line)


if __name__ == "__main__":
    main()
