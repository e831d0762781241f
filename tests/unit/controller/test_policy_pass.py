"""What a policy says of itself after a pass: Ready is whether it works, not whether every vendor obeyed."""

from datetime import UTC, datetime

import pytest

from tagwarden.controller import policy_pass
from tagwarden.controller.children import Finished
from tagwarden.controller.due import Why, why_due
from tagwarden.controller.policy_check import ScopeAccounts, timing_of
from tagwarden.controller.watched_objects import Meta, WatchedPolicy
from tagwarden.model.reasons import Reason
from tagwarden.model.report import Obstacle, PassReport
from tagwarden.model.status import CleanupPolicyStatus, Condition, ConditionStatus, ConditionType, Summary

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
FINE = PassReport(policy="p", run_id="run-1", generated_at=NOW, plan_hash="h1", summary=Summary(scanned=9, deleted=2))
REFUSED = FINE.model_copy(
    update={
        "summary": Summary(scanned=9, failed=2),
        "failures": ("Delete vol-1: AccessDenied", "Delete vol-2: AccessDenied"),
        "open_count": 2,
    }
)
INTERRUPTED = FINE.model_copy(update={"is_interrupted": True})
LIMITED = FINE.model_copy(update={"stopped": Obstacle(reason=Reason.LimitPerHour, message="the plan deletes 9")})


def said(report: PassReport | None, failure: tuple[Reason, str] | None = None) -> dict[str, tuple[str, str]]:
    return {one.type.value: (one.status.value, one.reason.value) for one in policy_pass.conditions_of(report, failure)}


def test_a_refused_deletion_leaves_the_policy_ready() -> None:
    """The vendor kept two volumes: that is told by an event, a word and the counts; the policy works all the same."""
    conditions = said(REFUSED)
    events = [(type_.value, reason.value, text) for type_, reason, text in policy_pass._events(REFUSED, None)]

    assert ("True", "Succeeded") == conditions["Ready"]
    assert ("False", "FindingsOpen") == conditions["Compliant"]
    assert ("Warning", "ActionsFailed", f"2 failed: {'; '.join(REFUSED.failures)}") in events
    assert "2 failed" in policy_pass._in_short(REFUSED)


@pytest.mark.parametrize(
    ("report", "failure", "expected"),
    [
        (FINE, None, Reason.Succeeded),
        (REFUSED, None, Reason.ActionsFailed),
        (LIMITED, None, Reason.LimitPerHour),
        (REFUSED, (Reason.AccountNotFound, "no account"), Reason.AccountNotFound),
        (INTERRUPTED, (Reason.Interrupted, "stopped"), Reason.Interrupted),
        (None, (Reason.TimedOut, "too long"), Reason.TimedOut),
    ],
)
def test_a_pass_is_told_in_one_word(
    report: PassReport | None, failure: tuple[Reason, str] | None, expected: Reason
) -> None:
    """What kept the whole of it comes before what became of single resources."""
    assert expected is policy_pass._outcome(report, failure)


def test_s11_an_interrupted_pass_is_not_finished() -> None:
    """S11, S17: 48 of 60 deletions were withheld when the Lease was lost, and the pass counted as gone through."""
    finished = Finished(0, INTERRUPTED.model_dump(mode="json", by_alias=True), ())
    report = policy_pass.read_report(finished)

    failure = policy_pass._failure(finished, report, ScopeAccounts())

    assert failure is not None
    assert Reason.Interrupted is policy_pass._outcome(report, failure)
    assert ("False", "Interrupted") == said(report, failure)["Ready"]


@pytest.mark.parametrize("answer", [{}, {"planHash": None}, {"error": "x"}, {"summary": {"scanned": -1}}])
def test_a_child_that_printed_no_report_failed(answer: dict[str, object]) -> None:
    """It crashed or was killed: the operator goes on, and says what the last lines of the child were."""
    finished = Finished(1, answer, ("Traceback",))

    report = policy_pass.read_report(finished)

    assert report is None
    assert (Reason.Failed, "Traceback") == policy_pass._failure(finished, report, ScopeAccounts())


def test_s17_a_pass_that_was_stopped_before_it_had_a_plan_is_interrupted() -> None:
    """S17: a declaration changed while it read its snapshot; nothing failed, and all is still to be done."""
    stopped = Finished(-15, {}, (), was_stopped=True)

    failure = policy_pass._failure(stopped, None, ScopeAccounts())

    assert Reason.Interrupted is policy_pass._outcome(None, failure)


def test_s17_a_pass_that_was_stopped_after_its_last_action_is_done() -> None:
    """S17: it was told too late to leave anything undone."""
    assert policy_pass._failure(Finished(0, {}, (), was_stopped=True), FINE, ScopeAccounts()) is None


def test_a_pass_that_did_not_go_through_is_not_ready() -> None:
    """Without an answer nobody knows anything."""
    assert ("False", "Failed") == said(None, (Reason.Failed, "it ended with status 1"))["Ready"]


def test_a_list_of_owners_that_names_nobody_is_told_as_a_mistake_of_the_spec() -> None:
    """As one that cannot be read: nothing was judged, and the condition says what to write."""
    complaint = "spec.owner.known: the list is empty; write one name per line"
    failure = policy_pass._failure(Finished(2, {}, (f"tagwarden: {complaint}",)), None, ScopeAccounts())

    assert (Reason.InvalidSpec, complaint) == failure
    assert ("False", "InvalidSpec") == said(None, failure)["Ready"]


def test_s9_a_limit_is_a_condition_of_its_own() -> None:
    """S9: a limit, reached in the plan or at its first deletion, makes WithinLimits false and leaves Ready alone."""
    conditions = said(LIMITED)

    assert ("True", "Succeeded") == conditions["Ready"]
    assert ("False", "LimitPerHour") == conditions["WithinLimits"]


def a_policy(released: str, *, tried: str | None, reason: Reason) -> WatchedPolicy:
    within = Condition(
        type=ConditionType.WITHIN_LIMITS,
        status=ConditionStatus.FALSE,
        reason=reason,
        message="",
        last_transition_time=NOW,
        observed_generation=1,
    )
    status = CleanupPolicyStatus(
        observed_generation=1,
        next_run_time=datetime(2026, 9, 1, 13, tzinfo=UTC),
        conditions=(within,),
        last_handled_release=tried,
    )
    meta = Meta("p", "uid", 1, {"tagwarden.io/releasedBrake": released} if released else {}, is_leaving=False)
    return WatchedPolicy(meta, {}, None, status)


@pytest.mark.parametrize(
    ("released", "tried", "reason", "expected"),
    [
        ("h1", None, Reason.AnomalyBrake, Why.RELEASED),
        ("h2", "h1", Reason.AnomalyBrake, Why.RELEASED),
        ("h1", "h1", Reason.AnomalyBrake, None),
        ("", None, Reason.AnomalyBrake, None),
        ("h1", None, Reason.LimitPerRun, None),
    ],
)
def test_releasing_the_brake_runs_the_policy(
    released: str, tried: str | None, reason: Reason, expected: Why | None
) -> None:
    """The annotation alone is enough, once for each value; other limits are not released by it (S9)."""
    assert expected == why_due(timing_of(a_policy(released, tried=tried, reason=reason)), NOW)
