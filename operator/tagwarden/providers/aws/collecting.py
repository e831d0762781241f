"""Lists every kind in every region of an account."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tagwarden.errors import ProviderError, Unreachable, Unsupported
from tagwarden.model.graph import Edge
from tagwarden.model.mentions import Mentions
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.snapshot import CollectFailure
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.gathering import Gatherer
from tagwarden.providers.aws.naming import names_abroad
from tagwarden.providers.aws.normalising import Place
from tagwarden.providers.aws.relations import relate
from tagwarden.providers.aws.row import Kind, ServiceScope
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.catalogue.garbage import rarely_collected
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.listing_families import Gathered, by_region, list_families
from tagwarden.providers.catalogue.workers import Workers
from tagwarden.providers.listing_counter import ListingCounter

PARENTS = {row.name: row.listing.per for row in KINDS.values()}
"""The parent of each kind that is listed once per resource of another, else an empty name; both have one scope."""


@dataclass(frozen=True, slots=True)
class Collected:
    """The result of a pass; `mentions` are names of resources that may be in another account."""

    resources: tuple[Resource, ...]
    edges: tuple[Edge, ...]
    failures: tuple[CollectFailure, ...]
    mentions: Mentions


def collect(
    kinds: Iterable[Kind], home: Place, regions: Sequence[str], calls: Calls, counter: ListingCounter | None
) -> Collected:
    """List all kinds in all regions. `home` is the place for global kinds; `counter` counts each list."""
    rows = tuple(kinds)
    children: dict[str, list[str]] = {}
    for row in rows:
        if row.listing.per:
            children.setdefault(row.listing.per, []).append(row.name)
    jobs = [
        (row.name, region)
        for row in rows
        if not row.listing.per
        for region in ([""] if row.scope is ServiceScope.GLOBAL else regions)
    ]
    workers = Workers()
    lister = _Lister({row.name: row for row in rows}, home, frozenset(regions), calls, workers, Shared())
    with rarely_collected():
        try:
            listed = list_families(jobs, children, lister, counter)
        finally:
            workers.close()
        resources, edges = relate(by_region(listed))
    mentions = names_abroad((one.gathered.mentions for one in listed), home.account_id)
    failures = tuple(failure for one in listed for failure in one.failures)
    return Collected(tuple(resources), tuple(edges), failures, mentions)


@dataclass(frozen=True, slots=True)
class _Lister:
    """The `KindLister` of one pass."""

    rows: dict[str, Kind]
    home: Place
    regions: frozenset[str]
    calls: Calls
    workers: Workers
    shared: Shared

    @property
    def vendor(self) -> str:
        """AWS."""
        return ProviderName.AWS

    def list_kind(self, kind: str, region: str, parents: Sequence[Resource]) -> Gathered:
        """List by the row of the kind."""
        gatherer = Gatherer(self.rows[kind], self._place(region), self.calls, self.workers, self.shared)
        return gatherer.gather(parents, self._is_wanted)

    def is_not_offered(self, kind: str, region: str, error: ProviderError) -> bool:
        """By the code of the error, and botocore's data about endpoints."""
        if isinstance(error, Unsupported):
            return error.code in ("SubscriptionRequiredException", "UnknownEndpointError", "EndpointResolutionError")
        no_such_host = isinstance(error, Unreachable) and error.code == "EndpointConnectionError"
        return no_such_host and not self.calls.clients.offers(self.rows[kind].service, self._place(region).region)

    def _place(self, region: str) -> Place:
        return replace(self.home, region=region) if region else self.home

    def _is_wanted(self, region: str) -> bool:
        return not region or region in self.regions
