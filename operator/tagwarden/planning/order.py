"""Which deletions have an action of their own, and in which waves they run.

What the vendor takes along by itself forms one group with what takes it, so that an order that one of its members
asks for holds for the group. Waves are the generations of the graph of groups, against the direction of need.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import rustworkx as rx

from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Provider
from tagwarden.model.verdict import Withheld
from tagwarden.planning.closure import Closure
from tagwarden.planning.completeness import NAMESPACE
from tagwarden.planning.standing import describe

Untangles = Callable[[Provider, str], bool]
"""Whether the row of this kind declares steps that cut its references right before its own deletion."""

LONGEST_CYCLE_TOLD = 10


@dataclass(frozen=True, slots=True)
class Order:
    """The wave of each group, by the number of the resource that acts for it, and the group of each that goes.

    `after` are the groups that must be gone first. `cycles` are the groups that cannot be ordered, each with its
    reason; they are in no wave.
    """

    waves: dict[int, int]
    after: dict[int, tuple[int, ...]]
    takers: dict[int, int]
    cycles: tuple[tuple[int, Withheld], ...]


def order_of(closure: Closure, untangles: Untangles) -> Order:
    """Put all that goes into waves, the first of which is 1."""
    takers = _takers(closure)
    groups = {number: _acting_for(number, takers) for number in closure.going}
    hard, soft = _edges(closure, groups)
    acting = sorted({*groups.values()})
    places = {number: place for place, number in enumerate(acting)}
    hard = {(places[first], places[then]) for first, then in hard}
    soft = {(places[first], places[then]) for first, then in soft}
    firm = hard | _harmless(soft, hard, len(acting))
    components = _components(len(acting), firm)
    cycles = _cycles(closure, acting, components, hard, untangles)
    if cycles:
        return Order({}, {}, takers, cycles)
    return _waves(acting, components, firm, takers)


def _takers(closure: Closure) -> dict[int, int]:
    """Say for each that has no action of its own which other takes it along."""
    nodes = closure.graph.nodes
    owners = closure.graph.sources_by_number(EdgeMeaning.OWNS)
    takers: dict[int, int] = {}
    for number in closure.going:
        taking = [owner for owner in owners.of(number) if owner in closure.going and closure.takes(owner, number)]
        if taking:
            # A root inside a namespace comes before the namespace, so that what holds a content is the nearest one.
            takers[number] = min(taking, key=lambda owner: (nodes[owner].category == NAMESPACE, owner))
    for number in _first_in_namespaces(closure, takers):
        del takers[number]
    return _without_rings(takers)


def _first_in_namespaces(closure: Closure, takers: dict[int, int]) -> set[int]:
    """Find what must go before the namespace that holds it: what says that it needs that, and all that holds it in use.

    A namespace that goes with a volume claim or a load balancer in it leaks something of the cloud. A claim stays while
    a pod mounts it, and a pod comes back while its workload exists: so the workload goes first.
    """
    nodes = closure.graph.nodes
    needed = closure.graph.targets_by_number(EdgeMeaning.NEEDS)
    needing = closure.graph.sources_by_number(EdgeMeaning.NEEDS)
    using = closure.graph.sources_by_number(EdgeMeaning.USES)
    waiting: deque[int] = deque()
    for number in takers:
        if any(nodes[other].category == NAMESPACE for other in needed.of(number) if other in closure.going):
            waiting.append(number)
            waiting.extend(using.of(number))
    first: set[int] = set()
    seen: set[int] = set()
    while waiting:
        number = waiting.popleft()
        if number in seen or number not in takers:
            continue
        seen.add(number)
        if nodes[takers[number]].category == NAMESPACE:
            first.add(number)
        else:
            waiting.append(takers[number])
        waiting.extend(needing.of(number))
    return first


def _without_rings(takers: dict[int, int]) -> dict[int, int]:
    """Let one act where things claim to take one another along."""
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


def _acting_for(number: int, takers: dict[int, int]) -> int:
    while number in takers:
        number = takers[number]
    return number


def _edges(closure: Closure, groups: dict[int, int]) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Give (first, then) pairs of groups: those that must hold, and those that should where they can."""
    graph = closure.graph
    hard: set[tuple[int, int]] = set()
    soft: set[tuple[int, int]] = set()
    needed = graph.targets_by_number(EdgeMeaning.NEEDS)
    owned = graph.targets_by_number(EdgeMeaning.OWNS)
    used = graph.targets_by_number(EdgeMeaning.USES)
    for number, group in groups.items():
        hard.update((group, groups[other]) for other in needed.of(number) if other in groups)
        for other in owned.of(number):
            if other not in groups:
                continue
            if graph.nodes[number].category == NAMESPACE and groups[other] == other:
                hard.add((other, group))
            elif not closure.is_contained(number, other):
                hard.add((group, groups[other]))
        soft.update((group, groups[other]) for other in used.of(number) if other in groups)
    return {pair for pair in hard if pair[0] != pair[1]}, {pair for pair in soft if pair[0] != pair[1]}


def _components(size: int, edges: Iterable[tuple[int, int]]) -> list[int]:
    """Number the strongly connected component of each node; fewer components than nodes mean cycles."""
    graph = rx.PyDiGraph(multigraph=False)
    graph.add_nodes_from(range(size))
    graph.add_edges_from_no_data(list(edges))
    found = [0] * size
    for place, members in enumerate(rx.strongly_connected_components(graph)):
        for member in members:
            found[member] = place
    return found


def _harmless(soft: set[tuple[int, int]], hard: set[tuple[int, int]], size: int) -> set[tuple[int, int]]:
    """Keep those wishes that close no cycle."""
    components = _components(size, hard | soft)
    return {(first, then) for first, then in soft if components[first] != components[then]}


def _cycles(
    closure: Closure, acting: list[int], components: list[int], hard: set[tuple[int, int]], untangles: Untangles
) -> tuple[tuple[int, Withheld], ...]:
    """Find those that need one another and have no declared way to cut that."""
    members: dict[int, list[int]] = {}
    for place, component in enumerate(components):
        members.setdefault(component, []).append(place)
    nodes = closure.graph.nodes
    tangled = [
        group
        for group in members.values()
        if len(group) > 1 and not all(untangles(nodes[acting[m]].provider, nodes[acting[m]].kind) for m in group)
    ]
    if not tangled:
        return ()
    following: dict[int, list[int]] = {}
    for first, then in sorted(hard):
        following.setdefault(first, []).append(then)
    found: list[tuple[int, Withheld]] = []
    for group in sorted(tangled):
        ring = [describe(nodes[acting[place]]) for place in _ring(group, following)]
        more = len(ring) - 1 - LONGEST_CYCLE_TOLD
        if more > 0:
            ring = [*ring[:LONGEST_CYCLE_TOLD], f"{more} more", ring[0]]
        why = Withheld(Reason.DependencyCycle, "each of these must go before the next: " + " -> ".join(ring))
        found.extend((acting[place], why) for place in group)
    return tuple(found)


def _ring(group: list[int], following: dict[int, list[int]]) -> list[int]:
    """Walk one shortest cycle through the first member of a group, which ends where it began."""
    start = group[0]
    inside = set(group)
    came_from: dict[int, int] = {}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        for then in following.get(at, ()):
            if then == start:
                ring = [start, at]
                while ring[-1] != start:
                    ring.append(came_from[ring[-1]])
                return ring[::-1] if at != start else [start, start]
            if then in inside and then not in came_from:
                came_from[then] = at
                waiting.append(then)
    return group


def _waves(acting: list[int], components: list[int], edges: set[tuple[int, int]], takers: dict[int, int]) -> Order:
    """Number the generations of components from 1; those that are untangled by their steps share a wave."""
    graph = rx.PyDiGraph(multigraph=False)
    graph.add_nodes_from(range(max(components, default=-1) + 1))
    across = {(components[first], components[then]) for first, then in edges}
    graph.add_edges_from_no_data([pair for pair in across if pair[0] != pair[1]])
    wave_of = [0] * graph.num_nodes()
    for wave, generation in enumerate(rx.topological_generations(graph), start=1):
        for component in generation:
            wave_of[component] = wave
    after: dict[int, list[int]] = {}
    for first, then in edges:
        if components[first] != components[then]:
            after.setdefault(acting[then], []).append(acting[first])
    return Order(
        {number: wave_of[components[place]] for place, number in enumerate(acting)},
        {number: tuple(sorted(before)) for number, before in after.items()},
        takers,
        (),
    )
