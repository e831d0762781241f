"""`tagwarden collect`: reads accounts and stores snapshots."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from tagwarden.cli import options
from tagwarden.cli.context import CommandContext, now_utc
from tagwarden.cli.exit_codes import EXIT_BAD_INPUT, EXIT_FAILED
from tagwarden.cli.options import RowsOutput
from tagwarden.cli.output import answer, console, write_names
from tagwarden.cli.progress import report_progress
from tagwarden.cli.tabular import DETAIL, TableColumn, write_rows
from tagwarden.errors import BadInput, ProviderError
from tagwarden.model.reasons import Reason
from tagwarden.model.snapshot import InventoryRead, Snapshot
from tagwarden.pipeline import collect_accounts, keeper_of
from tagwarden.reporting import requests_of

AcceptIdentity = Annotated[
    list[str] | None,
    typer.Option(
        "--accept-identity",
        metavar="NAME=UID",
        help="Accept this cluster as the account's from now on (NAME=UID). Repeatable.",
    ),
]


def collect(
    files: options.Files,
    account: options.AccountNames = None,
    *,
    output: options.RowsOutputFormat = RowsOutput.TABLE,
    accept_identity: AcceptIdentity = None,
    inventory: options.Inventory = None,
    state: options.State = None,
    kubeconfig: options.Kubeconfig = None,
    quiet: options.Quiet = False,
) -> int:
    r"""Read accounts and store a snapshot of each. No cloud or cluster is changed.

    \b
    tagwarden collect -f examples/
    tagwarden collect -f examples/ --account aws-dev --output json
    """
    context = CommandContext(
        files, inventory, state, kubeconfig, quiet, accepted=dict(map(_accepted, accept_identity or ()))
    )
    tools = context.tools
    accounts = context.accounts(account)
    sources = collect_accounts(accounts, tools.open_account, keeper_of(tools), now_utc, context.progress)
    documents = [
        *(_snapshot_json(snapshot, context) for snapshot in sources.snapshots),
        *(
            {"account": name, "error": {"reason": _reason_of(error).value, "message": str(error)}}
            for name, error in sources.failures.items()
        ),
    ]
    if output in options.DOCUMENTS:
        requests = [each.model_dump(mode="json", by_alias=True) for each in requests_of(context.requests)]
        answer({"accounts": documents, "requests": requests}, output)
    elif output is RowsOutput.NAME:
        write_names(snapshot.account for snapshot in sources.snapshots)
    else:
        write_rows(_COLUMNS, documents, output, console())
    for name, error in sources.failures.items() if output not in options.DOCUMENTS else ():
        report_progress(f"tagwarden: {name}: {error}")
    if any(isinstance(error, BadInput) for error in sources.failures.values()):
        return EXIT_BAD_INPUT
    return EXIT_FAILED if sources.failures else 0


def _accepted(text: str) -> tuple[str, str]:
    name, _, identity = text.partition("=")
    if not name or not identity:
        raise BadInput(
            f"--accept-identity: {text!r}: write NAME=UID, the account and the uid of its kube-system namespace"
        )
    return name, identity


def _snapshot_json(snapshot: Snapshot, context: CommandContext) -> dict[str, Any]:
    return {
        "account": snapshot.account,
        "snapshot": snapshot.id,
        "file": str(context.snapshots.files(snapshot.account)[-1]),
        "identity": {"account": snapshot.identity.account, "caller": snapshot.identity.caller},
        "time": snapshot.taken.isoformat(),
        "resources": len(snapshot.resources),
        "edges": len(snapshot.edges),
        "durationSeconds": round(snapshot.duration_seconds, 3),
        "apiCalls": snapshot.api_calls,
        "inventory": _inventory_json(snapshot.inventory),
        "incomplete": [
            {"kind": gap.kind, "region": gap.region, "reason": gap.reason, "message": gap.message}
            for gap in snapshot.failures
        ],
    }


def _inventory_json(read: InventoryRead | None) -> dict[str, Any] | None:
    """Give the vendor's inventory behind a snapshot, with its age in the vendor's words."""
    if read is None:
        return None
    return {
        "name": read.name,
        "readTime": read.read_at.isoformat(),
        "latestUpdateTime": read.latest_change.isoformat() if read.latest_change else None,
        "resources": read.resources,
    }


def _reason_of(error: ProviderError | BadInput) -> Reason:
    return error.reason if isinstance(error, ProviderError) else Reason.InvalidSpec


def _gaps(document: Mapping[str, Any]) -> str:
    return "; ".join(
        f"{gap['kind']} in {gap['region'] or 'global'}: {gap['reason']}" for gap in document.get("incomplete", ())
    )


def _inventory(document: Mapping[str, Any]) -> str:
    told = document.get("inventory")
    return f"{told['resources']} resources as of {told['readTime']}" if told else ""


def _figure(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda document: str(document.get(name, ""))


_COLUMNS: tuple[TableColumn[Mapping[str, Any]], ...] = (
    TableColumn("account", "Account", _figure("account")),
    TableColumn("identity", "Identity", lambda row: row.get("identity", {}).get("account", ""), DETAIL),
    TableColumn("time", "Time", lambda row: row.get("time", ""), DETAIL),
    TableColumn("resources", "Resources", _figure("resources"), is_number=True),
    TableColumn("edges", "Edges", _figure("edges"), is_number=True),
    TableColumn("durationSeconds", "Seconds", _figure("durationSeconds"), is_number=True),
    TableColumn("apiCalls", "Calls", _figure("apiCalls"), is_number=True),
    TableColumn("inventory", "Inventory", _inventory, is_text=True),
    TableColumn("incomplete", "Incomplete", _gaps, is_text=True),
    TableColumn("error", "Error", lambda row: row.get("error", {}).get("reason", "")),
    TableColumn("snapshot", "Snapshot", _figure("snapshot"), DETAIL),
    TableColumn("file", "File", _figure("file")),
)
