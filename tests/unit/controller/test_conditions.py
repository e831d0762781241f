"""Conditions: what they say, and since when."""

from datetime import UTC, datetime, timedelta

from tagwarden.controller.conditions import (
    ConditionUpdate,
    compliance,
    find,
    limits,
    merged,
    sources,
    when_done,
    when_failed,
    when_suspended,
    when_unusable,
    when_waiting,
    while_running,
)
from tagwarden.model.reasons import Reason
from tagwarden.model.report import Obstacle
from tagwarden.model.status import Condition, ConditionStatus, ConditionType

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def statuses(conditions: tuple[Condition, ...]) -> dict[str, str]:
    return {condition.type.value: condition.status.value for condition in conditions}


def test_the_time_of_a_transition_stays_while_the_status_does() -> None:
    """A new reason for the same status is no transition."""
    first = merged((), when_failed(Reason.Throttled, "slow down"), generation=1, now=NOW)

    second = merged(first, when_failed(Reason.AccessDenied, "no"), generation=2, now=LATER)

    ready = find(second, ConditionType.READY)
    assert ready is not None
    assert (NOW, Reason.AccessDenied, 2) == (ready.last_transition_time, ready.reason, ready.observed_generation)


def test_the_time_of_a_transition_moves_with_the_status() -> None:
    """It tells since when something holds."""
    first = merged((), when_failed(Reason.Throttled, "slow down"), generation=1, now=NOW)

    second = merged(first, when_done("12 resources"), generation=1, now=LATER)

    ready = find(second, ConditionType.READY)
    assert ready is not None
    assert LATER == ready.last_transition_time


def test_what_nothing_is_said_of_stays() -> None:
    """Limits are spoken of only after a pass; an unusable spec does not forget them."""
    first = merged((), [limits(Obstacle(reason=Reason.LimitPerRun, message="60 of 50"))], generation=1, now=NOW)

    second = merged(first, when_unusable(Reason.InvalidTimeZone, "Mars"), generation=2, now=LATER)

    assert first[0] == find(second, ConditionType.WITHIN_LIMITS)


def test_ready_keeps_its_word_while_a_pass_runs() -> None:
    """`kubectl wait` sees no gap at each pass."""
    first = merged((), when_done("fine"), generation=1, now=NOW)

    second = merged(first, while_running("planning"), generation=1, now=LATER)

    assert {"Ready": "True", "Reconciling": "True", "Stalled": "False"} == statuses(second)


def test_only_a_person_ends_a_stall() -> None:
    """Stalled is for what waiting does not cure: neither a failure nor a first snapshot that is under way."""
    said = [
        when_unusable(Reason.InvalidTimeZone, "Mars"),
        when_failed(Reason.Throttled, "slow"),
        when_waiting(Reason.SnapshotMissing, "soon"),
        when_suspended(),
        when_done("fine"),
    ]

    found = [statuses(merged((), one, generation=1, now=NOW)) for one in said]

    assert [
        {"Ready": "False", "Reconciling": "False", "Stalled": "True"},
        {"Ready": "False", "Reconciling": "False", "Stalled": "False"},
        {"Ready": "Unknown", "Reconciling": "True", "Stalled": "False"},
        {"Ready": "True", "Reconciling": "False", "Stalled": "False"},
        {"Ready": "True", "Reconciling": "False", "Stalled": "False"},
    ] == found


def test_compliance_never_makes_a_policy_unready() -> None:
    """A policy that finds something works as it should."""
    conditions = merged((), [*when_done("fine"), compliance(10, 3)], generation=1, now=NOW)

    compliant = find(conditions, ConditionType.COMPLIANT)
    assert compliant is not None
    assert {"Ready": "True", "Reconciling": "False", "Stalled": "False", "Compliant": "False"} == statuses(conditions)
    assert "3 of 10 resources are not compliant" == compliant.message


def test_long_lists_of_problems_are_counted() -> None:
    """A condition is a sentence and no log."""
    said = sources([f"problem {number}" for number in range(8)])

    assert ConditionStatus.FALSE == said.status
    assert "problem 0; problem 1; problem 2; problem 3; problem 4; and 3 more" == said.message


def test_a_message_fits_the_schema() -> None:
    """What a vendor has to say can be longer than the API server takes."""
    said = ConditionUpdate(ConditionType.READY, ConditionStatus.FALSE, Reason.Failed, "x" * 9000)

    conditions = merged((), [said], generation=1, now=NOW)

    assert 4096 == len(conditions[0].message)
