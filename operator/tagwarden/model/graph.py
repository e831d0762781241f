"""Edges between resources, with a meaning, and the indexed graph they form."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tagwarden.model.resource import Resource


class EdgeMeaning(StrEnum):
    """What it means for one end of an edge when the other goes."""

    OWNS = "owns"
    """The target dies with the source, or exists only for it."""
    NEEDS = "needs"
    """The target cannot be deleted while the source exists."""
    USES = "uses"
    """The source breaks if the target goes: the blast radius."""


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` owns, needs or uses `target`. Each end is a uid or a `kind/id` reference."""

    source: str
    meaning: EdgeMeaning
    target: str


class Graph:
    """Resources and their edges with look-ups in both directions, built in linear time.

    Ends that name no collected resource, or more than one, stay in the graph as unknown: what hangs on them is not
    known to be free.
    """

    __slots__ = ("_incoming", "_outgoing", "edges", "resources", "unknown")

    def __init__(self, resources: Iterable[Resource], edges: Iterable[Edge] = ()) -> None:
        self.resources: Mapping[str, Resource] = {resource.uid: resource for resource in resources}
        references = _unambiguous_references(self.resources.values())
        outgoing: dict[EdgeMeaning, dict[str, list[str]]] = {meaning: defaultdict(list) for meaning in EdgeMeaning}
        incoming: dict[EdgeMeaning, dict[str, list[str]]] = {meaning: defaultdict(list) for meaning in EdgeMeaning}
        unknown: set[str] = set()
        resolved: dict[Edge, None] = {}
        for edge in edges:
            source = edge.source if edge.source in self.resources else references.get(edge.source, edge.source)
            target = edge.target if edge.target in self.resources else references.get(edge.target, edge.target)
            if source == target:
                continue
            unknown.update(end for end in (source, target) if end not in self.resources)
            resolved[Edge(source, edge.meaning, target)] = None
        for edge in resolved:
            outgoing[edge.meaning][edge.source].append(edge.target)
            incoming[edge.meaning][edge.target].append(edge.source)
        self.edges: tuple[Edge, ...] = tuple(resolved)
        self.unknown: frozenset[str] = frozenset(unknown)
        self._outgoing = outgoing
        self._incoming = incoming

    def targets(self, uid: str, meaning: EdgeMeaning) -> tuple[str, ...]:
        """What `uid` owns, needs or uses: uids, or references of what was not collected."""
        return tuple(self._outgoing[meaning].get(uid, ()))

    def sources(self, uid: str, meaning: EdgeMeaning) -> tuple[str, ...]:
        """What owns, needs or uses `uid`: uids, or references of what was not collected."""
        return tuple(self._incoming[meaning].get(uid, ()))


def _unambiguous_references(resources: Iterable[Resource]) -> dict[str, str]:
    """Map `kind/id` to the uid of the one resource it names; two regions may both have a key pair `default`."""
    references: dict[str, str] = {}
    ambiguous: set[str] = set()
    for resource in resources:
        if references.setdefault(resource.reference, resource.uid) != resource.uid:
            ambiguous.add(resource.reference)
    for reference in ambiguous:
        del references[reference]
    return references
