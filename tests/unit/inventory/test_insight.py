"""The indicators: planted worlds give the planted numbers, and the page shows the SQL that runs."""

import random
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagwarden.errors import BadInput
from tagwarden.inventory import Lake
from tagwarden.inventory.insight import INDICATORS, Insight, Period, TeamsOf, insight_of, load_teams
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType, Baseline, Plan, PlannedResource
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.model.verdict import Judgement, Verdict
from tests.support.builders import NOW, a_resource, a_snapshot
from tests.support.enforcement import an_entry

PAGE = Path(__file__).parents[3] / "docs" / "insight.md"
KIND = "aws_ec2_instance"


def at_hour(hour: float) -> datetime:
    return NOW + timedelta(hours=hour)


def record(root: Path, *resources: Resource, hour: float = 0, price: float | None = 10.0) -> None:
    found = a_snapshot(*resources, kinds=[KIND], taken=at_hour(hour))
    seen = Snapshot(**{**{name: getattr(found, name) for name in found.__slots__}, "id": f"snapshot-{hour:09.3f}"})
    Lake(root).record(seen, lambda each: float(each.attributes["usd"]) if "usd" in each.attributes else price)


@contextmanager
def looked(root: Path, since: float, until: float, teams: TeamsOf | None = None) -> Iterator[Insight]:
    with insight_of(Lake(root), Period(at_hour(since), at_hour(until)), teams or TeamsOf()) as insight:
        yield insight


def test_every_indicator_answers_over_an_empty_lake(tmp_path: Path) -> None:
    with looked(tmp_path, -24, 0) as insight:
        for indicator in INDICATORS:
            assert isinstance(insight[indicator.name], list), indicator.name


def test_ages_are_those_of_what_is_there(tmp_path: Path) -> None:
    record(
        tmp_path,
        a_resource(id="i-1", created=at_hour(-24)),
        a_resource(id="i-2", created=at_hour(-72), tags={"owner": "alice"}),
        a_resource(id="i-3", created=at_hour(-24 * 20)),
        a_resource(id="i-4", created=None),
    )
    with looked(tmp_path, -24, 0) as insight:
        (row,) = insight["age"]
        owners = {each["owner"]: each["median_days"] for each in insight["age_by_owner"]}
    assert (row["resources"], row["mean_days"], row["median_days"], row["unknown_age"]) == (4, 8, 3, 1)
    assert row["updated_in_7_days"] == pytest.approx(2 / 3)
    assert owners == {"alice": 3, "(no owner)": 10.5}


@pytest.mark.parametrize("planted", [20.0, 60.0])
def test_the_lifetimes_that_were_planted_are_found(tmp_path: Path, planted: float) -> None:
    """Births at a steady rate and exponential lives: the median lies within a look and the noise of the sample."""
    dice = random.Random(7)
    lives = [(born := dice.uniform(0.1, 140), born + dice.expovariate(0.6931 / planted)) for _ in range(900)]
    record(tmp_path, a_resource(id="old", created=at_hour(-900)))
    for hour in range(2, 142, 2):
        there = [
            a_resource(id=f"i-{n}", created=at_hour(born))
            for n, (born, gone) in enumerate(lives)
            if born <= hour < gone
        ]
        record(tmp_path, *there, hour=hour)
    with looked(tmp_path, 0, 140) as insight:
        (row,) = insight["lifetimes"]
    assert row["used_hours"] == pytest.approx(planted, rel=0.15, abs=2)


def test_a_lifetime_that_most_outlive_is_unknown(tmp_path: Path) -> None:
    record(tmp_path, hour=0)
    record(tmp_path, *(a_resource(id=f"i-{n}", created=at_hour(0.5)) for n in range(5)), hour=1)
    record(tmp_path, *(a_resource(id=f"i-{n}", created=at_hour(0.5)) for n in range(3)), hour=2)
    with looked(tmp_path, 0, 2) as insight:
        (row,) = insight["lifetimes"]
    assert (row["used_hours"], row["made"], row["living"]) == (None, 5, 3)


WORLDS = st.lists(
    st.dictionaries(
        st.integers(0, 6),
        st.tuples(st.sampled_from(["running", "stopped"]), st.one_of(st.none(), st.integers(0, 99_999))),
        max_size=7,
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=30, deadline=None)
@given(WORLDS, st.integers(0, 3))
def test_the_bridge_reconciles_exactly(
    tmp_path_factory: pytest.TempPathFactory,
    worlds: Sequence[dict[int, tuple[str, int | None]]],
    since: int,
) -> None:
    """Whatever is made, changed, gone, or unpriced: the lines between add up to the closing cost."""
    root = tmp_path_factory.mktemp("lake")
    for hour, world in enumerate(worlds):
        there = [
            a_resource(
                id=f"i-{n}",
                state=state,
                created=at_hour(n - 3),
                attributes={} if cents is None else {"usd": cents / 100},
            )
            for n, (state, cents) in world.items()
        ]
        record(root, *there, hour=hour, price=None)
    with looked(root, since + 0.5, len(worlds)) as insight:
        lines = {row["line"]: row["usd_per_month"] or Decimal(0) for row in insight["bridge"]}
    closing = lines.pop("closing")
    assert sum(lines.values()) == closing
    assert float(closing) == pytest.approx(sum((cents or 0) / 100 for _, cents in worlds[-1].values()))


def test_cost_without_a_price_is_unknown_and_not_zero(tmp_path: Path) -> None:
    record(tmp_path, a_resource(id="i-1"), a_resource(id="i-2"), price=None)
    with looked(tmp_path, -1, 0) as insight:
        (row,) = insight["cost"]
        (kind,) = insight["unpriced"]
    assert (row["usd_per_month"], row["unpriced"], row["unpriced_share"]) == (None, 2, 1)
    assert (kind["kind"], kind["unpriced"]) == (KIND, 2)


def test_the_team_is_a_tag_or_follows_from_the_owner(tmp_path: Path) -> None:
    record(
        tmp_path,
        a_resource(id="i-1", tags={"squad": "blue", "owner": "alice"}),
        a_resource(id="i-2", tags={"owner": "alice"}),
        a_resource(id="i-3"),
    )
    with looked(tmp_path, -1, 0, TeamsOf("squad", {"alice": "red"})) as insight:
        assert {row["team"] for row in insight["teams"]} == {"blue", "red", "(no team)"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("alice,red\n", ":1: the first line must be owner,team"),
        ("owner,team\nalice\n", ":2: write one owner and one team"),
        ("owner,team\nalice,red\nalice,blue\n", ":3: alice already belongs to red"),
    ],
)
def test_a_wrong_list_of_teams_gets_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "teams.csv"
    path.write_text(text)
    with pytest.raises(BadInput, match=re.escape(complaint)):
        load_teams(path)


def test_the_page_shows_the_sql_that_runs() -> None:
    page = PAGE.read_text(encoding="utf-8")
    shown = re.findall(r"^### (.+)\n\n(.+)\n\nFormula: (.+)\n\n```sql\n((?s:.*?))\n```$", page, re.MULTILINE)
    assert [(row.title, row.sentence, row.formula, row.sql) for row in INDICATORS] == shown


# Judgements and deletions


def judge(root: Path, hour: float, **verdicts: Verdict) -> None:
    """Let a policy judge resources; each costs ten dollars a month."""
    planned = tuple(
        PlannedResource(found := a_resource(id=name), Judgement(found.uid, verdict), cost=10.0)
        for name, verdict in verdicts.items()
    )
    at = at_hour(hour)
    Lake(root).judge(Plan("dev", 1, at, (), planned, "hash", Baseline(at)))


def test_compliance_is_weighted_by_time_and_counts_the_governed_alone(tmp_path: Path) -> None:
    record(tmp_path, a_resource(id="a"), a_resource(id="b"), a_resource(id="c"))
    judge(tmp_path, 0, a=Verdict.COMPLIANT, b=Verdict.PENDING, c=Verdict.PROTECTED)
    judge(tmp_path, 6, a=Verdict.COMPLIANT, b=Verdict.COMPLIANT, c=Verdict.PROTECTED)
    with looked(tmp_path, -12, 8) as insight:
        (now,) = insight["compliance"]
        (day,) = insight["compliance_by_day"]
    assert (now["governed"], now["compliant"], now["compliance"]) == (2, 2, 1)
    assert day["compliance"] == pytest.approx((8 + 2) / 16)
    assert day["governed"] == 2


def test_time_to_compliance_counts_those_that_still_wait(tmp_path: Path) -> None:
    """Corrected after 4 h, gone after 6 h, and two that still wait after 8 h: the median is 6 h, not 5 h."""
    pending = Verdict.PENDING
    judge(tmp_path, 0, a=pending, b=pending, c=pending, d=pending)
    judge(tmp_path, 2, a=Verdict.DELETE, b=pending, c=pending, d=pending)  # another verdict, the same episode
    judge(tmp_path, 4, a=Verdict.COMPLIANT, b=pending, c=pending, d=pending)
    judge(tmp_path, 6, a=Verdict.COMPLIANT, c=pending, d=pending)
    judge(tmp_path, 8, a=Verdict.COMPLIANT, c=pending, d=pending)
    with looked(tmp_path, -1, 8) as insight:
        (row,) = insight["time_to_compliance"]
    assert (row["median_hours"], row["episodes"], row["lasting"]) == (6, 4, 2)


def test_cost_at_risk_is_that_of_governed_resources_that_are_not_compliant(tmp_path: Path) -> None:
    record(tmp_path, *(a_resource(id=name) for name in "abcd"))
    judge(tmp_path, 0, a=Verdict.COMPLIANT, b=Verdict.DELETE, c=Verdict.PROTECTED)
    with looked(tmp_path, -1, 1) as insight:
        (cost,) = insight["cost"]
        (group, ungoverned) = sorted(insight["by_group"], key=lambda row: row["policy"], reverse=True)
    assert (cost["usd_per_month"], cost["usd_at_risk"]) == (40, 10)
    assert (group["policy"], group["usd_at_risk"], group["compliance_ratio"]) == ("dev", 10, 0.5)
    assert (ungoverned["policy"], ungoverned["usd_at_risk"], ungoverned["compliance_ratio"]) == ("", None, None)


def test_a_deletion_is_credited_for_thirty_days_at_most(tmp_path: Path) -> None:
    record(tmp_path, a_resource(id="a"), a_resource(id="b"), price=7.3)
    record(tmp_path, a_resource(id="c"), hour=1, price=None)
    record(tmp_path, hour=2)
    deleted = [
        an_entry(name, uid=a_resource(id=name).uid, action=ActionType.DELETE, state=state, at=at_hour(1), finished=end)
        for name, state, end in (
            ("a", ActionState.VERIFIED, at_hour(1)),
            ("b", ActionState.FAILED, at_hour(1)),
            ("c", ActionState.VERIFIED, at_hour(2)),
        )
    ]
    Lake(tmp_path).keep_actions(lambda _: deleted, at_hour(3))
    for until, credited in ((11, 0.1), (5000, 7.3)):
        with looked(tmp_path, 0, until) as insight:
            (row,) = insight["avoided"]
            (group,) = insight["avoided_by_group"]
        assert (row["deletions"], row["unpriced"]) == (2, 1)
        assert row["usd_so_far"] == pytest.approx(credited) == group["usd_so_far"]


def test_what_tagwarden_deleted_is_told_apart_in_the_bridge(tmp_path: Path) -> None:
    ours, other = a_resource(id="a"), a_resource(id="b")
    record(tmp_path, ours, other)
    record(tmp_path, hour=2)
    entry = an_entry(
        uid=ours.uid,
        created=ours.created,
        action=ActionType.DELETE,
        state=ActionState.VERIFIED,
        at=at_hour(1),
        finished=at_hour(1),
    )
    Lake(tmp_path).keep_actions(lambda _: [entry], at_hour(3))
    with looked(tmp_path, 0, 3) as insight:
        lines = {row["line"]: float(row["usd_per_month"] or 0) for row in insight["bridge"]}
    assert (lines["opening"], lines["closing"]) == (20, 0)
    assert (lines["deleted by Tagwarden"], lines["gone otherwise"]) == (-10, -10)
