"""S1: an answer without the member for tags has not said that there are none."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tagwarden.errors import AccessDenied, ProviderError
from tagwarden.model.resource import Resource
from tagwarden.model.tags import Tags, TagState
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.gathering import Gatherer
from tagwarden.providers.aws.normalising import Place
from tagwarden.providers.aws.row import InlineTags
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.workers import Workers

PLACE = Place("dev", "123456789012", "aws", "eu-central-1")
NEVER_OMITTED = (
    "aws_appsync_api",
    "aws_autoscaling_group",
    "aws_cloudformation_stack",
    "aws_codebuild_project",
    "aws_emr_cluster",
    "aws_kafka_cluster",
    "aws_redshift_cluster",
    "aws_redshift_parameter_group",
    "aws_redshift_snapshot",
    "aws_redshift_subnet_group",
    "aws_secretsmanager_secret",
)
OMITTED_AT_TIMES = (
    "aws_efs_access_point",
    "aws_efs_file_system",
    "aws_rds_cluster",
    "aws_rds_cluster_snapshot",
    "aws_rds_instance",
    "aws_rds_snapshot",
)


class Answers(Calls):
    """Gives what was prepared for each operation."""

    def __init__(self, **answers: dict[str, Any] | ProviderError) -> None:
        self._answers = answers

    def call(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._answers.get(operation, {})
        if isinstance(answer, ProviderError):
            raise answer
        return answer

    def pages(
        self, service: str, region: str, operation: str, params: Mapping[str, Any], page_size: int | None = None
    ) -> Iterator[dict[str, Any]]:
        yield self.call(service, region, operation, params)


def only(kind: str, **answers: dict[str, Any] | ProviderError) -> Resource:
    workers = Workers()
    try:
        gathered = Gatherer(KINDS[kind], PLACE, Answers(**answers), workers, Shared()).gather((), lambda _: True)
    finally:
        workers.close()
    return gathered.resources[0]


@pytest.mark.parametrize("kind", NEVER_OMITTED)
def test_s1_a_service_that_never_omits_tags_has_not_told_them_when_it_does(kind: str) -> None:
    """S1: the tags of such an item are unreadable, never missing."""
    rule = KINDS[kind].tags

    assert isinstance(rule, InlineTags)
    assert rule.absent_is_unknown


@pytest.mark.parametrize("kind", OMITTED_AT_TIMES)
def test_s1_a_service_that_omits_known_tags_is_asked_again(kind: str) -> None:
    """S1: RDS and EFS were recorded without tags that they knew, so a second call decides."""
    rule = KINDS[kind].tags

    assert isinstance(rule, InlineTags)
    assert rule.ask is not None


def test_s1_a_group_without_its_tags_is_unreadable() -> None:
    """S1: an Auto Scaling group whose answer has no tags is not an untagged one."""
    group = {"AutoScalingGroupName": "web", "AutoScalingGroupARN": "arn:aws:autoscaling:x"}

    found = only("aws_autoscaling_group", DescribeAutoScalingGroups={"AutoScalingGroups": [group]})

    assert found.tags.state is TagState.UNREADABLE


DATABASE = {"DBInstanceIdentifier": "orders", "DBInstanceArn": "arn:aws:rds:eu-central-1:123456789012:db:orders"}


def test_s1_the_second_call_tells_whose_a_database_is() -> None:
    """S1: a database whose listing omits its tags has those that the call for it tells."""
    found = only(
        "aws_rds_instance",
        DescribeDBInstances={"DBInstances": [DATABASE]},
        ListTagsForResource={"TagList": [{"Key": "owner", "Value": "alice"}]},
    )

    assert Tags.known({"owner": "alice"}) == found.tags


def test_s1_a_denied_second_call_leaves_the_tags_unreadable() -> None:
    """S1: where nobody tells the tags, they are unreadable."""
    found = only(
        "aws_rds_instance",
        DescribeDBInstances={"DBInstances": [DATABASE]},
        ListTagsForResource=AccessDenied("no", operation="rds:ListTagsForResource"),
    )

    assert found.tags.state is TagState.UNREADABLE


def test_s1_a_listing_that_tells_tags_is_believed() -> None:
    """S1: an empty list of tags says that there are none, and costs no second call."""
    found = only(
        "aws_rds_instance",
        DescribeDBInstances={"DBInstances": [{**DATABASE, "TagList": []}]},
        ListTagsForResource=AccessDenied("no", operation="rds:ListTagsForResource"),
    )

    assert Tags.known({}) == found.tags
