"""The rows of Google Cloud: how each kind is listed, read, labelled and deleted, with the curated facts of the kind.

`rows.json` is generated from Google's discovery documents (see `tools/gcp_rows.py`): every request that a row makes is
one that Google describes. The name of a resource is its path below the host, such as
`projects/p/zones/z/instances/i`; its uid is `//HOST/NAME`, as Cloud Asset Inventory writes it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

import orjson

from tagwarden.providers.gcp.facts import FACTS, OTHER, Facts


@dataclass(frozen=True, slots=True)
class LabelWriter:
    """The request that writes labels. `path` follows the name of the resource, `method` is its HTTP method.

    `by` is Google's name of the method. `field` is the path of the labels in the resource; `pairs`: they are a list of
    objects with `key` and `value`. `form` says what the request does to the resource: under a `mask`, as a JSON `merge`
    patch, by replacing the `whole`, or `alone`, with nothing but the labels. `mask` is the query parameter of the
    update mask. `token` is the path of the field that the request repeats as its precondition, in the query parameter
    or header `guard`, without one in the body. `wrap` is the field of the body that holds the resource, or the labels
    alone, and `body_mask` the one that holds the mask. Each is empty where the API has none.
    """

    by: str
    path: str = ""
    method: str = "PATCH"
    field: str = "labels"
    pairs: bool = False
    mask: str = ""
    token: str = ""
    guard: str = ""
    wrap: str = ""
    body_mask: str = ""
    form: str = "mask"


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of resource.

    `prefix` precedes each name in a URL, such as `compute/v1/`. `path` is the collection, with places such as
    `{project}`. `method` is the collection as Google names it, such as `compute.instances`. `items` is the field of a
    listing with the resources, `name` the path to the short name of an item without the field `name`, `partial` the
    fields that say that a listing is incomplete. `aggregated` lists every zone and region at once; `listed_by` is the
    kind whose aggregated listing includes this kind. `sweep` is a path that lists the kind in every place, with the
    parameters `query`, in which `{project}` stands for the project. `wildcard`: the document says that `-` stands for
    every location or parent; `has_locations`: the API lists its locations. `parent` is the kind within whose resources
    the collection is. `is_brief`: the listing leaves out the creation time, which reading one resource shows.

    `delete_by` is Google's name of the method that deletes, `delete_body` the body of its request, `delete_guard` its
    parameter for the version of the resource, and `contents` its parameter that deletes the contents too. `operation`
    is the family of the operation that a deletion starts, empty where the deletion is done with its response.
    `created`, `state`, `etag` and `protection` are fields of a resource. Each is empty where the kind has none.
    """

    kind: str
    host: str
    prefix: str
    path: str
    method: str
    facts: Facts
    items: str = ""
    name: str = ""
    parent: str = ""
    partial: tuple[str, ...] = ()
    aggregated: str = ""
    listed_by: str = ""
    sweep: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    wildcard: bool = False
    has_locations: bool = False
    page_size: str = ""
    has_get: bool = False
    is_brief: bool = False
    delete_by: str = "delete"
    delete_suffix: str = ""
    delete_method: str = "DELETE"
    delete_body: Mapping[str, Any] | None = None
    delete_guard: str = ""
    contents: str = ""
    operation: str = ""
    labels: LabelWriter | None = None
    created: str = ""
    state: str = ""
    etag: str = ""
    protection: tuple[str, ...] = ()

    @property
    def collection(self) -> str:
        """The last word of the path, such as `instances`."""
        return self.path.rpartition("/")[2]

    @property
    def above(self) -> str:
        """The kind that is listed before this one: the parent, or the kind whose listing includes this one."""
        return self.parent or self.listed_by

    @property
    def service(self) -> str:
        """The service that a project must have enabled, such as `compute.googleapis.com`."""
        return self.facts.service or self.host

    @property
    def places(self) -> tuple[str, ...]:
        """The places of the path below the project, such as `location`."""
        return tuple(part.strip("{}") for part in self.path.split("/") if part[:1] == "{" and part != "{project}")

    @property
    def is_deletable(self) -> bool:
        """Whether the facts of the kind are known and do not forbid a deletion; other kinds are only labelled."""
        return self.facts.category != OTHER.category and not self.facts.never

    @property
    def takes_labels(self) -> bool:
        """Whether labels of the kind can be written."""
        return self.labels is not None

    @property
    def labels_path(self) -> str:
        """The path of the labels in an item: the one that is written, else the one that the facts name."""
        return self.labels.field if self.labels else self.facts.labels

    def with_locations(self, name: str) -> str:
        """Give a name with `locations` where the kind has locations: GKE's self links have zones instead."""
        return name.replace("/zones/", "/locations/") if "/locations/" in self.path else name

    def uid_of(self, name: str) -> str:
        """Give the uid of the resource of this name."""
        return f"//{self.host}/{name}"


@cache
def rows() -> Mapping[str, Row]:
    """Every row by kind: those with curated facts, and those that take labels."""
    generated = orjson.loads(resources.files("tagwarden.providers.gcp").joinpath("rows.json").read_bytes())
    return {row.kind: row for row in _rows(generated)}


def _rows(generated: list[Mapping[str, Any]]) -> Iterator[Row]:
    wanted = {values["kind"] for values in generated if values["kind"] in FACTS or "labels" in values}
    for values in generated:
        parent = values.get("parent", "")
        if values["kind"] in wanted and (not parent or parent in wanted):
            yield _row(values)


def _row(values: Mapping[str, Any]) -> Row:
    """Give the row; members of `rows.json` are those of `Row`, with JSON's lists for tuples."""
    members: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    facts = FACTS.get(values["kind"], OTHER)
    if "labels" in members:
        writer = members["labels"] = LabelWriter(**members["labels"])
        if writer.field != "labels":
            facts = replace(facts, labels=writer.field)
    return Row(**members, facts=facts)
