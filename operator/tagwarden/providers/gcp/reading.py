"""From an item of a listing to a resource, with the edges to every resource that the item names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.tags import Tags
from tagwarden.providers.catalogue.creation_times import TimeForm, parse_created
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.links import Link
from tagwarden.providers.catalogue.listing_families import Gathered
from tagwarden.providers.catalogue.path_compiler import Getter, texts
from tagwarden.providers.gcp.billing import billing_of
from tagwarden.providers.gcp.copies import without_origin
from tagwarden.providers.gcp.labels import labels_in
from tagwarden.providers.gcp.managers import Named, manager_of, takes_along
from tagwarden.providers.gcp.mentions import Mentions
from tagwarden.providers.gcp.names import Project, location_of, name_in, region_of
from tagwarden.providers.gcp.paths import compile_path
from tagwarden.providers.gcp.protection import protection_of
from tagwarden.providers.gcp.row import Row, rows
from tagwarden.providers.gcp.short_names import addresses_of, words_in

Item = Mapping[str, Any]

_LAST_PART = re.compile(r"[^/:]*$")
_CLAIM = re.compile(
    r"(?:^|(?<=[\s,;]))(?:(owner)=([\w.@+-]*\w)|(expiration)=(\d{4}-\d\d-\d\d(?:[Tt][\d:]*\d[Zz]?)?))(?![\w:-])"
)
"""Owner and expiry in the description of a resource that takes no labels, in forms that need no correction."""
_BOTH = 2
_MILLISECONDS = re.compile(r"\d{12,}")


@dataclass(frozen=True, slots=True)
class Read:
    """A resource with its edges; ends of edges are uids.

    `words` may be short names of other resources, `addresses` are those of the resource itself.
    """

    resource: Resource
    edges: tuple[Edge, ...]
    words: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def file(self, into: Gathered) -> None:
        """Append the resource and the edges to a listing."""
        into.resources.append(self.resource)
        into.edges.extend(self.edges)
        if self.words:
            into.mentions[self.resource.uid] = self.words
        if self.addresses:
            into.addresses[self.resource.uid] = self.addresses


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The paths of a row as functions."""

    labels: Getter
    token: Getter | None
    attributes: tuple[tuple[str, Getter], ...]
    links: tuple[tuple[Link, Getter], ...]

    @classmethod
    def of(cls, row: Row) -> "_Compiled":
        """Compile the paths of a row."""
        return cls(
            compile_path(row.labels_path),
            compile_path(row.labels.token) if row.labels and row.labels.token else None,
            tuple((name, compile_path(path)) for name, path in row.facts.attributes.items()),
            tuple((link, compile_path(link.path)) for link in row.facts.links),
        )


def claim_in(description: Any) -> Mapping[str, str]:
    """Give owner and expiry from a description such as `the old shop, owner=alice expiration=2026-09-01`.

    Both must be there: nobody can add the other one, since descriptions are not written.
    """
    told = _CLAIM.findall(description) if isinstance(description, str) else []
    found = {owner or expiration: name or instant for owner, name, expiration, instant in told}
    return found if len(found) == _BOTH else {}


class Reader:
    """Reads the items of one project; `shared` interns values that many resources have."""

    def __init__(self, account: str, project: Project, shared: Shared) -> None:
        self._account = account
        self._project = project
        self._shared = shared
        self._mentions = Mentions(project)
        self._compiled: dict[str, _Compiled] = {}

    def read(self, row: Row, item: Item, collection: str) -> Read:
        """Read one item; `collection` is the path that was listed, with `-` for every location.

        Raises KeyError or TypeError where the item lacks a name.
        """
        name = self.name_of(row, item, collection)
        compiled = self._compiled.get(row.kind) or self._compiled.setdefault(row.kind, _Compiled.of(row))
        labels = labels_in(compiled.labels(item))
        # The names of Cloud SQL have no location, unlike its items.
        location = location_of(name) or _plain_region(item)
        region = self._shared.text(region_of(location))
        uid = row.uid_of(name)
        manager = self._manager(row, manager_of(row, item, labels, self._project.id))
        resource = Resource(
            uid=uid,
            provider=ProviderName.GCP,
            account=self._account,
            region=region,
            kind=row.kind,
            category=row.facts.category,
            id=name,
            name=name.rpartition("/")[2],
            created=_created_in(row, item),
            tags=self._tags(row, item, labels),
            state=self._shared.text(str(item.get(row.state) or "")) if row.state else "",
            manager=manager,
            protection=protection_of(row, item, name),
            version=str((compiled.token(item) if compiled.token else None) or item.get(row.etag) or ""),
            attributes=self._shared.attributes(self._attributes(row, compiled, item, name, location)),
            billing=billing_of(row.kind, item),
        )
        addresses = tuple(addresses_of(row.kind, item, name))
        words = words_in(without_origin(row.kind, item), addresses)
        return Read(
            resource,
            tuple(self._edges(row, compiled, item, uid, manager)),
            tuple(map(self._shared.text, words)),
            addresses,
        )

    def name_of(self, row: Row, item: Item, collection: str) -> str:
        """Give the name of an item: its own full name, that in its self link, or its short name in the collection."""
        path = row.facts.name or row.name
        if path:
            short = str(compile_path(path)(item))
            return self._project.own(self._within(row, item, collection, short))
        told = str(item["name"] if "name" in item else item["id"])
        if "/" in told:
            return self._project.own(name_in(told)[1])
        host, name = name_in(str(item.get("selfLink") or ""))
        # A simulator links to itself: such a URL holds no name of Google's.
        if host:
            return self._project.own(row.with_locations(name))
        return self._project.own(self._within(row, item, collection, told))

    def _within(self, row: Row, item: Item, collection: str, short: str) -> str:
        location = str(item.get("location") or "").lower()
        place = collection.removeprefix(row.prefix).replace("/locations/-", f"/locations/{location}")
        return f"{place}/{short}"

    def _tags(self, row: Row, item: Item, labels: Mapping[str, str]) -> Tags:
        if row.labels is None and not row.facts.has_labels:
            told = claim_in(item.get("description"))
            return self._shared.tags(told) if told else Tags.untaggable()
        return self._shared.tags(labels)

    def _attributes(
        self, row: Row, compiled: _Compiled, item: Item, id_: str, location: str
    ) -> dict[str, str | int | bool]:
        found: dict[str, str | int | bool] = {"location": location} if location else {}
        for name, form in row.facts.told.items():
            found[name] = form.format(id=id_)
        for name, path in compiled.attributes:
            value = path(item)
            if isinstance(value, str | int | bool):
                found[name] = value
        return found

    def _manager(self, row: Row, named: Named | None) -> Manager | None:
        if named is None:
            return None
        found = self._mentions.uids_in(named.full, row.host) if named.full else ()
        return Manager(named.kind, named.name, next(iter(found), ""))

    def _edges(self, row: Row, compiled: _Compiled, item: Item, uid: str, manager: Manager | None) -> Iterator[Edge]:
        """Give the edges that are declared and from manager and parent, and a use for each other name in the item."""
        item = without_origin(row.kind, item)
        declared: set[str] = set()
        if manager is not None and manager.reference:
            declared.add(manager.reference)
            if takes_along(manager.kind, row):
                yield Edge(manager.reference, EdgeMeaning.OWNS, uid)
        for link, path in compiled.links:
            for text in texts(path(item)):
                other = self._uid_of_link(text, link.kind)
                if other and other != uid:
                    declared.add(other)
                    yield Edge(other, link.meaning, uid) if link.backwards else Edge(uid, link.meaning, other)
        for distance, ancestor in enumerate(_ancestors_of(row, uid)):
            declared.add(ancestor)
            if distance == 0:
                yield Edge(ancestor, EdgeMeaning.OWNS, uid)
            if row.facts.before_parent:
                yield Edge(uid, EdgeMeaning.NEEDS, ancestor)
        for named in sorted(self._mentions.named_in(item, row.host) - declared - {uid}):
            yield Edge(uid, EdgeMeaning.USES, named)

    def _uid_of_link(self, text: str, kind: str) -> str | None:
        """Give the uid for a link: a full name, or a short one that `kind` completes, such as a bucket's."""
        if "{name}" in kind:
            return kind.format(project=self._project.id, name=_LAST_PART.findall(text)[0])
        return next(iter(self._mentions.uids_in(text, kind)), None)


def _ancestors_of(row: Row, uid: str) -> Iterator[str]:
    """Give the uids of the parent, of its parent, and so on."""
    above = rows().get(row.parent)
    while above is not None:
        uid = uid.rsplit("/", 2)[0]
        yield uid
        above = rows().get(above.parent)


def _plain_region(item: Item) -> str:
    """Give the region of an item where it is a name, not a link."""
    region = item.get("region")
    return region if isinstance(region, str) and "/" not in region else ""


def _created_in(row: Row, item: Item) -> datetime | None:
    value = compile_path(row.facts.created)(item) if row.facts.created else item.get(row.created)
    is_number = isinstance(value, str) and _MILLISECONDS.fullmatch(value)
    return parse_created(value, TimeForm.MILLISECONDS if is_number else TimeForm.TIME)
