"""Which kinds hold which in use, as the links of the catalogue say."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from tagwarden.model.graph import EdgeMeaning
from tagwarden.providers.aws.rows import KINDS


@cache
def _dependents() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for kind in KINDS.values():
        for link in kind.links:
            if link.meaning is EdgeMeaning.NEEDS:
                holder, held = (link.kind, kind.name) if link.backwards else (kind.name, link.kind)
                found[held].add(holder)
    return {held: frozenset(holders) for held, holders in found.items()}


def dependents_of(kind: str) -> frozenset[str]:
    """Give the kinds of which a resource can keep one of `kind` from being deleted."""
    return _dependents().get(kind, frozenset())


@cache
def _belongings() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for kind in KINDS.values():
        for link in kind.links:
            if link.meaning is EdgeMeaning.OWNS:
                owner, owned = (link.kind, kind.name) if link.backwards else (kind.name, link.kind)
                found[owner].add(owned)
    return {owner: frozenset(owned) for owner, owned in found.items()}


def belongings_of(kinds: Iterable[str]) -> frozenset[str]:
    """Give the kinds of what may go along when resources of these kinds are deleted, these kinds not included."""
    found: set[str] = set()
    waiting = set(kinds)
    asked = frozenset(waiting)
    while waiting:
        owned = _belongings().get(waiting.pop(), frozenset()) - found
        found |= owned
        waiting |= owned
    return frozenset(found - asked)


def untangles(kind: str) -> frozenset[str]:
    """Give the kinds whose mutual hold a deletion's own steps undo, so that a cycle of them can be deleted together."""
    return KINDS[kind].untangles if kind in KINDS else frozenset()
