"""Who manages a resource, as its tags tell, and which of several managers counts."""

from collections.abc import Mapping

import pytest

from tagwarden.model.resource import Manager, Presence
from tagwarden.providers.aws.managers import gone, managers_by_tags, settled

STACK = "arn:aws:cloudformation:eu-central-1:123456789012:stack/web/1"


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, None),
        ({"owner": "ann", "Name": "web"}, None),
        ({"aws:autoscaling:groupName": "web"}, Manager("aws_autoscaling_group", "web", "aws_autoscaling_group/web")),
        (
            {"aws:cloudformation:stack-name": "web", "aws:cloudformation:stack-id": STACK},
            Manager("aws_cloudformation_stack", "web", STACK),
        ),
        (
            {"eks:nodegroup-name": "big", "eks:cluster-name": "dev"},
            Manager("aws_eks_node_group", "big", "aws_eks_node_group/dev/big"),
        ),
        ({"aws:eks:cluster-name": "dev"}, Manager("aws_eks_cluster", "dev", "aws_eks_cluster/dev")),
        ({"kubernetes.io/cluster/dev": "owned"}, Manager("Kubernetes cluster", "dev", "aws_eks_cluster/dev")),
        (
            {"kubernetes.io/cluster/dev": "owned", "alpha.eksctl.io/cluster-name": "dev"},
            Manager("EKS cluster", "dev", "aws_eks_cluster/dev"),
        ),
        ({"kubernetes.io/cluster/dev": "owned", "KubernetesCluster": "dev"}, Manager("Kubernetes cluster", "dev")),
        (
            {"kubernetes.io/cluster/dev": "owned", "sigs.k8s.io/cluster-api-provider-aws/role": "node"},
            Manager("Kubernetes cluster", "dev"),
        ),
        (
            {"sigs.k8s.io/cluster-api-provider-aws/cluster/dev": "owned"},
            Manager("Cluster API cluster", "dev"),
        ),
        ({"karpenter.sh/nodepool": "spot", "eks:eks-cluster-name": "dev"}, Manager("NodePool", "spot")),
        ({"karpenter.k8s.aws/ec2nodeclass": "default"}, Manager("EC2NodeClass", "default")),
        (
            {"crossplane-name": "db", "crossplane-kind": "instance.rds.aws.upbound.io"},
            Manager("Crossplane resource", "db"),
        ),
        (
            {"services.k8s.aws/controller-version": "s3-v1.0.4"},
            Manager("AWS Controller for Kubernetes", "s3-v1.0.4"),
        ),
        ({"AWSBatchServiceTag": "batch"}, Manager("AWS Batch", "batch")),
        ({"kubernetes.io/cluster/dev": "shared"}, None),
        ({"kubernetes.io/created-for/pv/name": "pv-1"}, Manager("PersistentVolume", "pv-1")),
        (
            {"CSIVolumeName": "pvc-1", "ebs.csi.aws.com/cluster": "true"},
            Manager("PersistentVolume", "pvc-1"),
        ),
        (
            {"CSIVolumeSnapshotName": "snapshot-1", "ebs.csi.aws.com/cluster": "true"},
            Manager("Kubernetes cluster", "with ebs.csi.aws.com"),
        ),
        ({"efs.csi.aws.com/cluster": "true"}, Manager("Kubernetes cluster", "with efs.csi.aws.com")),
        ({"aws:elasticmapreduce:job-flow-id": "j-1"}, Manager("aws_emr_cluster", "j-1", "aws_emr_cluster/j-1")),
        (
            {"ingress.k8s.aws/stack": "shop/front", "elbv2.k8s.aws/cluster": "dev"},
            Manager("Ingress", "shop/front"),
        ),
        ({"kubernetes.io/service-name": "web/front"}, Manager("Service", "web/front")),
        ({"aws:ecs:serviceName": "web"}, Manager("aws_ecs_service", "web")),
    ],
)
def test_tags_tell_the_manager(tags: dict[str, str], expected: Manager | None) -> None:
    """What AWS and Kubernetes write on what they make (S13)."""
    assert expected == next(iter(managers_by_tags(tags)), None)


def test_all_managers_are_named_the_nearest_first() -> None:
    """S13: an instance of Elastic Beanstalk belongs to a group, a stack and an environment."""
    tags = {
        "elasticbeanstalk:environment-name": "shop",
        "aws:cloudformation:stack-name": "web",
        "aws:cloudformation:stack-id": STACK,
        "aws:autoscaling:groupName": "web",
    }

    named = managers_by_tags(tags)

    kinds = ["aws_autoscaling_group", "aws_cloudformation_stack", "Elastic Beanstalk environment"]
    assert kinds == [one.kind for one in named]


def test_nothing_is_a_member_of_its_own_kind() -> None:
    """A cluster bears the tag that it writes on what it owns."""
    tags = {"aws:eks:cluster-name": "dev", "kubernetes.io/cluster/dev": "owned"}

    assert () == managers_by_tags(tags, "aws_eks_cluster")


def counting(tags: Mapping[str, str], *, found: tuple[str, ...] = (), unknown: tuple[str, ...] = ()) -> Manager:
    """Say which manager counts, where these kinds are found, those unknown, and all others gone."""

    def look(manager: Manager) -> Manager | None:
        if not manager.reference or manager.kind in found:
            return manager
        return None if manager.kind in unknown else gone(manager)

    return settled(managers_by_tags(tags), look)


NODE = {
    "aws:autoscaling:groupName": "eks-big",
    "eks:nodegroup-name": "big",
    "eks:cluster-name": "dev",
    "kubernetes.io/cluster/dev": "owned",
}


def test_the_nearest_manager_that_exists_counts() -> None:
    """S13: a node of EKS is terminated through its Auto Scaling group, which is the node group's."""
    assert "aws_autoscaling_group" == counting(NODE, found=("aws_autoscaling_group", "aws_eks_node_group")).kind
    assert "aws_eks_node_group" == counting(NODE, found=("aws_eks_node_group",)).kind


def test_one_that_could_not_be_looked_for_still_manages() -> None:
    """S3: a group that is gone makes no orphan as long as nobody knows of the node group."""
    counts = counting(NODE, unknown=("aws_eks_node_group",))

    assert ("aws_eks_node_group", Presence.ASSUMED) == (counts.kind, counts.presence)


def test_an_orphan_is_whose_managers_are_all_gone() -> None:
    """S13: the nearest of them stays named."""
    counts = counting(NODE)

    assert ("aws_autoscaling_group", Presence.GONE) == (counts.kind, counts.presence)


@pytest.mark.parametrize("mark", ["karpenter.sh/nodepool", "CSIVolumeName", "kubernetes.io/service-name"])
def test_the_objects_of_a_cluster_are_gone_with_it(mark: str) -> None:
    """S13: no NodePool, volume or Service is left of a cluster of EKS that was deleted."""
    tags = {mark: "x", "kubernetes.io/cluster/dev": "owned", "eks:eks-cluster-name": "dev"}

    assert Presence.GONE is counting(tags).presence
    assert Presence.ASSUMED is counting(tags, found=("EKS cluster",)).presence
    assert Presence.ASSUMED is counting(tags, unknown=("EKS cluster",)).presence


def test_a_cluster_that_eks_does_not_list_may_be_of_another_distribution() -> None:
    """S13: OpenShift writes the same tag and nothing else, and makes its machines again."""
    assert Presence.MISSED is counting({"kubernetes.io/cluster/dev-x7k2p": "owned"}).presence
