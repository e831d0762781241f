"""Containers that run without being asked for again."""

from tagwarden.providers.aws.row import (
    LOWER_PAIRS,
    Detail,
    InlineTags,
    Kind,
    Listing,
    Managed,
    Read,
    call,
    created,
    needs,
    owned_by,
    owns,
    uses,
)
from tagwarden.providers.aws.rows.shared import tags_by_arn

_CLUSTER = "clusterArn || parent.uid"
_DETAILS = "attachments[].details[?name == '{}'][].value"

ROWS = (
    Kind(
        name="aws_ecs_task",
        category="workload",
        service="ecs",
        listing=Listing("ListTasks", "taskArns", {"cluster": "{parent.uid}"}, page_size=100, per="aws_ecs_cluster"),
        read=Read(call("DescribeTasks", cluster="{cluster}", tasks=["{id}"], include=["TAGS"]), "tasks"),
        id="taskArn || value",
        id_tells="arn:.+:task/(?P<cluster>.+)/.+",
        title="found(taskArn || value, '([^/]+)$')",
        uid="taskArn || value",
        detail=Detail(
            call("DescribeTasks", cluster="{cluster}", tasks="{ids}", include=["TAGS"]),
            "tasks",
            size=100,
            match="taskArn",
            unless="taskArn",
        ),
        created=created("createdAt", "startedAt"),
        state="desiredStatus == 'STOPPED' && lastStatus != 'STOPPED' && 'STOPPING' || lastStatus",
        gone=("STOPPED", "DELETED"),
        going=("STOPPING", "DEACTIVATING", "DEPROVISIONING"),
        tags=InlineTags("tags", LOWER_PAIRS),
        writing=tags_by_arn("resourceArn", "tags", "tagKeys", LOWER_PAIRS),
        delete=call("StopTask", cluster="{cluster}", task="{id}", reason="its owner or its expiry says so"),
        links=(
            needs("aws_ecs_cluster", _CLUSTER),
            owned_by("aws_ecs_cluster", _CLUSTER),
            needs("aws_ec2_subnet", _DETAILS.format("subnetId")),
            uses("aws_ecr_repository", "containers[].found(image, '^([^:@]+)')", if_found=True),
            owns("aws_ec2_network_interface", _DETAILS.format("networkInterfaceId")),
            needs("aws_ec2_network_interface", _DETAILS.format("networkInterfaceId")),
        ),
        # A service starts its tasks again; its ARN is that of the cluster with its own name behind.
        managed=(
            Managed(
                "aws_ecs_service",
                "group && starts_with(group, 'service:') && "
                "join('/', [join(':service/', split(clusterArn, ':cluster/')), found(group, 'service:(.+)$')])",
            ),
        ),
        attributes={"cluster": _CLUSTER, "launch_type": "launchType"},
    ),
)
