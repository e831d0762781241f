"""The tags of a resource, which are known, unreadable or untaggable, and changes to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

_SHARED: dict[frozenset[str], frozenset[str]] = {}
_MOST_SHARED = 8_192


class TagState(StrEnum):
    """State of the tags of a resource in the response of the vendor (S1)."""

    KNOWN = "known"
    """The tags were read. An empty mapping means that there are none."""
    UNREADABLE = "unreadable"
    """Reading was denied, failed, or a bulk answer left the resource out: the tags may well exist."""
    UNTAGGABLE = "untaggable"
    """The vendor's API has no tags for this kind."""


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags read from one place; unreadable tags are distinct from missing ones.

    `values` is the effective view, key to value. `fixed` names the keys in it that Tagwarden reads but never
    removes or rewrites in place: Kubernetes labels, on which selectors depend. `why` says what kept unreadable
    tags from being read. `keys` are those of `values`: what one tool made has the same keys, and shares one set of
    them, so that what is known of these is looked up once for a resource.
    """

    state: TagState
    values: Mapping[str, str] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    why: str = ""
    keys: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", _shared(frozenset(self.values)))

    @classmethod
    def known(cls, values: Mapping[str, str], fixed: frozenset[str] = frozenset()) -> "Tags":
        """Tags that were read; an empty mapping means that there are none."""
        return cls(TagState.KNOWN, values, fixed)

    @classmethod
    def unreadable(cls, why: str) -> "Tags":
        """Tags that may exist and were not read; `why` goes into the finding."""
        return cls(TagState.UNREADABLE, why=why)

    @classmethod
    def untaggable(cls) -> "Tags":
        """No tags, since the vendor has none for this kind."""
        return cls(TagState.UNTAGGABLE)


def _shared(keys: frozenset[str]) -> frozenset[str]:
    """Give the one set of these keys that all share, within limits."""
    if len(_SHARED) >= _MOST_SHARED:
        _SHARED.clear()
    return _SHARED.setdefault(keys, keys)


class TagChanges(NamedTuple):
    """Changes of one tag write: `set` first, then `remove`; other tags stay."""

    set: Mapping[str, str] = MappingProxyType({})
    remove: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.set or self.remove)

    def applied_to(self, values: Mapping[str, str]) -> dict[str, str]:
        """Give the tags as they are after this write."""
        return {key: value for key, value in {**values, **self.set}.items() if key not in self.remove}
