"""What a pass leaves open is what the next pass finds open."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tagwarden.model.report import PassReport
from tagwarden.pipeline import Declarations, carry_out, make_pass
from tests.support.builders import ACCOUNT, a_policy, a_resource, an_account
from tests.unit.pipeline.stage import Stage

ELSEWHERE = {"Owner": "alice", "ttl": "36h"}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, ACCOUNT)


@pytest.mark.parametrize(
    ("tags", "spec", "left"),
    [
        (ELSEWHERE, {"rules": {"canonical": "Rewrite"}}, 0),
        ({"owner": "alice", "expiration": "2026-12-01T00:00:00Z"}, {"rules": {"tooLong": "Shorten"}}, 0),
        ({"owner": "alice", "expiration": "2026-08-31T12:00:00Z"}, {"rules": {"expired": "Delete"}}, 0),
        ({"ttl": "36h"}, {"rules": {"canonical": "Rewrite", "missingOwner": "Report"}}, 1),
    ],
    ids=["rewritten", "shortened", "deleted", "rewritten, with no owner"],
)
def test_the_next_pass_finds_open_what_this_one_left(
    stage: Stage, tags: dict[str, str], spec: dict[str, object], left: int
) -> None:
    """`apply --check` exited with 3 after it had done all there was to do, and with 0 the next time."""
    stage.world.add(a_resource(tags=tags))
    limits = {"deletionsPerRun": 1, "deletionsPercent": 100, "deletionsPerHour": 1}
    policy = a_policy(observations=1, grace={"untagged": "0s", "expired": "0s"}, limits=limits, **spec)
    declared = Declarations(policies={policy.name: policy}, accounts={ACCOUNT: an_account()})

    def passed(*, acts: Callable[[], bool] = lambda: True) -> PassReport:
        return carry_out(declared, make_pass(declared, policy.name, stage.tools), stage.tools, may_act=acts).report

    interrupted = passed(acts=lambda: False)
    first, second = passed(), passed()

    assert 1 == interrupted.open_count
    assert interrupted.is_interrupted
    assert 1 == first.summary.fixed + first.summary.shortened + first.summary.deleted
    assert (left, left) == (first.open_count, second.open_count)
    assert second.pending is None
    assert 0 == second.summary.fixed + second.summary.shortened + second.summary.deleted
