"""`tagwarden restore`: restores tags and Kubernetes objects that an earlier run changed or deleted."""

import sys
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from tagwarden.cli import options
from tagwarden.cli.context import CommandContext, now_utc
from tagwarden.cli.exit_codes import EXIT_FAILED
from tagwarden.cli.options import Output
from tagwarden.cli.output import answer, console
from tagwarden.cli.tabular import TableColumn, write_rows
from tagwarden.enforcing import CALLS_PER_SECOND, Remade, Restoration, plan_restoration, recreate, remakable
from tagwarden.enforcing import restore as put_back
from tagwarden.errors import BadInput, ProviderError
from tagwarden.model.account import CloudAccount
from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.plan import ActionType
from tagwarden.model.verdict import Withheld
from tagwarden.providers.base import Provider
from tagwarden.state import Entry, Journal, KeptBackup, Selection

Actions = Annotated[
    list[str] | None, typer.Option("--action", metavar="ID", help="Restore this journal entry. Repeatable.")
]
OfRun = Annotated[str | None, typer.Option("--run", metavar="ID", help="Restore every change of this run.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Skip the confirmation.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Run every step except the write requests.")]


@dataclass(frozen=True, slots=True)
class _Undoing:
    """The restorable entries, and in `left` the other entries, each with the reason."""

    tags: Restoration | None
    deletions: Sequence[tuple[Entry, list[KeptBackup]]]
    left: Sequence[tuple[Entry, Withheld]]


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
    calls_per_second: options.CallsPerSecond = CALLS_PER_SECOND,
    quiet: options.Quiet = False,
) -> int:
    r"""Restore tags and objects from the journal: changed tags and deleted Kubernetes objects.

    \b
    tagwarden restore -f examples/ --run test-accounts.20260901T120000.000000Z
    tagwarden restore -f examples/ --action 3f0c… --dry-run

    Resources that changed since are skipped. A policy in Enforce repeats the change on the next pass: first change the
    policy or protect the resource (tagwarden.io/protect).
    """
    if (action is None) == (run is None):
        raise BadInput("give either --action ID or --run ID; list both with: tagwarden journal")
    context = CommandContext(files, state=state, kubeconfig=kubeconfig, quiet=quiet, calls_per_second=calls_per_second)
    name = f"restore.{uuid.uuid4().hex}"
    known = context.declarations.accounts
    with context.database as database:
        journal = Journal(database)
        entries = _entries(journal, action, run)
        providers = _providers(context, known, entries)
        undoing = _undoing(entries, providers, journal, name)
        if output is Output.TABLE:
            _show(undoing)
            if (undoing.tags or undoing.deletions) and not (yes or dry_run) and sys.stdin.isatty():
                typer.confirm("Restore these?", abort=True)
        outcomes: tuple[Outcome, ...] = ()
        if undoing.tags is not None:
            outcomes = put_back(
                undoing.tags,
                providers,
                journal,
                clock=now_utc,
                run=name,
                dry_run=dry_run,
                progress=context.progress,
                settings=context.pace,
            )
        remade = recreate(undoing.deletions, providers, journal, clock=now_utc, run=name, dry_run=dry_run)
    if context.progress is not None:
        for each in remade:
            context.progress(f"{each.entry.account}: {each.state} Create {each.backup}: {each.message}")
    if output is not Output.TABLE:
        answer(_document(name, undoing, outcomes, remade), output)
    is_done = all(outcome.succeeded for outcome in outcomes) and all(
        each.state in {ActionState.VERIFIED, ActionState.SKIPPED} for each in remade
    )
    return 0 if is_done and not undoing.left else EXIT_FAILED


def _entries(journal: Journal, actions: Iterable[str] | None, run: str | None) -> list[Entry]:
    if run is not None:
        entries = journal.entries(Selection(run=run, states=frozenset({ActionState.VERIFIED})))
        if not entries:
            raise BadInput(f"--run: no journal entries for run {run}; list runs with: tagwarden journal")
        return entries
    found = []
    for name in actions or ():
        entry = next(iter(journal.entries(Selection(id=name))), None)
        if entry is None:
            raise BadInput(f"--action: no journal entry {name}; list entries with: tagwarden journal")
        found.append(entry)
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _providers(
    context: CommandContext, known: Mapping[str, CloudAccount], entries: Iterable[Entry]
) -> dict[str, Provider]:
    """Open the accounts of the entries; entries of an account that cannot be opened are skipped (S12)."""
    providers: dict[str, Provider] = {}
    for name in sorted({entry.account for entry in entries} & known.keys()):
        try:
            providers[name] = context.provider_of(known[name])
        except ProviderError as error:
            if context.progress is not None:
                context.progress(f"{name}: {error}")
    return providers


def _undoing(entries: Sequence[Entry], providers: dict[str, Provider], journal: Journal, run: str) -> _Undoing:
    deletions, left = remakable([entry for entry in entries if entry.action is ActionType.DELETE], providers, journal)
    # A backup is shown with the deletion that it precedes.
    written = [entry for entry in entries if entry.action not in (ActionType.BACKUP, ActionType.DELETE)]
    tags = plan_restoration(written, providers, run=run, now=now_utc()) if written else None
    return _Undoing(
        tags if tags is not None and tags.plan.actions else None, deletions, [*left, *(tags.left if tags else ())]
    )


def _show(undoing: _Undoing) -> None:
    write_rows(_COLUMNS, _rows(undoing), Output.TABLE, console())


def _rows(undoing: _Undoing) -> Iterator[Mapping[str, str]]:
    """Give the shown rows: written tags, recreated objects, and skipped entries with the reason."""
    for planned in undoing.tags.plan.resources if undoing.tags else ():
        for action in planned.actions:
            back = ", ".join(f"{key}={value}" for key, value in sorted(action.changes.set.items()))
            gone = ", ".join(action.changes.remove)
            place = {"resource": str(planned.resource), "account": planned.resource.account}
            yield {**place, "restored": back, "removed": gone}
    for entry, backups in undoing.deletions:
        for backup in backups:
            yield {"resource": str(backup), "account": entry.account, "restored": "the object itself"}
    for entry, why in undoing.left:
        yield {"resource": str(entry.resource), "account": entry.account, "skipped": f"{why.reason}: {why.message}"}


def _column(title: str, *, is_text: bool = False) -> TableColumn[Mapping[str, str]]:
    name = title.lower()
    return TableColumn(name, title, lambda row: row.get(name, ""), is_text=is_text)


_COLUMNS = (
    _column("Resource"),
    _column("Account"),
    _column("Restored", is_text=True),
    _column("Removed", is_text=True),
    _column("Skipped", is_text=True),
)


def _document(name: str, undoing: _Undoing, outcomes: Iterable[Outcome], remade: Iterable[Remade]) -> dict[str, Any]:
    return {
        "run": name,
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
        "madeAgain": [
            {
                "uid": each.uid,
                "was": each.backup.uid,
                "kind": each.backup.kind,
                "namespace": each.backup.namespace,
                "name": each.backup.name,
                "account": each.entry.account,
                "state": each.state.value,
                "reason": each.reason.value,
                "message": each.message,
            }
            for each in remade
        ],
        "left": [
            {"entry": entry.id, "uid": entry.uid, "reason": why.reason.value, "message": why.message}
            for entry, why in undoing.left
        ],
    }
