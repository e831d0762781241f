"""`tagwarden restore`: puts back the tags that an earlier run changed."""

import sys
import uuid
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.table import Table

from tagwarden.cli import options
from tagwarden.cli.answers import answer, console
from tagwarden.cli.options import Output
from tagwarden.cli.workplace import Workplace, now_utc
from tagwarden.enforcing import ActionState, Entry, Journal, Outcome, Restoration, Selection, plan_restoration
from tagwarden.enforcing import restore as put_back
from tagwarden.errors import BadInput, ProviderError
from tagwarden.model.plan import ActionType
from tagwarden.providers.base import Provider

FAILED = 1

Actions = Annotated[list[str] | None, typer.Option("--action", metavar="ID", help="This journal entry. Repeatable.")]
OfRun = Annotated[str | None, typer.Option("--run", metavar="ID", help="Every change of tags of this run.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask at the terminal.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Do everything up to the calls that write.")]


def restore(
    files: options.Files,
    action: Actions = None,
    run: OfRun = None,
    *,
    dry_run: DryRun = False,
    yes: Yes = False,
    output: options.OutputFormat = Output.TABLE,
    state: options.State = None,
    kubeconfig: options.Kubeconfig = None,
    quiet: options.Quiet = False,
) -> int:
    r"""Put back the tags that stood there before one of our actions, as the journal (`tagwarden journal`) knows them.

    \b
    tagwarden restore -f examples/ --run test-accounts.20260901T120000.000000Z
    tagwarden restore -f examples/ --action 3f0c… --dry-run

    Whatever changed since is left alone. A policy in Enforce makes the same change again on its next pass: change the
    policy or protect the resource (tagwarden.io/protect) first.
    """
    if (action is None) == (run is None):
        raise BadInput("write either --action ID or --run ID; list them with: tagwarden journal --action SetTags")
    workplace = Workplace(files, state=state, kubeconfig=kubeconfig, quiet=quiet)
    with workplace.database as database:
        journal = Journal(database)
        entries = _entries(journal, action, run)
        providers = _providers(workplace, entries)
        name = f"restore.{uuid.uuid4().hex}"
        restoration = plan_restoration(entries, providers, run=name, now=now_utc())
        if output is Output.TABLE:
            _show_plan(restoration)
            if restoration.plan.actions and not (yes or dry_run) and sys.stdin.isatty():
                typer.confirm("Put this back?", abort=True)
        outcomes = put_back(
            restoration,
            providers,
            journal,
            clock=now_utc,
            run=name,
            dry_run=dry_run,
            progress=workplace.progress,
        )
    if output is not Output.TABLE:
        answer(_document(name, restoration, outcomes), output)
    return 0 if all(outcome.is_done for outcome in outcomes) and not restoration.left else FAILED


def _entries(journal: Journal, actions: Iterable[str] | None, run: str | None) -> list[Entry]:
    if run is not None:
        entries = journal.entries(
            Selection(run=run, action=ActionType.SET_TAGS, states=frozenset({ActionState.VERIFIED}))
        )
        if not entries:
            raise BadInput(f"--run: the journal has no change of tags of run {run}; list them with: tagwarden journal")
        return entries
    found = []
    for name in actions or ():
        entry = next(iter(journal.entries(Selection(id=name))), None)
        if entry is None:
            raise BadInput(f"--action: the journal has no entry {name}; list them with: tagwarden journal")
        found.append(entry)
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _providers(workplace: Workplace, entries: Iterable[Entry]) -> dict[str, Provider]:
    """Open the accounts of the entries; one that cannot be opened leaves its entries as they are (S12)."""
    known = workplace.declarations.accounts
    providers: dict[str, Provider] = {}
    for name in sorted({entry.account for entry in entries} & known.keys()):
        try:
            providers[name] = workplace.provider_of(known[name])
        except ProviderError as error:
            if workplace.progress is not None:
                workplace.progress(f"{name}: {error}")
    return providers


def _show_plan(restoration: Restoration) -> None:
    table = Table("Resource", "Account", "Put back", "Take away", "Left alone", box=None)
    for planned in restoration.plan.resources:
        for action in planned.actions:
            back = ", ".join(f"{key}={value}" for key, value in sorted(action.changes.set.items()))
            table.add_row(
                str(planned.resource),
                planned.resource.account,
                back or "-",
                ", ".join(action.changes.remove) or "-",
                "-",
            )
    for entry, why in restoration.left:
        table.add_row(str(entry.resource), entry.account, "-", "-", f"{why.reason}: {why.message}")
    console().print(table)


def _document(name: str, restoration: Restoration, outcomes: Iterable[Outcome]) -> dict[str, object]:
    return {
        "run": name,
        "plan": restoration.plan.hash,
        "restored": [
            {
                "uid": outcome.resource.uid,
                "kind": outcome.resource.kind,
                "name": outcome.resource.name,
                "account": outcome.resource.account,
                "set": dict(outcome.action.changes.set),
                "remove": list(outcome.action.changes.remove),
                "state": outcome.state.value,
                "reason": outcome.reason.value,
                "message": outcome.message,
            }
            for outcome in outcomes
        ],
        "left": [
            {"entry": entry.id, "uid": entry.uid, "reason": why.reason.value, "message": why.message}
            for entry, why in restoration.left
        ],
    }
