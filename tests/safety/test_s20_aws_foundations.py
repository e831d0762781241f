"""S20: the foundations of an AWS account are nobody's leftovers."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tagwarden.model.account import AwsAccount, CloudAccount, CloudAccountSpec
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Verdict
from tagwarden.providers.aws import KINDS, AwsProvider
from tagwarden.providers.aws.foundations import foundations_of, pattern_of
from tagwarden.providers.aws.normalising import Normaliser, Place
from tagwarden.providers.aws.rows.foundation import Foundation
from tagwarden.providers.aws.rows.foundations import FOUNDATIONS
from tagwarden.providers.catalogue.interning import Shared
from tests.support.builders import ACCOUNT, a_policy
from tests.support.evaluation import judged, seen_before
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

PLACE = Place(ACCOUNT, DEFAULT_ACCOUNT, "aws", "eu-central-1")
NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
BUCKET = f"cdk-hnb659fds-assets-{DEFAULT_ACCOUNT}-eu-central-1"
ROLE = f"cdk-hnb659fds-deploy-role-{DEFAULT_ACCOUNT}-eu-central-1"
REPOSITORY = f"cdk-hnb659fds-container-assets-{DEFAULT_ACCOUNT}-eu-central-1"
CONFIG = f"config-bucket-{DEFAULT_ACCOUNT}"
CALLS = "amazon-connect-5bc142a71067"
GITHUB = "token.actions.githubusercontent.com"
SAGEMAKER = "AmazonSageMaker-ExecutionRole-20250702T145603"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
NOTHING_MADE = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "of-cdk"}}}})
PAGE = Path(__file__).parents[2] / "docs" / "foundations.md"


@pytest.fixture(scope="module")
def snapshot() -> Iterator[Snapshot]:
    """An account with foundations, and with a queue and a role that somebody left."""
    with FakeAWS() as aws:
        iam, s3 = aws.client("iam"), aws.client("s3")
        for role in ("AWSControlTowerExecution", ROLE, SAGEMAKER, "left"):
            iam.create_role(RoleName=role, AssumeRolePolicyDocument=TRUST)
        iam.create_open_id_connect_provider(Url=f"https://{GITHUB}", ClientIDList=["sts.amazonaws.com"])
        for bucket in (BUCKET, CONFIG, CALLS, "left"):
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        aws.client("ecr").create_repository(repositoryName=REPOSITORY)
        aws.client("cloudformation").create_stack(StackName="CDKToolkit", TemplateBody=NOTHING_MADE)
        aws.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="21", Type="String")
        aws.client("sqs").create_queue(QueueName="aft-account-request", tags={"managed_by": "AFT"})
        aws.client("efs").create_file_system(
            CreationToken="d-1",
            Tags=[
                {
                    "Key": "ManagedByAmazonSageMakerResource",
                    "Value": f"arn:aws:sagemaker:eu-central-1:{DEFAULT_ACCOUNT}:domain/d-1",
                }
            ],
        )
        spec = AwsAccount(account_id=DEFAULT_ACCOUNT, regions=("eu-central-1",), endpoint_url=aws.endpoint)
        account = CloudAccount(name=ACCOUNT, spec=CloudAccountSpec(provider=ProviderName.AWS, aws=spec))
        yield AwsProvider(account, LOGIN).collect(NOW)


def only(snapshot: Snapshot, kind: str, name: str = "") -> Resource:
    (found,) = (one for one in snapshot.resources if one.kind == kind and (not name or one.name == name))
    return found


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("aws_iam_role", "AWSControlTowerExecution", "part of AWS Control Tower"),
        ("aws_cloudformation_stack", "CDKToolkit", "bootstrap stack of the AWS CDK"),
        ("aws_s3_bucket", BUCKET, "the AWS CDK uses it for deployments"),
        ("aws_iam_role", ROLE, "the AWS CDK uses it for deployments"),
        ("aws_ecr_repository", REPOSITORY, "the AWS CDK uses it for deployments"),
        ("aws_ssm_parameter", "/cdk-bootstrap/hnb659fds/version", "the AWS CDK reads its bootstrap version"),
        ("aws_s3_bucket", CONFIG, "AWS Config delivers the history of the account to it"),
        ("aws_efs_file_system", "", "created by SageMaker for a domain"),
        ("aws_iam_role", SAGEMAKER, "role of SageMaker domains and jobs"),
        ("aws_iam_oidc_provider", GITHUB, "GitHub pipelines use it to sign in to the account"),
        ("aws_s3_bucket", CALLS, "Amazon Connect stores recordings and reports in it"),
        ("aws_sqs_queue", "aft-account-request", "part of Account Factory for Terraform"),
    ],
)
def test_a_foundation_is_protected(snapshot: Snapshot, kind: str, name: str, expected: str) -> None:
    """S20: untagged as vendors leave them, they are the first to be taken for leftovers."""
    resource = only(snapshot, kind, name)

    assert resource.protection.startswith(expected)

    found = judged(resource, policy=a_policy(rules={"untagged": "Delete"}), history=seen_before(Reason.Untagged))
    assert found is not None
    assert Verdict.PROTECTED is found.verdict


@pytest.mark.parametrize(("kind", "name"), [("aws_iam_role", "left"), ("aws_s3_bucket", "left")])
def test_leftovers_are_not_protected(snapshot: Snapshot, kind: str, name: str) -> None:
    """S20: beside the foundations the account is cleaned as before."""
    assert not only(snapshot, kind, name).protection


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("aws_cloudformation_stack", "StackSet-AWSControlTowerBP-BASELINE-CONFIG-1b2c"),
        ("aws_lambda_function", "aws-controltower-NotificationForwarder"),
        ("aws_sns_topic", "aws-controltower-SecurityNotifications"),
        ("aws_cloudformation_stack", "StackSet-guardrails-0f0e"),
        ("aws_iam_role", "AWSCloudFormationStackSetExecutionRole"),
        ("aws_iam_role", "AWSCloudFormationStackSetAdministrationRole"),
        ("aws_iam_role", "stacksets-exec-9f8e7d6c5b4a"),
        ("aws_iam_role", "AWSReservedSSO_AdministratorAccess_0a1b2c3d"),
        ("aws_iam_role", "OrganizationAccountAccessRole"),
        ("aws_iam_role", "cdk-abc123-cfn-exec-role-123456789012-us-east-1"),
        ("aws_s3_bucket", "aws-cloudtrail-logs-123456789012-1a2b3c4d"),
        ("aws_s3_bucket", "aws-athena-query-results-123456789012-eu-central-1"),
        ("aws_s3_bucket", "codepipeline-eu-central-1-123456789012"),
        ("aws_s3_bucket", "elasticbeanstalk-us-gov-west-1-123456789012"),
        ("aws_s3_bucket", "cf-templates-1abcdefghij2-eu-central-1"),
        ("aws_s3_bucket", "sagemaker-eu-central-1-123456789012"),
        ("aws_s3_bucket", "aws-glue-assets-123456789012-eu-central-1"),
        ("aws_cloudformation_stack", "aws-sam-cli-managed-default"),
        ("aws_s3_bucket", "acme-terraform-state"),
        ("aws_dynamodb_table", "terraform-lock"),
        ("aws_ec2_security_group", "security-group-for-inbound-nfs-d-abcdef123456"),
        ("aws_ec2_security_group", "security-group-for-outbound-nfs-d-abcdef123456"),
        ("aws_logs_log_group", "aws-controltower/CloudTrailLogs"),
        ("aws_events_rule", "AWSControlTowerManagedRule"),
        ("aws_s3_bucket", "config-bucket-123456789012"),
        ("aws_cloudformation_stack", "awsconfigconforms-Operational-Best-Practices-abc123"),
        ("aws_s3_bucket", "cf-templates--1tlzie64y9rw-us-east-1"),
        ("aws_s3_bucket", "aws-cloudtrail-lake-query-results-123456789012-us-east-1"),
        ("aws_iam_role", "CloudTrail_CloudWatchLogs_Role"),
        ("aws_s3_bucket", "sagemaker-studio-123456789012-abcdefghijk"),
        ("aws_iam_role", "AmazonSageMakerServiceCatalogProductsUseRole"),
        ("aws_events_rule", "DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3-9a8b"),
        ("aws_events_rule", "DO-NOT-DELETE-AmazonInspectorEc2ManagedRule"),
        ("aws_events_rule", "AwsBackupManagedRule-5"),
        ("aws_s3_bucket", "do-not-delete-ssm-diagnosis-123456789012-eu-central-1-1a2b3"),
        ("aws_s3_bucket", "aws-waf-logs-web"),
        ("aws_ssm_parameter", "/serverless-framework/deployment/s3-bucket"),
        ("aws_iam_role", "aws-quicksight-service-role-v0"),
        ("aws_iam_role", "workspaces_DefaultRole"),
        ("aws_iam_role", "vmimport"),
        ("aws_iam_role", "CloudWatch-CrossAccountSharingRole"),
        ("aws_iam_role", "ManagedOpenShift-HCP-ROSA-Installer-Role"),
        ("aws_iam_role", "AWSBackupDefaultServiceRole"),
        ("aws_iam_role", "AWSSystemsManagerDefaultEC2InstanceManagementRole"),
        ("aws_iam_role", "AWSAFTExecution"),
        ("aws_s3_bucket", "aws-aft-logs-123456789012-eu-central-1"),
        ("aws_s3_bucket", "aft-backend-123456789012-primary-region"),
        ("aws_ssm_parameter", "/aft/account/ct-management/account-id"),
        ("aws_codepipeline_pipeline", "Custom-Control-Tower-CodePipeline"),
        ("aws_s3_bucket", "custom-control-tower-configuration-123456789012-eu-west-1"),
        ("aws_logs_log_group", "/aws/lambda/AWSAccelerator-LoggingStack-1"),
        ("aws_cloudformation_stack", "adf-global-base-bootstrap"),
        ("aws_s3_bucket", "organization-formation-123456789012"),
        ("aws_s3_bucket", "sst-state-udtbxswzbwwo"),
        ("aws_ssm_parameter", "/sst/passphrase/shop/prod"),
        ("aws_ssm_parameter", "/copilot/applications/shop"),
        ("aws_ssm_parameter", "AmazonCloudWatch-linux"),
        ("aws_iam_oidc_provider", "token.actions.githubusercontent.com"),
        ("aws_iam_oidc_provider", "app.terraform.io"),
        ("aws_dynamodb_table", "terraform-up-and-running-locks"),
        ("aws_s3_bucket", "acme-terragrunt"),
        ("aws_s3_bucket", "prefix-example-com-kops-state-store"),
        ("aws_s3_bucket", "cloudtrail-awslogs-123456789012-a1b2c3"),
        ("aws_s3_bucket", "acme-cost-and-usage-reports"),
        ("aws_s3_bucket", "acme-velero-backups"),
        ("aws_s3_bucket", "appstream2-36fb080bb8-us-east-1-123456789012"),
        ("aws_s3_bucket", "amazon-connect-5bc142a71067"),
        ("aws_s3_bucket", "amazon-sagemaker-123456789012-eu-central-1-dn0trr"),
        ("aws_iam_role", "AmazonSageMaker-ExecutionRole-20250702T145603"),
        ("aws_iam_role", "AmazonBedrockExecutionRoleForAgents_shop"),
        ("aws_iam_role", "AmazonRedshift-CommandsAccessRole-20250321T104142"),
        ("aws_iam_role", "AmazonEKSAutoNodeRole"),
        ("aws_iam_role", "aws-ec2-spot-fleet-tagging-role"),
        ("aws_iam_role", "rds-directoryservice-access-role"),
        ("aws_iam_role", "AWS-SystemsManager-AutomationExecutionRole"),
        ("aws_iam_role", "AWSGlueServiceRoleDefault"),
        ("aws_iam_role", "EMR_Notebooks_DefaultRole"),
        ("aws_iam_role", "MediaConvert_Default_Role"),
        ("aws_iam_policy", "AWSQuickSightIAMPolicy"),
        ("aws_iam_instance_profile", "AWSCloud9SSMInstanceProfile"),
        ("aws_events_rule", "SSMOpsItems-EBS-snapshot-copy-failed"),
        ("aws_ec2_security_group", "d-926720fc18_workspacesMembers"),
        ("aws_secretsmanager_secret", "rds!db-0a1b"),
        ("aws_secretsmanager_secret", "sqlworkbench!0a1b"),
    ],
)
def test_the_table_knows_a_foundation(kind: str, name: str) -> None:
    """S20: by the names that vendors document."""
    assert foundations_of(kind).why((name, "an-id"), {})


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("aws_s3_bucket", "codepipeline-test-of-bob"),
        ("aws_s3_bucket", "sagemaker-experiments"),
        ("aws_s3_bucket", "elasticbeanstalk-demo"),
        ("aws_s3_bucket", "cf-templates-of-alice"),
        ("aws_s3_bucket", "config-bucket-of-bob"),
        ("aws_s3_bucket", "sagemaker-studio-demo"),
        ("aws_s3_bucket", "aws-glue-temporary-of-carol"),
        ("aws_s3_bucket", "aws-emr-studio-trial"),
        ("aws_s3_bucket", "serverless-framework-deployments-test"),
        ("aws_logs_log_group", "AwsBackupManagedRule-5"),
        ("aws_iam_role", "cdk-app-role"),
        ("aws_cloudformation_stack", "my-cdk-app"),
        ("aws_ec2_security_group", "nfs"),
        ("aws_lambda_function", "OrganizationAccountAccessRole"),
        ("aws_iam_role", "AWSGlueServiceRole-of-bob"),
        ("aws_iam_oidc_provider", "oidc.eks.eu-central-1.amazonaws.com/id/0A1B"),
        ("aws_s3_bucket", "aft-experiments"),
        ("aws_s3_bucket", "amazon-connect-demo"),
        ("aws_s3_bucket", "sst-state-of-bob"),
        ("aws_s3_bucket", "appstream-trial"),
        ("aws_ssm_parameter", "/sst-demo/url"),
        ("aws_ec2_security_group", "d-bob_controllers"),
        ("aws_secretsmanager_secret", "rds-of-bob"),
    ],
)
def test_a_name_that_only_resembles_one_protects_nothing(kind: str, name: str) -> None:
    """S20 is no shelter for things of people."""
    assert not foundations_of(kind).why((name,), {"Name": name})


@pytest.mark.parametrize("row", FOUNDATIONS, ids=lambda row: row.why)
def test_a_source_is_a_page_that_can_be_opened(row: Foundation) -> None:
    """S20: a person can look up where the names of a row come from."""
    source = urlsplit(row.source)

    assert "https" == source.scheme
    assert "." in source.netloc
    assert source.path.strip("/"), row.source


def test_the_account_factory_is_known_by_its_tag() -> None:
    """S20: the Account Factory for Terraform marks all that it makes, whatever the name."""
    foundations = foundations_of("aws_sqs_queue")

    assert foundations.why(("aft-account-request.fifo",), {"managed_by": "AFT"})
    assert not foundations.why(("aft-account-request.fifo",), {"managed_by": "alice"})


def test_every_row_can_match() -> None:
    """A row of a kind that does not exist protects nothing."""
    for row in FOUNDATIONS:
        assert set(row.kinds) <= set(KINDS), row
        assert row.names or row.tags, row
        assert not any(pattern_of(glob) == ".*" for glob in row.names), row


def test_the_page_lists_the_table() -> None:
    """People read it before they install anything."""
    page = PAGE.read_text()

    missing = [
        text
        for row in FOUNDATIONS
        for text in (*(f"`{name}`" for name in (*row.names, *row.tags)), row.why, row.source)
        if text not in page
    ]

    assert [] == missing


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "fast-asg-0b1d1a52-7d4f-3c5b-9d64-0a3fd2f0e8c1",
            Manager("aws_batch_compute_environment", "fast", "aws_batch_compute_environment/fast"),
        ),
        ("fast-asg-1", None),
    ],
)
def test_the_group_that_batch_made_belongs_to_its_environment(name: str, expected: Manager | None) -> None:
    """S20, S13: Batch names the Auto Scaling group after the environment, which is judged in its place."""
    normaliser = Normaliser(KINDS["aws_autoscaling_group"], PLACE, Shared())
    draft = normaliser.draft({"AutoScalingGroupName": name, "AutoScalingGroupARN": f"arn:aws:autoscaling:::{name}"})

    assert draft is not None
    assert expected == normaliser.resource(draft, Tags.known({})).manager
