"""From the answer of a child to what the status says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tagwarden.controller.children import Finished
from tagwarden.controller.collected import Collected, read_collected
from tagwarden.controller.results import PassResult, read_pass
from tagwarden.model.reasons import Reason
from tagwarden.model.status import PendingPlan, Summary

AT = "2026-09-01T12:00:00+00:00"


def resource(uid: str, verdict: str, *actions: str, withheld: tuple[str, str] | None = None) -> dict[str, Any]:
    return {
        "uid": uid,
        "account": "aws-dev",
        "region": "eu-central-1",
        "namespace": "",
        "kind": "aws_ec2_volume",
        "id": uid,
        "name": f"volume {uid}",
        "verdict": verdict,
        "findings": [{"reason": "Untagged", "message": f"{uid} says nothing"}] if verdict != "Compliant" else [],
        "actions": [{"type": action} for action in actions],
        "withheld": withheld and {"reason": withheld[0], "message": withheld[1]},
    }


def outcome(uid: str, type_: str, state: str, reason: str = "Untagged", message: str = "") -> dict[str, Any]:
    return {"uid": uid, "type": type_, "state": state, "reason": reason, "message": message}


def read(resources: list[dict[str, Any]], outcomes: list[dict[str, Any]] | None = None, **more: Any) -> PassResult:
    answer = {"hash": "h1", "generatedAt": AT, "resources": resources, "outcomes": outcomes or [], **more}
    found = read_pass(answer, approval_valid=None)
    assert found is not None
    return found


def test_counts_verdicts_and_what_was_done() -> None:
    """The summary says what is there and what became of it; something gone before we came is deleted too."""
    resources = [
        resource("a", "Compliant"),
        resource("b", "Fix", "SetTags"),
        resource("c", "Shorten", "SetTags"),
        resource("d", "Delete", "Delete"),
        resource("e", "Delete", "Delete"),
        resource("f", "Delete", "Delete"),
        resource("g", "Delete", "Delete"),
        resource("h", "Pending"),
        resource("i", "Protected"),
        resource("j", "Delete", withheld=("DependentInUse", "alice uses it")),
    ]
    outcomes = [
        outcome("b", "SetTags", "Verified"),
        outcome("c", "SetTags", "Verified"),
        outcome("d", "Delete", "Verified"),
        outcome("e", "Delete", "Skipped", "NotFound"),
        outcome("f", "Delete", "Failed", "AccessDenied", "no"),
        outcome("g", "Delete", "Withheld", "Changed", "it has tags now"),
    ]

    found = read(resources, outcomes)

    assert (
        Summary(scanned=10, compliant=1, pending=1, protected=1, fixed=1, shortened=1, deleted=2, withheld=2, failed=1)
        == found.summary
    )
    assert ("Delete f: no",) == found.failures
    assert 4 == found.open_count


def test_s9_a_limit_that_others_used_up_meanwhile_is_told_as_one_of_the_plan() -> None:
    """S9: a limit reached between the plan and its first deletion makes WithinLimits false just the same."""
    resources = [resource(uid, "Delete", "Delete") for uid in "ab"]
    outcomes = [outcome(uid, "Delete", "Withheld", "LimitPerHour", "the plan deletes 2, and 9 were") for uid in "ab"]

    found = read(resources, outcomes)

    assert (Reason.LimitPerHour, "the plan deletes 2, and 9 were") == found.stopped
    assert () == found.failures


def test_what_is_left_of_a_plan_is_shown() -> None:
    """In Audit that is the whole plan; nothing at all is no plan."""
    resources = [
        resource("a", "Fix", "SetTags"),
        resource("b", "Shorten", "SetTags"),
        resource("c", "Delete", "Delete"),
    ]

    whole = read(resources)
    done = read(resources, [outcome(uid, "SetTags", "Verified") for uid in "abc"])

    assert PendingPlan(hash="h1", deletions=1, fixes=1, shortenings=1) == whole.pending
    assert done.pending is None


def test_a_plan_that_waits_for_approval_says_until_when() -> None:
    """An approval does not hold for ever."""
    answer = {"hash": "h1", "generatedAt": AT, "resources": [resource("c", "Delete", "Delete")]}

    found = read_pass(answer, approval_valid=timedelta(hours=24))

    assert found is not None
    assert found.pending is not None
    assert datetime(2026, 9, 2, 12, tzinfo=UTC) == found.pending.expires_at


def test_the_gravest_findings_come_first_and_the_rest_is_counted() -> None:
    """A status is no report: twenty lines, then how many more."""
    resources = [resource(f"r{number:02}", "Report") for number in range(24)] + [resource("d", "Delete", "Delete")]

    found = read(resources)

    assert 21 == len(found.findings)
    assert "aws-dev: aws_ec2_volume volume d in eu-central-1: Delete: d says nothing" == found.findings[0]
    assert "and 5 more" == found.findings[-1]


def test_a_finding_tells_what_became_of_it() -> None:
    """Done, withheld or failed, in the same line."""
    resources = [
        resource("a", "Delete", "Delete"),
        resource("b", "Delete", "Delete"),
        resource("c", "Delete", withheld=("DependentInUse", "alice uses it")),
    ]
    outcomes = [outcome("a", "Delete", "Verified"), outcome("b", "Delete", "Failed", "AccessDenied", "no")]

    found = [line.rpartition("says nothing; ")[2] for line in read(resources, outcomes).findings]

    assert ["failed, AccessDenied: no", "withheld, DependentInUse: alice uses it", "done"] == found


def test_what_is_left_to_do_is_named_before_what_is_done() -> None:
    """After a pass that deleted much, the twenty lines are for what somebody still has to look at."""
    resources = [
        resource("a", "Delete", "Delete"),
        resource("b", "Delete", withheld=("DependentInUse", "alice uses it")),
        resource("c", "Report"),
    ]

    found = read(resources, [outcome("a", "Delete", "Verified")]).findings

    assert ["b", "c", "a"] == [line.split()[3] for line in found]


def test_s13_what_comes_back_in_a_loop_is_told_in_the_status() -> None:
    """It is left alone, and nobody looks what makes it unless the status names it."""
    resources = [resource("a", "Managed", withheld=("RecreateLoop", "it came back")), resource("b", "Managed")]

    found = read(resources)

    assert 1 == found.open_count
    assert 1 == len(found.findings)
    assert found.findings[0].endswith("Managed: a says nothing; withheld, RecreateLoop: it came back")


def test_a_limit_is_told_from_an_approval() -> None:
    """A limit keeps deletions back; a plan that waits for approval is within its limits."""
    limit = read([], stopped={"reason": "LimitPerRun", "message": "60 of 50"})
    waiting = read([], run={"id": "r", "problems": ["x"], "stopped": {"reason": "NotApproved", "message": "h1"}})

    assert ((Reason.LimitPerRun, "60 of 50"), None) == (limit.stopped, limit.held)
    assert (None, (Reason.NotApproved, "h1")) == (waiting.stopped, waiting.held)
    assert ("r", ("x",)) == (waiting.run_id, waiting.source_problems)


@pytest.mark.parametrize("answer", [{}, {"hash": None}, {"error": "x"}])
def test_an_answer_without_a_plan_is_none(answer: dict[str, Any]) -> None:
    """A child that failed has no plan to show."""
    assert read_pass(answer, approval_valid=None) is None


ACCOUNT = {
    "account": "aws-dev",
    "snapshot": "s1",
    "identity": {"account": "123456789012", "caller": "arn:aws:iam::123456789012:user/x"},
    "time": "2026-09-01T12:00:00.123456+00:00",
    "resources": 12,
    "edges": 3,
    "durationSeconds": 1.5,
    "apiCalls": 40,
    "incomplete": [
        {"kind": "aws_s3_bucket", "region": "", "reason": "AccessDenied", "message": "no"},
        {"kind": "*", "region": "us-east-1", "reason": "Unreachable", "message": "gone"},
    ],
}


def collected(status: int, answer: dict[str, Any], *lines: str, timed_out: bool = False) -> Collected:
    return read_collected(Finished(status, answer, lines, timed_out), "aws-dev")


def test_a_snapshot_and_its_gaps_are_told() -> None:
    """What could not be listed is named by kind and region (S3, S12)."""
    found = collected(0, {"accounts": [ACCOUNT]})

    assert found.snapshot is not None
    assert ("s1", 12, datetime(2026, 9, 1, 12, tzinfo=UTC)) == (
        found.snapshot.id,
        found.snapshot.resources,
        found.snapshot.time,
    )
    assert ("aws_s3_bucket: AccessDenied: no", "* in us-east-1: Unreachable: gone") == found.problems
    assert found.failure is None


def test_an_account_that_cannot_be_read_says_why() -> None:
    """The vendor's reason becomes the condition's."""
    found = collected(
        1, {"accounts": [{"account": "aws-dev", "error": {"reason": "WrongAccount", "message": "not it"}}]}
    )

    assert (Reason.WrongAccount, "not it") == found.failure


@pytest.mark.parametrize(
    ("status", "timed_out", "expected"),
    [(2, False, Reason.InvalidSpec), (1, False, Reason.Failed), (-9, True, Reason.TimedOut)],
)
def test_a_child_without_an_answer_is_a_failure_with_its_words(status: int, timed_out: bool, expected: Reason) -> None:
    """Bad input, a crash and a hang are told apart."""
    found = collected(status, {}, "tagwarden: what it said", timed_out=timed_out)

    assert (expected, "what it said") == found.failure


def costing(cost: float | None, entry: dict[str, Any], taker: str = "") -> dict[str, Any]:
    return {**entry, "costPerMonth": cost, "takenBy": taker or None}


def test_a_pending_plan_says_what_it_would_save() -> None:
    """With what goes along, and only what is left to do."""
    resources = [
        costing(70.5, resource("a", "Delete", "Delete")),
        costing(8.0, resource("b", "Report"), taker="a"),
        costing(3.0, resource("c", "Delete", "Delete")),
        costing(4.0, resource("d", "Report"), taker="c"),
        costing(99.0, resource("e", "Compliant")),
    ]

    left = read(resources, [outcome("c", "Delete", "Verified")], hasPrices=True)
    partly = read([*resources, costing(None, resource("f", "Delete", "Delete"))], hasPrices=True)

    assert left.pending is not None
    assert "78.50 USD" == left.pending.saved_per_month
    assert partly.pending is not None
    assert "85.50 USD, as far as known: 4 of 5 have a price" == partly.pending.saved_per_month


@pytest.mark.parametrize(
    ("has_prices", "resources"),
    [
        (False, [costing(None, resource("a", "Delete", "Delete"))]),
        (True, [costing(None, resource("a", "Delete", "Delete"))]),
        (True, [costing(7.0, resource("a", "Fix", "SetTags"))]),
    ],
)
def test_an_unknown_saving_is_not_told(has_prices: bool, resources: list[dict[str, Any]]) -> None:
    """Without a price list, without a price, and where nothing goes."""
    found = read(resources, hasPrices=has_prices)

    assert found.pending is not None
    assert found.pending.saved_per_month is None
