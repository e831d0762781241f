"""S13: real accounts in which a manager exists, is gone, or cannot be listed."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tagwarden.model.account import AwsAccount, CloudAccount, CloudAccountSpec
from tagwarden.model.resource import Manager, Presence, ProviderName, Resource
from tagwarden.model.snapshot import Extent, Snapshot
from tagwarden.model.tags import TagChanges
from tagwarden.providers.aws import AwsProvider
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
INSTANCE, CLUSTER, GROUP = "aws_ec2_instance", "aws_eks_cluster", "aws_autoscaling_group"
OF_KARPENTER = {"karpenter.sh/nodepool": "spot", "kubernetes.io/cluster/dev": "owned", "eks:eks-cluster-name": "dev"}
EXTENT = Extent(kinds=(INSTANCE, CLUSTER, GROUP))


@pytest.fixture
def aws() -> Iterator[FakeAWS]:
    with FakeAWS() as cloud:
        yield cloud


@pytest.fixture
def provider(aws: FakeAWS) -> AwsProvider:
    spec = AwsAccount(account_id=DEFAULT_ACCOUNT, regions=("eu-central-1",), endpoint_url=aws.endpoint)
    return AwsProvider(CloudAccount(name="dev", spec=CloudAccountSpec(provider=ProviderName.AWS, aws=spec)), LOGIN)


def run_instance(aws: FakeAWS, tags: dict[str, str]) -> None:
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    aws.client("ec2").run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": pairs}],
    )


def make_cluster(aws: FakeAWS, name: str) -> None:
    role = f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/eks"
    aws.client("eks").create_cluster(name=name, roleArn=role, resourcesVpcConfig={})


def instance_in(snapshot: Snapshot) -> Resource:
    (found,) = (one for one in snapshot.resources if one.kind == INSTANCE)
    return found


def manager_in(snapshot: Snapshot) -> Manager:
    manager = instance_in(snapshot).manager
    assert manager is not None
    return manager


def test_a_machine_of_karpenter_is_managed_while_its_cluster_exists(aws: FakeAWS, provider: AwsProvider) -> None:
    """S13: Karpenter would start another one; once the cluster is gone nothing does, also at the second look (S5)."""
    make_cluster(aws, "dev")
    run_instance(aws, OF_KARPENTER)

    before = provider.collect(NOW, extent=EXTENT)
    aws.client("eks").delete_cluster(name="dev")
    after = provider.collect(NOW, extent=EXTENT)

    assert Manager("NodePool", "spot") == manager_in(before)
    assert Manager("NodePool", "spot", presence=Presence.GONE) == manager_in(after)
    fresh = provider.read(instance_in(after))
    assert fresh is not None
    assert manager_in(after) == fresh.manager


def test_a_cluster_that_is_back_manages_again(aws: FakeAWS, provider: AwsProvider) -> None:
    """S5: between plan and act a cluster of that name was made; the look right before the action sees it."""
    run_instance(aws, OF_KARPENTER)
    orphan = instance_in(provider.collect(NOW, extent=EXTENT))
    make_cluster(aws, "dev")

    fresh = provider.read(orphan)

    assert fresh is not None
    assert Manager("NodePool", "spot") == fresh.manager


def test_clusters_that_were_not_listed_are_not_gone(aws: FakeAWS, provider: AwsProvider) -> None:
    """S3: a look at instances alone tells nothing of clusters."""
    run_instance(aws, OF_KARPENTER)

    snapshot = provider.collect(NOW, extent=Extent(kinds=(INSTANCE,)))

    assert Presence.ASSUMED is manager_in(snapshot).presence


def test_writing_a_tag_of_a_group_leaves_its_flags_alone(aws: FakeAWS, provider: AwsProvider) -> None:
    """S8: a tag that reached no instance must not reach them for having been repaired."""
    flags = {"TTL": True, "Owner": False, "team": True}
    client = aws.client("autoscaling")
    client.create_launch_configuration(LaunchConfigurationName="web", ImageId="ami-12c6146b", InstanceType="t3.micro")
    client.create_auto_scaling_group(
        AutoScalingGroupName="web",
        LaunchConfigurationName="web",
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=["eu-central-1a"],
        Tags=[{"Key": key, "Value": "x", "PropagateAtLaunch": flag} for key, flag in flags.items()],
    )
    (group,) = (one for one in provider.collect(NOW, extent=EXTENT).resources if one.kind == GROUP)

    provider.set_tags(group, TagChanges(set={"Owner": "ann", "expiration": "2d"}, remove=("TTL",)))
    provider.set_tags(group, TagChanges(set={"cost": "1"}))

    (found,) = client.describe_auto_scaling_groups()["AutoScalingGroups"]
    written = {tag["Key"]: tag["PropagateAtLaunch"] for tag in found["Tags"]}
    assert {"Owner": False, "expiration": True, "team": True, "cost": False} == written
