"""Every message that users read: rendered, held to the rules of wording, and the only source of such texts."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

from tagwarden.model import messages
from tagwarden.model.messages.message import Message, message
from tagwarden.tagging import hints

PACKAGE = "tagwarden.model.messages"
CODE = Path(__file__).parents[3] / "operator" / "tagwarden"
ROOMS = ("model", "tagging", "judging", "planning", "enforcing", "pipeline", "state", "controller")
"""The rooms whose findings, withheld actions, outcomes and conditions take their texts from here."""

WORDLESS_ROOMS = ("planning", "enforcing")
"""The rooms that hold no text for users at all."""

MODULES = [importlib.import_module(f"{PACKAGE}.{found.name}") for found in pkgutil.iter_modules(messages.__path__)]
MESSAGES = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Message)
}
EVERY = pytest.mark.parametrize("name", sorted(MESSAGES))

LONGEST = 160
PROPER_NAMES = frozenset(
    {"AWS", "Cloud", "CleanupPolicy", "CloudAccount", "Google", "Kubernetes", "Secret", "Tagwarden"}
)
FORBIDDEN = (
    r"\bwhat\b",
    r"\b(some|any|no|every)(body| one)\b",
    r"\bits like\b",
    r"\b(account|permission|tag|resource|kind)s? of AWS\b",
    r"\b(would|will) go\b",
    r"\bgo(es)? (along|too)\b",
    r"\b(taken|holds?|held) for\b",
    r"\b(take|make|give|put)s? (it|that|this) (again|back|out)\b",
    r"\bmake a new\b",
    r"\bis (it|that|there)\b",
    r"\b(so|thus|hence|neither|nor) (is|are|does|do|has|have)\b",
    r"\bof (it|that|which)\b",
    r"\ball (the )?same\b",
    r"\b(it|they|this|that)$",
    r"^(it|its|they|them)\b",
    r"\bplease\b",
    r"!",
)
"""Phrases that hide the noun, turn the sentence round or belong to speech."""

TEXTS = frozenset(
    {"Withheld", "Finding", "Unreadable", "NotReadable", "Ended", "ParsedOwner", "_malformed", "one", "ConditionUpdate"}
)
"""What is made with a text for users."""


def fields_of(template: str) -> set[str]:
    """Give the names of the fields of a template."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@EVERY
def test_every_field_has_an_example_and_every_example_a_field(name: str) -> None:
    """Otherwise the template could not be rendered, or the example shows what no user reads."""
    one = MESSAGES[name]

    assert fields_of(one.template) == set(one.example)


@EVERY
def test_every_message_follows_the_rules_of_wording(name: str) -> None:
    """One line, lower case, no full stop, the noun instead of a pronoun; see `docs/glossary.md`."""
    text = MESSAGES[name](**MESSAGES[name].example)

    assert text == " ".join(text.split())
    assert not text.endswith((".", ";", ":", ","))
    assert len(text) <= LONGEST
    first = re.match(r"\w*", MESSAGES[name].template)
    assert first is not None
    assert first[0] in PROPER_NAMES or not first[0][:1].isupper()
    assert [] == [pattern for pattern in FORBIDDEN if re.search(pattern, text, re.IGNORECASE)]


@pytest.mark.parametrize("hint", [hint for _, hint in hints.REASONS])
def test_every_hint_about_an_expiry_follows_the_rules_too(hint: str) -> None:
    """Its row has the pattern beside it, so it stands there."""
    assert hint[0].islower()
    assert not hint.endswith(".")
    assert [] == [pattern for pattern in FORBIDDEN if re.search(pattern, hint, re.IGNORECASE)]


def test_a_missing_field_never_raises() -> None:
    """An action must not fail half-way for the sake of its wording."""
    assert "{kind} was not listed" == message("{kind} was not listed", kind="aws_vpc")(kinds="aws_vpc")


@dataclass(frozen=True)
class Source:
    """One module of the package with the modules of messages that it imports, by the name they have there."""

    path: Path
    tree: ast.Module
    names: dict[str, str]

    def message_of(self, node: ast.AST) -> str | None:
        """Give the message that an expression names."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self.names:
            return f"{self.names[node.value.id]}.{node.attr}"
        if isinstance(node, ast.Name) and node.id in self.names:
            return self.names[node.id]
        return None


def _names_in(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith(PACKAGE):
            prefix = node.module.removeprefix(PACKAGE).lstrip(".")
            for alias in node.names:
                yield alias.asname or alias.name, f"{prefix}.{alias.name}".lstrip(".")


SOURCES = [
    Source(path, tree, dict(_names_in(tree)))
    for path in sorted(CODE.rglob("*.py"))
    for tree in [ast.parse(path.read_text(encoding="utf-8"))]
    if path.parent.name != "messages"
]


def test_every_message_is_used() -> None:
    """A message that no code renders is not read by anybody."""
    used = {source.message_of(node) for source in SOURCES for node in ast.walk(source.tree)}

    assert set() == MESSAGES.keys() - used


def test_every_call_gives_the_fields_of_its_message() -> None:
    """Checked in the source: a rare message would otherwise show its mistake only in production."""
    checked = 0
    for source in SOURCES:
        for node in ast.walk(source.tree):
            name = source.message_of(node.func) if isinstance(node, ast.Call) else None
            if isinstance(node, ast.Call) and name in MESSAGES:
                given = {keyword.arg for keyword in node.keywords}
                assert (name, fields_of(MESSAGES[name].template)) == (name, given), f"{source.path}:{node.lineno}"
                assert not node.args
                checked += 1

    assert checked >= len(MESSAGES) - 20


def _sentences_in(node: ast.AST, source: Source) -> Iterator[str]:
    """Give the texts with words in them that an expression holds itself, outside of messages."""
    if isinstance(node, ast.Call) and source.message_of(node.func) is not None:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"[a-z]{2} |: ", node.value):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _sentences_in(child, source)


def _is_for_developers(node: ast.AST) -> bool:
    """Whether it is a docstring, a line of the log, or an error of the program itself."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Raise(exc=ast.Call(func=ast.Name(id="AssertionError"))):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="logger"))):
            return True
        case _:
            return False


def _texts_in(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"[a-z]{2} [a-z]{2}", node.value):
        yield node.value
    for child in ast.iter_child_nodes(node):
        if not _is_for_developers(child):
            yield from _texts_in(child)


def _inline_texts(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        is_message = isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "message" for target in node.targets
        )
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TEXTS:
            found = [text for argument in (*node.args, *node.keywords) for text in _sentences_in(argument, source)]
        elif isinstance(node, ast.Assign) and is_message:
            found = [*_sentences_in(node.value, source)]
        else:
            continue
        yield from (f"{source.path.relative_to(CODE)}:{node.lineno}: {text}" for text in found)


def test_no_text_for_users_stands_elsewhere() -> None:
    """So that the next finding or withheld action takes its text from here as well."""
    found = [
        text for source in SOURCES if source.path.relative_to(CODE).parts[0] in ROOMS for text in _inline_texts(source)
    ]

    assert [] == found


def test_planning_and_enforcing_hold_no_text_at_all() -> None:
    """Their constants are names of fields and parts of hashes."""
    found = {
        text
        for source in SOURCES
        if source.path.relative_to(CODE).parts[0] in WORDLESS_ROOMS
        for text in _texts_in(source.tree)
    }

    assert {"tagwarden plan 1"} == found
