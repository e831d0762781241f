"""Subnet groups, parameter groups and proxies of databases and caches."""

from tagwarden.providers.aws.row import (
    FREE,
    Holding,
    InlineTags,
    Kind,
    Listing,
    Protected,
    WrittenTags,
    call,
    created,
    needs,
    owned_by,
    uses,
)
from tagwarden.providers.aws.rows.shared import ADDED_TO_RESOURCE, tags_by_arn, tags_told

_TAGS = tags_told("ResourceName", "TagList")
_REDSHIFT_TAGS = WrittenTags(
    set=call("CreateTags", ResourceName="{uid}", Tags="{tags}"),
    remove=call("DeleteTags", ResourceName="{uid}", TagKeys="{keys}"),
)

# A group is deleted before its network: no other order prevents a group that names deleted subnets.
_IN_NETWORK = (needs("aws_ec2_vpc", "VpcId"), owned_by("aws_ec2_vpc", "VpcId"))
_IN_SUBNETS = (*_IN_NETWORK, uses("aws_ec2_subnet", "Subnets[].SubnetIdentifier"))


def _default(name: str) -> tuple[Protected, ...]:
    return (Protected(f"{name} == 'default'", "default group of its service"),)


def _parameters_of_rds(name: str, group: str) -> Kind:
    """Give a row of parameter groups; `group` is the API's name for the type of group."""
    return Kind(
        name=name,
        category="parameter_group",
        service="rds",
        billing=FREE,
        listing=Listing(f"Describe{group}s", f"{group}s", page_size=100, one={f"{group}Name": "{id}"}),
        # Default groups, which RDS creates for each engine, have no owner and cannot be deleted.
        only_where=f"!starts_with({group}Name, 'default.')",
        id=f"{group}Name",
        title=f"{group}Name",
        uid=f"{group}Arn",
        tags=_TAGS,
        writing=ADDED_TO_RESOURCE,
        delete=call(f"Delete{group}", **{f"{group}Name": "{id}"}),
        attributes={"family": "DBParameterGroupFamily"},
    )


ROWS = (
    Kind(
        name="aws_rds_subnet_group",
        category="subnet_group",
        service="rds",
        billing=FREE,
        listing=Listing("DescribeDBSubnetGroups", "DBSubnetGroups", page_size=100, one={"DBSubnetGroupName": "{id}"}),
        id="DBSubnetGroupName",
        title="DBSubnetGroupName",
        uid="DBSubnetGroupArn",
        tags=_TAGS,
        writing=ADDED_TO_RESOURCE,
        delete=call("DeleteDBSubnetGroup", DBSubnetGroupName="{id}"),
        links=_IN_SUBNETS,
        protected=_default("DBSubnetGroupName"),
        attributes={"vpc": "VpcId"},
    ),
    _parameters_of_rds("aws_rds_parameter_group", "DBParameterGroup"),
    _parameters_of_rds("aws_rds_cluster_parameter_group", "DBClusterParameterGroup"),
    Kind(
        name="aws_rds_option_group",
        category="parameter_group",
        service="rds",
        billing=FREE,
        listing=Listing("DescribeOptionGroups", "OptionGroupsList", page_size=100, one={"OptionGroupName": "{id}"}),
        only_where="!starts_with(OptionGroupName, 'default:')",
        id="OptionGroupName",
        title="OptionGroupName",
        uid="OptionGroupArn",
        tags=_TAGS,
        writing=ADDED_TO_RESOURCE,
        delete=call("DeleteOptionGroup", OptionGroupName="{id}"),
        links=(uses("aws_ec2_security_group", "Options[].VpcSecurityGroupMemberships[].VpcSecurityGroupId"),),
        attributes={"engine": "EngineName"},
    ),
    Kind(
        name="aws_rds_proxy",
        category="proxy",
        service="rds",
        listing=Listing("DescribeDBProxies", "DBProxies", page_size=100, one={"DBProxyName": "{id}"}),
        id="DBProxyName",
        title="DBProxyName",
        uid="DBProxyArn",
        created=created("CreatedDate"),
        state="Status",
        going=("deleting",),
        tags=_TAGS,
        writing=ADDED_TO_RESOURCE,
        delete=call("DeleteDBProxy", DBProxyName="{id}"),
        links=(
            needs("aws_ec2_subnet", "VpcSubnetIds"),
            needs("aws_ec2_security_group", "VpcSecurityGroupIds"),
            uses("aws_iam_role", "RoleArn"),
            uses("aws_secretsmanager_secret", "Auth[].SecretArn"),
        ),
        attributes={"engine": "EngineFamily", "vpc": "VpcId"},
    ),
    Kind(
        name="aws_elasticache_subnet_group",
        category="subnet_group",
        service="elasticache",
        billing=FREE,
        listing=Listing(
            "DescribeCacheSubnetGroups", "CacheSubnetGroups", page_size=100, one={"CacheSubnetGroupName": "{id}"}
        ),
        id="CacheSubnetGroupName",
        title="CacheSubnetGroupName",
        uid="arn:{partition}:elasticache:{region}:{account}:subnetgroup:{id}",
        tags=_TAGS,
        writing=ADDED_TO_RESOURCE,
        delete=call("DeleteCacheSubnetGroup", CacheSubnetGroupName="{id}"),
        links=_IN_SUBNETS,
        protected=_default("CacheSubnetGroupName"),
        attributes={"vpc": "VpcId"},
    ),
    Kind(
        name="aws_redshift_subnet_group",
        category="subnet_group",
        service="redshift",
        billing=FREE,
        listing=Listing(
            "DescribeClusterSubnetGroups", "ClusterSubnetGroups", page_size=100, one={"ClusterSubnetGroupName": "{id}"}
        ),
        id="ClusterSubnetGroupName",
        title="ClusterSubnetGroupName",
        uid="arn:{partition}:redshift:{region}:{account}:subnetgroup:{id}",
        tags=InlineTags(absent_is_unknown=True),
        writing=_REDSHIFT_TAGS,
        delete=call("DeleteClusterSubnetGroup", ClusterSubnetGroupName="{id}"),
        links=_IN_SUBNETS,
        protected=_default("ClusterSubnetGroupName"),
        attributes={"vpc": "VpcId"},
    ),
    Kind(
        name="aws_redshift_parameter_group",
        category="parameter_group",
        service="redshift",
        billing=FREE,
        listing=Listing(
            "DescribeClusterParameterGroups", "ParameterGroups", page_size=100, one={"ParameterGroupName": "{id}"}
        ),
        only_where="!starts_with(ParameterGroupName, 'default.')",
        id="ParameterGroupName",
        title="ParameterGroupName",
        uid="arn:{partition}:redshift:{region}:{account}:parametergroup:{id}",
        tags=InlineTags(absent_is_unknown=True),
        writing=_REDSHIFT_TAGS,
        delete=call("DeleteClusterParameterGroup", ParameterGroupName="{id}"),
        attributes={"family": "ParameterGroupFamily"},
    ),
    Kind(
        name="aws_memorydb_cluster",
        category="cache",
        holds=Holding.DATA,
        service="memorydb",
        listing=Listing("DescribeClusters", "Clusters", page_size=50, one={"ClusterName": "{id}"}),
        id="Name",
        title="Name",
        uid="ARN",
        # MemoryDB returns no creation time.
        state="Status",
        going=("deleting",),
        tags=tags_told("ResourceArn", "TagList", operation="ListTags"),
        writing=tags_by_arn("ResourceArn"),
        delete=call("DeleteCluster", ClusterName="{id}"),
        links=(
            needs("aws_ec2_security_group", "SecurityGroups[].SecurityGroupId"),
            needs("aws_memorydb_subnet_group", "SubnetGroupName"),
            uses("aws_kms_key", "KmsKeyId"),
            uses("aws_sns_topic", "SnsTopicArn"),
        ),
        attributes={"node_type": "NodeType", "engine": "Engine"},
    ),
    Kind(
        name="aws_memorydb_subnet_group",
        category="subnet_group",
        service="memorydb",
        billing=FREE,
        listing=Listing("DescribeSubnetGroups", "SubnetGroups", page_size=50, one={"SubnetGroupName": "{id}"}),
        id="Name",
        title="Name",
        uid="ARN",
        tags=tags_told("ResourceArn", "TagList", operation="ListTags"),
        writing=tags_by_arn("ResourceArn"),
        delete=call("DeleteSubnetGroup", SubnetGroupName="{id}"),
        links=(*_IN_NETWORK, uses("aws_ec2_subnet", "Subnets[].Identifier")),
        protected=_default("Name"),
        attributes={"vpc": "VpcId"},
    ),
    Kind(
        name="aws_dax_cluster",
        category="cache",
        service="dax",
        listing=Listing("DescribeClusters", "Clusters", page_size=100, one={"ClusterNames": ["{id}"]}),
        id="ClusterName",
        title="ClusterName",
        uid="ClusterArn",
        created=created("Nodes[].NodeCreateTime"),
        state="Status",
        going=("deleting",),
        tags=tags_told("ResourceName", operation="ListTags"),
        writing=tags_by_arn("ResourceName"),
        delete=call("DeleteCluster", ClusterName="{id}"),
        links=(
            needs("aws_ec2_security_group", "SecurityGroups[].SecurityGroupIdentifier"),
            uses("aws_iam_role", "IamRoleArn"),
        ),
        attributes={"node_type": "NodeType", "nodes": "TotalNodes"},
    ),
    Kind(
        name="aws_dms_replication_instance",
        category="database",
        service="dms",
        listing=Listing(
            "DescribeReplicationInstances",
            "ReplicationInstances",
            page_size=100,
            one={"Filters": [{"Name": "replication-instance-arn", "Values": ["{id}"]}]},
        ),
        id="ReplicationInstanceArn",
        title="ReplicationInstanceIdentifier",
        uid="ReplicationInstanceArn",
        created=created("InstanceCreateTime"),
        state="ReplicationInstanceStatus",
        going=("deleting",),
        tags=tags_told("ResourceArn", "TagList"),
        writing=WrittenTags(
            set=call("AddTagsToResource", ResourceArn="{uid}", Tags="{tags}"),
            remove=call("RemoveTagsFromResource", ResourceArn="{uid}", TagKeys="{keys}"),
        ),
        delete=call("DeleteReplicationInstance", ReplicationInstanceArn="{id}"),
        links=(
            needs("aws_ec2_security_group", "VpcSecurityGroups[].VpcSecurityGroupId"),
            needs("aws_ec2_subnet", "ReplicationSubnetGroup.Subnets[].SubnetIdentifier"),
            uses("aws_kms_key", "KmsKeyId"),
        ),
        attributes={"instance_class": "ReplicationInstanceClass", "size_gib": "AllocatedStorage"},
    ),
)
