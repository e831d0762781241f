"""Every command by name, imported only when it is called: each starts as fast as what it needs."""

import gc
from importlib import import_module
from types import ModuleType
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = {
    "validate": "tagwarden.cli.validate:validate",
    "plan": "tagwarden.cli.plan:plan",
    "apply": "tagwarden.cli.apply:apply",
    "explain": "tagwarden.cli.explain:explain",
    "collect": "tagwarden.cli.collect:collect",
    "graph": "tagwarden.cli.graph:graph",
    "journal": "tagwarden.cli.journal:journal",
    "restore": "tagwarden.cli.restore:restore",
    "tag": "tagwarden.cli.tag:app",
    "kinds": "tagwarden.cli.kinds:kinds",
    "permissions": "tagwarden.cli.permissions:permissions",
    "prices": "tagwarden.cli.prices:prices",
    "crds": "tagwarden.cli.crds:crds",
    "operator": "tagwarden.controller.command:operator",
    "demo": "tagwarden.cli.demo:demo",
}
"""Name to `module:function`, or to `module:app` where a command has commands of its own; in the order of --help."""


class Commands(TyperGroup):
    """The group behind `tagwarden`, which looks its commands up in the table."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name every command, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one command; None where there is none of that name."""
        del ctx
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
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
