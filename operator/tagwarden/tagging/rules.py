"""The tag rules of one policy, compiled once, with bounded caches of keys and values."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from tagwarden.errors import BadInput
from tagwarden.model.policy import ORIGINAL_KEY_PREFIX, PROTECT_KEY, DateOrder, ExpiryRule, OwnerRule
from tagwarden.model.resource import ProviderName
from tagwarden.tagging.expiry import Expiry, parse_expiry
from tagwarden.tagging.keys import KeyBook, KeyMatch, KeyRole, Keys, Statement, keys_that_clash
from tagwarden.tagging.owners import OwnerReader, ParsedOwner
from tagwarden.tagging.tag_limits import VENDOR_KEYS, TagPlace, place_of

REMEMBERED = 8_192
"""Entries of each cache; a full cache is emptied, which is cheaper than tracking ages."""

_K = TypeVar("_K")
_V = TypeVar("_V")


def remember(memory: dict[_K, _V], key: _K, value: _V) -> _V:
    """Add a value to a cache; a full cache is emptied first."""
    if len(memory) >= REMEMBERED:
        memory.clear()
    memory[key] = value
    return value


class Shape(NamedTuple):
    """The keys of owner and expiry among the keys of a resource. Resources of one tool share a shape.

    `is_plain`: only canonical keys state an owner or expiry.
    """

    is_plain: bool
    owners: Keys
    expiries: Keys


class PlaceRules:
    """The tag rules for keys of one provider."""

    __slots__ = (
        "_book",
        "_roles",
        "drafts",
        "expiry_key",
        "owner_key",
        "place",
        "resolved_expiries",
        "resolved_owners",
        "shapes",
    )

    def __init__(self, book: KeyBook, place: TagPlace) -> None:
        self.place = place
        self.owner_key = book.owner_key
        self.expiry_key = book.expiry_key
        self.shapes: dict[frozenset[str], Shape] = {}
        # Caches of `reading` and `changes`, typed there: kept as long as the rules.
        self.resolved_owners: dict[Any, Any] = {}
        self.resolved_expiries: dict[Any, Any] = {}
        self.drafts: dict[Any, Any] = {}
        self._book = book
        self._roles: dict[str, KeyRole | None] = {}

    def shape_of(self, keys: frozenset[str]) -> Shape:
        """Give the roles of these keys."""
        shape = self.shapes.get(keys)
        return shape if shape is not None else remember(self.shapes, keys, self._find_shape(keys))

    def role_of(self, key: str) -> KeyRole | None:
        """Give the role of a key."""
        try:
            return self._roles[key]
        except KeyError:
            return remember(self._roles, key, self._book.role_of(key))

    def _find_shape(self, keys: frozenset[str]) -> Shape:
        stated = [(key, role) for key in keys if (role := self.role_of(key)) is not None]
        tools = {role.foreign for _, role in stated if role.match is KeyMatch.FOREIGN}
        stated = [one for one in stated if one[1].match is not KeyMatch.BEGINNING or one[1].foreign in tools]
        stated.sort(key=lambda one: (one[1].match, one[1].rank, one[0]))
        return Shape(
            all(role.match is KeyMatch.CANONICAL for _, role in stated),
            tuple(one for one in stated if one[1].statement is Statement.OWNER),
            tuple(one for one in stated if one[1].statement is Statement.EXPIRY),
        )


class TagRules:
    """The rules of one policy for owners and expiries, from `compile_tag_rules`."""

    __slots__ = (
        "_expiries",
        "_expiries_in_utc",
        "_owners",
        "_reader",
        "are_canonical_owners",
        "at",
        "is_canonical_owner",
        "order",
        "zone",
    )

    def __init__(
        self, owner: OwnerRule, expiry: ExpiryRule, zone: ZoneInfo, known: Mapping[str, str | None] | None
    ) -> None:
        self.zone = zone
        self.order: DateOrder | None = expiry.date_order
        self.at: Mapping[ProviderName, PlaceRules] = {
            provider: PlaceRules(KeyBook(owner, expiry, place_of(provider)), place_of(provider))
            for provider in ProviderName
        }
        self._reader = OwnerReader(owner, known)
        self.is_canonical_owner = self._reader.is_canonical
        """Whether an owner is canonical, which most are; a fast check before `read_owner`."""
        self.are_canonical_owners = self._reader.are_canonical
        """The same for many owners at once."""
        self._owners: dict[str, ParsedOwner] = {}
        self._expiries: dict[str, Expiry] = {}
        self._expiries_in_utc: dict[str, Expiry] = {}

    def owner_key(self, provider: ProviderName) -> str:
        """Give the canonical owner key in the form of the provider."""
        return self.at[provider].owner_key

    def expiry_key(self, provider: ProviderName) -> str:
        """Give the canonical expiry key in the form of the provider."""
        return self.at[provider].expiry_key

    def read_owner(self, value: str) -> ParsedOwner:
        """Read an owner by the rules of the policy."""
        found = self._owners.get(value)
        return found if found is not None else remember(self._owners, value, self._reader.read(value))

    def read_expiry(self, value: str) -> Expiry:
        """Read an expiry in the time zone and date order of the policy."""
        found = self._expiries.get(value)
        return (
            found if found is not None else remember(self._expiries, value, parse_expiry(value, self.zone, self.order))
        )

    def read_expiry_in_utc(self, value: str) -> Expiry:
        """Read an expiry that another tool reads in UTC."""
        found = self._expiries_in_utc.get(value)
        return (
            found if found is not None else remember(self._expiries_in_utc, value, parse_expiry(value, UTC, self.order))
        )


def compile_tag_rules(
    owner: OwnerRule, expiry: ExpiryRule, zone: ZoneInfo, known_owners: Mapping[str, str | None] | None
) -> TagRules:
    """Compile the tag rules of a policy; raise BadInput that starts with the field and gives advice.

    `known_owners` maps each known owner to a successor or None; None if the policy names no list.
    """
    for field, key in (("owner", owner.key), ("expiry", expiry.key)):
        if key.lower().startswith(tuple(VENDOR_KEYS.values())):
            raise BadInput(f"spec.{field}.key: the vendor reserves {key}; choose another key")
    for field, rule in (("owner", owner), ("expiry", expiry)):
        for key in (rule.key, *rule.aliases):
            if key == PROTECT_KEY or key.startswith(ORIGINAL_KEY_PREFIX):
                raise BadInput(f"spec.{field}: Tagwarden reserves {key}; choose another key")
    for key, other in keys_that_clash(owner, expiry).items():
        raise BadInput(f"spec.expiry: {key} is also a key of the owner ({other}); choose different keys")
    return TagRules(owner, expiry, zone, known_owners)
