"""AWS: kinds are rows of `rows`; everything else reads them."""

from dataclasses import dataclass

from tagwarden.providers.aws.backing_up import can_back_up
from tagwarden.providers.aws.dependents import belongings_of, dependents_of, spans_regions, untangles
from tagwarden.providers.aws.iam import AUDIT, ENFORCE, Access, Statement, actions_of, permissions
from tagwarden.providers.aws.irreplaceable import is_irreplaceable, loss_of
from tagwarden.providers.aws.provider import AwsProvider
from tagwarden.providers.aws.regions import known_regions
from tagwarden.providers.aws.rows import KINDS

__all__ = [
    "AUDIT",
    "ENFORCE",
    "Access",
    "AwsProvider",
    "CatalogueRow",
    "Statement",
    "belongings_of",
    "can_back_up",
    "catalogue",
    "dependents_of",
    "is_irreplaceable",
    "known_regions",
    "loss_of",
    "permissions",
    "spans_regions",
    "untangles",
]


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """The published facts of a kind; `permissions` are IAM actions, sorted.

    `can_back_up`: at least some resources of the kind can be backed up before deletion. `cost` is the source of the
    standing cost: list price, free, or unknown.
    """

    kind: str
    category: str
    permissions: tuple[str, ...]
    can_delete: bool
    can_tag: bool
    can_back_up: bool
    cost: str


def catalogue() -> tuple[CatalogueRow, ...]:
    """Give every kind, sorted by name."""
    return tuple(
        CatalogueRow(
            kind.name,
            kind.category,
            tuple(sorted(action for access in Access for action in actions_of(kind, access))),
            kind.delete is not None,
            kind.writing is not None,
            bool(kind.backups),
            "unknown" if kind.billing is None else "list price" if kind.billing else "free",
        )
        for kind in sorted(KINDS.values(), key=lambda kind: kind.name)
    )
