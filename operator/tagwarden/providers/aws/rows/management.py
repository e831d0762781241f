"""Stacks, logs and alarms."""

from tagwarden.providers.aws.row import (
    FREE,
    MAPPING,
    PAIRS,
    Detail,
    Failure,
    Holding,
    InlineTags,
    Kind,
    Listing,
    Managed,
    Protected,
    Read,
    ReplacedTags,
    TagsCall,
    TimeForm,
    call,
    created,
    owned_by,
    uses,
)
from tagwarden.providers.aws.rows.shared import tags_by_arn
from tagwarden.providers.aws.rows.stack_members import MEMBER_LINKS, MEMBERS_OF

ROWS = (
    Kind(
        name="aws_cloudformation_stack",
        category="stack",
        service="cloudformation",
        billing=FREE,
        listing=Listing("DescribeStacks", "Stacks", one={"StackName": "{id}"}),
        # The ARN finds a deleted stack too; a name may find another stack.
        id="StackId",
        title="StackName",
        uid="StackId",
        created=created("CreationTime"),
        state="StackStatus",
        gone=("DELETE_COMPLETE",),
        going=("DELETE_IN_PROGRESS",),
        # Not all resources of a stack have its tags: launch templates and policies, for example, have none.
        detail=Detail(call("ListStackResources", StackName="{id}"), "StackResourceSummaries", pages_as=MEMBERS_OF),
        tags=InlineTags(absent_is_unknown=True),
        # Tags of a stack change only with the stack: the same template and parameters, the whole set of tags.
        writing=ReplacedTags(
            read=call("DescribeStacks", StackName="{id}"),
            path="Stacks[0].Tags",
            keep={
                "parameters": "Stacks[0].Parameters[].{ParameterKey: ParameterKey, UsePreviousValue: `true`}",
                "capabilities": "Stacks[0].Capabilities",
            },
            write=call(
                "UpdateStack",
                StackName="{id}",
                UsePreviousTemplate=True,
                Parameters="{parameters}",
                Capabilities="{capabilities}",
                Tags="{tags}",
            ),
            tags=PAIRS,
        ),
        delete=call("DeleteStack", StackName="{id}"),
        failure=Failure(
            ("DELETE_FAILED",),
            (
                Read(call("DescribeStacks", StackName="{id}"), "Stacks[0].StackStatusReason"),
                Read(
                    call("DescribeStackResources", StackName="{id}"),
                    "StackResources[?ResourceStatus == 'DELETE_FAILED']"
                    ".join(': ', [LogicalResourceId, ResourceStatusReason || 'no cause'])",
                ),
            ),
        ),
        links=(uses("aws_iam_role", "RoleARN"), uses("aws_sns_topic", "NotificationARNs"), *MEMBER_LINKS),
        managed=(Managed("aws_cloudformation_stack", "ParentId"),),
        protected=(Protected("EnableTerminationProtection", "termination protection is on"),),
    ),
    Kind(
        name="aws_logs_log_group",
        category="log_group",
        holds=Holding.DATA,
        service="logs",
        listing=Listing("DescribeLogGroups", "logGroups", page_size=50, one={"logGroupNamePrefix": "{id}"}),
        id="logGroupName",
        title="logGroupName",
        uid="arn:{partition}:logs:{region}:{account}:log-group:{id}",
        created=created("creationTime", form=TimeForm.MILLISECONDS),
        tags=TagsCall(call("ListTagsForResource", resourceArn="{uid}"), "tags", MAPPING),
        writing=tags_by_arn("resourceArn", "tags", "tagKeys", MAPPING),
        delete=call("DeleteLogGroup", logGroupName="{id}"),
        links=(uses("aws_kms_key", "kmsKeyId"),),
        protected=(Protected("deletionProtectionEnabled", "deletion protection is on"),),
        attributes={"stored_bytes": "storedBytes", "retention_days": "retentionInDays"},
    ),
    Kind(
        name="aws_cloudwatch_alarm",
        category="alarm",
        service="cloudwatch",
        listing=Listing(
            "DescribeAlarms",
            "[MetricAlarms, CompositeAlarms][]",
            {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]},
            page_size=100,
            one={"AlarmNames": ["{id}"], "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]},
        ),
        id="AlarmName",
        title="AlarmName",
        uid="AlarmArn",
        # CloudWatch returns the time of the last change, no creation time.
        tags=TagsCall(call("ListTagsForResource", ResourceARN="{uid}")),
        writing=tags_by_arn("ResourceARN"),
        delete=call("DeleteAlarms", AlarmNames=["{id}"]),
        links=(
            uses("aws_ec2_instance", "Dimensions[?Name == 'InstanceId'].Value"),
            # An alarm has no purpose without the watched resource.
            owned_by("aws_ec2_instance", "Dimensions[?Name == 'InstanceId'].Value", left=True),
            owned_by(
                "aws_autoscaling_group", "Dimensions[?Name == 'AutoScalingGroupName'].Value", if_found=True, left=True
            ),
            owned_by("aws_rds_instance", "Dimensions[?Name == 'DBInstanceIdentifier'].Value", if_found=True),
            owned_by("aws_sqs_queue", "Dimensions[?Name == 'QueueName'].Value", if_found=True),
            owned_by("aws_lambda_function", "Dimensions[?Name == 'FunctionName'].Value", if_found=True),
            uses("aws_sns_topic", "AlarmActions[?contains(@, ':sns:')]"),
        ),
        # Scaling policies create and recreate these alarms.
        managed=(Managed("AWS", "starts_with(AlarmName, 'TargetTracking-') && AlarmName"),),
    ),
)
