"""Every command by name, imported only when called, so that each command loads only its own dependencies."""

import gc
from importlib import import_module
from types import ModuleType
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("tagwarden.cli.init:init", "Write the first account and policy from the identity at hand."),
    "validate": ("tagwarden.cli.validate:validate", "Check policies and accounts without any cloud or cluster."),
    "plan": ("tagwarden.cli.plan:plan", "Show the planned changes and their reasons."),
    "apply": ("tagwarden.cli.apply:apply", "Carry out the plans of policies in Enforce."),
    "explain": ("tagwarden.cli.explain:explain", "Explain the latest decision on a resource."),
    "collect": ("tagwarden.cli.collect:collect", "Read accounts and store a snapshot of each."),
    "graph": ("tagwarden.cli.graph:graph", "Show a resource's dependency graph."),
    "search": ("tagwarden.cli.search:search", "Find resources, by words or CEL, and what hangs on them."),
    "history": ("tagwarden.cli.history:history", "Show what changed in a resource, when, and by whom."),
    "diff": ("tagwarden.cli.history:diff", "Show what appeared, changed and went between two times."),
    "query": ("tagwarden.cli.query:query", "Ask the inventory and its history in SQL."),
    "journal": ("tagwarden.cli.journal:journal", "List past actions, the latest first."),
    "report": ("tagwarden.cli.report:report", "Write age, cost and compliance as one HTML file."),
    "serve": ("tagwarden.cli.serve:serve", "Show the inventory as web pages."),
    "restore": ("tagwarden.cli.restore:restore", "Restore tags and objects from the journal."),
    "tag": ("tagwarden.cli.tag:app", "Check how tags are parsed and repaired."),
    "kinds": ("tagwarden.cli.kinds:kinds", "List the supported kinds of resources."),
    "permissions": ("tagwarden.cli.permissions:permissions", "Print the permissions that the credentials need."),
    "prices": ("tagwarden.cli.prices:prices", "Write AWS list prices."),
    "crds": ("tagwarden.cli.crds:crds", "Print the CustomResourceDefinitions."),
    "operator": ("tagwarden.controller.command:operator", "Run the operator."),
    "demo": ("tagwarden.cli.demo:demo", "Clean up a simulated account, to see how it works."),
}
"""Name to `module:function`, or to `module:app` for a command with subcommands, and its line in --help."""


class Commands(TyperGroup):
    """The group behind `tagwarden`, which looks up commands in the table."""

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
        """Import one command; None when no command has that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        place, _ = COMMANDS[cmd_name]
        module, _, attribute = place.partition(":")
        found = getattr(_import(module), attribute)
        if not isinstance(found, typer.Typer):
            single = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
            # A line with only \b preserves the following lines; docstrings with a backslash are raw.
            single.command(name=cmd_name, help=(found.__doc__ or "").replace("\\b", "\b"))(found)
            found = single
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command


def _import(module: str) -> ModuleType:
    """Import with garbage collection off, which saves a seventh of the time: modules stay loaded anyway."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
