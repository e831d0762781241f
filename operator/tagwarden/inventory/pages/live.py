"""Live pages: searches, a resource with its story and neighbourhood, owners and policies. Pure of HTTP."""

from collections.abc import Sequence

import orjson

from tagwarden.inventory.insight import Insight
from tagwarden.inventory.pages import figures, tables
from tagwarden.inventory.pages.charts import Neighbour, neighbourhood
from tagwarden.inventory.pages.rendering import render
from tagwarden.inventory.pages.tables import PageColumn, PageTable, Row, money, number, table, time, words

_MOST_FOUND = 200
_MOST_WORDS = 10
_MOST_NEIGHBOURS = 12
_MOST_STATES = 100

_COLUMNS = """select account, kind, id, name, uid, region, owner, team, policy, verdict, expires, withheld, goes,
  cost_per_month, cost_per_month is null as unpriced
from present"""
_ORDER = "order by account, kind, id, uid"
_NOW = """select *, cost_per_month is null as unpriced from resources_now where uid = ? order by account"""
_STATES = """select account, kind, id, name, state, region, created, tags, attributes, valid_from, valid_to, last_seen
from resources where uid = ? order by valid_from desc limit ?"""
_JUDGEMENTS = """select policy, account, verdict, findings, owner, expires, withheld, withheld_message,
  valid_from, valid_to
from judgements where uid = ? order by valid_to nulls first, valid_from desc limit ?"""
_ACTIONS = """select started, policy, action, rule, state, reason, message, actor, approved_by
from actions where uid = ? order by started desc limit ?"""
_NEIGHBOURS = """select
  edge.source = $1 as is_target, edge.meaning, if(edge.source = $1, edge.target, edge.source) as uid,
  other.kind, other.id, other.name, other.uid is not null as collected
from (select distinct source, meaning, target from edges_now where source = $1 or target = $1) as edge
left join resources_now as other on other.uid = if(edge.source = $1, edge.target, edge.source)
order by is_target, meaning, other.kind, uid"""

_FOUND = (
    words("id", "Resource", tables.resource_address),
    tables.name_column(),
    words("kind", "Kind"),
    words("account", "Account"),
    words("region", "Region"),
    words("owner", "Owner", tables.owner_address),
    time("expires", "Expires"),
    words("verdict", "Verdict"),
    words("policy", "Policy", tables.policy_address),
    money("cost_per_month", "Cost a month"),
)


def search_page(insight: Insight, searched: str) -> str:
    """Give the resources whose text has every word, of any case; all without words."""
    wanted = searched.lower().split()[:_MOST_WORDS]
    condition = " and ".join("contains(text, ?)" for _ in wanted) or "true"
    # Only question marks are put in.
    rows = insight.rows(f"{_COLUMNS} where {condition} {_ORDER}", wanted)
    sentence = "" if rows else "No resource has all of these words; try fewer, or a part of an id, name, kind or tag."
    return _list("Resources", [_found(f"{len(rows)} resources", rows)], sentence, searched)


def owner_page(insight: Insight, owner: str) -> str | None:
    """Give the resources of an owner; None without any."""
    rows = insight.rows(f"{_COLUMNS} where owner = ? {_ORDER}", [owner])
    ranked = [row for row in insight["owners"] if row["owner"] == owner]
    columns = (
        number("resources", "Resources"),
        number("compliance", "Compliance", figures.share),
        money("usd_per_month", "Cost a month"),
        money("usd_at_risk", "At risk", "unpriced_at_risk"),
    )
    shown = [table("In numbers", columns, ranked), _found("Resources", rows)]
    return _list(f"Owner {owner}", shown) if rows else None


def policy_page(insight: Insight, policy: str) -> str | None:
    """Give the verdicts of a policy, and the resources that are not compliant; None without any."""
    verdicts = insight.rows(
        "select verdict, count(*) as resources from judgements where policy = ? and valid_to is null"
        " group by verdict order by resources desc, verdict",
        [policy],
    )
    rows = insight.rows(f"{_COLUMNS} where policy = ? and not compliant {_ORDER}", [policy])
    counted = table("Verdicts", [words("verdict", "Verdict"), number("resources", "Resources")], verdicts)
    shown = [counted, _found("Resources that are not compliant", rows)]
    return _list(f"Policy {policy}", shown) if verdicts else None


def resource_page(insight: Insight, uid: str) -> str | None:
    """Give everything that is known of a resource, of one that is gone too; None for an unknown uid."""
    states = insight.rows(_STATES, [uid, _MOST_STATES])
    if not states:
        return None
    now = insight.rows(_NOW, [uid])
    judged = insight.rows(_JUDGEMENTS, [uid, _MOST_STATES])
    near = insight.rows(_NEIGHBOURS, [uid])
    latest = states[0]
    title = f"{latest['kind']} {latest['name'] or latest['id']}"
    return render(
        "resource.html",
        title=title,
        facts=_facts(uid, latest, now),
        judgements=_judgements(judged),
        findings=[
            {"policy": row["policy"], **finding}
            for row in judged
            if row["valid_to"] is None
            for finding in row["findings"] or ()
        ],
        picture=_picture(title, near),
        neighbours=table(
            "Neighbours",
            [
                PageColumn("Relation", _relation),
                words("kind", "Kind"),
                words("id", "Id"),
                tables.name_column(),
                words("uid", "Uid", lambda row: tables.resource_address(row) if row["collected"] else ""),
            ],
            near,
        ),
        states=table(
            "States, the newest first",
            [
                time("valid_from", "From"),
                time("valid_to", "Until", "now"),
                words("state", "State"),
                PageColumn("Tags", lambda row: _tags(row["tags"])),
                PageColumn("Attributes", lambda row: _attributes(row["attributes"])),
            ],
            states,
        ),
        actions=table(
            "Actions, the newest first",
            [
                time("started", "Started"),
                words("action", "Action"),
                words("state", "State"),
                words("rule", "Rule"),
                words("message", "Message"),
                words("policy", "Policy", tables.policy_address),
                words("actor", "Actor"),
                words("approved_by", "Approved by"),
            ],
            insight.rows(_ACTIONS, [uid, _MOST_STATES]),
        ),
    )


def missing_page(told: str) -> str:
    """Give the page for an address that leads nowhere."""
    return _list("Not found", [], told, "")


def _list(title: str, shown: Sequence[PageTable], sentence: str = "", searched: str | None = None) -> str:
    return render("list.html", title=title, tables=shown, sentence=sentence, searched=searched)


def _found(caption: str, rows: Sequence[Row]) -> PageTable:
    return table(caption, _FOUND, rows, _MOST_FOUND)


def _facts(uid: str, latest: Row, now: Sequence[Row]) -> PageTable:
    told: list[tuple[str, str]] = [
        ("Uid", uid),
        ("Kind", latest["kind"]),
        ("Id", latest["id"]),
        ("Account", latest["account"]),
        ("Region", latest["region"] or ""),
        ("Created", figures.instant(latest["created"], figures.UNKNOWN)),
        ("Last seen", figures.instant(latest["last_seen"])),
    ]
    if not now:
        told.append(("Now", f"gone, no later than {figures.instant(latest['valid_to'])}"))
    for row in now:
        told += [
            ("State", row["state"]),
            ("Owner", row["owner"] or figures.UNKNOWN),
            ("Expires", figures.instant(row["expires"], figures.UNKNOWN)),
            ("Verdict", row["verdict"] or "not governed by any policy"),
            ("Cost a month", figures.usd(row, "cost_per_month")),
            ("Withheld", row["withheld"] or ""),
        ]
    columns = [words("fact", "Fact"), words("value", "Value")]
    return table("Facts", columns, [{"fact": name, "value": value} for name, value in told if value])


def _judgements(rows: Sequence[Row]) -> PageTable:
    return table(
        "Judgements, the present ones first",
        [
            words("policy", "Policy", tables.policy_address),
            words("verdict", "Verdict"),
            words("owner", "Owner"),
            time("expires", "Expires"),
            PageColumn("Withheld", lambda row: row["withheld_message"] or row["withheld"] or ""),
            time("valid_from", "From"),
            time("valid_to", "Until", "now"),
        ],
        rows,
    )


def _picture(title: str, near: Sequence[Row]) -> object:
    def drawn(rows: Sequence[Row]) -> list[Neighbour]:
        shown = [
            Neighbour(
                f"{row['kind'] or ''} {row['name'] or row['id'] or row['uid']}".strip(),
                _relation(row),
                tables.resource_address(row) if row["collected"] else "",
            )
            for row in rows[:_MOST_NEIGHBOURS]
        ]
        more = len(rows) - len(shown)
        return [*shown, Neighbour(f"{more} more in the table", "")] if more else shown

    pointing = [row for row in near if not row["is_target"]]
    targets = [row for row in near if row["is_target"]]
    return neighbourhood(f"Neighbourhood of {title}", title, drawn(pointing), drawn(targets))


def _relation(row: Row) -> str:
    return f"it {row['meaning']}" if row["is_target"] else f"{row['meaning']} it"


def _tags(tags: object) -> str:
    pairs = tags.items() if isinstance(tags, dict) else tags or ()
    return ", ".join(f"{key}={value}" for key, value in pairs)  # type: ignore[attr-defined]


def _attributes(text: str | None) -> str:
    return ", ".join(f"{key}={value}" for key, value in orjson.loads(text or "{}").items())
