"""Foundations with the records of an account and the files of services (S20)."""

from tagwarden.providers.aws.rows.foundation import (
    BUCKET,
    DOCS,
    LOGS,
    POLICIES,
    ROLE,
    STACK,
    STREAM,
    Foundation,
)

ROWS = (
    # Records of the account
    Foundation(
        kinds=(BUCKET,),
        names=("config-bucket-{account}*",),
        why="AWS Config delivers the history of the account to it",
        source=f"{DOCS}/config/latest/developerguide/gs-console.html",
    ),
    # People choose these names for the bucket of a whole organisation, which other accounts name and the account of the
    # bucket does not.
    Foundation(
        kinds=(BUCKET,),
        names=("aws-config-*", "awsconfig-*"),
        why="named as a bucket to which AWS Config delivers the history of accounts",
        source=f"{DOCS}/config/latest/developerguide/s3-bucket-policy.html",
    ),
    Foundation(
        kinds=(BUCKET, STACK),
        names=("awsconfigconforms-*",),
        why="part of an AWS Config conformance pack",
        source=f"{DOCS}/config/latest/APIReference/API_PutOrganizationConformancePack.html",
    ),
    Foundation(
        kinds=(BUCKET, LOGS),
        names=("aws-cloudtrail-logs-*", "cloudtrail-awslogs-{account}-*"),
        why="CloudTrail delivers the records of the account to it",
        source=f"{DOCS}/awscloudtrail/latest/userguide/cloudtrail-create-a-trail-using-the-console-first-time.html",
    ),
    Foundation(
        kinds=(ROLE, LOGS),
        names=("CloudTrail_CloudWatchLogs_Role", "CloudTrail/DefaultLogGroup"),
        why="CloudTrail uses it to log the records of the account",
        source=f"{DOCS}/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html",
    ),
    Foundation(
        kinds=(BUCKET,),
        names=("aws-cloudtrail-lake-query-results-*",),
        why="CloudTrail Lake delivers the results of queries to it",
        source=f"{DOCS}/awscloudtrail/latest/userguide/s3-bucket-policy-lake-query-results.html",
    ),
    Foundation(
        kinds=(BUCKET,),
        names=("aws-security-data-lake-*",),
        why="Security Lake stores records in it",
        source=f"{POLICIES}/AmazonSecurityLakePermissionsBoundary.html",
    ),
    Foundation(
        kinds=(BUCKET, LOGS, STREAM),
        names=("aws-waf-logs-*",),
        why="AWS WAF writes request logs to it",
        source=f"{DOCS}/waf/latest/developerguide/logging-destinations.html",
    ),
    Foundation(
        kinds=(LOGS,),
        names=("RDSOSMetrics",),
        why="RDS writes metrics of all instances to it",
        source=f"{DOCS}/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.CloudWatchLogs.html",
    ),
    Foundation(
        kinds=(BUCKET,),
        names=("*cost-and-usage-report*", "*cost-usage-report*"),
        why="named as a bucket to which AWS Billing delivers cost reports",
        source=f"{DOCS}/cur/latest/userguide/cur-s3.html",
    ),
    Foundation(
        kinds=(BUCKET,),
        names=("*velero*",),
        why="named as a Velero store of cluster backups",
        source="https://github.com/vmware-tanzu/velero-plugin-for-aws/blob/HEAD/README.md",
    ),
    # Buckets that services create once per account
    Foundation(
        kinds=(BUCKET,),
        names=("aws-athena-query-results-*",),
        why="Athena writes the results of queries to it",
        source=f"{DOCS}/athena/latest/ug/querying.html",
    ),
    Foundation(
        kinds=(BUCKET,),
        names=(
            "aws-glue-assets-{account}-{region}",
            "aws-glue-scripts-{account}-{region}",
            "aws-glue-temporary-{account}-{region}",
        ),
        why="Glue stores scripts and temporary files in it",
        source=f"{DOCS}/glue/latest/dg/create-service-policy.html",
    ),
    Foundation(
        kinds=(BUCKET,),
        names=("sagemaker-{region}-{account}", "sagemaker-studio-{account}-*", "sagemaker-studio-{region}-{account}"),
        why="default bucket of SageMaker",
        source="https://sagemaker.readthedocs.io/en/stable/api/utility/session.html",
    ),
    Foundation(
        kinds=(BUCKET,),
        names=("amazon-datazone-{account}-*", "amazon-sagemaker-{account}-*"),
        why="SageMaker Unified Studio and DataZone domains store files in it",
        source=f"{DOCS}/datazone/latest/userguide/security-iam-awsmanpol.html",
    ),
    Foundation(
        kinds=(BUCKET,),
        names=("aws-logs-{account}-{region}",),
        why="EMR stores logs in it",
        source=f"{DOCS}/emr/latest/ManagementGuide/emr-manage-view-web-log-files.html",
    ),
    Foundation(
        kinds=(BUCKET,),
        names=("aws-emr-studio-{account}-{region}",),
        why="EMR Studio stores workspaces in it",
        source=f"{DOCS}/emr/latest/ManagementGuide/emr-studio-create-studio.html",
    ),
    Foundation(
        kinds=(BUCKET,),
        names=("elasticbeanstalk-{region}-{account}",),
        why="Elastic Beanstalk stores versions and logs of all environments of the region in it",
        source=f"{DOCS}/elasticbeanstalk/latest/dg/AWSHowTo.S3.html",
    ),
    Foundation(
        kinds=(BUCKET,),
        names=("appstream2-36fb080bb8-*", "appstream-app-settings-*", "appstream-logs-*"),
        why="AppStream stores user folders, settings or reports in it",
        source=f"{DOCS}/appstream2/latest/developerguide/home-folders.html",
    ),
    Foundation(
        kinds=(BUCKET,),
        names=("amazon-connect-{hex}",),
        why="Amazon Connect stores recordings and reports in it",
        source=f"{DOCS}/connect/latest/adminguide/connect-slr.html",
    ),
    Foundation(
        kinds=(BUCKET,),
        names=("do-not-delete-ssm-*",),
        why="Systems Manager stores its inventory of instances in it",
        source=f"{DOCS}/systems-manager/latest/userguide/remediate-s3-bucket-policies.html",
    ),
)
