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
    """The tags were read. An empty mapping means that the resource has no tags."""
    UNREADABLE = "unreadable"
    """Reading was denied, failed, or a bulk response omitted the resource: tags may exist."""
    UNTAGGABLE = "untaggable"
    """The vendor's API has no tags for this kind."""


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags read from a single place; unreadable tags are distinct from missing ones.

    `values` is the effective view, key to value. `fixed` names the keys that Tagwarden reads but never removes or
    rewrites in place: Kubernetes labels, on which selectors depend. `why` says why unreadable tags could not be read.
    `keys` are the keys of `values`; resources with equal keys share one set, so that look-ups by key set are cached.
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
        """Create readable tags; an empty mapping means that the resource has no tags."""
        return cls(TagState.KNOWN, values, fixed)

    @classmethod
    def unreadable(cls, why: str) -> "Tags":
        """Create unreadable tags, which may exist; `why` goes into the finding."""
        return cls(TagState.UNREADABLE, why=why)

    @classmethod
    def untaggable(cls) -> "Tags":
        """Create the tags of a kind that the vendor cannot tag."""
        return cls(TagState.UNTAGGABLE)


def _shared(keys: frozenset[str]) -> frozenset[str]:
    """Give one shared set for equal keys, up to a maximum number of sets."""
    if len(_SHARED) >= _MOST_SHARED:
        _SHARED.clear()
    return _SHARED.setdefault(keys, keys)


class TagChanges(NamedTuple):
    """Changes of a tag write: `set` first, then `remove`; other tags stay."""

    set: Mapping[str, str] = MappingProxyType({})
    remove: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.set or self.remove)

    def applied_to(self, values: Mapping[str, str]) -> dict[str, str]:
        """Give the tags after this write."""
        return {key: value for key, value in {**values, **self.set}.items() if key not in self.remove}
