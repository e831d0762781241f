"""S18, on simulated AWS: who uses a resource is told by the kinds that mostly exist to use others."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tagwarden.model.account import AwsAccount, CloudAccount, CloudAccountSpec
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import ProviderName
from tagwarden.model.snapshot import Snapshot
from tagwarden.providers.aws import AwsProvider
from tests.integration.aws_account import TRUST, bucket, image, key, queue
from tests.integration.aws_users import subscription
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


@dataclass(frozen=True)
class Account:
    """What was collected, and what each world made, by name."""

    snapshot: Snapshot
    made: dict[str, str]

    def users_of(self, kind: str, id_: str) -> set[str]:
        """Give the kinds of what uses the one resource of this kind and id."""
        uids = {one.uid for one in self.snapshot.resources if (one.kind, one.id) == (kind, id_)}
        kinds = {one.uid: one.kind for one in self.snapshot.resources}

        assert len(uids) == 1
        return {
            kinds[edge.source]
            for edge in self.snapshot.edges
            if isinstance(edge, Edge) and edge.meaning is EdgeMeaning.USES and edge.target in uids
        }

    def protection_of(self, id_: str) -> str:
        return next(one.protection for one in self.snapshot.resources if one.id == id_)


def role(aws: FakeAWS, name: str) -> str:
    return str(aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"])


def template(aws: FakeAWS, name: str, data: dict[str, Any]) -> str:
    answer = aws.client("ec2").create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
    return str(answer["LaunchTemplate"]["LaunchTemplateId"])


def make(aws: FakeAWS) -> dict[str, str]:
    """Make one used thing for each world."""
    ec2, made = aws.client("ec2"), {}
    made["image"] = image(aws, "used", {})
    template(aws, "claimed", {"ImageId": made["image"], "InstanceType": "t3.micro"})
    made["pinned"] = image(aws, "pinned", {})
    pinned = template(aws, "pinned", {"ImageId": made["pinned"], "InstanceType": "t3.micro"})
    made["later"] = image(aws, "later", {})
    later = {"ImageId": made["later"], "InstanceType": "t3.micro"}
    ec2.create_launch_template_version(LaunchTemplateId=pinned, LaunchTemplateData=later)
    ec2.modify_launch_template(LaunchTemplateId=pinned, DefaultVersion="2")
    aws.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName="idle",
        MinSize=0,
        MaxSize=1,
        LaunchTemplate={"LaunchTemplateId": pinned, "Version": "1"},
        AvailabilityZones=["eu-central-1a"],
    )
    made["shared"] = image(aws, "shared", {})
    ec2.modify_image_attribute(
        ImageId=made["shared"], LaunchPermission={"Add": [{"UserId": "210987654321"}]}, OperationType="add"
    )
    made["key"] = key(aws, "bucket-key", {})
    made["bucket"] = bucket(aws, "encrypted", {})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": made["key"]}}
    aws.client("s3").put_bucket_encryption(Bucket=made["bucket"], ServerSideEncryptionConfiguration={"Rules": [rule]})
    made["queue"] = queue(aws, "fed-by-rule", {})
    events = aws.client("events")
    events.put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
    arn = f"arn:aws:sqs:eu-central-1:{DEFAULT_ACCOUNT}:fed-by-rule"
    events.put_targets(Rule="nightly", Targets=[{"Id": "1", "Arn": arn}])
    subscription(aws, "subscribed", {})
    made["role"] = "shop"
    aws.client("ecs").register_task_definition(
        family="shop",
        taskRoleArn=role(aws, "shop"),
        containerDefinitions=[{"name": "main", "image": "shop", "memory": 64}],
    )
    return made


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with FakeAWS() as aws:
        made = make(aws)
        spec = AwsAccount(account_id=DEFAULT_ACCOUNT, regions=("eu-central-1",), endpoint_url=aws.endpoint)
        declared = CloudAccount(name="dev", spec=CloudAccountSpec(provider=ProviderName.AWS, aws=spec))
        yield Account(AwsProvider(declared, LOGIN).collect(NOW), made)


def test_s3_every_further_detail_was_read(account: Account) -> None:
    """S3: what the kinds are asked besides their listings is answered, also where nothing is configured."""
    assert () == account.snapshot.failures


def test_s18_a_launch_template_uses_its_image(account: Account) -> None:
    """S18: the image of a template's default version is in use, though nothing was started from it."""
    assert {"aws_ec2_launch_template"} <= account.users_of("aws_ec2_image", account.made["image"])


def test_s18_a_group_uses_the_image_of_the_version_it_names(account: Account) -> None:
    """S18: a group that is scaled to zero may name a version that is neither the latest nor the default one."""
    assert {"aws_autoscaling_group"} == account.users_of("aws_ec2_image", account.made["pinned"])
    assert {"aws_ec2_launch_template"} == account.users_of("aws_ec2_image", account.made["later"])


def test_s18_an_image_that_is_shared_is_protected(account: Account) -> None:
    """S18: who uses an image in another account is not to be seen from here."""
    assert "other accounts" in account.protection_of(account.made["shared"])
    assert "" == account.protection_of(account.made["later"])


def test_s18_a_bucket_uses_the_key_of_its_default_encryption(account: Account) -> None:
    """S18: without the key nothing of the bucket can be read any more."""
    assert {"aws_s3_bucket"} == account.users_of("aws_kms_key", account.made["key"])


def test_s18_a_rule_uses_its_target(account: Account) -> None:
    """S18: a queue behind a rule is in use."""
    assert {"aws_events_rule"} <= account.users_of("aws_sqs_queue", account.made["queue"])


def test_s18_a_subscription_uses_its_endpoint(account: Account) -> None:
    """S18: a queue that a topic feeds is in use by the subscription, which belongs to the topic."""
    fed = next(one.id for one in account.snapshot.resources if one.name == "subscribed-queue")

    assert {"aws_sns_subscription"} <= account.users_of("aws_sqs_queue", fed)


def test_s18_a_task_definition_uses_its_role(account: Account) -> None:
    """S18: the role of a task that runs only at times is in use, though no task runs now."""
    assert {"aws_ecs_task_definition"} <= account.users_of("aws_iam_role", account.made["role"])
