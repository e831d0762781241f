"""The row type of account foundations (S20), and the names that the tables share."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DOCS = "https://docs.aws.amazon.com"
POLICIES = f"{DOCS}/aws-managed-policy/latest/reference"

ROLE, POLICY, PROFILE = "aws_iam_role", "aws_iam_policy", "aws_iam_instance_profile"
IDENTITY = (ROLE, POLICY, PROFILE)
BUCKET, STACK, TABLE = "aws_s3_bucket", "aws_cloudformation_stack", "aws_dynamodb_table"
GROUP, LOGS, RULE = "aws_ec2_security_group", "aws_logs_log_group", "aws_events_rule"
STREAM, PARAMETER, SECRET = "aws_firehose_stream", "aws_ssm_parameter", "aws_secretsmanager_secret"
REPOSITORY, SIGN_IN = "aws_ecr_repository", "aws_iam_oidc_provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """Resources of these `kinds` (empty: of any kind) whose name or id, or any of whose `tags`, matches.

    Names and values of tags are globs for the whole text. `*` is any text, `{account}` an account's number, `{region}`
    a region's name, `{hex}` hexadecimal digits, `{uuid}` a UUID and `{word}` letters and digits. `why` is the message
    for people; `source` is the page with the name, or with the step of a console that proposes the name.
    """

    kinds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    why: str
    source: str
