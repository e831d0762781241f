"""The figures of a report: every resource once, as it is after the pass; and how metrics add figures up."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType, PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.report import FindingCount, ResourceCount
from tagwarden.model.resource import ProviderName
from tagwarden.model.verdict import Verdict
from tagwarden.reporting.figures import Distribution, merged, without
from tagwarden.reporting.metric_table import WINDOWS
from tests.support.builders import NOW
from tests.unit.reporting.reports import became, planned, report

DELETE = ActionType.DELETE
VERDICTS = (Verdict.COMPLIANT, Verdict.DELETE, Verdict.CONFLICT)
ends = st.none() | st.integers(-20 * 24 * 60, 20 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))


def resources() -> st.SearchStrategy[list[PlannedResource]]:
    return st.lists(
        st.builds(
            lambda uid, account, verdict, expires, created: planned(
                str(uid), verdict, account=account, expires=expires, created=created
            ),
            st.uuids(),
            st.sampled_from(("one", "other")),
            st.sampled_from(VERDICTS),
            ends,
            ends,
        ),
        max_size=12,
    )


@given(resources())
def test_every_resource_is_in_one_window(found: list[PlannedResource]) -> None:
    """Whatever its expiry, a resource counts in exactly one of the documented windows."""
    figures = report(found).figures

    assert len(found) == sum(row.count for row in figures.expiring)
    assert {row.window for row in figures.expiring} <= set(WINDOWS)


@given(resources())
def test_ages_are_those_that_are_known(found: list[PlannedResource]) -> None:
    """A resource of unknown age is in no bucket; one from the future, by a clock that is ahead, is new."""
    known = [each for each in found if each.resource.created]
    ages = report(found).figures.ages

    assert len(known) == sum(sum(row.buckets) for row in ages)
    assert all(row.seconds >= 0 for row in ages)


@given(resources())
def test_forgetting_an_account_leaves_exactly_the_others(found: list[PlannedResource]) -> None:
    """What is left is what a plan without that account would have shown."""
    others = [each for each in found if each.resource.account != "one"]

    assert report(others).figures == without(report(found).figures, "one")


@given(resources(), resources())
def test_resources_of_policies_add_up_but_for_conflicts(
    first: list[PlannedResource], second: list[PlannedResource]
) -> None:
    """A resource is governed by one policy, or is in conflict and in the plan of each (S16)."""
    governed = [each for each in (*first, *second) if each.judgement.verdict is not Verdict.CONFLICT]
    rows = [row for each in (first, second) for row in report(each).figures.resources]
    total = merged(((row.account, row.kind, row.verdict), row.count) for row in rows)

    assert len(governed) == sum(count for labels, count in total.items() if labels[-1] != "Conflict")


@given(st.lists(st.floats(-1e9, 1e9)), st.lists(st.floats(-1e9, 1e9)))
def test_distributions_add_up(first: list[float], second: list[float]) -> None:
    """Two distributions added are that of all values."""
    total, one, other = (Distribution((0.0, 1.0, 60.0)) for _ in range(3))
    for value in first:
        one.observe(value)
    for value in second:
        other.observe(value)
    for value in (*first, *second):
        total.observe(value)

    one.add(other)

    assert total.counts == one.counts


def test_what_went_along_is_saved_too() -> None:
    """A volume goes with its instance; what failed, waits or stayed saves nothing."""
    instance, waits, nat = (planned(uid, Verdict.DELETE, DELETE, cost=70.0) for uid in ("i-1", "i-2", "nat"))
    found = [
        instance,
        planned("vol-1", Verdict.REPORT, taken_by="i-1", cost=8.0),
        planned("eni-1", Verdict.REPORT, taken_by="vol-1"),
        waits,
        planned("vol-2", Verdict.REPORT, taken_by="i-2", cost=4.0),
        nat,
        planned("stays", Verdict.REPORT, cost=99.0),
    ]
    outcomes = [
        became(instance, ActionState.VERIFIED),
        became(waits, ActionState.WAITING),
        became(nat, ActionState.FAILED),
    ]

    (saved,) = report(found, outcomes, has_prices=True).saved

    assert (ProviderName.AWS, 78.0, 1) == (saved.provider, saved.usd_per_month, saved.unpriced)


def test_without_prices_nothing_is_said_of_savings() -> None:
    """Not even that they are nothing."""
    gone = planned("i-1", Verdict.DELETE, DELETE)

    assert () == report([gone], [became(gone, ActionState.VERIFIED)]).saved


def test_figures_show_the_world_after_the_pass() -> None:
    """What was deleted is gone with what went along, what was written is in order, what was refused is still there."""
    deleted, gone, refused, waits = (
        planned(uid, Verdict.DELETE, DELETE) for uid in ("deleted", "gone", "refused", "waits")
    )
    written = planned("written", Verdict.FIX, ActionType.SET_TAGS)
    along = planned("along", Verdict.DELETE, taken_by="deleted")
    outcomes = [
        became(deleted, ActionState.VERIFIED),
        became(gone, ActionState.SKIPPED, Reason.NotFound),
        became(written, ActionState.VERIFIED),
        became(refused, ActionState.FAILED),
        became(waits, ActionState.WAITING),
    ]

    figures = report([deleted, along, gone, written, refused, waits], outcomes).figures

    row = {"account": "aws-dev", "provider": ProviderName.AWS, "kind": "aws_ec2_volume"}
    assert {
        ResourceCount(**row, verdict=Verdict.DELETE, count=2, open=2),
        ResourceCount(**row, verdict=Verdict.COMPLIANT, count=1),
    } == set(figures.resources)
    assert (FindingCount(account="aws-dev", reason=Reason.Untagged, count=2),) == figures.findings
    assert 3 == sum(each.count for each in figures.expiring)
