"""From what a child collected to the status of the account."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tagwarden.controller.children import Finished
from tagwarden.controller.collect_status import Collected, read_collected
from tagwarden.model.reasons import Reason

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
