"""Distinguishes cloud resources made by a cluster object from resources of the same name.

A load balancer names its Service or Ingress, and a disk its PersistentVolume, but neither names the cluster: two
clusters may both have a Service `shop/front`. Only an object that itself names the resource (by DNS name or id, which
are unique) is certainly the manager. Otherwise the manager stays unknown, and the resource is left alone (S13).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from tagwarden.model.graph import Edge, EdgeMeaning, names_of
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.providers.linking.vendor_rows import CLUSTER_TAG, MAKERS

_Stack = tuple[str, str, str, str, str]


class Adopted(NamedTuple):
    """Corrected resources by uid, and the edges from the creators."""

    resources: Mapping[str, Resource]
    edges: tuple[Edge, ...]


def adopt(snapshots: Collection[Snapshot]) -> Adopted:
    """Give the resources that an object of a collected cluster claims, with the object as manager."""
    clusters = [snapshot for snapshot in snapshots if snapshot.provider is ProviderName.KUBERNETES]
    orphans = {one.uid: one for one in _orphans(snapshots)} if clusters else {}
    parents: dict[str, set[str]] = {}
    for snapshot in clusters if orphans else ():
        for orphan, parent in _claims(snapshot, orphans):
            parents.setdefault(orphan, set()).add(parent)
    found = {uid: next(iter(claimants)) for uid, claimants in parents.items() if len(claimants) == 1}
    found |= _siblings(orphans, found)
    resources = {uid: _managed_by(orphans[uid], parent) for uid, parent in sorted(found.items())}
    return Adopted(resources, tuple(Edge(found[uid], EdgeMeaning.OWNS, uid) for uid in resources))


def _orphans(snapshots: Iterable[Snapshot]) -> Iterator[Resource]:
    for snapshot in snapshots:
        if snapshot.provider is not ProviderName.KUBERNETES:
            for resource in snapshot.resources:
                manager = resource.manager
                if manager is not None and not manager.reference and manager.kind in MAKERS:
                    yield resource


def _claims(cluster: Snapshot, orphans: Mapping[str, Resource]) -> Iterator[tuple[str, str]]:
    """Give each orphan that an object of the cluster claims, with the object; both as uids."""
    names: dict[str, str] = {}
    for orphan in orphans.values():
        for name in (orphan.uid, *names_of(orphan)):
            # A name of two orphans identifies neither.
            names[name] = "" if names.get(name, orphan.uid) != orphan.uid else orphan.uid
    edges = [edge for edge in cluster.edges if names.get(edge.target)]
    sources = {edge.source for edge in edges}
    objects = {one.uid: one for one in cluster.resources if one.uid in sources}
    for edge in edges:
        orphan, source = orphans[names[edge.target]], objects.get(edge.source)
        if source is not None and orphan.manager is not None:
            maker = MAKERS[orphan.manager.kind]
            if (source.kind, source.id) == (maker.kind, orphan.manager.name) and edge.meaning in maker.meanings:
                yield orphan.uid, source.uid


def _siblings(orphans: Mapping[str, Resource], adopted: Mapping[str, str]) -> dict[str, str]:
    """Give target and security groups of the same controller and object as an adopted load balancer."""
    stacks: dict[_Stack, set[str]] = {}
    for uid, parent in adopted.items():
        if (stack := _stack_of(orphans[uid])) is not None:
            stacks.setdefault(stack, set()).add(parent)
    found = {}
    for uid, orphan in orphans.items():
        stack = _stack_of(orphan)
        parents = stacks.get(stack, set()) if stack is not None and uid not in adopted else set()
        if len(parents) == 1:
            found[uid] = next(iter(parents))
    return found


def _stack_of(resource: Resource) -> _Stack | None:
    cluster, manager = resource.tags.values.get(CLUSTER_TAG), resource.manager
    if not cluster or manager is None:
        return None
    return resource.account, resource.region, cluster, manager.kind, manager.name


def _managed_by(resource: Resource, parent: str) -> Resource:
    manager = resource.manager
    return replace(resource, manager=Manager(manager.kind, manager.name, parent)) if manager is not None else resource
