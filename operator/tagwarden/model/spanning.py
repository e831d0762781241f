"""What spans accounts goes only when the other side is declared, for tests, and shows that it agrees (S22).

Deleting one side of a peering takes the other side along, and a role of another account's people is their way in.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

from tagwarden.model.account import CloudAccount
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Environment, Provider, Resource
from tagwarden.model.snapshot import Snapshot

OTHER_ACCOUNTS = "other_accounts"
"""The attribute with the ids of the other accounts that a resource connects with its own, separated by blanks."""
ANYBODY = "*"
"""Instead of the id of an account: any."""

_SEEN_BY_BOTH = frozenset({"aws_ec2_transit_gateway_vpc_attachment", "aws_ec2_vpc_peering_connection"})
"""Kinds that AWS lists in both accounts, and in both regions, under one id."""

_Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Spanning:
    """`obstacles` say, by uid, why the other side of a resource keeps it; `edges` lie between the two sides."""

    obstacles: Mapping[str, str]
    edges: tuple[Edge, ...]


def find_spanning(snapshots: Collection[Snapshot], accounts: Iterable[CloudAccount]) -> Spanning:
    """Look for the other sides of all that spans accounts or regions.

    A side that its own account protects, claims or leaves ungoverned keeps both. What a vendor protects as shared by
    somebody else says nothing of its own.
    """
    declared: defaultdict[str, list[CloudAccount]] = defaultdict(list)
    for account in accounts:
        if account.spec.aws is not None:
            declared[account.spec.aws.account_id].append(account)
    sides: defaultdict[_Name, list[Resource]] = defaultdict(list)
    spanning: list[Resource] = []
    for snapshot in snapshots:
        if snapshot.provider is Provider.AWS:
            for resource in snapshot.resources:
                if resource.kind in _SEEN_BY_BOTH:
                    sides[resource.kind, resource.id].append(resource)
                if OTHER_ACCOUNTS in resource.attributes:
                    spanning.append(resource)
    collected = {snapshot.account for snapshot in snapshots}
    obstacles = {
        resource.uid: why
        for resource in spanning
        if (why := next(_obstacles(resource, declared, sides[resource.kind, resource.id], collected), ""))
    }
    edges = (
        Edge(one.uid, EdgeMeaning.USES, other.uid)
        for both in sides.values()
        for one, other in permutations([side for side in both if not side.protection], 2)
    )
    return Spanning(obstacles, tuple(edges))


def _obstacles(
    resource: Resource,
    declared: Mapping[str, Collection[CloudAccount]],
    sides: Iterable[Resource],
    collected: Collection[str],
) -> Iterator[str]:
    """Say of each other account why it does not agree, and what to do."""
    seen_from = {side.account for side in sides}
    for id_ in str(resource.attributes[OTHER_ACCOUNTS]).split():
        if id_ == ANYBODY:
            yield "any account may use it; delete it by hand"
        elif not declared.get(id_):
            yield f"account {id_} shares it and is not declared; declare that account for tests, or delete it by hand"
        for account in declared.get(id_, ()):
            environment = account.spec.environment
            if environment is not Environment.TEST:
                yield f"CloudAccount {account.name} shares it, whose environment is {environment}"
            elif account.name not in collected:
                yield f"CloudAccount {account.name} shares it and was not collected"
            elif resource.kind in _SEEN_BY_BOTH and account.name not in seen_from:
                yield (
                    f"CloudAccount {account.name} shares it and does not show its side;"
                    f" let that account collect {resource.kind} in every region"
                )
