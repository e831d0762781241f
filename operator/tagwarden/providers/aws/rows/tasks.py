"""Containers that run independently of requests."""

from tagwarden.providers.aws.row import (
    FREE,
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
# The ARN of a container instance names the cluster.
_INSTANCE_CLUSTER = "parent.uid || found(containerInstanceArn, 'container-instance/([^/]+)/')"
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
        delete=call("StopTask", cluster="{cluster}", task="{id}", reason="kept by its owner or expiry"),
        links=(
            needs("aws_ecs_cluster", _CLUSTER),
            owned_by("aws_ecs_cluster", _CLUSTER),
            needs("aws_ec2_subnet", _DETAILS.format("subnetId")),
            uses("aws_ecs_task_definition", "taskDefinitionArn"),
            uses("aws_ecs_container_instance", "containerInstanceArn"),
            uses("aws_ecr_repository", "containers[].found(image, '^([^:@]+)')", if_found=True),
            owns("aws_ec2_network_interface", _DETAILS.format("networkInterfaceId")),
            needs("aws_ec2_network_interface", _DETAILS.format("networkInterfaceId")),
        ),
        # A service restarts its tasks; the service's ARN is the cluster's ARN followed by the name of the service.
        managed=(
            Managed(
                "aws_ecs_service",
                "group && starts_with(group, 'service:') && "
                "join('/', [join(':service/', split(clusterArn, ':cluster/')), found(group, 'service:(.+)$')])",
            ),
        ),
        attributes={"cluster": _CLUSTER, "launch_type": "launchType"},
    ),
    Kind(
        name="aws_ecs_task_definition",
        category="task_definition",
        service="ecs",
        billing=FREE,
        # Deregistered definitions start no tasks, and are kept for ever.
        listing=Listing("ListTaskDefinitions", "taskDefinitionArns", {"status": "ACTIVE"}, page_size=100),
        id="value",
        title="found(value, '([^/]+)$')",
        uid="value",
        detail=Detail(call("DescribeTaskDefinition", taskDefinition="{id}", include=["TAGS"]), "@"),
        created=created("taskDefinition.registeredAt"),
        state="taskDefinition.status",
        gone=("INACTIVE", "DELETE_IN_PROGRESS"),
        tags=InlineTags("tags", LOWER_PAIRS),
        writing=tags_by_arn("resourceArn", "tags", "tagKeys", LOWER_PAIRS),
        delete=call("DeregisterTaskDefinition", taskDefinition="{id}"),
        links=(
            uses("aws_iam_role", "taskDefinition.[taskRoleArn, executionRoleArn]"),
            uses(
                "aws_ecr_repository",
                "taskDefinition.containerDefinitions[].found(image, '^([^:@]+)')",
                if_found=True,
            ),
            uses("aws_efs_file_system", "taskDefinition.volumes[].efsVolumeConfiguration.fileSystemId"),
        ),
    ),
    Kind(
        name="aws_ecs_container_instance",
        category="attachment",
        service="ecs",
        billing=FREE,
        listing=Listing(
            "ListContainerInstances",
            "containerInstanceArns",
            {"cluster": "{parent.uid}"},
            page_size=100,
            per="aws_ecs_cluster",
        ),
        read=Read(
            call("DescribeContainerInstances", cluster="{cluster}", containerInstances=["{id}"], include=["TAGS"]),
            "containerInstances",
        ),
        id="containerInstanceArn || value",
        id_tells="arn:.+:container-instance/(?P<cluster>.+)/.+",
        title="found(containerInstanceArn || value, '([^/]+)$')",
        uid="containerInstanceArn || value",
        detail=Detail(
            call("DescribeContainerInstances", cluster="{cluster}", containerInstances="{ids}", include=["TAGS"]),
            "containerInstances",
            size=100,
            match="containerInstanceArn",
            unless="containerInstanceArn",
        ),
        created=created("registeredAt"),
        state="status",
        gone=("INACTIVE",),
        tags=InlineTags("tags", LOWER_PAIRS),
        writing=tags_by_arn("resourceArn", "tags", "tagKeys", LOWER_PAIRS),
        # A registration ends with the instance, and blocks the deletion of the cluster.
        delete=call("DeregisterContainerInstance", cluster="{cluster}", containerInstance="{id}", force=True),
        links=(
            owned_by("aws_ec2_instance", "ec2InstanceId"),
            uses("aws_ec2_instance", "ec2InstanceId"),
            needs("aws_ecs_cluster", _INSTANCE_CLUSTER),
        ),
        attributes={"cluster": _INSTANCE_CLUSTER},
    ),
)
