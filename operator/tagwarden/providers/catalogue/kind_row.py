"""The part of a row that all vendors share: the listing of a kind, and the places of the facts in an item."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tagwarden.providers.catalogue.creation_times import Created
from tagwarden.providers.catalogue.links import Link
from tagwarden.providers.catalogue.operations import Call, Detail, Listing, Read


class Holding(StrEnum):
    """The permanent loss of deleting a resource, which no template restores (S19). Messages show this text."""

    NOTHING = ""
    DATA = "data"
    IMAGES = "images"
    KEYS = "keys"
    """Keys and credentials, also with a counterpart at another party."""
    MESSAGES = "messages"
    NAMES = "names others know"
    """Names and addresses that the vendor assigns once, or that others have configured."""


@dataclass(frozen=True, slots=True)
class Managed:
    """A fact of the item names the manager that recreates the resource: `path` leads to the manager's id or uid."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Protected:
    """When `when` holds for the item, the resource is never deleted."""

    when: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """One kind of resource; the docstring of `operations` explains paths and templates.

    `holds` is the permanent loss of a deletion (S19). `id` is the path to the argument of API calls, `title` to the
    name. `gone` are the states of a deleted resource, `going` those of a deletion in progress. `detail` are details
    missing from the listing. `read` reads a resource again when neither `listing.one` nor `detail` of a text item can.
    `aliases` are paths to further names that links of other kinds use. `region` leads to the region of an item that was
    listed globally. `only_where` holds for the items of this kind, where one operation lists several kinds.
    """

    name: str
    category: str
    holds: Holding = Holding.NOTHING
    service: str
    listing: Listing
    id: str
    title: str = ""
    created: Created | None = None
    state: str = ""
    gone: tuple[str, ...] = ()
    going: tuple[str, ...] = ()
    detail: Detail | None = None
    read: Read | None = None
    delete: Call | None = None
    links: tuple[Link, ...] = ()
    managed: tuple[Managed, ...] = ()
    protected: tuple[Protected, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    region: str = ""
    only_where: str = ""
