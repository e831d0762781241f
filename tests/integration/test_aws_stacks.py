"""What a stack makes belongs to it, also where AWS writes no mark of it on what was made."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tagwarden.model.account import AwsAccount, CloudAccount, CloudAccountSpec
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.providers.aws import AwsProvider
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
MADE = {
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "made"}},
    "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "made"}},
    "Table": {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "TableName": "made",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    },
    "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "made-by-a-stack"}},
}


@pytest.fixture(scope="module")
def snapshot() -> Iterator[Snapshot]:
    """An account with one stack, and a queue beside it that nothing made."""
    with FakeAWS() as aws:
        aws.client("sqs").create_queue(QueueName="alone")
        aws.client("cloudformation").create_stack(StackName="web", TemplateBody=json.dumps({"Resources": MADE}))
        spec = AwsAccount(account_id=DEFAULT_ACCOUNT, regions=("eu-central-1",), endpoint_url=aws.endpoint)
        account = CloudAccount(name="dev", spec=CloudAccountSpec(provider=ProviderName.AWS, aws=spec))
        yield AwsProvider(account, LOGIN).collect(NOW)


def only(snapshot: Snapshot, kind: str, name: str) -> Resource:
    return next(resource for resource in snapshot.resources if (resource.kind, resource.name) == (kind, name))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("aws_sqs_queue", "made"),
        ("aws_sns_topic", "made"),
        ("aws_dynamodb_table", "made"),
        ("aws_s3_bucket", "made-by-a-stack"),
    ],
)
def test_what_a_stack_lists_is_managed_by_it(snapshot: Snapshot, kind: str, name: str) -> None:
    """S13: without a mark of the stack it would be deleted as untagged, and the stack would be broken."""
    stack, made = only(snapshot, "aws_cloudformation_stack", "web"), only(snapshot, kind, name)

    assert Manager("aws_cloudformation_stack", "web", stack.uid) == made.manager
    assert Edge(stack.uid, EdgeMeaning.OWNS, made.uid) in snapshot.edges


def test_what_no_stack_lists_has_no_manager(snapshot: Snapshot) -> None:
    """A queue beside the stack answers for itself."""
    assert only(snapshot, "aws_sqs_queue", "alone").manager is None
