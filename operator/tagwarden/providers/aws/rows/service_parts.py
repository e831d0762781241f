"""Foundations that services keep in an account for themselves (S20)."""

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
    # Rules that services make
    Foundation(
        kinds=(RULE,),
        names=("DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*",),
        why="GuardDuty made it and looks for malware with it",
        source=f"{DOCS}/guardduty/latest/ug/malware-protection-s3-iam-policy-prerequisite.html",
    ),
    Foundation(
        kinds=(RULE,),
        names=("DO-NOT-DELETE-AmazonInspector*",),
        why="Inspector made it and watches the account with it",
        source=f"{POLICIES}/AmazonInspector2ServiceRolePolicy.html",
    ),
    Foundation(
        kinds=(RULE,),
        names=("AwsBackupManagedRule*",),
        why="AWS Backup made it and listens to changes of buckets with it",
        source=f"{POLICIES}/AWSBackupServiceRolePolicyForS3Backup.html",
    ),
    Foundation(
        kinds=(RULE,),
        names=("DO-NOT-DELETE-*", "AutoScalingManagedRule", "StepFunctionsGetEventsFor*", "SSMExplorerManagedRule"),
        why="a service of AWS made it and listens to events with it",
        source=f"{DOCS}/eventbridge/latest/userguide/eb-rules.html",
    ),
    Foundation(
        kinds=(RULE,),
        names=("SSMOpsItems-*",),
        why="OpsCenter of Systems Manager opens its items by it",
        source=f"{DOCS}/systems-manager/latest/userguide/OpsCenter-setup.html",
    ),
    # Services that keep parts of theirs in the account
    Foundation(
        kinds=(GROUP,),
        names=("security-group-for-inbound-nfs-d-*", "security-group-for-outbound-nfs-d-*"),
        why="SageMaker made it for a domain",
        source=f"{DOCS}/sagemaker/latest/APIReference/API_UserSettings.html",
    ),
    Foundation(
        kinds=(GROUP,),
        names=("d-{hex}_controllers", "d-{hex}_workspacesMembers"),
        why="Directory Service or WorkSpaces made it for a directory",
        source=f"{DOCS}/workspaces/latest/adminguide/amazon-workspaces-security-groups.html",
    ),
    Foundation(
        tags={"ManagedByAmazonSageMakerResource": "*"},
        why="SageMaker made it for a domain, whose users keep their files in it",
        source=f"{DOCS}/sagemaker/latest/dg/security-iam-awsmanpol.html",
    ),
    Foundation(
        tags={"AWSElasticDisasterRecoveryManaged": "*"},
        why="Elastic Disaster Recovery made it to replicate servers",
        source=f"{POLICIES}/AWSElasticDisasterRecoveryServiceRolePolicy.html",
    ),
    Foundation(
        tags={"AWSApplicationMigrationServiceManaged": "*"},
        why="Application Migration Service made it to replicate servers",
        source=f"{POLICIES}/AWSApplicationMigrationReplicationServerPolicy.html",
    ),
    Foundation(
        tags={"red-hat-managed": "true"},
        why="Red Hat OpenShift Service on AWS manages it",
        source="https://docs.redhat.com/en/documentation/red_hat_openshift_service_on_aws",
    ),
    Foundation(
        kinds=IDENTITY,
        names=("ManagedOpenShift-*-Role", "ManagedOpenShift-*-Role-Policy"),
        why="Red Hat OpenShift Service on AWS installs and repairs all clusters of the account through it",
        source="https://docs.redhat.com/en/documentation/red_hat_openshift_service_on_aws",
    ),
    Foundation(
        kinds=(SECRET,),
        names=("*!*",),
        why="a service of AWS keeps its credentials in it",
        source=f"{DOCS}/secretsmanager/latest/userguide/service-linked-secrets.html",
    ),
    Foundation(
        kinds=(SECRET,),
        names=("AmazonMSK_*",),
        why="clients of a Kafka cluster log in with it",
        source=f"{DOCS}/msk/latest/developerguide/msk-password.html",
    ),
)
