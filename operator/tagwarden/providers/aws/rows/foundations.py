"""The foundations of an account: resources of vendors, landing zones and tools that are nobody's leftovers (S20)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_DOCS = "https://docs.aws.amazon.com"
_ROLE, _POLICY, _PROFILE = "aws_iam_role", "aws_iam_policy", "aws_iam_instance_profile"
_POLICIES = f"{_DOCS}/aws-managed-policy/latest/reference"
_IDENTITY = (_ROLE, _POLICY, _PROFILE)
_BUCKET, _STACK, _TABLE = "aws_s3_bucket", "aws_cloudformation_stack", "aws_dynamodb_table"
_GROUP, _LOGS, _RULE = "aws_ec2_security_group", "aws_logs_log_group", "aws_events_rule"
_STREAM, _PARAMETER = "aws_firehose_stream", "aws_ssm_parameter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """Resources of these `kinds` (empty: of any kind) whose name or id, or any of whose `tags`, matches.

    Names and values of tags are globs for the whole text. `*` is any text, `{account}` an account's number, `{region}`
    a region's name, `{hex}` hexadecimal digits, `{uuid}` a UUID and `{word}` letters and digits. `why` is what a person
    reads; `source` is the page that shows the name, or that describes the step in which a console proposes it.
    """

    kinds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    why: str
    source: str


FOUNDATIONS = (
    # Landing zones and organisations
    Foundation(
        names=(
            "AWSControlTower*",
            "aws-controltower-*",
            "aws-controltower/*",
            "StackSet-AWSControlTower*",
            "/aws/lambda/aws-controltower-*",
        ),
        tags={"aws:cloudformation:stack-name": "StackSet-AWSControlTower*"},
        why="it is a part of AWS Control Tower",
        source=f"{_DOCS}/controltower/latest/userguide/account-factory-considerations.html",
    ),
    Foundation(
        names=(
            "AWSAccelerator*",
            "aws-accelerator-*",
            "cdk-accel-*",
            "/accelerator/*",
        ),
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
        names=("AWSReservedSSO_*",),
        why="IAM Identity Center reaches the account through it",
        source=f"{_DOCS}/singlesignon/latest/userguide/referencingpermissionsets.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("AWSServiceRoleFor*",),
        why="a service of AWS reaches the account through it",
        source=f"{_DOCS}/IAM/latest/UserGuide/using-service-linked-roles.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("CloudWatch-CrossAccountSharingRole*",),
        why="a monitoring account reads the metrics of the account through it",
        source=f"{_DOCS}/AmazonCloudWatch/latest/monitoring/Cross-Account-Cross-Region.html",
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
        source=f"{_DOCS}/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html",
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
        kinds=(_PARAMETER,),
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
        kinds=(_BUCKET,),
        names=("cf-templates-*-{region}",),
        why="the console of CloudFormation keeps the templates of its region in it",
        source=f"{_DOCS}/AWSCloudFormation/latest/UserGuide/template-guide.html",
    ),
    Foundation(
        kinds=(_BUCKET, _STACK),
        names=(
            "aws-sam-cli-managed-default*",
            "aws-sam-cli-*-samclisourcebucket-*",
        ),
        tags={"ManagedStackSource": "AwsSamCli"},
        why="the AWS SAM CLI keeps its packages in it",
        source=f"{_DOCS}/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html",
    ),
    Foundation(
        kinds=(_BUCKET, _PARAMETER),
        names=(
            "serverless-framework-deployments-{region}-*",
            "/serverless-framework/deployment/s3-bucket",
        ),
        why="the Serverless Framework keeps the packages of its deployments in it, or finds them by it",
        source="https://www.serverless.com/framework/docs/providers/aws/guide/deployment-bucket",
    ),
    # People choose these names. Nothing in an account names the bucket of a state, and without a state nobody
    # knows what belongs to it.
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
        names=("config-bucket-{account}*",),
        why="AWS Config delivers the history of the account to it",
        source=f"{_DOCS}/config/latest/developerguide/gs-console.html",
    ),
    # People choose these names for the bucket of a whole organisation, which its other accounts name and this one does
    # not.
    Foundation(
        kinds=(_BUCKET,),
        names=(
            "aws-config-*",
            "awsconfig-*",
        ),
        why="its name says that AWS Config delivers the history of accounts to it",
        source=f"{_DOCS}/config/latest/developerguide/s3-bucket-policy.html",
    ),
    Foundation(
        kinds=(_BUCKET, _STACK),
        names=("awsconfigconforms-*",),
        why="it is a part of a conformance pack of AWS Config",
        source=f"{_DOCS}/config/latest/APIReference/API_PutOrganizationConformancePack.html",
    ),
    Foundation(
        kinds=(_BUCKET, _LOGS),
        names=("aws-cloudtrail-logs-*",),
        why="CloudTrail delivers the records of the account to it",
        source=f"{_DOCS}/awscloudtrail/latest/userguide/cloudtrail-create-a-trail-using-the-console-first-time.html",
    ),
    Foundation(
        kinds=(_ROLE, _LOGS),
        names=(
            "CloudTrail_CloudWatchLogs_Role",
            "CloudTrail/DefaultLogGroup",
        ),
        why="CloudTrail writes the records of the account to a log group through it, or they are in it",
        source=f"{_DOCS}/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=("aws-cloudtrail-lake-query-results-*",),
        why="CloudTrail Lake delivers the results of queries to it",
        source=f"{_DOCS}/awscloudtrail/latest/userguide/s3-bucket-policy-lake-query-results.html",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=("aws-security-data-lake-*",),
        why="Security Lake keeps its records in it",
        source=f"{_POLICIES}/AmazonSecurityLakePermissionsBoundary.html",
    ),
    Foundation(
        kinds=(_BUCKET, _LOGS, _STREAM),
        names=("aws-waf-logs-*",),
        why="AWS WAF writes the records of requests to it",
        source=f"{_DOCS}/waf/latest/developerguide/logging-destinations.html",
    ),
    Foundation(
        kinds=(_LOGS,),
        names=("RDSOSMetrics",),
        why="RDS writes the measurements of all instances to it",
        source=f"{_DOCS}/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.CloudWatchLogs.html",
    ),
    # Buckets and roles that services make once for an account
    Foundation(
        kinds=(_BUCKET,),
        names=("aws-athena-query-results-*",),
        why="Athena writes the results of queries to it",
        source=f"{_DOCS}/athena/latest/ug/querying.html",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=(
            "aws-glue-assets-{account}-{region}",
            "aws-glue-scripts-{account}-{region}",
            "aws-glue-temporary-{account}-{region}",
        ),
        why="Glue keeps its scripts and temporary files in it",
        source=f"{_DOCS}/glue/latest/dg/create-service-policy.html",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=(
            "sagemaker-{region}-{account}",
            "sagemaker-studio-{account}-*",
            "sagemaker-studio-{region}-{account}",
        ),
        why="it is the default bucket of SageMaker",
        source="https://sagemaker.readthedocs.io/en/stable/api/utility/session.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("AmazonSageMakerServiceCatalogProducts*",),
        why="projects of SageMaker run as it",
        source=f"{_DOCS}/sagemaker/latest/dg/security-iam-awsmanpol-sc.html",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=("aws-logs-{account}-{region}",),
        why="EMR keeps logs in it",
        source=f"{_DOCS}/emr/latest/ManagementGuide/emr-manage-view-web-log-files.html",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=("aws-emr-studio-{account}-{region}",),
        why="EMR Studio keeps workspaces in it",
        source=f"{_DOCS}/emr/latest/ManagementGuide/emr-studio-create-studio.html",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=("elasticbeanstalk-{region}-{account}",),
        why="Elastic Beanstalk keeps the versions and logs of all environments of its region in it",
        source=f"{_DOCS}/elasticbeanstalk/latest/dg/AWSHowTo.S3.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=(
            "aws-elasticbeanstalk-ec2-role",
            "aws-elasticbeanstalk-service-role",
        ),
        why="all environments of Elastic Beanstalk share it",
        source=f"{_DOCS}/elasticbeanstalk/latest/dg/concepts-roles.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=(
            "ecsInstanceRole",
            "ecsTaskExecutionRole",
            "ecsEventsRole",
            "ecsAutoscaleRole",
        ),
        why="it is a default role that the console of ECS makes once for an account",
        source=f"{_DOCS}/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("AWSBatchServiceRole",),
        why="it is a default role that the console of Batch makes once for an account",
        source=f"{_DOCS}/batch/latest/userguide/service_IAM_role.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=(
            "EMR_DefaultRole*",
            "EMR_EC2_DefaultRole*",
            "EMR_AutoScaling_DefaultRole*",
        ),
        why="it is a default role that EMR makes once for an account",
        source=f"{_DOCS}/emr/latest/ManagementGuide/emr-iam-roles.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=(
            "dms-vpc-role",
            "dms-cloudwatch-logs-role",
            "dms-access-for-endpoint",
        ),
        why="Database Migration Service asks for a role of this name",
        source=f"{_DOCS}/dms/latest/userguide/security-iam.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("rds-monitoring-role",),
        why="RDS measures the instances of the account through it",
        source=f"{_DOCS}/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("AWSBackupDefaultServiceRole",),
        why="backups of the account run as it",
        source=f"{_DOCS}/aws-backup/latest/devguide/iam-service-roles.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("AWSDataLifecycleManagerDefaultRole*",),
        why="snapshots of the account are made and removed through it",
        source=f"{_DOCS}/ebs/latest/userguide/service-role.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=(
            "aws-quicksight-service-role-v*",
            "aws-quicksight-s3-consumers-role-v*",
            "aws-quicksight-secretsmanager-role-v*",
        ),
        why="QuickSight reads the data of the account through it",
        source=f"{_DOCS}/quicksight/latest/user/troubleshoot-connect-S3.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("workspaces_DefaultRole",),
        why="WorkSpaces asks for a role of this name",
        source=f"{_DOCS}/workspaces/latest/adminguide/workspaces-access-control.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=("vmimport",),
        why="VM Import/Export asks for a role of this name",
        source=f"{_DOCS}/vm-import/latest/userguide/required-permissions.html",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=(
            "AWSSystemsManagerDefaultEC2InstanceManagementRole",
            "AmazonSSMRoleForInstancesQuickSetup",
        ),
        why="Systems Manager reaches the instances of the account through it",
        source=f"{_DOCS}/systems-manager/latest/userguide/managed-instances-default-host-management.html",
    ),
    Foundation(
        names=(
            "AWS-QuickSetup-*",
            "StackSet-AWS-QuickSetup-*",
            "aws-quicksetup-*",
        ),
        tags={"aws:cloudformation:stack-name": "*AWS-QuickSetup-*"},
        why="it is a part of Systems Manager Quick Setup",
        source=f"{_DOCS}/systems-manager/latest/userguide/systems-manager-quick-setup.html",
    ),
    Foundation(
        kinds=(_BUCKET,),
        names=("do-not-delete-ssm-*",),
        why="Systems Manager keeps what it found out about instances in it",
        source=f"{_DOCS}/systems-manager/latest/userguide/remediate-s3-bucket-policies.html",
    ),
    # Rules that services make
    Foundation(
        kinds=(_RULE,),
        names=("DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*",),
        why="GuardDuty made it and looks for malware with it",
        source=f"{_DOCS}/guardduty/latest/ug/malware-protection-s3-iam-policy-prerequisite.html",
    ),
    Foundation(
        kinds=(_RULE,),
        names=("DO-NOT-DELETE-AmazonInspector*",),
        why="Inspector made it and watches the account with it",
        source=f"{_POLICIES}/AmazonInspector2ServiceRolePolicy.html",
    ),
    Foundation(
        kinds=(_RULE,),
        names=("AwsBackupManagedRule*",),
        why="AWS Backup made it and listens to changes of buckets with it",
        source=f"{_POLICIES}/AWSBackupServiceRolePolicyForS3Backup.html",
    ),
    Foundation(
        kinds=(_RULE,),
        names=(
            "DO-NOT-DELETE-*",
            "AutoScalingManagedRule",
            "StepFunctionsGetEventsFor*",
            "SSMExplorerManagedRule",
        ),
        why="a service of AWS made it and listens to events with it",
        source=f"{_DOCS}/eventbridge/latest/userguide/eb-rules.html",
    ),
    # Services that keep parts of theirs in the account
    Foundation(
        kinds=(_GROUP,),
        names=(
            "security-group-for-inbound-nfs-d-*",
            "security-group-for-outbound-nfs-d-*",
        ),
        why="SageMaker made it for a domain",
        source=f"{_DOCS}/sagemaker/latest/APIReference/API_UserSettings.html",
    ),
    Foundation(
        tags={"ManagedByAmazonSageMakerResource": "*"},
        why="SageMaker made it for a domain, whose users keep their files in it",
        source=f"{_POLICIES}/AmazonSageMakerNotebooksServiceRolePolicy.html",
    ),
    Foundation(
        tags={"AWSElasticDisasterRecoveryManaged": "*"},
        why="Elastic Disaster Recovery made it to replicate servers",
        source=f"{_POLICIES}/AWSElasticDisasterRecoveryServiceRolePolicy.html",
    ),
    Foundation(
        tags={"AWSApplicationMigrationServiceManaged": "*"},
        why="Application Migration Service made it to replicate servers",
        source=f"{_POLICIES}/AWSApplicationMigrationReplicationServerPolicy.html",
    ),
    Foundation(
        tags={"red-hat-managed": "true"},
        why="Red Hat OpenShift Service on AWS manages it",
        source="https://docs.redhat.com/en/documentation/red_hat_openshift_service_on_aws",
    ),
    Foundation(
        kinds=_IDENTITY,
        names=(
            "ManagedOpenShift-*-Role",
            "ManagedOpenShift-*-Role-Policy",
        ),
        why="Red Hat OpenShift Service on AWS installs and repairs all clusters of the account through it",
        source="https://docs.redhat.com/en/documentation/red_hat_openshift_service_on_aws",
    ),
    Foundation(
        kinds=("aws_secretsmanager_secret",),
        names=(
            "rds!*",
            "events!connection/*",
            "appflow!*",
            "redshift!*",
        ),
        why="a service of AWS keeps its credentials in it",
        source=f"{_DOCS}/secretsmanager/latest/userguide/service-linked-secrets.html",
    ),
    Foundation(
        kinds=("aws_secretsmanager_secret",),
        names=("AmazonMSK_*",),
        why="clients of a Kafka cluster log in with it",
        source=f"{_DOCS}/msk/latest/developerguide/msk-password.html",
    ),
)
"""Each row holds whatever a policy says.

The parts that a service makes for one resource of its own, such as the launch templates of a Batch environment, are no
rows: they have that resource as their manager.
"""
