"""Resolves references to uids: an item names others by id or alias, in the same region or among global resources."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from tagwarden.model.graph import Edge
from tagwarden.providers.catalogue.listing_families import Found


@dataclass(frozen=True, slots=True)
class References:
    """The uids by reference: in a region, then among global resources; a global reference takes any single match.

    `uids` are the uids of all collected resources. An ambiguous reference names no resource.
    """

    here: Mapping[str, str]
    anywhere: Mapping[str, str]
    uids: Collection[str]

    def uid(self, end: str) -> str:
        """Give the uid for an end of an edge; the end itself where no uid is known."""
        return self.here.get(end) or self.anywhere.get(end, end)

    def resolved(self, edges: Iterable[Edge]) -> Iterator[Edge]:
        """Give the edges with uids for known references."""
        for edge in edges:
            source, target = self.uid(edge.source), self.uid(edge.target)
            unchanged = source is edge.source and target is edge.target
            yield edge if unchanged else Edge(source, edge.meaning, target)

    def certain(self, conjectures: Iterable[Edge]) -> Iterator[Edge]:
        """Give the conjectures of which both ends were collected."""
        for edge in self.resolved(conjectures):
            if edge.source in self.uids and edge.target in self.uids:
                yield edge


def references_of(founds: Collection[Found], wanted: Collection[str]) -> dict[str, References]:
    """Give the `wanted` references of each region; others are never resolved."""
    names = {found.region: _unambiguous(_named(found), wanted) for found in founds}
    everywhere = _unambiguous(chain.from_iterable(one.items() for one in names.values()), wanted)
    uids = {resource.uid for found in founds for part in found.gathered for resource in part.resources}
    return {
        region: References(here, names.get("", {}) if region else everywhere, uids) for region, here in names.items()
    }


def unresolved_ends(founds: Iterable[Found], is_uid: Callable[[str], bool]) -> Iterator[str]:
    """Give the references in edges and conjectures."""
    for found in founds:
        for part in found.gathered:
            for edge in chain(part.edges, part.conjectures):
                yield from (end for end in (edge.source, edge.target) if not is_uid(end))


def _named(found: Found) -> Iterator[tuple[str, str]]:
    for part in found.gathered:
        yield from ((resource.reference, resource.uid) for resource in part.resources)
        yield from part.aliases.items()


def _unambiguous(named: Iterable[tuple[str, str]], wanted: Collection[str]) -> dict[str, str]:
    """Map each wanted reference to the single named uid."""
    found: dict[str, str] = {}
    ambiguous: set[str] = set()
    for name, uid in named:
        if name in wanted and found.setdefault(name, uid) != uid:
            ambiguous.add(name)
    return {name: uid for name, uid in found.items() if name not in ambiguous}
