"""References lead to the one resource that they name: in the same region first, then among global ones."""

from dataclasses import replace

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Resource
from tagwarden.providers.catalogue.listing_families import Found, Gathered
from tagwarden.providers.catalogue.references import References, references_of, unresolved_ends
from tests.support.builders import a_resource

USES = EdgeMeaning.USES


def key(uid: str, id_: str = "k") -> Resource:
    return replace(a_resource(uid=uid, id=id_), kind="cloud_key")


def found(region: str, *resources: Resource, **more: object) -> Found:
    return Found(region, (Gathered(list(resources), **more),), frozenset())  # type: ignore[arg-type]


def references(*founds: Found) -> dict[str, References]:
    """Give the references of each region for the key and its alias."""
    return references_of(founds, {"cloud_key/k", "cloud_key/main"})


def test_a_name_means_the_resource_of_the_same_region_before_a_global_one() -> None:
    """And where neither has it, it stays a reference."""
    known = references(found("eu", key("//eu")), found("us"), found("", key("//global")))

    assert known["eu"].uid("cloud_key/k") == "//eu"
    assert known["us"].uid("cloud_key/k") == "//global"
    assert known["us"].uid("cloud_key/main") == "cloud_key/main"


def test_a_global_resource_may_name_one_of_any_region() -> None:
    """If only one has that name."""
    one, two = found("eu", key("//eu")), found("us", key("//us"))

    assert references(found(""), one)[""].uid("cloud_key/k") == "//eu"
    assert references(found(""), one, two)[""].uid("cloud_key/k") == "cloud_key/k"


def test_a_name_of_two_resources_means_neither() -> None:
    """An alias names as an id does."""
    twins = found("eu", key("//one"), key("//two"), aliases={"cloud_key/main": "//one"})
    known = references(twins, found("", key("//global")))["eu"]

    assert known.uid("cloud_key/main") == "//one"
    assert known.uid("cloud_key/k") == "//global"


def test_names_that_no_edge_holds_are_not_remembered() -> None:
    """An account has a hundred thousand."""
    assert references(found("eu", key("//eu", "other")))["eu"].here == {}


def test_edges_are_resolved_and_conjectures_checked() -> None:
    """A conjecture from a name is dropped where no resource of that name was collected."""
    known = references(found("eu", key("//eu"), key("//disk", "d")))["eu"]
    edges = [Edge("//disk", USES, "cloud_key/k"), Edge("//disk", USES, "cloud_key/gone")]

    assert list(known.resolved(edges)) == [Edge("//disk", USES, "//eu"), edges[1]]
    assert list(known.certain(edges)) == [Edge("//disk", USES, "//eu")]


def test_the_ends_that_are_no_uids_are_to_be_found() -> None:
    """Of edges and of conjectures, whichever end it is."""
    part = found("eu", edges=[Edge("cloud_vm/a", USES, "//disk")], conjectures=[Edge("//disk", USES, "cloud_key/k")])

    assert ["cloud_vm/a", "cloud_key/k"] == list(unresolved_ends([part], lambda end: end.startswith("//")))
