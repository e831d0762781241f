"""Where a manager was looked for."""

import pytest

from tagwarden.model.resource import Manager
from tagwarden.providers.linking.node_pools import pool_reference


@pytest.mark.parametrize(
    ("reference", "in_cluster"),
    [
        ("", False),
        ("arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:web", False),
        ("aws_eks_cluster/dev", False),
        ("gcp_container_cluster/dev", False),
        ("https://www.googleapis.com/compute/v1/projects/dev/zones/a/instanceGroupManagers/web", False),
        ("//container.googleapis.com/projects/dev/locations/a/clusters/dev", False),
        ("7f0c1a52-6d2e-4e0a-9d2b-0c9f5f1a7b11", True),
        ("k8s_deployment/shop/web", True),
        (pool_reference("dev-cluster", "spot"), True),
    ],
)
def test_a_manager_tells_whether_it_is_an_object_of_a_cluster(reference: str, in_cluster: bool) -> None:
    """Its reference is a uid or a kind of Kubernetes, and neither an ARN nor a kind of a cloud."""
    assert in_cluster == Manager("any", "one", reference).is_in_cluster
