"""Answers of child processes as the operator gets them, made from real values where there are any."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tagwarden.model.plan import Action, ActionType, Plan, PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Provider
from tagwarden.model.status import CleanupPolicyStatus, Condition, ConditionStatus, ConditionType, LastRun
from tagwarden.model.verdict import Finding, Judgement, Verdict, Withheld
from tagwarden.planning import plan_json
from tests.support.builders import NOW, a_resource

DELETED, KEPT, SHARED = "aws-dev/deleted", "aws-dev/kept", "kind/shared"


def a_plan_answer(policy: str = "test-accounts", **run: Any) -> dict[str, Any]:
    """Give what `apply` answers: one instance is deleted, one kept back, one namespace in conflict."""
    deleted = a_resource(uid=DELETED, id="i-1")
    kept = a_resource(uid=KEPT, id="i-2")
    namespace = {"kind": "k8s_namespace", "category": "namespace", "created": None}
    shared = a_resource(provider=Provider.KUBERNETES, account="kind", uid=SHARED, **namespace)
    yesterday = NOW - timedelta(days=1)
    resources = (
        PlannedResource(
            deleted,
            Judgement(DELETED, Verdict.DELETE, (Finding(Reason.Expired, "yesterday"),), expires=yesterday),
            (Action(DELETED, ActionType.DELETE, 1, Reason.Expired),),
        ),
        PlannedResource(
            kept,
            Judgement(KEPT, Verdict.DELETE, (Finding(Reason.Untagged, "no tags"),), expires=NOW + timedelta(days=2)),
            withheld=Withheld(Reason.DependentInUse, "somebody's"),
        ),
        PlannedResource(shared, Judgement(SHARED, Verdict.CONFLICT, (Finding(Reason.Conflict, "two policies"),))),
    )
    plan = Plan(policy, 1, NOW, ("snapshot-2",), resources, "abc", {})
    return {
        **plan_json(plan),
        "run": {"id": "run-1", "problems": [], "stopped": None, **run},
        "outcomes": [an_outcome(DELETED, "Verified", "Expired"), an_outcome(KEPT, "Withheld", "Changed")],
        "requests": requests(),
    }


def with_prices(answer: dict[str, Any]) -> dict[str, Any]:
    """Give the answer as with a price list that knows only the deleted instance, with which the namespace goes."""
    for entry in answer["resources"]:
        entry["costPerMonth"] = 70.5 if entry["uid"] == DELETED else None
        entry["takenBy"] = DELETED if entry["uid"] == SHARED else None
    return {**answer, "hasPrices": True}


def an_outcome(uid: str, state: str, reason: str) -> dict[str, Any]:
    return {"uid": uid, "type": "Delete", "state": state, "reason": reason, "message": "", "at": NOW.isoformat()}


def requests() -> Sequence[dict[str, Any]]:
    ec2 = {"provider": "AWS", "service": "ec2", "operation": "DescribeInstances"}
    return [
        {**ec2, "code": "200", "count": 7, "seconds": 1.5, "throttled": False},
        {**ec2, "code": "RequestLimitExceeded", "count": 2, "seconds": 0.5, "throttled": True},
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
    return {"accounts": [entry], "requests": requests()}


def a_status() -> CleanupPolicyStatus:
    ready = Condition(
        type=ConditionType.READY, status=ConditionStatus.TRUE, reason="Succeeded", last_transition_time=NOW
    )
    run = LastRun(id="run-1", start_time=NOW, completion_time=NOW, outcome="Succeeded")
    return CleanupPolicyStatus(next_run_time=NOW, last_run=run, conditions=(ready,))
