"""`tagwarden journal`: every action with its resource, actor, approval and outcome."""

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from tagwarden.cli import options
from tagwarden.cli.context import CommandContext, now_utc
from tagwarden.cli.options import Output, parse_now
from tagwarden.cli.output import answer, console
from tagwarden.errors import BadInput
from tagwarden.model.duration import parse_duration
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.state import Entry, Journal, Selection

LIMIT = 100
_UNBROKEN = 10_000
"""Characters of an unwrapped line: wide tables are for `grep` and `less -S`."""
COLUMNS = ("Time", "Action", "Resource", "Account", "State", "Reason", "Rule", "Policy", "Message", "Id")
MORE_COLUMNS = ("Request", "Actor", "Approved by", "Generation", "Snapshots", "Plan", "Attempts", "Ended")

Wanted = Annotated[str | None, typer.Argument(metavar="[RESOURCE]", help="A uid (ARN, Kubernetes uid), id or name.")]
Kind = Annotated[str | None, typer.Option("--kind", help="Only this kind.")]
Account = Annotated[str | None, typer.Option("--account", help="Only this account.")]
Run = Annotated[str | None, typer.Option("--run", help="Only the run with this id.")]
Does = Annotated[ActionType | None, typer.Option("--action", help="Only this action.")]
Ends = Annotated[list[ActionState] | None, typer.Option("--outcome", help="Only in this state. Repeatable.")]
Why = Annotated[Reason | None, typer.Option("--reason", metavar="REASON", help="Only with this reason.")]
Since = Annotated[
    str | None, typer.Option("--since", help="Entries since a time (RFC 3339) or within a duration such as 24h.")
]
Until = Annotated[
    str | None, typer.Option("--until", help="Entries before a time (RFC 3339) or older than a duration such as 1h.")
]
Wide = Annotated[
    bool,
    typer.Option("--wide", "-w", help="Also show request id, actor, approval and snapshot."),
]
Limit = Annotated[int, typer.Option("--limit", min=1, help="Maximum number of entries.")]


def journal(
    resource: Wanted = None,
    policy: options.PolicyName = None,
    account: Account = None,
    kind: Kind = None,
    run: Run = None,
    action: Does = None,
    outcome: Ends = None,
    reason: Why = None,
    since: Since = None,
    until: Until = None,
    *,
    wide: Wide = False,
    limit: Limit = LIMIT,
    output: options.OutputFormat = Output.TABLE,
    state: options.State = None,
) -> int:
    r"""List actions, the latest first. Each intent is recorded before its request, each outcome after it.

    \b
    tagwarden journal --since 24h --action Delete
    tagwarden journal i-0abc1234567890def --output json
    tagwarden journal --outcome Waiting --outcome Started
    tagwarden journal --policy test-accounts --wide
    """
    now = now_utc()
    selection = Selection(
        run=run,
        policy=policy,
        account=account,
        kind=kind,
        resource=resource,
        action=action,
        states=frozenset(outcome or ()),
        reason=reason,
        since=_instant("--since", since, now),
        until=_instant("--until", until, now),
    )
    with CommandContext((), state=state).database as database:
        entries = Journal(database).entries(selection, limit)
    if output is not Output.TABLE:
        answer({"entries": [entry_json(entry) for entry in entries]}, output)
        return 0
    screen = Console(width=_UNBROKEN, highlight=False) if wide else console()
    if not entries:
        screen.print("no entries")
        return 0
    table = Table(*COLUMNS, *(MORE_COLUMNS if wide else ()), box=None)
    for entry in entries:
        table.add_row(*_cells(entry), *(_more_cells(entry) if wide else ()))
    screen.print(table)
    if len(entries) == limit:
        screen.print(f"showing the latest {limit}; raise --limit for more")
    return 0


def _cells(entry: Entry) -> tuple[str, ...]:
    return (
        f"{entry.at:%Y-%m-%d %H:%M:%SZ}",
        entry.action,
        str(entry.resource),
        entry.account,
        entry.state,
        "-" if entry.reason is entry.rule else entry.reason,
        entry.rule,
        entry.policy,
        entry.message or "-",
        entry.id,
    )


def _more_cells(entry: Entry) -> tuple[str, ...]:
    return (
        entry.request_id or "-",
        entry.actor or "-",
        entry.approved_by or "-",
        str(entry.generation),
        " ".join(entry.snapshots) or "-",
        entry.plan_hash or "-",
        str(entry.attempts),
        f"{entry.finished:%Y-%m-%d %H:%M:%SZ}" if entry.finished else "-",
    )


def entry_json(entry: Entry) -> dict[str, Any]:
    """Give an entry as JSON values, with every field of the journal."""
    return {
        "id": entry.id,
        "at": entry.at.isoformat(),
        "finished": entry.finished and entry.finished.isoformat(),
        "run": entry.run,
        "policy": entry.policy,
        "policyGeneration": entry.generation,
        "plan": entry.plan_hash,
        "snapshots": list(entry.snapshots),
        "provider": entry.provider.value,
        "account": entry.account,
        "region": entry.region,
        "namespace": entry.namespace,
        "kind": entry.kind,
        "category": entry.category,
        "uid": entry.uid,
        "resourceId": entry.resource_id,
        "name": entry.name,
        "created": entry.created and entry.created.isoformat(),
        "action": entry.action.value,
        "rule": entry.rule.value,
        "because": entry.because,
        "tagsBefore": None if entry.tags_before is None else dict(entry.tags_before),
        "set": dict(entry.changes.set),
        "remove": list(entry.changes.remove),
        "actor": entry.actor,
        "approvedBy": entry.approved_by,
        "state": entry.state.value,
        "reason": entry.reason.value,
        "message": entry.message,
        "requestId": entry.request_id,
        "attempts": entry.attempts,
    }


def _instant(option: str, text: str | None, now: datetime) -> datetime | None:
    """Parse a time, or a duration before now."""
    if text is None:
        return None
    try:
        return now - parse_duration(text)
    except ValueError:
        pass
    try:
        return parse_now(text)
    except BadInput:
        raise BadInput(
            f"{option}: {text!r} is not a duration or timestamp; write a duration such as 24h"
            " or RFC 3339 such as 2026-09-01T19:00:00Z"
        ) from None
