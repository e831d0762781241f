"""Whole structures deleted in order from one expired root, on a simulated AWS that refuses any other order."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration import aws_account, aws_services
from tests.integration.aws_account import POLICY, TRUST, pairs
from tests.support.command_line import a_policy, an_account, on
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

ROLE = f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/service"
EXPIRED = {"owner": "ann", "expiration": f"{datetime.now(UTC) - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"}


@dataclass
class Structure:
    """The ids of what was made, by kind."""

    ids: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, id_: str) -> str:
        self.ids.setdefault(kind, []).append(id_)
        return id_


Maker = Callable[[FakeAWS, Structure], tuple[tuple[str, str], ...]]
"""Makes a structure, and gives pairs of kinds of which the first must be gone before the last of the second goes."""


def network(aws: FakeAWS, made: Structure) -> tuple[tuple[str, str], ...]:
    """A full network: subnets, gateways, endpoint, instance, balancer, database, cache and mount target in it."""
    ec2 = aws.client("ec2")
    vpc = made.add("aws_ec2_vpc", aws_account.vpc(aws, "net", EXPIRED))
    subnets = [made.add("aws_ec2_subnet", aws_account.subnet(aws, "net", {}, zone, vpc)) for zone in "ab"]
    groups = [
        made.add("aws_ec2_security_group", aws_account.security_group(aws, name, {}, vpc)) for name in ("web", "data")
    ]
    for one, other in (groups, groups[::-1]):
        rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": other}]}
        ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=[rule])
    made.add("aws_ec2_internet_gateway", aws_account.internet_gateway(aws, "net", {}, vpc))
    nat = made.add("aws_ec2_nat_gateway", aws_account.nat_gateway(aws, "net", {}, subnets[0]))
    routes = made.add("aws_ec2_route_table", ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"])
    ec2.create_route(RouteTableId=routes, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    ec2.associate_route_table(RouteTableId=routes, SubnetId=subnets[1])
    started = ec2.run_instances(
        ImageId=aws_account.IMAGE, MinCount=1, MaxCount=1, SubnetId=subnets[1], SecurityGroupIds=groups[:1]
    )
    # Nothing owns a machine, a balancer or a database but themselves.
    ec2.create_tags(Resources=[started["Instances"][0]["InstanceId"]], Tags=pairs(EXPIRED))
    made.add("aws_ec2_instance", started["Instances"][0]["InstanceId"])
    made.add("aws_elbv2_load_balancer", balancer_in(aws, "net", subnets, groups[0]))
    rds = aws.client("rds")
    rds.create_db_subnet_group(DBSubnetGroupName="net", DBSubnetGroupDescription="net", SubnetIds=subnets)
    made.add("aws_rds_subnet_group", "net")
    rds.create_db_instance(
        DBInstanceIdentifier="net-data",
        Engine="postgres",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        MasterUsername="root",
        MasterUserPassword="not-a-secret",
        DBSubnetGroupName="net",
        VpcSecurityGroupIds=groups[1:],
        Tags=pairs(EXPIRED),
    )
    made.add("aws_rds_instance", "net-data")
    gateway = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=made.add("aws_ec2_vpn_gateway", gateway), VpcId=vpc)
    return (
        ("aws_ec2_instance", "aws_ec2_subnet"),
        ("aws_elbv2_load_balancer", "aws_ec2_subnet"),
        ("aws_elbv2_load_balancer", "aws_ec2_security_group"),
        ("aws_rds_instance", "aws_rds_subnet_group"),
        ("aws_rds_instance", "aws_ec2_security_group"),
        ("aws_rds_subnet_group", "aws_ec2_vpc"),
        ("aws_ec2_nat_gateway", "aws_ec2_internet_gateway"),
        ("aws_ec2_nat_gateway", "aws_ec2_subnet"),
        ("aws_ec2_vpn_gateway", "aws_ec2_vpc"),
        ("aws_ec2_subnet", "aws_ec2_vpc"),
        ("aws_ec2_security_group", "aws_ec2_vpc"),
    )


def balancer_in(aws: FakeAWS, name: str, subnets: list[str], group: str) -> str:
    answer = aws.client("elbv2").create_load_balancer(
        Name=name, Subnets=subnets, SecurityGroups=[group], Scheme="internal", Tags=pairs(EXPIRED)
    )
    return str(answer["LoadBalancers"][0]["LoadBalancerArn"])


def balancer(aws: FakeAWS, made: Structure) -> tuple[tuple[str, str], ...]:
    """An application load balancer with two listeners, a rule and two target groups."""
    elbv2, vpc = aws.client("elbv2"), aws_account.vpc(aws, "alb", {})
    subnets = [aws_account.subnet(aws, "alb", {}, zone, vpc) for zone in "ab"]
    group = aws_account.security_group(aws, "alb", {}, vpc)
    arn = made.add("aws_elbv2_load_balancer", balancer_in(aws, "alb", subnets, group))
    targets = [
        made.add(
            "aws_elbv2_target_group",
            elbv2.create_target_group(Name=f"alb-{name}", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0][
                "TargetGroupArn"
            ],
        )
        for name in ("one", "two")
    ]
    for port, target in zip((80, 8080), targets, strict=True):
        forward = [{"Type": "forward", "TargetGroupArn": target}]
        elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=port, DefaultActions=forward)
    return (("aws_elbv2_load_balancer", "aws_elbv2_target_group"),)


def cluster(aws: FakeAWS, made: Structure) -> tuple[tuple[str, str], ...]:
    """A cluster of EKS with two node groups, a Fargate profile, its logs and its identity provider."""
    eks, subnets = aws.client("eks"), aws_services.two_subnets(aws, "eks")
    answer = eks.create_cluster(name="eks", roleArn=ROLE, resourcesVpcConfig={"subnetIds": subnets}, tags=dict(EXPIRED))
    made.add("aws_eks_cluster", "eks")
    for name in ("small", "large"):
        eks.create_nodegroup(clusterName="eks", nodegroupName=name, subnets=subnets, nodeRole=ROLE)
        made.add("aws_eks_node_group", f"eks/{name}")
    eks.create_fargate_profile(
        clusterName="eks", fargateProfileName="jobs", podExecutionRoleArn=ROLE, selectors=[{"namespace": "jobs"}]
    )
    made.add("aws_eks_fargate_profile", "eks/jobs")
    aws.client("logs").create_log_group(logGroupName="/aws/eks/eks/cluster")
    made.add("aws_logs_log_group", "/aws/eks/eks/cluster")
    provider = aws.client("iam").create_open_id_connect_provider(
        Url=answer["cluster"]["identity"]["oidc"]["issuer"], ThumbprintList=["0" * 40]
    )
    made.add("aws_iam_oidc_provider", provider["OpenIDConnectProviderArn"])
    return (
        ("aws_eks_node_group", "aws_eks_cluster"),
        ("aws_eks_fargate_profile", "aws_eks_cluster"),
        ("aws_eks_cluster", "aws_iam_oidc_provider"),
    )


def databases(aws: FakeAWS, made: Structure) -> tuple[tuple[str, str], ...]:
    """A cluster of RDS with two instances."""
    rds = aws.client("rds")
    made.add("aws_rds_cluster", aws_account.database_cluster(aws, "aurora", EXPIRED))
    for name in ("aurora-one", "aurora-two"):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            Engine="aurora-postgresql",
            DBInstanceClass="db.t3.medium",
            DBClusterIdentifier="aurora",
        )
        made.add("aws_rds_instance", name)
    return (("aws_rds_instance", "aws_rds_cluster"),)


def bucket(aws: FakeAWS, made: Structure) -> tuple[tuple[str, str], ...]:
    """A versioned bucket with versions, a delete marker and an upload that never ended."""
    made.add("aws_s3_bucket", aws_account.bucket(aws, "surgery-bucket", EXPIRED))
    return ()


def role(aws: FakeAWS, made: Structure) -> tuple[tuple[str, str], ...]:
    """A role with a policy of its own, an attached one and an instance profile of the same name."""
    iam = aws.client("iam")
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=TRUST, Tags=pairs(EXPIRED))
    made.add("aws_iam_role", "worker")
    arn = iam.create_policy(PolicyName="worker", PolicyDocument=POLICY, Tags=pairs(EXPIRED))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="worker", PolicyArn=made.add("aws_iam_policy", arn))
    iam.put_role_policy(RoleName="worker", PolicyName="inline", PolicyDocument=POLICY)
    iam.create_instance_profile(InstanceProfileName="worker")
    made.add("aws_iam_instance_profile", "worker")
    iam.add_role_to_instance_profile(InstanceProfileName="worker", RoleName="worker")
    return (("aws_iam_role", "aws_iam_policy"), ("aws_iam_instance_profile", "aws_iam_role"))


def key(aws: FakeAWS, made: Structure) -> tuple[tuple[str, str], ...]:
    """A key: disabled, then scheduled for deletion."""
    made.add("aws_kms_key", aws_account.key(aws, "surgery", EXPIRED))
    return ()


def zone(aws: FakeAWS, made: Structure) -> tuple[tuple[str, str], ...]:
    """A hosted zone with records."""
    made.add("aws_route53_zone", aws_account.zone(aws, "surgery", EXPIRED))
    return ()


def plumbing(aws: FakeAWS, made: Structure) -> tuple[tuple[str, str], ...]:
    """A bus with a rule, a function with its trigger and its logs, an instance with its alarm."""
    made.add("aws_events_bus", aws_services.bus(aws, "plumbing", EXPIRED))
    events = aws.client("events")
    events.put_rule(Name="orders", EventBusName="plumbing", EventPattern='{"source": ["shop"]}')
    target = {"Id": "one", "Arn": f"arn:aws:sqs:eu-central-1:{DEFAULT_ACCOUNT}:orders"}
    events.put_targets(Rule="orders", EventBusName="plumbing", Targets=[target])
    made.add("aws_events_rule", "plumbing/orders")
    made.add("aws_lambda_function", aws_account.function(aws, "plumbing", EXPIRED))
    made.add("aws_logs_log_group", "/aws/lambda/plumbing")
    url = aws_account.queue(aws, "plumbing", {"owner": "bob", "expiration": "23h"})
    arn = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    trigger = aws.client("lambda").create_event_source_mapping(FunctionName="plumbing", EventSourceArn=arn)
    made.add("aws_lambda_event_source_mapping", trigger["UUID"])
    machine = made.add("aws_ec2_instance", aws_account.instance(aws, "plumbing", EXPIRED))
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="plumbing",
        Namespace="AWS/EC2",
        MetricName="CPUUtilization",
        Dimensions=[{"Name": "InstanceId", "Value": machine}],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=80,
        ComparisonOperator="GreaterThanThreshold",
    )
    made.add("aws_cloudwatch_alarm", "plumbing")
    return (
        ("aws_events_rule", "aws_events_bus"),
        ("aws_lambda_function", "aws_lambda_event_source_mapping"),
        ("aws_ec2_instance", "aws_cloudwatch_alarm"),
    )


STRUCTURES: tuple[Maker, ...] = (network, balancer, cluster, databases, bucket, role, key, zone, plumbing)


def waves(resources: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], int]:
    """Give the wave in which each resource goes, by kind and id."""
    return {
        (entry["kind"], entry["id"]): action["order"]
        for entry in resources
        for action in entry["actions"]
        if action["type"] == "Delete"
    }


@dataclass(frozen=True)
class Operation:
    """All structures in one account: what was planned, what came of it, and what was left."""

    made: Mapping[Maker, Structure]
    order: Mapping[Maker, tuple[tuple[str, str], ...]]
    planned: Mapping[tuple[str, str], int]
    outcomes: list[Mapping[str, Any]]
    left: frozenset[tuple[str, str]]


@pytest.fixture(scope="module")
def operation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operation]:
    with FakeAWS() as aws:
        made = {make: Structure() for make in STRUCTURES}
        order = {make: make(aws, structure) for make, structure in made.items()}
        login = aws.login(DEFAULT_ACCOUNT)
        shell = on(aws, login, tmp_path_factory.mktemp("surgery"))
        account = an_account(aws, login)
        account["spec"]["aws"]["regions"] = ["eu-central-1", "us-east-1"]
        rules = {"expired": "Delete", "untagged": "Report", "missingExpiry": "Report"}
        shell.declare("all.yaml", a_policy(rules=rules), account)

        shown = shell.run("plan", "-f", "all.yaml", "-o", "json")

        assert shown.status == 0, shown.err
        (shell.folder / "plan.json").write_text(shown.out)
        done = shell.run("apply", "--yes", "-f", "all.yaml", "plan.json", "-o", "json")

        assert done.status == 0, (done.err, [each for each in done.json["outcomes"] if each["state"] != "Verified"])
        left = shell.run("plan", "-f", "all.yaml", "-o", "json").json["resources"]
        there = frozenset((entry["kind"], entry["id"]) for entry in left)
        yield Operation(made, order, waves(shown.json["resources"]), done.json["outcomes"], there)


def test_nothing_is_refused(operation: Operation) -> None:
    """Every deletion is verified: the simulated AWS refuses what something still holds."""
    assert [] == [(each["uid"], each["message"]) for each in operation.outcomes if each["state"] != "Verified"]


@pytest.mark.parametrize("make", STRUCTURES, ids=lambda make: make.__name__)
def test_a_structure_goes_whole_and_in_order(operation: Operation, make: Maker) -> None:
    """The plan shows every part in its wave, and carrying it out leaves nothing."""
    ids = operation.made[make].ids
    wanted = {(kind, id_) for kind, members in ids.items() for id_ in members}

    assert set() == wanted - set(operation.planned)
    last = {kind: max(operation.planned[kind, id_] for id_ in members) for kind, members in ids.items()}
    assert [] == [(first, then) for first, then in operation.order[make] if last[first] >= last[then]]
    assert set() == wanted & operation.left
