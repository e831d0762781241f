"""The permissions that `tagwarden permissions` writes, given to AWS as a user gives them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine, on
from tests.support.fake_aws import FakeAWS


@pytest.fixture
def shell(fake_aws: FakeAWS, tmp_path: Path) -> CommandLine:
    return on(fake_aws, fake_aws.login(), tmp_path)


def written(shell: CommandLine, format_: str) -> str:
    answered = shell.run("permissions", "--provider", "AWS", "--trust", "pod-identity", "--format", format_)
    assert 0 == answered.status, answered.err
    return answered.out


def attached(aws: FakeAWS) -> dict[str, Any]:
    """Give the documents of the policies that the role has, by name."""
    iam = aws.client("iam")
    found = iam.list_attached_role_policies(RoleName="tagwarden")["AttachedPolicies"]
    return {
        each["PolicyName"]: iam.get_policy_version(PolicyArn=each["PolicyArn"], VersionId="v1")["PolicyVersion"][
            "Document"
        ]
        for each in found
    }


def test_cloudformation_makes_the_role(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """The stack holds the role with its trust, and every policy is attached."""
    template = written(shell, "cloudformation")

    fake_aws.client("cloudformation").create_stack(
        StackName="tagwarden", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"]
    )

    role = json.loads(written(shell, "json"))
    assert {policy["PolicyName"]: policy["PolicyDocument"] for policy in role["Policies"]} == attached(fake_aws)
    made = fake_aws.client("iam").get_role(RoleName="tagwarden")["Role"]
    assert role["Role"]["AssumeRolePolicyDocument"] == made["AssumeRolePolicyDocument"]


def test_iam_accepts_each_policy(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """The JSON has the parameters of `aws iam create-role` and `aws iam create-policy`."""
    iam, role = fake_aws.client("iam"), json.loads(written(shell, "json"))

    iam.create_role(RoleName="tagwarden", AssumeRolePolicyDocument=json.dumps(role["Role"]["AssumeRolePolicyDocument"]))
    for policy in role["Policies"]:
        document = json.dumps(policy["PolicyDocument"])
        made = iam.create_policy(PolicyName=policy["PolicyName"], PolicyDocument=document)["Policy"]
        iam.attach_role_policy(RoleName="tagwarden", PolicyArn=made["Arn"])

    assert 3 == len(attached(fake_aws))
