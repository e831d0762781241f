"""Permissions are computed from the rows, so that they can never differ from them."""

import json
from importlib.resources import files

import pytest

from tagwarden.providers.aws import AUDIT, ENFORCE, Access, catalogue, dependents_of, permissions, untangles
from tagwarden.providers.aws.rows import KINDS

WRITES = ("Create", "Delete", "Put", "Tag", "Untag", "Add", "Remove", "Terminate", "Release", "Change", "Update", "Set")


def exists(action: str, known: dict[str, dict[str, object]]) -> bool:
    prefix, _, name = action.partition(":")
    return name.lower() in known.get(prefix, {}).get("Actions", {})


def test_audit_only_reads() -> None:
    """Least privilege: who only looks can change nothing (S15)."""
    actions = [action for statement in permissions(None, AUDIT) for action in statement.actions]

    assert [] == [action for action in actions if action.split(":")[1].startswith(WRITES)]
    assert {"ec2:DescribeRegions", "s3:GetBucketTagging", "elasticloadbalancing:DescribeTags"} <= set(actions)


def test_every_action_exists() -> None:
    """IAM accepts a wrong name and then denies the call; cfn-lint has the names of AWS's authorization reference."""
    known = json.loads((files("cfnlint") / "data" / "AdditionalSpecs" / "Policies.json").read_text(encoding="utf-8"))
    actions = [action for statement in permissions() for action in statement.actions]

    assert len(actions) > 500
    assert [] == [action for action in actions if not exists(action, known)]


def test_enforcing_one_kind_needs_no_more_than_that_kind() -> None:
    """Permissions follow the scope of the policies."""
    statements = {statement.sid: statement.actions for statement in permissions(["aws_s3_bucket"], ENFORCE)}

    assert {
        "TagwardenRead": (
            "ec2:DescribeRegions", "s3:GetBucketLocation", "s3:GetBucketLogging", "s3:GetBucketNotification",
            "s3:GetBucketObjectLockConfiguration", "s3:GetBucketTagging", "s3:GetEncryptionConfiguration",
            "s3:GetReplicationConfiguration", "s3:ListAllMyBuckets", "tag:GetResources",
        ),
        "TagwardenTag": ("s3:GetBucketTagging", "s3:PutBucketTagging"),
        "TagwardenDelete": (
            "s3:AbortMultipartUpload", "s3:DeleteBucket", "s3:DeleteObject", "s3:DeleteObjectVersion",
            "s3:GetBucketVersioning", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions",
        ),
    } == statements  # fmt: skip


def test_statements_are_what_iam_takes() -> None:
    """A policy document can be made of them as they are."""
    assert {
        "Sid": "TagwardenDelete",
        "Effect": "Allow",
        "Action": ["sqs:DeleteQueue"],
        "Resource": "*",
    } == permissions(["aws_sqs_queue"], {Access.DELETE})[0].as_json()


def test_a_kind_that_does_not_exist_is_named() -> None:
    """A typing error in a kind must not yield an empty policy."""
    with pytest.raises(KeyError, match="aws_ec2_instence"):
        permissions(["aws_ec2_instence"])


def test_the_catalogue_tells_what_can_be_done() -> None:
    """Every kind is there once, sorted."""
    rows = {row.kind: row for row in catalogue()}

    assert sorted(KINDS) == list(rows)
    assert rows["aws_ec2_instance"].can_delete
    assert rows["aws_ec2_instance"].can_tag
    assert not rows["aws_efs_mount_target"].can_tag


@pytest.mark.parametrize(
    ("kind", "some"),
    [
        ("aws_ec2_subnet", {"aws_ec2_instance", "aws_ec2_nat_gateway", "aws_elbv2_load_balancer", "aws_eks_cluster"}),
        ("aws_ec2_volume", {"aws_ec2_instance"}),
        ("aws_ec2_snapshot", {"aws_ec2_image"}),
        ("aws_eks_cluster", {"aws_eks_node_group", "aws_eks_fargate_profile"}),
        ("aws_rds_cluster", {"aws_rds_instance"}),
        ("aws_iam_policy", {"aws_iam_role", "aws_iam_user"}),
        ("aws_sqs_queue", set()),
    ],
)
def test_what_could_hold_a_kind_is_known(kind: str, some: set[str]) -> None:
    """These must have been listed to their end before a deletion (S3)."""
    assert some <= dependents_of(kind)


def test_only_what_has_steps_for_it_untangles() -> None:
    """A cycle of others is reported, not tried."""
    assert frozenset() == untangles("aws_ec2_subnet")
    assert frozenset() == untangles("k8s_deployment")
