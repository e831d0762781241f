"""A deletion rests on listings of exactly the places where users of the resource can be (S17)."""

import pytest

from tagwarden.model.evidence import Role
from tagwarden.model.plan import Plan
from tagwarden.model.resource import ProviderName
from tagwarden.model.snapshot import Extent
from tests.unit.planning.scenes import CLUSTER, Thing, claimed, doomed, in_cluster, plan_of


def searched(plan: Plan, uid: str) -> list[tuple[str, Extent]]:
    evidence = next(each.evidence for each in plan.resources if each.resource.uid == uid)
    assert evidence is not None
    return [(search.account, search.extent) for search in evidence.searches]


def used_by_snapshots(_provider: ProviderName, _kind: str) -> frozenset[str]:
    return frozenset({"aws_ec2_snapshot"})


@pytest.mark.parametrize(
    ("item", "places"),
    [
        (in_cluster(doomed, "settings", "k8s_configmap"), {"shop"}),
        (in_cluster(doomed, "depot", "k8s_namespace"), {"depot"}),
        (doomed("role", provider=ProviderName.KUBERNETES, account=CLUSTER, kind="k8s_clusterrole"), None),
    ],
)
def test_s17_users_in_a_cluster_are_looked_for_in_their_namespace(item: Thing, places: set[str] | None) -> None:
    """S17: a namespace holds its own users, and what belongs to none is looked for everywhere."""
    ((account, extent),) = searched(plan_of([item]), item.resource.uid)

    assert (CLUSTER, places) == (account, extent.namespaces and set(extent.namespaces))
    assert extent.regions is None


def test_s17_users_in_a_cloud_are_looked_for_in_their_region() -> None:
    """S17: by the kinds that can use it; a user of another region is looked at again in its own."""
    volume, user = doomed("vol-1", region="eu-central-1"), doomed("web", region="us-east-1", kind="aws_lambda_function")
    plan = plan_of(
        [volume, user, claimed("snap", kind="aws_ec2_snapshot")], "web needs vol-1", dependents_of=used_by_snapshots
    )

    ((_, extent),) = searched(plan, "vol-1")

    assert {"eu-central-1", "us-east-1"} == set(extent.regions or ())
    assert {volume.resource.kind, "aws_ec2_snapshot", "aws_lambda_function"} == set(extent.kinds)


def test_s17_what_is_global_is_looked_for_everywhere() -> None:
    """S17: no region narrows the search."""
    role = doomed("role", region="", kind="aws_iam_role")

    ((_, extent),) = searched(plan_of([role]), "role")

    assert (None, None) == (extent.regions, extent.namespaces)


def test_s17_the_witnesses_of_a_deletion_are_its_users_and_parents() -> None:
    """S17: parents of a user may claim it, so that they are read again as well."""
    plan = plan_of([doomed("a"), doomed("user"), doomed("team")], "user needs a", "team owns user")
    evidence = next(each.evidence for each in plan.resources if each.resource.uid == "a")

    assert evidence is not None
    assert {("user", Role.USER), ("team", Role.PARENT)} == {
        (each.resource.uid, each.role) for each in evidence.witnesses
    }
