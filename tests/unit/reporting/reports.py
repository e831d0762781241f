"""Reports of passes as the operator gets them, made by the functions that make them from plans and outcomes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.plan import Action, ActionType, Plan, PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.report import PassReport
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.status import CleanupPolicyStatus, Condition, ConditionStatus, ConditionType, LastRun
from tagwarden.model.tags import TagChanges
from tagwarden.model.verdict import Finding, Judgement, Verdict, Withheld
from tagwarden.providers.base import RequestCount
from tagwarden.reporting import report_of, requests_of
from tests.support.builders import NOW, a_resource
from tests.support.enforcement import a_plan

DELETED, KEPT, SHARED = "aws-dev/deleted", "aws-dev/kept", "kind/shared"


def planned(
    uid: str,
    verdict: Verdict,
    *actions: ActionType,
    withheld: Withheld | None = None,
    because: str = "",
    findings: Sequence[Finding] | None = None,
    expires: datetime | None = None,
    taken_by: str = "",
    cost: float | None = None,
    **fields: Any,
) -> PlannedResource:
    """Give a volume as a plan has it: with this verdict, one finding unless it is compliant, and these actions."""
    if findings is None:
        findings = () if verdict is Verdict.COMPLIANT else (Finding(Reason.Untagged, f"{uid} says nothing"),)
    usual = {"id": uid, "name": f"volume {uid}", "kind": "aws_ec2_volume", "category": "volume"}
    judgement = Judgement(uid, verdict, tuple(findings), expires=expires)
    order = {ActionType.DELETE: 1}
    return PlannedResource(
        a_resource(**{**usual, "uid": uid, **fields}),
        judgement,
        tuple(Action(uid, each, order.get(each, 0), Reason.Untagged, because, TagChanges()) for each in actions),
        withheld,
        taken_by=taken_by,
        cost=cost,
    )


def became(
    one: PlannedResource,
    state: ActionState,
    reason: Reason = Reason.Untagged,
    message: str = "",
    *,
    type_: ActionType | None = None,
) -> Outcome:
    """Give what became of an action of a resource: of the last one, or of that of a type."""
    action = next(each for each in reversed(one.actions) if type_ in {None, each.type})
    return Outcome(action, one.resource, state, reason, message, NOW)


def report(
    resources: Iterable[PlannedResource],
    outcomes: Iterable[Outcome] = (),
    *,
    now: Judgement | None = None,
    stopped: Withheld | None = None,
    has_prices: bool = False,
    **more: Any,
) -> PassReport:
    """Report on a plan of these resources; what was written is judged as `now`, compliant unless that is given."""

    def rejudge(resource: Resource, _: datetime) -> Judgement | None:
        return now if now is not None else Judgement(resource.uid, Verdict.COMPLIANT)

    plan = replace(a_plan(*resources, stopped=stopped), has_prices=has_prices)
    return report_of(plan, tuple(outcomes), **{"rejudge": rejudge, **more})


def a_plan_of_three(*, has_prices: bool = False) -> Plan:
    """Give a plan: one instance is deleted, one withheld, one namespace in conflict.

    With prices only the deleted instance has one, and the namespace goes along with it.
    """
    instance = {"kind": "aws_ec2_instance", "category": "instance"}
    namespace = {
        "provider": ProviderName.KUBERNETES,
        "account": "kind",
        "kind": "k8s_namespace",
        "category": "namespace",
    }
    expired, two_days = NOW - timedelta(days=1), NOW + timedelta(days=2)
    resources = (
        planned(
            DELETED,
            Verdict.DELETE,
            ActionType.DELETE,
            findings=[Finding(Reason.Expired, "yesterday")],
            expires=expired,
            cost=70.5 if has_prices else None,
            **{**instance, "id": "i-1"},
        ),
        planned(
            KEPT,
            Verdict.DELETE,
            withheld=Withheld(Reason.DependentInUse, "somebody's"),
            expires=two_days,
            **{**instance, "id": "i-2"},
        ),
        planned(
            SHARED,
            Verdict.CONFLICT,
            findings=[Finding(Reason.Conflict, "two policies")],
            taken_by=DELETED if has_prices else "",
            **{**namespace, "created": None},
        ),
    )
    return replace(a_plan(*resources), has_prices=has_prices)


def a_report(*, is_done: bool = True, has_prices: bool = False, **more: Any) -> PassReport:
    """Give the report of `a_plan_of_three`, of which the deletion was done or nothing was."""
    plan = a_plan_of_three(has_prices=has_prices)
    outcomes = [became(plan.resources[0], ActionState.VERIFIED, Reason.Expired)] if is_done else []
    made = report_of(plan, outcomes, **{"rejudge": lambda *_: None, "run": "run-1", **more})
    return made.model_copy(update={"requests": requests_of(requests())})


def requests() -> list[tuple[ProviderName, RequestCount]]:
    ec2 = ("ec2", "DescribeInstances")
    return [
        (ProviderName.AWS, RequestCount(*ec2, "200", 7, 1.5, throttled=False)),
        (ProviderName.AWS, RequestCount(*ec2, "RequestLimitExceeded", 2, 0.5, throttled=True)),
    ]


def a_collect_answer(account: str = "aws-dev", gaps: Sequence[str] = ()) -> dict[str, Any]:
    """Give what `collect` answers; `gaps` are kinds that failed in one region."""
    entry = {
        "account": account,
        "time": NOW.isoformat(),
        "resources": 225,
        "edges": 300,
        "durationSeconds": 4.5,
        "apiCalls": 190,
        "incomplete": [{"kind": kind, "region": "eu-central-1", "reason": "AccessDenied"} for kind in gaps],
    }
    told = [each.model_dump(mode="json", by_alias=True) for each in requests_of(requests())]
    return {"accounts": [entry], "requests": told}


def a_status() -> CleanupPolicyStatus:
    ready = Condition(
        type=ConditionType.READY, status=ConditionStatus.TRUE, reason="Succeeded", last_transition_time=NOW
    )
    run = LastRun(id="run-1", start_time=NOW, completion_time=NOW, outcome="Succeeded")
    return CleanupPolicyStatus(next_run_time=NOW, last_run=run, conditions=(ready,))
