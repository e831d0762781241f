"""The page about safety names every rule, the modules that hold it, and tests that exist and cite it."""

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
CODE = ROOT / "operator" / "tagwarden"
RULES = tuple(f"S{number}" for number in range(1, 25))
_ROW = re.compile(
    r"^\| (?P<rule>S\d+) \| (?P<says>[^|]+) \| (?P<why>[^|]+) \| (?P<modules>[^|]+) \| (?P<tests>[^|]+) \|$",
    re.MULTILINE,
)
_QUOTED = re.compile(r"`([^`]+)`")


class Row(NamedTuple):
    """What the page says of one rule: modules below `operator/tagwarden`, tests as `file` or `file::beginning`."""

    rule: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


ROWS = tuple(
    Row(found["rule"], tuple(_QUOTED.findall(found["modules"])), tuple(_QUOTED.findall(found["tests"])))
    for found in _ROW.finditer(PAGE)
)


def test_every_rule_has_one_row() -> None:
    """In order, so that a number is found at once."""
    assert tuple(row.rule for row in ROWS) == RULES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_the_modules_that_hold_a_rule_exist(row: Row) -> None:
    """Whoever wants to know how reads there."""
    missing = [module for module in row.modules if not (CODE / module).is_file()]

    assert row.modules
    assert [] == missing


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_the_tests_of_a_rule_exist_and_name_it(row: Row) -> None:
    """A rule whose tests moved or went is a rule that nobody tries to break."""
    assert row.tests
    for named in row.tests:
        file, _, beginning = named.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        functions = [node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]

        assert re.search(rf"\b{row.rule}\b|\btest_{row.rule.lower()}_", text), named
        assert any(name.startswith(beginning or "test_") for name in functions), named


def test_links_of_the_page_lead_somewhere() -> None:
    """Decisions and other pages are where it says."""
    links = re.findall(r"\]\(([^)#]+)", PAGE)

    assert [] == [link for link in links if not (ROOT / "docs" / link).exists()]
