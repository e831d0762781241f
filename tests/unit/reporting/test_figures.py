from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tagwarden.reporting.figures import WINDOWS, Distribution, PlanFigures, merged, pass_figures, plan_figures
from tests.support.builders import NOW

VERDICTS = ("Compliant", "Delete", "Conflict")
ends = st.none() | st.integers(-20 * 24 * 60, 20 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))


def entries() -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(
        st.builds(
            lambda uid, account, verdict, expires, created: {
                "uid": str(uid),
                "account": account,
                "provider": "AWS",
                "kind": "aws_sqs_queue",
                "category": "queue",
                "verdict": verdict,
                "expires": expires and expires.isoformat(),
                "created": created and created.isoformat(),
                "findings": [],
            },
            st.uuids(),
            st.sampled_from(("one", "other")),
            st.sampled_from(VERDICTS),
            ends,
            ends,
        )
    )


def figures_of(resources: list[dict[str, Any]]) -> PlanFigures:
    figures = plan_figures({"generatedAt": NOW.isoformat(), "resources": resources})
    assert figures is not None
    return figures


@given(entries())
def test_every_resource_is_in_one_window(resources: list[dict[str, Any]]) -> None:
    """Whatever its expiry, a resource counts in exactly one of the documented windows."""
    figures = figures_of(resources)

    assert len(resources) == sum(figures.expiring.values())
    assert {window for _, _, window in figures.expiring} <= set(WINDOWS)


@given(entries())
def test_ages_are_those_that_are_known(resources: list[dict[str, Any]]) -> None:
    """A resource of unknown age is in no bucket; one from the future, by a clock that is ahead, is new."""
    known = [entry for entry in resources if entry["created"]]
    ages = figures_of(resources).ages.values()

    assert len(known) == sum(sum(each.counts) for each in ages)
    assert all(each.sum >= 0 for each in ages)


@given(entries())
def test_forgetting_an_account_leaves_exactly_the_others(resources: list[dict[str, Any]]) -> None:
    """What is left is what a plan without that account would have shown."""
    others = [entry for entry in resources if entry["account"] != "one"]

    assert figures_of(others) == figures_of(resources).without("one")


@given(entries(), entries())
def test_resources_of_policies_add_up_but_for_conflicts(
    first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> None:
    """A resource is governed by one policy, or is in conflict and in the plan of each (S16)."""
    governed = [entry for entry in (*first, *second) if entry["verdict"] != "Conflict"]
    total = merged([figures_of(first).resources, figures_of(second).resources])

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


def priced(uid: str, cost: float | None, **entry: Any) -> dict[str, Any]:
    kind = {"provider": "AWS", "kind": "aws_ec2_instance"}
    return {"uid": uid, **kind, "costPerMonth": cost, "takenBy": None, **entry}


def deleted(uid: str, state: str = "Verified") -> dict[str, Any]:
    return {"uid": uid, "type": "Delete", "state": state, "reason": "Expired"}


def test_what_went_along_is_saved_too() -> None:
    """A volume goes with its instance; what failed, waits or stayed saves nothing."""
    resources = [
        priced("i-1", 70.0),
        priced("vol-1", 8.0, takenBy="i-1"),
        priced("eni-1", None, takenBy="vol-1"),
        priced("i-2", 30.0),
        priced("vol-2", 4.0, takenBy="i-2"),
        priced("nat", 38.0),
        priced("stays", 99.0),
    ]
    outcomes = [deleted("i-1"), deleted("i-2", "Waiting"), deleted("nat", "Failed"), deleted("gone")]

    figures = pass_figures({"hasPrices": True, "resources": resources, "outcomes": outcomes})

    assert {("AWS",): 78.0} == figures.saved
    assert {("AWS",): 1} == figures.saved_unpriced


def test_without_prices_nothing_is_said_of_savings() -> None:
    """Not even that they are nothing."""
    figures = pass_figures({"hasPrices": False, "resources": [priced("i-1", None)], "outcomes": [deleted("i-1")]})

    assert ({}, {}) == (figures.saved, figures.saved_unpriced)


def judged(uid: str, verdict: str, **entry: Any) -> dict[str, Any]:
    return {
        "uid": uid,
        "account": "one",
        "provider": "AWS",
        "kind": "aws_ec2_volume",
        "category": "volume",
        "verdict": verdict,
        "findings": [{"reason": "Untagged"}],
        **entry,
    }


def test_gauges_show_the_world_after_the_pass() -> None:
    """What was deleted is gone with what went along, what was written is in order, what was refused is still there."""
    resources = [
        judged("deleted", "Delete"),
        judged("along", "Delete", takenBy="deleted"),
        judged("gone-already", "Delete"),
        judged("written", "Fix"),
        judged("refused", "Delete"),
        judged("waits", "Delete"),
    ]
    outcomes = [
        deleted("deleted"),
        {**deleted("gone-already", "Skipped"), "reason": "NotFound"},
        {**deleted("written"), "type": "SetTags"},
        deleted("refused", "Failed"),
        deleted("waits", "Waiting"),
    ]

    figures = plan_figures({"generatedAt": NOW.isoformat(), "resources": resources, "outcomes": outcomes})

    assert figures is not None
    of_kind = ("one", "AWS", "aws_ec2_volume")
    assert {(*of_kind, "Delete"): 2, (*of_kind, "Compliant"): 1} == figures.resources
    assert {("one", "Untagged"): 2} == figures.findings
    assert 3 == sum(figures.expiring.values())
