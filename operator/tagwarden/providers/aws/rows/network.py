"""Networks and their parts."""

from tagwarden.providers.aws.row import (
    FREE,
    Call,
    Holding,
    InlineTags,
    Kind,
    Listing,
    Managed,
    Probe,
    Protected,
    Refusal,
    Step,
    call,
    created,
    needed_by,
    needs,
    owned_by,
    owns,
    uses,
)
from tagwarden.providers.aws.rows import charges
from tagwarden.providers.aws.rows.shared import EC2_TAGS

# The main route table, the default group and the default access list are created and deleted with the network: none
# blocks the deletion of the network or can be deleted alone.
_DEPENDS = (Refusal("DependencyViolation"),)
_NOT_MAIN = "!(Associations[?Main]) && VpcId"
_NOT_DEFAULT_GROUP = "GroupName != 'default' && VpcId"
_NOT_DEFAULT_LIST = "!IsDefault && VpcId"

_SERVICE_INTERFACES = (
    '`["api_gateway_managed", "gateway_load_balancer", "gateway_load_balancer_endpoint", "lambda", "load_balancer", '
    '"nat_gateway", "network_load_balancer", "quicksight", "transit_gateway", "vpc_endpoint"]`'
)


# A rule for all ports has the port -1, and no port where the protocol has none.
_PERMISSION = (
    "{IpProtocol: IpProtocol, FromPort: FromPort, ToPort: ToPort, UserIdGroupPairs: [{GroupId: "
    "ReferencedGroupInfo.GroupId, UserId: ReferencedGroupInfo.UserId, Description: Description}]}"
)


def _revoked(direction: str, which: str) -> Step:
    """Revoke the group's rules that reference another group: two groups with such rules block each other.

    Each rule is a separate step, so that an already restored rule does not prevent the restore of other rules.
    """
    return Step(
        each=call("DescribeSecurityGroupRules", Filters=[{"Name": "group-id", "Values": ["{id}"]}]),
        items=(
            f"SecurityGroupRules[?ReferencedGroupInfo.GroupId && ReferencedGroupInfo.GroupId != '{{id}}' && {which}]"
            f".{{id: SecurityGroupRuleId, permission: {_PERMISSION}}}"
        ),
        do=call(f"RevokeSecurityGroup{direction}", GroupId="{id}", SecurityGroupRuleIds=["{item.id}"]),
        answers=_DEPENDS,
        undo=call(f"AuthorizeSecurityGroup{direction}", GroupId="{id}", IpPermissions=["{item.permission}"]),
        # The other group may be deleted by then, so that no rule is needed.
        undone=("InvalidPermission.Duplicate", "InvalidGroup.NotFound"),
        shared=True,
    )


ROWS = (
    Kind(
        name="aws_ec2_vpc",
        category="network",
        service="ec2",
        billing=FREE,
        listing=Listing("DescribeVpcs", "Vpcs", page_size=1000, one={"VpcIds": ["{id}"]}),
        id="VpcId",
        uid="arn:{partition}:ec2:{region}:{account}:vpc/{id}",
        state="State",
        tags=InlineTags(),
        writing=EC2_TAGS,
        delete=call("DeleteVpc", VpcId="{id}"),
        protected=(Protected("IsDefault", "default VPC of its region"),),
        owner="OwnerId",
        attributes={"cidr": "CidrBlock"},
    ),
    Kind(
        name="aws_ec2_subnet",
        category="subnet",
        service="ec2",
        billing=FREE,
        listing=Listing("DescribeSubnets", "Subnets", page_size=1000, one={"SubnetIds": ["{id}"]}),
        id="SubnetId",
        uid="arn:{partition}:ec2:{region}:{account}:subnet/{id}",
        state="State",
        tags=InlineTags(),
        writing=EC2_TAGS,
        delete=call("DeleteSubnet", SubnetId="{id}"),
        links=(needs("aws_ec2_vpc", "VpcId"), owned_by("aws_ec2_vpc", "VpcId")),
        protected=(Protected("DefaultForAz", "default subnet"),),
        owner="OwnerId",
        attributes={"vpc": "VpcId", "cidr": "CidrBlock", "zone": "AvailabilityZone"},
    ),
    Kind(
        name="aws_ec2_security_group",
        category="security_group",
        service="ec2",
        billing=FREE,
        listing=Listing("DescribeSecurityGroups", "SecurityGroups", page_size=1000, one={"GroupIds": ["{id}"]}),
        id="GroupId",
        title="GroupName",
        uid="arn:{partition}:ec2:{region}:{account}:security-group/{id}",
        tags=InlineTags(),
        writing=EC2_TAGS,
        steps=(_revoked("Ingress", "!IsEgress"), _revoked("Egress", "IsEgress")),
        # EC2 has the same error code for a group that other rules name and for a group in use.
        asks=(
            Probe(
                call("DescribeNetworkInterfaces", Filters=[{"Name": "group-id", "Values": ["{id}"]}]),
                "NetworkInterfaces[]",
                "in use by network interfaces",
            ),
        ),
        untangles=frozenset({"aws_ec2_security_group"}),
        delete=call("DeleteSecurityGroup", GroupId="{id}"),
        links=(
            needs("aws_ec2_vpc", _NOT_DEFAULT_GROUP),
            owned_by("aws_ec2_vpc", _NOT_DEFAULT_GROUP),
            needs("aws_ec2_security_group", "IpPermissions[].UserIdGroupPairs[].GroupId"),
            needs("aws_ec2_security_group", "IpPermissionsEgress[].UserIdGroupPairs[].GroupId"),
        ),
        managed=(
            Managed("aws_ec2_vpc", "GroupName == 'default' && VpcId"),
            Managed("GuardDuty", "starts_with(GroupName, 'GuardDutyManagedSecurityGroup-') && VpcId"),
        ),
        owner="OwnerId",
        attributes={"vpc": "VpcId"},
    ),
    Kind(
        name="aws_ec2_network_interface",
        category="network_interface",
        service="ec2",
        billing=FREE,
        listing=Listing(
            "DescribeNetworkInterfaces", "NetworkInterfaces", page_size=1000, one={"NetworkInterfaceIds": ["{id}"]}
        ),
        id="NetworkInterfaceId",
        uid="arn:{partition}:ec2:{region}:{account}:network-interface/{id}",
        state="Status",
        tags=InlineTags("TagSet"),
        writing=EC2_TAGS,
        delete=call("DeleteNetworkInterface", NetworkInterfaceId="{id}"),
        links=(
            needs("aws_ec2_subnet", "SubnetId"),
            needs("aws_ec2_security_group", "Groups[].GroupId"),
            needed_by("aws_ec2_instance", "Attachment.InstanceId"),
            owned_by("aws_ec2_instance", "Attachment.DeleteOnTermination && Attachment.InstanceId"),
            owned_by("aws_elbv2_load_balancer", "found(Description, '^ELB ((?:app|net|gwy)/.+)$')"),
            needed_by("aws_elbv2_load_balancer", "found(Description, '^ELB ((?:app|net|gwy)/.+)$')"),
            owned_by("aws_elb_load_balancer", "found(Description, '^ELB ([^/]+)$')"),
            needed_by("aws_elb_load_balancer", "found(Description, '^ELB ([^/]+)$')"),
            owned_by("aws_lambda_function", "found(Description, '^AWS Lambda VPC ENI-(.+)-[0-9a-f-]{36}$')"),
        ),
        managed=(
            Managed("aws_ec2_instance", "Attachment.DeleteOnTermination && Attachment.InstanceId"),
            Managed(
                "AWS",
                f"(RequesterManaged || contains({_SERVICE_INTERFACES}, InterfaceType || '')) "
                "&& (Description || InterfaceType || RequesterId || 'a service')",
            ),
        ),
        # The owner of a shared subnet sees the interfaces of other accounts there.
        owner="OwnerId",
        attributes={"vpc": "VpcId", "interface_type": "InterfaceType", "description": "Description"},
    ),
    Kind(
        name="aws_ec2_elastic_ip",
        category="address",
        holds=Holding.NAMES,
        service="ec2",
        billing=charges.ELASTIC_IP,
        listing=Listing("DescribeAddresses", "Addresses", one={"AllocationIds": ["{id}"]}),
        id="AllocationId",
        uid="arn:{partition}:ec2:{region}:{account}:elastic-ip/{id}",
        tags=InlineTags(),
        writing=EC2_TAGS,
        delete=call("ReleaseAddress", AllocationId="{id}"),
        links=(
            needed_by("aws_ec2_instance", "InstanceId"),
            needed_by("aws_ec2_network_interface", "NetworkInterfaceId"),
        ),
        managed=(Managed("AWS", "ServiceManaged"),),
        attributes={"address": "PublicIp"},
        aliases=("PublicIp",),
    ),
    Kind(
        name="aws_ec2_internet_gateway",
        category="gateway",
        service="ec2",
        billing=FREE,
        listing=Listing(
            "DescribeInternetGateways", "InternetGateways", page_size=1000, one={"InternetGatewayIds": ["{id}"]}
        ),
        id="InternetGatewayId",
        uid="arn:{partition}:ec2:{region}:{account}:internet-gateway/{id}",
        tags=InlineTags(),
        writing=EC2_TAGS,
        steps=(
            Step(
                each=call("DescribeInternetGateways", InternetGatewayIds=["{id}"]),
                items="InternetGateways[].Attachments[].VpcId",
                do=call("DetachInternetGateway", InternetGatewayId="{id}", VpcId="{item}"),
                unless=("Gateway.NotAttached",),
                answers=_DEPENDS,
                undo=call("AttachInternetGateway", InternetGatewayId="{id}", VpcId="{item}"),
                undone=("Resource.AlreadyAssociated",),
            ),
        ),
        delete=call("DeleteInternetGateway", InternetGatewayId="{id}"),
        links=(needs("aws_ec2_vpc", "Attachments[].VpcId"), owned_by("aws_ec2_vpc", "Attachments[].VpcId")),
        # A public address only refers to the network, and prevents detaching the gateway.
        aliases=("Attachments[].VpcId",),
    ),
    Kind(
        name="aws_ec2_nat_gateway",
        category="gateway",
        service="ec2",
        billing=charges.NAT_GATEWAY,
        listing=Listing("DescribeNatGateways", "NatGateways", page_size=1000, one={"NatGatewayIds": ["{id}"]}),
        id="NatGatewayId",
        uid="arn:{partition}:ec2:{region}:{account}:natgateway/{id}",
        created=created("CreateTime"),
        state="State",
        gone=("deleted", "failed"),
        going=("deleting",),
        tags=InlineTags(),
        writing=EC2_TAGS,
        delete=call("DeleteNatGateway", NatGatewayId="{id}"),
        links=(
            needs("aws_ec2_subnet", "SubnetId"),
            needs("aws_ec2_vpc", "VpcId"),
            owned_by("aws_ec2_vpc", "VpcId"),
            needs("aws_ec2_elastic_ip", "NatGatewayAddresses[].AllocationId"),
            needs("aws_ec2_internet_gateway", "ConnectivityType != 'private' && VpcId", if_found=True),
            owns("aws_ec2_network_interface", "NatGatewayAddresses[].NetworkInterfaceId"),
            needs("aws_ec2_network_interface", "NatGatewayAddresses[].NetworkInterfaceId"),
        ),
        attributes={"vpc": "VpcId"},
    ),
    Kind(
        name="aws_ec2_route_table",
        category="route_table",
        service="ec2",
        billing=FREE,
        listing=Listing("DescribeRouteTables", "RouteTables", page_size=100, one={"RouteTableIds": ["{id}"]}),
        id="RouteTableId",
        uid="arn:{partition}:ec2:{region}:{account}:route-table/{id}",
        tags=InlineTags(),
        writing=EC2_TAGS,
        # Associated resources need the route table and are deleted first; an association may remain.
        steps=(
            Step(
                each=call("DescribeRouteTables", RouteTableIds=["{id}"]),
                items=(
                    "RouteTables[].Associations[?!Main][]"
                    ".{id: RouteTableAssociationId, subnet: SubnetId, gateway: GatewayId}"
                ),
                do=call("DisassociateRouteTable", AssociationId="{item.id}"),
                unless=("InvalidAssociationID.NotFound",),
                answers=_DEPENDS,
                undo=call(
                    "AssociateRouteTable",
                    RouteTableId="{id}",
                    SubnetId="{item.subnet}",
                    GatewayId="{item.gateway}",
                ),
                undone=("Resource.AlreadyAssociated",),
            ),
        ),
        delete=call("DeleteRouteTable", RouteTableId="{id}"),
        links=(
            needs("aws_ec2_vpc", _NOT_MAIN),
            owned_by("aws_ec2_vpc", _NOT_MAIN),
            needed_by("aws_ec2_subnet", "Associations[?!Main].SubnetId"),
            uses("aws_ec2_nat_gateway", "Routes[].NatGatewayId"),
            uses("aws_ec2_internet_gateway", "Routes[].GatewayId | [?starts_with(@, 'igw-')]"),
            uses("aws_ec2_network_interface", "Routes[].NetworkInterfaceId"),
            uses("aws_ec2_vpc_peering_connection", "Routes[].VpcPeeringConnectionId"),
        ),
        managed=(Managed("aws_ec2_vpc", "Associations[?Main] && VpcId"),),
        owner="OwnerId",
        attributes={"vpc": "VpcId"},
    ),
    Kind(
        name="aws_ec2_network_acl",
        category="network_acl",
        service="ec2",
        billing=FREE,
        listing=Listing("DescribeNetworkAcls", "NetworkAcls", page_size=1000, one={"NetworkAclIds": ["{id}"]}),
        id="NetworkAclId",
        uid="arn:{partition}:ec2:{region}:{account}:network-acl/{id}",
        tags=InlineTags(),
        writing=EC2_TAGS,
        delete=call("DeleteNetworkAcl", NetworkAclId="{id}"),
        links=(
            needs("aws_ec2_vpc", _NOT_DEFAULT_LIST),
            owned_by("aws_ec2_vpc", _NOT_DEFAULT_LIST),
            needed_by("aws_ec2_subnet", "!IsDefault && Associations[].SubnetId"),
        ),
        managed=(Managed("aws_ec2_vpc", "IsDefault && VpcId"),),
        owner="OwnerId",
        attributes={"vpc": "VpcId"},
    ),
    Kind(
        name="aws_ec2_vpc_endpoint",
        category="endpoint",
        service="ec2",
        billing=charges.VPC_ENDPOINT,
        listing=Listing("DescribeVpcEndpoints", "VpcEndpoints", page_size=1000, one={"VpcEndpointIds": ["{id}"]}),
        id="VpcEndpointId",
        uid="arn:{partition}:ec2:{region}:{account}:vpc-endpoint/{id}",
        created=created("CreationTimestamp"),
        state="State",
        gone=("deleted", "Deleted", "expired", "rejected"),
        going=("deleting", "Deleting"),
        tags=InlineTags(),
        writing=EC2_TAGS,
        delete=Call("DeleteVpcEndpoints", {"VpcEndpointIds": ["{id}"]}, errors="Unsuccessful[].Error"),
        links=(
            needs("aws_ec2_vpc", "VpcId"),
            owned_by("aws_ec2_vpc", "VpcId"),
            needs("aws_ec2_subnet", "SubnetIds"),
            needs("aws_ec2_security_group", "Groups[].GroupId"),
            owns("aws_ec2_network_interface", "NetworkInterfaceIds"),
            needs("aws_ec2_network_interface", "NetworkInterfaceIds"),
        ),
        managed=(Managed("AWS", "RequesterManaged && (ServiceName || 'a service')"),),
        attributes={"vpc": "VpcId", "service": "ServiceName"},
    ),
    Kind(
        name="aws_ec2_vpc_peering_connection",
        category="peering",
        service="ec2",
        billing=FREE,
        listing=Listing(
            "DescribeVpcPeeringConnections",
            "VpcPeeringConnections",
            page_size=1000,
            one={"VpcPeeringConnectionIds": ["{id}"]},
        ),
        id="VpcPeeringConnectionId",
        uid="arn:{partition}:ec2:{region}:{account}:vpc-peering-connection/{id}",
        state="Status.Code",
        gone=("deleted", "rejected", "expired", "failed"),
        going=("deleting",),
        tags=InlineTags(),
        writing=EC2_TAGS,
        delete=call("DeleteVpcPeeringConnection", VpcPeeringConnectionId="{id}"),
        links=(needs("aws_ec2_vpc", "RequesterVpcInfo.VpcId"), needs("aws_ec2_vpc", "AccepterVpcInfo.VpcId")),
        other_accounts=("RequesterVpcInfo.OwnerId", "AccepterVpcInfo.OwnerId"),
    ),
)
