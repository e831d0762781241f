"""Tags that one call tells pair by pair, items that others share, and listings that botocore cannot page."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import botocore.session
import pytest

from tagwarden.model.tags import Tags, TagState
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.clients import Clients, pagination_of
from tagwarden.providers.aws.gathering import Gatherer
from tagwarden.providers.aws.normalising import Place
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.workers import Workers

PLACE = Place("dev", "123456789012", "aws", "eu-central-1")
VERSIONS: dict[str, Any] = {"LaunchTemplateVersions": []}
TEMPLATES = [{"LaunchTemplateId": f"lt-{number}", "LaunchTemplateName": f"name-{number}"} for number in range(25)]


class Answers(Calls):
    """Gives what was prepared for each operation, and notes what was asked for."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def call(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append((operation, params))
        return dict(self.answers[operation])

    def pages(
        self, service: str, region: str, operation: str, params: Mapping[str, Any], page_size: int | None = None
    ) -> Iterator[dict[str, Any]]:
        yield self.call(service, region, operation, params)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers()
    yield pool
    pool.close()


def gathered(kind: str, calls: Calls, workers: Workers) -> dict[str, Any]:
    found = Gatherer(KINDS[kind], PLACE, calls, workers, Shared()).gather((), lambda _: True)
    return {resource.id: resource for resource in found.resources}


def test_tags_that_come_pair_by_pair_are_put_together(workers: Workers) -> None:
    """Twenty templates are asked for at once, and one without any pair has no tags."""
    pairs = [
        {"ResourceId": "lt-0", "Key": "owner", "Value": "ann"},
        {"ResourceId": "lt-0", "Key": "expiration", "Value": "2d"},
        {"ResourceId": "lt-24", "Key": "owner", "Value": "bob"},
    ]
    calls = Answers(
        DescribeLaunchTemplates={"LaunchTemplates": TEMPLATES},
        DescribeLaunchTemplateVersions=VERSIONS,
        DescribeTags={"Tags": pairs},
    )

    found = gathered("aws_ec2_launch_template", calls, workers)

    assert Tags.known({"owner": "ann", "expiration": "2d"}) == found["lt-0"].tags
    assert Tags.known({}) == found["lt-1"].tags
    assert Tags.known({"owner": "bob"}) == found["lt-24"].tags
    asked = [params["Filters"][0]["Values"] for operation, params in calls.asked if operation == "DescribeTags"]
    assert [20, 5] == sorted(map(len, asked), reverse=True)


class Paged(Calls):
    """Gives the pages that were prepared for each operation, one for each call."""

    def __init__(self, **pages: list[dict[str, Any]]) -> None:
        self.clients = cast("Clients", self)
        self._left = {operation: list(prepared) for operation, prepared in pages.items()}

    def pagination(self, service: str, operation: str) -> Mapping[str, Any] | None:
        return pagination_of(botocore.session.Session(), service, operation)

    def takes_text(self, *_: str) -> bool:
        return False

    def call(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        del service, region, params
        return self._left[operation].pop(0)


def test_tags_on_a_later_page_are_not_missing(workers: Workers) -> None:
    """The owner stands on the second page: without it a table with ten other tags would look unclaimed (S1)."""
    calls = Paged(
        ListTables=[{"TableNames": ["orders"]}],
        DescribeTable=[{"Table": {"TableName": "orders", "TableArn": "arn:orders"}}],
        ListTagsOfResource=[
            {"Tags": [{"Key": "name", "Value": "orders"}], "NextToken": "2"},
            {"Tags": [{"Key": "owner", "Value": "ann"}]},
        ],
    )

    found = gathered("aws_dynamodb_table", calls, workers)

    assert Tags.known({"name": "orders", "owner": "ann"}) == found["orders"].tags


def test_pairs_on_a_later_page_are_not_missing(workers: Workers) -> None:
    """AWS may end a page before it is full, and a template whose pairs come later is not untagged (S1)."""
    pairs = [{"ResourceId": f"lt-{number}", "Key": "owner", "Value": "ann"} for number in range(2)]
    calls = Paged(
        DescribeLaunchTemplates=[{"LaunchTemplates": TEMPLATES[:2]}],
        DescribeLaunchTemplateVersions=[VERSIONS, VERSIONS],
        DescribeTags=[{"Tags": pairs[:1], "NextToken": "2"}, {"Tags": pairs[1:]}],
    )

    found = gathered("aws_ec2_launch_template", calls, workers)

    assert [Tags.known({"owner": "ann"})] * 2 == [one.tags for one in found.values()]


def test_tags_of_which_more_cannot_be_asked_for_are_unreadable(workers: Workers) -> None:
    """Half of the tags is not all of them, and what a stream states may be in the other half (S1)."""
    stream = {"DeliveryStreamName": "clicks", "DeliveryStreamStatus": "ACTIVE"}
    calls = Paged(
        ListDeliveryStreams=[{"DeliveryStreamNames": ["clicks"]}],
        DescribeDeliveryStream=[{"DeliveryStreamDescription": stream}],
        ListTagsForDeliveryStream=[{"Tags": [{"Key": "name", "Value": "clicks"}], "HasMoreTags": True}],
    )

    found = gathered("aws_firehose_stream", calls, workers)

    assert TagState.UNREADABLE is found["clicks"].tags.state


def test_an_empty_page_is_no_sign_that_something_is_gone(workers: Workers) -> None:
    """Systems Manager may answer with nothing and a token: calling that gone would be a lie in the journal (S11)."""
    calls = Paged(
        DescribeParameters=[{"Parameters": [], "NextToken": "2"}, {"Parameters": [{"Name": "url", "ARN": "arn:url"}]}],
        ListTagsForResource=[{"TagList": []}],
    )

    found = Gatherer(KINDS["aws_ssm_parameter"], PLACE, calls, workers, Shared()).read({"id": "url", "region": ""})

    assert found is not None
    assert "arn:url" == found.uid


@pytest.mark.parametrize(("owner", "protected"), [("123456789012", False), ("999999999999", True)])
def test_what_another_account_shares_is_protected(workers: Workers, owner: str, protected: bool) -> None:
    """Its tags are not shown to us, so it would look as if nobody had claimed it (S7)."""
    subnet = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "OwnerId": owner}

    found = gathered("aws_ec2_subnet", Answers(DescribeSubnets={"Subnets": [subnet]}), workers)

    assert protected == ("999999999999" in found["subnet-1"].protection)


@pytest.mark.parametrize(
    ("service", "operation", "token"),
    [
        ("ec2", "DescribeInstances", "NextToken"),
        ("events", "ListEventBuses", "NextToken"),
        ("wafv2", "ListWebACLs", "NextMarker"),
        ("ec2", "DescribeVpnGateways", None),
    ],
)
def test_listings_are_paged_by_their_own_members_where_botocore_knows_no_way(
    service: str, operation: str, token: str | None
) -> None:
    """Only the first page of a list would be an incomplete snapshot that looks complete (S3)."""
    paging = pagination_of(botocore.session.Session(), service, operation)

    assert token == (paging and paging["input_token"])
