"""S18 on AWS: what something claimed uses stays, wherever and by whatever name the use is written."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tagwarden.model.account import CloudAccount
from tagwarden.model.resource import Provider
from tagwarden.model.snapshot import CollectFailure, Snapshot
from tagwarden.pipeline.deciding import convene, decide
from tagwarden.pipeline.declarations import Declarations
from tagwarden.planning import Budget
from tagwarden.providers.aws import AwsProvider
from tests.support.builders import EVERY_KIND_GOES, a_policy, an_account
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

OWNER = "alice@example.com"
OWNED = {"owner": OWNER, "expiration": "2099-01-01T00:00:00Z"}
PAIRS = [{"Key": key, "Value": value} for key, value in OWNED.items()]
LOWER_PAIRS = [{"key": key, "value": value} for key, value in OWNED.items()]
LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
REGION = "eu-central-1"


def trust(**principal: str) -> str:
    """Give a trust policy of a role."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Builder:
    """Makes leftovers without tags, and what alice owns."""

    def __init__(self, aws: FakeAWS) -> None:
        self.aws = aws
        self.leftovers: dict[str, str] = {}
        """The ARN of each leftover, by the world it belongs to."""

    def client(self, service: str) -> Any:
        """Give a client of the simulated AWS."""
        return self.aws.client(service)

    def key(self, world: str) -> str:
        """Make a key without tags and give its alias."""
        kms, alias = self.client("kms"), f"alias/{world.replace(' ', '-')}"
        made = kms.create_key()["KeyMetadata"]
        kms.create_alias(AliasName=alias, TargetKeyId=made["KeyId"])
        self.leftovers[world] = made["Arn"]
        return alias

    def role(self, world: str, principal: str = "states.amazonaws.com", **more: Any) -> str:
        """Make a role, without tags unless some are given, and give its ARN."""
        name = world.replace(" ", "-")
        policy = more.pop("policy", trust(Service=principal))
        made = self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy, **more)["Role"]
        self.leftovers[world] = made["Arn"]
        return str(made["Arn"])

    def queue(self, world: str) -> str:
        """Make a queue without tags and give its URL."""
        name = world.replace(" ", "-")
        url = self.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        self.leftovers[world] = f"arn:aws:sqs:{REGION}:{DEFAULT_ACCOUNT}:{name}"
        return str(url)

    def function(self, name: str, environment: Mapping[str, str], tags: Mapping[str, str]) -> str:
        """Make a function and give its ARN."""
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("main.py", "")
        role = self.role(f"role of {name}", "lambda.amazonaws.com", Tags=PAIRS)
        made = self.client("lambda").create_function(
            FunctionName=name, Runtime="python3.12", Role=role, Handler="main.main", Code={"ZipFile": code.getvalue()},
            Environment={"Variables": dict(environment)}, Tags=dict(tags),
        )  # fmt: skip
        return str(made["FunctionArn"])


def build(aws: FakeAWS) -> dict[str, str]:
    """Make every world in one account; give the ARN of the leftover of each."""
    make = Builder(aws)
    queue = {"KmsMasterKeyId": make.key("key of a queue")}
    make.client("sqs").create_queue(QueueName="owned-encrypted", Attributes=queue, tags=OWNED)
    topic = {"KmsMasterKeyId": make.key("key of a topic")}
    make.client("sns").create_topic(Name="owned-encrypted", Attributes=topic, Tags=PAIRS)
    alias = make.key("key of a secret")
    make.client("secretsmanager").create_secret(Name="owned", SecretString="x", KmsKeyId=alias, Tags=PAIRS)
    alias = make.key("key of a parameter")
    make.client("ssm").put_parameter(Name="/owned", Value="x", Type="SecureString", KeyId=alias, Tags=PAIRS)
    make.key("key of a log group")
    make.client("logs").create_log_group(
        logGroupName="owned", kmsKeyId=make.leftovers["key of a log group"], tags=OWNED
    )

    orders = make.function("orders-leftover", {}, {})
    make.leftovers["function of a state machine"] = orders
    steps = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": f"{orders}:live", "End": True}}}
    role = make.role("role of a state machine")
    make.client("stepfunctions").create_state_machine(
        name="owned", definition=json.dumps(steps), roleArn=role, tags=LOWER_PAIRS
    )

    bucket = "bucket-of-a-function"
    aws.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    make.leftovers["bucket of a function"] = f"arn:aws:s3:::{bucket}"
    secret = make.client("secretsmanager").create_secret(
        Name="secret-of-a-function", SecretString="x", Tags=[{"Key": "note", "Value": "no owner"}]
    )["ARN"]
    make.leftovers["secret of a function"] = secret
    environment = {
        "QUEUE": make.queue("queue of a function"),
        "TARGET": f"s3://{bucket}/reports/",
        "CREDENTIALS": secret.rpartition("-")[0],
    }
    make.function("owned", environment, OWNED)

    issuer = "oidc.example.com/id/1234"
    provider = make.client("iam").create_open_id_connect_provider(Url=f"https://{issuer}", ThumbprintList=["a" * 40])
    make.leftovers["identity provider of a role"] = provider["OpenIDConnectProviderArn"]
    make.role("owned role", policy=trust(Federated=provider["OpenIDConnectProviderArn"]), Tags=PAIRS)

    make.queue("queue of nobody")
    make.key("key of nobody")
    make.role("role of nobody")
    return make.leftovers


@dataclass(frozen=True)
class World:
    """The account as it was collected, and its leftovers by the world that each belongs to."""

    snapshot: Snapshot
    leftovers: Mapping[str, str]

    def kept(self, world: str, *others: CloudAccount, **changes: Any) -> str:
        """Say why a leftover stays under a policy that deletes what nobody tagged; empty where it goes.

        `others` are further accounts, which were never collected; `changes` are those of the snapshot.
        """
        snapshot = replace(self.snapshot, **changes)
        limits = {"deletionsPercent": 100}
        policy = a_policy(rules=EVERY_KIND_GOES, grace={"untagged": "0s"}, observations=1, limits=limits)
        accounts = {account.name: account for account in (an_account(), *others)}
        declared = Declarations(policies={policy.name: policy}, accounts=accounts)
        later = snapshot.taken + timedelta(days=30)
        decision = decide(declared, convene(declared, policy.name), [snapshot], lambda *_: {}, Budget(), later)
        (planned,) = (one for one in decision.plan.resources if one.resource.uid == self.leftovers[world])
        if planned.goes:
            return ""
        return planned.withheld.message if planned.withheld else f"it is {planned.judgement.verdict}"

    def denied(self, *kinds: str, region: str = REGION) -> tuple[CollectFailure, ...]:
        """Give the failures of kinds whose listing was denied."""
        return tuple(CollectFailure(kind, region, "AccessDenied", "denied") for kind in kinds)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Yield an account of which every enabled region was collected."""
    with FakeAWS() as aws:
        leftovers = build(aws)
        account = an_account(aws={"accountID": DEFAULT_ACCOUNT, "endpointURL": aws.endpoint})
        snapshot = AwsProvider(account, LOGIN, {"AWS_DEFAULT_REGION": REGION}).collect(datetime.now(UTC))

        assert () == snapshot.failures
        assert () == snapshot.unlisted_regions
        yield World(snapshot, leftovers)


USED = (
    "key of a queue",
    "key of a topic",
    "key of a secret",
    "key of a parameter",
    "key of a log group",
    "function of a state machine",
    "role of a state machine",
    "bucket of a function",
    "queue of a function",
    "secret of a function",
    "identity provider of a role",
)


@pytest.mark.parametrize("name", USED)
def test_s18_what_something_claimed_names_stays(world: World, name: str) -> None:
    """S18: an alias, a URL, an ARN with a qualifier or without its suffix are names as good as an id."""
    assert f"uses it and belongs to {OWNER}" in world.kept(name)


@pytest.mark.parametrize("name", ["queue of nobody", "key of nobody", "role of nobody"])
def test_s18_what_nobody_names_still_goes(world: World, name: str) -> None:
    """S18: in an account that was collected completely, a leftover is a leftover."""
    assert world.kept(name) == ""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("role of nobody", "aws_lambda_function"),
        ("role of nobody", "aws_ecs_service"),
        ("key of nobody", "aws_dynamodb_table"),
        ("queue of nobody", "aws_lambda_event_source_mapping"),
    ],
)
def test_s3_what_a_denied_kind_may_use_stays(world: World, name: str, kind: str) -> None:
    """S3: while those that could use it may not be listed, nobody knows that none does."""
    assert f"{kind} was not listed to its end" in world.kept(name, failures=world.denied(kind))


def test_s3_a_role_stays_while_a_region_is_left_out(world: World) -> None:
    """S3: a role is used from every region; a queue of a region that was collected is not."""
    left_out = ("us-west-2",)

    assert "leaves out us-west-2" in world.kept("role of nobody", unlisted_regions=left_out)
    assert world.kept("queue of nobody", unlisted_regions=left_out) == ""


def test_s3_a_role_stays_while_a_cluster_was_never_collected(world: World) -> None:
    """S3: its service accounts may assume the role, its Pods may work with the queue."""
    cluster = an_account("cluster", provider=Provider.KUBERNETES)

    assert "no snapshot of cluster cluster" in world.kept("role of nobody", cluster)
    assert "no snapshot of cluster cluster" in world.kept("queue of nobody", cluster)


def test_s18_regions_that_are_left_out_are_told(fake_aws: FakeAWS) -> None:
    """S18: a snapshot names the enabled regions that its account leaves out, and says where it does not know them."""
    spec = {"accountID": DEFAULT_ACCOUNT, "endpointURL": fake_aws.endpoint, "regions": [REGION]}
    provider = AwsProvider(an_account(aws=spec), LOGIN)

    known = provider.collect(datetime.now(UTC))
    fake_aws.fail("ec2", "DescribeRegions")
    unknown = provider.collect(datetime.now(UTC))
    fake_aws.heal()

    assert [("us-east-1",), ("*",)] == [known.unlisted_regions, unknown.unlisted_regions]
