"""The options that several commands share, and the values of these options."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tagwarden.cli.completion import complete_account, complete_policy
from tagwarden.errors import BadInput


class Output(StrEnum):
    """The output format of a command."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"


class RowsOutput(StrEnum):
    """The output format of a command that lists rows."""

    TABLE = "table"
    WIDE = "wide"
    NAME = "name"
    CSV = "csv"
    JSON = "json"
    YAML = "yaml"


class PassOutput(StrEnum):
    """The output format of a command that makes passes."""

    TABLE = "table"
    WIDE = "wide"
    NAME = "name"
    CSV = "csv"
    JSON = "json"
    YAML = "yaml"
    REPORT = "report"


SCREENS = frozenset({"table", "wide"})
"""The output formats that are tables for people."""
DOCUMENTS = frozenset({"json", "yaml", "report"})
"""The output formats that are one document for programs."""


def parse_now(text: str | None) -> datetime | None:
    """Parse `--now`: RFC 3339 with an offset, returned in UTC."""
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise BadInput(
            f"--now: {text!r} is not a timestamp; write RFC 3339 with an offset, such as 2026-09-01T19:00:00Z"
        )
    return instant.astimezone(UTC)


Files = Annotated[
    list[str],
    typer.Option("--filename", "-f", help="File or folder of policies and accounts; - for standard input. Repeatable."),
]
OptionalFiles = Annotated[
    list[str] | None,
    typer.Option("--filename", "-f", help="File or folder of policies and accounts; - for standard input. Repeatable."),
]
PolicyName = Annotated[
    str | None, typer.Option("--policy", metavar="NAME", help="Only this policy.", autocompletion=complete_policy)
]
AccountNames = Annotated[
    list[str] | None,
    typer.Option("--account", metavar="NAME", help="Only this account. Repeatable.", autocompletion=complete_account),
]
OutputFormat = Annotated[Output, typer.Option("--output", "-o", help="Output format.")]
_FORMS = "Output format; wide has more columns, csv all of them, and name is one {name} per line"
RowsOutputFormat = Annotated[RowsOutput, typer.Option("--output", "-o", help=f"{_FORMS.format(name='name')}.")]
PassOutputFormat = Annotated[
    PassOutput,
    typer.Option(
        "--output",
        "-o",
        help=f"{_FORMS.format(name='uid')}; report is the counts and findings of the pass as JSON, without resources.",
    ),
]
Inventory = Annotated[
    Path | None,
    typer.Option(
        "--inventory", envvar="TAGWARDEN_INVENTORY", help="Folder of snapshots and plans.", show_default=False
    ),
]
State = Annotated[
    str | None,
    typer.Option(
        "--state",
        envvar="TAGWARDEN_STATE",
        help="Journal and history: sqlite:///FILE or postgresql+psycopg://…",
        show_default=False,
    ),
]
PricesFile = Annotated[
    Path | None,
    typer.Option(
        "--prices",
        help="Price list, as tagwarden prices writes it; default: TAGWARDEN_PRICES.",
        show_default=False,
    ),
]
Kubeconfig = Annotated[
    Path | None,
    typer.Option(
        "--kubeconfig",
        envvar="KUBECONFIG",
        help="Kubeconfig for Kubernetes accounts without a Secret.",
        show_default=False,
    ),
]
Now = Annotated[str | None, typer.Option("--now", help="Judge as of this time (RFC 3339); no history is stored.")]
Check = Annotated[bool, typer.Option("--check", help="Exit with 3 when a resource is not compliant.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on standard error.")]
OperatorPerHour = Annotated[
    int | None,
    typer.Option(
        "--operator-deletions-per-hour",
        envvar="TAGWARDEN_DELETIONS_PER_HOUR",
        min=0,
        help="Maximum deletions per hour, all policies together.",
        show_default=False,
    ),
]
AccountPerHour = Annotated[
    int | None,
    typer.Option(
        "--account-deletions-per-hour",
        envvar="TAGWARDEN_ACCOUNT_DELETIONS_PER_HOUR",
        min=0,
        help="Maximum deletions per hour in one account.",
        show_default=False,
    ),
]
SnapshotValid = Annotated[
    str,
    typer.Option(
        "--snapshot-valid",
        envvar="TAGWARDEN_SNAPSHOT_VALID",
        metavar="DURATION",
        help="Maximum age of a snapshot for deletions; an older one is collected again first.",
    ),
]
PlanValid = Annotated[
    str,
    typer.Option(
        "--plan-valid",
        envvar="TAGWARDEN_PLAN_VALID",
        metavar="DURATION",
        help="Maximum age of a saved plan when it is carried out.",
    ),
]
CallsPerSecond = Annotated[
    int,
    typer.Option(
        "--calls-per-second",
        envvar="TAGWARDEN_CALLS_PER_SECOND",
        min=1,
        max=1000,
        help="Maximum write requests per second to one account's vendor; throttling lowers it.",
    ),
]
