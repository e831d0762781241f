"""Completion of names in the shell: policies and accounts of the given files and of the stores, and kinds.

Completion runs at every key press: no cloud is asked, only needed modules are imported, and no mistake is reported.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import typer

from tagwarden.default_paths import state_folder
from tagwarden.errors import TagwardenError
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Verdict

STANDARD_INPUT = "-"


def complete_policy(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a policy."""
    policies, _ = _declared(ctx)
    return _beginning(incomplete, policies or _stored(ctx, "plans", "policy="))


def complete_account(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of an account."""
    _, accounts = _declared(ctx)
    return _beginning(incomplete, accounts or _stored(ctx, "resources", "account="))


def complete_kind(incomplete: str) -> list[str]:
    """Complete the name of a kind."""
    from tagwarden.providers.registry import catalogues  # noqa: PLC0415 - loads every row of every provider

    return _beginning(incomplete, (row.kind for catalogue in catalogues() for row in catalogue.kinds()))


def complete_verdict(incomplete: str) -> list[str]:
    """Complete a verdict."""
    return _beginning(incomplete, Verdict)


def complete_reason(incomplete: str) -> list[str]:
    """Complete a reason."""
    return _beginning(incomplete, Reason)


def _declared(ctx: typer.Context) -> tuple[Sequence[str], Sequence[str]]:
    """Name the policies and accounts of `-f`; none where the files have mistakes."""
    from tagwarden.pipeline import load_declarations  # noqa: PLC0415 - most commands complete without files

    files = [file for file in ctx.params.get("files") or ctx.params.get("file") or () if file != STANDARD_INPUT]
    try:
        found = load_declarations(files)
    except TagwardenError:
        return (), ()
    return tuple(found.policies), tuple(found.accounts)


def _stored(ctx: typer.Context, folder: str, prefix: str) -> Iterable[str]:
    """Name the partitions of a store, such as `plans/policy=NAME`."""
    inventory = Path(ctx.params.get("inventory") or state_folder() / "inventory")
    return (path.name.removeprefix(prefix) for path in (inventory / folder).glob(f"{prefix}*"))


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name.startswith(incomplete)})
