"""Principals that may assume a role and are not collected (S18): unlisted services, people, other clusters.

A role is known to be unused only if every trusted principal was listed. For other roles, IAM gives the time of the last
use. Other AWS accounts have a separate rule (S22) and are not named here:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

SEEN: Mapping[str, tuple[str, ...]] = {
    "batch.amazonaws.com": ("aws_batch_compute_environment",),
    "cloudformation.amazonaws.com": ("aws_cloudformation_stack",),
    "cloudtrail.amazonaws.com": ("aws_cloudtrail_trail",),
    "codebuild.amazonaws.com": ("aws_codebuild_project",),
    "config.amazonaws.com": ("aws_config_recorder",),
    "dax.amazonaws.com": ("aws_dax_cluster",),
    "ec2.amazonaws.com": ("aws_iam_instance_profile",),
    "ecs-tasks.amazonaws.com": ("aws_ecs_task", "aws_ecs_task_definition"),
    "ecs.amazonaws.com": ("aws_ecs_service",),
    "edgelambda.amazonaws.com": ("aws_lambda_function",),
    "eks-fargate-pods.amazonaws.com": ("aws_eks_fargate_profile",),
    "eks.amazonaws.com": ("aws_eks_cluster", "aws_eks_node_group"),
    "elasticmapreduce.amazonaws.com": ("aws_emr_cluster",),
    "es.amazonaws.com": ("aws_opensearch_domain",),
    "events.amazonaws.com": ("aws_events_rule",),
    "firehose.amazonaws.com": ("aws_firehose_stream",),
    "glue.amazonaws.com": ("aws_glue_crawler", "aws_glue_job"),
    "lambda.amazonaws.com": ("aws_lambda_function",),
    "monitoring.rds.amazonaws.com": ("aws_rds_instance",),
    "opensearchservice.amazonaws.com": ("aws_opensearch_domain",),
    "rds.amazonaws.com": ("aws_rds_cluster", "aws_rds_instance", "aws_rds_proxy"),
    "redshift.amazonaws.com": ("aws_redshift_cluster",),
    "scheduler.amazonaws.com": ("aws_scheduler_schedule",),
    "states.amazonaws.com": ("aws_sfn_state_machine",),
    "vpc-flow-logs.amazonaws.com": ("aws_ec2_flow_log",),
}
"""Services that assume roles only for resources of these kinds, which are all collected and name the role."""

_ACCOUNT = re.compile(r"(?:arn:[^:]+:(?:iam|sts)::)?([0-9]{12})(?::(?!saml-provider|oidc-provider)|$)")
_SHOWN = 5


def unseen_in(document: Any, role: str) -> str | None:
    """Name the uncollected principals that a role's trust policy allows; None for none.

    `role` is the role's ARN. Principals of the same account that assume the role, perhaps by hand, do not appear in
    listings.
    """
    own = _ACCOUNT.match(role)
    unseen = sorted(
        name
        for name in set(_principals(document))
        if _plain(name) not in SEEN and not (own and (other := _ACCOUNT.match(name)) and other[1] != own[1])
    )
    if not unseen:
        return None
    more = f" and {len(unseen) - _SHOWN} more" if len(unseen) > _SHOWN else ""
    return ", ".join(unseen[:_SHOWN]) + more


def _principals(document: Any) -> Iterator[str]:
    statements = document.get("Statement") if isinstance(document, dict) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
            continue
        told = statement.get("Principal")
        for value in told.values() if isinstance(told, dict) else [told or "every principal outside of NotPrincipal"]:
            yield from map(str, value if isinstance(value, list) else [value])


def _plain(service: str) -> str:
    """Give a service's name without the region or China suffix: `states.eu-central-1.amazonaws.com`."""
    name, _, rest = service.removesuffix(".cn").partition(".amazonaws.com")
    parts = name.split(".")
    if not rest and len(parts) > 1 and parts[-1].count("-") >= 2:
        parts = parts[:-1]
    return f"{'.'.join(parts)}.amazonaws.com"
