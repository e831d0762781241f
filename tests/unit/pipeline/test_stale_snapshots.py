"""What nobody has looked at lately is no reason to delete, whichever way an old snapshot comes to a pass."""

from datetime import timedelta
from pathlib import Path

import pytest

from tagwarden.errors import AccessDenied
from tagwarden.model.plan import Plan
from tagwarden.model.reasons import Reason
from tagwarden.pipeline import Declarations, Pass, make_pass
from tests.support.builders import a_policy, a_resource, an_account
from tests.unit.pipeline.stage import Stage

FRESH, OLD = "aws-dev", "aws-old"
EXPIRED = {"owner": "ann", "expiration": "2026-08-31T00:00:00Z"}


def made(stage: Stage, *scope: str, stored: bool = True) -> Pass:
    limits = {"deletionsPerRun": 50, "deletionsPercent": 100, "deletionsPerHour": 100}
    policy = a_policy(scope={"accounts": {"names": list(scope)}}, observations=1, limits=limits)
    declared = Declarations(
        policies={policy.name: policy}, accounts={name: an_account(name) for name in stage.providers}
    )
    return make_pass(declared, policy.name, stage.tools, stored=stored)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Two accounts with one expired instance each, both collected when the test begins."""
    found = Stage(tmp_path, FRESH, OLD)
    found.world.add(*(a_resource(account=name, id=f"i-{name}", tags=EXPIRED) for name in (FRESH, OLD)))
    for name in found.providers:
        found.collect(name)
    return found


def gone(plan: Plan) -> list[str]:
    return [each.resource.account for each in plan.resources if each.goes]


def reason_of(plan: Plan, account: str) -> Reason:
    withheld = [each.withheld for each in plan.resources if each.resource.account == account]
    return next(each.reason for each in withheld if each is not None)


def test_a_stale_snapshot_deletes_nothing(stage: Stage) -> None:
    """One account was collected lately, the other three hours ago, of which two are allowed (S3)."""
    stage.clock.now += timedelta(hours=3)
    stage.collect(FRESH)

    plan = made(stage, FRESH, OLD).plan

    assert [FRESH] == gone(plan)
    assert Reason.SnapshotIncomplete is reason_of(plan, OLD)


def test_an_account_that_fails_to_be_collected_loses_nothing(stage: Stage) -> None:
    """A cleanup must not run on what there was before the credentials were changed (S3)."""
    stage.providers[OLD].identify_error = AccessDenied("no")

    plan = made(stage, FRESH, OLD, stored=False).plan

    assert [FRESH] == gone(plan)
    assert Reason.SnapshotIncomplete is reason_of(plan, OLD)


def test_a_stale_neighbour_is_not_complete(stage: Stage) -> None:
    """What it does not show may have come since, and hold something of ours in use (S3)."""
    fresh = made(stage, FRESH).decision.world.snapshots[OLD]
    stage.clock.now += timedelta(hours=3)
    stage.collect(FRESH)

    stale = made(stage, FRESH).decision.world.snapshots[OLD]

    assert [True, False] == [fresh.is_complete, stale.is_complete]


def test_a_snapshot_of_exactly_the_age_that_is_allowed_is_not_stale(stage: Stage) -> None:
    """A pass that comes on the minute, twice the interval later, is not late."""
    stage.clock.now += timedelta(hours=2)
    stage.collect(FRESH)

    assert [FRESH, OLD] == sorted(gone(made(stage, FRESH, OLD).plan))
    assert made(stage, FRESH).decision.world.snapshots[OLD].is_complete
