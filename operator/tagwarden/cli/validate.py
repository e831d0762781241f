"""`tagwarden validate`: checks policies and accounts without any cloud or cluster."""

import re
from collections.abc import Sequence

import typer

from tagwarden.cli import options
from tagwarden.cli.exit_codes import EXIT_BAD_INPUT
from tagwarden.cli.options import Output
from tagwarden.cli.output import answer
from tagwarden.errors import BadInput, InvalidField
from tagwarden.judging import compile_account
from tagwarden.pipeline import Declarations, check_account, compile_policies, load_declarations
from tagwarden.pipeline.manifests import Location

_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def validate(files: options.Files, *, output: options.OutputFormat = Output.TABLE) -> int:
    r"""Check policies and accounts without any cloud or cluster. Exits with 2 for invalid files.

    \b
    tagwarden validate -f examples/
    kustomize build overlays/test | tagwarden validate -f -
    """
    declared = load_declarations(files)
    policies, accounts = sorted(declared.policies), sorted(declared.accounts)
    if not policies and not accounts:
        raise BadInput(f"{', '.join(files)}: no CleanupPolicy or CloudAccount found")
    mistakes = _mistakes_in(declared)
    if output is not Output.TABLE:
        answer({"policies": policies, "accounts": accounts, "mistakes": mistakes}, output)
    elif mistakes:
        raise BadInput("\n".join(mistakes))
    else:
        typer.echo(f"valid: {_counted(policies, 'policy', 'policies')}, {_counted(accounts, 'account', 'accounts')}")
    return EXIT_BAD_INPUT if mistakes else 0


def _mistakes_in(declared: Declarations) -> list[str]:
    """Compile everything and give the mistakes beyond the schema, with file and line."""
    found: dict[str, None] = {}
    for name, account in declared.accounts.items():
        try:
            compile_account(account)
            check_account(account)
        except InvalidField as error:
            origin = declared.origins["CloudAccount", name]
            found[f"{origin.at(_location_of(error.field))}: CloudAccount {name}: {error}"] = None
    for name in declared.policies if not found else ():
        try:
            compile_policies(declared, name)
        except BadInput as error:
            cause = error.__cause__
            location = _location_of(cause.field) if isinstance(cause, InvalidField) else ()
            found[f"{declared.origins['CleanupPolicy', name].at(location)}: {error}"] = None
    return list(found)


def _location_of(field: str) -> Location:
    """Give the keys and indices of a path such as `spec.scope.kinds[0]`."""
    return tuple(name or int(index) for name, index in _PART.findall(field))


def _counted(names: Sequence[str], one: str, many: str) -> str:
    return f"{len(names)} {one if len(names) == 1 else many}"
