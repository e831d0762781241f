"""What nobody has looked at lately is no reason to delete, whichever way an old snapshot comes to a pass."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tagwarden.enforcing import Database
from tagwarden.errors import AccessDenied
from tagwarden.inventory import PlanStore, SnapshotStore
from tagwarden.model.plan import Plan
from tagwarden.model.reasons import Reason
from tagwarden.pipeline import Declarations, Pass, Tools, make_pass
from tests.support.builders import NOW, a_policy, a_resource, an_account
from tests.support.fake_provider import FakeProvider, FakeWorld

FRESH, OLD = "aws-dev", "aws-old"
EXPIRED = {"owner": "ann", "expiration": "2026-08-31T00:00:00Z"}


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Stage:
    """Two accounts with one expired instance each, both collected when the test begins."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        world = FakeWorld(self.clock)
        world.add(*(a_resource(account=name, id=f"i-{name}", tags=EXPIRED) for name in (FRESH, OLD)))
        self.providers = {name: FakeProvider(world, name) for name in (FRESH, OLD)}
        self.tools = Tools(
            SnapshotStore(folder),
            PlanStore(folder),
            Database(f"sqlite:///{folder}/state.db"),
            lambda account: self.providers[account.name],
            self.clock,
        )
        for name in self.providers:
            self.collect(name)

    def collect(self, name: str) -> None:
        self.tools.snapshots.save(self.providers[name].collect(self.clock.now))

    def make_pass(self, *scope: str, stored: bool = True) -> Pass:
        limits = {"deletionsPerRun": 50, "deletionsPercent": 100, "deletionsPerHour": 100}
        policy = a_policy(scope={"accounts": {"names": list(scope)}}, observations=1, limits=limits)
        declared = Declarations(
            policies={policy.name: policy}, accounts={name: an_account(name) for name in self.providers}
        )
        return make_pass(declared, policy.name, self.tools, stored=stored)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def gone(plan: Plan) -> list[str]:
    return [each.resource.account for each in plan.resources if each.goes]


def reason_of(plan: Plan, account: str) -> Reason:
    withheld = [each.withheld for each in plan.resources if each.resource.account == account]
    return next(each.reason for each in withheld if each is not None)


def test_a_stale_snapshot_deletes_nothing(stage: Stage) -> None:
    """One account was collected lately, the other three hours ago, of which two are allowed (S3)."""
    stage.clock.now += timedelta(hours=3)
    stage.collect(FRESH)

    plan = stage.make_pass(FRESH, OLD).plan

    assert [FRESH] == gone(plan)
    assert Reason.SnapshotIncomplete is reason_of(plan, OLD)


def test_an_account_that_fails_to_be_collected_loses_nothing(stage: Stage) -> None:
    """A cleanup must not run on what there was before the credentials were changed (S3)."""
    stage.providers[OLD].identify_error = AccessDenied("no")

    plan = stage.make_pass(FRESH, OLD, stored=False).plan

    assert [FRESH] == gone(plan)
    assert Reason.SnapshotIncomplete is reason_of(plan, OLD)


def test_a_stale_neighbour_is_not_complete(stage: Stage) -> None:
    """What it does not show may have come since, and hold something of ours in use (S3)."""
    fresh = stage.make_pass(FRESH).decision.world.snapshots[OLD]
    stage.clock.now += timedelta(hours=3)
    stage.collect(FRESH)

    stale = stage.make_pass(FRESH).decision.world.snapshots[OLD]

    assert [True, False] == [fresh.is_complete, stale.is_complete]
