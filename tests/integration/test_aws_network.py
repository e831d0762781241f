"""A full network: what needs, owns and uses what, and its deletion in the order that the edges say."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from graphlib import TopologicalSorter

import pytest

from tagwarden.errors import DependencyViolation
from tagwarden.model.account import AwsAccount, CloudAccount, CloudAccountSpec
from tagwarden.model.graph import EdgeMeaning, Graph
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.providers.aws import AwsProvider, dependents_of, untangles
from tests.integration.aws_account import IMAGE, internet_gateway, nat_gateway, security_group, subnet, vpc
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}

NEEDS, OWNS, USES = EdgeMeaning.NEEDS, EdgeMeaning.OWNS, EdgeMeaning.USES


class Network:
    """Two subnets, a gateway, a NAT gateway, a balancer, an instance, and two groups that hold each other."""

    def __init__(self, aws: FakeAWS) -> None:
        ec2 = aws.client("ec2")
        self.vpc = vpc(aws, "net", {})
        self.subnets = [subnet(aws, "net", {}, zone, self.vpc) for zone in "ab"]
        self.gateway = internet_gateway(aws, "net", {}, self.vpc)
        self.nat = nat_gateway(aws, "net", {}, self.subnets[0])
        self.web, self.data = (security_group(aws, name, {}, self.vpc) for name in ("web", "data"))
        for one, other in ((self.web, self.data), (self.data, self.web)):
            pair = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": other}]}
            ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=[pair])
        self.routes = ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=self.routes, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=self.nat)
        ec2.associate_route_table(RouteTableId=self.routes, SubnetId=self.subnets[1])
        started = ec2.run_instances(
            ImageId=IMAGE, MinCount=1, MaxCount=1, SubnetId=self.subnets[1], SecurityGroupIds=[self.web]
        )
        self.instance = started["Instances"][0]["InstanceId"]
        elbv2 = aws.client("elbv2")
        self.balancer = elbv2.create_load_balancer(
            Name="web", Subnets=self.subnets, SecurityGroups=[self.web], Scheme="internal"
        )["LoadBalancers"][0]["LoadBalancerArn"]
        self.targets = elbv2.create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=self.vpc)["TargetGroups"][
            0
        ]["TargetGroupArn"]
        forward = [{"Type": "forward", "TargetGroupArn": self.targets}]
        elbv2.create_listener(LoadBalancerArn=self.balancer, Protocol="HTTP", Port=80, DefaultActions=forward)


@pytest.fixture(scope="module")
def aws() -> Iterator[FakeAWS]:
    with FakeAWS() as started:
        yield started


@pytest.fixture(scope="module")
def network(aws: FakeAWS) -> Network:
    return Network(aws)


@pytest.fixture(scope="module")
def provider(aws: FakeAWS) -> AwsProvider:
    spec = AwsAccount(account_id=DEFAULT_ACCOUNT, regions=("eu-central-1",), endpoint_url=aws.endpoint)
    return AwsProvider(CloudAccount(name="dev", spec=CloudAccountSpec(provider=ProviderName.AWS, aws=spec)), LOGIN)


@pytest.fixture(scope="module")
def snapshot(network: Network, provider: AwsProvider) -> Snapshot:
    """Collect once: only the last test changes anything, and the others look at this snapshot alone."""
    collected = provider.collect(NOW)

    assert () == collected.failures
    return collected


def ids(graph: Graph, uids: tuple[str, ...], kind: str) -> set[str]:
    return {graph.resources[uid].id for uid in uids if uid in graph.resources and graph.resources[uid].kind == kind}


def uid_of(snapshot: Snapshot, id_: str) -> str:
    return next(resource.uid for resource in snapshot.resources if resource.id == id_)


def test_what_holds_a_network_is_known(network: Network, snapshot: Snapshot) -> None:
    """Subnets, groups, gateways and route tables keep a network from being deleted, and go with it."""
    graph = Graph(snapshot.resources, snapshot.edges)
    uid = uid_of(snapshot, network.vpc)

    for meaning, found in ((NEEDS, graph.sources(uid, NEEDS)), (OWNS, not_made_with_it(graph, uid))):
        assert set(network.subnets) == ids(graph, found, "aws_ec2_subnet"), meaning
        assert {network.web, network.data} == ids(graph, found, "aws_ec2_security_group"), meaning
        assert {network.gateway} == ids(graph, found, "aws_ec2_internet_gateway"), meaning
        assert {network.nat} == ids(graph, found, "aws_ec2_nat_gateway"), meaning
        assert {network.routes} == ids(graph, found, "aws_ec2_route_table"), meaning


def test_what_holds_a_subnet_is_known(network: Network, snapshot: Snapshot) -> None:
    """Instances, interfaces, NAT gateways and balancers stand in subnets."""
    graph = Graph(snapshot.resources, snapshot.edges)
    first = graph.sources(uid_of(snapshot, network.subnets[0]), NEEDS)
    second = graph.sources(uid_of(snapshot, network.subnets[1]), NEEDS)

    assert {network.nat} == ids(graph, first, "aws_ec2_nat_gateway")
    assert {network.balancer} == ids(graph, first, "aws_elbv2_load_balancer")
    assert {network.instance} == ids(graph, second, "aws_ec2_instance")
    assert ids(graph, second, "aws_ec2_network_interface")


def test_groups_that_hold_each_other_are_a_known_cycle(network: Network, snapshot: Snapshot) -> None:
    """Both edges are there, and the kind says that its own steps undo them."""
    graph = Graph(snapshot.resources, snapshot.edges)
    web, data = uid_of(snapshot, network.web), uid_of(snapshot, network.data)

    assert data in graph.targets(web, NEEDS)
    assert web in graph.targets(data, NEEDS)
    assert frozenset({"aws_ec2_security_group"}) == untangles("aws_ec2_security_group")


def test_a_balancer_takes_its_only_target_group_along(network: Network, snapshot: Snapshot) -> None:
    """The group exists only for it, and cannot go before it."""
    graph = Graph(snapshot.resources, snapshot.edges)
    balancer = uid_of(snapshot, network.balancer)

    assert {network.targets} == ids(graph, graph.targets(balancer, OWNS), "aws_elbv2_target_group")
    assert {network.targets} == ids(graph, graph.targets(balancer, NEEDS), "aws_elbv2_target_group")
    assert {network.targets} == ids(graph, graph.targets(balancer, USES), "aws_elbv2_target_group")


def test_volumes_and_interfaces_of_an_instance_are_its_members(network: Network, snapshot: Snapshot) -> None:
    """They come and go with it, so they are acted on at the instance (S13)."""
    graph = Graph(snapshot.resources, snapshot.edges)
    uid = uid_of(snapshot, network.instance)
    owned = [graph.resources[target] for target in graph.targets(uid, OWNS)]

    assert {"aws_ec2_volume", "aws_ec2_network_interface"} == {resource.kind for resource in owned}
    for resource in owned:
        assert Manager("aws_ec2_instance", network.instance, uid) == resource.manager


def test_what_comes_with_a_network_goes_with_it_and_holds_nothing(network: Network, snapshot: Snapshot) -> None:
    """The main route table, the default group and the default list cannot be deleted by themselves (S7, S13)."""
    graph = Graph(snapshot.resources, snapshot.edges)
    uid = uid_of(snapshot, network.vpc)
    defaults = [one for one in snapshot.resources if one.manager == Manager("aws_ec2_vpc", network.vpc, uid)]

    assert {"aws_ec2_route_table", "aws_ec2_security_group", "aws_ec2_network_acl"} == {one.kind for one in defaults}
    assert {one.uid for one in defaults} <= {*graph.targets(uid, OWNS)}
    assert not {*graph.sources(uid, NEEDS)} & {one.uid for one in defaults}


def test_default_networks_are_protected(snapshot: Snapshot) -> None:
    """What AWS gave every region is never deleted (S7)."""
    networks = [one for one in snapshot.resources if one.kind.startswith("aws_ec2_")]
    protected = {one.kind for one in networks if "default" in one.protection}

    assert {"aws_ec2_vpc", "aws_ec2_subnet"} == protected


def test_dependents_cover_every_edge_of_a_real_network(snapshot: Snapshot) -> None:
    """Whatever holds a resource is of a kind that must have been listed before a deletion (S3)."""
    graph = Graph(snapshot.resources, snapshot.edges)
    for edge in graph.edges:
        if edge.meaning is NEEDS and edge.target in graph.resources and edge.source in graph.resources:
            assert graph.resources[edge.source].kind in dependents_of(graph.resources[edge.target].kind)


def test_a_network_is_deleted_in_the_order_of_its_edges(
    network: Network, snapshot: Snapshot, provider: AwsProvider
) -> None:
    """What needs something goes before it; AWS refuses nothing but groups that still hold each other."""
    graph = Graph(snapshot.resources, snapshot.edges)
    condemned = dict(closure(graph, uid_of(snapshot, network.vpc)))
    order: TopologicalSorter[str] = TopologicalSorter()
    for uid, resource in condemned.items():
        order.add(uid)
        for target in graph.targets(uid, NEEDS):
            if target in condemned and condemned[target].kind not in untangles(resource.kind):
                order.add(target, uid)

    refused: list[Resource] = []
    for wave in list(generations(order)):
        again, refused = refused, []
        for resource in (*(condemned[uid] for uid in wave), *again):
            if not delete(provider, resource):
                refused.append(resource)

        # The first of two groups waits for the other's rules.
        assert {resource.kind for resource in refused} <= {"aws_ec2_security_group"}

    assert [] == [one for one in provider.collect(NOW).resources if one.uid in condemned]


def generations(order: TopologicalSorter[str]) -> Iterator[tuple[str, ...]]:
    order.prepare()
    while order.is_active():
        ready = order.get_ready()
        yield ready
        order.done(*ready)


def closure(graph: Graph, uid: str) -> Iterator[tuple[str, Resource]]:
    """Give all that must go for the network to go: what it owns, what those own, and what needs any of them."""
    seen, waiting = set[str](), [uid]
    while waiting:
        one = waiting.pop()
        if one in seen or one not in graph.resources or is_made_with_network(graph.resources[one]):
            continue
        seen.add(one)
        yield one, graph.resources[one]
        waiting.extend((*graph.targets(one, OWNS), *graph.sources(one, NEEDS)))


def is_made_with_network(resource: Resource) -> bool:
    return resource.manager is not None and resource.manager.kind == "aws_ec2_vpc"


def not_made_with_it(graph: Graph, uid: str) -> tuple[str, ...]:
    return tuple(one for one in graph.targets(uid, OWNS) if not is_made_with_network(graph.resources[one]))


def delete(provider: AwsProvider, resource: Resource) -> bool:
    """Delete and wait until it is gone; give whether AWS let it."""
    if resource.manager is not None and provider.read(resource) is None:
        return True
    try:
        provider.delete(resource)
    except DependencyViolation:
        return False
    until = time.monotonic() + 60
    while not provider.is_gone(resource):
        assert time.monotonic() < until, f"{resource} is still there"
    return True
