"""The report of a pass: what was done, what is still open, and that everybody who reads it says the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tagwarden.cli.output import exit_status
from tagwarden.controller.children import Finished
from tagwarden.controller.policy_pass import conditions_of, read_report
from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.plan import ActionType, PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.report import Obstacle, PassReport
from tagwarden.model.status import FINDINGS_SHOWN, ConditionStatus, ConditionType, PendingPlan, Summary
from tagwarden.model.verdict import Finding, Judgement, Verdict, Withheld
from tagwarden.reporting.metrics import Metrics
from tests.unit.reporting.reports import became, planned, report
from tests.unit.reporting.scrapes import scraped

SET_TAGS, BACKUP, DELETE = ActionType.SET_TAGS, ActionType.BACKUP, ActionType.DELETE
VERIFIED, FAILED, WITHHELD, SKIPPED, WAITING = (
    ActionState.VERIFIED,
    ActionState.FAILED,
    ActionState.WITHHELD,
    ActionState.SKIPPED,
    ActionState.WAITING,
)

FIX = planned("queue", Verdict.FIX, SET_TAGS)
SHORTEN = planned("queue", Verdict.SHORTEN, SET_TAGS)
DOOMED = planned("queue", Verdict.DELETE, DELETE)
KEPT_FIRST = planned("queue", Verdict.DELETE, BACKUP, DELETE)
ASSOCIATE = planned("snapshot", Verdict.REPORT, DELETE, because="queue")
ALONG = planned("volume", Verdict.REPORT, taken_by="queue")
FARTHER_ALONG = planned("interface", Verdict.COMPLIANT, taken_by="volume")
LOOP = Withheld(Reason.RecreateLoop, "recreated 3 times")
LIMIT = Withheld(Reason.LimitPerRun, "60 of 50")
NOT_APPROVED = Withheld(Reason.NotApproved, "the plan needs approval")
LEASE_LOST = Withheld(Reason.LeaseLost, "told to stop")
OWNER_UNKNOWN = Judgement("queue", Verdict.REPORT, (Finding(Reason.MalformedOwner, "alcie is on no list"),))


@dataclass(frozen=True)
class CheckInput:
    """What a pass planned and what became of it, and how many resources still ask for something."""

    name: str
    resources: Sequence[PlannedResource]
    outcomes: Sequence[Outcome] = ()
    open: int = 0
    more: dict[str, Any] = field(default_factory=dict)

    def report(self) -> PassReport:
        """Report on it, through the JSON that a child prints."""
        made = report(self.resources, self.outcomes, **self.more)
        told = read_report(Finished(0, made.model_dump(mode="json", by_alias=True), ()))
        assert told == made
        return made


CASES = (
    CheckInput("compliant", [planned("queue", Verdict.COMPLIANT)]),
    CheckInput("protected", [planned("queue", Verdict.PROTECTED)]),
    CheckInput("managed", [planned("queue", Verdict.MANAGED)]),
    CheckInput("reported", [planned("queue", Verdict.REPORT)], open=1),
    CheckInput("pending", [planned("queue", Verdict.PENDING)], open=1),
    CheckInput("in conflict", [planned("queue", Verdict.CONFLICT)], open=1),
    CheckInput("undecidable", [planned("queue", Verdict.UNDECIDABLE)], open=1),
    CheckInput("recreate loop", [planned("queue", Verdict.MANAGED, withheld=LOOP)], open=1),
    CheckInput("planned in Audit", [FIX], open=1),
    CheckInput("fixed", [FIX], [became(FIX, VERIFIED)]),
    CheckInput("fixed, but the owner is unknown", [FIX], [became(FIX, VERIFIED)], 1, {"now": OWNER_UNKNOWN}),
    CheckInput("fixed, and not governed since", [FIX], [became(FIX, VERIFIED)], 0, {"rejudge": lambda *_: None}),
    CheckInput("fix refused", [FIX], [became(FIX, FAILED, Reason.AccessDenied)], open=1),
    CheckInput("gone before the fix", [FIX], [became(FIX, SKIPPED, Reason.NotFound)]),
    CheckInput("shortened", [SHORTEN], [became(SHORTEN, VERIFIED)]),
    CheckInput("deleted", [DOOMED], [became(DOOMED, VERIFIED)]),
    CheckInput("deleted with all that goes along", [DOOMED, ALONG, FARTHER_ALONG], [became(DOOMED, VERIFIED)]),
    CheckInput(
        "deleted with a companion",
        [DOOMED, ASSOCIATE],
        [became(ASSOCIATE, VERIFIED), became(DOOMED, VERIFIED)],
    ),
    CheckInput(
        "companion refused",
        [DOOMED, ASSOCIATE],
        [became(ASSOCIATE, FAILED, Reason.AccessDenied), became(DOOMED, WITHHELD, Reason.WithheldByDependency)],
        open=2,
    ),
    CheckInput("deletion refused", [DOOMED, FARTHER_ALONG], [became(DOOMED, FAILED, Reason.AccessDenied)], open=1),
    CheckInput("deletion not confirmed yet", [DOOMED], [became(DOOMED, WAITING)], open=1),
    CheckInput("already gone", [DOOMED, ALONG], [became(DOOMED, SKIPPED, Reason.NotFound)]),
    CheckInput("changed since", [DOOMED], [became(DOOMED, WITHHELD, Reason.Changed)], open=1),
    CheckInput("withheld by a limit", [planned("queue", Verdict.DELETE, withheld=LIMIT)], (), 1, {"stopped": LIMIT}),
    CheckInput("limit reached meanwhile", [DOOMED], [became(DOOMED, WITHHELD, Reason.LimitPerHour)], open=1),
    CheckInput("held for approval", [DOOMED, FIX], (), 2, {"held": NOT_APPROVED}),
    CheckInput("interrupted", [DOOMED], [became(DOOMED, WITHHELD, Reason.LeaseLost)], open=1),
    CheckInput("stopped before it began", [DOOMED], (), 1, {"held": LEASE_LOST}),
    CheckInput("dry run", [DOOMED], [became(DOOMED, SKIPPED, Reason.AuditMode, "would be done")], open=1),
    CheckInput(
        "backup only",
        [KEPT_FIRST],
        [became(KEPT_FIRST, VERIFIED, type_=BACKUP), became(KEPT_FIRST, WITHHELD, Reason.BackupPending)],
        open=1,
    ),
    CheckInput(
        "deleted after its backup",
        [KEPT_FIRST],
        [became(KEPT_FIRST, VERIFIED, type_=BACKUP), became(KEPT_FIRST, VERIFIED)],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_exit_status_condition_and_metrics_agree_on_what_is_open(case: CheckInput, metrics: Metrics) -> None:
    """`apply --check`, the condition Compliant and `tagwarden_resources_open` give one answer to the same outcome."""
    made = case.report()
    metrics.pass_finished("p", made, outcome=Reason.Succeeded, seconds=1.0)
    told = {said.type: said.status for said in conditions_of(made, None)}

    status = exit_status([made], check=True)
    counted = sum(n for (name, _), n in scraped(metrics).items() if name == "tagwarden_resources_open")

    is_compliant = case.open == 0
    assert (case.open, case.open) == (made.open_count, counted)
    assert (is_compliant, is_compliant) == (status == 0, told[ConditionType.COMPLIANT] is ConditionStatus.TRUE)
    # What is pending and what is named are of what is open, too.
    pending = made.pending or PendingPlan(hash="")
    assert pending.deletions + pending.fixes + pending.shortenings <= case.open
    assert case.open <= len(made.findings)
    assert exit_status([made], check=False) == (1 if made.failures else 0)


def test_counts_verdicts_and_what_was_done() -> None:
    """The summary says what is there and what became of it; something gone before we came is deleted too."""
    b, c = planned("b", Verdict.FIX, SET_TAGS), planned("c", Verdict.SHORTEN, SET_TAGS)
    d, e, f, g = (planned(uid, Verdict.DELETE, DELETE) for uid in "defg")
    others = [planned("a", Verdict.COMPLIANT), planned("h", Verdict.PENDING), planned("i", Verdict.PROTECTED)]
    j = planned("j", Verdict.DELETE, withheld=Withheld(Reason.DependentInUse, "alice uses it"))
    outcomes = [
        became(b, VERIFIED),
        became(c, VERIFIED),
        became(d, VERIFIED),
        became(e, SKIPPED, Reason.NotFound),
        became(f, FAILED, Reason.AccessDenied, "no"),
        became(g, WITHHELD, Reason.Changed, "it has tags now"),
    ]

    found = report([b, c, d, e, f, g, j, *others], outcomes)

    assert (
        Summary(scanned=10, compliant=1, pending=1, protected=1, fixed=1, shortened=1, deleted=2, withheld=2, failed=1)
        == found.summary
    )
    assert ("Delete f: no",) == found.failures
    assert {Reason.DependentInUse: 1, Reason.Changed: 1} == found.withheld


def test_s9_a_limit_that_others_used_up_meanwhile_is_told_as_one_of_the_plan() -> None:
    """S9: a limit reached between the plan and its first deletion makes WithinLimits false just the same."""
    found = report([DOOMED], [became(DOOMED, WITHHELD, Reason.LimitPerHour, "the plan deletes 2, and 9 were")])

    assert Obstacle(reason=Reason.LimitPerHour, message="the plan deletes 2, and 9 were") == found.stopped
    assert () == found.failures


def test_a_limit_is_told_from_an_approval() -> None:
    """A limit keeps deletions back; a plan that waits for approval is within its limits."""
    limit = report([], stopped=LIMIT)
    waiting = report([DOOMED, FIX], held=NOT_APPROVED, run="r", problems=["x"])

    assert (Obstacle(reason=Reason.LimitPerRun, message="60 of 50"), None) == (limit.stopped, limit.held)
    assert (None, Reason.NotApproved) == (waiting.stopped, waiting.held and waiting.held.reason)
    assert ("r", ("x",), {Reason.NotApproved: 2}, 2) == (
        waiting.run_id,
        waiting.problems,
        waiting.withheld,
        waiting.summary.withheld,
    )


@pytest.mark.parametrize(
    ("outcomes", "held", "expected"),
    [
        ([became(DOOMED, WITHHELD, Reason.LeaseLost)], None, True),
        ([], LEASE_LOST, True),
        ([], NOT_APPROVED, False),
        ([became(DOOMED, VERIFIED)], None, False),
    ],
)
def test_s11_s17_a_pass_that_was_told_to_stop_is_interrupted(
    outcomes: list[Outcome], held: Withheld | None, expected: bool
) -> None:
    """S11, S17: in the middle of its actions or before the first of them."""
    assert expected is report([DOOMED], outcomes, held=held).is_interrupted


def test_what_is_left_of_a_plan_is_shown() -> None:
    """In Audit that is the whole plan; nothing at all is no plan."""
    fix, shorten = planned("a", Verdict.FIX, SET_TAGS), planned("b", Verdict.SHORTEN, SET_TAGS)
    delete = planned("c", Verdict.DELETE, DELETE)

    whole = report([fix, shorten, delete])
    done = report([fix, shorten, delete], [became(each, VERIFIED) for each in (fix, shorten, delete)])

    assert PendingPlan(hash="f" * 64, deletions=1, fixes=1, shortenings=1) == whole.pending
    assert done.pending is None


def test_a_plan_that_waits_for_approval_says_until_when() -> None:
    """An approval does not hold for ever."""
    pending = report([DOOMED], approval_valid=timedelta(hours=24)).pending

    assert pending is not None
    assert datetime(2026, 9, 2, 12, tzinfo=UTC) == pending.expires_at


def test_the_gravest_findings_come_first_and_the_rest_is_counted() -> None:
    """A status is no list: twenty lines, then how many more; so are failures."""
    doomed = [planned(f"d{number:02}", Verdict.DELETE, DELETE) for number in range(25)]
    found = report(
        [*(planned(f"r{number:02}", Verdict.REPORT) for number in range(24)), *doomed],
        [became(each, FAILED, Reason.AccessDenied, "x" * 2000) for each in doomed],
    )

    assert FINDINGS_SHOWN + 1 == len(found.findings) == len(found.failures)
    assert found.findings[0].startswith("aws-dev: aws_ec2_volume volume d00 in eu-central-1: Delete: d00 says nothing")
    assert ("and 29 more", "and 5 more", 25) == (found.findings[-1], found.failures[-1], found.summary.failed)
    assert 1024 == max(map(len, (*found.findings, *found.failures)))


def test_a_finding_tells_what_became_of_it() -> None:
    """Done, gone, withheld or failed, in the same line; what is left to do before what is done."""
    a, b = planned("a", Verdict.DELETE, DELETE), planned("b", Verdict.DELETE, DELETE)
    c = planned("c", Verdict.DELETE, withheld=Withheld(Reason.DependentInUse, "alice uses it"))
    d = planned("d", Verdict.DELETE, DELETE)
    along = planned("e", Verdict.REPORT, taken_by="a")
    outcomes = [
        became(a, VERIFIED),
        became(b, FAILED, Reason.AccessDenied, "no"),
        became(d, SKIPPED, Reason.NotFound),
    ]

    found = [line.rpartition("says nothing; ")[2] for line in report([a, b, c, d, along], outcomes).findings]

    assert [
        "failed, AccessDenied: no",
        "withheld, DependentInUse: alice uses it",
        "done",
        "already gone",
        "deleted with its parent",
    ] == found


def test_a_finding_of_what_was_written_is_the_one_that_is_left() -> None:
    """The line says what is still to do, not what was corrected."""
    (line,) = report([FIX], [became(FIX, VERIFIED)], now=OWNER_UNKNOWN).findings

    assert "aws-dev: aws_ec2_volume volume queue in eu-central-1: Report: alcie is on no list" == line


def test_s13_what_comes_back_in_a_loop_is_told_in_the_status() -> None:
    """It is left alone, and nobody looks for what recreates it unless the status names it."""
    (line,) = report([planned("a", Verdict.MANAGED, withheld=LOOP), planned("b", Verdict.MANAGED)]).findings

    assert line.endswith("Managed: a says nothing; withheld, RecreateLoop: recreated 3 times")


def test_a_pending_plan_says_what_it_would_save() -> None:
    """With what goes along, and only what is left to do."""
    a, c = planned("a", Verdict.DELETE, DELETE, cost=70.5), planned("c", Verdict.DELETE, DELETE, cost=3.0)
    resources = [
        a,
        planned("b", Verdict.REPORT, taken_by="a", cost=8.0),
        c,
        planned("d", Verdict.REPORT, taken_by="c", cost=4.0),
        planned("e", Verdict.COMPLIANT, cost=99.0),
    ]

    left = report(resources, [became(c, VERIFIED)], has_prices=True).pending
    partly = report([*resources, planned("f", Verdict.DELETE, DELETE)], has_prices=True).pending

    assert "78.50 USD" == (left and left.saved_per_month)
    assert "85.50 USD, for 4 of 5 resources with a known price" == (partly and partly.saved_per_month)


@pytest.mark.parametrize(
    ("has_prices", "resource"),
    [(False, DOOMED), (True, DOOMED), (True, planned("a", Verdict.FIX, SET_TAGS, cost=7.0))],
)
def test_an_unknown_saving_is_not_told(has_prices: bool, resource: PlannedResource) -> None:
    """Without a price list, without a price, and where nothing goes."""
    pending = report([resource], has_prices=has_prices).pending

    assert pending is not None
    assert pending.saved_per_month is None


def test_the_size_of_a_report_does_not_grow_with_the_resources() -> None:
    """A child prints some kilobytes for a hundred resources as for ten thousand."""

    def size(count: int) -> int:
        found = [planned(f"{number:05}", Verdict.DELETE, DELETE, cost=1.0) for number in range(count)]
        return len(report(found, [became(each, FAILED) for each in found], has_prices=True).model_dump_json())

    assert size(3_000) < size(100) + 100
