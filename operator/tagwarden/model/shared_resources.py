"""What spans accounts: a shared resource is deleted only if the other account is declared, for tests, and agrees (S22).

Deleting one side of a peering takes the other side along, a role of another account's people is their way in, and a
shared subnet holds what other accounts put there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tagwarden.model.graph import Edge

OTHER_ACCOUNTS = "other_accounts"
"""The attribute with the ids of the other accounts that a resource connects with its own, separated by blanks."""
OWNER_ACCOUNT = "owner_account"
"""The attribute with the id of the other account that a resource belongs to; its own has none."""
ANYBODY = "*"
"""Instead of the id of an account: any, or any of an organisation."""

ResourceName = tuple[str, str]
"""A resource by its kind and its id."""


@dataclass(frozen=True, slots=True)
class Spanning:
    """`obstacles` say, by uid, why the other side of a resource keeps it; `edges` lie between the two sides.

    `others` are the ids of the other accounts of each resource that has any, by uid, and `shown` the names of the
    accounts that show each thing which both sides see, by kind and id.
    """

    obstacles: Mapping[str, str]
    edges: tuple[Edge, ...]
    others: Mapping[str, frozenset[str]]
    shown: Mapping[ResourceName, frozenset[str]]


NOTHING_SPANS = Spanning({}, (), {}, {})
