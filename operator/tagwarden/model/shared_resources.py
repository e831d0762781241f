"""What spans accounts: a shared resource is deleted only if the other account is declared, for tests, and agrees (S22).

Deleting one side of a peering deletes the other side too, a role for another account's people is their access, and a
shared subnet holds resources of other accounts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tagwarden.model.graph import Edge

OTHER_ACCOUNTS = "other_accounts"
"""The attribute with the ids, separated by blanks, of other accounts that a resource connects to its own account."""
OWNER_ACCOUNT = "owner_account"
"""The attribute with the id of the owner's account, if a resource belongs to another account than the listing one."""
ANYBODY = "*"
"""Instead of an account id: any account, or any account of an organisation."""

ResourceName = tuple[str, str]
"""A resource by its kind and its id."""


@dataclass(frozen=True, slots=True)
class Spanning:
    """`obstacles` say, by uid, why the other side of a resource blocks its deletion; `edges` connect the two sides.

    `others` are the ids of the other accounts, by uid of the resource. `shown` are the names of the accounts that list
    each resource visible from both sides, by kind and id.
    """

    obstacles: Mapping[str, str]
    edges: tuple[Edge, ...]
    others: Mapping[str, frozenset[str]]
    shown: Mapping[ResourceName, frozenset[str]]


NOTHING_SPANS = Spanning({}, (), {}, {})
