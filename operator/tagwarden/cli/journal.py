"""`tagwarden journal`: every action with resource, actor, approval and outcome."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import typer

from tagwarden.cli import filters, options
from tagwarden.cli.completion import complete_account
from tagwarden.cli.context import CommandContext, now_utc
from tagwarden.cli.lookup import plan_hash
from tagwarden.cli.options import RowsOutput, parse_now
from tagwarden.cli.output import answer, console, write_names
from tagwarden.cli.progress import report_progress
from tagwarden.cli.tabular import DETAIL, ON_SCREEN, RECORD, WIDE, TableColumn, write_rows
from tagwarden.cli.times import exactly, instant
from tagwarden.errors import BadInput
from tagwarden.model.duration import parse_duration
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType
from tagwarden.state import Entry, Journal, Selection

LIMIT = 100

Wanted = Annotated[str | None, typer.Argument(metavar="[RESOURCE]", help="A uid (ARN, Kubernetes uid), id or name.")]
Account = Annotated[
    list[str] | None,
    typer.Option(
        "--account", metavar="GLOB", help="Show only this account. Repeatable.", autocompletion=complete_account
    ),
]
Run = Annotated[str | None, typer.Option("--run", help="Only the run with this id.")]
OfPlan = Annotated[
    str | None, typer.Option("--plan", metavar="HASH", help="Only of this plan; the beginning of its hash is enough.")
]
Does = Annotated[ActionType | None, typer.Option("--action", help="Only this action.")]
Ends = Annotated[list[ActionState] | None, typer.Option("--outcome", help="Only in this state. Repeatable.")]
Since = Annotated[
    str | None, typer.Option("--since", help="Entries since a time (RFC 3339) or within a duration such as 24h.")
]
Until = Annotated[
    str | None, typer.Option("--until", help="Entries before a time (RFC 3339) or older than a duration such as 1h.")
]
Limit = Annotated[int, typer.Option("--limit", min=1, help="Maximum number of entries.")]


def journal(
    resource: Wanted = None,
    policy: options.PolicyName = None,
    account: Account = None,
    region: filters.Region = None,
    kind: filters.Kind = None,
    run: Run = None,
    plan: OfPlan = None,
    action: Does = None,
    outcome: Ends = None,
    reason: filters.OfReason = None,
    since: Since = None,
    until: Until = None,
    *,
    limit: Limit = LIMIT,
    output: options.RowsOutputFormat = RowsOutput.TABLE,
    state: options.State = None,
) -> int:
    r"""List actions, the latest first. Each intent is recorded before the request, each outcome after the request.

    \b
    tagwarden journal --since 24h --action Delete
    tagwarden journal i-0abc1234567890def --output json
    tagwarden journal --outcome Waiting --outcome Started --kind 'aws_ec2_*'
    tagwarden journal --policy test-accounts --output wide
    """
    now = now_utc()
    chosen = filters.of_journals(account=account, region=region, kind=kind, reason=reason)
    selection = Selection(
        run=run,
        policy=policy,
        resource=resource,
        action=action,
        states=frozenset(outcome or ()),
        since=_instant("--since", since, now),
        until=_instant("--until", until, now),
    )
    narrowed = replace(selection, accounts=account or (), regions=region or (), kinds=kind or (), reasons=reason or ())
    with CommandContext((), state=state).database as database:
        kept = Journal(database)
        if plan is not None:
            narrowed = replace(narrowed, plan_hash=plan_hash("--plan", plan, kept.plan_hashes()))
        entries = kept.entries(narrowed, limit)
        others = kept.entries(selection, _LOOKED_AT) if chosen and not entries else []
    for complaint in chosen.complaints(others) if others else ():
        report_progress(f"tagwarden: {complaint}")
    _write(entries, output, limit)
    return 0


def _write(entries: Sequence[Entry], output: RowsOutput, limit: int) -> None:
    if output in options.DOCUMENTS:
        answer({"entries": [entry_json(entry) for entry in entries]}, output)
        return
    if output is RowsOutput.NAME:
        write_names(entry.uid for entry in entries)
        return
    if output is not RowsOutput.CSV and not entries:
        typer.echo("no entries")
        return
    write_rows(_COLUMNS, entries, output, console())
    if len(entries) == limit:
        report_progress(f"showing the latest {limit}; raise --limit for more")


_LOOKED_AT = 10_000
"""So many entries are searched for the values that exist."""

_STYLES = {ActionState.VERIFIED: "green", ActionState.WITHHELD: "yellow", ActionState.FAILED: "red"}
_COLUMNS: tuple[TableColumn[Entry], ...] = (
    TableColumn("at", "Time", lambda row: instant(row.at), ON_SCREEN),
    TableColumn("at", "", lambda row: exactly(row.at), RECORD),
    TableColumn("action", "Action", lambda row: row.action),
    TableColumn("resource", "Resource", lambda row: str(row.resource), ON_SCREEN),
    TableColumn("account", "Account", lambda row: row.account),
    TableColumn("region", "Region", lambda row: row.region, DETAIL),
    TableColumn("namespace", "", lambda row: row.namespace, RECORD),
    TableColumn("provider", "", lambda row: row.provider, RECORD),
    TableColumn("kind", "", lambda row: row.kind, RECORD),
    TableColumn("category", "", lambda row: row.category, RECORD),
    TableColumn("resourceId", "", lambda row: row.resource_id, RECORD),
    TableColumn("name", "", lambda row: row.name, RECORD),
    TableColumn("state", "State", lambda row: row.state, style=lambda row: _STYLES.get(row.state, "")),
    TableColumn("reason", "Reason", lambda row: "" if row.reason is row.rule else row.reason, ON_SCREEN),
    TableColumn("reason", "", lambda row: row.reason, RECORD),
    TableColumn("rule", "Rule", lambda row: row.rule),
    TableColumn("policy", "Policy", lambda row: row.policy),
    TableColumn("message", "Message", lambda row: row.message, is_text=True),
    TableColumn("id", "Id", lambda row: row.id),
    TableColumn("requestId", "Request", lambda row: row.request_id, DETAIL),
    TableColumn("actor", "Actor", lambda row: row.actor, DETAIL),
    TableColumn("approvedBy", "Approved by", lambda row: row.approved_by, DETAIL),
    TableColumn("policyGeneration", "Generation", lambda row: str(row.generation), DETAIL),
    TableColumn("snapshots", "Snapshots", lambda row: " ".join(row.snapshots), DETAIL),
    TableColumn("run", "", lambda row: row.run, RECORD),
    TableColumn("plan", "Plan", lambda row: row.plan_hash, DETAIL),
    TableColumn("attempts", "Attempts", lambda row: str(row.attempts), DETAIL, is_number=True),
    TableColumn("finished", "Ended", lambda row: instant(row.finished), WIDE),
    TableColumn("finished", "", lambda row: exactly(row.finished), RECORD),
    TableColumn("uid", "Uid", lambda row: row.uid, DETAIL),
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
