"""S8: a claim of its own counts on whatever carries it, and for whatever its holder uses."""

import pytest

from tagwarden.model.resource import Manager
from tests.support.decided import CLAIMED, EXPIRED, UNTAGGED, decided, fate, fates, made, member


@pytest.mark.parametrize("manager", ["stack-1", "asg-1"])
@pytest.mark.parametrize("tags", [UNTAGGED, EXPIRED])
def test_a_claimed_member_keeps_its_manager(manager: str, tags: dict[str, str]) -> None:
    """S8: bob's instance in an untagged or expired stack or group is bob's."""
    parent = made(manager, tags)
    found = decided(parent, member("i-1", CLAIMED, parent), edges=(f"{manager} owns i-1",))

    assert fates(found.plan) == {manager: "DependentInUse", "i-1": "Managed"}


def test_default_tags_that_never_reach_the_group_claim_it() -> None:
    """S8: the owner that a launch template gives to instances is somebody, though the group itself is untagged."""
    group = made("asg-1", UNTAGGED)
    found = decided(group, member("i-1", {"owner": "bob"}, group), edges=("asg-1 owns i-1",))

    assert fate("asg-1", found) == "DependentInUse"


@pytest.mark.parametrize("tags", [EXPIRED, {"owner": "alice"}, {"Name": "web"}, UNTAGGED])
def test_the_groups_own_propagated_tags_are_no_separate_claim(tags: dict[str, str]) -> None:
    """Members that repeat what the expired group says, or less, go with it."""
    group = made("asg-1", EXPIRED)
    found = decided(group, member("i-1", tags, group), edges=("asg-1 owns i-1",))

    assert fates(found.plan) == {"asg-1": "goes", "i-1": "goes"}


@pytest.mark.parametrize(
    "tags",
    [
        {"owner": "bob"},
        {"owner": "alice", "expiration": "2026-09-02T12:00:00Z"},
        {"owner": "alice", "expiration": "never"},
        {"owner": "alice", "expiration": "when it is done"},
    ],
)
def test_a_member_that_says_more_than_its_group_blocks(tags: dict[str, str]) -> None:
    """S8: another owner, or time left, or an end that nobody can read."""
    group = made("asg-1", EXPIRED)
    found = decided(group, member("i-1", tags, group), edges=("asg-1 owns i-1",))

    assert fate("asg-1", found) == "DependentInUse"


@pytest.mark.parametrize("tool", ["HelmRelease", "k8s_application.argoproj.io"])
def test_a_claimed_deployment_of_a_tool_keeps_its_namespace(tool: str) -> None:
    """S8: what Helm or Argo CD marked as its own is still bob's."""
    web = made("web-1", CLAIMED, manager=Manager(tool, "shop"))
    found = decided(made("ns-1", UNTAGGED), web, edges=("ns-1 owns web-1",))

    assert fate("ns-1", found) == "DependentInUse"


def test_an_inherited_claim_counts_for_what_its_holder_uses() -> None:
    """S8: bob's function reads the queue by an untagged mapping, which is a part of the function."""
    edges = ("function-1 owns mapping-1", "mapping-1 uses queue-1")
    found = decided(made("function-1", CLAIMED), made("mapping-1", UNTAGGED), made("queue-1", EXPIRED), edges=edges)

    assert fate("queue-1", found) == "DependentInUse"


@pytest.mark.parametrize("inherit", [True, False])
def test_what_a_claimed_namespaces_contents_use_stays(inherit: bool) -> None:
    """S8: an untagged workload in bob's namespace works for bob."""
    edges = ("ns-1 owns web-1", "web-1 uses config-1", "ns-1 owns config-1")
    rules = {"untagged": "Report", "expired": "Delete"}
    things = (made("ns-1", CLAIMED), made("web-1", UNTAGGED), made("config-1", EXPIRED))
    found = decided(*things, edges=edges, owner={"inherit": inherit}, rules=rules)

    assert fate("config-1", found) == "DependentInUse"


def test_what_nobody_claims_does_not_keep_what_it_uses() -> None:
    """A user without anybody behind it is no obstacle."""
    edges = ("function-1 owns mapping-1", "mapping-1 uses queue-1")
    rules = {"untagged": "Report", "expired": "Delete"}
    things = (made("function-1", UNTAGGED), made("mapping-1", UNTAGGED), made("queue-1", EXPIRED))

    assert fate("queue-1", decided(*things, edges=edges, rules=rules)) == "goes"
