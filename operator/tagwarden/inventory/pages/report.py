"""The report: one page for executives, teams and the platform, out of the indicators."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from tagwarden.inventory.insight import Insight
from tagwarden.inventory.insight.indicators import BY_NAME
from tagwarden.inventory.pages import figures, tables
from tagwarden.inventory.pages.charts import Bar, bars, line
from tagwarden.inventory.pages.rendering import render
from tagwarden.inventory.pages.tables import PageColumn, PageTable, Row, money, number, table, time, words

_MOST_ROWS = 50
_MOST_BARS = 12
_KEEP = """\
# on AWS
aws resourcegroupstaggingapi tag-resources --resource-arn-list ARN --tags owner=NAME,expiration=2030-12-31
# on Kubernetes
kubectl annotate KIND NAME owner=NAME expiration=2030-12-31"""
_GOING = """select account, kind, id, name, uid, owner, team, policy, verdict, expires, withheld, goes, cost_per_month,
  cost_per_month is null as unpriced
from present cross join period
where (goes or governed and (verdict in ('Delete', 'Pending') or expires <= until + interval 7 days))
  and ($1 is null or team = $1)
order by goes desc nulls last, expires nulls last, account, kind, uid"""


@dataclass(frozen=True, slots=True)
class Tile:
    """A number at the head of the report."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its chart, which is empty where a chart says nothing."""

    title: str
    sentence: str
    table: PageTable
    chart: Markup = field(default_factory=Markup)


@dataclass(frozen=True, slots=True)
class Chapter:
    """Sections for the same readers."""

    anchor: str
    title: str
    sections: Sequence[Section]
    intro: str = ""
    example: str = ""


def report_html(insight: Insight, *, team: str | None = None, people: bool = False, live: bool = False) -> str:
    """Give the report as HTML: of everything, or of one team. `people` names owners; `live` links to live pages."""
    chapters = [_teams(insight, team, people=people, live=live)]
    if team is None:
        chapters = [_executives(insight), *chapters, _platform(insight)]
    return render(
        "report.html",
        live=live,
        team=team,
        since=figures.instant(insight.period.since),
        made=figures.instant(insight.period.until),
        tiles=_tiles(insight, team),
        chapters=chapters,
    )


def _tiles(insight: Insight, team: str | None) -> list[Tile]:
    if team is not None:
        row = next((row for row in insight["teams"] if row["team"] == team), None)
        if row is None:
            return [Tile("Resources", "0", "no resource belongs to this team")]
        return [
            Tile("Resources", figures.count(row["resources"]), ""),
            Tile("Cost a month", figures.usd(row, "usd_per_month"), ""),
            Tile("Compliance", figures.share(row["compliance"]), "with a valid owner and expiry"),
        ]
    (cost,), (avoided,), (compliance,), (age,) = (insight[name] for name in ("cost", "avoided", "compliance", "age"))
    return [
        Tile("Cost a month", figures.usd(cost, "usd_per_month"), f"{figures.count(cost['resources'])} resources"),
        Tile("At risk", figures.usd(cost, "usd_at_risk", "unpriced_at_risk"), "a month, without valid owner or expiry"),
        Tile("Avoided", figures.usd(avoided, "usd_so_far"), f"so far, by {avoided['deletions']} deletions"),
        Tile("Compliance", figures.share(compliance["compliance"]), f"of {compliance['governed']} governed resources"),
        Tile("Median age", figures.days(age["median_days"]), f"mean {figures.days(age['mean_days'])}"),
        Tile("Without a price", figures.share(cost["unpriced_share"]), "of the resources, in no sum of dollars"),
    ]


def _executives(insight: Insight) -> Chapter:
    bridge, by_day, teams, efficiency = (
        insight[name] for name in ("bridge", "compliance_by_day", "teams", "efficiency")
    )
    return Chapter(
        "executives",
        "For executives",
        [
            _section(
                "bridge",
                table(
                    "Cost from the start to now",
                    [words("line", "Line"), money("usd_per_month", "Cost a month"), number("resources", "Resources")],
                    bridge,
                ),
                _bridge_chart(bridge),
            ),
            _section(
                "compliance_by_day",
                table(
                    "Compliance by day",
                    [
                        PageColumn("Day", lambda row: f"{row['day']:%Y-%m-%d}"),
                        number("compliance", "Compliance", figures.share),
                        number("governed", "Governed resources"),
                    ],
                    by_day,
                ),
                line("Compliance by day", [(f"{row['day']:%Y-%m-%d}", row["compliance"] or 0) for row in by_day]),
            ),
            _section(
                "teams",
                table("Teams", _leading("team", "Team"), teams, _MOST_ROWS),
                _cost_chart("Cost a month by team", teams, "team"),
            ),
            _section(
                "efficiency",
                table(
                    "Efficiency by team",
                    [
                        words("team", "Team"),
                        PageColumn("Efficiency", _efficiency, is_number=True),
                        number("priced", "Priced resources"),
                        number("unpriced", "Unpriced"),
                    ],
                    efficiency,
                    _MOST_ROWS,
                ),
            ),
        ],
    )


def _teams(insight: Insight, team: str | None, *, people: bool, live: bool) -> Chapter:
    address = tables.resource_address if live else None
    going = table(
        "Resources that go, or expire within 7 days",
        [
            words("id", "Resource", address),
            tables.name_column(),
            words("kind", "Kind"),
            words("account", "Account"),
            words("team", "Team"),
            words("owner", "Owner", tables.owner_address if live else None),
            time("expires", "Expires", "no valid expiry"),
            PageColumn("What happens", _fate),
            money("cost_per_month", "Cost a month"),
        ],
        insight.rows(_GOING, [team]),
        _MOST_ROWS * 4,
    )
    sections = [
        Section("What goes and when", "Deletions of the last plan come first.", going),
    ]
    if team is None:
        kinds, lifetimes = insight["age_by_kind"], insight["lifetimes"]
        sections += [
            _section(
                "age_by_kind",
                table("Age by kind", [words("kind", "Kind"), *_AGE], kinds, _MOST_ROWS),
                bars(
                    "Median age by kind",
                    [
                        Bar(row["kind"], 0, row["median_days"], figures.days(row["median_days"]))
                        for row in kinds[:_MOST_BARS]
                        if row["median_days"] is not None
                    ],
                ),
            ),
            _section(
                "lifetimes",
                table(
                    "Lifetimes by kind",
                    [
                        words("kind", "Kind"),
                        number("asked_hours", "Asked (median)", figures.hours),
                        number("used_hours", "Used (median)", figures.hours),
                        number("made", "Made"),
                        number("living", "Still there"),
                    ],
                    lifetimes,
                    _MOST_ROWS,
                ),
            ),
        ]
    if people:
        sections += [
            _section("owners", table("Owners", _leading("owner", "Owner"), insight["owners"], _MOST_ROWS)),
            _section(
                "age_by_owner",
                table("Age by owner", [words("owner", "Owner"), *_AGE], insight["age_by_owner"], _MOST_ROWS),
            ),
        ]
    intro = (
        "To keep a resource, give it an owner and an expiry: the tags owner and expiration. The policy may limit how"
        " late the expiry can be, and may name other keys."
    )
    return Chapter("teams", "For teams", sections, intro, _KEEP)


def _platform(insight: Insight) -> Chapter:
    return Chapter(
        "platform",
        "For the platform",
        [
            _section(
                "looks",
                table(
                    "Accounts",
                    [
                        words("account", "Account"),
                        time("taken", "Last look"),
                        number("hours_ago", "Ago", figures.hours),
                        number("resources", "Resources"),
                        PageColumn("Complete", lambda row: "yes" if row["complete"] else "no"),
                        words("incomplete_kinds", "Kinds not listed"),
                    ],
                    insight["looks"],
                ),
            ),
            _section(
                "withheld",
                table(
                    "Withheld deletions",
                    [
                        words("reason", "Reason"),
                        number("resources", "Resources"),
                        money("usd_per_month", "Cost a month"),
                    ],
                    insight["withheld"],
                ),
            ),
            _section(
                "time_to_compliance",
                table(
                    "Time to compliance",
                    [
                        number("median_hours", "Median", figures.hours),
                        number("episodes", "Episodes"),
                        number("lasting", "Still lasting"),
                    ],
                    insight["time_to_compliance"],
                ),
            ),
            _section(
                "churn",
                table(
                    "Churn by account",
                    [
                        words("account", "Account"),
                        number("made", "Made"),
                        number("ended", "Ended"),
                        number("mean_resources", "Mean number"),
                        number("per_week", "Replaced per week", figures.share),
                    ],
                    insight["churn"],
                ),
            ),
            _section(
                "avoided",
                table(
                    "Deletions",
                    [
                        number("deletions", "Deletions"),
                        money("usd_per_month", "Cost a month"),
                        money("usd_so_far", "Avoided so far"),
                    ],
                    insight["avoided"],
                ),
            ),
            _section(
                "unpriced",
                table(
                    "Kinds without a price",
                    [
                        words("kind", "Kind"),
                        words("provider", "Provider"),
                        number("unpriced", "Unpriced"),
                        number("resources", "Resources"),
                        number("unpriced_share", "Share", figures.share),
                    ],
                    insight["unpriced"],
                    _MOST_ROWS,
                ),
            ),
        ],
    )


_AGE = (
    number("resources", "Resources"),
    number("mean_days", "Mean age", figures.days),
    number("median_days", "Median age", figures.days),
    number("updated_in_7_days", "Updated within 7 days", figures.share),
    number("unknown_age", "Age unknown"),
)


def _leading(key: str, heading: str) -> Sequence[PageColumn]:
    return (
        words(key, heading),
        number("resources", "Resources"),
        number("compliance", "Compliance", figures.share),
        money("usd_per_month", "Cost a month"),
        money("usd_at_risk", "At risk", "unpriced_at_risk"),
    )


def _section(name: str, shown: PageTable, chart: Markup | None = None) -> Section:
    indicator = BY_NAME[name]
    return Section(indicator.title, f"{indicator.sentence} Formula: {indicator.formula}.", shown, chart or Markup())


def _efficiency(row: Row) -> str:
    return "too few priced resources" if row["efficiency"] is None else figures.share(row["efficiency"])


def _fate(row: Row) -> str:
    if row["goes"]:
        return "deleted by the next run"
    if row["withheld"]:
        return f"withheld: {row['withheld']}"
    return str(row["verdict"] or "not governed")


def _bridge_chart(rows: Iterable[Row]) -> Markup:
    drawn: list[Bar] = []
    level = 0.0
    for row in rows:
        value = float(row["usd_per_month"] or 0)
        is_sum = row["line"] in {"opening", "closing"}
        start = 0.0 if is_sum else level
        level = start + value
        style = "bar" if is_sum else "more" if value > 0 else "less"
        drawn.append(Bar(row["line"], start, level, figures.usd(row, "usd_per_month"), style))
    return bars("Cost from the start to now", drawn) if any(bar.end != bar.start for bar in drawn) else Markup()


def _cost_chart(title: str, rows: Sequence[Row], key: str) -> Markup:
    shown: list[Any] = [row for row in rows if row["usd_per_month"]][:_MOST_BARS]
    return bars(title, [Bar(row[key], 0, row["usd_per_month"], figures.usd(row, "usd_per_month")) for row in shown])
