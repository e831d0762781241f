"""Object and file storage."""

from tagwarden.providers.aws.row import (
    FREE,
    PAIRS,
    Call,
    Detail,
    Holding,
    InlineTags,
    Kind,
    Listing,
    NoTags,
    Probe,
    Refusal,
    ReplacedTags,
    ServiceScope,
    Step,
    TagsCall,
    call,
    created,
    needs,
    owned_by,
    owns,
    uses,
)
from tagwarden.providers.aws.rows.shared import tags_by_arn, tags_told

_NO_TAGS = ("NoSuchTagSet",)
_NOT_EMPTY = (Refusal("BucketNotEmpty"),)


def _emptied(members: str) -> Step:
    return Step(
        each=call("ListObjectVersions", Bucket="{id}"),
        items=f"{members}[].{{Key: Key, VersionId: VersionId}}",
        do=Call("DeleteObjects", {"Bucket": "{id}", "Delete": {"Objects": "{items}", "Quiet": True}}, errors="Errors"),
        size=1000,
        answers=_NOT_EMPTY,
    )


ROWS = (
    Kind(
        name="aws_s3_bucket",
        category="bucket",
        holds=Holding.DATA,
        service="s3",
        scope=ServiceScope.GLOBAL,
        # S3 returns the regions of buckets only in a paged listing.
        listing=Listing("ListBuckets", "Buckets", page_size=1000, one={"Prefix": "{id}", "MaxBuckets": 1000}),
        id="Name",
        title="Name",
        uid="arn:{partition}:s3:::{id}",
        region="BucketRegion",
        detail=Detail(
            call("GetBucketLocation", Bucket="{id}"),
            # The oldest region has no name here, and the second oldest a historical name.
            "{BucketRegion: LocationConstraint == 'EU' && 'eu-west-1' || LocationConstraint || 'us-east-1'}",
            unless="BucketRegion",
        ),
        also=(
            Detail(
                call("GetBucketNotificationConfiguration", Bucket="{id}"),
                "{TopicArns: TopicConfigurations[].TopicArn, QueueArns: QueueConfigurations[].QueueArn, "
                "FunctionArns: LambdaFunctionConfigurations[].LambdaFunctionArn}",
            ),
            Detail(
                call("GetBucketEncryption", Bucket="{id}"),
                "{KeyIds: ServerSideEncryptionConfiguration.Rules[].ApplyServerSideEncryptionByDefault.KMSMasterKeyID}",
                none=("ServerSideEncryptionConfigurationNotFoundError",),
            ),
            Detail(
                call("GetBucketReplication", Bucket="{id}"),
                "{RoleArn: ReplicationConfiguration.Role, "
                "BucketArns: ReplicationConfiguration.Rules[].Destination.Bucket}",
                none=("ReplicationConfigurationNotFoundError",),
            ),
            Detail(call("GetBucketLogging", Bucket="{id}"), "{LogBucket: LoggingEnabled.TargetBucket}"),
        ),
        created=created("CreationDate"),
        tags=TagsCall(call("GetBucketTagging", Bucket="{id}"), "TagSet", none=_NO_TAGS),
        writing=ReplacedTags(
            read=call("GetBucketTagging", Bucket="{id}"),
            path="TagSet",
            write=call("PutBucketTagging", Bucket="{id}", Tagging={"TagSet": "{tags}"}),
            tags=PAIRS,
            clear=call("DeleteBucketTagging", Bucket="{id}"),
            none=_NO_TAGS,
        ),
        steps=(
            _emptied("Versions"),
            _emptied("DeleteMarkers"),
            Step(
                each=call("ListMultipartUploads", Bucket="{id}"),
                items="Uploads",
                do=call("AbortMultipartUpload", Bucket="{id}", Key="{item.Key}", UploadId="{item.UploadId}"),
                unless=("NoSuchUpload",),
                answers=_NOT_EMPTY,
            ),
        ),
        # Object Lock may apply to only some objects, but shows the intent to keep the bucket unchanged.
        probe=Probe(
            call("GetObjectLockConfiguration", Bucket="{id}"),
            "ObjectLockConfiguration.ObjectLockEnabled == 'Enabled'",
            "Object Lock is on",
            none=("ObjectLockConfigurationNotFoundError",),
        ),
        # S3 then deletes versions only with a second factor.
        asks=(Probe(call("GetBucketVersioning", Bucket="{id}"), "MFADelete == 'Enabled'", "MFA delete is on"),),
        delete=call("DeleteBucket", Bucket="{id}"),
        links=(
            uses("aws_sns_topic", "TopicArns"),
            uses("aws_sqs_queue", "QueueArns"),
            uses("aws_lambda_function", "FunctionArns[].found(@, '^(arn:[^:]+:lambda:[^:]+:[^:]+:function:[^:]+)')"),
            uses("aws_kms_key", "KeyIds"),
            uses("aws_iam_role", "RoleArn"),
            uses("aws_s3_bucket", "BucketArns"),
            uses("aws_s3_bucket", "LogBucket", if_found=True),
        ),
    ),
    Kind(
        name="aws_efs_file_system",
        category="file_system",
        holds=Holding.DATA,
        service="efs",
        listing=Listing("DescribeFileSystems", "FileSystems", page_size=100, one={"FileSystemId": "{id}"}),
        id="FileSystemId",
        title="Name",
        uid="arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{id}",
        created=created("CreationTime"),
        state="LifeCycleState",
        gone=("deleted",),
        going=("deleting",),
        tags=InlineTags(ask=tags_told("ResourceId", of="{id}")),
        writing=tags_by_arn("ResourceId", of="{id}"),
        # Mount targets are a separate kind and are deleted first. AWS refuses for targets created since, which have
        # users.
        delete=call("DeleteFileSystem", FileSystemId="{id}"),
        links=(uses("aws_kms_key", "KmsKeyId"),),
        attributes={"size_bytes": "SizeInBytes.Value"},
    ),
    Kind(
        name="aws_efs_mount_target",
        category="mount_target",
        service="efs",
        billing=FREE,
        listing=Listing(
            "DescribeMountTargets",
            "MountTargets",
            {"FileSystemId": "{parent.id}"},
            page_size=100,
            one={"MountTargetId": "{id}"},
            per="aws_efs_file_system",
        ),
        id="MountTargetId",
        uid="arn:{partition}:elasticfilesystem:{region}:{account}:mount-target/{id}",
        state="LifeCycleState",
        gone=("deleted",),
        going=("deleting",),
        tags=NoTags(),
        delete=call("DeleteMountTarget", MountTargetId="{id}"),
        links=(
            needs("aws_efs_file_system", "FileSystemId"),
            owned_by("aws_efs_file_system", "FileSystemId"),
            needs("aws_ec2_subnet", "SubnetId"),
            owns("aws_ec2_network_interface", "NetworkInterfaceId"),
            needs("aws_ec2_network_interface", "NetworkInterfaceId"),
        ),
        attributes={"file_system": "FileSystemId"},
    ),
)
