"""S18: a role that something may assume that is not collected is in use, until AWS tells that nobody uses it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tagwarden.providers.aws import AwsProvider, dependents_of
from tagwarden.providers.aws.principals import SEEN, unseen_in
from tests.support.builders import NOW, a_resource, an_account
from tests.support.decided import decided, fate
from tests.support.fake_aws import DEFAULT_ACCOUNT, DEFAULT_REGION, FakeAWS

LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
OLD = NOW - timedelta(days=400)


def trust(**principal: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}


@pytest.mark.parametrize(
    ("document", "unseen"),
    [
        (trust(Service="lambda.amazonaws.com"), None),
        (trust(Service=["ec2.amazonaws.com", "states.eu-central-1.amazonaws.com"]), None),
        (trust(Service="ec2.amazonaws.com.cn"), None),
        (trust(Service=["lambda.amazonaws.com", "sagemaker.amazonaws.com"]), "sagemaker.amazonaws.com"),
        (trust(Service="ecs.application-autoscaling.amazonaws.com"), "ecs.application-autoscaling.amazonaws.com"),
        (trust(AWS="arn:aws:iam::123456789012:root"), "arn:aws:iam::123456789012:root"),
        (trust(Federated="arn:aws:iam::123456789012:saml-provider/x"), "arn:aws:iam::123456789012:saml-provider/x"),
        (trust(AWS=["arn:aws:iam::210987654321:root", "210987654321"]), None),
        ({"Statement": {"Effect": "Allow", "Principal": "*"}}, "*"),
        ({"Statement": [{"Effect": "Deny", "Principal": {"AWS": "*"}}]}, None),
    ],
)
def test_a_trust_policy_names_those_who_are_not_collected(document: dict[str, Any], unseen: str | None) -> None:
    """A service whose every user of roles is collected is none of them; other accounts are asked (S22)."""
    assert unseen == unseen_in(document, "arn:aws:iam::123456789012:role/studio")


def test_whatever_a_seen_service_does_with_roles_is_collected() -> None:
    """Each kind of the table has to be listed before a role counts as unused (S3)."""
    users = dependents_of("aws_iam_role")

    assert [] == [kind for kinds in SEEN.values() for kind in kinds if kind not in users]


@pytest.mark.parametrize(
    ("created", "last_used", "expected"),
    [
        (OLD, "2026-08-20", "DependentUnknown"),
        (NOW - timedelta(days=30), None, "DependentUnknown"),
        (OLD, "2026-03-01", "goes"),
        (OLD, None, "goes"),
    ],
)
def test_a_role_of_an_unseen_service_stays_while_it_may_be_in_use(
    created: datetime, last_used: str | None, expected: str
) -> None:
    """An untagged role that a SageMaker domain works with was used last week; another has been idle for a quarter."""
    told = {"unseen_users": "sagemaker.amazonaws.com", **({"last_used": last_used} if last_used else {})}
    role = a_resource(
        kind="aws_iam_role", category="role", id="studio", name="studio", region="", created=created, attributes=told
    )

    decision = decided(role)

    assert expected == fate("studio", decision)


def test_iam_tells_who_may_use_a_role(fake_aws: FakeAWS) -> None:
    """In the one listing that has all roles, and when a role is read again."""
    iam = fake_aws.client("iam")
    iam.create_role(RoleName="studio", AssumeRolePolicyDocument=json.dumps(trust(Service="sagemaker.amazonaws.com")))
    spec = {"accountID": DEFAULT_ACCOUNT, "regions": [DEFAULT_REGION], "endpointURL": fake_aws.endpoint}
    provider = AwsProvider(an_account("dev", aws=spec), LOGIN)

    (role,) = (each for each in provider.collect(datetime.now(UTC)).resources if each.id == "studio")
    again = provider.read(role)

    assert again is not None
    assert {"sagemaker.amazonaws.com"} == {each.attributes["unseen_users"] for each in (role, again)}
