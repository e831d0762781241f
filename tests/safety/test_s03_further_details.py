"""S3: a detail that was not read leaves its resource in place and its kind incomplete."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tagwarden.errors import AccessDenied, NotFound, ProviderError
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.gathering import Gatherer
from tagwarden.providers.aws.normalising import Place
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.workers import Workers
from tests.support.builders import a_resource

GROUP = {
    "AutoScalingGroupName": "web",
    "AutoScalingGroupARN": "arn:aws:autoscaling:x",
    "LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "3"},
    "Tags": [],
}
GONE = NotFound("no such version", operation="ec2:DescribeLaunchTemplateVersions")
DENIED = AccessDenied("no", operation="ec2:DescribeLaunchTemplateVersions")


class Answers(Calls):
    """Lists one group, and answers what its template starts with an error."""

    def __init__(self, error: ProviderError) -> None:
        self._error = error

    def call(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "DescribeAutoScalingGroups":
            return {"AutoScalingGroups": [GROUP]}
        raise self._error

    def pages(
        self, service: str, region: str, operation: str, params: Mapping[str, Any], page_size: int | None = None
    ) -> Iterator[dict[str, Any]]:
        yield self.call(service, region, operation, params)


@pytest.fixture
def workers() -> Iterator[Workers]:
    pool = Workers()
    yield pool
    pool.close()


def gatherer(error: ProviderError, workers: Workers) -> Gatherer:
    place = Place("dev", "123456789012", "aws", "eu-central-1")
    return Gatherer(KINDS["aws_autoscaling_group"], place, Answers(error), workers, Shared())


def test_s3_a_denied_detail_makes_the_kind_incomplete(workers: Workers) -> None:
    """S3: the group stays, and says that what it uses could not be read."""
    gathered = gatherer(DENIED, workers).gather((), lambda _: True)

    assert ["web"] == [one.id for one in gathered.resources]
    assert len(gathered.troubles) == 1


def test_s3_a_detail_of_something_gone_says_nothing_of_the_resource(workers: Workers) -> None:
    """S3: a group whose template version was deleted is there, is read again, and uses no image."""
    asking = gatherer(GONE, workers)

    gathered = asking.gather((), lambda _: True)

    assert ["web"] == [one.id for one in gathered.resources]
    assert {} == gathered.troubles
    assert asking.read({"id": "web", "region": "eu-central-1"}) is not None


def test_s5_a_denied_detail_is_raised_when_a_resource_is_read_again(workers: Workers) -> None:
    """S5: before a deletion, what could not be read is no answer."""
    with pytest.raises(AccessDenied):
        gatherer(DENIED, workers).read({"id": "web", "region": "eu-central-1"})


class Rules(Calls):
    """Lists rules anew each time, and finds none of them when it is asked for what they start."""

    def __init__(self, *listings: list[str]) -> None:
        self._listings = list(listings)

    def call(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "ListTargetsByRule":
            raise NotFound("Rule orders does not exist.", code="ResourceNotFoundException")
        if operation == "ListTagsForResource":
            return {"Tags": []}
        arn = "arn:aws:events:eu-central-1:123456789012:rule/shop"
        return {"Rules": [{"Name": name, "Arn": f"{arn}/{name}"} for name in self._listings.pop(0)]}

    def pages(
        self, service: str, region: str, operation: str, params: Mapping[str, Any], page_size: int | None = None
    ) -> Iterator[dict[str, Any]]:
        yield self.call(service, region, operation, params)


@pytest.mark.parametrize(("listings", "left"), [((["orders"], []), []), ((["orders"], ["orders"]), ["shop/orders"])])
def test_s3_what_goes_while_it_is_listed_is_gone_once_a_second_listing_lacks_it(
    workers: Workers, listings: tuple[list[str], ...], left: list[str]
) -> None:
    """S3: another deletion of the same pass may have taken it; as long as it is listed, its kind is incomplete."""
    place = Place("dev", "123456789012", "aws", "eu-central-1")
    bus = a_resource(kind="aws_events_bus", id="shop", name="shop")

    gathered = Gatherer(KINDS["aws_events_rule"], place, Rules(*listings), workers, Shared()).gather(
        (bus,), lambda _: True
    )

    assert left == [one.id for one in gathered.resources]
    assert left == list(gathered.troubles)
