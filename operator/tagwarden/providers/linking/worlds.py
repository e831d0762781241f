"""Makes a world of snapshots, with the joins between accounts."""

from collections.abc import Collection, Iterable
from itertools import chain

from tagwarden.model.account import CloudAccount
from tagwarden.model.mentions import uses_across
from tagwarden.model.shared_resources import NOTHING_SPANS
from tagwarden.model.snapshot import Snapshot
from tagwarden.model.world import Joins, World
from tagwarden.providers.linking.account_sides import find_spanning
from tagwarden.providers.linking.cluster_created import adopt
from tagwarden.providers.linking.cluster_services import find_clusters, uses_of_clusters
from tagwarden.providers.linking.deployed import find_deployed
from tagwarden.providers.linking.node_pools import settle_pools
from tagwarden.providers.linking.numbered_projects import ids_by_number, with_ids
from tagwarden.providers.linking.shared_addresses import uses_of_shared


def world_of(snapshots: Iterable[Snapshot], accounts: Iterable[CloudAccount], part_of: World | None = None) -> World:
    """Give the world of these snapshots, one per account, with all joins.

    A world that is a `part_of` another world lacks some evidence of clusters and of resources across accounts, and
    takes both from the whole world.
    """
    found = {snapshot.account: snapshot for snapshot in snapshots}.values()
    declared = tuple(accounts)
    return World(found, declared, _join(found, declared, part_of))


def _join(snapshots: Collection[Snapshot], accounts: Collection[CloudAccount], part_of: World | None) -> Joins:
    clusters = part_of.joins.clusters if part_of else find_clusters(snapshots)
    spanning = find_spanning(snapshots, accounts, part_of.joins.spanning if part_of else NOTHING_SPANS)
    adopted, deployed = adopt(snapshots), find_deployed(snapshots)
    mentioned = uses_across(
        (snapshot.mentions for snapshot in snapshots),
        (one for snapshot in snapshots for one in snapshot.resources),
    )
    return Joins(
        (*adopted.resources.values(), *deployed.resources.values(), *settle_pools(snapshots, clusters).values()),
        tuple(
            chain(
                adopted.edges,
                deployed.edges,
                spanning.edges,
                (edge for snapshot in snapshots for edge in uses_of_clusters(clusters, snapshot.resources)),
                mentioned,
                uses_of_shared(snapshots),
                with_ids((edge for snapshot in snapshots for edge in snapshot.edges), ids_by_number(snapshots)),
            )
        ),
        clusters,
        spanning,
    )
