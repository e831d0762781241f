"""All that is judged together: the snapshots of several accounts and the graph across them."""

from collections.abc import Iterable, Mapping
from itertools import chain

from tagwarden.model.account import CloudAccount
from tagwarden.model.cluster_created import adopt
from tagwarden.model.clusters import Clusters, find_clusters
from tagwarden.model.deployed import find_deployed
from tagwarden.model.graph import Graph
from tagwarden.model.mentions import uses_across
from tagwarden.model.node_pools import settle_pools
from tagwarden.model.resource import Resource
from tagwarden.model.shared_resources import NOTHING_SPANS, Spanning, find_spanning
from tagwarden.model.snapshot import Snapshot


class World:
    """Snapshots by account, the accounts as declared, and one graph over all of them.

    It holds every snapshot at hand and not only those in the scope of a policy, so that what depends on a resource
    from another account or cluster is seen. `clusters` are those of EKS that accounts are, `spanning` tells what spans
    accounts. A world that is a `part_of` another one lacks some of what tells these, and knows that from there.
    """

    __slots__ = ("accounts", "clusters", "graph", "snapshots", "spanning")

    def __init__(
        self, snapshots: Iterable[Snapshot], accounts: Iterable[CloudAccount], part_of: "World | None" = None
    ) -> None:
        self.snapshots: Mapping[str, Snapshot] = {snapshot.account: snapshot for snapshot in snapshots}
        self.accounts: Mapping[str, CloudAccount] = {account.name: account for account in accounts}
        found = self.snapshots.values()
        self.clusters: Clusters = part_of.clusters if part_of else find_clusters(found)
        known = part_of.spanning if part_of else NOTHING_SPANS
        self.spanning: Spanning = find_spanning(found, self.accounts.values(), known)
        adopted, deployed = adopt(found), find_deployed(found)
        self.graph = Graph(
            chain(
                (one for snapshot in self.snapshots.values() for one in snapshot.resources),
                adopted.resources.values(),
                deployed.resources.values(),
                settle_pools(found, self.clusters).values(),
            ),
            chain(
                (edge for snapshot in self.snapshots.values() for edge in snapshot.edges),
                adopted.edges,
                deployed.edges,
                self.spanning.edges,
                (edge for snapshot in self.snapshots.values() for edge in self.clusters.uses(snapshot.resources)),
                uses_across(
                    (snapshot.mentions for snapshot in self.snapshots.values()),
                    (one for snapshot in self.snapshots.values() for one in snapshot.resources),
                ),
            ),
        )

    def snapshot_of(self, resource: Resource) -> Snapshot:
        """Give the snapshot that holds the resource."""
        return self.snapshots[resource.account]
