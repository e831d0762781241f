"""Build, delivery and configuration of applications, and batch jobs."""

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
    Refusal,
    ReplacedTags,
    Step,
    TagsCall,
    WrittenTags,
    call,
    created,
    needs,
    owns,
    uses,
)
from tagwarden.providers.aws.rows.shared import tags_by_arn, tags_told

_BATCH_TAGS = InlineTags("tags", MAPPING)
# Batch has one error code for all refusals.
_ENABLED = (Refusal("ClientException", r"(?i)disabled"),)
_BATCH_WRITTEN = tags_by_arn("resourceArn", "tags", "tagKeys", MAPPING)

ROWS = (
    Kind(
        name="aws_codebuild_project",
        category="build",
        service="codebuild",
        listing=Listing("ListProjects", "projects"),
        id="value",
        title="value",
        uid="arn:{partition}:codebuild:{region}:{account}:project/{id}",
        detail=Detail(call("BatchGetProjects", names="{ids}"), "projects", size=100, match="name"),
        created=created("created"),
        tags=InlineTags("tags", LOWER_PAIRS, absent_is_unknown=True),
        writing=ReplacedTags(
            read=call("BatchGetProjects", names=["{id}"]),
            path="projects[0].tags",
            write=call("UpdateProject", name="{id}", tags="{tags}"),
            tags=LOWER_PAIRS,
        ),
        delete=call("DeleteProject", name="{id}"),
        links=(
            uses("aws_iam_role", "serviceRole"),
            uses("aws_ec2_vpc", "vpcConfig.vpcId"),
            uses("aws_ec2_subnet", "vpcConfig.subnets"),
            uses("aws_ec2_security_group", "vpcConfig.securityGroupIds"),
        ),
    ),
    Kind(
        name="aws_codepipeline_pipeline",
        category="pipeline",
        service="codepipeline",
        listing=Listing("ListPipelines", "pipelines", page_size=1000),
        id="name",
        title="name",
        uid="arn:{partition}:codepipeline:{region}:{account}:{id}",
        created=created("created"),
        tags=tags_told("resourceArn", "tags", LOWER_PAIRS),
        writing=tags_by_arn("resourceArn", "tags", "tagKeys", LOWER_PAIRS),
        delete=call("DeletePipeline", name="{id}"),
    ),
    Kind(
        name="aws_batch_compute_environment",
        category="instance_group",
        service="batch",
        billing=FREE,
        listing=Listing(
            "DescribeComputeEnvironments", "computeEnvironments", page_size=100, one={"computeEnvironments": ["{id}"]}
        ),
        id="computeEnvironmentName",
        title="computeEnvironmentName",
        uid="computeEnvironmentArn",
        # Batch returns no creation time.
        state="status",
        gone=("DELETED",),
        going=("DELETING",),
        tags=_BATCH_TAGS,
        writing=_BATCH_WRITTEN,
        steps=(
            Step(
                each=call("DescribeComputeEnvironments", computeEnvironments=["{id}"]),
                items="computeEnvironments[?state == 'ENABLED'].computeEnvironmentName",
                do=call("UpdateComputeEnvironment", computeEnvironment="{item}", state="DISABLED"),
                answers=_ENABLED,
                undo=call("UpdateComputeEnvironment", computeEnvironment="{item}", state="ENABLED"),
                lasts=True,
            ),
        ),
        delete=call("DeleteComputeEnvironment", computeEnvironment="{id}"),
        # The usual cause is that the role with which Batch deletes the parts no longer exists.
        failure=Failure(
            ("INVALID",),
            (
                Read(
                    call("DescribeComputeEnvironments", computeEnvironments=["{id}"]),
                    "computeEnvironments[0].statusReason",
                ),
            ),
        ),
        links=(
            owns("aws_ecs_cluster", "type == 'MANAGED' && ecsClusterArn"),
            uses("aws_iam_role", "serviceRole"),
            needs("aws_ec2_subnet", "computeResources.subnets"),
            needs("aws_ec2_security_group", "computeResources.securityGroupIds"),
            uses("aws_ec2_launch_template", "computeResources.launchTemplate.launchTemplateId"),
        ),
        attributes={"type": "type"},
    ),
    Kind(
        name="aws_batch_job_queue",
        category="workflow",
        service="batch",
        billing=FREE,
        listing=Listing("DescribeJobQueues", "jobQueues", page_size=100, one={"jobQueues": ["{id}"]}),
        id="jobQueueName",
        title="jobQueueName",
        uid="jobQueueArn",
        state="status",
        gone=("DELETED",),
        going=("DELETING",),
        tags=_BATCH_TAGS,
        writing=_BATCH_WRITTEN,
        steps=(
            Step(
                each=call("DescribeJobQueues", jobQueues=["{id}"]),
                items="jobQueues[?state == 'ENABLED'].jobQueueName",
                do=call("UpdateJobQueue", jobQueue="{item}", state="DISABLED"),
                answers=_ENABLED,
                undo=call("UpdateJobQueue", jobQueue="{item}", state="ENABLED"),
                lasts=True,
            ),
        ),
        delete=call("DeleteJobQueue", jobQueue="{id}"),
        links=(needs("aws_batch_compute_environment", "computeEnvironmentOrder[].computeEnvironment"),),
    ),
    Kind(
        name="aws_ssm_parameter",
        category="parameter",
        holds=Holding.DATA,
        service="ssm",
        listing=Listing(
            "DescribeParameters",
            "Parameters",
            page_size=50,
            one={"ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": ["{id}"]}]},
        ),
        id="Name",
        title="Name",
        uid="ARN",
        # The value of a parameter of this type is checked to be an image, and is never a secret.
        also=(
            Detail(
                call("GetParameter", Name="{id}"), "{ImageId: Parameter.Value}", unless="DataType != 'aws:ec2:image'"
            ),
        ),
        # Systems Manager returns the time of the last change, no creation time.
        tags=TagsCall(call("ListTagsForResource", ResourceType="Parameter", ResourceId="{id}"), "TagList"),
        writing=WrittenTags(
            set=call("AddTagsToResource", ResourceType="Parameter", ResourceId="{id}", Tags="{tags}"),
            remove=call("RemoveTagsFromResource", ResourceType="Parameter", ResourceId="{id}", TagKeys="{keys}"),
        ),
        delete=call("DeleteParameter", Name="{id}"),
        links=(uses("aws_kms_key", "KeyId"), uses("aws_ec2_image", "ImageId", if_found=True)),
    ),
    Kind(
        name="aws_cognito_user_pool",
        category="user_pool",
        holds=Holding.DATA,
        service="cognito-idp",
        listing=Listing("ListUserPools", "UserPools", {"MaxResults": 60}),
        read=Read(call("DescribeUserPool", UserPoolId="{id}"), "UserPool"),
        id="Id",
        title="Name",
        uid="arn:{partition}:cognito-idp:{region}:{account}:userpool/{id}",
        detail=Detail(call("DescribeUserPool", UserPoolId="{id}"), "UserPool", unless="Arn"),
        created=created("CreationDate"),
        tags=InlineTags("UserPoolTags", MAPPING),
        writing=tags_by_arn("ResourceArn", form=MAPPING),
        steps=(
            Step(
                each=call("DescribeUserPool", UserPoolId="{id}"),
                items="UserPool.[Domain, CustomDomain]",
                do=call("DeleteUserPoolDomain", UserPoolId="{id}", Domain="{item}"),
            ),
        ),
        delete=call("DeleteUserPool", UserPoolId="{id}"),
        protected=(Protected("DeletionProtection == 'ACTIVE'", "deletion protection is on"),),
        attributes={"users": "EstimatedNumberOfUsers"},
    ),
    Kind(
        name="aws_appsync_api",
        category="api",
        service="appsync",
        listing=Listing("ListGraphqlApis", "graphqlApis", page_size=25),
        read=Read(call("GetGraphqlApi", apiId="{id}"), "graphqlApi"),
        id="apiId",
        title="name",
        uid="arn",
        # AppSync returns no creation time.
        tags=InlineTags("tags", MAPPING, absent_is_unknown=True),
        writing=tags_by_arn("resourceArn", "tags", "tagKeys", MAPPING),
        delete=call("DeleteGraphqlApi", apiId="{id}"),
        links=(uses("aws_cognito_user_pool", "userPoolConfig.userPoolId"), uses("aws_wafv2_web_acl", "wafWebAclArn")),
    ),
    Kind(
        name="aws_servicediscovery_namespace",
        category="zone",
        holds=Holding.NAMES,
        service="servicediscovery",
        listing=Listing("ListNamespaces", "Namespaces", page_size=100),
        read=Read(call("GetNamespace", Id="{id}"), "Namespace"),
        id="Id",
        title="Name",
        uid="Arn",
        created=created("CreateDate"),
        tags=tags_told("ResourceARN"),
        writing=tags_by_arn("ResourceARN"),
        # AWS refuses while the namespace has services: claimed resources may have registered these, without an edge.
        delete=call("DeleteNamespace", Id="{id}"),
        links=(
            owns("aws_route53_zone", "Properties.DnsProperties.HostedZoneId"),
            needs("aws_route53_zone", "Properties.DnsProperties.HostedZoneId"),
        ),
        owner="ResourceOwner != 'SELF' && ResourceOwner",
    ),
)
