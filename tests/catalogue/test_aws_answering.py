"""Which kinds can name which: no member of an answer that holds a reference is forgotten."""

import re

import pytest

from tagwarden.providers.aws import dependents_of, spans_regions
from tagwarden.providers.aws.answering import FREE, MEMBERS, answering, known_answering, members_of
from tagwarden.providers.aws.dependents import IN_CLUSTERS
from tagwarden.providers.aws.row import Kind
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.kubernetes import catalogue
from tests.catalogue.shapes import SESSION

TELLING = re.compile(
    r"(?!job)\w*(?:[rR]ole(?:Arn|ARN)|K[mM][sS]\w*(?:Id|Arn|ARN|Key)|(?:Topic|Queue|Function|LogGroup)A[rR][nN])"
)
"""Members that cannot but name another resource."""


def test_what_was_generated_is_what_the_models_say() -> None:
    """Another row, or another version of botocore, shows here: run `make generate`."""
    assert known_answering() == answering()


def test_no_member_that_names_another_is_forgotten(kind: Kind) -> None:
    """Each such member of an answer leads to some kind."""
    patterns = [re.compile(pattern) for pattern in MEMBERS.values()]
    telling = {member for member in members_of(kind, SESSION) if TELLING.fullmatch(member)}

    assert set() == {
        member
        for member in telling
        if not FREE.fullmatch(member) and not any(pattern.fullmatch(member) for pattern in patterns)
    }


def test_every_kind_of_the_table_exists() -> None:
    """A kind that was misspelt would have no users."""
    kubernetes = {row.kind for row in catalogue()}

    assert set() == set(MEMBERS) - set(KINDS)
    assert set() == set(IN_CLUSTERS) - set(KINDS)
    assert set() == {kind for kinds in IN_CLUSTERS.values() for kind in kinds} - kubernetes


@pytest.mark.parametrize(
    ("used", "some"),
    [
        ("aws_iam_role", {"aws_lambda_function", "aws_ecs_task", "aws_sfn_state_machine", "k8s_serviceaccount"}),
        ("aws_iam_oidc_provider", {"aws_iam_role", "aws_eks_cluster"}),
        ("aws_kms_key", {"aws_sqs_queue", "aws_sns_topic", "aws_secretsmanager_secret", "aws_ssm_parameter"}),
        ("aws_ecr_repository", {"aws_ecs_task", "k8s_deployment", "k8s_cronjob"}),
        ("aws_ec2_volume", {"aws_ec2_instance", "k8s_persistentvolume"}),
        ("aws_autoscaling_group", {"aws_ec2_instance"}),
        ("aws_ec2_instance", {"aws_ec2_volume", "aws_autoscaling_group"}),
        ("aws_sqs_queue", {"aws_lambda_function", "aws_lambda_event_source_mapping", "aws_apigateway_rest_api"}),
        ("aws_lambda_function", {"aws_apigateway_rest_api", "aws_apigatewayv2_api", "aws_events_rule"}),
        ("aws_iam_instance_profile", {"aws_ec2_instance", "aws_ec2_launch_template"}),
    ],
)
def test_users_holders_and_belongings_are_dependents(used: str, some: set[str]) -> None:
    """S18: in both directions, and in clusters."""
    assert set() == some - dependents_of(used)


def test_the_list_of_dependents_stays_short() -> None:
    """Each of them is listed again right before a deletion; those in clusters are asked of other servers."""
    counts = sorted(len(dependents_of(name) & KINDS.keys()) for name in KINDS)

    assert counts[len(counts) // 2] <= 10
    assert counts[-1] <= len(KINDS) // 2


def test_global_kinds_are_used_from_every_region() -> None:
    """A queue is used from its own."""
    assert [True, True, False] == [spans_regions(name) for name in ("aws_iam_role", "aws_s3_bucket", "aws_sqs_queue")]
