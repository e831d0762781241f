"""What is asked once more right before an action, each question by itself (S2, S5)."""

from pathlib import Path

import pytest

from tagwarden.enforcing import verdict_difference
from tagwarden.model.plan import PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Manager
from tagwarden.model.verdict import Judgement, Verdict, Withheld
from tagwarden.pipeline import Declarations, make_pass
from tests.support.builders import ACCOUNT, NOW, a_policy, an_account
from tests.support.enforcement import Bench, a_plan, expired, planned_deletion, told
from tests.unit.pipeline.stage import Stage

JUDGED = Judgement("i-1", Verdict.DELETE, deletion=Reason.Expired)


@pytest.mark.parametrize("environment", [Environment.PRODUCTION, Environment.STAGING])
def test_s2_what_goes_along_is_asked_for_its_environment_too(bench: Bench, environment: Environment) -> None:
    """S2: an instance stays when the volume that the vendor deletes along with it is not for tests any more."""
    instance = expired()
    volume = expired(
        2, kind="aws_ec2_volume", category="volume", manager=Manager("aws_ec2_instance", "web", instance.uid)
    )
    along = PlannedResource(volume, Judgement(volume.uid, Verdict.MANAGED), (), taken_by=instance.uid)
    bench.add(instance, volume)
    bench.environments[volume.uid] = environment

    outcomes = bench.run(a_plan(planned_deletion(instance), along))

    assert {instance.id: ("Withheld", "Production")} == told(outcomes)
    assert {instance.uid, volume.uid} == bench.world.uids


def test_s2_an_environment_that_nobody_can_tell_is_production(bench: Bench) -> None:
    """S2: the question itself may fail; then nothing is deleted."""
    instance = expired()
    bench.add(instance)

    bench.environments = _Untold()
    outcomes = bench.run(a_plan(planned_deletion(instance)))

    assert {instance.id: ("Withheld", "Production")} == told(outcomes)


class _Untold(dict[str, Environment]):
    """Environments that nobody can tell."""

    def get(self, key: str, default: object = None) -> Environment:  # type: ignore[override]
        raise LookupError(key)


def test_s2_an_account_that_is_not_declared_is_production(tmp_path: Path) -> None:
    """S2: the declaration may have gone since the resource was collected."""
    stage = Stage(tmp_path, ACCOUNT)
    stage.world.add(expired())
    policy = a_policy(observations=1)
    decision = make_pass(
        Declarations({policy.name: policy}, {ACCOUNT: an_account()}), policy.name, stage.tools
    ).decision

    asked = [decision.environment_of(expired(account=account), NOW) for account in (ACCOUNT, "aws-unknown")]

    assert [Environment.TEST, Environment.PRODUCTION] == asked


@pytest.mark.parametrize("is_associated", [False, True])
def test_s5_a_verdict_that_is_withheld_now_is_another(is_associated: bool) -> None:
    """S5: the verdict is still Delete, and something keeps it back that did not when the plan was made."""
    withheld = JUDGED._replace(withheld=Withheld(Reason.InGracePeriod, "the grace period ends tomorrow"))

    now, before = (
        verdict_difference(JUDGED, withheld, is_associated=is_associated),
        verdict_difference(withheld, withheld, is_associated=is_associated),
    )

    assert "now withheld: the grace period ends tomorrow" == now
    assert "" == before
