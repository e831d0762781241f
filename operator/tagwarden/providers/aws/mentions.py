"""Members of AWS responses that are searched for resource names (see `providers.mentions`), per kind."""

import re
from collections.abc import Mapping

NOT_SEARCHED = frozenset({"InstanceType", "State", "TagList", "TagSet", "Tags", "tagList", "tags", "ResponseMetadata"})
"""Members without names: tags are read separately, and states and types are AWS terms."""

ORIGINS: Mapping[str, frozenset[str]] = {
    "aws_ec2_image": frozenset({"SourceImageId", "SourceInstanceId"}),
    "aws_ec2_snapshot": frozenset({"VolumeId"}),
    "aws_ec2_volume": frozenset({"SnapshotId", "SourceVolumeId"}),
    "aws_elasticache_cluster": frozenset({"SnapshotName"}),
    "aws_elasticache_replication_group": frozenset({"SnapshotName"}),
    "aws_elasticache_snapshot": frozenset(
        {"CacheClusterId", "CacheSubnetGroupName", "ReplicationGroupId", "TopicArn", "VpcId"}
    ),
    "aws_rds_cluster_snapshot": frozenset({"DBClusterIdentifier", "SourceDBClusterSnapshotArn", "VpcId"}),
    "aws_rds_snapshot": frozenset({"DBInstanceIdentifier", "SourceDBSnapshotIdentifier", "VpcId"}),
    "aws_redshift_snapshot": frozenset({"ClusterIdentifier", "VpcId"}),
}
"""Per kind, the members that name the origin of a resource: a copy outlives its original."""

TOLD_BY_OTHERS: Mapping[str, frozenset[str]] = {
    # Most of an instance's response: each interface is also listed, and names its instance, subnet and groups.
    "aws_ec2_instance": frozenset({"NetworkInterfaces"}),
    # A network ACL or route table applies to subnets and does not need them; links say where one is needed anyway.
    "aws_ec2_network_acl": frozenset({"Associations"}),
    "aws_ec2_route_table": frozenset({"Associations"}),
}
"""Per kind, the members that repeat facts of other listed resources, or a link."""

NAMING = re.compile(
    r"A(?:rn|RN)s?$|Ids?$|Ur[il]s?$|UR[IL]$|Names?$|Identifiers?$|Role|Profile|Kms|Bucket|Polic|Document|Value|Target|Topic"
    r"|Queue|Function|Secret|Certificate|LogGroup|Endpoint|Destination|Definition|UserData|Image|Actions$"
)
"""Names of members whose texts may name a resource."""

NOT_NAMING = re.compile(
    r"^(?:AvailabilityZone|Owner|Requester|Reservation|Attachment|Association|Account|ProductCode|Request|Event|Hosted"
    r"|CanonicalHostedZone|User|CallerReference|Activity)(?:Ids?|Name)$"
    r"|DnsName|DeviceName|ZoneName|Token|^(?:Engine|LicenseModel|CharacterSet|DBName|MasterUsername)|IpAddress"
)
"""Names of members that look similar but never name a collected resource."""


def not_searched_in(kind: str) -> frozenset[str]:
    """Give the members that are not searched for names in items of a kind."""
    return NOT_SEARCHED | ORIGINS.get(kind, frozenset()) | TOLD_BY_OTHERS.get(kind, frozenset())
