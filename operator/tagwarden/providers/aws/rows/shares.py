"""Resources shared with other accounts by the Resource Access Manager."""

from tagwarden.providers.aws.row import FREE, LOWER_PAIRS, Detail, InlineTags, Kind, Link, Listing, call, created, uses
from tagwarden.providers.aws.rows.shared import tags_by_arn

_SHAREABLE = (
    ("aws_acmpca_authority", "acm-pca"),
    ("aws_backup_vault", "backup"),
    ("aws_codebuild_project", "codebuild"),
    ("aws_ec2_dedicated_host", "ec2:.+:dedicated-host/"),
    ("aws_ec2_security_group", "ec2:.+:security-group/"),
    ("aws_ec2_subnet", "ec2:.+:subnet/"),
    ("aws_ec2_transit_gateway", "ec2:.+:transit-gateway/"),
    ("aws_glue_database", "glue:.+:database/"),
    ("aws_rds_cluster", "rds:.+:cluster:"),
    ("aws_ssm_parameter", "ssm:.+:parameter/"),
)
"""Our kinds that can be shared, and their ARNs after the partition.

https://docs.aws.amazon.com/ram/latest/userguide/shareable.html
"""

_HOLDS = "status != 'DISASSOCIATED' && status != 'FAILED'"


def _associated(kind: str, into: str) -> Detail:
    """Give the resources or principals of a share, which only the owner can read."""
    return Detail(
        call("GetResourceShareAssociations", associationType=kind, resourceShareArns=["{id}"]),
        "resourceShareAssociations",
        pages_as=into,
    )


def _shared(kind: str, arn: str) -> Link:
    return uses(kind, f"resources[?{_HOLDS}].found(associatedEntity, '^(arn:[^:]+:{arn}.+)$')")


ROWS = (
    Kind(
        name="aws_ram_resource_share",
        category="share",
        service="ram",
        billing=FREE,
        # Other accounts delete their own shares; listed shared resources name their owner.
        listing=Listing(
            "GetResourceShares",
            "resourceShares",
            {"resourceOwner": "SELF"},
            page_size=500,
            one={"resourceOwner": "SELF", "resourceShareArns": ["{id}"]},
        ),
        also=(_associated("RESOURCE", "resources"), _associated("PRINCIPAL", "principals")),
        id="resourceShareArn",
        title="name",
        uid="resourceShareArn",
        created=created("creationTime"),
        state="status",
        gone=("DELETED",),
        going=("DELETING",),
        tags=InlineTags("tags", LOWER_PAIRS),
        writing=tags_by_arn("resourceShareArn", "tags", "tagKeys", LOWER_PAIRS),
        delete=call("DeleteResourceShare", resourceShareArn="{id}"),
        links=tuple(_shared(kind, arn) for kind, arn in _SHAREABLE),
        other_accounts=(f"principals[?{_HOLDS}].associatedEntity",),
    ),
)
