"""The small faults that can be planted into a module: one operator, condition, constant or statement is another one."""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parents[2] / "operator"

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
_NEGATED = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
"""Comparisons whose other one is the negation: an `if` on one of them needs no negation of its own."""

_DECIDE_NOTHING = frozenset({"strict", "nullable", "index", "cache_ok"})
"""Arguments that assert something, or only make it faster: `zip(…, strict=True)`, `Column(…, nullable=False)`."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: the `number`-th place of a module, told as the line was and as it is."""

    module: Path
    number: int
    line: int
    statement: int
    """The line its statement begins on."""
    told: str

    @property
    def room(self) -> str:
        """The package that the fault is planted into."""
        return self.module.parts[1]

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.told}"


class _Planter(ast.NodeTransformer):
    """Counts the places of a module, and plants a fault at the wanted one."""

    def __init__(self, wanted: int = -1) -> None:
        self.places: list[tuple[int, int, str]] = []
        self._wanted = wanted
        self._statement = 0
        self._is_in_function = False

    def visit(self, node: ast.AST) -> Any:
        around = self._statement
        if isinstance(node, ast.stmt):
            self._statement = node.lineno
        try:
            return super().visit(node)
        finally:
            self._statement = around

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        # `frozen` and `slots` of a decorator decide nothing.
        node.body = [self.visit(each) for each in node.body]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        # Annotations, defaults and decorators decide nothing.
        around, self._is_in_function = self._is_in_function, True
        node.body = [self.visit(each) for each in node.body]
        self._is_in_function = around
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        # A message's text, with its plurals.
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        return node if node.arg in _DECIDE_NOTHING else self.generic_visit(node)

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
        is_planted_by_its_test = isinstance(node.test, ast.UnaryOp) or (
            isinstance(node.test, ast.Compare) and type(node.test.ops[0]) in _NEGATED
        )
        self.generic_visit(node)
        if is_planted_by_its_test:
            return node
        return self._plant(node, ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse))

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bool):
            return self._plant(node, ast.Constant(not node.value))
        if not isinstance(node.value, int):
            return node
        # A named number was chosen: one more of it would be as good, none of it would not.
        is_chosen = node.value > 1 and not self._is_in_function
        return self._plant(node, ast.Constant(0 if is_chosen else node.value + 1))

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
        self.places.append((line, self._statement, f"{_brief(node)}  ->  {_brief(fault)}"))
        is_here = len(self.places) - 1 == self._wanted
        return ast.copy_location(fault, node) if is_here else node


def _brief(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node)).partition("\n")[0][:80]


def mutants_of(module: Path) -> list[Mutant]:
    """Give every fault that can be planted into a module, by its path below the sources."""
    planter = _Planter()
    planter.visit(ast.parse((SOURCES / module).read_text()))
    return [Mutant(module, number, *place) for number, place in enumerate(planter.places)]


def source_of(mutant: Mutant) -> str:
    """Give the source of the module with the fault in it."""
    tree = _Planter(mutant.number).visit(ast.parse((SOURCES / mutant.module).read_text()))
    return ast.unparse(ast.fix_missing_locations(tree))
