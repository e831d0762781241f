"""S18 on AWS: what something claimed uses stays, wherever and by whatever name the use is written."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tagwarden.model.account import CloudAccount
from tagwarden.model.resource import ProviderName
from tagwarden.model.snapshot import CollectFailure, Snapshot
from tagwarden.pipeline.compiling import compile_policies
from tagwarden.pipeline.deciding import decide
from tagwarden.pipeline.declarations import Declarations
from tagwarden.planning import Budget
from tagwarden.providers.aws import AwsProvider
from tagwarden.providers.kubernetes import catalogue
from tagwarden.providers.kubernetes.assembling import assemble
from tagwarden.providers.kubernetes.reading import Seen
from tests.support.builders import EVERY_KIND_GOES, a_policy, a_snapshot, an_account
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS
from tests.support.used_leftovers import OWNED, OWNER, REGION, used_leftovers
from tests.unit.providers.kubernetes.objects import VOLUMES, seen_of

LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
CLUSTER = an_account("cluster", provider=ProviderName.KUBERNETES)


@dataclass(frozen=True)
class World:
    """The account as it was collected, and its leftovers by the world that each belongs to."""

    snapshot: Snapshot
    leftovers: Mapping[str, str]

    def kept(self, world: str, *others: CloudAccount, beside: Collection[Snapshot] = (), **changes: Any) -> str:
        """Say why a leftover stays under a policy that deletes what nobody tagged; empty where it goes.

        `others` are further accounts, collected only where a snapshot stands `beside`; `changes` are those of the
        snapshot.
        """
        snapshot = replace(self.snapshot, **changes)
        accounts = {account.name: account for account in (an_account(), *others)}
        scope = {"accounts": {"names": [*accounts]}}
        policy = a_policy(
            scope=scope,
            rules=EVERY_KIND_GOES,
            grace={"untagged": "0s"},
            observations=1,
            limits={"deletionsPercent": 100},
        )
        declared = Declarations(policies={policy.name: policy}, accounts=accounts)
        later = snapshot.taken + timedelta(days=30)
        decision = decide(
            declared, compile_policies(declared, policy.name), [snapshot, *beside], lambda *_: {}, Budget(), later
        )
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
        leftovers = used_leftovers(aws)
        account = an_account(aws={"accountID": DEFAULT_ACCOUNT, "endpointURL": aws.endpoint})
        snapshot = AwsProvider(account, LOGIN, {"AWS_DEFAULT_REGION": REGION}).collect(datetime.now(UTC))

        assert () == snapshot.failures
        assert () == snapshot.unlisted_regions
        yield World(snapshot, leftovers)


USERS = {
    "key of a queue": "aws_sqs_queue owned-encrypted",
    "key of a topic": "aws_sns_topic owned-encrypted",
    "key of a secret": "aws_secretsmanager_secret owned",
    "key of a parameter": "aws_ssm_parameter /owned",
    "key of a log group": "aws_logs_log_group owned",
    "key of a table": "aws_dynamodb_table owned",
    "function of a state machine": "aws_sfn_state_machine owned",
    "role of a state machine": "aws_sfn_state_machine owned",
    "bucket of a function": "aws_lambda_function owned",
    "queue of a function": "aws_lambda_function owned",
    "secret of a function": "aws_lambda_function owned",
    "repository of a function": "aws_lambda_function owned-container",
    "identity provider of a role": "aws_iam_role owned-role",
    "cluster of a service": "aws_ecs_service owned",
    "task definition of a service": "aws_ecs_service owned",
    "task role of a service": "aws_ecs_task_definition shop:1",
    "execution role of a service": "aws_ecs_task_definition shop:1",
    "repository of a service": "aws_ecs_task_definition shop:1",
    "function of a rule": "aws_events_rule owned",
    "function of a REST API": "aws_apigateway_rest_api owned",
    "authorizer of a REST API": "aws_apigateway_rest_api owned",
    "role of a REST API": "aws_apigateway_rest_api owned",
    "queue of a REST API": "aws_apigateway_rest_api owned",
    "bucket of a REST API": "aws_apigateway_rest_api owned",
    "function of an HTTP API": "aws_apigatewayv2_api owned",
    "authorizer of an HTTP API": "aws_apigatewayv2_api owned",
    "queue that feeds a function": "aws_lambda_event_source_mapping",
}
"""By world, the user that the reason names."""


@pytest.mark.parametrize(("name", "user"), USERS.items())
def test_s18_what_something_claimed_names_stays(world: World, name: str, user: str) -> None:
    """S18: an alias, a URL, an image, an ARN with a qualifier or within another one are names as good as an id."""
    kept = world.kept(name)

    assert kept.startswith((f"used by {user}", f"required by {user}"))
    assert f"belongs to {OWNER}" in kept


def test_s18_the_function_behind_a_topic_stays(world: World) -> None:
    """S18: a subscription uses the function, and goes only with its topic, which alice owns."""
    assert world.kept("function of a topic").startswith("used by aws_sns_subscription")


LEFTOVERS = ("queue of nobody", "key of nobody", "role of nobody", "repository of nobody", "function of nobody")


@pytest.mark.parametrize("name", LEFTOVERS)
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
        ("queue of nobody", "aws_apigateway_rest_api"),
        ("repository of nobody", "aws_ecs_task_definition"),
        ("function of nobody", "aws_apigateway_rest_api"),
        ("function of nobody", "aws_apigatewayv2_api"),
        ("function of nobody", "aws_events_rule"),
        ("function of nobody", "aws_sns_subscription"),
    ],
)
def test_s3_what_a_denied_kind_may_use_stays(world: World, name: str, kind: str) -> None:
    """S3: while those that could use it may not be listed, nobody knows that none does."""
    assert f"the list of {kind} in" in world.kept(name, failures=world.denied(kind))


def test_s3_a_role_stays_while_a_region_is_left_out(world: World) -> None:
    """S3: a role is used from every region; a queue of a region that was collected is not."""
    left_out = ("us-west-2",)

    assert "excludes us-west-2" in world.kept("role of nobody", unlisted_regions=left_out)
    assert world.kept("queue of nobody", unlisted_regions=left_out) == ""


def test_s3_a_role_stays_while_a_cluster_was_never_collected(world: World) -> None:
    """S3: its service accounts may assume the role, its Pods may work with the queue."""
    assert "no snapshot of cluster cluster" in world.kept("role of nobody", CLUSTER)
    assert "no snapshot of cluster cluster" in world.kept("queue of nobody", CLUSTER)


CLAIMED_VOLUME = {"metadata": {"labels": {"owner": "alice"}, "annotations": {"expiration": OWNED["expiration"]}}}


def cluster_with(*seen: Seen, **changes: Any) -> Snapshot:
    """Give a look at a cluster with these objects."""
    resources, edges = assemble(CLUSTER.name, seen)
    kinds = [row.kind for row in catalogue()]
    inside = a_snapshot(*resources, edges=edges, kinds=kinds, account=CLUSTER.name, provider=ProviderName.KUBERNETES)
    return replace(inside, **changes)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("volume of a driver", {"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "{id}"}}),
        ("volume of the tree", {"awsElasticBlockStore": {"volumeID": f"aws://{REGION}a/{{id}}"}}),
    ],
)
def test_s18_the_volume_of_a_claimed_persistent_volume_stays(
    world: World, name: str, source: Mapping[str, Mapping[str, str]]
) -> None:
    """S18: somebody made the disk by hand and named it in a static volume, which nothing on the disk tells."""
    disk = world.leftovers[name].rpartition("/")[2]
    spec = {part: {key: text.format(id=disk) for key, text in fields.items()} for part, fields in source.items()}
    claimed = cluster_with(seen_of(VOLUMES, "data", spec=spec, status={"phase": "Available"}, **CLAIMED_VOLUME))

    kept = world.kept(name, CLUSTER, beside=[claimed])

    assert kept.startswith("required by k8s_persistentvolume data")
    assert "belongs to alice" in kept
    assert world.kept(name, CLUSTER, beside=[cluster_with()]) == ""


def test_s3_a_volume_stays_while_persistent_volumes_may_not_be_listed(world: World) -> None:
    """S3: the cluster may hold the disk in a volume that nobody sees."""
    denied = CollectFailure("k8s_persistentvolume", "", "AccessDenied", "denied")

    kept = world.kept("volume of a driver", CLUSTER, beside=[cluster_with(failures=(denied,))])

    assert "the list of k8s_persistentvolume" in kept


def test_s18_regions_that_are_left_out_are_told(fake_aws: FakeAWS) -> None:
    """S18: a snapshot names the enabled regions that its account leaves out, and says where it does not know them."""
    spec = {"accountID": DEFAULT_ACCOUNT, "endpointURL": fake_aws.endpoint, "regions": [REGION]}
    provider = AwsProvider(an_account(aws=spec), LOGIN)

    known = provider.collect(datetime.now(UTC))
    fake_aws.fail("ec2", "DescribeRegions")
    unknown = provider.collect(datetime.now(UTC))
    fake_aws.heal()

    assert [("us-east-1",), ("*",)] == [known.unlisted_regions, unknown.unlisted_regions]
