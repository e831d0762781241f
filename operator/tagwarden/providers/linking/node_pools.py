"""Node pools that no longer exist in an existing cluster: no manager recreates their instances (S13).

Karpenter writes the names of pool and cluster on every instance and volume that it creates:
https://karpenter.sh/docs/concepts/nodeclasses/#spectags. Only the cluster knows whether the pool still exists. A pool
that was found, or for which no search was possible, manages its instances.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from tagwarden.model.clusters import Clusters
from tagwarden.model.resource import Manager, Presence, ProviderName, Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.providers.linking.cluster_services import accounts_of
from tagwarden.providers.linking.vendor_rows import KARPENTER


def settle_pools(snapshots: Collection[Snapshot], clusters: Clusters) -> dict[str, Resource]:
    """Give, by uid, the members of pools whose state other snapshots reveal."""
    by_account = {snapshot.account: snapshot for snapshot in snapshots}
    pools = {
        snapshot.account: frozenset(one.name for one in snapshot.resources if one.kind == KARPENTER.pool)
        for snapshot in snapshots
        if snapshot.provider is ProviderName.KUBERNETES and snapshot.is_complete_for((KARPENTER.pool,))
    }
    settled = {}
    for resource, pool in _members(by_account.values()) if clusters.accounts else ():
        accounts = accounts_of(resource, clusters)
        is_gone = bool(accounts) and all(pool.name not in pools.get(name, {pool.name}) for name in accounts)
        manager = _gone_from(min(accounts), pool) if is_gone else _assumed(pool)
        if manager != pool:
            settled[resource.uid] = replace(resource, manager=manager)
    return settled


def pool_reference(account: str, name: str) -> str:
    """Give the reference of a pool, which includes the cluster: pools of two clusters may have the same name."""
    return f"{account}/{KARPENTER.pool}/{name}"


def _members(snapshots: Iterable[Snapshot]) -> Iterator[tuple[Resource, Manager]]:
    """Give the resources of a pool with the current state of the pool; without resources of deleted clusters."""
    for snapshot in snapshots:
        if snapshot.provider is KARPENTER.provider:
            for resource in snapshot.resources:
                manager = resource.manager
                if manager is None or manager.kind != KARPENTER.manager or resource.kind not in KARPENTER.made:
                    continue
                is_cluster_gone = not manager.reference and manager.presence is not Presence.ASSUMED
                if not is_cluster_gone and KARPENTER.other_makers.isdisjoint(resource.tags.keys):
                    yield resource, manager


def _gone_from(account: str, pool: Manager) -> Manager:
    return replace(pool, reference=pool_reference(account, pool.name), presence=Presence.GONE)


def _assumed(pool: Manager) -> Manager:
    """Withdraw earlier results if a later search found the pool, or failed."""
    return replace(pool, reference="", presence=Presence.ASSUMED) if pool.is_in_cluster else pool
