"""S3, over HTTP: an answer that says there is more, and does not say how to ask for it, is no complete list."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from tagwarden.errors import ServerFault
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import Extent, Snapshot
from tagwarden.pipeline.compiling import compile_policies
from tagwarden.pipeline.deciding import decide
from tagwarden.pipeline.declarations import Declarations
from tagwarden.planning import Budget
from tagwarden.providers.aws import AwsProvider, catalogue
from tests.integration.aws_account import bucket
from tests.integration.aws_faults import Answer, Asked, Door, door_to
from tests.support.builders import EVERY_KIND_GOES, NOW, a_policy, a_resource, a_snapshot, an_account
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
EMPTY = """<{name}Response><{name}Result><{items}/><IsTruncated>true</IsTruncated></{name}Result></{name}Response>"""


@dataclass(frozen=True)
class Cut:
    """How a service ends a list early: the request as the door sees it, and the answer.

    `unused` is a kind of which nothing goes while the list is not known to its end.
    """

    kind: str
    operation: str
    answer: Answer
    unused: str


def of_xml(text: str) -> Answer:
    return Answer(200, text)


def of_json(**members: object) -> Answer:
    return Answer(200, json.dumps(members), "application/x-amz-json-1.1")


CUTS = (
    Cut(
        "aws_iam_role",
        "GetAccountAuthorizationDetails",
        of_xml(EMPTY.format(name="GetAccountAuthorizationDetails", items="RoleDetailList")),
        "aws_iam_oidc_provider",
    ),
    Cut(
        "aws_iam_instance_profile",
        "ListInstanceProfiles",
        of_xml(EMPTY.format(name="ListInstanceProfiles", items="InstanceProfiles")),
        "aws_iam_role",
    ),
    Cut(
        "aws_route53_zone",
        "GET /2013-04-01/hostedzone",
        of_xml(
            "<ListHostedZonesResponse><HostedZones/><IsTruncated>true</IsTruncated><MaxItems>100</MaxItems>"
            "</ListHostedZonesResponse>"
        ),
        "aws_servicediscovery_namespace",
    ),
    Cut("aws_kms_key", "ListKeys", of_json(Keys=[], Truncated=True), "aws_kms_key"),
    Cut("aws_kinesis_stream", "ListStreams", of_json(StreamNames=[], HasMoreStreams=True), "aws_kms_key"),
    Cut(
        "aws_firehose_stream",
        "ListDeliveryStreams",
        of_json(DeliveryStreamNames=[], HasMoreDeliveryStreams=True),
        "aws_s3_bucket",
    ),
)


@pytest.fixture
def door(fake_aws: FakeAWS) -> Iterator[Door]:
    with door_to(fake_aws.endpoint) as opened:
        yield opened


def provider_behind(door: Door) -> AwsProvider:
    spec = {"accountID": DEFAULT_ACCOUNT, "endpointURL": door.endpoint, "regions": ["eu-central-1"]}
    return AwsProvider(an_account(aws=spec), LOGIN)


def answer_with(door: Door, cut: Cut) -> None:
    def rule(asked: Asked) -> Answer | None:
        return cut.answer if asked.operation.partition("?")[0] == cut.operation else None

    door.rules.append(rule)


def kept(leftover: Resource, seen: Snapshot) -> tuple[Reason, str] | None:
    """Say why a leftover stays in an account where all but the failures of `seen` was listed; None where it goes."""
    limits = {"deletionsPercent": 100}
    policy = a_policy(rules=EVERY_KIND_GOES, grace={"untagged": "0s"}, observations=1, limits=limits)
    declared = Declarations({policy.name: policy}, {leftover.account: an_account()})
    whole = a_snapshot(leftover, kinds=[row.kind for row in catalogue()], failures=seen.failures)
    decision = decide(declared, compile_policies(declared, policy.name), [whole], lambda *_: {}, Budget(), NOW)
    (planned,) = decision.plan.resources
    return None if planned.withheld is None else (planned.withheld.reason, planned.withheld.message)


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.kind)
def test_s3_a_list_that_is_cut_short_is_not_listed_to_its_end(door: Door, cut: Cut) -> None:
    """S3: there is more, and no token to ask for it: nothing goes for which no user was found in such a list."""
    answer_with(door, cut)

    seen = provider_behind(door).collect(datetime.now(UTC), extent=Extent(frozenset({cut.kind})))

    assert [(cut.kind, Reason.ServerFault)] == [(failure.kind, failure.reason) for failure in seen.failures]
    reason = kept(a_resource(kind=cut.unused, category="", id="leftover", name="leftover"), seen)
    assert reason is not None
    assert Reason.SnapshotIncomplete is reason[0]
    assert cut.kind in reason[1]


def test_s23_a_bucket_is_not_emptied_by_half_of_its_list(fake_aws: FakeAWS, door: Door) -> None:
    """S3, S23: S3 says that a bucket holds more than it lists, and the deletion ends there."""
    name = bucket(fake_aws, "half-listed", {})
    fake_aws.client("s3").put_object(Bucket=name, Key="report", Body=b"x")
    provider = provider_behind(door)
    (found,) = provider.collect(datetime.now(UTC), extent=Extent(frozenset({"aws_s3_bucket"}))).resources
    listing = f"<ListVersionsResult><Name>{name}</Name><IsTruncated>true</IsTruncated></ListVersionsResult>"
    door.rules.append(lambda asked: of_xml(listing) if "versions" in asked.operation else None)

    with pytest.raises(ServerFault, match="incomplete"):
        provider.delete(found)

    assert ["report"] == [one["Key"] for one in fake_aws.client("s3").list_objects_v2(Bucket=name)["Contents"]]
