"""What AWS refuses, leaves out or never answers is named, and nothing else suffers."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tagwarden.errors import CredentialsInvalid, ServerFault, Unreachable, WrongAccount
from tagwarden.model.account import AwsAccount, CloudAccount, CloudAccountSpec
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.snapshot import CollectFailure, Snapshot
from tagwarden.model.tags import TagState
from tagwarden.providers.aws import AwsProvider
from tests.integration.aws_account import MAKERS, bucket, instance, topic, volume
from tests.integration.aws_faults import PROXY_PAGE, Answer, Door, door_to, refused
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
TAGS = {"owner": "ann"}


@pytest.fixture
def door(fake_aws: FakeAWS) -> Iterator[Door]:
    with door_to(fake_aws.endpoint) as opened:
        yield opened


def provider_for(endpoint: str, account_id: str = DEFAULT_ACCOUNT, **more: object) -> AwsProvider:
    aws = AwsAccount.model_validate(
        {"account_id": account_id, "regions": ("eu-central-1",), "endpoint_url": endpoint} | more
    )
    return AwsProvider(CloudAccount(name="dev", spec=CloudAccountSpec(provider=ProviderName.AWS, aws=aws)), LOGIN)


def tags_of(snapshot: Snapshot, id_: str) -> TagState:
    return next(resource.tags.state for resource in snapshot.resources if resource.id == id_)


def test_credentials_of_another_account_collect_nothing(fake_aws: FakeAWS, door: Door) -> None:
    """The identity behind the credentials must be the declared account (S10)."""
    provider = provider_for(door.endpoint, account_id="999999999999")

    with pytest.raises(WrongAccount, match="belong to AWS account 123456789012, but CloudAccount dev declares 9999"):
        provider.collect(NOW)

    assert ["GetCallerIdentity"] == door.operations()


def test_credentials_of_another_account_change_nothing(fake_aws: FakeAWS, door: Door) -> None:
    """A provider that never identified itself does so before its first write (S10)."""
    made = volume(fake_aws, "one", TAGS)
    found = provider_for(door.endpoint).collect(NOW)
    resource = next(one for one in found.resources if one.id == made)
    door.asked.clear()

    with pytest.raises(WrongAccount):
        provider_for(door.endpoint, account_id="999999999999").delete(resource)

    assert ["GetCallerIdentity"] == door.operations()


def test_without_credentials_it_says_what_to_set(fake_aws: FakeAWS) -> None:
    """A Secret without keys is no login."""
    spec = AwsAccount(account_id=DEFAULT_ACCOUNT, regions=("eu-central-1",), endpoint_url=fake_aws.endpoint)
    account = CloudAccount(name="dev", spec=CloudAccountSpec(provider=ProviderName.AWS, aws=spec))

    with pytest.raises(CredentialsInvalid, match=r"set AWS_PROFILE; in a cluster, .*set spec\.aws\.credentialsSecret"):
        AwsProvider(account, {}).identify()


def test_an_endpoint_that_is_down_is_told_in_one_line() -> None:
    """Nothing listens there."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        provider = provider_for(f"http://127.0.0.1:{unused.getsockname()[1]}")

        with pytest.raises(Unreachable) as raised:
            provider.collect(NOW)

    assert "check spec.aws.endpointURL" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_kind_that_is_refused_makes_only_itself_incomplete(fake_aws: FakeAWS, door: Door) -> None:
    """The failure names the kind and the region (S3, S12)."""
    made = topic(fake_aws, "one", TAGS)
    door.on("DescribeVolumes", refused("UnauthorizedOperation"))

    snapshot = provider_for(door.endpoint).collect(NOW)

    assert [("aws_ec2_volume", "eu-central-1", Reason.AccessDenied)] == [
        (failure.kind, failure.region, failure.reason) for failure in snapshot.failures
    ]
    assert not snapshot.is_complete_for(["aws_ec2_volume"])
    assert snapshot.is_complete_for(["aws_sns_topic"])
    assert tags_of(snapshot, made) is TagState.KNOWN


def test_what_is_listed_for_each_of_a_refused_kind_is_incomplete_too(fake_aws: FakeAWS, door: Door) -> None:
    """Without the clusters nobody knows their services (S3)."""
    door.on("ListClusters", refused("AccessDeniedException"))

    snapshot = provider_for(door.endpoint).collect(NOW)

    assert {"aws_ecs_cluster", "aws_ecs_service"} <= snapshot.incomplete_kinds
    assert isinstance(snapshot.failures[0], CollectFailure)


@pytest.mark.parametrize(
    "answer", [refused(), PROXY_PAGE, refused("InternalError", 500)], ids=["denied", "page", "fault"]
)
def test_tags_of_a_bucket_that_cannot_be_read_are_not_missing(fake_aws: FakeAWS, door: Door, answer: Answer) -> None:
    """Other tools deleted such buckets (S1)."""
    dark, bright = bucket(fake_aws, "dark-bucket", TAGS), bucket(fake_aws, "bright-bucket", TAGS)
    door.on("GET /dark-bucket?tagging", answer)

    snapshot = provider_for(door.endpoint).collect(NOW)

    assert tags_of(snapshot, dark) is TagState.UNREADABLE
    assert tags_of(snapshot, bright) is TagState.KNOWN
    assert () == snapshot.failures


def test_a_balancer_that_the_bulk_answer_leaves_out_has_unreadable_tags(fake_aws: FakeAWS, door: Door) -> None:
    """An answer without it is unknown, not untagged (S1)."""
    made = MAKERS["aws_elbv2_load_balancer"](fake_aws, "web", TAGS)
    empty = "<DescribeTagsResponse><DescribeTagsResult><TagDescriptions/></DescribeTagsResult></DescribeTagsResponse>"
    door.on("DescribeTags", Answer(200, empty))

    snapshot = provider_for(door.endpoint).collect(NOW)

    assert tags_of(snapshot, made) is TagState.UNREADABLE


def test_s3_a_bucket_whose_tags_are_not_found_is_still_listed(fake_aws: FakeAWS, door: Door) -> None:
    """S3: lists and refusals are only eventually right: while a listing has it, it stays, with unreadable tags."""
    bucket(fake_aws, "gone-bucket", TAGS)
    door.on("GET /gone-bucket?tagging", refused("NoSuchBucket", 404))
    provider = provider_for(door.endpoint)

    snapshot = provider.collect(NOW)

    (found,) = (one for one in snapshot.resources if one.kind == "aws_s3_bucket")
    assert found.tags.state is TagState.UNREADABLE
    assert provider.read(found) is None


def test_pages_that_never_end_are_a_failure(fake_aws: FakeAWS, door: Door) -> None:
    """AWS has been seen to hand out one token for ever."""
    topic(fake_aws, "one", TAGS)
    looping = (
        "<ListTopicsResponse><ListTopicsResult><Topics/><NextToken>again</NextToken></ListTopicsResult>"
        "</ListTopicsResponse>"
    )
    door.on("ListTopics", Answer(200, looping))

    snapshot = provider_for(door.endpoint).collect(NOW)

    assert frozenset({"aws_sns_topic"}) == snapshot.incomplete_kinds
    assert 2 == door.operations().count("ListTopics")


def test_throttling_is_waited_out_and_counted(fake_aws: FakeAWS, door: Door) -> None:
    """A call that AWS asks to slow down is tried again."""
    made = instance(fake_aws, "one", TAGS)
    door.on("DescribeInstances", refused("RequestLimitExceeded", 503), times=1)
    provider = provider_for(door.endpoint)

    snapshot = provider.collect(NOW)

    assert tags_of(snapshot, made) is TagState.KNOWN
    assert [("DescribeInstances", "RequestLimitExceeded", 1)] == [
        (count.operation, count.code, count.count) for count in provider.requests if count.throttled
    ]
    # On a busy machine a connection may not come about in time: that is counted too, and nobody was asked.
    vain = sum(
        count.count for count in provider.requests if count.code in {"ConnectTimeoutError", "EndpointConnectionError"}
    )
    assert len(door.asked) == snapshot.api_calls - vain, provider.requests


def test_a_page_that_comes_once_is_asked_past(fake_aws: FakeAWS, door: Door) -> None:
    """A list is asked for once more, and no more than that; what writes is not."""
    made = volume(fake_aws, "one", TAGS)
    page = Answer(200, "<html><body>Sign in</body></html>", "text/html")
    door.on("DescribeVolumes", page, times=1)
    door.on("DescribeInternetGateways", page)
    door.on("DeleteVolume", page)
    provider = provider_for(door.endpoint)

    snapshot = provider.collect(NOW)

    assert TagState.KNOWN is tags_of(snapshot, made)
    assert [("aws_ec2_internet_gateway", "ServerFault")] == [(each.kind, each.reason) for each in snapshot.failures]
    assert 2 == door.operations().count("DescribeInternetGateways")
    assert "(not a response to DescribeInternetGateways" in snapshot.failures[0].message
    with pytest.raises(ServerFault):
        provider.delete(next(one for one in snapshot.resources if one.id == made))
    assert 1 == door.operations().count("DeleteVolume")


def test_an_answer_no_row_foresaw_stops_nothing_else(fake_aws: FakeAWS, door: Door) -> None:
    """One odd kind is named; the others are there (S12)."""
    made = topic(fake_aws, "one", TAGS)
    door.on("DescribeVolumes", Answer(200, "this is no XML"))

    snapshot = provider_for(door.endpoint).collect(NOW)

    assert frozenset({"aws_ec2_volume"}) == snapshot.incomplete_kinds
    assert tags_of(snapshot, made) is TagState.KNOWN


def test_regions_are_those_that_are_enabled(fake_aws: FakeAWS, door: Door) -> None:
    """An account that declares none is looked at wherever it is enabled."""
    names = "".join(f"<item><regionName>{name}</regionName></item>" for name in ("eu-west-1", "eu-north-1"))
    answer = f"<DescribeRegionsResponse><regionInfo>{names}</regionInfo></DescribeRegionsResponse>"
    door.on("DescribeRegions", Answer(200, answer))
    ec2 = fake_aws.client("ec2", "eu-north-1")
    made = ec2.create_volume(AvailabilityZone="eu-north-1a", Size=1)["VolumeId"]
    volume(fake_aws, "elsewhere", TAGS)

    snapshot = provider_for(door.endpoint, regions=()).collect(NOW)

    assert [(made, "eu-north-1")] == [
        (one.id, one.region) for one in snapshot.resources if one.kind == "aws_ec2_volume"
    ]
    assert {"eu-west-1", "eu-north-1", ""} == {one.region for one in snapshot.resources} | {""}


def test_a_role_is_assumed_under_our_name(fake_aws: FakeAWS, door: Door) -> None:
    """The role's account is the one that is looked at; the external id is handed over."""
    provider = provider_for(
        door.endpoint,
        account_id="111122223333",
        role_arn="arn:aws:iam::111122223333:role/tagwarden",
        external_id="between-us",
    )

    identity = provider.identify()

    assert "111122223333" == identity.account
    assert "arn:aws:sts::111122223333:assumed-role/tagwarden/tagwarden" == identity.caller
    assert "ExternalId=between-us" in next(one.text for one in door.asked if one.operation == "AssumeRole")
    assert ["AssumeRole", "GetCallerIdentity"] == door.operations()
