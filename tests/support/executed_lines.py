"""Which tests of a module execute which lines of our sources, and how long each takes.

The answer is kept beside the sources until one of them, the tests' support or the test module changes.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from coverage import CoverageData

ROOT = Path(__file__).parents[2]
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
_KEPT = ROOT / ".coverage-mutants"
_DURATION = re.compile(r"^\s*([\d.]+)s (?:setup|call|teardown)\s+(.+?)\s*$", re.MULTILINE)
_TESTED = "operator/tagwarden"
_NOT_IN_A_TEST = ("mutants.py", "planted_faults.py", "executed_lines.py")


@dataclass(frozen=True, slots=True)
class Trace:
    """One run of a test module without any fault."""

    tests: list[str]
    """The quickest first."""
    seconds: dict[str, float]
    lines: dict[str, dict[str, list[int]]]
    """By source file and line: the places in `tests` of those that execute the line."""

    def tests_on(self, source: str, lines: Iterable[int]) -> list[str]:
        """Give the tests that execute any of these lines of a file below the sources, the quickest first."""
        by_line = self.lines.get(source, {})
        return [self.tests[place] for place in sorted({each for line in lines for each in by_line.get(str(line), ())})]


def trace_of(module: str) -> Trace:
    """Run a test module, or give the run that was kept; raise SystemExit where a test fails."""
    kept = _KEPT / f"{hashlib.sha256(f'{_digest()}{module}'.encode() + (ROOT / module).read_bytes()).hexdigest()}.json"
    if kept.exists():
        return Trace(**json.loads(kept.read_text()))
    trace = _run(module)
    _KEPT.mkdir(exist_ok=True)
    kept.write_text(json.dumps(asdict(trace)))
    return trace


def _run(module: str) -> Trace:
    with tempfile.TemporaryDirectory() as folder:
        data_file, settings = Path(folder) / "lines", Path(folder) / "settings"
        settings.write_text(f"[run]\ndata_file = {data_file}\ninclude = {ROOT / _TESTED}/*\n")
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "operator")}
        cover = ("--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report=")
        command = [*PYTEST, "-vv", "--durations=0", "--durations-min=0", *cover, module]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{module} fails without any fault; mend it first\n{done.stdout[-2000:]}")
        seconds: dict[str, float] = defaultdict(float)
        for duration, test in _DURATION.findall(done.stdout):
            seconds[test] += float(duration)
        data = CoverageData(str(data_file))
        data.read()
        tests = sorted(seconds, key=lambda test: (seconds[test], test))
        return Trace(tests, dict(seconds), _lines(data, {test: place for place, test in enumerate(tests)}))


def _lines(data: CoverageData, places: dict[str, int]) -> dict[str, dict[str, list[int]]]:
    every = list(places.values())

    def executing(contexts: Iterable[str]) -> list[int]:
        # A line that runs on import or in a fixture, which may be shared, serves every test of the module.
        found = [context.rpartition("|") for context in contexts]
        is_shared = any(phase != "run" or test not in places for test, _, phase in found)
        return every if is_shared else sorted({places[test] for test, _, _ in found})

    return {
        str(Path(file).relative_to(ROOT / "operator")): {
            str(line): executing(contexts) for line, contexts in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }


@cache
def _digest() -> str:
    """Give a digest of our sources and of what the tests share."""
    support = [file for file in (ROOT / "tests/support").glob("*.py") if file.name not in _NOT_IN_A_TEST]
    digest = hashlib.sha256()
    for file in sorted([*(ROOT / _TESTED).rglob("*.py"), *support, ROOT / "tests/conftest.py"]):
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()
