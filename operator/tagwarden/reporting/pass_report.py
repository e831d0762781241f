"""Makes the report of a pass from plan and outcomes: pure, and the only place that counts actions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.plan import ActionType, Plan
from tagwarden.model.reasons import Reason
from tagwarden.model.report import Obstacle, PassReport, VendorRequests
from tagwarden.model.resource import ProviderName
from tagwarden.model.status import PendingPlan, Summary
from tagwarden.model.verdict import Verdict, Withheld
from tagwarden.planning import savings
from tagwarden.providers.base import RequestCount
from tagwarden.reporting.aftermath import After, Rejudge, aftermath_of
from tagwarden.reporting.counting import figures_of, kinds_of, savings_by_provider
from tagwarden.reporting.lines import failure_lines, finding_lines


def report_before(plan: Plan) -> PassReport:
    """Report on a plan before any action, for example on a stored plan: all actions are open."""
    return report_of(plan, (), rejudge=lambda _resource, _now: None)


def report_of(
    plan: Plan,
    outcomes: Sequence[Outcome],
    *,
    rejudge: Rejudge,
    run: str = "",
    problems: Iterable[str] = (),
    held: Withheld | None = None,
    approval_valid: timedelta | None = None,
    phases: Mapping[str, float] | None = None,
    deletions_left: int | None = None,
) -> PassReport:
    """Report on a plan and the outcomes of the actions; in a dry run every action is still open.

    `held` is the reason when the plan was not carried out. `approval_valid` is the time for which an approval is valid,
    None when no approval is needed. `rejudge` judges resources by the written tags. `phases` are in seconds.
    """
    aftermath = aftermath_of(plan, outcomes, rejudge)
    withheld = _withheld(plan, outcomes, held)
    return PassReport(
        policy=plan.policy,
        run_id=run,
        generated_at=plan.generated_at,
        plan_hash=plan.hash,
        stopped=_obstacle(plan.stopped or _limit_reached_meanwhile(outcomes)),
        held=_obstacle(held),
        problems=tuple(problems),
        is_interrupted=Reason.LeaseLost in withheld or (held is not None and held.reason is Reason.LeaseLost),
        summary=_summary(aftermath, outcomes, withheld.total()),
        open_count=sum(after.is_open for after in aftermath),
        findings=finding_lines(aftermath),
        pending=_pending(plan, aftermath, approval_valid),
        failures=failure_lines(outcomes),
        withheld=withheld,
        figures=figures_of(aftermath, plan.generated_at, has_prices=plan.has_prices),
        kinds=kinds_of(plan),
        has_prices=plan.has_prices,
        saved=savings_by_provider(aftermath) if plan.has_prices else (),
        phases={phase: round(seconds, 3) for phase, seconds in (phases or {}).items()},
        deletion_budget=deletions_left,
    )


def requests_of(counts: Iterable[tuple[ProviderName, RequestCount]]) -> tuple[VendorRequests, ...]:
    """Give requests to vendors in the form of the report."""
    return tuple(
        VendorRequests(
            provider=provider,
            service=count.service,
            operation=count.operation,
            code=count.code,
            count=count.count,
            seconds=round(count.seconds, 3),
            throttled=count.throttled,
        )
        for provider, count in counts
    )


def _obstacle(why: Withheld | None) -> Obstacle | None:
    return None if why is None else Obstacle(reason=why.reason, message=why.message)


def _limit_reached_meanwhile(outcomes: Iterable[Outcome]) -> Withheld | None:
    """Give the limit that withheld deletions at execution, because of other deletions in the meantime (S9)."""
    kept = (one for one in outcomes if one.state is ActionState.WITHHELD and one.reason is Reason.LimitPerHour)
    return next((Withheld(one.reason, one.message) for one in kept), None)


def _withheld(plan: Plan, outcomes: Iterable[Outcome], held: Withheld | None) -> Counter[Reason]:
    """Count each withheld action by reason, in planning or right before execution."""
    in_plan = {planned.resource.uid: planned.withheld for planned in plan.resources if planned.withheld is not None}
    found = Counter(withheld.reason for withheld in in_plan.values())
    found.update(
        outcome.reason
        for outcome in outcomes
        if outcome.state is ActionState.WITHHELD and outcome.action.uid not in in_plan
    )
    if held is not None:
        kept = sum(1 for action in plan.actions if action.uid not in in_plan)
        found.update({held.reason: kept} if kept else {})
    return found


def _summary(aftermath: Iterable[After], outcomes: Iterable[Outcome], withheld: int) -> Summary:
    verdicts: Counter[Verdict] = Counter()
    deleted = fixed = shortened = 0
    for after in aftermath:
        verdict = after.planned.judgement.verdict
        verdicts[verdict] += 1
        deleted += after.is_deleted and not after.planned.taken_by
        if after.is_written:
            shortened += verdict is Verdict.SHORTEN
            fixed += verdict is not Verdict.SHORTEN
    return Summary(
        scanned=verdicts.total(),
        compliant=verdicts[Verdict.COMPLIANT],
        report=verdicts[Verdict.REPORT],
        pending=verdicts[Verdict.PENDING],
        protected=verdicts[Verdict.PROTECTED],
        managed=verdicts[Verdict.MANAGED],
        undecidable=verdicts[Verdict.UNDECIDABLE],
        conflict=verdicts[Verdict.CONFLICT],
        fixed=fixed,
        shortened=shortened,
        deleted=deleted,
        withheld=withheld,
        failed=sum(1 for outcome in outcomes if outcome.state is ActionState.FAILED),
    )


def _pending(plan: Plan, aftermath: Sequence[After], approval_valid: timedelta | None) -> PendingPlan | None:
    """Give the remaining plan, None when nothing remains."""
    left = Counter(_does(after) for after in aftermath if after.left)
    if not left:
        return None
    saved = savings(after.planned.cost for after in aftermath if after.planned.goes and not after.is_deleted)
    return PendingPlan(
        hash=plan.hash,
        deletions=left["deletions"],
        fixes=left["fixes"],
        shortenings=left["shortenings"],
        saved_per_month=saved.sum if plan.has_prices and saved.gone else None,
        expires_at=None if approval_valid is None else plan.generated_at + approval_valid,
    )


def _does(after: After) -> str:
    if any(action.type is ActionType.DELETE for action in after.left):
        return "deletions"
    return "shortenings" if after.planned.judgement.verdict is Verdict.SHORTEN else "fixes"
