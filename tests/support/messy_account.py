"""Fills a simulated AWS account the way teams fill a real one: `populate(aws, now)`.

Some 200 resources of 40 kinds in two regions. What is expected of each is the table in `story.py`. Beside what is
recorded in the story there are the default networks that each region of AWS has from the start.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.support.aws_seed import Region
from tests.support.aws_seeds import SEEDS, VERSIONED_BUCKET
from tests.support.aws_seeds_ec2 import tag_ec2
from tests.support.fake_aws import DEFAULT_LOGIN, FakeAWS, Login
from tests.support.story import OWNERS, GroupName, Member, Story, tags_of

REGIONS = ("eu-central-1", "us-east-1")

PROJECTS = ("checkout", "search", "billing", "import", "pr-1432", "load-test", "spike", "demo")

# How many of each group are planted, per kind, in the first and in the second region.
EVERYTHING = "claimed other_keys misspelt_keys other_forms malformed too_long without_expiry without_owner"
PLANTED: dict[str, tuple[str, str]] = {
    "aws_ec2_instance": (f"{EVERYTHING} claimed unclaimed unclaimed expired expired protected", EVERYTHING),
    "aws_ec2_volume": ("claimed malformed too_long unclaimed unclaimed expired protected", "unclaimed expired"),
    "aws_ec2_snapshot": ("claimed too_long unclaimed expired", "unclaimed protected"),
    "aws_ec2_image": ("claimed unclaimed expired", "misspelt_keys"),
    "aws_ec2_network_interface": ("claimed unclaimed", "expired"),
    "aws_ec2_elastic_ip": ("claimed unclaimed expired", "unclaimed without_expiry"),
    "aws_ec2_security_group": ("claimed unclaimed protected", "expired"),
    "aws_ec2_key_pair": ("claimed unclaimed", "expired"),
    "aws_ec2_launch_template": ("claimed unclaimed", "expired"),
    "aws_autoscaling_group": ("claimed expired", "unclaimed"),
    "aws_elb_load_balancer": ("claimed unclaimed", "expired"),
    "aws_elbv2_load_balancer": ("claimed malformed", "unclaimed"),
    "aws_elbv2_target_group": ("claimed unclaimed", "expired"),
    "aws_s3_bucket": ("claimed other_keys malformed too_long unclaimed protected", "unclaimed expired"),
    "aws_sqs_queue": ("claimed misspelt_keys unclaimed expired", "claimed without_owner"),
    "aws_sns_topic": ("claimed unclaimed", "expired"),
    "aws_lambda_function": ("claimed other_forms unclaimed", "expired too_long"),
    "aws_dynamodb_table": ("claimed malformed unclaimed", "expired protected"),
    "aws_rds_instance": ("claimed too_long unclaimed", "expired"),
    "aws_rds_snapshot": ("claimed", "unclaimed"),
    "aws_ecs_cluster": ("claimed unclaimed", "expired"),
    "aws_eks_cluster": ("expired", "without_expiry"),
    "aws_ecr_repository": ("claimed unclaimed", "without_expiry"),
    "aws_logs_log_group": ("claimed unclaimed expired", "too_long"),
    "aws_cloudwatch_alarm": ("claimed unclaimed", "expired"),
    "aws_iam_role": ("claimed unclaimed expired protected", ""),
    "aws_iam_user": ("claimed unclaimed", ""),
    "aws_kms_key": ("claimed", "expired"),
    "aws_secretsmanager_secret": ("claimed unclaimed", "expired"),
    "aws_efs_file_system": ("claimed unclaimed", "expired"),
    "aws_elasticache_cluster": ("claimed", "unclaimed"),
    "aws_kinesis_stream": ("claimed unclaimed", "other_keys"),
    "aws_stepfunctions_state_machine": ("claimed", "unclaimed"),
    "aws_apigateway_rest_api": ("claimed expired", "unclaimed"),
    "aws_cloudformation_stack": ("claimed expired", ""),
}

TIDY = tuple(
    kind for kind in PLANTED if kind not in {"aws_ec2_image", "aws_autoscaling_group", "aws_cloudformation_stack"}
)
"""Kinds of which an account may have many: making one takes a moment, and brings nothing along that nobody tagged."""

GLOBAL = ("aws_iam_",)

Report = Callable[[str], None]


def populate(
    aws: FakeAWS, now: datetime, login: Login = DEFAULT_LOGIN, report: Report | None = None, tidy: int = 0
) -> Story:
    """Fill an empty account over HTTP and return what is in it; takes about ten seconds.

    `now` is an aware UTC instant that the expiries are counted from; the simulated AWS itself dates everything by the
    clock of the machine. `report` is told about progress. `tidy` more resources have an owner and an expiry.
    """
    planter = _Planter(aws, login, Story(now))
    for position, name in enumerate(REGIONS):
        region = planter.region(name)
        planter.build_network(region)
        for kind, groups in PLANTED.items():
            for group in groups[position].split():
                planter.plant(region, kind, group)  # type: ignore[arg-type]
        planter.abandon_network(region)
        if report:
            report(f"{name}: {sum(member.region == name for member in planter.story.members)} resources")
    planter.add_special_cases(planter.region(REGIONS[0]))
    for number in range(tidy):
        planter.plant(planter.region(REGIONS[number % 2]), TIDY[number % len(TIDY)], "claimed")
    return planter.story


@dataclass(slots=True)
class _Planter:
    """Makes resources one after the other and writes the story."""

    aws: FakeAWS
    login: Login
    story: Story
    _regions: dict[str, Region] = field(default_factory=dict)
    _numbers: Counter[str] = field(default_factory=Counter)
    _owners: Iterator[str] = field(default_factory=lambda: itertools.cycle(OWNERS))
    _projects: Iterator[str] = field(default_factory=lambda: itertools.cycle(PROJECTS))

    def region(self, name: str) -> Region:
        if name not in self._regions:
            self._regions[name] = Region(self.aws, name, self.login)
        return self._regions[name]

    def plant(self, region: Region, kind: str, group: GroupName) -> str:
        """Make one resource of a kind, and note what comes with it unasked."""
        name = self._name(kind)
        seed = VERSIONED_BUCKET if kind == "aws_s3_bucket" and group in {"unclaimed", "expired"} else SEEDS[kind]
        made = self._add(region, group, kind, seed.make(region, name, self._tags(group)), name)
        part: GroupName = "part_of_claimed" if self.story.members[-1].expected.survives else "part_of_doomed"
        if kind == "aws_ec2_instance":
            self._note_volumes(region, part, [made])
        if kind == "aws_autoscaling_group":
            self._note_members(region, part, made)
        if kind == "aws_eks_cluster":
            self._add(region, part, "aws_eks_node_group", f"{made}-nodes")
        if kind == "aws_cloudformation_stack":
            queue = region.client("sqs").get_queue_url(QueueName=f"{name}-queue")["QueueUrl"]
            self._add(region, part, "aws_sqs_queue", queue, f"{name}-queue")
        return made

    def build_network(self, region: Region) -> None:
        """Make the network that most things are in: nobody claimed it, and many need it."""
        ec2 = region.client("ec2")
        vpc = self._add(region, "in_use", "aws_ec2_vpc", ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"])
        for number, zone in enumerate("ab"):
            subnet = self._subnet(region, vpc, f"10.20.{number}.0/24", zone)
            region.subnets.append(self._add(region, "in_use", "aws_ec2_subnet", subnet))
        self._gateway(region, vpc, "claimed")
        region.image = self.plant(region, "aws_ec2_image", "claimed")
        if region.name == REGIONS[0]:
            self.plant(region, "aws_iam_role", "claimed")
        role = next(member.id for member in self.story.group("claimed") if member.kind == "aws_iam_role")
        region.role = region.client("iam").get_role(RoleName=role)["Role"]["Arn"]
        # A subnet counts as in use when a claimed thing is in each.
        interface = ec2.create_network_interface(SubnetId=region.subnets[1])["NetworkInterface"]["NetworkInterfaceId"]
        tag_ec2(region, interface, self._tags("claimed"))
        self._add(region, "claimed", "aws_ec2_network_interface", interface)

    def abandon_network(self, region: Region) -> None:
        """Make a whole network that nobody claimed and nobody uses, its parts holding on to one another."""
        ec2 = region.client("ec2")
        vpc = self._add(region, "unclaimed", "aws_ec2_vpc", ec2.create_vpc(CidrBlock="10.66.0.0/16")["Vpc"]["VpcId"])
        subnets = [self._subnet(region, vpc, f"10.66.{number}.0/24", zone) for number, zone in enumerate("ab")]
        for subnet in subnets:
            self._add(region, "unclaimed", "aws_ec2_subnet", subnet)
        self._gateway(region, vpc, "unclaimed")
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[0])
        self._add(region, "unclaimed", "aws_ec2_route_table", table)
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        self._add(region, "unclaimed", "aws_ec2_elastic_ip", address)
        gateway = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
        self._add(region, "unclaimed", "aws_ec2_nat_gateway", gateway)
        groups = [self._security_group(region, vpc) for _ in range(2)]
        for group, other in (groups, reversed(groups)):
            pair = [{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": other}]}]
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=pair)
        answer = ec2.run_instances(
            ImageId=region.image, SubnetId=subnets[1], SecurityGroupIds=groups[:1], MinCount=1, MaxCount=1
        )
        instance = self._add(region, "unclaimed", "aws_ec2_instance", answer["Instances"][0]["InstanceId"])
        self._note_volumes(region, "part_of_doomed", [instance])

    def add_special_cases(self, region: Region) -> None:
        """Make what no table can say: parts of a whole, and the vendor's own protection."""
        ec2 = region.client("ec2")
        claimed = next(member for member in self.story.group("claimed") if member.kind == "aws_ec2_instance")
        volume = ec2.create_volume(AvailabilityZone=f"{region.name}a", Size=100)["VolumeId"]
        ec2.attach_volume(VolumeId=volume, InstanceId=claimed.id, Device="/dev/sdf")
        self._add(region, "part_of_claimed", "aws_ec2_volume", volume)

        group = self._security_group(region, self.story.group("in_use")[0].id, "in_use")
        ec2.modify_instance_attribute(InstanceId=claimed.id, Groups=[group])

        name = self._name("aws_rds_instance")
        made = SEEDS["aws_rds_instance"].make(region, name, {})
        region.client("rds").modify_db_instance(
            DBInstanceIdentifier=made, DeletionProtection=True, ApplyImmediately=True
        )
        self._add(region, "protected_by_vendor", "aws_rds_instance", made, name)

        balancer = self.plant(region, "aws_elbv2_load_balancer", "expired")
        target = self.plant(region, "aws_elbv2_target_group", "expired")
        region.client("elbv2").create_listener(
            LoadBalancerArn=balancer,
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": target}],
        )
        for each in REGIONS:
            found = self.region(each).client("ec2").describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["true"]}])
            for vpc in found["Vpcs"]:
                self._add(self.region(each), "protected_by_vendor", "aws_ec2_vpc", vpc["VpcId"])

    def _note_volumes(self, region: Region, group: GroupName, instances: list[str]) -> None:
        filters = [{"Name": "attachment.instance-id", "Values": instances}]
        for volume in region.client("ec2").describe_volumes(Filters=filters)["Volumes"]:
            self._add(region, group, "aws_ec2_volume", volume["VolumeId"])

    def _note_members(self, region: Region, group: GroupName, auto_scaling_group: str) -> None:
        answer = region.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[auto_scaling_group])
        members = [instance["InstanceId"] for instance in answer["AutoScalingGroups"][0]["Instances"]]
        for instance in members:
            self._add(region, group, "aws_ec2_instance", instance)
        self._note_volumes(region, group, members)

    def _subnet(self, region: Region, vpc: str, block: str, zone: str) -> str:
        parameters = {"VpcId": vpc, "CidrBlock": block, "AvailabilityZone": region.name + zone}
        return str(region.client("ec2").create_subnet(**parameters)["Subnet"]["SubnetId"])

    def _gateway(self, region: Region, vpc: str, group: GroupName) -> None:
        ec2 = region.client("ec2")
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        tag_ec2(region, gateway, self._tags(group))
        self._add(region, group, "aws_ec2_internet_gateway", gateway)

    def _security_group(self, region: Region, vpc: str, group: GroupName = "unclaimed") -> str:
        name = self._name("aws_ec2_security_group")
        made = region.client("ec2").create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        return self._add(region, group, "aws_ec2_security_group", made, name)

    def _tags(self, group: GroupName) -> dict[str, str]:
        self._numbers[group] += 1
        return tags_of(group, self._numbers[group] - 1, self.story.now, next(self._owners))

    def _name(self, kind: str) -> str:
        self._numbers[kind] += 1
        word = kind.rsplit("_", 1)[-1]
        return f"{next(self._projects)}-{word}-{self._numbers[kind]}"

    def _add(self, region: Region, group: GroupName, kind: str, made: Any, name: str = "") -> str:
        where = "" if kind.startswith(GLOBAL) else region.name
        return self.story.add(Member(group, kind, where, str(made), name or str(made)))
