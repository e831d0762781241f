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


@dataclass(slots=True)
class Gathered:
    """The result of listing one kind in one region.

    `conjectures` are edges by name to resources that may not exist; `aliases` are further references to uids;
    `troubles` are read failures by id, so that edges may be missing. `mentions` are names of other resources in the
    responses about a resource, by its uid.
    """

    resources: list[Resource] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    conjectures: list[Edge] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    mentions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    troubles: dict[str, ProviderError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListedKind:
    """One kind in one region: the result, or the failure. Global kinds have the region ``."""

    kind: str
    region: str
    gathered: Gathered
    failure: CollectFailure | None = None


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
        """List a kind, or once per parent; raise the `ProviderError` that interrupted the listing."""
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

    def family(kind: str, region: str, parents: Sequence[Resource] = ()) -> list[ListedKind]:
        one = _listed(lister, kind, region, parents)
        count(kind, len(one.gathered.resources))
        if one.failure is not None:
            # The children of an incompletely listed kind were not listed either, nor their children (S3).
            lost = [replace(one.failure, kind=below) for below in _descent(kind, children)]
            for failure in lost:
                count(failure.kind, 0)
            return [one, *(ListedKind(failure.kind, region, Gathered(), failure) for failure in lost)]
        below = [family(child, region, one.gathered.resources) for child in children.get(kind, ())]
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
            frozenset(one.kind for one in ones if one.failure is None),
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
        return ListedKind(kind, region, Gathered(), CollectFailure(kind, region, error.reason, str(error)))
    except Exception as error:  # noqa: BLE001 # an answer no row foresaw must not stop the other kinds (S12)
        message = f"cannot parse a response from {lister.vendor}: {type(error).__name__}: {error}"
        return ListedKind(kind, region, Gathered(), CollectFailure(kind, region, Reason.UnknownError, message))
    if gathered.troubles:
        (id_, trouble), *others = gathered.troubles.items()
        more = f" and {len(others)} more" if others else ""
        message = f"cannot read details of {id_}: {trouble}{more}"
        return ListedKind(kind, region, gathered, CollectFailure(kind, region, trouble.reason, message))
    return ListedKind(kind, region, gathered)
