"""Who manages a resource, as its tags tell, and when a manager is gone."""

import pytest

from tagwarden.model.resource import Manager
from tagwarden.providers.aws.managers import manager_by_tags

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
        ({"kubernetes.io/cluster/dev": "owned"}, Manager("Kubernetes cluster", "dev")),
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
    assert expected == manager_by_tags(tags)


def test_the_nearest_manager_counts() -> None:
    """A node of EKS is terminated through its Auto Scaling group, which is the node group's."""
    tags = {
        "aws:autoscaling:groupName": "eks-big",
        "eks:nodegroup-name": "big",
        "eks:cluster-name": "dev",
        "kubernetes.io/cluster/dev": "owned",
    }

    assert Manager("aws_autoscaling_group", "eks-big", "aws_autoscaling_group/eks-big") == manager_by_tags(tags)
