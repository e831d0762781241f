"""Edges between resources, with a meaning, and the indexed graph of all edges."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from tagwarden.model.resource import Resource

DNS_NAME = "dns_name"
"""The attribute with the DNS name from the vendor, which is unique."""

NONE, SEVERAL = -1, -2
"""Placeholders for the number of a node."""

Numbers = npt.NDArray[np.int64]


class EdgeMeaning(StrEnum):
    """Meaning of an edge for an end when the other is deleted."""

    OWNS = "owns"
    """The target is deleted with the source, or exists only for the source."""
    NEEDS = "needs"
    """The target cannot be deleted while the source exists."""
    USES = "uses"
    """The source breaks without the target: the blast radius."""


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` owns, needs or uses `target`. Each end is a uid or a `kind/id` reference."""

    source: str
    meaning: EdgeMeaning
    target: str


class Neighbours:
    """The sorted numbers of each node's neighbours in two flat arrays: 4 bytes per edge.

    `keys` are the nodes in ascending order, `ends` the neighbours.
    """

    __slots__ = ("_ends", "_starts")

    def __init__(self, keys: Numbers, ends: Numbers, size: int) -> None:
        starts = np.zeros(size + 1, dtype=np.int64)
        np.cumsum(np.bincount(keys, minlength=size), out=starts[1:])
        self._starts = array("q", starts.tobytes())
        self._ends = array("i", ends.astype(np.int32).tobytes())

    def of(self, number: int) -> Sequence[int]:
        """Give the numbers of the neighbours of a node, in ascending order."""
        start, end = self._starts[number], self._starts[number + 1]
        return self._ends[start:end] if start != end else ()

    def only(self) -> "array[int]":
        """Give the number of each node's single neighbour: `NONE` without neighbours, `SEVERAL` with more."""
        starts = np.frombuffer(self._starts, dtype=np.int64)
        counts = np.diff(starts)
        # Entries of nodes without neighbours are not read; the appended entry is for the last node.
        firsts = np.append(np.frombuffer(self._ends, dtype=np.int32), np.int32(NONE))[starts[:-1]]
        return array("i", np.select([counts == 0, counts == 1], [NONE, firsts], SEVERAL).astype(np.int32).tobytes())

    def arrays(self) -> tuple[Numbers, Numbers]:
        """Give all nodes and all neighbours, edge by edge."""
        starts = np.frombuffer(self._starts, dtype=np.int64)
        counts = starts[1:] - starts[:-1]
        nodes = np.repeat(np.arange(len(counts)), counts)
        return nodes, np.frombuffer(self._ends, dtype=np.int32).astype(np.int64)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Give every (node, neighbour)."""
        for number in range(len(self._starts) - 1):
            for end in self.of(number):
                yield number, end


class Graph:
    """Resources and their edges with look-ups in both directions, built in linear time.

    Ends that name no collected resource, or several, stay in the graph as unknown: resources that depend on unknown
    ends may be in use.

    Nodes are numbered in the order of uid; unknown ends come after the `len(resources)` known nodes. Walks by number
    therefore give the same result for every order of edges. Names are for people and single questions; algorithms over
    the whole graph use numbers.
    """

    __slots__ = ("_alike", "_references", "_sources", "_targets", "names", "nodes", "numbers", "resources")

    def __init__(self, resources: Iterable[Resource], edges: Iterable[Edge] = ()) -> None:
        by_uid = {resource.uid: resource for resource in resources}
        self.resources: Mapping[str, Resource] = dict(sorted(by_uid.items()))
        del by_uid
        self.nodes: tuple[Resource, ...] = tuple(self.resources.values())
        """The resources by number."""
        numbers = {uid: number for number, uid in enumerate(self.resources)}
        ends, loose = _read(edges, numbers)
        final, unknown = _resolve(loose, self.nodes, numbers)
        numbers.update((name, len(self.nodes) + place) for place, name in enumerate(unknown))
        self.numbers: Mapping[str, int] = numbers
        """The number of each uid and of each unknown name."""
        self.names: tuple[str, ...] = tuple(numbers)
        """Uids, then the names of unknown resources, by number."""
        self._alike: tuple[range, ...] | None = None
        self._references: Mapping[str, int] | None = None
        self._targets: dict[EdgeMeaning, Neighbours] = {}
        self._sources: dict[EdgeMeaning, Neighbours] = {}
        size = len(self.names)
        for meaning, flat in ends.items():
            sources, targets = _distinct(flat, final, size)
            self._targets[meaning] = Neighbours(sources, targets, size)
            order = np.argsort(targets, kind="stable")
            self._sources[meaning] = Neighbours(targets[order], sources[order], size)

    @property
    def unknown(self) -> frozenset[str]:
        """The names of ends that were not collected."""
        return frozenset(self.names[len(self.nodes) :])

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Every edge once, with resolved ends: grouped by meaning, then in the order of source and target."""
        return tuple(
            Edge(self.names[source], meaning, self.names[target])
            for meaning in EdgeMeaning
            for source, target in self._targets[meaning].pairs()
        )

    def alike(self) -> tuple[range, ...]:
        """Give the numbers of consecutive resources with the same account, region, kind and category.

        Computed once, since every policy uses these ranges.
        """
        if self._alike is None:
            self._alike = tuple(runs(self.nodes, attrgetter("account", "region", "kind", "category")))
        return self._alike

    def targets(self, uid: str, meaning: EdgeMeaning) -> tuple[str, ...]:
        """Resources that `uid` owns, needs or uses: uids, or references of uncollected resources."""
        return self._named(uid, self._targets[meaning])

    def sources(self, uid: str, meaning: EdgeMeaning) -> tuple[str, ...]:
        """Resources that own, need or use `uid`: uids, or references of uncollected resources."""
        return self._named(uid, self._sources[meaning])

    def number_of(self, uid: str) -> int | None:
        """Give the number of a resource or an unknown end; None for a name outside the graph."""
        return self.numbers.get(uid)

    def resolve(self, name: str) -> int | None:
        """Give the number of the only resource with this uid or `kind/id`; None for no or several resources."""
        number = self.numbers.get(name)
        if number is not None:
            return number if number < len(self.nodes) else None
        if self._references is None:
            found: dict[str, int] = {}
            for place, resource in enumerate(self.nodes):
                for known in names_of(resource):
                    found[known] = -1 if known in found else place
            self._references = found
        number = self._references.get(name, -1)
        return number if number >= 0 else None

    def targets_by_number(self, meaning: EdgeMeaning) -> Neighbours:
        """Resources that each node owns, needs or uses."""
        return self._targets[meaning]

    def sources_by_number(self, meaning: EdgeMeaning) -> Neighbours:
        """Resources that own, need or use each node."""
        return self._sources[meaning]

    def _named(self, uid: str, neighbours: Neighbours) -> tuple[str, ...]:
        number = self.numbers.get(uid)
        if number is None:
            return ()
        return tuple(self.names[end] for end in neighbours.of(number))


def runs(resources: Iterable[Resource], trait: Callable[[Resource], object], first: int = 0) -> Iterator[range]:
    """Give the numbers, from `first` on, of consecutive resources with the same trait."""
    for _, group in groupby(resources, trait):
        end = first + sum(1 for _ in group)
        yield range(first, end)
        first = end


def names_of(resource: Resource) -> tuple[str, ...]:
    """Give the names, besides the uid, by which links of other resources refer to a resource.

    The names are `kind/id` and, if present, `kind/DNS name`: a cluster knows only the DNS name of its load balancers.
    """
    dns_name = resource.attributes.get(DNS_NAME)
    if dns_name is None or dns_name == resource.id:
        return (resource.reference,)
    return (resource.reference, f"{resource.kind}/{dns_name}")


def _read(edges: Iterable[Edge], numbers: Mapping[str, int]) -> tuple[dict[EdgeMeaning, "array[int]"], dict[str, int]]:
    """Turn edges into flat (source, target, …) numbers; names other than uids get numbers below zero."""
    ends = {meaning: array("q") for meaning in EdgeMeaning}
    appends = {meaning: flat.append for meaning, flat in ends.items()}
    loose: dict[str, int] = {}
    for edge in edges:
        source = numbers.get(edge.source)
        if source is None:
            source = loose.setdefault(edge.source, -1 - len(loose))
        target = numbers.get(edge.target)
        if target is None:
            target = loose.setdefault(edge.target, -1 - len(loose))
        append = appends[edge.meaning]
        append(source)
        append(target)
    return ends, loose


def _resolve(
    loose: Mapping[str, int], nodes: Iterable[Resource], numbers: Mapping[str, int]
) -> tuple[Numbers, tuple[str, ...]]:
    """Number the ends of edges that are names instead of uids.

    A reference such as `kind/id` becomes the resource of that name; with two (a key pair `default` in two regions)
    the reference stays unknown. Gives the final number at index -1 - (the provisional number), and the unknown names.
    """
    named: dict[str, str] = {}
    ambiguous: set[str] = set()
    if loose:
        for resource in nodes:
            for name in names_of(resource):
                if name in loose and named.setdefault(name, resource.uid) != resource.uid:
                    ambiguous.add(name)
    unknown = tuple(sorted(name for name in loose if name not in named or name in ambiguous))
    later = {name: len(numbers) + place for place, name in enumerate(unknown)}
    final = [later[name] if name in later else numbers[named[name]] for name in loose]
    return np.array(final, dtype=np.int64), unknown


def _distinct(flat: "array[int]", final: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """Give each edge once, in the order of source and target, without edges from a node to itself."""
    pairs: Any = np.frombuffer(flat, dtype=np.int64).reshape(-1, 2) if flat else np.zeros((0, 2), dtype=np.int64)
    if len(final):
        pairs = np.where(pairs < 0, final[np.minimum(-1 - pairs, len(final) - 1).clip(0)], pairs)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    keys = np.unique(pairs[:, 0] * size + pairs[:, 1])
    sources, targets = np.divmod(keys, max(size, 1))
    return sources, targets
