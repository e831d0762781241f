"""The Resource Groups Tagging API saves calls, and is never believed where it is silent."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tagwarden.errors import AccessDenied, ProviderError
from tagwarden.model.resource import Resource
from tagwarden.model.tags import Tags
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.gathering import Gatherer
from tagwarden.providers.aws.normalising import Place, known_of
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.aws.tag_index import WORTH_ASKING, type_of
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.workers import Workers

PLACE = Place("dev", "123456789012", "aws", "eu-central-1")
OWNED, ANSWERED = {"owner": "ann"}, {"owner": "bob"}


class Topics(Calls):
    """An account with topics, of which the index tells the tags of those in `indexed`."""

    def __init__(
        self, count: int, indexed: Mapping[int, Mapping[str, str]], failure: ProviderError | None = None
    ) -> None:
        self.arns = [f"arn:aws:sns:eu-central-1:123456789012:topic-{number}" for number in range(count)]
        self.indexed = {self.arns[number]: tags for number, tags in indexed.items()}
        self.failure = failure
        self.asked: list[str] = []

    def call(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(operation)
        return {"Tags": [{"Key": key, "Value": value} for key, value in ANSWERED.items()]}

    def pages(
        self, service: str, region: str, operation: str, params: Mapping[str, Any], page_size: int | None = None
    ) -> Iterator[dict[str, Any]]:
        if operation == "ListTagsForResource":
            yield self.call(service, region, operation, params)
            return
        self.asked.append(operation)
        if operation == "ListTopics":
            yield {"Topics": [{"TopicArn": arn} for arn in self.arns]}
            return
        if self.failure is not None:
            raise self.failure
        told = [
            {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
            for arn, tags in self.indexed.items()
        ]
        yield {"ResourceTagMappingList": told}


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers()
    yield pool
    pool.close()


def gatherer(calls: Calls, workers: Workers) -> Gatherer:
    return Gatherer(KINDS["aws_sns_topic"], PLACE, calls, workers, Shared())


def gathered(calls: Calls, workers: Workers) -> list[Resource]:
    return gatherer(calls, workers).gather((), lambda _: True).resources


def test_what_the_index_tells_is_not_asked_for_again(workers: Workers) -> None:
    """Three requests for the tags of ten topics: the list, the index, and the one that it left out."""
    calls = Topics(10, dict.fromkeys(range(9), OWNED))

    found = gathered(calls, workers)

    assert [Tags.known(OWNED)] * 9 + [Tags.known(ANSWERED)] == [one.tags for one in found]
    about_tags = [asked for asked in calls.asked if asked != "GetTopicAttributes"]
    assert ["ListTopics", "GetResources", "ListTagsForResource"] == about_tags


def test_no_tags_in_the_index_are_no_answer(workers: Workers) -> None:
    """What it lists without a tag may have been tagged since (S1)."""
    calls = Topics(WORTH_ASKING, {0: {}})

    found = gathered(calls, workers)

    assert [Tags.known(ANSWERED)] * WORTH_ASKING == [one.tags for one in found]


def test_who_may_not_ask_the_index_asks_for_each(workers: Workers) -> None:
    """It is no source that a snapshot could lack (S3)."""
    calls = Topics(WORTH_ASKING, {0: OWNED}, AccessDenied("no", code="AccessDeniedException"))

    found = gathered(calls, workers)

    assert [Tags.known(ANSWERED)] * WORTH_ASKING == [one.tags for one in found]


def test_for_a_few_the_index_is_not_asked(workers: Workers) -> None:
    """It would be one request more than it could save."""
    calls = Topics(WORTH_ASKING - 1, {0: OWNED})

    gathered(calls, workers)

    assert "GetResources" not in calls.asked


def test_before_anything_is_done_the_service_itself_is_asked(workers: Workers) -> None:
    """The index may be behind: reading one again never takes its word (S5)."""
    calls = Topics(WORTH_ASKING, dict.fromkeys(range(WORTH_ASKING), OWNED))
    first = gathered(calls, workers)[0]

    again = gatherer(calls, workers).read(known_of(first, "123456789012", "aws"))

    assert again is not None
    assert (Tags.known(OWNED), Tags.known(ANSWERED)) == (first.tags, again.tags)


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arn:aws:lambda:eu-central-1:1:function:web", "lambda:function"),
        ("arn:aws:dynamodb:eu-central-1:1:table/orders", "dynamodb:table"),
        ("arn:aws:logs:eu-central-1:1:log-group:/aws/lambda/web", "logs:log-group"),
        ("arn:aws:sqs:eu-central-1:1:orders", "sqs"),
        ("arn:aws:s3:::bucket", "s3"),
        ("bucket", ""),
    ],
)
def test_an_arn_tells_its_type(arn: str, expected: str) -> None:
    """As the index filters by it."""
    assert expected == type_of(arn)
