"""What goes along though a policy's scope leaves it out, through the pipeline that judges and plans."""

from datetime import timedelta

import pytest

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.resource import Environment, Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.pipeline.compiling import compile_policies
from tagwarden.pipeline.deciding import Decision, decide
from tagwarden.pipeline.declarations import Declarations
from tagwarden.planning import Budget
from tagwarden.providers import aws
from tests.support.builders import ACCOUNT, NOW, a_policy, a_resource, a_snapshot, an_account
from tests.unit.planning.scenes import GENEROUS, fates

KINDS = tuple(row.kind for row in aws.catalogue())
EXPIRED = {"owner": "alice", "expiration": "2026-09-01T11:00:00Z"}
CLAIMED = {"owner": "bob", "expiration": "2026-09-02T12:00:00Z"}


def policy(name: str, kinds: list[str], priority: int = 0, where: str | None = None) -> CleanupPolicy:
    scope = {"accounts": {"names": [ACCOUNT]}, "kinds": kinds, **({"where": where} if where else {})}
    grace = {"untagged": "0s", "expired": "0s"}
    return a_policy(name, scope=scope, priority=priority, observations=1, grace=grace, limits=GENEROUS)


def world(volume_tags: dict[str, str]) -> Snapshot:
    instance = a_resource(uid="i-1", id="i-1", tags=EXPIRED)
    disk = a_resource(uid="vol-1", id="vol-1", kind="aws_ec2_volume", category="volume", tags=volume_tags)
    edges = (Edge("i-1", EdgeMeaning.OWNS, "vol-1"), Edge("i-1", EdgeMeaning.NEEDS, "vol-1"))
    return a_snapshot(instance, disk, edges=edges, kinds=KINDS)


def decision(snapshot: Snapshot, *policies: CleanupPolicy, environment: Environment = Environment.TEST) -> Decision:
    declared = Declarations({each.name: each for each in policies}, {ACCOUNT: an_account(environment=environment)})
    policy_set = compile_policies(declared, policies[0].name)
    return decide(declared, policy_set, [snapshot], lambda _name, _resources: {}, Budget(), NOW)


@pytest.mark.parametrize("where", [None, "resource.category == 'instance'"])
def test_a_policy_for_instances_takes_their_untagged_volumes_along(where: str | None) -> None:
    """Its scope names what it looks at; what only exists for that goes with it."""
    made = decision(world({}), policy("instances", [] if where else ["instance"], where=where))

    assert fates(made.plan) == {"i-1": "deleted in 1", "vol-1": "deleted in 2 for i-1"}


@pytest.mark.parametrize("priority", [-5, 0, 5])
def test_s16_never_what_another_policy_governs(priority: int) -> None:
    """S16: another policy for volumes keeps them, whichever of the two has the higher priority."""
    made = decision(world({}), policy("instances", ["instance"]), policy("volumes", ["volume"], priority))

    assert fates(made.plan) == {"i-1": "WithheldByDependency"}


def test_s8_a_claimed_volume_keeps_its_instance() -> None:
    """S8: bob's volume is bob's, whatever the policy looks at."""
    made = decision(world(CLAIMED), policy("instances", ["instance"]))

    assert fates(made.plan) == {"i-1": "DependentInUse"}


def test_s7_a_protected_volume_keeps_its_instance() -> None:
    """S7: so is one that is protected by its tag."""
    made = decision(world({"tagwarden.io/protect": "true"}), policy("instances", ["instance"]))

    assert fates(made.plan) == {"i-1": "ProtectedByGraph"}


def test_s5_what_goes_along_is_judged_again_by_the_same_rules() -> None:
    """S5: right before the action the volume is judged as it was in the plan, and otherwise once somebody claims it."""
    made = decision(world({}), policy("instances", ["instance"]))
    planned = next(each for each in made.plan.resources if each.resource.uid == "vol-1")
    later = NOW + timedelta(minutes=5)
    same = made.rejudge(planned.resource, later)
    other = made.rejudge(_tagged(planned.resource, CLAIMED), later)

    assert same is not None
    assert same.verdict == "Delete"
    assert other is not None
    assert other.verdict == "Compliant"


def test_s5_what_does_not_go_along_is_not_judged_by_the_wider_rules() -> None:
    """S16: the policy governs instances; a volume that appeared since is none of its business."""
    made = decision(world({}), policy("instances", ["instance"]))
    stranger = a_resource(uid="vol-9", id="vol-9", kind="aws_ec2_volume", category="volume", tags={})

    assert made.rejudge(stranger, NOW) is None


def _tagged(resource: Resource, tags: dict[str, str]) -> Resource:
    return a_resource(uid=resource.uid, id=resource.id, kind=resource.kind, category=resource.category, tags=tags)
