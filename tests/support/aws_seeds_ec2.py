"""How to make what computes and what connects: EC2, Auto Scaling and load balancers."""

from collections.abc import Callable
from typing import Any

from tests.support.aws_seed import Look, Region, Seed, Tags, listed, pairs


def tag_ec2(region: Region, resource_id: str, tags: Tags) -> str:
    """Tag anything of EC2 and return its id."""
    if tags:
        region.client("ec2").create_tags(Resources=[resource_id], Tags=pairs(tags))
    return resource_id


def _found(operation: str, parameter: str, result: str) -> Look:
    """Look for something of EC2; some operations ignore the parameter, so the id is compared too."""

    def is_there(region: Region, resource_id: str) -> bool:
        found = getattr(region.client("ec2"), operation)(**{parameter: [resource_id]})[result]
        return any(resource_id in item.values() for item in found)

    return is_there


def _ec2(kind: str, make: Callable[[Any, Region, str], str], is_there: Look) -> Seed:
    """Return the seed of an EC2 kind: one call to make it, tags written afterwards, one call to look."""
    return Seed(f"aws_ec2_{kind}", lambda r, name, tags: tag_ec2(r, make(r.client("ec2"), r, name), tags), is_there)


def _instance(ec2: Any, region: Region, name: str) -> str:
    del name
    parameters = {"ImageId": region.image, "SubnetId": region.subnets[0], "InstanceType": "t3.small"}
    return str(ec2.run_instances(MinCount=1, MaxCount=1, **parameters)["Instances"][0]["InstanceId"])


def _instance_runs(region: Region, resource_id: str) -> bool:
    answer = region.client("ec2").describe_instances(InstanceIds=[resource_id])
    instances = [instance for group in answer["Reservations"] for instance in group["Instances"]]
    return any(instance["State"]["Name"] not in {"terminated", "shutting-down"} for instance in instances)


def _volume(ec2: Any, region: Region, name: str) -> str:
    del name
    return str(ec2.create_volume(AvailabilityZone=f"{region.name}a", Size=20)["VolumeId"])


def _snapshot(ec2: Any, region: Region, name: str) -> str:
    # The volume is thrown away at once, as people do: a snapshot outlives it.
    volume = _volume(ec2, region, name)
    snapshot = ec2.create_snapshot(VolumeId=volume, Description=name)["SnapshotId"]
    ec2.delete_volume(VolumeId=volume)
    return str(snapshot)


def _interface(ec2: Any, region: Region, name: str) -> str:
    return str(
        ec2.create_network_interface(SubnetId=region.subnets[0], Description=name)["NetworkInterface"][
            "NetworkInterfaceId"
        ]
    )


def _group(ec2: Any, region: Region, name: str) -> str:
    (subnet,) = ec2.describe_subnets(SubnetIds=region.subnets[:1])["Subnets"]
    return str(ec2.create_security_group(GroupName=name, Description=name, VpcId=subnet["VpcId"])["GroupId"])


def _launch_template(ec2: Any, region: Region, name: str) -> str:
    data = {"ImageId": region.image, "InstanceType": "t3.small"}
    answer = ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
    return str(answer["LaunchTemplate"]["LaunchTemplateId"])


def _image(ec2: Any, region: Region, name: str) -> str:
    del region
    return str(ec2.register_image(Name=name)["ImageId"])


def _address(ec2: Any, region: Region, name: str) -> str:
    del region, name
    return str(ec2.allocate_address(Domain="vpc")["AllocationId"])


def _key_pair(ec2: Any, region: Region, name: str) -> str:
    del region
    return str(ec2.create_key_pair(KeyName=name)["KeyPairId"])


def _nat_gateway_is_there(region: Region, resource_id: str) -> bool:
    found = region.client("ec2").describe_nat_gateways(NatGatewayIds=[resource_id])["NatGateways"]
    return any(gateway["State"] not in {"deleting", "deleted"} for gateway in found)


def _auto_scaling_group(region: Region, name: str, tags: Tags) -> str:
    template = f"{name}-template"
    # The template is claimed by the group that uses it; without its own tags it would be judged by itself.
    tag_ec2(region, _launch_template(region.client("ec2"), region, template), tags)
    propagated = [
        {
            "Key": key,
            "Value": value,
            "PropagateAtLaunch": False,
            "ResourceId": name,
            "ResourceType": "auto-scaling-group",
        }
        for key, value in tags.items()
    ]
    region.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchTemplate={"LaunchTemplateName": template, "Version": "$Latest"},
        MinSize=2,
        MaxSize=2,
        VPCZoneIdentifier=region.subnets[0],
        Tags=propagated,
    )
    return name


def _auto_scaling_group_is_there(region: Region, name: str) -> bool:
    answer = region.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    return bool(answer["AutoScalingGroups"])


def _target_group(region: Region, name: str, tags: Tags) -> str:
    (subnet,) = region.client("ec2").describe_subnets(SubnetIds=region.subnets[:1])["Subnets"]
    answer = region.client("elbv2").create_target_group(
        Name=name[:32], Protocol="HTTP", Port=80, VpcId=subnet["VpcId"], **({"Tags": pairs(tags)} if tags else {})
    )
    return str(answer["TargetGroups"][0]["TargetGroupArn"])


def _load_balancer(region: Region, name: str, tags: Tags) -> str:
    """Make an application load balancer; it needs subnets in two zones."""
    answer = region.client("elbv2").create_load_balancer(
        Name=name[:32], Subnets=region.subnets[:2], **({"Tags": pairs(tags)} if tags else {})
    )
    return str(answer["LoadBalancers"][0]["LoadBalancerArn"])


def _classic_load_balancer(region: Region, name: str, tags: Tags) -> str:
    region.client("elb").create_load_balancer(
        LoadBalancerName=name[:32],
        Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 8080}],
        Subnets=region.subnets[:1],
        **({"Tags": pairs(tags)} if tags else {}),
    )
    return name[:32]


EC2_SEEDS = (
    _ec2("instance", _instance, _instance_runs),
    _ec2("volume", _volume, _found("describe_volumes", "VolumeIds", "Volumes")),
    _ec2("snapshot", _snapshot, _found("describe_snapshots", "SnapshotIds", "Snapshots")),
    _ec2("image", _image, _found("describe_images", "ImageIds", "Images")),
    _ec2(
        "network_interface",
        _interface,
        _found("describe_network_interfaces", "NetworkInterfaceIds", "NetworkInterfaces"),
    ),
    _ec2("elastic_ip", _address, _found("describe_addresses", "AllocationIds", "Addresses")),
    _ec2("security_group", _group, _found("describe_security_groups", "GroupIds", "SecurityGroups")),
    _ec2("key_pair", _key_pair, _found("describe_key_pairs", "KeyPairIds", "KeyPairs")),
    _ec2(
        "launch_template", _launch_template, _found("describe_launch_templates", "LaunchTemplateIds", "LaunchTemplates")
    ),
    Seed("aws_autoscaling_group", _auto_scaling_group, _auto_scaling_group_is_there),
    Seed(
        "aws_elb_load_balancer",
        _classic_load_balancer,
        listed("elb", "describe_load_balancers", "LoadBalancerNames", "LoadBalancerDescriptions"),
    ),
    Seed(
        "aws_elbv2_load_balancer",
        _load_balancer,
        listed("elbv2", "describe_load_balancers", "LoadBalancerArns", "LoadBalancers"),
    ),
    Seed(
        "aws_elbv2_target_group",
        _target_group,
        listed("elbv2", "describe_target_groups", "TargetGroupArns", "TargetGroups"),
    ),
)
"""Every kind of EC2 that is made by one function."""

NETWORK_LOOKS: dict[str, Look] = {
    "aws_ec2_vpc": _found("describe_vpcs", "VpcIds", "Vpcs"),
    "aws_ec2_subnet": _found("describe_subnets", "SubnetIds", "Subnets"),
    "aws_ec2_internet_gateway": _found("describe_internet_gateways", "InternetGatewayIds", "InternetGateways"),
    "aws_ec2_route_table": _found("describe_route_tables", "RouteTableIds", "RouteTables"),
    "aws_ec2_nat_gateway": _nat_gateway_is_there,
}
"""What networks are made of; `messy_account` makes them whole."""
