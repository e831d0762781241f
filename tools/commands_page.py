"""docs/cli.md, from the help of every command."""

from collections.abc import Iterator
from typing import Any

import typer

from tagwarden.cli.main import app

_WIDTH = 100

_INTRODUCTION = """\
# Command line

`-f` takes the same YAML that `kubectl apply` takes: policies and accounts, with the Secrets and ConfigMaps they name.
Results go to standard output, progress and errors to standard error.

Exit status: 0 fine; 1 failed; 2 bad input, and nothing was changed; 3 with `--check` when a resource is not compliant.
"""


def commands_page() -> str:
    """Give docs/cli.md: the `--help` text of every command."""
    root = typer.main.get_command(app)
    with root.make_context("tagwarden", [], resilient_parsing=True, terminal_width=_WIDTH) as context:
        sections = [_INTRODUCTION, *_sections(root, context, "tagwarden")]
    return "\n".join(sections)


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
