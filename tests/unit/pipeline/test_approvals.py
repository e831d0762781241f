"""An approval is good for one plan: once that was carried out, the next one waits as if there were no approval."""

from datetime import timedelta
from pathlib import Path

import pytest

from tagwarden.model.outcome import ActionState
from tagwarden.model.policy import APPROVED_PLAN, Approval
from tagwarden.pipeline import Declarations, Pass, carry_out, make_pass
from tagwarden.planning import approval_state
from tagwarden.planning.approval import SeenApproval
from tests.support.builders import ACCOUNT, NOW, a_policy, a_resource, an_account
from tests.unit.pipeline.stage import Stage

POLICY = a_policy(
    mode="Enforce",
    approval="Required",
    observations=1,
    grace={"untagged": "0s"},
    limits={"deletionsPerRun": 50, "deletionsPercent": 100, "deletionsPerHour": 100},
)
CLAIMED = a_resource(id="i-kept", tags={"owner": "ann", "expiration": "never"})


def passed(stage: Stage, approved: str) -> Pass:
    declared = Declarations(
        policies={POLICY.name: POLICY},
        accounts={ACCOUNT: an_account()},
        annotations={POLICY.name: {APPROVED_PLAN: approved}},
    )
    made = carry_out(declared, make_pass(declared, POLICY.name, stage.tools), stage.tools)
    stage.clock.now += timedelta(hours=1)
    return made


def test_s6_what_comes_after_an_approved_plan_waits_for_a_person(tmp_path: Path) -> None:
    """S6: the annotation mostly stays where it is, and is no reason to warn of an approval of another plan."""
    stage = Stage(tmp_path, ACCOUNT)
    stage.world.add(CLAIMED, a_resource(id="i-1"))
    shown = passed(stage, "")
    done = passed(stage, shown.plan.hash)
    stage.world.add(a_resource(id="i-2"))

    later = passed(stage, shown.plan.hash)

    assert {ActionState.VERIFIED} == {outcome.state for outcome in done.outcomes}
    assert later.held is not None
    assert "NotApproved" == later.held.reason
    assert "the approved plan was carried out at 2026-09-01T13:00:00Z" in later.held.message
    assert later.plan.hash in later.held.message
    assert () == later.outcomes


def test_s6_an_approval_that_was_never_used_is_outdated(tmp_path: Path) -> None:
    """S6: whoever approved learns that the world moved before anything was done."""
    stage = Stage(tmp_path, ACCOUNT)
    stage.world.add(CLAIMED, a_resource(id="i-1"))
    shown = passed(stage, "")
    stage.world.add(a_resource(id="i-2"))

    later = passed(stage, shown.plan.hash)

    assert later.held is not None
    assert "ApprovalOutdated" == later.held.reason
    assert () == later.outcomes


@pytest.mark.parametrize(
    ("hours", "reason"), [(0, None), (24, None), (24.01, "ApprovalOutdated"), (480, "ApprovalOutdated")]
)
def test_s17_an_approval_ends_after_a_day(tmp_path: Path, hours: float, reason: str | None) -> None:
    """S17: a person approved the world of that day, so the same plan needs another word the day after."""
    stage = Stage(tmp_path, ACCOUNT)
    stage.world.add(CLAIMED, a_resource(id="i-1"))
    plan = passed(stage, "").plan

    held = approval_state(plan, Approval.REQUIRED, plan.hash, seen=SeenApproval(NOW), now=NOW + timedelta(hours=hours))

    assert reason == (held and held.reason)


@pytest.mark.parametrize(("hours", "runs"), [(22, True), (26, False)])
def test_s17_an_approved_plan_of_an_unmoved_world_ends_after_a_day(tmp_path: Path, hours: int, runs: bool) -> None:
    """S17: an expiry that moves with the clock gives each plan another hash, and the shown one is good for a day."""
    stage = Stage(tmp_path, ACCOUNT)
    stage.world.add(a_resource(id="i-owned", tags={"owner": "ann"}), a_resource(id="i-1"))
    shown = passed(stage, "")
    stage.clock.now += timedelta(hours=hours)

    later = passed(stage, shown.plan.hash)

    assert runs is (later.held is None)
    assert runs is bool(stage.world.state.deleted)
