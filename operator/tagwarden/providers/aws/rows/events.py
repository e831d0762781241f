"""Event buses with their rules, schedules, message brokers, and event sources of functions."""

from tagwarden.providers.aws.row import (
    FREE,
    MAPPING,
    Call,
    Detail,
    Holding,
    InlineTags,
    Kind,
    Link,
    Listing,
    Managed,
    NoTags,
    Protected,
    Read,
    Refusal,
    Step,
    WrittenTags,
    call,
    created,
    needs,
    owned_by,
    uses,
)
from tagwarden.providers.aws.rows.shared import tags_by_arn, tags_told

_BUS = "EventBusName || parent.id"
_FAILED_ENTRIES = "FailedEntries[].{Code: ErrorCode, Message: ErrorMessage}"
_MADE_BUS = f"({_BUS}) != 'default' && ({_BUS})"
_FUNCTION = "found(FunctionArn, '^(arn:[^:]+:lambda:[^:]+:[^:]+:function:[^:]+)')"


def _targets(path: str) -> tuple[Link, ...]:
    """Give the links to event targets; `path` leads to ARNs."""
    return (
        uses("aws_lambda_function", f"{path} | [].found(@, '^(arn:[^:]+:lambda:[^:]+:[^:]+:function:[^:]+)')"),
        uses("aws_sqs_queue", f"{path} | [?contains(@, ':sqs:')]"),
        uses("aws_sns_topic", f"{path} | [?contains(@, ':sns:')]"),
        uses("aws_sfn_state_machine", f"{path} | [?contains(@, ':stateMachine:')]"),
        uses("aws_kinesis_stream", f"{path} | [?contains(@, ':kinesis:')]"),
        uses("aws_firehose_stream", f"{path} | [?contains(@, ':firehose:')]"),
        uses("aws_ecs_cluster", f"{path} | [?contains(@, ':ecs:')]"),
        uses("aws_batch_job_queue", f"{path} | [?contains(@, ':batch:')]"),
        uses("aws_codebuild_project", f"{path} | [?contains(@, ':codebuild:')]"),
        uses("aws_codepipeline_pipeline", f"{path} | [?contains(@, ':codepipeline:')]"),
        uses("aws_events_bus", f"{path} | [?contains(@, ':event-bus/')]"),
        uses("aws_logs_log_group", f"{path} | [?contains(@, ':log-group:')]"),
    )


ROWS = (
    Kind(
        name="aws_events_bus",
        category="event_bus",
        service="events",
        listing=Listing("ListEventBuses", "EventBuses", page_size=100),
        id="Name",
        title="Name",
        uid="Arn",
        created=created("CreationTime"),
        tags=tags_told("ResourceARN"),
        writing=tags_by_arn("ResourceARN"),
        delete=call("DeleteEventBus", Name="{id}"),
        managed=(Managed("AWS", "ManagedBy"),),
        protected=(Protected("Name == 'default'", "default event bus of its region"),),
    ),
    Kind(
        name="aws_events_rule",
        category="event_rule",
        service="events",
        listing=Listing("ListRules", "Rules", {"EventBusName": "{parent.id}"}, page_size=100, per="aws_events_bus"),
        read=Read(call("DescribeRule", Name="{rule}", EventBusName="{bus}"), "@"),
        # Rules of two buses may have the same name.
        id=f"join('/', [{_BUS}, Name])",
        # Names of partner buses have slashes, names of rules have none.
        id_tells="(?P<bus>.+)/(?P<rule>[^/]+)",
        title="Name",
        uid="Arn",
        detail=Detail(call("ListTargetsByRule", Rule="{rule}", EventBusName="{bus}"), "Targets", pages_as="Targets"),
        # EventBridge returns no creation time of rules.
        tags=tags_told("ResourceARN"),
        writing=tags_by_arn("ResourceARN"),
        steps=(
            Step(
                each=call("ListTargetsByRule", Rule="{rule}", EventBusName="{bus}"),
                items="Targets",
                do=Call(
                    "RemoveTargets",
                    {"Rule": "{rule}", "EventBusName": "{bus}", "Ids": "{items.Id}"},
                    errors=_FAILED_ENTRIES,
                ),
                # The most targets that one call can put back.
                size=10,
                answers=(Refusal("Validation", r"(?i)has targets"),),
                undo=Call(
                    "PutTargets",
                    {"Rule": "{rule}", "EventBusName": "{bus}", "Targets": "{items}"},
                    errors=_FAILED_ENTRIES,
                ),
            ),
        ),
        delete=call("DeleteRule", Name="{rule}", EventBusName="{bus}"),
        links=(
            # The default bus always stays, and blocks no deletion.
            needs("aws_events_bus", _MADE_BUS),
            owned_by("aws_events_bus", _MADE_BUS),
            uses("aws_iam_role", "RoleArn"),
            uses("aws_iam_role", "Targets[].RoleArn"),
            *_targets("Targets[].Arn"),
            uses("aws_ecs_task_definition", "Targets[].EcsParameters.TaskDefinitionArn", if_found=True),
            uses("aws_sqs_queue", "Targets[].DeadLetterConfig.Arn"),
        ),
        managed=(Managed("AWS", "ManagedBy"),),
        attributes={"bus": _BUS, "rule": "Name"},
    ),
    Kind(
        name="aws_scheduler_group",
        category="schedule",
        service="scheduler",
        billing=FREE,
        listing=Listing("ListScheduleGroups", "ScheduleGroups", page_size=100),
        read=Read(call("GetScheduleGroup", Name="{id}"), "@"),
        id="Name",
        title="Name",
        uid="Arn",
        created=created("CreationDate"),
        state="State",
        going=("DELETING",),
        tags=tags_told("ResourceArn"),
        writing=tags_by_arn("ResourceArn"),
        # Schedules have no tags, and are deleted with the group.
        delete=call("DeleteScheduleGroup", Name="{id}"),
        protected=(Protected("Name == 'default'", "default schedule group of its region"),),
    ),
    Kind(
        name="aws_scheduler_schedule",
        category="schedule",
        service="scheduler",
        billing=FREE,
        listing=Listing(
            "ListSchedules", "Schedules", {"GroupName": "{parent.id}"}, page_size=100, per="aws_scheduler_group"
        ),
        read=Read(call("GetSchedule", Name="{schedule}", GroupName="{group}"), "@"),
        id="join('/', [GroupName, Name])",
        id_tells="(?P<group>[^/]+)/(?P<schedule>[^/]+)",
        title="Name",
        uid="Arn",
        detail=Detail(call("GetSchedule", Name="{schedule}", GroupName="{group}"), "@", unless="ScheduleExpression"),
        created=created("CreationDate"),
        # A schedule has no tags, and is deleted with the group.
        tags=NoTags(),
        links=(
            owned_by("aws_scheduler_group", "GroupName"),
            uses("aws_iam_role", "Target.RoleArn"),
            *_targets("[Target.Arn]"),
            uses("aws_ecs_task_definition", "Target.EcsParameters.TaskDefinitionArn", if_found=True),
            uses("aws_sqs_queue", "Target.DeadLetterConfig.Arn"),
            uses("aws_kms_key", "KmsKeyArn"),
        ),
        attributes={"group": "GroupName", "schedule": "Name"},
    ),
    Kind(
        name="aws_mq_broker",
        category="broker",
        holds=Holding.MESSAGES,
        service="mq",
        listing=Listing("ListBrokers", "BrokerSummaries", page_size=100),
        read=Read(call("DescribeBroker", BrokerId="{id}"), "@"),
        id="BrokerId",
        title="BrokerName",
        uid="BrokerArn",
        detail=Detail(call("DescribeBroker", BrokerId="{id}"), "@", unless="EngineVersion"),
        created=created("Created"),
        state="BrokerState",
        going=("DELETION_IN_PROGRESS",),
        tags=InlineTags("Tags", MAPPING),
        writing=WrittenTags(
            set=call("CreateTags", ResourceArn="{uid}", Tags="{tags}"),
            remove=call("DeleteTags", ResourceArn="{uid}", TagKeys="{keys}"),
            tags=MAPPING,
        ),
        delete=call("DeleteBroker", BrokerId="{id}"),
        links=(
            needs("aws_ec2_subnet", "SubnetIds"),
            needs("aws_ec2_security_group", "SecurityGroups"),
            uses("aws_kms_key", "EncryptionOptions.KmsKeyId"),
        ),
        attributes={"engine": "EngineType", "instance_type": "HostInstanceType"},
    ),
    Kind(
        name="aws_lambda_event_source_mapping",
        category="trigger",
        service="lambda",
        billing=FREE,
        listing=Listing("ListEventSourceMappings", "EventSourceMappings", page_size=1000),
        read=Read(call("GetEventSourceMapping", UUID="{id}"), "@"),
        id="UUID",
        title="UUID",
        uid="arn:{partition}:lambda:{region}:{account}:event-source-mapping:{id}",
        # Lambda returns the time of the last change, no creation time.
        state="State",
        going=("Deleting",),
        tags=tags_told("Resource", "Tags", MAPPING, operation="ListTags"),
        writing=tags_by_arn("Resource", form=MAPPING),
        delete=call("DeleteEventSourceMapping", UUID="{id}"),
        # A mapping remains, without effect, when the function is deleted. Functions are named with version or alias.
        links=(
            owned_by("aws_lambda_function", _FUNCTION),
            uses("aws_sqs_queue", "found(EventSourceArn, '^(arn:[^:]+:sqs:.+)$')"),
            uses("aws_kinesis_stream", "found(EventSourceArn, '^(arn:[^:]+:kinesis:.+)$')"),
            uses("aws_dynamodb_table", "found(EventSourceArn, '^(arn:[^:]+:dynamodb:[^:]+:[^:]+:table/[^/]+)')"),
            uses("aws_kafka_cluster", "found(EventSourceArn, '^(arn:[^:]+:kafka:.+)$')"),
            uses("aws_mq_broker", "found(EventSourceArn, '^(arn:[^:]+:mq:.+)$')"),
        ),
        attributes={"last_modified": "LastModified"},
    ),
)
