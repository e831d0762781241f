"""The simulated AWS answers over HTTP, has many accounts, and can be emptied."""

import subprocess
import sys

from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS


def test_every_test_starts_with_an_empty_account(fake_aws: FakeAWS) -> None:
    """What was made before a reset is gone after it."""
    queues = fake_aws.client("sqs")
    queues.create_queue(QueueName="jobs")
    before = len(queues.list_queues()["QueueUrls"])
    fake_aws.reset()

    assert 1 == before
    assert [] == queues.list_queues().get("QueueUrls", [])


def test_accounts_do_not_see_each_other(fake_aws: FakeAWS) -> None:
    """The credentials decide the account, as in the real AWS."""
    other = fake_aws.login("210987654321")
    fake_aws.client("sns").create_topic(Name="alarms")

    assert DEFAULT_ACCOUNT == fake_aws.client("sts").get_caller_identity()["Account"]
    assert "210987654321" == fake_aws.client("sts", login=other).get_caller_identity()["Account"]
    assert [] == fake_aws.client("sns", login=other).list_topics()["Topics"]


def test_an_account_has_no_images_of_its_own_at_first(fake_aws: FakeAWS) -> None:
    """Nothing is there that nobody made."""
    assert [] == fake_aws.client("ec2").describe_images(Owners=["self"])["Images"]


def test_a_program_finds_it_through_its_environment(fake_aws: FakeAWS) -> None:
    """Another process reaches the simulated AWS with the variables alone."""
    fake_aws.client("s3").create_bucket(
        Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    program = "import boto3; print([b['Name'] for b in boto3.client('s3').list_buckets()['Buckets']])"
    answer = subprocess.run(
        [sys.executable, "-c", program], env=fake_aws.environment(), capture_output=True, text=True, check=True
    )

    assert "['reports']" == answer.stdout.strip()
