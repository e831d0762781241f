"""Lists every kind in every region of an account, in parallel; a failure is named and does not stop the others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from tagwarden.errors import ProviderError, Unreachable, Unsupported
from tagwarden.model.graph import Edge
from tagwarden.model.mentions import Mentions
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import CollectFailure
from tagwarden.providers.aws.calls import Calls, Workers
from tagwarden.providers.aws.garbage import rarely_collected
from tagwarden.providers.aws.gathering import Gathered, Gatherer
from tagwarden.providers.aws.naming import names_abroad
from tagwarden.providers.aws.normalising import Place
from tagwarden.providers.aws.relations import Found, relate
from tagwarden.providers.aws.row import Kind, ServiceScope
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.aws.sharing import Shared

JOBS = 16
"""Concurrent listings of kinds and regions."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Collected:
    """The result of a pass; `mentions` are names of resources that may be in another account."""

    resources: tuple[Resource, ...]
    edges: tuple[Edge, ...]
    failures: tuple[CollectFailure, ...]
    mentions: Mentions


@dataclass(frozen=True, slots=True)
class _Listed:
    """One kind in one place: its result, or its failure."""

    kind: Kind
    region: str
    gathered: Gathered
    failure: CollectFailure | None = None


def collect(
    kinds: Iterable[Kind], home: Place, regions: Sequence[str], calls: Calls, progress: Progress | None
) -> Collected:
    """List all kinds in all regions. `home` is the place for global kinds."""
    rows = tuple(kinds)
    children: dict[str, list[Kind]] = {}
    for row in rows:
        if row.listing.per:
            children.setdefault(row.listing.per, []).append(row)
    workers = Workers()
    pass_ = _Pass(calls, workers, Shared(), frozenset(regions), children, progress)
    jobs = [
        (row, home if row.scope is ServiceScope.GLOBAL else replace(home, region=region))
        for row in rows
        if not row.listing.per
        for region in ([""] if row.scope is ServiceScope.GLOBAL else regions)
    ]
    with rarely_collected():
        try:
            with ThreadPoolExecutor(JOBS, thread_name_prefix="aws-list") as pool:
                listed = [one for family in pool.map(lambda job: pass_.family(*job), jobs) for one in family]
        finally:
            workers.close()
        resources, edges = relate(_by_region(listed))
    mentions = names_abroad((one.gathered.mentions for one in listed), home.account_id)
    failures = tuple(one.failure for one in listed if one.failure is not None)
    return Collected(tuple(resources), tuple(edges), failures, mentions)


def with_parents(kinds: Iterable[str]) -> frozenset[str]:
    """Give the known ones of these kinds, and their parent kinds, for whose resources they are listed."""
    found: set[str] = set()
    waiting = [name for name in kinds if name in KINDS]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [KINDS[name].listing.per] if KINDS[name].listing.per else []
    return frozenset(found)


def _by_region(listed: Iterable[_Listed]) -> list[Found]:
    regions: dict[str, list[_Listed]] = {}
    for one in listed:
        regions.setdefault(one.region, []).append(one)
    return [
        Found(
            region,
            tuple(one.gathered for one in ones),
            frozenset(one.kind.name for one in ones if one.failure is None),
        )
        for region, ones in regions.items()
    ]


@dataclass(frozen=True, slots=True)
class _Pass:
    calls: Calls
    workers: Workers
    shared: Shared
    regions: frozenset[str]
    children: Mapping[str, Sequence[Kind]]
    progress: Progress | None

    def family(self, kind: Kind, place: Place, parents: Sequence[Resource] = ()) -> list[_Listed]:
        """List a kind, then its child kinds, which are listed per resource."""
        region = "" if kind.scope is ServiceScope.GLOBAL else place.region
        one = self._listed(kind, place, region, parents)
        if self.progress is not None:
            self.progress(f"{region or 'global'}: {kind.name} {len(one.gathered.resources)}")
        family = [one]
        for child in self.children.get(kind.name, ()):
            if one.failure is not None:
                family.append(_Listed(child, region, Gathered(), replace(one.failure, kind=child.name)))
            else:
                family.extend(self.family(child, place, one.gathered.resources))
        return family

    def _listed(self, kind: Kind, place: Place, region: str, parents: Sequence[Resource]) -> _Listed:
        gatherer = Gatherer(kind, place, self.calls, self.workers, self.shared)
        try:
            gathered = gatherer.gather(parents, self._is_wanted)
        except ProviderError as error:
            if self._is_not_offered(kind, place, error):
                return _Listed(kind, region, Gathered())
            return _Listed(kind, region, Gathered(), CollectFailure(kind.name, region, error.reason, str(error)))
        except Exception as error:  # noqa: BLE001 # an answer no row foresaw must not stop the other kinds (S12)
            message = f"cannot parse a response from AWS: {type(error).__name__}: {error}"
            return _Listed(kind, region, Gathered(), CollectFailure(kind.name, region, Reason.UnknownError, message))
        if gathered.troubles:
            (id_, trouble), *others = gathered.troubles.items()
            more = f" and {len(others)} more" if others else ""
            message = f"cannot read details of {id_}: {trouble}{more}"
            return _Listed(kind, region, gathered, CollectFailure(kind.name, region, trouble.reason, message))
        return _Listed(kind, region, gathered)

    def _is_wanted(self, region: str) -> bool:
        return not region or region in self.regions

    def _is_not_offered(self, kind: Kind, place: Place, error: ProviderError) -> bool:
        """Whether the listing failed because the region lacks the service: then it has no resources either."""
        if isinstance(error, Unsupported):
            return error.code in ("SubscriptionRequiredException", "UnknownEndpointError", "EndpointResolutionError")
        no_such_host = isinstance(error, Unreachable) and error.code == "EndpointConnectionError"
        return no_such_host and not self.calls.clients.offers(kind.service, place.region)
