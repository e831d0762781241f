"""Matches declared Kubernetes accounts with the clusters of clouds.

The cloud and the API server both name the issuer of service account tokens, which no two clusters share:
https://docs.aws.amazon.com/eks/latest/APIReference/API_OIDC.html. Where the API server names no issuer, the tags of the
machines behind the nodes name the cluster.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from tagwarden.model.clusters import ISSUER, NO_CLUSTERS, ClusterName, Clusters
from tagwarden.model.containers import NAMESPACE
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.own_parts import is_ourselves
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.providers.linking.vendor_rows import API_SERVICE, CLUSTER_SERVICES

_DEFAULT = "default"
_COLLECTED = {service.kind: service for service in CLUSTER_SERVICES}
_BY_PROVIDER = {service.provider: service for service in _COLLECTED.values()}
_MACHINES = tuple(f"{service.machine}/" for service in CLUSTER_SERVICES)


def accounts_of(resource: Resource, clusters: Clusters) -> frozenset[str]:
    """Give the Kubernetes accounts of the cluster that the tags of a resource name."""
    names = set(_names_on(resource))
    return clusters.accounts.get(names.pop(), frozenset()) if len(names) == 1 else frozenset()


def uses_of_clusters(clusters: Clusters, resources: Collection[Resource]) -> Iterator[Edge]:
    """Give an edge to the cloud's cluster from each object, except common objects and protected namespaces."""
    if not clusters.homes:
        return
    protected = {
        (one.account, one.name)
        for one in resources
        if one.category == NAMESPACE and one.protection and one.name != _DEFAULT
    }
    for resource in resources:
        homes = clusters.homes.get(resource.account, ())
        if homes and ((resource.account, resource.namespace) not in protected or is_ourselves(resource)):
            if _is_of_the_cluster(resource):
                continue
            for home in homes:
                yield Edge(resource.uid, EdgeMeaning.USES, home)


def _is_of_the_cluster(resource: Resource) -> bool:
    """Whether every cluster has such an object, or the object serves the whole cluster."""
    if resource.category == NAMESPACE:
        return bool(resource.protection)
    return not resource.namespace or resource.reference == API_SERVICE


def find_clusters(snapshots: Collection[Snapshot]) -> Clusters:
    """Match the snapshots of Kubernetes accounts with the clusters in all other snapshots."""
    accounts = [snapshot for snapshot in snapshots if snapshot.provider is ProviderName.KUBERNETES]
    found = {
        resource.uid: resource
        for snapshot in snapshots
        if snapshot.provider in _BY_PROVIDER and accounts
        for resource in snapshot.resources
        if resource.kind in _COLLECTED
    }
    if not found:
        return NO_CLUSTERS
    by_issuer: defaultdict[str, set[str]] = defaultdict(set)
    for uid, cluster in found.items():
        by_issuer[_issuer_of(cluster)].add(uid)
    silent = [snapshot for snapshot in accounts if not by_issuer.get(snapshot.identity.issuer)]
    nodes = _Nodes(silent, snapshots)
    homes: dict[str, frozenset[str]] = {}
    doubts: defaultdict[str, list[str]] = defaultdict(list)
    for snapshot in accounts:
        issuer = snapshot.identity.issuer
        names = nodes.names_of(snapshot)
        by_name = {uid for uid, one in found.items() if (one.account, one.region, one.name) in names}
        if home := (by_issuer.get(issuer, set()) if issuer else set()) or by_name:
            homes[snapshot.account] = frozenset(home)
        else:
            for uid, cluster in found.items():
                if not nodes.rule_out(snapshot, cluster) and not (issuer and _issuer_of(cluster)):
                    doubts[uid].append(snapshot.account)
    placed = frozenset(uid for home in homes.values() for uid in home)
    unplaced = {uid: tuple(names) for uid, names in doubts.items() if uid not in placed}
    return Clusters(homes, unplaced, dict(_sure(homes, found)))


def _sure(
    homes: Mapping[str, frozenset[str]], found: Mapping[str, Resource]
) -> Iterator[tuple[ClusterName, frozenset[str]]]:
    """Give the accounts of each cloud's cluster, unless an account may also be another cluster."""
    for uid, cluster in found.items():
        names = frozenset(name for name, home in homes.items() if uid in home)
        if names and all(len(homes[name]) == 1 for name in names):
            yield (cluster.account, cluster.region, cluster.name), names


def _issuer_of(cluster: Resource) -> str:
    return str(cluster.attributes.get(ISSUER, ""))


class _Nodes:
    """Cluster names from the machines behind the nodes of some clusters."""

    def __init__(self, clusters: Iterable[Snapshot], snapshots: Iterable[Snapshot]) -> None:
        self._machines = {
            cluster.account: frozenset(edge.target for edge in cluster.edges if edge.target.startswith(_MACHINES))
            for cluster in clusters
        }
        wanted = frozenset().union(*self._machines.values())
        self._instances: Mapping[str, Resource] = {
            resource.reference: resource
            for snapshot in snapshots
            if wanted and (service := _BY_PROVIDER.get(snapshot.provider)) is not None
            for resource in snapshot.resources
            if resource.kind == service.machine and resource.reference in wanted
        }

    def names_of(self, cluster: Snapshot) -> frozenset[ClusterName]:
        """Give the clusters that the instances behind the nodes name."""
        instances = map(self._instances.get, self._machines.get(cluster.account, ()))
        return frozenset(name for instance in instances if instance is not None for name in _names_on(instance))

    def rule_out(self, cluster: Snapshot, candidate: Resource) -> bool:
        """Whether the nodes' machines name a collected cluster, or belong to another cloud than the candidate."""
        machines = self._machines.get(cluster.account, frozenset())
        of_its_cloud = f"{_COLLECTED[candidate.kind].machine}/"
        return bool(self.names_of(cluster)) or any(not machine.startswith(of_its_cloud) for machine in machines)


def _names_on(instance: Resource) -> Iterator[ClusterName]:
    service, tags = _BY_PROVIDER.get(instance.provider), instance.tags.values
    if service is None:
        return
    for key in service.name_tags:
        if name := tags.get(key):
            yield instance.account, instance.region, name
    for key in tags:
        if service.name_prefix and key.startswith(service.name_prefix):
            yield instance.account, instance.region, key.removeprefix(service.name_prefix)
