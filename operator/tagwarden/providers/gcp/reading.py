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
from tagwarden.providers.catalogue.path_compiler import texts
from tagwarden.providers.gcp.labels import labels_in
from tagwarden.providers.gcp.managers import manager_of
from tagwarden.providers.gcp.names import Project, location_of, name_in, region_of, rows_of
from tagwarden.providers.gcp.paths import compile_path
from tagwarden.providers.gcp.protection import protection_of
from tagwarden.providers.gcp.row import Row, rows

Item = Mapping[str, Any]

_REFERENCE = re.compile(r"(?:https?:/)?/?/?(?:[\w.-]+\.googleapis\.com/[\w./-]*?)?projects/[\w.:-]+(?:/[\w.:@+~%-]+)+")
"""A self link, an asset name or a name within a longer text."""
_SHORT: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("gs://", re.compile(r"(gs://)([a-z0-9][\w.-]+)"), "//storage.googleapis.com/b/{1}"),
    ("storage.googleapis.com/", re.compile(r"(storage\.googleapis\.com/)(?:storage/v1/b/)?([a-z0-9][\w.-]+)"),
     "//storage.googleapis.com/b/{1}"),
    ("@", re.compile(r"()([\w-]+@([\w-]+)\.iam\.gserviceaccount\.com)"),
     "//iam.googleapis.com/projects/{2}/serviceAccounts/{1}"),
    (".pkg.dev/", re.compile(r"([a-z]+(?:-[a-z]+\d+)?)-docker\.pkg\.dev/([\w-]+)/([\w-]+)"),
     "//artifactregistry.googleapis.com/projects/{1}/locations/{0}/repositories/{2}"),
    (":", re.compile(r"^([a-z][a-z0-9-]+):([a-z]+-[a-z]+\d+):([\w-]+)$"),
     "//sqladmin.googleapis.com/projects/{0}/instances/{2}"),
)  # fmt: skip
"""Short names that Google and people write instead of full ones, and the uids that they mean.

Each form has a part that is always there, so that most texts are not searched.
"""
_LAST_PART = re.compile(r"[^/:]*$")
_SLASHES_OF_PLACES = 3
"""The slashes in the name of a location, which no resource has fewer of."""
_CLAIMED = ("owner", "expiration")
_CLAIM = re.compile(rf"(?:^|(?<=[\s,;]))({'|'.join(_CLAIMED)})=([\w.@:+-]*\w)")
"""Owner and expiry in the description of a resource that takes no labels."""
_MARKS = frozenset("/@:")
"""Every text that names a resource has one of these."""
_MOST_TEXTS = 50_000
_MILLISECONDS = re.compile(r"\d{12,}")


@dataclass(frozen=True, slots=True)
class Read:
    """A resource with its edges; ends of edges are uids."""

    resource: Resource
    edges: tuple[Edge, ...]


def claim_in(description: Any) -> Mapping[str, str]:
    """Give owner and expiry from a description such as `the old shop, owner=alice expiration=2026-09-01`.

    Both must be there: nobody can add the other one, since descriptions are not written.
    """
    found = dict(_CLAIM.findall(description)) if isinstance(description, str) else {}
    return found if len(found) == len(_CLAIMED) else {}


class Reader:
    """Reads the items of one project; `shared` interns values that many resources have."""

    def __init__(self, account: str, project: Project, shared: Shared) -> None:
        self._account = account
        self._project = project
        self._shared = shared
        self._uids: dict[tuple[str, str], tuple[str, ...]] = {}
        self._names: dict[tuple[str, str], tuple[str, ...]] = {}

    def read(self, row: Row, item: Item, collection: str) -> Read:
        """Read one item; `collection` is the path that was listed, with `-` for every location.

        Raises KeyError or TypeError where the item lacks a name.
        """
        name = self.name_of(row, item, collection)
        location = location_of(name)
        region = self._shared.text(region_of(location))
        uid = row.uid_of(name)
        manager = self._manager(row, manager_of(row, item, self._labels(row, item), self._project.id))
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
            tags=self._tags(row, item),
            state=self._shared.text(str(item.get(row.state) or "")) if row.state else "",
            manager=manager,
            protection=protection_of(row, item, name),
            version=self._version(row, item),
            attributes=self._shared.attributes(self._attributes(row, item, name, location)),
        )
        return Read(resource, tuple(self._edges(row, item, uid, manager)))

    def name_of(self, row: Row, item: Item, collection: str) -> str:
        """Give the name of an item: its own full name, that in its self link, or its short name in the collection."""
        path = row.facts.name or row.name
        if path:
            short = str(compile_path(path)(item))
            return self._project.own(self._within(row, item, collection, short))
        told = str(item["name"] if "name" in item else item["id"])
        if "/" in told:
            return self._project.own(name_in(told)[1])
        link = item.get("selfLink")
        if isinstance(link, str):
            return self._project.own(row.with_locations(name_in(link)[1]))
        return self._project.own(self._within(row, item, collection, told))

    def _within(self, row: Row, item: Item, collection: str, short: str) -> str:
        location = str(item.get("location") or "").lower()
        place = collection.removeprefix(row.prefix).replace("/locations/-", f"/locations/{location}")
        return f"{place}/{short}"

    def _labels(self, row: Row, item: Item) -> Mapping[str, str]:
        return labels_in(compile_path(row.labels_path)(item))

    def _tags(self, row: Row, item: Item) -> Tags:
        if row.labels is None and not row.facts.has_labels:
            told = claim_in(item.get("description"))
            return self._shared.tags(told) if told else Tags.untaggable()
        return self._shared.tags(self._labels(row, item))

    def _version(self, row: Row, item: Item) -> str:
        token = row.labels.token if row.labels else ""
        return str((compile_path(token)(item) if token else None) or item.get(row.etag) or "")

    def _attributes(self, row: Row, item: Item, id_: str, location: str) -> dict[str, str | int | bool]:
        found: dict[str, str | int | bool] = {"location": location} if location else {}
        for name, form in row.facts.told.items():
            found[name] = form.format(id=id_)
        for name, path in row.facts.attributes.items():
            value = compile_path(path)(item)
            if isinstance(value, str | int | bool):
                found[name] = value
        return found

    def _manager(self, row: Row, named: Named | None) -> Manager | None:
        if named is None:
            return None
        found = self._uids_in(named.full, row.host) if named.full else ()
        return Manager(named.kind, named.name, next(iter(found), ""))

    def _edges(self, row: Row, item: Item, uid: str, manager: Manager | None) -> Iterator[Edge]:
        """Give the edges that are declared and from manager and parent, and a use for each other name in the item."""
        declared: set[str] = set()
        if manager is not None and manager.reference:
            declared.add(manager.reference)
            if takes_along(manager.kind, row):
                yield Edge(manager.reference, EdgeMeaning.OWNS, uid)
        for link in row.facts.links:
            for text in texts(compile_path(link.path)(item)):
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
        for named in sorted(self._named_in(item, row.host) - declared - {uid}):
            yield Edge(uid, EdgeMeaning.USES, named)

    def _uid_of_link(self, text: str, kind: str) -> str | None:
        """Give the uid for a link: a full name, or a short one that `kind` completes, such as a bucket's."""
        if "{name}" in kind:
            return kind.format(project=self._project.id, name=_LAST_PART.findall(text)[0])
        return next(iter(self._uids_in(text, kind)), None)

    def _uids_in(self, text: str, host: str) -> tuple[str, ...]:
        """Give the uids that a text may name: the kinds of its host, else those of the API that wrote it, else any."""
        known = self._uids.get((text, host))
        if known is None:
            told, name = name_in(text)
            name = self._project.own(name)
            found = (rows_of(told, name) if told else ()) or rows_of(host, name) or rows_of("", name)
            while not found and name.count("/") > _SLASHES_OF_PLACES:
                # A version of a key or a secret, or an image of a repository, is a part of what it belongs to.
                name = name.rsplit("/", 2)[0]
                fitting = rows_of(told, name)
                found = rows_of(host, name) or (fitting if len(fitting) == 1 else ())
            known = tuple(row.uid_of(row.with_locations(name)) for row in found)
            self._remember(self._uids, (text, host), known)
        return known

    def _named_in(self, item: Item, host: str) -> set[str]:
        found: set[str] = set()
        for text in _texts_in(item):
            known = self._names.get((text, host))
            if known is None:
                known = tuple(self._names_in_text(text, host))
                self._remember(self._names, (text, host), known)
            found.update(known)
        return found

    def _names_in_text(self, text: str, host: str) -> Iterator[str]:
        if "projects/" in text:
            for name in _REFERENCE.findall(text):
                yield from self._uids_in(name, host)
        for part, pattern, uid in _SHORT:
            if part in text:
                for names in pattern.findall(text):
                    yield uid.format(*names, project=self._project.id)

    @staticmethod
    def _remember(known: dict[tuple[str, str], tuple[str, ...]], text: tuple[str, str], uids: tuple[str, ...]) -> None:
        """Keep the answer for a text: thousands of items name the same network, image and service account."""
        if len(known) >= _MOST_TEXTS:
            known.clear()
        known[text] = uids


def _ancestors_of(row: Row, uid: str) -> Iterator[str]:
    """Give the uids of the parent, of its parent, and so on."""
    above = rows().get(row.parent)
    while above is not None:
        uid = uid.rsplit("/", 2)[0]
        yield uid
        above = rows().get(above.parent)


def _created_in(row: Row, item: Item) -> datetime | None:
    value = compile_path(row.facts.created)(item) if row.facts.created else item.get(row.created)
    is_number = isinstance(value, str) and _MILLISECONDS.fullmatch(value)
    return parse_created(value, TimeForm.MILLISECONDS if is_number else TimeForm.TIME)


def _texts_in(item: Item) -> Iterator[str]:
    """Give every text in an item that has a mark of a name."""
    waiting: list[Any] = [item]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if not _MARKS.isdisjoint(value):
                yield value
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
