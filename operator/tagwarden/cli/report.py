"""`tagwarden report`: the inventory as one page of HTML, from the stored tables, without any cloud request."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer

from tagwarden.cli.context import duration_of, lake_of, now_utc
from tagwarden.cli.options import Inventory
from tagwarden.cli.progress import report_progress
from tagwarden.errors import BadInput
from tagwarden.inventory.insight import INDICATORS, Period, TeamsOf, insight_of, load_teams
from tagwarden.inventory.lake import RESOURCES, Lake
from tagwarden.inventory.pages import report_html

TEAM_KEY_VARIABLE = "TAGWARDEN_TEAM_KEY"
TEAMS_VARIABLE = "TAGWARDEN_TEAMS"


class Answer(StrEnum):
    """What the command prints."""

    TEXT = "text"
    JSON = "json"


Since = Annotated[str, typer.Option("--since", metavar="DURATION", help="Time that the report covers, up to now.")]
TeamKey = Annotated[
    str, typer.Option("--team-key", envvar=TEAM_KEY_VARIABLE, metavar="KEY", help="Tag that names the team.")
]
Teams = Annotated[
    Path | None,
    typer.Option(
        "--teams",
        envvar=TEAMS_VARIABLE,
        metavar="FILE",
        help="CSV file with the columns owner,team, for resources without the tag.",
        show_default=False,
    ),
]


def report(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write.")] = Path("report.html"),
    since: Since = "30d",
    team: Annotated[str | None, typer.Option("--team", metavar="TEAM", help="Only this team's resources.")] = None,
    team_key: TeamKey = "team",
    teams: Teams = None,
    *,
    people: Annotated[bool, typer.Option("--people", help="Also rank owners, who may be persons.")] = False,
    output: Annotated[Answer, typer.Option("--output", "-o", help="text, or json with every indicator.")] = Answer.TEXT,
    inventory: Inventory = None,
) -> None:
    r"""Write a report of age, cost, compliance and deletions as one HTML file that works offline.

    \b
    tagwarden report --out report.html
    tagwarden report --since 90d --people
    tagwarden report --team data --out data.html
    tagwarden report --team-key squad --teams teams.csv
    tagwarden report --output json
    """
    lake = known_lake(inventory)
    until = now_utc()
    period = Period(until - duration_of("--since", since), until)
    with insight_of(lake, period, teams_of(team_key, teams)) as insight:
        known = [row["team"] for row in insight["teams"]]
        page = report_html(insight, team=team, people=people)
        indicators = {each.name: insight[each.name] for each in INDICATORS} if output is Answer.JSON else {}
    if team is not None and team not in known:
        raise BadInput(f"--team: no resource belongs to team {team}; there are {', '.join(known)}")
    _write(out, page)
    for problem in lake.told():
        report_progress(f"tagwarden: {problem}")
    if output is Answer.TEXT:
        typer.echo(f"{out}: written")
        return
    document = {"file": str(out), "since": period.since, "until": period.until, "indicators": indicators}
    typer.echo(orjson.dumps(document, default=float, option=orjson.OPT_INDENT_2).decode())


def known_lake(inventory: Path | None) -> Lake:
    """Open the lake; raise BadInput where nothing has been collected into it."""
    lake = lake_of(inventory)
    if not lake.divisions(RESOURCES):
        raise BadInput("the inventory has no tables yet; make them with: tagwarden plan -f DIR")
    return lake


def teams_of(key: str, file: Path | None) -> TeamsOf:
    """Give the rule of teams from the options."""
    if not key:
        raise BadInput(f"--team-key ({TEAM_KEY_VARIABLE}): is empty; write the key of a tag, such as team")
    return TeamsOf(key, load_teams(file) if file is not None else {})


def _write(out: Path, page: str) -> None:
    """Replace the file as a whole, so that no reader sees half a page."""
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_text(page, encoding="utf-8")
        os.replace(part, out)  # noqa: PTH105 - the same for files and links
    except OSError as error:
        raise BadInput(
            f"--out: {out} cannot be written ({error.strerror}); name a file in a folder that exists"
        ) from error
