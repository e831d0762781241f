"""AWS: kinds are rows of `rows`, which all other modules read. The registry loads `registration`."""

from functools import cache

from tagwarden.model.resource import ProviderName
from tagwarden.providers.aws.backing_up import can_back_up
from tagwarden.providers.aws.dependents import dependents_of, spans_regions, untangles
from tagwarden.providers.aws.iam import AUDIT, ENFORCE, Access, actions_of, permissions
from tagwarden.providers.aws.irreplaceable import is_irreplaceable, loss_of
from tagwarden.providers.aws.provider import AwsProvider
from tagwarden.providers.aws.row import Kind
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.base import Cost, KindInfo

__all__ = [
    "AUDIT",
    "ENFORCE",
    "Access",
    "AwsProvider",
    "can_back_up",
    "catalogue",
    "dependents_of",
    "is_irreplaceable",
    "loss_of",
    "permissions",
    "spans_regions",
    "untangles",
]


@cache
def catalogue() -> tuple[KindInfo, ...]:
    """Give every kind, sorted by name."""
    return tuple(_described(kind) for kind in sorted(KINDS.values(), key=lambda kind: kind.name))


def _described(kind: Kind) -> KindInfo:
    return KindInfo(
        kind=kind.name,
        provider=ProviderName.AWS,
        category=kind.category,
        more_categories=(),
        can_tag=kind.writing is not None,
        can_delete=kind.delete is not None,
        can_back_up=bool(kind.backups),
        cost=Cost.UNKNOWN if kind.billing is None else Cost.LIST_PRICE if kind.billing else Cost.FREE,
        permissions=tuple(sorted(action for access in Access for action in actions_of(kind, access))),
    )
