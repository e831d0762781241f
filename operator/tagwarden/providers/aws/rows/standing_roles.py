"""Foundations that services use to access an account: roles created once per account (S20)."""

from tagwarden.providers.aws.rows.foundation import (
    DOCS,
    IDENTITY,
    PARAMETER,
    Foundation,
)

ROWS = (
    # Roles that consoles and services create once per account
    Foundation(
        kinds=IDENTITY,
        names=("AmazonSageMaker-ExecutionRole-*",),
        why="role of SageMaker domains and jobs, of which not all can be listed here",
        source=f"{DOCS}/sagemaker/latest/dg/sagemaker-roles.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AmazonSageMakerServiceCatalogProducts*",),
        why="role of SageMaker projects",
        source=f"{DOCS}/sagemaker/latest/dg/security-iam-awsmanpol-sc.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AmazonBedrockExecutionRoleFor*",),
        why="role of Bedrock agents and knowledge bases, which cannot be listed here",
        source=f"{DOCS}/bedrock/latest/userguide/agents-permissions.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("aws-elasticbeanstalk-ec2-role", "aws-elasticbeanstalk-service-role"),
        why="shared by all Elastic Beanstalk environments",
        source=f"{DOCS}/elasticbeanstalk/latest/dg/concepts-roles.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=(
            "ecsInstanceRole",
            "ecsTaskExecutionRole",
            "ecsEventsRole",
            "ecsAutoscaleRole",
            "ecsCodeDeployRole",
            "ecsInfrastructureRole*",
        ),
        why="default role that the ECS console creates once per account",
        source=f"{DOCS}/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AmazonEKSAutoClusterRole", "AmazonEKSAutoNodeRole"),
        why="default role that the EKS console creates once per account",
        source=f"{DOCS}/eks/latest/userguide/auto-cluster-iam-role.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AWSBatchServiceRole",),
        why="default role that the Batch console creates once per account",
        source=f"{DOCS}/batch/latest/userguide/service_IAM_role.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("aws-ec2-spot-fleet-tagging-role", "aws-ec2-spot-fleet-role"),
        why="default role that the EC2 console creates once per account",
        source=f"{DOCS}/AWSEC2/latest/UserGuide/spot-fleet-prerequisites.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=(
            "EMR_DefaultRole*",
            "EMR_EC2_DefaultRole*",
            "EMR_AutoScaling_DefaultRole*",
            "EMR_Notebooks_DefaultRole*",
        ),
        why="default role that EMR creates once per account",
        source=f"{DOCS}/emr/latest/ManagementGuide/emr-iam-roles.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AWSGlueServiceRoleDefault", "AWSGlueServiceRole"),
        why="default role of Glue",
        source=f"{DOCS}/glue/latest/dg/create-an-iam-role.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AmazonRedshift-CommandsAccessRole-*",),
        why="default role of Redshift, whose serverless workgroups cannot be listed here",
        source=f"{DOCS}/redshift/latest/mgmt/default-iam-role.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("dms-vpc-role", "dms-cloudwatch-logs-role", "dms-access-for-endpoint"),
        why="Database Migration Service requires a role of this name",
        source=f"{DOCS}/dms/latest/userguide/security-iam.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("rds-monitoring-role",),
        why="RDS uses it to monitor the instances of the account",
        source=f"{DOCS}/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("rds-directoryservice-access-role", "rds-directoryservice-kerberos-access-role"),
        why="RDS uses it to join instances to a directory",
        source=f"{DOCS}/AmazonRDS/latest/UserGuide/USER_SQLServerWinAuth.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AWSBackupDefaultServiceRole",),
        why="role of the account's backups",
        source=f"{DOCS}/aws-backup/latest/devguide/iam-service-roles.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AWSDataLifecycleManagerDefaultRole*",),
        why="role for creating and deleting the account's snapshots",
        source=f"{DOCS}/ebs/latest/userguide/service-role.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=(
            "aws-quicksight-service-role-v*",
            "aws-quicksight-s3-consumers-role-v*",
            "aws-quicksight-secretsmanager-role-v*",
            "AWSQuickSight*Policy",
        ),
        why="QuickSight uses it to read the account's data",
        source=f"{DOCS}/quicksight/latest/user/troubleshoot-connect-S3.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("workspaces_DefaultRole",),
        why="WorkSpaces requires a role of this name",
        source=f"{DOCS}/workspaces/latest/adminguide/workspaces-access-control.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("vmimport",),
        why="VM Import/Export requires a role of this name",
        source=f"{DOCS}/vm-import/latest/userguide/required-permissions.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AWSCloud9SSMAccessRole", "AWSCloud9SSMInstanceProfile"),
        why="shared by all Cloud9 environments",
        source=f"{DOCS}/cloud9/latest/user-guide/ec2-ssm.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("amplifyconsole-backend-role",),
        why="default role of Amplify, whose applications cannot be listed here",
        source=f"{DOCS}/amplify/latest/userguide/how-to-service-role-amplify-console.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("MediaConvert_Default_Role",),
        why="default role of MediaConvert",
        source=f"{DOCS}/mediaconvert/latest/ug/iam-role.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("MediaLiveAccessRole",),
        why="default role of MediaLive",
        source=f"{DOCS}/medialive/latest/ug/role-and-remember-arn.html",
    ),
    # Systems Manager
    Foundation(
        kinds=IDENTITY,
        names=(
            "AWSSystemsManagerDefaultEC2InstanceManagementRole",
            "AmazonSSMRoleForInstancesQuickSetup",
            "AmazonSSMRoleForAutomationAssumeQuickSetup",
        ),
        why="Systems Manager uses it to access the account's instances",
        source=f"{DOCS}/systems-manager/latest/userguide/managed-instances-default-host-management.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AWS-SystemsManager-AutomationAdministrationRole", "AWS-SystemsManager-AutomationExecutionRole"),
        why="Systems Manager automations use it to access the account",
        source=f"{DOCS}/systems-manager/latest/userguide/running-automations-multiple-accounts-regions.html",
    ),
    Foundation(
        names=("AWS-QuickSetup-*", "StackSet-AWS-QuickSetup-*", "aws-quicksetup-*"),
        tags={"aws:cloudformation:stack-name": "*AWS-QuickSetup-*"},
        why="part of Systems Manager Quick Setup",
        source=f"{DOCS}/systems-manager/latest/userguide/systems-manager-quick-setup.html",
    ),
    Foundation(
        kinds=(PARAMETER,),
        names=("AmazonCloudWatch-*",),
        why="CloudWatch agents on instances read their configuration from it",
        source=f"{DOCS}/AmazonCloudWatch/latest/monitoring/create-cloudwatch-agent-configuration-file-wizard.html",
    ),
)
