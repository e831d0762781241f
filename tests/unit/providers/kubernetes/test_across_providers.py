"""Objects of a cluster and what stands behind them in a cloud are one graph."""

from dataclasses import replace
from typing import Any

from tagwarden.model.graph import Edge, EdgeMeaning, Graph
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.tags import Tags
from tagwarden.providers.kubernetes.assembling import assemble
from tagwarden.providers.kubernetes.discovery import Api
from tests.unit.providers.kubernetes.objects import CLAIMS, SERVICE_ACCOUNTS, SERVICES, VOLUMES, api_of, seen_of

NODES = api_of("", "Node", "nodes", namespaced=False)
HOST = "k8s-shop-front-0123456789-0123456789abcdef.elb.eu-central-1.amazonaws.com"


def aws(kind: str, id_: str, arn: str, **attributes: str) -> Resource:
    return Resource(
        arn,
        ProviderName.AWS,
        "aws-dev",
        "eu-central-1",
        kind,
        "",
        id_,
        id_,
        None,
        Tags.known({}),
        attributes=attributes,
    )


BALANCER_ARN = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/net/front/0123456789abcdef"
BALANCER = aws("aws_elbv2_load_balancer", BALANCER_ARN, BALANCER_ARN, dns_name=HOST)
DISK = aws("aws_ec2_volume", "vol-1", "arn:aws:ec2:eu-central-1:123456789012:volume/vol-1")
MACHINE = aws("aws_ec2_instance", "i-1", "arn:aws:ec2:eu-central-1:123456789012:instance/i-1")
ROLE = aws("aws_iam_role", "shop", "arn:aws:iam::123456789012:role/shop")


def graph(api: Api, name: str, *cloud: Resource, **parts: Any) -> Graph:
    resources, edges = assemble("kind", [seen_of(api, name, **parts)])
    return Graph([*resources, *cloud], edges)


def test_a_service_finds_its_load_balancer_by_dns_name() -> None:
    """The cluster knows nothing but the name under which it is reached."""
    status = {"loadBalancer": {"ingress": [{"hostname": HOST}]}}

    found = graph(SERVICES, "front", BALANCER, spec={"type": "LoadBalancer"}, status=status)

    assert (Edge("uid-shop-front", EdgeMeaning.OWNS, BALANCER.uid),) == found.edges
    assert found.resolve(f"aws_elbv2_load_balancer/{HOST}") is not None
    assert frozenset() == found.unknown


def test_a_name_that_two_resources_claim_stays_unknown() -> None:
    """What is not certain is no link."""
    status = {"loadBalancer": {"ingress": [{"hostname": HOST}]}}
    twin = replace(BALANCER, uid="twin", id="twin")

    found = graph(SERVICES, "front", BALANCER, twin, spec={"type": "LoadBalancer"}, status=status)

    assert {f"aws_elbv2_load_balancer/{HOST}"} == found.unknown


def test_the_chain_from_a_claim_to_its_disk() -> None:
    """Claim, volume and disk hold and take one another."""
    claim = seen_of(CLAIMS, "data")
    spec = {
        "claimRef": {"namespace": "shop", "name": "data", "uid": claim.uid},
        "persistentVolumeReclaimPolicy": "Delete",
        "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"},
    }
    volume = seen_of(VOLUMES, "pv", spec=spec, status={"phase": "Bound"})
    resources, edges = assemble("kind", [claim, volume])

    found = Graph([*resources, DISK], edges)

    for meaning in (EdgeMeaning.OWNS, EdgeMeaning.NEEDS):
        assert (volume.uid,) == found.targets(claim.uid, meaning)
        assert (DISK.uid,) == found.targets(volume.uid, meaning)


def test_nodes_and_service_accounts_use_what_they_name() -> None:
    """The blast radius of a machine and of a role reaches into the cluster."""
    annotations = {"eks.amazonaws.com/role-arn": ROLE.uid}

    node = graph(NODES, "node-1", MACHINE, spec={"providerID": "aws:///eu-central-1a/i-1"})
    account = graph(SERVICE_ACCOUNTS, "runner", ROLE, metadata={"annotations": annotations})

    assert ("uid--node-1",) == node.sources(MACHINE.uid, EdgeMeaning.USES)
    assert ("uid-shop-runner",) == account.sources(ROLE.uid, EdgeMeaning.USES)
