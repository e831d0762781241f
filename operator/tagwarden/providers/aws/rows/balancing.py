"""Load balancers."""

from tagwarden.providers.aws.row import (
    FREE,
    KEY_PAIRS,
    BulkTags,
    Kind,
    Listing,
    Probe,
    WrittenTags,
    call,
    created,
    needed_by,
    needs,
    owned_by,
    used_by,
    uses,
)
from tagwarden.providers.aws.rows import charges

_ONLY_BALANCER = "LoadBalancerArns && length(LoadBalancerArns) == `1` && LoadBalancerArns"

# At most 20 names or ARNs per call for tags.
_TAGS_BY_ARN = BulkTags(call("DescribeTags", ResourceArns="{uids}"), 20, "TagDescriptions", "ResourceArn")
_WRITTEN_BY_ARN = WrittenTags(
    set=call("AddTags", ResourceArns=["{uid}"], Tags="{tags}"),
    remove=call("RemoveTags", ResourceArns=["{uid}"], TagKeys="{keys}"),
)

ROWS = (
    Kind(
        name="aws_elb_load_balancer",
        category="load_balancer",
        service="elb",
        billing=charges.CLASSIC_LOAD_BALANCER,
        listing=Listing(
            "DescribeLoadBalancers",
            "LoadBalancerDescriptions",
            page_size=400,
            one={"LoadBalancerNames": ["{id}"]},
        ),
        id="LoadBalancerName",
        title="LoadBalancerName",
        uid="arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{id}",
        created=created("CreatedTime"),
        tags=BulkTags(call("DescribeTags", LoadBalancerNames="{ids}"), 20, "TagDescriptions", "LoadBalancerName"),
        writing=WrittenTags(
            set=call("AddTags", LoadBalancerNames=["{id}"], Tags="{tags}"),
            remove=call("RemoveTags", LoadBalancerNames=["{id}"], Tags="{keys}"),
            keys=KEY_PAIRS,
        ),
        delete=call("DeleteLoadBalancer", LoadBalancerName="{id}"),
        links=(
            needs("aws_ec2_subnet", "Subnets"),
            needs("aws_ec2_security_group", "SecurityGroups"),
            needs("aws_ec2_internet_gateway", "Scheme == 'internet-facing' && VPCId", if_found=True),
            needs("aws_acm_certificate", "ListenerDescriptions[].Listener.SSLCertificateId"),
            uses("aws_ec2_instance", "Instances[].InstanceId"),
        ),
        attributes={"dns_name": "DNSName", "scheme": "Scheme", "vpc": "VPCId"},
        aliases=("DNSName",),
    ),
    Kind(
        name="aws_elbv2_load_balancer",
        category="load_balancer",
        service="elbv2",
        billing=charges.LOAD_BALANCER,
        listing=Listing("DescribeLoadBalancers", "LoadBalancers", page_size=400, one={"LoadBalancerArns": ["{id}"]}),
        id="LoadBalancerArn",
        title="LoadBalancerName",
        uid="LoadBalancerArn",
        created=created("CreatedTime"),
        state="State.Code",
        tags=_TAGS_BY_ARN,
        writing=_WRITTEN_BY_ARN,
        delete=call("DeleteLoadBalancer", LoadBalancerArn="{id}"),
        links=(
            needs("aws_ec2_subnet", "AvailabilityZones[].SubnetId"),
            needs("aws_ec2_security_group", "SecurityGroups"),
            needs("aws_ec2_elastic_ip", "AvailabilityZones[].LoadBalancerAddresses[].AllocationId"),
            needs("aws_ec2_internet_gateway", "Scheme == 'internet-facing' && VpcId", if_found=True),
        ),
        probe=Probe(
            call("DescribeLoadBalancerAttributes", LoadBalancerArn="{id}"),
            "Attributes[?Key == 'deletion_protection.enabled' && Value == 'true']",
            "deletion protection is on",
        ),
        attributes={"dns_name": "DNSName", "scheme": "Scheme", "vpc": "VpcId", "type": "Type"},
        # Network interfaces name a load balancer by the end of the ARN, records by the DNS name.
        aliases=("DNSName", "found(LoadBalancerArn, 'loadbalancer/(.+)$')"),
    ),
    Kind(
        name="aws_elbv2_target_group",
        category="target_group",
        service="elbv2",
        billing=FREE,
        listing=Listing("DescribeTargetGroups", "TargetGroups", page_size=400, one={"TargetGroupArns": ["{id}"]}),
        id="TargetGroupArn",
        title="TargetGroupName",
        uid="TargetGroupArn",
        tags=_TAGS_BY_ARN,
        writing=_WRITTEN_BY_ARN,
        delete=call("DeleteTargetGroup", TargetGroupArn="{id}"),
        links=(
            needed_by("aws_elbv2_load_balancer", "LoadBalancerArns"),
            used_by("aws_elbv2_load_balancer", "LoadBalancerArns"),
            owned_by("aws_elbv2_load_balancer", _ONLY_BALANCER),
            uses("aws_ec2_vpc", "VpcId"),
        ),
        attributes={"vpc": "VpcId", "target_type": "TargetType"},
    ),
)
