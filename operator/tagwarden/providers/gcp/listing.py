"""Lists the kinds of one project: aggregated over zones and regions, over every location, or within each parent."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tagwarden.errors import InvalidRequest, NotFound, ProviderError, ServerFault, Unreachable
from tagwarden.model.resource import Resource
from tagwarden.providers.catalogue.listing_families import Gap, Gathered, ListedKind, list_families
from tagwarden.providers.catalogue.workers import Workers
from tagwarden.providers.gcp.connection import Connection
from tagwarden.providers.gcp.details import Detail
from tagwarden.providers.gcp.names import Project
from tagwarden.providers.gcp.pages import Item, gaps_in, items_in
from tagwarden.providers.gcp.paths import compile_path
from tagwarden.providers.gcp.places import Places
from tagwarden.providers.gcp.reading import Reader
from tagwarden.providers.gcp.row import Row
from tagwarden.providers.listing_counter import ListingCounter

_PAGE_SIZE = "500"
_MOST_GAPS = 3
"""Places that may fail to answer before the listing of a kind ends: each costs several attempts."""


class Lister:
    """Lists the kinds of one project (see `listing_families.KindLister`); `reader` reads the items.

    `has_neighbours`: other projects are declared, so that details which name only their resources are read too.
    """

    vendor = "Google Cloud"

    def __init__(self, connection: Connection, project: Project, reader: Reader, *, has_neighbours: bool) -> None:
        self._connection = connection
        self._project = project
        self._reader = reader
        self._has_neighbours = has_neighbours
        self._places = Places(connection, project.id)
        self._workers = Workers()
        self._rows: dict[str, Row] = {}
        self._siblings: dict[str, Gathered] = {}

    def list_rows(self, rows: Sequence[Row], counter: ListingCounter) -> list[ListedKind]:
        """List every row, after it the kinds within its resources and those that its listing includes."""
        self._rows = {row.kind: row for row in rows}
        children: defaultdict[str, list[str]] = defaultdict(list)
        for row in rows:
            if row.above:
                children[row.above].append(row.kind)
        try:
            return list_families([(row.kind, "") for row in rows if not row.above], children, self, counter)
        finally:
            self._workers.close()

    def list_kind(self, kind: str, region: str, parents: Sequence[Resource]) -> Gathered:
        """List a kind; raise the `ProviderError` of a listing that gave nothing."""
        del region
        row = self._rows[kind]
        if row.listed_by:
            return self._siblings.pop(kind, Gathered())
        try:
            return self._gathered(row, parents)
        except (InvalidRequest, NotFound) as error:
            # An API that refuses `-` is asked for each location, whatever its document says.
            if not row.wildcard or "/-" not in error.message:
                raise
            return self._gathered(replace(row, wildcard=False), parents)

    def is_not_offered(self, kind: str, region: str, error: ProviderError) -> bool:
        """No: only services that the project has enabled are asked."""
        del kind, region, error
        return False

    def _gathered(self, row: Row, parents: Sequence[Resource]) -> Gathered:
        found = Gathered()
        for number, (path, place) in enumerate(self._collections(row, parents)):
            try:
                self._list_one(row, path, place, found)
            except (Unreachable, ServerFault) as error:
                # One place that does not answer says nothing about the next one.
                found.gaps.append(Gap(place, error.reason, str(error)))
                if len(found.gaps) >= _MOST_GAPS:
                    break
            except ProviderError as error:
                if number == 0:
                    raise
                found.gaps.append(Gap(place, error.reason, str(error)))
                break
        return found

    def _collections(self, row: Row, parents: Sequence[Resource]) -> Iterator[tuple[str, str]]:
        """Give the paths to list, each with its location; an aggregated path first, which covers all of them."""
        project = self._project.id
        if row.aggregated:
            yield row.aggregated.format(project=project), ""
        elif row.sweep:
            yield row.sweep.format(project=project), ""
        elif row.parent:
            places = {parent.id: parent.region for parent in parents}
            if row.wildcard and len(places) > 1:
                places = {f"{id_.rpartition('/')[0]}/-": region for id_, region in places.items()}
            yield from ((f"{id_}/{row.collection}", region) for id_, region in places.items())
        elif not row.places or row.wildcard:
            yield row.path.format(project=project, location="-"), ""
        else:
            (word,) = row.places
            for place in self._places.of(row, word):
                yield row.path.format(project=project, **{word: place}), place

    def _list_one(self, row: Row, path: str, location: str, found: Gathered) -> None:
        params = {row.page_size: _PAGE_SIZE} if row.page_size else {}
        params |= {name: value.format(project=self._project.id) for name, value in row.query.items()}
        if "{project}" not in row.path and not row.sweep:
            params["project"] = self._project.id
        collection = row.path.format(project=self._project.id, location="-") if row.sweep else path
        operation = f"{row.method}.{'aggregatedList' if row.aggregated else 'list'}"
        try:
            for page in self._connection.pages(row.host, f"{row.prefix}{path}", params, operation):
                for each, scope, items in items_in(row, page):
                    into = self._gathered_of(each, row, found)
                    self._read(each, f"{each.prefix}{scope or collection}", items, into)
                found.gaps += [replace(gap, place=gap.place or location) for gap in gaps_in(row, page)]
        except NotFound:
            # A parent that was deleted since it was listed has no children; anything else must exist, also `-`.
            if not row.parent or "/-/" in path:
                raise

    def _gathered_of(self, each: Row, row: Row, found: Gathered) -> Gathered:
        """Give where to file the resources of a kind: an aggregated listing holds the regional siblings too."""
        return found if each.kind == row.kind else self._siblings.setdefault(each.kind, Gathered())

    def _read(self, row: Row, collection: str, items: Sequence[Item], found: Gathered) -> None:
        """Read the items; add a trouble for each whose details could not be read."""
        is_part = compile_path(row.facts.part_when) if row.facts.part_when else None
        whole = [item for item in items if is_part is None or not is_part(item)]
        is_short = row.is_brief or self._details_of(row)
        for item in self._detailed(row, collection, whole, found) if is_short else whole:
            self._reader.read(row, item, collection).file(found)

    def _details_of(self, row: Row) -> tuple[Detail, ...]:
        return tuple(detail for detail in row.facts.details if self._has_neighbours or not detail.is_of_neighbours)

    def _detailed(self, row: Row, collection: str, items: Sequence[Item], found: Gathered) -> Iterator[Item]:
        """Complete each item by what the listing leaves out: its creation time, or a detail."""
        details = self._details_of(row)

        def completed(item: Item) -> Item:
            name = self._reader.name_of(row, item, collection)
            if row.is_brief:
                item = self._connection.get(row.host, f"{row.prefix}{name}", operation=f"{row.method}.get")
            for detail in details:
                if detail.is_missing_in(item):
                    item = {**item, **detail.read(self._connection, row.prefix, name, self._project.id)}
            return item

        for item, read in self._workers.each(completed, items):
            if not isinstance(read, ProviderError):
                yield read
            elif not isinstance(read, NotFound):
                yield item
                found.troubles[self._reader.name_of(row, item, collection)] = read
