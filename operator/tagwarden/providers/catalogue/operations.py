"""The calls of a row: one operation, a listing, the details of its items, one resource again.

Paths are JMESPath into a response or an item (see `path_compiler`). Templates are parameters of an operation in which
`{id}`, `{name}`, `{region}`, every attribute of the row and the vendor's own placeholders stand for those of the
resource; a string that is only a placeholder becomes the value itself (see `templates`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One operation of a service, spelt as in the vendor's API description, with templates as parameters."""

    operation: str
    params: Params = field(default_factory=dict)
    service: str = ""
    """The service, if not the service of the row."""
    errors: str = ""
    """The path to partial failures in an accepted response: a list of objects with `Code` and `Message`."""


def call(operation: str, **params: Any) -> Call:
    """Write a call of the row's own service."""
    return Call(operation, params)


@dataclass(frozen=True, slots=True)
class Listing:
    """The listing of a kind: the operation, the path to the items, the page size.

    Items may be texts, which become `{"value": text}`. `one` are the parameters that restrict the same operation to a
    single resource, to read that again. `per` names a parent kind: the operation is called once per parent resource,
    with `{parent.id}`, `{parent.name}` and `{parent.uid}`, and items hold the resource as `parent`.
    """

    operation: str
    items: str
    params: Params = field(default_factory=dict)
    page_size: int | None = None
    one: Params | None = None
    per: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """Details missing from a listing: a call per item, or per `size` items.

    `path` leads to the values merged into the item; for several items, to a list in which `match` is each item's id,
    and the call takes `{ids}`. The call may use id, uid and attributes of the listed item. Items with a value at
    `unless` need no call. `pages_as`: the call is a listing, and the values at `path` on all pages form one list under
    this name. `none` are the error codes that mean that there are no details.
    """

    call: Call
    path: str
    size: int = 1
    match: str = ""
    unless: str = ""
    pages_as: str = ""
    none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """The second read of a resource: a call and the path to the item, or to a list with that item alone."""

    call: Call
    path: str
