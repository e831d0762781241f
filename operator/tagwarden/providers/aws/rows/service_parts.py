"""Foundations that services create in an account for their own use (S20)."""

from tagwarden.providers.aws.rows.foundation import (
    DOCS,
    GROUP,
    IDENTITY,
    POLICIES,
    RULE,
    SECRET,
    Foundation,
)

ROWS = (
    # Rules that services create
    Foundation(
        kinds=(RULE,),
        names=("DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*",),
        why="created by GuardDuty for malware protection",
        source=f"{DOCS}/guardduty/latest/ug/malware-protection-s3-iam-policy-prerequisite.html",
    ),
    Foundation(
        kinds=(RULE,),
        names=("DO-NOT-DELETE-AmazonInspector*",),
        why="created by Inspector to monitor the account",
        source=f"{POLICIES}/AmazonInspector2ServiceRolePolicy.html",
    ),
    Foundation(
        kinds=(RULE,),
        names=("AwsBackupManagedRule*",),
        why="created by AWS Backup to track changes of buckets",
        source=f"{POLICIES}/AWSBackupServiceRolePolicyForS3Backup.html",
    ),
    Foundation(
        kinds=(RULE,),
        names=("DO-NOT-DELETE-*", "AutoScalingManagedRule", "StepFunctionsGetEventsFor*", "SSMExplorerManagedRule"),
        why="created by an AWS service to receive events",
        source=f"{DOCS}/eventbridge/latest/userguide/eb-rules.html",
    ),
    Foundation(
        kinds=(RULE,),
        names=("SSMOpsItems-*",),
        why="Systems Manager OpsCenter creates its items by it",
        source=f"{DOCS}/systems-manager/latest/userguide/OpsCenter-setup.html",
    ),
    # Services with parts in the account
    Foundation(
        kinds=(GROUP,),
        names=("security-group-for-inbound-nfs-d-*", "security-group-for-outbound-nfs-d-*"),
        why="created by SageMaker for a domain",
        source=f"{DOCS}/sagemaker/latest/APIReference/API_UserSettings.html",
    ),
    Foundation(
        kinds=(GROUP,),
        names=("d-{hex}_controllers", "d-{hex}_workspacesMembers"),
        why="created by Directory Service or WorkSpaces for a directory",
        source=f"{DOCS}/workspaces/latest/adminguide/amazon-workspaces-security-groups.html",
    ),
    Foundation(
        tags={"ManagedByAmazonSageMakerResource": "*"},
        why="created by SageMaker for a domain, whose users store files in it",
        source=f"{DOCS}/sagemaker/latest/dg/security-iam-awsmanpol.html",
    ),
    Foundation(
        tags={"AWSElasticDisasterRecoveryManaged": "*"},
        why="created by Elastic Disaster Recovery to replicate servers",
        source=f"{POLICIES}/AWSElasticDisasterRecoveryServiceRolePolicy.html",
    ),
    Foundation(
        tags={"AWSApplicationMigrationServiceManaged": "*"},
        why="created by Application Migration Service to replicate servers",
        source=f"{POLICIES}/AWSApplicationMigrationReplicationServerPolicy.html",
    ),
    Foundation(
        tags={"red-hat-managed": "true"},
        why="managed by Red Hat OpenShift Service on AWS",
        source="https://docs.redhat.com/en/documentation/red_hat_openshift_service_on_aws",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("ManagedOpenShift-*-Role", "ManagedOpenShift-*-Role-Policy"),
        why="Red Hat OpenShift Service on AWS uses it to install and repair all clusters of the account",
        source="https://docs.redhat.com/en/documentation/red_hat_openshift_service_on_aws",
    ),
    Foundation(
        kinds=(SECRET,),
        names=("*!*",),
        why="an AWS service stores credentials in it",
        source=f"{DOCS}/secretsmanager/latest/userguide/service-linked-secrets.html",
    ),
    Foundation(
        kinds=(SECRET,),
        names=("AmazonMSK_*",),
        why="clients of a Kafka cluster log in with it",
        source=f"{DOCS}/msk/latest/developerguide/msk-password.html",
    ),
)
