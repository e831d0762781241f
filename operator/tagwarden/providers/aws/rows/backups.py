"""Backup methods of volumes, databases and caches, and the kinds of snapshots that only backups need."""

from tagwarden.providers.aws.row import (
    BackupRule,
    Holding,
    InlineTags,
    Kind,
    Listing,
    Managed,
    Protected,
    TagsCall,
    WrittenTags,
    call,
    created,
    uses,
)
from tagwarden.providers.aws.rows.shared import SHARED

_OF_MEMORY = ("redis", "valkey")
"""The ElastiCache engines with backups; memcached has none."""


def _of_cache(source: str, value: str, **only: tuple[str | bool | None, ...]) -> BackupRule:
    return BackupRule(
        into="aws_elasticache_snapshot",
        make=call("CreateSnapshot", **{"SnapshotName": "{backup}", source: value, "Tags": "{tags}"}),
        # Whether a snapshot of a member is listed under the group is not documented.
        of={"SnapshotSource": "user"},
        ready="available",
        exists=("SnapshotAlreadyExistsFault",),
        only=only,
        grants=("elasticache:AddTagsToResource",),
    )


OF_VOLUME = BackupRule(
    into="aws_ec2_snapshot",
    make=call(
        "CreateSnapshot",
        VolumeId="{id}",
        Description="{backup}",
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": "{tags}"}],
    ),
    of={"OwnerIds": ["self"], "Filters": [{"Name": "volume-id", "Values": ["{id}"]}]},
    ready="completed",
    failed=("error",),
    grants=("ec2:CreateTags",),
)
OF_DATABASE = BackupRule(
    into="aws_rds_snapshot",
    make=call("CreateDBSnapshot", DBSnapshotIdentifier="{backup}", DBInstanceIdentifier="{id}", Tags="{tags}"),
    of={"DBInstanceIdentifier": "{id}", "SnapshotType": "manual"},
    ready="available",
    exists=("DBSnapshotAlreadyExists",),
    # A member has the data of the cluster, which can be backed up.
    only={"cluster": (None,)},
    grants=("rds:AddTagsToResource",),
)
OF_DATABASE_CLUSTER = BackupRule(
    into="aws_rds_cluster_snapshot",
    make=call(
        "CreateDBClusterSnapshot", DBClusterSnapshotIdentifier="{backup}", DBClusterIdentifier="{id}", Tags="{tags}"
    ),
    of={"DBClusterIdentifier": "{id}", "SnapshotType": "manual"},
    ready="available",
    exists=("DBClusterSnapshotAlreadyExistsFault",),
    grants=("rds:AddTagsToResource",),
)
OF_WAREHOUSE = BackupRule(
    into="aws_redshift_snapshot",
    make=call("CreateClusterSnapshot", SnapshotIdentifier="{backup}", ClusterIdentifier="{id}", Tags="{tags}"),
    of={"ClusterIdentifier": "{id}", "SnapshotType": "manual"},
    ready="available",
    exists=("ClusterSnapshotAlreadyExists",),
    grants=("redshift:CreateTags",),
)
# Members of a replication group are backed up with the group.
OF_CACHE = _of_cache("CacheClusterId", "{id}", engine=_OF_MEMORY, group=(None,))
OF_CACHE_GROUP = (
    _of_cache("ReplicationGroupId", "{id}", clustered=(True,)),
    # AWS requires that a group without shards is backed up through a member.
    _of_cache("CacheClusterId", "{member}", clustered=(False, None)),
)

_NOT_MADE_BY_HAND = (Managed("AWS", "SnapshotType != 'manual' && SnapshotType"),)

ROWS = (
    Kind(
        name="aws_redshift_snapshot",
        category="snapshot",
        holds=Holding.DATA,
        service="redshift",
        listing=Listing("DescribeClusterSnapshots", "Snapshots", page_size=100, one={"SnapshotIdentifier": "{id}"}),
        id="SnapshotIdentifier",
        title="SnapshotIdentifier",
        uid="arn:{partition}:redshift:{region}:{account}:snapshot:{cluster}/{id}",
        created=created("SnapshotCreateTime"),
        state="Status",
        gone=("deleted",),
        tags=InlineTags(absent_is_unknown=True),
        writing=WrittenTags(
            set=call("CreateTags", ResourceName="{uid}", Tags="{tags}"),
            remove=call("DeleteTags", ResourceName="{uid}", TagKeys="{keys}"),
        ),
        delete=call("DeleteClusterSnapshot", SnapshotIdentifier="{id}"),
        links=(uses("aws_kms_key", "KmsKeyId"),),
        managed=_NOT_MADE_BY_HAND,
        protected=(Protected("AccountsWithRestoreAccess", SHARED),),
        attributes={"cluster": "ClusterIdentifier", "node_type": "NodeType"},
    ),
    Kind(
        name="aws_elasticache_snapshot",
        category="snapshot",
        holds=Holding.DATA,
        service="elasticache",
        listing=Listing("DescribeSnapshots", "Snapshots", page_size=50, one={"SnapshotName": "{id}"}),
        id="SnapshotName",
        title="SnapshotName",
        uid="arn:{partition}:elasticache:{region}:{account}:snapshot:{id}",
        created=created("NodeSnapshots[].SnapshotCreateTime"),
        state="SnapshotStatus",
        going=("deleting",),
        tags=TagsCall(call("ListTagsForResource", ResourceName="{uid}"), "TagList"),
        writing=WrittenTags(
            set=call("AddTagsToResource", ResourceName="{uid}", Tags="{tags}"),
            remove=call("RemoveTagsFromResource", ResourceName="{uid}", TagKeys="{keys}"),
        ),
        delete=call("DeleteSnapshot", SnapshotName="{id}"),
        links=(uses("aws_kms_key", "KmsKeyId"),),
        managed=(Managed("AWS", "SnapshotSource != 'manual' && SnapshotSource"),),
        attributes={"engine": "Engine"},
    ),
)
