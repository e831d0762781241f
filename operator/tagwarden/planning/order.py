"""Which deletions have an action, and in which waves these run.

A resource and the resources that the vendor deletes along with it form a group: an order that any member requires holds
for the whole group. Waves are the generations of the graph of groups, against the direction of need.
"""

from collections import deque
from collections.abc import Callable, Mapping

import numpy as np
import rustworkx as rx

from tagwarden.model.containers import NAMESPACE
from tagwarden.model.graph import EdgeMeaning, Neighbours, Numbers
from tagwarden.model.messages import plan_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.verdict import Withheld
from tagwarden.planning.closure import Closure
from tagwarden.planning.deletion_roles import describe

_LOAD_BALANCER = "load_balancer"
"""The category that is deleted before its namespace even without users; a volume claim only if it has users."""

Untangles = Callable[[ProviderName, str], bool]
"""Whether the row of this kind declares steps that cut references right before a deletion."""

LONGEST_CYCLE_TOLD = 10

Pairs = tuple[Numbers, Numbers]
"""Groups to delete first, paired with the groups that follow."""


class Order:
    """The wave of each group, by the number of the resource with the action.

    `takers` maps each resource without an action to the resource whose deletion includes it; `taken` maps each
    resource with an action to all resources that the deletion includes, directly or indirectly. `cycles` are the
    groups that cannot be ordered, each with its reason; these are in no wave.
    """

    __slots__ = ("_acting", "_after", "_places", "_waves", "cycles", "taken", "takers")

    def __init__(self, closure: Closure, untangles: Untangles) -> None:
        self.takers: Mapping[int, int] = _takers(closure)
        self.taken: Mapping[int, tuple[int, ...]] = _taken(self.takers)
        groups = _groups(closure, self.takers)
        acting = np.unique(groups[groups >= 0])
        size = len(acting)
        self._acting: list[int] = acting.tolist()
        self._places = {number: place for place, number in enumerate(self._acting)}
        hard, soft = (_placed(pairs, acting) for pairs in _edges(closure, groups))
        components = _components(hard, soft, size=size)
        if int(components.max(initial=-1)) + 1 < size:
            # A soft edge that closes a cycle is dropped; remaining cycles consist of hard needs.
            soft = _between(soft, components)
            components = _components(hard, soft, size=size)
        self.cycles: tuple[tuple[int, Withheld], ...] = self._tangled(closure, components, hard, untangles)
        firm = _distinct(_between(_joined(hard, soft), components), size)
        self._waves: list[int] = _generations(firm, components).tolist()
        by_end = np.lexsort(firm)
        self._after = Neighbours(firm[1][by_end], firm[0][by_end], size)

    def wave_of(self, number: int) -> int:
        """Give the wave of a resource with an action; the first wave is 1."""
        return self._waves[self._places[number]]

    def before(self, number: int) -> tuple[int, ...]:
        """Give the numbers of the resources that must be deleted before a resource with an action."""
        return tuple(self._acting[place] for place in self._after.of(self._places[number]))

    def actor_of(self, number: int) -> int:
        """Give the resource whose action deletes this resource: the resource itself, or the last of its takers."""
        return _actor_of(number, self.takers)

    def _tangled(
        self, closure: Closure, components: Numbers, hard: Pairs, untangles: Untangles
    ) -> tuple[tuple[int, Withheld], ...]:
        """Find cycles of needs without declared steps that cut the references."""
        nodes, acting = closure.graph.nodes, self._acting
        within = components[hard[0]] == components[hard[1]]
        following: dict[int, list[int]] = {}
        for first, then in zip(hard[0][within].tolist(), hard[1][within].tolist(), strict=True):
            following.setdefault(first, []).append(then)
        found: list[tuple[int, Withheld]] = []
        for members in _crowds(components):
            if all(untangles(nodes[acting[place]].provider, nodes[acting[place]].kind) for place in members):
                continue
            ring = [describe(nodes[acting[place]]) for place in _ring(members, following)]
            more = len(ring) - 1 - LONGEST_CYCLE_TOLD
            if more > 0:
                ring = [*ring[:LONGEST_CYCLE_TOLD], messages.CYCLE_MORE(more=more), ring[0]]
            why = Withheld(Reason.DependencyCycle, messages.CYCLE(ring=" -> ".join(ring)))
            found.extend((acting[place], why) for place in members)
        return tuple(found)


def _actor_of(number: int, takers: Mapping[int, int]) -> int:
    while number in takers:
        number = takers[number]
    return number


def _taken(takers: Mapping[int, int]) -> dict[int, tuple[int, ...]]:
    """Give for each resource with an action all resources that the deletion includes, in ascending order."""
    taken: dict[int, list[int]] = {}
    for number in sorted(takers):
        taken.setdefault(_actor_of(number, takers), []).append(number)
    return {acting: tuple(numbers) for acting, numbers in taken.items()}


def _takers(closure: Closure) -> dict[int, int]:
    """Give for each resource without an action the resource whose deletion includes it."""
    nodes = closure.graph.nodes
    owners = closure.graph.sources_by_number(EdgeMeaning.OWNS)
    takers: dict[int, int] = {}
    for number in closure.going:
        taking = [owner for owner in owners.of(number) if owner in closure.going and closure.ties.takes(owner, number)]
        if taking:
            # An owner inside a namespace precedes the namespace, so that the taker is the nearest parent.
            takers[number] = min(taking, key=lambda owner: (nodes[owner].category == NAMESPACE, owner))
    for number in _first_in_namespaces(closure, takers):
        del takers[number]
    return _without_rings(takers)


def _first_in_namespaces(closure: Closure, takers: dict[int, int]) -> set[int]:
    """Find objects to delete before their namespace: declared dependents, and all objects in use.

    Deleting a namespace that contains a volume claim or a load balancer leaks cloud resources. A claim stays while a
    Pod mounts it, and a Pod is recreated while its workload exists: so the workload is deleted first.
    """
    nodes = closure.graph.nodes
    needed = closure.graph.targets_by_number(EdgeMeaning.NEEDS)
    needing = closure.graph.sources_by_number(EdgeMeaning.NEEDS)
    using = closure.graph.sources_by_number(EdgeMeaning.USES)
    waiting: deque[int] = deque()
    for number in closure.going:
        if any(nodes[other].category == NAMESPACE for other in needed.of(number) if other in closure.going):
            waiting.append(number)
            if nodes[number].category != _LOAD_BALANCER:
                waiting.extend(using.of(number))
    first: set[int] = set()
    seen: set[int] = set()
    while waiting:
        number = waiting.popleft()
        if number in seen or number not in closure.going:
            continue
        seen.add(number)
        taker = takers.get(number)
        if taker is not None and nodes[taker].category == NAMESPACE:
            first.add(number)
        elif taker is not None:
            waiting.append(taker)
        waiting.extend(needing.of(number))
    return first


def _without_rings(takers: dict[int, int]) -> dict[int, int]:
    """Give an action to a single member of each cycle of takers."""
    settled: set[int] = set()
    for number in sorted(takers):
        path: dict[int, None] = {}
        at = number
        while at in takers and at not in settled and at not in path:
            path[at] = None
            at = takers[at]
        if at in path:
            del takers[at]
        settled.update(path)
    return takers


def _groups(closure: Closure, takers: Mapping[int, int]) -> Numbers:
    """Give for each number the number of the resource with the delete action; -1 if the resource stays."""
    groups = np.full(len(closure.graph.names), -1, dtype=np.int64)
    for number in closure.going:
        acting = number
        while acting in takers:
            acting = takers[acting]
        groups[number] = acting
    return groups


def _edges(closure: Closure, groups: Numbers) -> tuple[Pairs, Pairs]:
    """Give hard and soft pairs of groups: the first group must, or should, be deleted before the second."""
    graph, nodes = closure.graph, closure.graph.nodes
    owner, owned = _going(graph.targets_by_number(EdgeMeaning.OWNS).arrays(), groups)
    pairs = list(zip(owner.tolist(), owned.tolist(), strict=True))
    holds = np.array([nodes[each].category == NAMESPACE for each, _ in pairs], dtype=bool)
    outlasts = np.array([closure.ties.outlasts(*pair) for pair in pairs], dtype=bool)
    # Contents of a namespace with their own action precede the namespace; other owned resources follow their owner.
    first = holds & (groups[owned] == owned)
    inside = (groups[owned[first]], groups[owner[first]])
    parts = (groups[owner[~outlasts]], groups[owned[~outlasts]])
    needs = _grouped(_going(graph.targets_by_number(EdgeMeaning.NEEDS).arrays(), groups), groups)
    uses = _grouped(_going(graph.targets_by_number(EdgeMeaning.USES).arrays(), groups), groups)
    return _apart(_joined(needs, _joined(inside, parts))), _apart(uses)


def _going(pairs: Pairs, groups: Numbers) -> Pairs:
    """Keep edges with both ends deleted."""
    first, then = pairs
    both = (groups[first] >= 0) & (groups[then] >= 0)
    return first[both], then[both]


def _grouped(pairs: Pairs, groups: Numbers) -> Pairs:
    return groups[pairs[0]], groups[pairs[1]]


def _joined(some: Pairs, others: Pairs) -> Pairs:
    return np.concatenate((some[0], others[0])), np.concatenate((some[1], others[1]))


def _apart(pairs: Pairs) -> Pairs:
    """Leave out pairs of a group with itself."""
    apart = pairs[0] != pairs[1]
    return pairs[0][apart], pairs[1][apart]


def _between(pairs: Pairs, components: Numbers) -> Pairs:
    """Keep pairs of different components."""
    apart = components[pairs[0]] != components[pairs[1]]
    return pairs[0][apart], pairs[1][apart]


def _distinct(pairs: Pairs, size: int) -> Pairs:
    """Give each pair once, in ascending order."""
    first, then = np.divmod(np.unique(pairs[0] * max(size, 1) + pairs[1]), max(size, 1))
    return first, then


def _placed(pairs: Pairs, acting: Numbers) -> Pairs:
    """Turn numbers of resources into places among the resources with actions, each pair once."""
    return _distinct((np.searchsorted(acting, pairs[0]), np.searchsorted(acting, pairs[1])), len(acting))


def _components(*pairs: Pairs, size: int) -> Numbers:
    """Number the strongly connected component of each place; fewer components than places mean cycles."""
    graph = _directed(size, pairs)
    found = np.zeros(size, dtype=np.int64)
    for component, members in enumerate(rx.strongly_connected_components(graph)):
        for member in members:
            found[member] = component
    return found


def _directed(size: int, several: tuple[Pairs, ...]) -> "rx.PyDiGraph[None, None]":
    graph: rx.PyDiGraph[None, None] = rx.PyDiGraph()
    graph.add_nodes_from([None] * size)
    for first, then in several:
        graph.add_edges_from_no_data(list(zip(first.tolist(), then.tolist(), strict=True)))
    return graph


def _crowds(components: Numbers) -> list[list[int]]:
    """Give the members of each component with several members, in ascending order."""
    counts = np.bincount(components)
    members: dict[int, list[int]] = {}
    for place in np.flatnonzero(counts[components] > 1).tolist():
        members.setdefault(int(components[place]), []).append(place)
    return sorted(members.values())


def _generations(firm: Pairs, components: Numbers) -> Numbers:
    """Number the wave of each place from 1; the members of a cycle that declared steps cut share a wave."""
    across = _distinct((components[firm[0]], components[firm[1]]), len(components))
    graph = _directed(int(components.max(initial=-1)) + 1, (across,))
    waves = np.zeros(len(components), dtype=np.int64)
    for wave, generation in enumerate(rx.topological_generations(graph), start=1):
        waves[np.fromiter(generation, dtype=np.int64, count=len(generation))] = wave
    return waves[components]


def _ring(group: list[int], following: Mapping[int, list[int]]) -> list[int]:
    """Walk a shortest cycle through the first member of a group; start and end are the same.

    `following` has only edges inside groups, and so none from a place to itself.
    """
    start = group[0]
    came_from: dict[int, int] = {}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        for then in following.get(at, ()):
            if then == start:
                ring = [start, at]
                while ring[-1] != start:
                    ring.append(came_from[ring[-1]])
                return ring[::-1]
            if then not in came_from:
                came_from[then] = at
                waiting.append(then)
    return group
