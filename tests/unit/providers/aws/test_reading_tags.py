"""Tags that one call tells pair by pair, items that others share, and listings that botocore cannot page."""

from collections.abc import Iterator, Mapping
from typing import Any

import botocore.session
import pytest

from tagwarden.model.tags import Tags
from tagwarden.providers.aws.calls import Calls, Workers
from tagwarden.providers.aws.clients import pagination_of
from tagwarden.providers.aws.gathering import Gatherer
from tagwarden.providers.aws.normalising import Place
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.aws.sharing import Shared

PLACE = Place("dev", "123456789012", "aws", "eu-central-1")
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
    calls = Answers(DescribeLaunchTemplates={"LaunchTemplates": TEMPLATES}, DescribeTags={"Tags": pairs})

    found = gathered("aws_ec2_launch_template", calls, workers)

    assert Tags.known({"owner": "ann", "expiration": "2d"}) == found["lt-0"].tags
    assert Tags.known({}) == found["lt-1"].tags
    assert Tags.known({"owner": "bob"}) == found["lt-24"].tags
    asked = [params["Filters"][0]["Values"] for operation, params in calls.asked if operation == "DescribeTags"]
    assert [20, 5] == sorted(map(len, asked), reverse=True)


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
