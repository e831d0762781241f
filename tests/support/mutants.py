"""Plants small faults into the rooms that decide on deletions, one at a time, and shows which of them no test notices.

`make mutants` runs it. A fault is one operator, condition, constant or statement of a module that is another one; the
sample is drawn from a seed, so that the same command plants the same faults. Each runs against the quick tests of its
room in a copy of our sources: a test that fails has killed it, and so has one that hangs.
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from random import Random

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "operator"
ROOMS = ("judging", "planning", "enforcing", "pipeline")
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
_TIMES_SLOWER = 4

_SWAPPED: dict[type[ast.cmpop] | type[ast.boolop], type[ast.cmpop] | type[ast.boolop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: the `number`-th place of a module, told as the line was and as it is."""

    module: Path
    number: int
    line: int
    told: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.told}"


class _Planter(ast.NodeTransformer):
    """Counts the places of a module, and plants a fault at the wanted one."""

    def __init__(self, wanted: int = -1) -> None:
        self.places: list[tuple[int, str]] = []
        self._wanted = wanted

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        # Annotations, defaults and decorators decide nothing.
        node.body = [self.visit(each) for each in node.body]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        other = _SWAPPED[type(node.ops[0])]
        return self._plant(node, ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators))  # type: ignore[list-item]

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        return self._plant(node, ast.BoolOp(_SWAPPED[type(node.op)](), node.values))  # type: ignore[arg-type]

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return self._plant(node, node.operand) if isinstance(node.op, ast.Not) else node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        return self._plant(node, ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse))

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bool):
            return self._plant(node, ast.Constant(not node.value))
        return self._plant(node, ast.Constant(node.value + 1)) if isinstance(node.value, int) else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if isinstance(node.value, ast.Constant) or ast.unparse(node).startswith("logger."):
            return node
        self.generic_visit(node)
        return self._plant(node, ast.Pass()) if isinstance(node.value, ast.Call | ast.Yield) else node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        is_plain = node.value is None or isinstance(node.value, ast.Constant)
        return node if is_plain else self._plant(node, ast.Return(ast.Constant(None)))

    def _plant(self, node: ast.AST, fault: ast.AST) -> ast.AST:
        line: int = getattr(node, "lineno", 0)
        self.places.append((line, f"{_brief(node)}  ->  {_brief(fault)}"))
        is_here = len(self.places) - 1 == self._wanted
        return ast.copy_location(fault, node) if is_here else node


def _brief(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node)).partition("\n")[0][:80]


def mutants_of(module: Path) -> list[Mutant]:
    """Give every fault that can be planted into a module, by its path below the sources."""
    planter = _Planter()
    planter.visit(ast.parse((SOURCES / module).read_text()))
    return [Mutant(module, number, line, told) for number, (line, told) in enumerate(planter.places)]


def source_of(mutant: Mutant) -> str:
    """Give the source of the module with the fault in it."""
    tree = _Planter(mutant.number).visit(ast.parse((SOURCES / mutant.module).read_text()))
    return ast.unparse(ast.fix_missing_locations(tree))


def tests_of(room: str) -> tuple[str, ...]:
    """Give the quick test modules of a room: its own ones first, since these kill most."""
    own = f"tests/unit/{room}"
    folders = (own, *(folder for folder in SHARED_TESTS if folder != own))
    found = [path for folder in folders for path in sorted((ROOT / folder).glob("test_*.py"))]
    return tuple(
        str(path.relative_to(ROOT))
        for path in found
        if not any(word in f"{path.name} {path.read_text()}" for word in _SLOW)
    )


class Laboratory:
    """Copies of our sources, each of which holds one fault at a time."""

    def __init__(self, workers: int) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="tagwarden-mutants-"))
        self._free: Queue[Path] = Queue()
        self._seconds: dict[str, float] = {}
        for number in range(workers):
            copy = self._folder / str(number)
            shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__"))
            self._free.put(copy)

    def close(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def measure(self, room: str) -> float:
        """Give how many seconds the tests of a room take without any fault; raise SystemExit where they fail."""
        with self._copy() as copy:
            begun = time.monotonic()
            if not _pass(copy, tests_of(room), None):
                raise SystemExit(f"the tests of {room} fail without any fault; mend them first")
        self._seconds[room] = time.monotonic() - begun
        return self._seconds[room]

    def survives(self, mutant: Mutant) -> bool:
        """Whether no test of its room notices a fault."""
        room = mutant.module.parts[1]
        with self._copy() as copy:
            place = copy / mutant.module
            sound = place.read_text()
            place.write_text(source_of(mutant))
            try:
                return _pass(copy, tests_of(room), _TIMES_SLOWER * self._seconds[room] + 30)
            finally:
                place.write_text(sound)

    @contextmanager
    def _copy(self) -> Iterator[Path]:
        copy = self._free.get()
        try:
            yield copy
        finally:
            self._free.put(copy)


def _pass(sources: Path, tests: Sequence[str], limit: float | None) -> bool:
    """Whether all tests pass on these sources, within so many seconds."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    environment = {**os.environ, "PYTHONPATH": str(sources), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def sample(rooms: Sequence[str], size: int, seed: int) -> list[Mutant]:
    """Draw faults from the modules of some rooms; the same seed draws the same ones from the same sources."""
    modules = [path.relative_to(SOURCES) for room in rooms for path in (SOURCES / "tagwarden" / room).glob("*.py")]
    every = [mutant for module in sorted(modules) for mutant in mutants_of(module)]
    return Random(seed).sample(every, min(size, len(every)))


def run(mutants: Sequence[Mutant], workers: int, tell: Callable[[str], None]) -> list[Mutant]:
    """Try each fault and give those that survived."""
    laboratory = Laboratory(workers)
    try:
        for room in sorted({mutant.module.parts[1] for mutant in mutants}):
            tell(f"{room}: {len(tests_of(room))} test modules take {laboratory.measure(room):.0f} s")
        with ThreadPoolExecutor(workers) as pool:
            outcomes = []
            for mutant, survived in zip(mutants, pool.map(laboratory.survives, mutants), strict=True):
                tell(f"{'SURVIVED' if survived else 'killed  '} {mutant}")
                outcomes.append(survived)
    finally:
        laboratory.close()
    return [mutant for mutant, survived in zip(mutants, outcomes, strict=True) if survived]


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
