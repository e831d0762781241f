"""Reference pages generated from code: the reasons and the command line."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import typer

from tagwarden.cli.main import app
from tagwarden.model import reasons
from tagwarden.model.reasons import Reason
from tagwarden.reporting.docstrings import member_sentences

_SECTION = re.compile(r"^    # (?P<title>.+)$")
_MEMBER = re.compile(r'^    (?P<name>\w+) = "')


def reasons_reference() -> str:
    """Give docs/reasons.md: each reason under the heading that stands above it in the source."""
    sentences = member_sentences(Reason)
    lines = [
        "# Reasons",
        "",
        "Every finding, action and withheld deletion has one of these reasons.",
        "They appear verbatim in findings, conditions, events, labels of metrics and JSON.",
        "S1 to S16 are the safety rules.",
    ]
    for line in inspect.getsource(reasons.Reason).splitlines():
        if section := _SECTION.match(line):
            lines += ["", f"## {section['title']}", "", "| reason | meaning |", "|---|---|"]
        elif member := _MEMBER.match(line):
            lines.append(f"| `{member['name']}` | {sentences[member['name']]} |")
    return "\n".join(lines) + "\n"


def commands_reference() -> str:
    """Give docs/cli.md: the `--help` text of every command."""
    root = typer.main.get_command(app)
    with root.make_context("tagwarden", [], resilient_parsing=True, terminal_width=_WIDTH) as context:
        sections = [_INTRODUCTION, *_sections(root, context, "tagwarden")]
    return "\n".join(sections)


_WIDTH = 100

_INTRODUCTION = """\
# Command line

`-f` takes the same YAML that `kubectl apply` takes: policies and accounts, with the Secrets and ConfigMaps they name.
Results go to standard output, progress and errors to standard error.

Exit status: 0 fine; 1 failed; 2 bad input, and nothing was changed; 3 with `--check` when a resource is not compliant.
"""


def _sections(command: Any, context: Any, name: str) -> Iterator[str]:
    for word in command.list_commands(context):
        inner = command.get_command(context, word)
        full = f"{name} {word}"
        with inner.make_context(word, [], parent=context, resilient_parsing=True, terminal_width=_WIDTH) as of_inner:
            text = inner.get_help(of_inner)
            yield f"## {full}\n\n```text\n{_trimmed(text)}\n```\n"
            if hasattr(inner, "list_commands"):
                yield from _sections(inner, of_inner, full)


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()
