"""What is made again under its old name begins anew, also where the vendor tells no creation time."""

from datetime import timedelta
from pathlib import Path

import pytest

from tagwarden.model.snapshot import CollectFailure
from tagwarden.pipeline import Declarations, make_pass
from tests.support.builders import ACCOUNT, a_policy, a_resource, an_account
from tests.unit.pipeline.stage import Stage

PARAMETER = a_resource(kind="aws_ssm_parameter", category="parameter", id="/web/url", created=None)


def goes(stage: Stage) -> bool:
    limits = {"deletionsPerRun": 50, "deletionsPercent": 100, "deletionsPerHour": 100}
    rules = {"untagged": "Delete", "irreplaceable": {"kinds": ["parameter"]}}
    policy = a_policy(observations=2, grace={"untagged": "0s"}, rules=rules, limits=limits)
    declared = Declarations(policies={policy.name: policy}, accounts={ACCOUNT: an_account()})
    plan = make_pass(declared, policy.name, stage.tools).plan
    stage.clock.now += timedelta(hours=1)
    return any(each.goes for each in plan.resources)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    found = Stage(tmp_path, ACCOUNT)
    found.world.add(a_resource(tags={"owner": "ann"}), PARAMETER)
    return found


def test_what_was_away_is_not_what_was_seen_before(stage: Stage) -> None:
    """A parameter was seen once, then gone; the one that has its name now was seen once and not twice (S4)."""
    first = goes(stage)
    stage.world.remove(PARAMETER.uid)
    away = goes(stage)
    stage.world.add(PARAMETER)

    assert [False, False, False, True] == [first, away, goes(stage), goes(stage)]


def test_what_could_not_be_listed_was_not_away(stage: Stage) -> None:
    """Where a list failed, nothing begins anew (S3)."""
    first = goes(stage)
    stage.world.failures = {ACCOUNT: (CollectFailure(PARAMETER.kind, "eu-central-1", "AccessDenied", "denied"),)}
    stage.world.remove(PARAMETER.uid)
    failed = goes(stage)
    stage.world.failures = {}
    stage.world.add(PARAMETER)

    assert [False, False, True] == [first, failed, goes(stage)]
