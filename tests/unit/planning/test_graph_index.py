from hypothesis import given, settings
from hypothesis import strategies as st

from tagwarden.model.graph import NONE, SEVERAL, Edge, EdgeMeaning, Graph
from tests.support.builders import a_resource
from tests.unit.planning.scenes import edges_of

OWNS, NEEDS, USES = EdgeMeaning


def graph_of(names: str, *sentences: str) -> Graph:
    return Graph([a_resource(uid=name, id=name) for name in names.split()], edges_of(*sentences))


def test_edges_are_found_from_both_ends() -> None:
    """In the order of uid, whatever the order they came in."""
    graph = graph_of("a b c", "c needs a", "b needs a", "a owns b")

    assert graph.sources("a", NEEDS) == ("b", "c")
    assert graph.targets("b", NEEDS) == ("a",)
    assert graph.targets("a", OWNS) == ("b",)
    assert graph.sources("a", USES) == ()


def test_a_reference_stands_for_the_one_resource_it_names() -> None:
    """Links know others by kind and id."""
    graph = graph_of("a b", "a needs aws_ec2_instance/b")

    assert graph.targets("a", NEEDS) == ("b",)
    assert graph.unknown == frozenset()


def test_a_reference_that_names_two_names_none() -> None:
    """Two regions may both have a key pair of that name: which of them is meant is unknown, and kept as that."""
    twins = [a_resource(uid=uid, id="default", kind="aws_ec2_key_pair") for uid in ("k-1", "k-2")]
    graph = Graph([a_resource(uid="a", id="a"), *twins], edges_of("a uses aws_ec2_key_pair/default"))

    assert graph.targets("a", USES) == ("aws_ec2_key_pair/default",)
    assert graph.unknown == frozenset({"aws_ec2_key_pair/default"})
    assert graph.resolve("aws_ec2_key_pair/default") is None
    assert graph.resolve("aws_ec2_instance/a") == graph.number_of("a")


def test_what_is_said_twice_is_one_edge_and_nothing_needs_itself() -> None:
    """Both ends of a link may tell of it."""
    graph = graph_of("a b", "a needs b", "a needs aws_ec2_instance/b", "a needs a")

    assert graph.edges == (Edge("a", NEEDS, "b"),)


def test_an_unknown_end_can_be_asked_too() -> None:
    """Dangling ends are kept."""
    graph = graph_of("a", "aws_x/y owns a")

    assert graph.sources("a", OWNS) == ("aws_x/y",)
    assert graph.targets("aws_x/y", OWNS) == ("a",)
    assert graph.targets("nothing", OWNS) == ()


def test_the_one_neighbour_of_a_node_is_told_from_none_and_several() -> None:
    """The last node may have none."""
    graph = graph_of("a b c", "a owns b", "a owns aws_x/y", "c owns aws_x/y")

    only = graph.sources_by_number(OWNS).only()

    assert {"a": NONE, "b": graph.number_of("a"), "c": NONE, "aws_x/y": SEVERAL} == dict(
        zip(graph.names, only, strict=True)
    )
    assert [SEVERAL, NONE, graph.number_of("aws_x/y"), NONE] == list(graph.targets_by_number(OWNS).only())


def test_resources_that_follow_one_another_alike_are_found_together() -> None:
    """All of account, region, kind and category count, and only neighbours do."""
    places = [
        {},
        {},
        {"region": "us-east-1"},
        {"kind": "aws_sqs_queue"},
        {"account": "other"},
        {"account": "other"},
        {},
    ]
    graph = Graph([a_resource(uid=f"{number}", id=f"{number}", **place) for number, place in enumerate(places)])

    assert (range(2), range(2, 3), range(3, 4), range(4, 6), range(6, 7)) == graph.alike()


def test_a_graph_without_anything() -> None:
    """An empty account has an empty graph."""
    assert Graph([]).edges == ()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(list(EdgeMeaning)), st.integers(0, 12)), max_size=40))
def test_the_index_holds_exactly_the_edges(triples: list[tuple[int, EdgeMeaning, int]]) -> None:
    """Both directions agree with the plain list, unknown ends included."""
    resources = [a_resource(uid=f"n{place}", id=f"n{place}") for place in range(10)]
    edges = [Edge(f"n{source}", meaning, f"n{target}") for source, meaning, target in triples]
    graph = Graph(resources, edges)
    expected = {edge for edge in edges if edge.source != edge.target}

    assert set(graph.edges) == expected
    assert len(graph.edges) == len(expected)
    for edge in expected:
        assert edge.target in graph.targets(edge.source, edge.meaning)
        assert edge.source in graph.sources(edge.target, edge.meaning)
