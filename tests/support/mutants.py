"""Plants small faults into the rooms that decide on deletions, one at a time, and shows which of them no test notices.

`make mutants` runs it. The sample of faults is drawn from a seed, so that the same command plants the same faults. Each
runs against the quick tests that execute its line, in a copy of our sources: a test that fails has killed it, and so
has one that hangs.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from random import Random
from threading import Lock

from tests.support.executed_lines import PYTEST, ROOT, Trace, trace_of
from tests.support.planted_faults import SOURCES, Mutant, mutants_of, source_of

ROOMS = ("judging", "planning", "state", "enforcing", "pipeline")
SHARED_TESTS = ("tests/safety", "tests/unit/pipeline")
"""What tests every room, after the room's own tests."""
_SLOW = (
    "fake_aws",
    "control_plane",
    "tests.support.cluster",
    "shared_cluster",
    "command_line",
    "postgres",
    "safety_",
    "dead_holders",
)
"""What a test module names that starts other processes or takes minutes."""
_THOROUGH = ("hypothesis", "import product", "Random(")
"""What a test module names that tries many worlds, which takes longer than to try one."""
_TIMES_SLOWER = 4
_SECONDS_TO_START = 60
_FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", re.MULTILINE)


def tests_of(room: str) -> tuple[tuple[str, ...], ...]:
    """Give the quick test modules of a room: its own, then those of many worlds, then the shared ones."""
    own = _quick_tests(f"tests/unit/{room}")
    thorough = tuple(test for test in own if any(word in (ROOT / test).read_text() for word in _THOROUGH))
    shared = (test for folder in SHARED_TESTS if folder != f"tests/unit/{room}" for test in _quick_tests(folder))
    return tuple(test for test in own if test not in thorough), thorough, tuple(shared)


def _quick_tests(folder: str) -> tuple[str, ...]:
    return tuple(
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / folder).glob("test_*.py"))
        if not any(word in f"{path.name} {path.read_text()}" for word in _SLOW)
    )


class Laboratory:
    """Copies of our sources, each of which holds one fault at a time."""

    def __init__(self, workers: int) -> None:
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
                for modules in tests_of(mutant.module.parts[1]):
                    tests, seconds = self._tests_on(mutant, modules)
                    if tests and (killer := _first_failure(copy, tests, _TIMES_SLOWER * seconds + _SECONDS_TO_START)):
                        return killer
            finally:
                place.write_text(sound)
        return None

    def _tests_on(self, mutant: Mutant, modules: Sequence[str]) -> tuple[list[str], float]:
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
    """Draw faults from the modules of some rooms; the same seed draws the same ones from the same sources."""
    modules = [path.relative_to(SOURCES) for room in rooms for path in (SOURCES / "tagwarden" / room).glob("*.py")]
    every = [mutant for module in sorted(modules) for mutant in mutants_of(module)]
    return Random(seed).sample(every, min(size, len(every)))


def run(mutants: Sequence[Mutant], workers: int, tell: Callable[[str], None]) -> list[Mutant]:
    """Try each fault and give those that survived."""
    laboratory = Laboratory(workers)
    survivors = []
    try:
        with ThreadPoolExecutor(workers) as pool:
            for mutant, killer in zip(mutants, pool.map(laboratory.killer_of, mutants), strict=True):
                tell(f"killed    {mutant}  by {killer}" if killer else f"SURVIVED  {mutant}")
                if not killer:
                    survivors.append(mutant)
    finally:
        laboratory.close()
    return survivors


def main() -> None:
    """Draw, try and tell."""
    parser = argparse.ArgumentParser(description="plant faults into the rooms that decide on deletions")
    parser.add_argument("--sample", type=int, default=60, help="how many faults")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--rooms", nargs="+", default=list(ROOMS), choices=ROOMS)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()

    def tell(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    mutants = sample(asked.rooms, asked.sample, asked.seed)
    survivors = run(mutants, asked.workers, tell)
    killed = len(mutants) - len(survivors)
    tell(f"{killed} of {len(mutants)} faults were noticed ({killed / len(mutants):.0%})")
    for mutant in survivors:
        tell(f"  nothing noticed {mutant}")


if __name__ == "__main__":
    main()
