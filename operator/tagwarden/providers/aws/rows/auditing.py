"""Audit records of the account, never leftovers: no policy deletes these records, which use buckets and keys."""

from tagwarden.providers.aws.row import FREE, KEY_PAIRS, BulkTags, Kind, Listing, NoTags, WrittenTags, call, uses

ROWS = (
    Kind(
        name="aws_cloudtrail_trail",
        category="trail",
        service="cloudtrail",
        # A trail of all regions has a shadow in each region but the home region.
        listing=Listing("DescribeTrails", "trailList", {"includeShadowTrails": False}, one={"trailNameList": ["{id}"]}),
        id="TrailARN",
        title="Name",
        uid="TrailARN",
        # CloudTrail returns no creation time.
        tags=BulkTags(call("ListTags", ResourceIdList="{uids}"), 20, "ResourceTagList", "ResourceId", path="TagsList"),
        writing=WrittenTags(
            set=call("AddTags", ResourceId="{uid}", TagsList="{tags}"),
            remove=call("RemoveTags", ResourceId="{uid}", TagsList="{keys}"),
            keys=KEY_PAIRS,
        ),
        links=(
            uses("aws_s3_bucket", "S3BucketName", if_found=True),
            uses("aws_sns_topic", "SnsTopicARN"),
            uses("aws_iam_role", "CloudWatchLogsRoleArn"),
            uses("aws_logs_log_group", "found(CloudWatchLogsLogGroupArn, '^(.+:log-group:[^:]+)')"),
            uses("aws_kms_key", "KmsKeyId"),
        ),
    ),
    Kind(
        name="aws_config_recorder",
        category="recorder",
        service="config",
        listing=Listing(
            "DescribeConfigurationRecorders", "ConfigurationRecorders", one={"ConfigurationRecorderNames": ["{id}"]}
        ),
        id="name",
        title="name",
        uid="arn:{partition}:config:{region}:{account}:configuration-recorder/{id}",
        tags=NoTags(),
        links=(uses("aws_iam_role", "roleARN"),),
    ),
    Kind(
        name="aws_config_delivery_channel",
        category="recorder",
        service="config",
        billing=FREE,
        listing=Listing("DescribeDeliveryChannels", "DeliveryChannels", one={"DeliveryChannelNames": ["{id}"]}),
        id="name",
        title="name",
        uid="arn:{partition}:config:{region}:{account}:delivery-channel/{id}",
        tags=NoTags(),
        links=(
            uses("aws_s3_bucket", "s3BucketName", if_found=True),
            uses("aws_kms_key", "s3KmsKeyArn"),
            uses("aws_sns_topic", "snsTopicARN"),
        ),
    ),
)
