"""S4: observations are looks at different times, and not two looks at the same moment."""

from datetime import timedelta

import pytest

from tagwarden.judging import compile_policy, observed
from tagwarden.model.history import History
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Judgement, Verdict
from tests.support.builders import NOW, a_policy, a_resource, a_snapshot
from tests.support.evaluation import judged_snapshots

MINUTE = timedelta(minutes=1)
EXPIRED = {"owner": "alice", "expiration": "2026-08-31T19:00:00Z"}


def verdicts(*minutes: float, interval: timedelta = 30 * MINUTE) -> list[Verdict]:
    """Judge an expired instance in snapshots that were taken so many minutes after the first."""
    policy = a_policy(observationInterval=f"{interval // MINUTE}m")
    resource, history, found = a_resource(tags=EXPIRED), None, []
    for place, after in enumerate(minutes):
        snapshot = a_snapshot(resource, id=f"snapshot-{place}", taken=NOW + after * MINUTE)
        histories = {resource.uid: history} if history else {}
        judgement = judged_snapshots(snapshot, policy=policy, histories=histories, now=snapshot.taken)[resource.uid]
        history = observed(history, resource, judgement, snapshot, snapshot.taken, interval=interval)
        found.append(judgement.verdict)
    return found


def test_two_passes_within_a_minute_are_one_observation() -> None:
    """S4: made and deleted within 90 seconds must not happen."""
    assert [Verdict.PENDING, Verdict.PENDING] == verdicts(0, 1)


def test_an_observation_counts_once_the_interval_is_over() -> None:
    """S4: half the schedule by default."""
    assert [Verdict.PENDING, Verdict.DELETE] == verdicts(0, 30)


def test_looks_in_between_do_not_put_the_next_one_off() -> None:
    """S4: the interval counts from the last look that counted, so that a pass a minute deletes too."""
    assert [Verdict.PENDING] * 3 + [Verdict.DELETE] == verdicts(0, 10, 20, 30)


def test_a_clock_that_goes_back_is_no_later_look() -> None:
    """S4: a snapshot from before the last one confirms nothing."""
    assert [Verdict.PENDING, Verdict.PENDING] == verdicts(0, -60)


@pytest.mark.parametrize(
    ("schedule", "minutes"),
    [
        ("0 * * * *", 30), ("@hourly", 30), ("@every 15m", 10), ("@every 24h", 720), ("0 9,11 * * *", 60),
        ("*/5 * * * *", 10), ("0 8 * * 1", 5040),
    ],
)  # fmt: skip
def test_the_interval_is_half_the_schedule_and_ten_minutes_at_least(schedule: str, minutes: int) -> None:
    """S4: the shortest time between two runs counts."""
    assert minutes * MINUTE == compile_policy(a_policy(schedule=schedule)).observation_interval


def test_a_policy_may_say_otherwise() -> None:
    """S4: `observationInterval` is the policy's word."""
    assert 2 * MINUTE == compile_policy(a_policy(observationInterval="2m")).observation_interval


def test_a_history_from_before_counts_the_next_look() -> None:
    """An older version did not note when it counted; the next snapshot counts as it did then."""
    old = History(NOW, Reason.Expired, NOW, 1, "snapshot-0")
    snapshot = a_snapshot(a_resource(), taken=NOW + MINUTE)
    judgement = Judgement("uid", Verdict.PENDING, deletion=Reason.Expired)

    found = observed(old, a_resource(), judgement, snapshot, snapshot.taken, interval=30 * MINUTE)

    assert 2 == found.agreed
