"""Finds the other sides of resources that several accounts share (S22)."""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from itertools import permutations
from typing import TypeVar

from tagwarden.model.account import CloudAccount
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.messages import resource_messages as messages
from tagwarden.model.resource import Environment, Resource
from tagwarden.model.shared_resources import (
    ANYBODY,
    NOTHING_SPANS,
    OTHER_ACCOUNTS,
    OWNER_ACCOUNT,
    ResourceName,
    Spanning,
)
from tagwarden.model.snapshot import Snapshot
from tagwarden.providers.linking.vendor_rows import AWS_SHARING

_Key = TypeVar("_Key")
_SEEN_BY_BOTH = AWS_SHARING.connecting | AWS_SHARING.lent
_Accounts = Mapping[str, frozenset[str]]


def find_spanning(
    snapshots: Iterable[Snapshot], accounts: Iterable[CloudAccount], known: Spanning = NOTHING_SPANS
) -> Spanning:
    """Look for the other sides of all resources that span accounts or regions.

    A side that its account protects, claims or leaves ungoverned keeps both sides, and so do resources of another
    account in a shared resource. The vendor's protection of a borrowed resource says nothing about the lender's side.
    `known` was found in the whole world of which these snapshots are a later part.
    """
    sides = _Sides([snapshot for snapshot in snapshots if snapshot.provider is AWS_SHARING.provider], accounts)
    others = _merged(known.others, sides.others)
    shown = _merged(known.shown, sides.shown)
    obstacles = {
        resource.uid: why
        for resource in sides.resources_of(others)
        if (why := next(sides.obstacles(resource, others[resource.uid], shown), ""))
    }
    return Spanning(obstacles, (*sides.edges_between(), *sides.edges_of_borrowers()), others, shown)


class _Sides:
    """Resources shared between the accounts of some snapshots."""

    def __init__(self, snapshots: Collection[Snapshot], accounts: Iterable[CloudAccount]) -> None:
        self._snapshots = snapshots
        self._declared: defaultdict[str, list[CloudAccount]] = defaultdict(list)
        for account in accounts:
            if account.spec.aws is not None:
                self._declared[account.spec.aws.account_id].append(account)
        self._ids = {account.name: id_ for id_, named in self._declared.items() for account in named}
        self._collected = frozenset(snapshot.account for snapshot in snapshots)
        self._seen: defaultdict[ResourceName, list[Resource]] = defaultdict(list)
        self._foreign: set[str] = set()
        connected: defaultdict[str, set[str]] = defaultdict(set)
        for resource in self._resources():
            if resource.kind in _SEEN_BY_BOTH:
                self._seen[resource.kind, resource.id].append(resource)
            if OWNER_ACCOUNT in resource.attributes:
                self._foreign.add(resource.uid)
            if OTHER_ACCOUNTS in resource.attributes:
                connected[resource.uid].update(str(resource.attributes[OTHER_ACCOUNTS]).split())
        self._lent = {view.uid: owned.uid for view, owned in self._views()}
        for view, owned in self._views():
            connected[owned.uid].add(self._ids[view.account])
        for share, shared in self._shared(frozenset(connected)):
            connected[shared] |= connected[share]
        self.others: _Accounts = {uid: frozenset(ids) for uid, ids in connected.items()}
        self.shown = {name: frozenset(side.account for side in seen) for name, seen in self._seen.items()}

    def resources_of(self, uids: Container[str]) -> Iterator[Resource]:
        """Give the resources of these uids, as far as collected."""
        return (resource for resource in self._resources() if resource.uid in uids)

    def obstacles(
        self, resource: Resource, others: Iterable[str], shown: Mapping[ResourceName, Collection[str]]
    ) -> Iterator[str]:
        """Explain for each other account why that account does not agree, with advice."""
        for id_ in sorted(others):
            if id_ == ANYBODY:
                yield messages.OPEN_TO_ANY_ACCOUNT()
            elif not self._declared.get(id_):
                yield messages.SHARED_WITH_UNDECLARED(id=id_)
            for account in self._declared.get(id_, ()):
                environment = account.spec.environment
                if environment is not Environment.TEST:
                    yield messages.SHARED_OUTSIDE_OF_TEST(account=account.name, environment=environment)
                elif account.name not in self._collected:
                    yield messages.SHARED_WITH_UNCOLLECTED(account=account.name)
                elif resource.kind in _SEEN_BY_BOTH and account.name not in shown[resource.kind, resource.id]:
                    yield messages.SHARED_BUT_UNLISTED(account=account.name, kind=resource.kind)

    def edges_between(self) -> Iterator[Edge]:
        """Give the edges by which each side of a connection keeps the other."""
        for (kind, _), seen in self._seen.items():
            if kind in AWS_SHARING.connecting:
                for one, other in permutations([side for side in seen if not side.protection], 2):
                    yield Edge(one.uid, EdgeMeaning.USES, other.uid)

    def edges_of_borrowers(self) -> Iterator[Edge]:
        """Link the resources of another account in a shared resource to the shared resource.

        Subnets, route tables and similar resources of the lender itself give no edge.
        """
        if self._lent:
            for edge in self._edges():
                if edge.target in self._lent and edge.source not in self._foreign:
                    yield Edge(edge.source, edge.meaning, self._lent[edge.target])

    def _views(self) -> Iterator[tuple[Resource, Resource]]:
        """Give the borrower's view of each shared resource, with the owner's view."""
        for (kind, _), seen in self._seen.items():
            if kind in AWS_SHARING.lent:
                for view, owned in permutations(seen, 2):
                    owner = view.attributes.get(OWNER_ACCOUNT, "")
                    if owner and view.account in self._ids and self._ids.get(owned.account) == owner:
                        yield view, owned

    def _shared(self, connecting: Container[str]) -> Iterator[tuple[str, str]]:
        """Give each share with other accounts, and each shared resource, as pairs of uids."""
        shares = {resource.uid for resource in self.resources_of(connecting) if resource.kind == AWS_SHARING.share}
        if shares:
            yield from ((edge.source, edge.target) for edge in self._edges() if edge.source in shares)

    def _resources(self) -> Iterator[Resource]:
        return (resource for snapshot in self._snapshots for resource in snapshot.resources)

    def _edges(self) -> Iterator[Edge]:
        return (edge for snapshot in self._snapshots for edge in snapshot.edges)


def _merged(one: Mapping[_Key, frozenset[str]], other: Mapping[_Key, frozenset[str]]) -> dict[_Key, frozenset[str]]:
    empty = frozenset[str]()
    return {key: one.get(key, empty) | other.get(key, empty) for key in {**one, **other}}
