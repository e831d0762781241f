"""Foundations through which services reach an account: roles that are made once for all of it (S20)."""

from tagwarden.providers.aws.rows.foundation import (
    DOCS,
    IDENTITY,
    PARAMETER,
    Foundation,
)

ROWS = (
    # Roles that consoles and services make once for an account
    Foundation(
        kinds=IDENTITY,
        names=("AmazonSageMaker-ExecutionRole-*",),
        why="domains and jobs of SageMaker run as it, and not all of them can be seen here",
        source=f"{DOCS}/sagemaker/latest/dg/sagemaker-roles.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AmazonSageMakerServiceCatalogProducts*",),
        why="projects of SageMaker run as it",
        source=f"{DOCS}/sagemaker/latest/dg/security-iam-awsmanpol-sc.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AmazonBedrockExecutionRoleFor*",),
        why="agents and knowledge bases of Bedrock run as it, and they cannot be seen here",
        source=f"{DOCS}/bedrock/latest/userguide/agents-permissions.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("aws-elasticbeanstalk-ec2-role", "aws-elasticbeanstalk-service-role"),
        why="all environments of Elastic Beanstalk share it",
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
        why="it is a default role that the console of ECS makes once for an account",
        source=f"{DOCS}/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AmazonEKSAutoClusterRole", "AmazonEKSAutoNodeRole"),
        why="it is a default role that the console of EKS makes once for an account",
        source=f"{DOCS}/eks/latest/userguide/auto-cluster-iam-role.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AWSBatchServiceRole",),
        why="it is a default role that the console of Batch makes once for an account",
        source=f"{DOCS}/batch/latest/userguide/service_IAM_role.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("aws-ec2-spot-fleet-tagging-role", "aws-ec2-spot-fleet-role"),
        why="it is a default role that the console of EC2 makes once for an account",
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
        why="it is a default role that EMR makes once for an account",
        source=f"{DOCS}/emr/latest/ManagementGuide/emr-iam-roles.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AWSGlueServiceRoleDefault", "AWSGlueServiceRole"),
        why="it is the default role of Glue",
        source=f"{DOCS}/glue/latest/dg/create-an-iam-role.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AmazonRedshift-CommandsAccessRole-*",),
        why="it is a default role of Redshift, whose serverless workgroups cannot be seen here",
        source=f"{DOCS}/redshift/latest/mgmt/default-iam-role.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("dms-vpc-role", "dms-cloudwatch-logs-role", "dms-access-for-endpoint"),
        why="Database Migration Service asks for a role of this name",
        source=f"{DOCS}/dms/latest/userguide/security-iam.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("rds-monitoring-role",),
        why="RDS measures the instances of the account through it",
        source=f"{DOCS}/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("rds-directoryservice-access-role", "rds-directoryservice-kerberos-access-role"),
        why="RDS joins its instances to a directory through it",
        source=f"{DOCS}/AmazonRDS/latest/UserGuide/USER_SQLServerWinAuth.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AWSBackupDefaultServiceRole",),
        why="backups of the account run as it",
        source=f"{DOCS}/aws-backup/latest/devguide/iam-service-roles.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AWSDataLifecycleManagerDefaultRole*",),
        why="snapshots of the account are made and removed through it",
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
        why="QuickSight reads the data of the account through it",
        source=f"{DOCS}/quicksight/latest/user/troubleshoot-connect-S3.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("workspaces_DefaultRole",),
        why="WorkSpaces asks for a role of this name",
        source=f"{DOCS}/workspaces/latest/adminguide/workspaces-access-control.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("vmimport",),
        why="VM Import/Export asks for a role of this name",
        source=f"{DOCS}/vm-import/latest/userguide/required-permissions.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AWSCloud9SSMAccessRole", "AWSCloud9SSMInstanceProfile"),
        why="all environments of Cloud9 share it",
        source=f"{DOCS}/cloud9/latest/user-guide/ec2-ssm.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("amplifyconsole-backend-role",),
        why="it is the default role of Amplify, whose applications cannot be seen here",
        source=f"{DOCS}/amplify/latest/userguide/how-to-service-role-amplify-console.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("MediaConvert_Default_Role",),
        why="it is the default role of MediaConvert",
        source=f"{DOCS}/mediaconvert/latest/ug/iam-role.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("MediaLiveAccessRole",),
        why="it is the default role of MediaLive",
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
        why="Systems Manager reaches the instances of the account through it",
        source=f"{DOCS}/systems-manager/latest/userguide/managed-instances-default-host-management.html",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("AWS-SystemsManager-AutomationAdministrationRole", "AWS-SystemsManager-AutomationExecutionRole"),
        why="automations of Systems Manager reach the account through it",
        source=f"{DOCS}/systems-manager/latest/userguide/running-automations-multiple-accounts-regions.html",
    ),
    Foundation(
        names=("AWS-QuickSetup-*", "StackSet-AWS-QuickSetup-*", "aws-quicksetup-*"),
        tags={"aws:cloudformation:stack-name": "*AWS-QuickSetup-*"},
        why="it is a part of Systems Manager Quick Setup",
        source=f"{DOCS}/systems-manager/latest/userguide/systems-manager-quick-setup.html",
    ),
    Foundation(
        kinds=(PARAMETER,),
        names=("AmazonCloudWatch-*",),
        why="agents of CloudWatch on instances read their configuration from it",
        source=f"{DOCS}/AmazonCloudWatch/latest/monitoring/create-cloudwatch-agent-configuration-file-wizard.html",
    ),
)
