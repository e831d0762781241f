"""Lists the kinds of one project: aggregated over zones and regions, over every location, or within each parent."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from tagwarden.errors import InvalidRequest, NotFound, ProviderError, ServerFault
from tagwarden.model.graph import Edge
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import CollectFailure
from tagwarden.providers.gcp.connection import Connection
from tagwarden.providers.gcp.names import Project, row_of
from tagwarden.providers.gcp.paths import compile_path
from tagwarden.providers.gcp.reading import Reader
from tagwarden.providers.gcp.row import Row
from tagwarden.providers.listing_counter import ListingCounter

JOBS = 16
"""Concurrent listings."""
_COMPUTE = "compute.googleapis.com"
_PAGE_SIZE = "500"
_NOTHING = frozenset({"NO_RESULTS_ON_PAGE"})
"""Warnings of compute that say that a scope is empty: https://cloud.google.com/compute/docs/reference/rest/v1/disks/aggregatedList"""


@dataclass(slots=True)
class Listed:
    """The result of listing one kind, which may be incomplete; `failures` say why."""

    kind: str
    resources: list[Resource] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    failures: list[CollectFailure] = field(default_factory=list)


class Lister:
    """Lists the kinds of one project; `reader` reads the items."""

    def __init__(self, connection: Connection, project: Project, reader: Reader) -> None:
        self._connection = connection
        self._project = project
        self._reader = reader
        self._locations: dict[str, tuple[str, ...]] = {}

    def list_rows(self, rows: Sequence[Row], counter: ListingCounter) -> list[Listed]:
        """List every row, parents before the kinds within them; one result for each, in the order of the rows."""
        found: dict[str, Listed] = {row.kind: Listed(row.kind) for row in rows}
        wanted = {row.kind for row in rows}
        counter.expect(row.kind for row in rows)
        direct = [row for row in rows if not row.listed_by and not row.parent]
        rounds: list[list[Row]] = [direct]
        done = {row.kind for row in direct}
        while below := [row for row in rows if row.parent in done and row.kind not in done and row.parent in wanted]:
            rounds.append(below)
            done.update(row.kind for row in below)
        with ThreadPoolExecutor(JOBS, thread_name_prefix="gcp-list") as pool:
            for each in rounds:
                for row, listed in zip(each, pool.map(lambda row: self._listed(row, found), each), strict=True):
                    self._take(row, listed, found)
                    counter.listed(row.kind, len(listed.resources))
        for row in rows:
            if row.listed_by:
                counter.listed(row.kind, 0)
            if row.listed_by in found:
                found[row.kind].failures += [
                    replace(failure, kind=row.kind) for failure in found[row.listed_by].failures
                ]
        return list(found.values())

    def _take(self, row: Row, listed: Listed, found: Mapping[str, Listed]) -> None:
        """File each resource under its own kind: an aggregated listing holds the regional siblings too."""
        found[row.kind].failures += listed.failures
        found[row.kind].edges += listed.edges
        for resource in listed.resources:
            if resource.kind in found:
                found[resource.kind].resources.append(resource)

    def _listed(self, row: Row, found: Mapping[str, Listed]) -> Listed:
        listed = Listed(row.kind)
        above = found.get(row.parent)
        if above is not None and above.failures:
            listed.failures.append(replace(above.failures[0], kind=row.kind))
        try:
            for path, place in self._collections(row, above.resources if above is not None else ()):
                self._list_one(row, path, place, listed)
        except InvalidRequest as error:
            # Few documents say whether `-` stands for every location; an API that refuses it is asked for each.
            if "/locations/-" not in error.message:
                listed.failures.append(CollectFailure(row.kind, "", error.reason, str(error)))
            else:
                return self._listed(replace(row, wildcard=False), found)
        except ProviderError as error:
            listed.failures.append(CollectFailure(row.kind, "", error.reason, str(error)))
        except Exception as error:  # noqa: BLE001 # a response that no row foresaw must not stop the other kinds (S12)
            message = f"cannot parse a response from Google Cloud: {type(error).__name__}: {error}"
            listed.failures.append(CollectFailure(row.kind, "", Reason.UnknownError, message))
        return listed

    def _collections(self, row: Row, parents: Iterable[Resource]) -> Iterator[tuple[str, str]]:
        """Give the paths to list, each with its location; an aggregated path first, which covers all of them."""
        project = self._project.id
        if row.aggregated:
            yield row.aggregated.format(project=project), ""
        elif row.sweep:
            yield row.sweep.format(project=project), ""
        elif row.parent:
            yield from ((f"{parent.id}/{row.collection}", parent.region) for parent in parents)
        elif not row.places or row.wildcard:
            yield row.path.format(project=project, location="-"), ""
        else:
            (word,) = row.places
            for place in self._places(row, word):
                yield row.path.format(project=project, **{word: place}), place

    def _places(self, row: Row, word: str) -> tuple[str, ...]:
        """Give the locations of an API as it lists them, else the zones or regions of the project; asked once."""
        is_own = word == "location" and row.has_locations
        places = "locations" if is_own else "zones" if word == "zone" else "regions"
        host, prefix = (row.host, row.prefix) if is_own else (_COMPUTE, "compute/v1/")
        items, name = ("locations", "locationId") if is_own else ("items", "name")
        path = f"{prefix}projects/{self._project.id}/{places}"
        key = f"{host}/{path}"
        if key not in self._locations:
            pages = self._connection.pages(host, path, {}, f"{host}: list {places}")
            self._locations[key] = tuple(str(place[name]) for page in pages for place in page.get(items, ()))
        return self._locations[key]

    def _list_one(self, row: Row, path: str, location: str, listed: Listed) -> None:
        params = {row.page_size: _PAGE_SIZE} if row.page_size else {}
        params |= {name: value.format(project=self._project.id) for name, value in row.query.items()}
        if "{project}" not in row.path and not row.sweep:
            params["project"] = self._project.id
        collection = row.path.format(project=self._project.id, location="-") if row.sweep else path
        operation = f"{row.method}.{'aggregatedList' if row.aggregated else 'list'}"
        try:
            for page in self._connection.pages(row.host, f"{row.prefix}{path}", params, operation):
                for each_row, scope, item in _items_in(row, page):
                    if each_row.facts.part_when and compile_path(each_row.facts.part_when)(item):
                        continue
                    read = self._reader.read(each_row, item, f"{each_row.prefix}{scope or collection}")
                    listed.resources.append(read.resource)
                    listed.edges.extend(read.edges)
                listed.failures += [
                    CollectFailure(row.kind, place or location, Reason.Unreachable, message)
                    for place, message in _gaps_in(row, page)
                ]
        except NotFound:
            # A parent that was deleted since it was listed has no children; anything else must exist.
            if not row.parent:
                raise


def _items_in(row: Row, page: Mapping[str, Any]) -> Iterator[tuple[Row, str, Mapping[str, Any]]]:
    """Give each item with its row and, in an aggregated listing, the collection of its scope."""
    if not row.aggregated:
        for item in _objects(page.get(row.items), row):
            yield row, "", item
        return
    scopes = page.get("items", {})
    for scope, held in scopes.items():
        # The scopes are `zones/Z`, `regions/R` and `global`.
        collection = f"{row.aggregated.partition('/aggregated/')[0]}/{scope}/{row.collection}"
        for item in _objects(held.get(row.collection), row):
            found = row_of(row.host, f"{collection.format(project='p')}/x") or row
            yield found, collection, item


def _objects(items: Any, row: Row) -> Iterator[Mapping[str, Any]]:
    if items is None:
        return
    if not isinstance(items, list):
        raise ServerFault(f"{row.items} is no list", operation=f"{row.method}.list")
    yield from items


def _gaps_in(row: Row, page: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give each place that a page says it left out, with a message (S3)."""
    for name in row.partial:
        value = page.get(name)
        if isinstance(value, dict):
            if value.get("code") not in _NOTHING:
                yield "", f"{name}: {value.get('message') or value.get('code')}"
        elif isinstance(value, list):
            for each in value:
                yield ("", f"{name}: {each}") if isinstance(each, dict) else (str(each), f"{name}: {each}")
    if row.aggregated:
        for scope, held in page.get("items", {}).items():
            warning = held.get("warning")
            if isinstance(warning, dict) and warning.get("code") not in _NOTHING:
                yield scope.rpartition("/")[2], f"{warning.get('code')}: {warning.get('message', '')}"
