"""`tagwarden history` and `tagwarden diff`: what changed in the inventory, when, and by whom."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Annotated, Any

import typer

from tagwarden.cli import options
from tagwarden.cli.completion import complete_account
from tagwarden.cli.context import lake_of, now_utc
from tagwarden.cli.lookup import FORMS
from tagwarden.cli.options import Output
from tagwarden.cli.output import answer, console, say
from tagwarden.cli.progress import report_progress
from tagwarden.cli.times import instant
from tagwarden.errors import BadInput
from tagwarden.inventory.lake import Lake
from tagwarden.inventory.lake.history import (
    Change,
    How,
    State,
    actions_on,
    changes_between,
    changes_of,
    planned_deletions,
    states_at,
    states_of,
    taken_of,
)
from tagwarden.inventory.lake.sql import connected
from tagwarden.model.duration import parse_duration

_STYLES = {How.APPEARED: "green", How.CHANGED: "yellow", How.GONE: "red"}
_NOW = "now"

Wanted = Annotated[str, typer.Argument(metavar="RESOURCE", help=f"{FORMS[0].upper()}{FORMS[1:]}.")]
Moment = "A time (RFC 3339), a duration before now such as 24h, now, or the id of a snapshot."
Before = Annotated[str, typer.Argument(metavar="A", help=Moment)]
After = Annotated[str, typer.Argument(metavar="[B]", help=f"{Moment} Default: now.")]
OfAccount = Annotated[
    str | None,
    typer.Option("--account", metavar="NAME", help="Only this account.", autocompletion=complete_account),
]


def history(
    resource: Wanted, *, output: options.OutputFormat = Output.TABLE, inventory: options.Inventory = None
) -> int:
    r"""Show what changed in a resource, when, and whether by Tagwarden or by others.

    \b
    tagwarden history i-0abc1234567890def
    tagwarden history aws_s3_bucket/build-cache -o json
    """
    lake = lake_of(inventory)
    with connected(lake) as connection:
        states = states_of(connection, resource)
        uids = {state["uid"] for state in states}
        actions, deletions = actions_on(connection, uids), planned_deletions(connection, uids)
    _complain(lake)
    if not states:
        raise BadInput(f"{resource}: no such resource in the inventory or its history; write {FORMS}")
    lives = [
        changes_of(life, *([each for each in some if each["uid"] == life[0]["uid"]] for some in (actions, deletions)))
        for life in (list(group) for _, group in groupby(states, _life))
    ]
    if output is not Output.TABLE:
        answer({"resources": [_life_json(changes) for changes in lives]}, output)
        return 0
    screen = console()
    for changes in lives:
        say(screen, _name(changes[-1].resource), "bold")
        for change in changes:
            say(screen, f"  {_when(change)}  {change.how}{_by(change)}", _STYLES[change.how])
            for difference in change.differences:
                say(screen, f"      {difference}")
        last = changes[-1]
        if last.how is not How.GONE:
            say(screen, f"  last seen {instant(last.resource['last_seen'])}")
    return 0


def diff(
    before: Before,
    after: After = _NOW,
    *,
    account: OfAccount = None,
    output: options.OutputFormat = Output.TABLE,
    inventory: options.Inventory = None,
) -> int:
    r"""Show what appeared, changed and went between two times.

    \b
    tagwarden diff 24h
    tagwarden diff 2026-11-01T00:00:00Z 2026-11-08T00:00:00Z --account aws-dev
    tagwarden diff aws-dev.20261101T100000.000000Z aws-dev.20261101T110000.000000Z -o json
    """
    lake = lake_of(inventory)
    now = now_utc()
    with connected(lake) as connection:
        since, until = (_moment(connection, name, text, now) for name, text in (("A", before), ("B", after)))
        if since >= until:
            raise BadInput(f"A ({instant(since)}) is not before B ({instant(until)}); write the earlier time first")
        old, new = states_at(connection, since, account), states_at(connection, until, account)
    _complain(lake)
    changes = list(changes_between(old, new, since, until))
    if output is not Output.TABLE:
        told = {"since": since.isoformat(), "until": until.isoformat()}
        answer({**told, "changes": [_change_json(change) for change in changes]}, output)
        return 0
    screen = console()
    for change in changes:
        say(screen, f"{_SIGNS[change.how]} {_name(change.resource)}", _STYLES[change.how])
        for difference in change.differences:
            say(screen, f"    {difference}")
    counts = Counter(change.how for change in changes)
    told_counts = ", ".join(f"{counts[how]} {how}" for how in How)
    say(screen, f"{told_counts} between {instant(since)} and {instant(until)}")
    return 0


_SIGNS = {How.APPEARED: "+", How.CHANGED: "~", How.GONE: "-"}


def _moment(connection: Any, name: str, text: str, now: datetime) -> datetime:
    """Parse a time, a duration before now, or the id of a snapshot."""
    if text == _NOW:
        return now
    try:
        return now - parse_duration(text)
    except ValueError:
        pass
    try:
        found = options.parse_now(text)
    except BadInput:
        found = None
    if found is None:
        found = taken_of(connection, text)
    if found is None:
        raise BadInput(
            f"{name}: {text!r} is not a time or snapshot; write RFC 3339 such as 2026-11-01T00:00:00Z, a duration"
            " before now such as 24h, or the id of a snapshot"
        )
    return found


def _complain(lake: Lake) -> None:
    for problem in lake.told():
        report_progress(f"tagwarden: {problem}")


def _life(state: State) -> tuple[Any, ...]:
    return state["account"], state["uid"], state["created"]


def _name(state: State) -> str:
    where = state["namespace"] or state["region"]
    told = f"{state['kind']} {state['name'] or state['id']}" + (f" in {where}" if where else "")
    more = f" ({state['id']})" if state["name"] and state["name"] != state["id"] else ""
    return f"{told}{more}, account {state['account']}"


def _when(change: Change) -> str:
    if change.since is None:
        return f"by {instant(change.until)}"
    if change.how is How.APPEARED:
        return f"{instant(change.since)}, first seen {instant(change.until)}"
    return f"between {instant(change.since)} and {instant(change.until)}"


def _by(change: Change) -> str:
    if change.how is How.APPEARED:
        return ""
    if change.planned_by:
        return f" as the plan of policy {change.planned_by} said"
    if change.action is None:
        return ", not by Tagwarden"
    approved = f", approved by {change.action['approved_by']}" if change.action["approved_by"] else ""
    return (
        f" by Tagwarden: {change.action['action']}, policy {change.action['policy']}, rule {change.action['rule']}"
        + (approved)
    )


def _life_json(changes: Sequence[Change]) -> dict[str, Any]:
    state = changes[-1].resource
    return {**_resource_json(state), "changes": [_change_json(change, of_one=True) for change in changes]}


def _resource_json(state: State) -> dict[str, Any]:
    return {
        **{name: state[name] for name in ("uid", "account", "provider", "region", "namespace", "kind", "id", "name")},
        "created": _text(state["created"]),
        "lastSeen": _text(state["last_seen"]),
        "gone": _text(state["valid_to"]),
    }


def _change_json(change: Change, *, of_one: bool = False) -> dict[str, Any]:
    times = {"since": _text(change.since), "until": _text(change.until)} if of_one else _resource_json(change.resource)
    action = change.action
    planned = {"plannedBy": change.planned_by} if change.planned_by else {}
    ours = (
        planned if action is None else {"by": {name: str(action[name]) for name in ("id", "action", "rule", "policy")}}
    )
    return {
        "how": change.how.value,
        **times,
        "differences": [
            {"field": each.field, "before": each.before, "after": each.after} for each in change.differences
        ],
        **ours,
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
