"""Everything that is judged together: the snapshots of several accounts and the graph across them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from tagwarden.model.account import CloudAccount
from tagwarden.model.clusters import NO_CLUSTERS, Clusters
from tagwarden.model.graph import Edge, Graph
from tagwarden.model.resource import Resource
from tagwarden.model.shared_resources import NOTHING_SPANS, Spanning
from tagwarden.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Joins:
    """The relations between accounts that no snapshot tells alone (see `providers.linking`).

    `resources` replace those of the snapshots with the same uid, since more is known of their managers; `edges` join
    those of the snapshots. `clusters` are those of clouds that accounts are, `spanning` tells what spans accounts.
    """

    resources: tuple[Resource, ...] = ()
    edges: tuple[Edge, ...] = ()
    clusters: Clusters = NO_CLUSTERS
    spanning: Spanning = NOTHING_SPANS


class World:
    """Snapshots by account, the accounts as declared, and a graph across all accounts.

    It holds every snapshot at hand and not only those in the scope of a policy, so that what depends on a resource
    from another account or cluster is seen. `providers.linking.world_of` makes a world with its joins.
    """

    __slots__ = ("accounts", "graph", "joins", "snapshots")

    def __init__(self, snapshots: Iterable[Snapshot], accounts: Iterable[CloudAccount], joins: Joins) -> None:
        self.snapshots: Mapping[str, Snapshot] = {snapshot.account: snapshot for snapshot in snapshots}
        self.accounts: Mapping[str, CloudAccount] = {account.name: account for account in accounts}
        self.joins = joins
        self.graph = Graph(
            chain((one for snapshot in self.snapshots.values() for one in snapshot.resources), joins.resources),
            chain((edge for snapshot in self.snapshots.values() for edge in snapshot.edges), joins.edges),
        )

    def snapshot_of(self, resource: Resource) -> Snapshot:
        """Give the snapshot that holds the resource."""
        return self.snapshots[resource.account]
