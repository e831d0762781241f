"""Every command by name, imported only when it is called: each starts as fast as what it needs."""

import gc
from importlib import import_module
from types import ModuleType
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS: dict[str, tuple[str, str]] = {
    "validate": ("tagwarden.cli.validate:validate", "Check policies and accounts without any cloud or cluster."),
    "plan": ("tagwarden.cli.plan:plan", "Show what would be done, and why."),
    "apply": ("tagwarden.cli.apply:apply", "Carry out the plans of policies in Enforce."),
    "explain": ("tagwarden.cli.explain:explain", "Explain the last decision about a resource."),
    "collect": ("tagwarden.cli.collect:collect", "Read accounts and store a snapshot of each."),
    "graph": ("tagwarden.cli.graph:graph", "Show a resource's dependency graph."),
    "journal": ("tagwarden.cli.journal:journal", "List past actions, the latest first."),
    "restore": ("tagwarden.cli.restore:restore", "Restore tags and objects from the journal."),
    "tag": ("tagwarden.cli.tag:app", "Check how tags are read."),
    "kinds": ("tagwarden.cli.kinds:kinds", "List the supported kinds of resources."),
    "permissions": ("tagwarden.cli.permissions:permissions", "Print the permissions that the credentials need."),
    "prices": ("tagwarden.cli.prices:prices", "Download the list prices of AWS."),
    "crds": ("tagwarden.cli.crds:crds", "Print the CustomResourceDefinitions."),
    "operator": ("tagwarden.controller.command:operator", "Run the operator."),
    "demo": ("tagwarden.cli.demo:demo", "Clean up a simulated account, to see how it works."),
}
"""By name `module:function`, or `module:app` where a command has commands of its own, and its line in --help."""


class Commands(TyperGroup):
    """The group behind `tagwarden`, which looks its commands up in the table."""

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        # Names are enough for suggestions; a command is imported when it is called.
        self.commands.update(dict.fromkeys(COMMANDS))  # type: ignore[arg-type]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Show the commands without importing any of them: --help starts at once."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def list_commands(self, ctx: Any) -> list[str]:
        """Name every command, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one command; None where there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        place, _ = COMMANDS[cmd_name]
        module, _, attribute = place.partition(":")
        found = getattr(_import(module), attribute)
        if not isinstance(found, typer.Typer):
            single = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
            # A line with \b alone keeps the lines after it as they are; docstrings with a backslash are raw ones.
            single.command(name=cmd_name, help=(found.__doc__ or "").replace("\\b", "\b"))(found)
            found = single
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command


def _import(module: str) -> ModuleType:
    """Import without looking for cyclic garbage, a seventh of the time: there is none, and what is imported stays."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
