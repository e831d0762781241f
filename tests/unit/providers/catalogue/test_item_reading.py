"""A row says where the facts of an item stand; the reader follows it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.providers.catalogue.creation_times import created
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.item_reading import ItemReader
from tagwarden.providers.catalogue.kind_row import KindRow, Managed, Protected
from tagwarden.providers.catalogue.links import needs, owned_by, uses
from tagwarden.providers.catalogue.operations import Listing
from tagwarden.providers.catalogue.path_compiler import PathFunctions, path_compiler

ROW = KindRow(
    name="cloud_disk",
    category="volume",
    service="compute",
    listing=Listing("disks.list", "items"),
    id="name",
    title="label",
    created=created("createTime", "parts[].createTime"),
    state="status",
    gone=("GONE",),
    links=(needs("cloud_key", "key"), owned_by("cloud_instance", "users"), uses("cloud_image", "image", if_found=True)),
    managed=(Managed("cloud_pool", "pool"), Managed("Template", "template")),
    protected=(Protected("locked", "it is locked"), Protected("hold", "it is on hold")),
    attributes={"size": "sizeGb", "fast": "fast", "options": "options"},
    aliases=("oldName", "alsoNamed"),
    region="place.region",
    only_where="type != 'image'",
)
BARE = KindRow(name="cloud_topic", category="topic", service="pubsub", listing=Listing("topics.list", "topics"), id="n")


def reader(row: KindRow = ROW) -> ItemReader:
    """Compile a row of a vendor whose uids begin with two slashes."""
    return ItemReader(
        row,
        path_compiler(PathFunctions()),
        lambda kind, name: name if name.startswith("//") else f"{kind}/{name}",
        Shared(),
    )


@pytest.mark.parametrize(
    ("item", "expected"),
    [({}, True), ({"status": "READY"}, True), ({"status": "GONE"}, False), ({"type": "image"}, False)],
)
def test_items_of_another_kind_and_deleted_ones_are_none_of_the_kind(item: dict[str, Any], expected: object) -> None:
    """A state that the row does not name is a living one."""
    assert reader().is_of_kind(item) is expected


def test_facts_are_read_where_the_row_says() -> None:
    """Only plain values become attributes, and the earliest time counts."""
    item = {
        "name": 7,
        "label": "data",
        "status": "READY",
        "createTime": "2026-09-02T00:00:00Z",
        "parts": [{"createTime": "2026-09-01T00:00:00Z"}, {}],
        "place": {"region": "eu"},
        "sizeGb": 10,
        "fast": False,
        "options": ["a"],
    }
    read = reader()

    assert (read.id_of(item), read.title_of(item), read.state_of(item), read.region_of(item)) == (
        "7", "data", "READY", "eu",
    )  # fmt: skip
    assert read.created_of(item) == datetime(2026, 9, 1, tzinfo=UTC)
    assert read.attributes_of(item) == {"size": 10, "fast": False}


@pytest.mark.parametrize("row", [ROW, BARE], ids=lambda row: row.name)
def test_an_item_without_facts_has_none(row: KindRow) -> None:
    """Neither a row without paths nor an item without members is an error."""
    read = reader(row)

    assert (read.id_of({}), read.title_of({}), read.state_of({}), read.region_of({})) == ("", "", "", "")
    assert (read.created_of({}), read.attributes_of({}), read.protection_of({}), read.manager_of({})) == (
        None, {}, "", None,
    )  # fmt: skip
    assert [*read.edges({}, "//disk"), *read.aliases({})] == []


def test_links_lead_to_ids_and_uids() -> None:
    """Backwards ones begin at the other end; conjectures are marked."""
    item = {"key": "//key/k", "users": ["web", "db"], "image": "base"}

    assert list(reader().edges(item, "//disk/d")) == [
        (Edge("//disk/d", EdgeMeaning.NEEDS, "//key/k"), False),
        (Edge("cloud_instance/web", EdgeMeaning.OWNS, "//disk/d"), False),
        (Edge("cloud_instance/db", EdgeMeaning.OWNS, "//disk/d"), False),
        (Edge("//disk/d", EdgeMeaning.USES, "cloud_image/base"), True),
    ]


def test_the_first_rule_that_holds_tells() -> None:
    """Of the protections and of the managers; further names are all given."""
    read = reader()

    assert read.protection_of({"hold": True, "locked": True}) == "it is locked"
    assert read.protection_of({"hold": True}) == "it is on hold"
    assert read.manager_of({"template": "t", "pool": ["p", "q"]}) == ("cloud_pool", "p")
    assert read.manager_of({"template": "t"}) == ("Template", "t")
    assert list(read.aliases({"alsoNamed": ["b"], "oldName": "a"})) == ["cloud_disk/a", "cloud_disk/b"]
