"""Dependency graph of one resource: associated resources, owners, and users that would break."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tagwarden.model.graph import Edge, EdgeMeaning, Graph


@dataclass(frozen=True, slots=True)
class Hop:
    """A step outwards: `end` was reached over `edge` from `start`, `depth` steps away from the origin."""

    start: str
    end: str
    edge: Edge
    depth: int


Ways = tuple[tuple[EdgeMeaning, bool], ...]
"""Edges to follow, and whether forwards, from source to target."""

_OWNED: Ways = ((EdgeMeaning.OWNS, True),)
_OWNERS: Ways = ((EdgeMeaning.OWNS, False),)
_DEPENDENTS: Ways = ((EdgeMeaning.OWNS, True), (EdgeMeaning.NEEDS, False))
_DEPENDENCIES: Ways = ((EdgeMeaning.NEEDS, True), (EdgeMeaning.USES, True))
_BROKEN: Ways = ((EdgeMeaning.OWNS, True), (EdgeMeaning.NEEDS, False), (EdgeMeaning.USES, False))


def closure_of(graph: Graph, uid: str) -> tuple[Hop, ...]:
    """Give the associated resources of a resource, to any depth."""
    return _reach(graph, uid, _OWNED)


def owners(graph: Graph, uid: str) -> tuple[Hop, ...]:
    """Give the resources that a resource is associated with, to any depth."""
    return _reach(graph, uid, _OWNERS)


def dependents(graph: Graph, uid: str) -> tuple[Hop, ...]:
    """Give resources that are deleted with a resource or before it."""
    return _reach(graph, uid, _DEPENDENTS)


def dependencies(graph: Graph, uid: str) -> tuple[Hop, ...]:
    """Give the resources that a resource needs or uses."""
    return _reach(graph, uid, _DEPENDENCIES)


def blast_radius(graph: Graph, uid: str) -> tuple[Hop, ...]:
    """Give all resources that are deleted or break with a resource, to any depth."""
    return _reach(graph, uid, _BROKEN)


def _reach(graph: Graph, uid: str, ways: Ways) -> tuple[Hop, ...]:
    """Walk outwards, nearest first; each end occurs once, by a shortest path."""
    begin = graph.number_of(uid)
    if begin is None:
        return ()
    seen = {begin}
    found: list[Hop] = []
    waiting = deque([(begin, 0)])
    while waiting:
        at, depth = waiting.popleft()
        for end, edge in _steps(graph, at, ways):
            if end not in seen:
                seen.add(end)
                found.append(Hop(graph.names[at], graph.names[end], edge, depth + 1))
                waiting.append((end, depth + 1))
    return tuple(found)


def _steps(graph: Graph, at: int, ways: Ways) -> Iterator[tuple[int, Edge]]:
    names = graph.names
    for meaning, is_forward in ways:
        if is_forward:
            ends: Iterable[int] = graph.targets_by_number(meaning).of(at)
            yield from ((end, Edge(names[at], meaning, names[end])) for end in ends)
        else:
            ends = graph.sources_by_number(meaning).of(at)
            yield from ((end, Edge(names[end], meaning, names[at])) for end in ends)
