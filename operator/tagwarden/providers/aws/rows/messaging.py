"""Queues, topics and streams."""

from tagwarden.providers.aws.row import (
    FREE,
    MAPPING,
    Detail,
    Holding,
    Kind,
    Listing,
    NoTags,
    TagsCall,
    TimeForm,
    WrittenTags,
    call,
    created,
    owned_by,
    uses,
)
from tagwarden.providers.aws.rows import charges
from tagwarden.providers.aws.rows.shared import tags_by_arn

_LAST_PART = "([^:/]+)$"

ROWS = (
    Kind(
        name="aws_sqs_queue",
        category="queue",
        holds=Holding.MESSAGES,
        service="sqs",
        listing=Listing("ListQueues", "QueueUrls", page_size=1000),
        id="value",
        title=f"found(value, '{_LAST_PART}')",
        uid="arn:{partition}:sqs:{region}:{account}:{name}",
        detail=Detail(
            call(
                "GetQueueAttributes",
                QueueUrl="{id}",
                AttributeNames=["CreatedTimestamp", "RedrivePolicy", "KmsMasterKeyId", "Policy"],
            ),
            "Attributes || `{}`",
        ),
        created=created("CreatedTimestamp", form=TimeForm.SECONDS),
        tags=TagsCall(call("ListQueueTags", QueueUrl="{id}"), form=MAPPING),
        writing=WrittenTags(
            set=call("TagQueue", QueueUrl="{id}", Tags="{tags}"),
            remove=call("UntagQueue", QueueUrl="{id}", TagKeys="{keys}"),
            tags=MAPPING,
        ),
        delete=call("DeleteQueue", QueueUrl="{id}"),
        links=(
            uses("aws_sqs_queue", """found(RedrivePolicy, '"deadLetterTargetArn" *: *"([^"]+)"')"""),
            uses("aws_kms_key", "KmsMasterKeyId"),
        ),
        aliases=(f"found(value, '{_LAST_PART}')",),
    ),
    Kind(
        name="aws_sns_topic",
        category="topic",
        service="sns",
        listing=Listing("ListTopics", "Topics"),
        id="TopicArn",
        title=f"found(TopicArn, '{_LAST_PART}')",
        uid="TopicArn",
        detail=Detail(call("GetTopicAttributes", TopicArn="{id}"), "Attributes"),
        tags=TagsCall(call("ListTagsForResource", ResourceArn="{uid}")),
        writing=tags_by_arn("ResourceArn"),
        delete=call("DeleteTopic", TopicArn="{id}"),
        links=(uses("aws_kms_key", "KmsMasterKeyId"),),
    ),
    Kind(
        name="aws_sns_subscription",
        category="subscription",
        service="sns",
        billing=FREE,
        listing=Listing("ListSubscriptions", "Subscriptions"),
        # An unconfirmed subscription has a word in place of the ARN.
        only_where="!contains(['PendingConfirmation', 'Deleted'], SubscriptionArn)",
        id="SubscriptionArn",
        title=f"found(SubscriptionArn, '{_LAST_PART}')",
        uid="SubscriptionArn",
        # A subscription has no tags, and is deleted with the topic.
        tags=NoTags(),
        links=(
            owned_by("aws_sns_topic", "TopicArn"),
            uses("aws_sqs_queue", "Protocol == 'sqs' && Endpoint"),
            uses("aws_firehose_stream", "Protocol == 'firehose' && Endpoint"),
            uses(
                "aws_lambda_function",
                "Protocol == 'lambda' && found(Endpoint, '^(arn:[^:]+:lambda:[^:]+:[^:]+:function:[^:]+)')",
            ),
        ),
    ),
    Kind(
        name="aws_kinesis_stream",
        category="stream",
        holds=Holding.MESSAGES,
        service="kinesis",
        billing=charges.STREAM,
        listing=Listing("ListStreams", "StreamNames", page_size=100),
        id="value",
        title="value",
        uid="arn:{partition}:kinesis:{region}:{account}:stream/{id}",
        detail=Detail(call("DescribeStreamSummary", StreamName="{id}"), "StreamDescriptionSummary"),
        created=created("StreamCreationTimestamp"),
        state="StreamStatus",
        going=("DELETING",),
        tags=TagsCall(call("ListTagsForStream", StreamName="{id}", Limit=50)),
        writing=WrittenTags(
            set=call("AddTagsToStream", StreamName="{id}", Tags="{tags}"),
            remove=call("RemoveTagsFromStream", StreamName="{id}", TagKeys="{keys}"),
            tags=MAPPING,
        ),
        delete=call("DeleteStream", StreamName="{id}", EnforceConsumerDeletion=True),
        links=(uses("aws_kms_key", "KeyId"),),
        attributes={"shards": "OpenShardCount"},
    ),
)
