"""The foundations of an account: resources of vendors, landing zones and tools that are nobody's leftovers (S20)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_DOCS = "https://docs.aws.amazon.com"
_ROLE, _POLICY, _PROFILE = "aws_iam_role", "aws_iam_policy", "aws_iam_instance_profile"
_IDENTITY = (_ROLE, _POLICY, _PROFILE)
_BUCKET, _STACK, _TABLE = "aws_s3_bucket", "aws_cloudformation_stack", "aws_dynamodb_table"
_GROUP, _LOGS = "aws_ec2_security_group", "aws_logs_log_group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """Resources of these `kinds` (empty: of any kind) whose name or id, or any of whose `tags`, matches.

    Names and values of tags are globs for the whole text. `*` is any text, `{account}` an account's number, `{region}`
    a region's name, `{hex}` hexadecimal digits, `{uuid}` a UUID and `{word}` letters and digits. `why` is what a person
    reads; `source` is the page of the vendor that says so.
    """

    kinds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    why: str
    source: str


FOUNDATIONS = (
    # Landing zones and organisations
    Foundation(
        names=("AWSControlTower*", "aws-controltower-*", "StackSet-AWSControlTower*", "/aws/lambda/aws-controltower-*"),
        tags={"aws:cloudformation:stack-name": "StackSet-AWSControlTower*"},
        why="it is a part of AWS Control Tower",
        source=f"{_DOCS}/controltower/latest/userguide/shared-account-resources.html",
    ),
    Foundation(
        names=("AWSAccelerator*", "aws-accelerator-*", "cdk-accel-*", "/accelerator/*"),
        why="it is a part of the Landing Zone Accelerator",
        source=f"{_DOCS}/solutions/latest/landing-zone-accelerator-on-aws/solution-overview.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("OrganizationAccountAccessRole",),
        why="the organisation reaches the account through it",
        source=f"{_DOCS}/organizations/latest/userguide/orgs_manage_accounts_access.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("AWSReservedSSO_*", "AWSServiceRoleFor*"),
        why="IAM Identity Center or a service of AWS reaches the account through it",
        source=f"{_DOCS}/singlesignon/latest/userguide/referencingpermissionsets.html",
    ),
    Foundation(
        kinds=(*_IDENTITY, _STACK),
        names=(
            "AWSCloudFormationStackSetAdministrationRole",
            "AWSCloudFormationStackSetExecutionRole",
            "stacksets-exec-{hex}",
            "StackSet-*",
        ),
        why="it is a part of a CloudFormation stack set, which an administrator manages",
        source=f"{_DOCS}/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html",
    ),
    # Deployment tools
    Foundation(
        kinds=(_STACK,),
        names=("CDKToolkit*",),
        why="it is the bootstrap stack of the AWS CDK",
        source=f"{_DOCS}/cdk/v2/guide/bootstrapping-env.html",
    ),
    Foundation(
        kinds=(_ROLE, _POLICY, _BUCKET, "aws_ecr_repository"),
        names=(
            "cdk-{word}-cfn-exec-role-*",
            "cdk-{word}-deploy-role-*",
            "cdk-{word}-file-publishing-role-*",
            "cdk-{word}-image-publishing-role-*",
            "cdk-{word}-lookup-role-*",
            "cdk-{word}-assets-*",
            "cdk-{word}-container-assets-*",
            "cdktoolkit-stagingbucket-*",
        ),
        why="the AWS CDK deploys through it",
        source=f"{_DOCS}/cdk/v2/guide/bootstrapping-customizing.html",
    ),
    Foundation(
        kinds=("aws_ssm_parameter",),
        names=("/cdk-bootstrap/*",),
        why="the AWS CDK reads the version of its bootstrap from it",
        source=f"{_DOCS}/cdk/v2/guide/bootstrapping-env.html",
    ),
    Foundation(
        tags={"aws:cloudformation:stack-name": "CDKToolkit*"},
        why="it is a part of the bootstrap stack of the AWS CDK",
        source=f"{_DOCS}/cdk/v2/guide/bootstrapping-env.html",
    ),
    Foundation(
        kinds=(_BUCKET, _STACK),
        names=("cf-templates-*", "aws-sam-cli-managed-default*", "aws-sam-cli-*-samclisourcebucket-*"),
        tags={"ManagedStackSource": "AwsSamCli"},
        why="CloudFormation and the AWS SAM CLI keep templates and packages in it",
        source=f"{_DOCS}/AWSCloudFormation/latest/UserGuide/cfn-console-create-stack.html",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=("serverless-framework-deployments-*",),
        why="the Serverless Framework keeps the packages of its deployments in it",
        source="https://www.serverless.com/framework/docs/providers/aws/guide/deployment-bucket",
    ),
    Foundation(
        kinds=(_BUCKET, _TABLE),
        names=(
            "*terraform-state*",
            "*terraform-lock*",
            "*terraform.tfstate*",
            "*terraform-tfstate*",
            "*tfstate*",
            "*tf-state*",
            "*tf-lock*",
            "*terraform_state*",
            "*terraform_lock*",
        ),
        why="its name says that Terraform keeps or locks its state in it",
        source="https://developer.hashicorp.com/terraform/language/backend/s3",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=("*pulumi-state*",),
        why="its name says that Pulumi keeps its state in it",
        source="https://www.pulumi.com/docs/iac/concepts/state-and-backends/",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=("codepipeline-{region}-*",),
        why="CodePipeline keeps the artifacts of all pipelines of its region in it",
        source=f"{_DOCS}/codepipeline/latest/userguide/concepts.html",
    ),
    # Records of the account
    Foundation(
        kinds=(_BUCKET,),
        names=("config-bucket-*", "aws-config-*", "awsconfig-*"),
        why="AWS Config delivers the history of the account to it",
        source=f"{_DOCS}/config/latest/developerguide/gs-console.html",
    ),
    Foundation(
        kinds=(_BUCKET, _LOGS),
        names=("aws-cloudtrail-logs-*", "aws-cloudtrail-lake-*", "aws-controltower/CloudTrailLogs"),
        why="CloudTrail delivers the records of the account to it",
        source=f"{_DOCS}/awscloudtrail/latest/userguide/cloudtrail-create-a-trail-using-the-console-first-time.html",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=("aws-security-data-lake-*",),
        why="Security Lake keeps its records in it",
        source=f"{_DOCS}/security-lake/latest/userguide/what-is-security-lake.html",
    ),
    # Buckets and roles that services make once for an account
    Foundation(
        kinds=(_BUCKET,),
        names=("aws-athena-query-results-*", "aws-athena-federation-*"),
        why="Athena writes the results of queries to it",
        source=f"{_DOCS}/athena/latest/ug/querying.html",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=("aws-glue-assets-*", "aws-glue-scripts-*", "aws-glue-temporary-*"),
        why="Glue keeps its scripts and temporary files in it",
        source=f"{_DOCS}/glue/latest/dg/configure-iam-for-glue.html",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=("sagemaker-{region}-{account}", "sagemaker-studio-*"),
        why="it is the default bucket of SageMaker",
        source="https://sagemaker.readthedocs.io/en/stable/api/utility/session.html",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=("aws-emr-studio-*", "aws-logs-{account}-{region}"),
        why="EMR keeps logs and workspaces in it",
        source=f"{_DOCS}/emr/latest/ManagementGuide/emr-manage-view-web-log-files.html",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=("elasticbeanstalk-{region}-{account}",),
        why="Elastic Beanstalk keeps the versions and logs of all environments of its region in it",
        source=f"{_DOCS}/elasticbeanstalk/latest/dg/AWSHowTo.S3.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("aws-elasticbeanstalk-ec2-role", "aws-elasticbeanstalk-service-role"),
        why="all environments of Elastic Beanstalk share it",
        source=f"{_DOCS}/elasticbeanstalk/latest/dg/concepts-roles.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("ecsInstanceRole", "ecsTaskExecutionRole", "ecsEventsRole", "AWSBatchServiceRole", "ecsAutoscaleRole"),
        why="it is a default role that the console of ECS or Batch makes once for an account",
        source=f"{_DOCS}/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("EMR_DefaultRole*", "EMR_EC2_DefaultRole*", "EMR_AutoScaling_DefaultRole*", "dms-vpc-role"),
        why="it is a default role that a service makes once for an account",
        source=f"{_DOCS}/emr/latest/ManagementGuide/emr-iam-roles.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("dms-cloudwatch-logs-role", "dms-access-for-endpoint", "rds-monitoring-role"),
        why="it is a default role that a database service makes once for an account",
        source=f"{_DOCS}/dms/latest/userguide/security-iam.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("AWSBackupDefaultServiceRole", "AWSDataLifecycleManagerDefaultRole*"),
        why="backups of the account run as it",
        source=f"{_DOCS}/aws-backup/latest/devguide/iam-service-roles.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("AWSSystemsManagerDefaultEC2InstanceManagementRole", "AmazonSSMRoleForInstancesQuickSetup"),
        why="Systems Manager reaches the instances of the account through it",
        source=f"{_DOCS}/systems-manager/latest/userguide/managed-instances-default-host-management.html",
    ),
    Foundation(
        names=("AWS-QuickSetup-*", "StackSet-AWS-QuickSetup-*", "aws-quicksetup-*"),
        tags={"aws:cloudformation:stack-name": "*AWS-QuickSetup-*"},
        why="it is a part of Systems Manager Quick Setup",
        source=f"{_DOCS}/systems-manager/latest/userguide/systems-manager-quick-setup.html",
    ),
    # Security services
    Foundation(
        names=("DO-NOT-DELETE-GuardDutyMalwareProtection*", "DO-NOT-DELETE-AmazonInspector*", "AmazonInspector2-*"),
        why="a security service of AWS made it and watches the account with it",
        source=f"{_DOCS}/guardduty/latest/ug/malware-protection-s3-get-started-independent.html",
    ),
    Foundation(
        kinds=("aws_events_rule",),
        names=("DO-NOT-DELETE-*", "AutoScalingManagedRule", "StepFunctionsGetEventsFor*", "SSMExplorerManagedRule"),
        why="a service of AWS made it and listens to events with it",
        source=f"{_DOCS}/eventbridge/latest/userguide/eb-rules.html",
    ),
    # Services that keep parts of theirs in the account
    Foundation(
        kinds=(_GROUP,),
        names=("security-group-for-inbound-nfs-d-*", "security-group-for-outbound-nfs-d-*"),
        why="SageMaker made it for a domain",
        source=f"{_DOCS}/sagemaker/latest/dg/studio-tasks-manage-storage.html",
    ),
    Foundation(
        tags={"ManagedByAmazonSageMakerResource": "*"},
        why="SageMaker made it for a domain, whose users keep their files in it",
        source=f"{_DOCS}/sagemaker/latest/dg/studio-tasks-manage-storage.html",
    ),
    Foundation(
        tags={"AWSElasticDisasterRecoveryManaged": "*"},
        why="Elastic Disaster Recovery made it to replicate servers",
        source=f"{_DOCS}/drs/latest/userguide/replication-related-resources.html",
    ),
    Foundation(
        tags={"AWSApplicationMigrationServiceManaged": "*"},
        why="Application Migration Service made it to replicate servers",
        source=f"{_DOCS}/mgn/latest/ug/replication-related-resources.html",
    ),
    Foundation(
        tags={"red-hat-managed": "true"},
        why="Red Hat OpenShift Service on AWS manages it",
        source="https://docs.redhat.com/en/documentation/red_hat_openshift_service_on_aws",
    ),
    Foundation(
        kinds=("aws_secretsmanager_secret",),
        names=("AmazonMSK_*", "rds!*", "events!connection/*", "appflow!*", "redshift!*"),
        why="a service of AWS keeps its credentials in it",
        source=f"{_DOCS}/secretsmanager/latest/userguide/service-linked-secrets.html",
    ),
    Foundation(
        kinds=(_LOGS,),
        names=("RDSOSMetrics", "aws-waf-logs-*", "/aws/events/aws-controltower*"),
        why="a service of AWS writes the records of all of its resources to it",
        source=f"{_DOCS}/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.CloudWatchLogs.html",
    ),
)
"""Each row holds whatever a policy says.

The parts that a service makes for one resource of its own, such as the launch templates of a Batch environment, are no
rows: they have that resource as their manager.
"""
