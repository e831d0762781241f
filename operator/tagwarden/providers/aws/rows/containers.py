"""Clusters, their workloads, and images."""

from tagwarden.model.clusters import ISSUER
from tagwarden.model.containers import ONLY_HOLDS
from tagwarden.providers.aws.row import (
    FREE,
    LOWER_PAIRS,
    MAPPING,
    Detail,
    Failure,
    Holding,
    InlineTags,
    Kind,
    Listing,
    Protected,
    Read,
    TagsCall,
    call,
    created,
    needs,
    owned_by,
    owns,
    uses,
)
from tagwarden.providers.aws.rows import charges
from tagwarden.providers.aws.rows.shared import tags_by_arn

_EKS_TAGS = InlineTags("tags", MAPPING)
_EKS_WRITTEN = tags_by_arn("resourceArn", "tags", "tagKeys", MAPPING)
_ECS_TAGS = InlineTags("tags", LOWER_PAIRS)
_ECS_WRITTEN = tags_by_arn("resourceArn", "tags", "tagKeys", LOWER_PAIRS)
_CLUSTER = "clusterName || parent.id"
_ECS_CLUSTER = "clusterArn || parent.uid"

ROWS = (
    Kind(
        name="aws_eks_cluster",
        category="cluster",
        service="eks",
        billing=charges.EKS_CLUSTER,
        listing=Listing("ListClusters", "clusters", page_size=100),
        id="value",
        title="value",
        uid="arn:{partition}:eks:{region}:{account}:cluster/{id}",
        detail=Detail(call("DescribeCluster", name="{id}"), "cluster"),
        created=created("createdAt"),
        state="status",
        going=("DELETING",),
        tags=_EKS_TAGS,
        writing=_EKS_WRITTEN,
        delete=call("DeleteCluster", name="{id}"),
        failure=Failure(("FAILED",), (Read(call("DescribeCluster", name="{id}"), "cluster.health.issues[].message"),)),
        links=(
            needs("aws_ec2_subnet", "resourcesVpcConfig.subnetIds"),
            needs("aws_ec2_security_group", "resourcesVpcConfig.securityGroupIds"),
            owns("aws_ec2_security_group", "resourcesVpcConfig.clusterSecurityGroupId"),
            uses("aws_iam_role", "roleArn"),
            uses("aws_kms_key", "encryptionConfig[].provider.keyArn"),
            owns("aws_logs_log_group", "join('', ['/aws/eks/', value, '/cluster'])", if_found=True, left=True),
            owns("aws_iam_oidc_provider", "found(identity.oidc.issuer, '^https://(.+)$')", if_found=True, left=True),
        ),
        protected=(Protected("deletionProtection", "deletion protection is on"),),
        attributes={"version": "version", "vpc": "resourcesVpcConfig.vpcId", ISSUER: "identity.oidc.issuer"},
    ),
    Kind(
        name="aws_eks_node_group",
        category="node_group",
        service="eks",
        billing=FREE,
        listing=Listing(
            "ListNodegroups", "nodegroups", {"clusterName": "{parent.id}"}, page_size=100, per="aws_eks_cluster"
        ),
        read=Read(call("DescribeNodegroup", clusterName="{cluster}", nodegroupName="{node_group}"), "nodegroup"),
        # Node groups of two clusters may have the same name.
        id=f"join('/', [{_CLUSTER}, nodegroupName || value])",
        id_tells="(?P<cluster>.+)/(?P<node_group>.+)",
        title="nodegroupName || value",
        uid="nodegroupArn",
        detail=Detail(
            call("DescribeNodegroup", clusterName="{cluster}", nodegroupName="{node_group}"),
            "nodegroup",
            unless="nodegroupArn",
        ),
        created=created("createdAt"),
        state="status",
        going=("DELETING",),
        tags=_EKS_TAGS,
        writing=_EKS_WRITTEN,
        delete=call("DeleteNodegroup", clusterName="{cluster}", nodegroupName="{node_group}"),
        failure=Failure(
            ("DELETE_FAILED",),
            (
                Read(
                    call("DescribeNodegroup", clusterName="{cluster}", nodegroupName="{node_group}"),
                    "nodegroup.health.issues[].message",
                ),
            ),
        ),
        links=(
            needs("aws_eks_cluster", _CLUSTER),
            owned_by("aws_eks_cluster", _CLUSTER),
            owns("aws_autoscaling_group", "resources.autoScalingGroups[].name"),
            owns("aws_ec2_security_group", "resources.remoteAccessSecurityGroup"),
            needs("aws_ec2_subnet", "subnets"),
            uses("aws_ec2_launch_template", "launchTemplate.id"),
            uses("aws_iam_role", "nodeRole"),
        ),
        attributes={"cluster": _CLUSTER, "node_group": "nodegroupName || value"},
    ),
    Kind(
        name="aws_eks_fargate_profile",
        category="node_group",
        service="eks",
        billing=FREE,
        listing=Listing(
            "ListFargateProfiles",
            "fargateProfileNames",
            {"clusterName": "{parent.id}"},
            page_size=100,
            per="aws_eks_cluster",
        ),
        read=Read(
            call("DescribeFargateProfile", clusterName="{cluster}", fargateProfileName="{profile}"), "fargateProfile"
        ),
        id=f"join('/', [{_CLUSTER}, fargateProfileName || value])",
        id_tells="(?P<cluster>.+)/(?P<profile>.+)",
        title="fargateProfileName || value",
        uid="fargateProfileArn",
        detail=Detail(
            call("DescribeFargateProfile", clusterName="{cluster}", fargateProfileName="{profile}"),
            "fargateProfile",
            unless="fargateProfileArn",
        ),
        created=created("createdAt"),
        state="status",
        going=("DELETING",),
        tags=_EKS_TAGS,
        writing=_EKS_WRITTEN,
        delete=call("DeleteFargateProfile", clusterName="{cluster}", fargateProfileName="{profile}"),
        failure=Failure(
            ("DELETE_FAILED",),
            (
                Read(
                    call("DescribeFargateProfile", clusterName="{cluster}", fargateProfileName="{profile}"),
                    "fargateProfile.health.issues[].message",
                ),
            ),
        ),
        links=(
            needs("aws_eks_cluster", _CLUSTER),
            owned_by("aws_eks_cluster", _CLUSTER),
            needs("aws_ec2_subnet", "subnets"),
            uses("aws_iam_role", "podExecutionRoleArn"),
        ),
        attributes={"cluster": _CLUSTER, "profile": "fargateProfileName || value"},
    ),
    Kind(
        name="aws_ecs_cluster",
        category="cluster",
        service="ecs",
        billing=FREE,
        listing=Listing("ListClusters", "clusterArns", page_size=100),
        id="value",
        title="clusterName || found(value, '([^/]+)$')",
        uid="value",
        detail=Detail(
            call("DescribeClusters", clusters="{ids}", include=["TAGS"]), "clusters", size=100, match="clusterArn"
        ),
        # ECS returns no creation time of clusters.
        state="status",
        gone=("INACTIVE",),
        going=("DEPROVISIONING",),
        tags=_ECS_TAGS,
        writing=_ECS_WRITTEN,
        delete=call("DeleteCluster", cluster="{id}"),
        # A cluster is only a name under which services run.
        attributes={ONLY_HOLDS: "`true`"},
    ),
    Kind(
        name="aws_ecs_service",
        category="workload",
        service="ecs",
        listing=Listing(
            "ListServices", "serviceArns", {"cluster": "{parent.uid}"}, page_size=100, per="aws_ecs_cluster"
        ),
        read=Read(call("DescribeServices", cluster="{cluster}", services=["{id}"], include=["TAGS"]), "services"),
        id="serviceArn || value",
        id_tells="arn:.+:service/(?P<cluster>.+)/.+",
        title="serviceName || found(value, '([^/]+)$')",
        uid="serviceArn || value",
        detail=Detail(
            call("DescribeServices", cluster="{cluster}", services="{ids}", include=["TAGS"]),
            "services",
            size=10,
            match="serviceArn",
            unless="serviceArn",
        ),
        created=created("createdAt"),
        state="status",
        gone=("INACTIVE",),
        going=("DRAINING",),
        tags=_ECS_TAGS,
        writing=_ECS_WRITTEN,
        delete=call("DeleteService", cluster="{cluster}", service="{id}", force=True),
        links=(
            needs("aws_ecs_cluster", _ECS_CLUSTER),
            owned_by("aws_ecs_cluster", _ECS_CLUSTER),
            needs("aws_ec2_subnet", "networkConfiguration.awsvpcConfiguration.subnets"),
            needs("aws_ec2_security_group", "networkConfiguration.awsvpcConfiguration.securityGroups"),
            uses("aws_ecs_task_definition", "taskDefinition"),
            uses("aws_iam_role", "roleArn"),
            uses("aws_elbv2_target_group", "loadBalancers[].targetGroupArn"),
            uses("aws_elb_load_balancer", "loadBalancers[].loadBalancerName"),
        ),
        attributes={"cluster": _ECS_CLUSTER},
    ),
    Kind(
        name="aws_ecr_repository",
        category="registry",
        holds=Holding.IMAGES,
        service="ecr",
        listing=Listing("DescribeRepositories", "repositories", page_size=1000, one={"repositoryNames": ["{id}"]}),
        id="repositoryName",
        title="repositoryName",
        uid="repositoryArn",
        created=created("createdAt"),
        tags=TagsCall(call("ListTagsForResource", resourceArn="{uid}"), "tags"),
        writing=tags_by_arn("resourceArn", "tags", "tagKeys"),
        delete=call("DeleteRepository", repositoryName="{id}", force=True),
        links=(uses("aws_kms_key", "encryptionConfiguration.kmsKey"),),
        attributes={"uri": "repositoryUri"},
        # Tasks name images by this URI.
        aliases=("repositoryUri",),
    ),
)
