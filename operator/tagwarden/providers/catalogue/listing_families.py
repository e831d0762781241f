"""Lists kinds in their regions, in parallel; a failure is named and does not stop the others (S12).

A kind that is listed once per parent resource follows the parent kind in the same family.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Protocol

from tagwarden.errors import ProviderError
from tagwarden.model.graph import Edge
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import CollectFailure
from tagwarden.providers.listing_counter import ListingCounter

JOBS = 16
"""Concurrent listings of kinds and regions."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A part that a listing left out: its region or zone, and why."""

    place: str
    reason: Reason
    message: str


@dataclass(slots=True)
class Gathered:
    """The result of listing one kind in one region, with its `gaps`.

    `conjectures` are edges by name to resources that may not exist; `aliases` are further references to uids;
    `troubles` are read failures by id, so that edges may be missing. `mentions` are names of other resources in the
    responses about a resource, and `addresses` those under which it is known besides its name, each by its uid.
    """

    resources: list[Resource] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    conjectures: list[Edge] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    mentions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    addresses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    troubles: dict[str, ProviderError] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ListedKind:
    """One kind in one region: the result, and the failures that leave it incomplete. Global kinds have the region ``.

    `is_lost`: the listing gave nothing at all.
    """

    kind: str
    region: str
    gathered: Gathered
    failures: tuple[CollectFailure, ...] = ()
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The results of one region, and the completely listed kinds. Global resources have the region ``."""

    region: str
    gathered: tuple[Gathered, ...]
    complete: frozenset[str]


class KindLister(Protocol):
    """How a vendor lists one kind in one region."""

    @property
    def vendor(self) -> str:
        """The name of the vendor in messages."""
        ...

    def list_kind(self, kind: str, region: str, parents: Sequence[Resource]) -> Gathered:
        """List a kind, or once per parent; raise the `ProviderError` of a listing that gave nothing."""
        ...

    def is_not_offered(self, kind: str, region: str, error: ProviderError) -> bool:
        """Whether the error means that the region lacks the service, and so has no resources."""
        ...


def list_families(
    jobs: Sequence[tuple[str, str]],
    children: Mapping[str, Collection[str]],
    lister: KindLister,
    counter: ListingCounter | None,
) -> list[ListedKind]:
    """List each kind and region of the jobs, each followed by the child kinds, in the order of the jobs."""
    if counter is not None:
        counter.expect(name for kind, _ in jobs for name in (kind, *_descent(kind, children)))

    def count(kind: str, resources: int) -> None:
        if counter is not None:
            counter.listed(kind, resources)

    def family(kind: str, region: str, above: ListedKind | None = None) -> list[ListedKind]:
        # The children of parents that were not listed were not listed either, nor their children (S3).
        inherited = tuple(replace(failure, kind=kind) for failure in above.failures) if above else ()
        if above is not None and above.is_lost:
            one = ListedKind(kind, region, Gathered(), inherited, is_lost=True)
        else:
            one = _listed(lister, kind, region, above.gathered.resources if above else ())
            one = replace(one, failures=(*one.failures, *inherited))
        count(kind, len(one.gathered.resources))
        below = [family(child, region, one) for child in children.get(kind, ())]
        return [one, *chain.from_iterable(below)]

    with ThreadPoolExecutor(JOBS, thread_name_prefix="provider-list") as pool:
        return [*chain.from_iterable(pool.map(lambda job: family(*job), jobs))]


def by_region(listed: Iterable[ListedKind]) -> list[Found]:
    """Give the results of each region together."""
    regions: dict[str, list[ListedKind]] = {}
    for one in listed:
        regions.setdefault(one.region, []).append(one)
    return [
        Found(
            region,
            tuple(one.gathered for one in ones),
            frozenset(one.kind for one in ones if not one.failures),
        )
        for region, ones in regions.items()
    ]


def with_parents(kinds: Iterable[str], parents: Mapping[str, str]) -> frozenset[str]:
    """Give these kinds with all ancestors.

    `parents` has every known kind, with its parent or an empty name; other kinds are left out.
    """
    found: set[str] = set()
    for name in kinds:
        one = name
        while one in parents and one not in found:
            found.add(one)
            one = parents[one]
    return frozenset(found)


def _descent(kind: str, children: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Give the descendants of a kind, depth first."""
    for child in children.get(kind, ()):
        yield child
        yield from _descent(child, children)


def _listed(lister: KindLister, kind: str, region: str, parents: Sequence[Resource]) -> ListedKind:
    try:
        gathered = lister.list_kind(kind, region, parents)
    except ProviderError as error:
        if lister.is_not_offered(kind, region, error):
            return ListedKind(kind, region, Gathered())
        return _lost(kind, region, error.reason, str(error))
    except Exception as error:  # noqa: BLE001 # an answer no row foresaw must not stop the other kinds (S12)
        message = f"cannot parse a response from {lister.vendor}: {type(error).__name__}: {error}"
        return _lost(kind, region, Reason.UnknownError, message)
    gaps = (*gathered.gaps, *_unread_details(gathered, region))
    failures = tuple(CollectFailure(kind, gap.place or region, gap.reason, gap.message) for gap in gaps)
    return ListedKind(kind, region, gathered, failures)


def _lost(kind: str, region: str, reason: Reason, message: str) -> ListedKind:
    return ListedKind(kind, region, Gathered(), (CollectFailure(kind, region, reason, message),), is_lost=True)


def _unread_details(gathered: Gathered, region: str) -> Iterator[Gap]:
    """Give one gap for all details that could not be read; it names the first resource."""
    for id_, trouble in list(gathered.troubles.items())[:1]:
        others = len(gathered.troubles) - 1
        more = f" and {others} more" if others else ""
        yield Gap(region, trouble.reason, f"cannot read details of {id_}: {trouble}{more}")
