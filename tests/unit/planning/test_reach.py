"""From one resource outwards: what belongs to it, what it belongs to, what needs it and what it needs."""

from collections.abc import Callable

import pytest

from tagwarden.model.graph import EdgeMeaning, Graph
from tagwarden.planning.reach import Hop, blast_radius, closure_of, dependencies, dependents, owners
from tests.support.builders import a_resource
from tests.unit.planning.scenes import edges_of

SENTENCES = (
    "team owns net",
    "net owns subnet",
    "subnet owns port",
    "web needs subnet",
    "watch uses web",
    "subnet needs table",
    "subnet uses key",
    "key needs vault",
)
"""A subnet in the middle of everything that edges can mean."""


@pytest.fixture
def graph() -> Graph:
    names = sorted({word for sentence in SENTENCES for word in sentence.split()[::2]})
    return Graph([a_resource(uid=name, id=name) for name in names], edges_of(*SENTENCES))


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (closure_of, {"port": 1}),
        (owners, {"net": 1, "team": 2}),
        (dependents, {"port": 1, "web": 1}),
        (dependencies, {"table": 1, "key": 1, "vault": 2}),
        (blast_radius, {"port": 1, "web": 1, "watch": 2}),
    ],
)
def test_each_question_follows_its_own_edges(
    graph: Graph, ask: Callable[[Graph, str], tuple[Hop, ...]], expected: dict[str, int]
) -> None:
    """Never against their direction, to any depth."""
    assert expected == {hop.end: hop.depth for hop in ask(graph, "subnet")}


def test_a_step_names_its_edge_as_it_was_collected(graph: Graph) -> None:
    """Whichever way it is walked."""
    (hop, *_) = owners(graph, "subnet")

    assert ("subnet", "net") == (hop.start, hop.end)
    assert ("net", EdgeMeaning.OWNS, "subnet") == (hop.edge.source, hop.edge.meaning, hop.edge.target)


def test_a_ring_ends_and_an_unknown_resource_reaches_nothing(graph: Graph) -> None:
    """Each end is met once, by a shortest way, and the beginning never."""
    ring = Graph([a_resource(uid=name, id=name) for name in "abc"], edges_of("a owns b", "b owns c", "c owns a"))

    assert [("b", 1), ("c", 2)] == [(hop.end, hop.depth) for hop in closure_of(ring, "a")]
    assert () == closure_of(graph, "unknown")
