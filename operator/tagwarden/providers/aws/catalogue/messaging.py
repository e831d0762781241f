"""Queues, topics and streams."""

from tagwarden.providers.aws.catalogue.shared import tags_by_arn
from tagwarden.providers.aws.row import (
    MAPPING,
    Detail,
    Form,
    Kind,
    Listing,
    TagsCall,
    WrittenTags,
    call,
    created,
    uses,
)

_LAST_PART = "([^:/]+)$"

ROWS = (
    Kind(
        name="aws_sqs_queue",
        category="queue",
        service="sqs",
        listing=Listing("ListQueues", "QueueUrls", page_size=1000),
        id="value",
        title=f"found(value, '{_LAST_PART}')",
        uid="arn:{partition}:sqs:{region}:{account}:{name}",
        detail=Detail(
            call(
                "GetQueueAttributes",
                QueueUrl="{id}",
                AttributeNames=["CreatedTimestamp", "RedrivePolicy", "KmsMasterKeyId"],
            ),
            "Attributes || `{}`",
        ),
        created=created("CreatedTimestamp", form=Form.SECONDS),
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
    ),
    Kind(
        name="aws_sns_topic",
        category="topic",
        service="sns",
        listing=Listing("ListTopics", "Topics"),
        id="TopicArn",
        title=f"found(TopicArn, '{_LAST_PART}')",
        uid="TopicArn",
        read=None,
        tags=TagsCall(call("ListTagsForResource", ResourceArn="{uid}")),
        writing=tags_by_arn("ResourceArn"),
        delete=call("DeleteTopic", TopicArn="{id}"),
    ),
)
