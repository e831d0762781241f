"""An approval is good for one plan: once that was carried out, the next one waits as if there were no approval."""

from datetime import timedelta
from pathlib import Path

from tagwarden.enforcing import ActionState
from tagwarden.model.policy import APPROVED_PLAN
from tagwarden.pipeline import Declarations, Pass, carry_out, make_pass
from tests.support.builders import ACCOUNT, a_policy, a_resource, an_account
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
    assert "the one approved before was carried out at 2026-09-01T13:00:00Z" in later.held.message
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
