"""The world of a decision as fresh looks show it: what was read again replaces what was collected (S17)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from tagwarden.model.evidence import FreshEvidence, Look
from tagwarden.model.graph import Edge
from tagwarden.model.resource import Provider, Resource
from tagwarden.model.snapshot import Extent, Snapshot
from tagwarden.model.world import World


def refreshed(world: World, fresh: FreshEvidence, accounts: Collection[str], going: Collection[str]) -> World:
    """Give the world in which fresh evidence replaces older evidence.

    The plan itself deletes the resources in `going`: one of them that is gone counts as it was, since its parts were
    judged by its tags. Only `accounts` and those that were looked into keep their resources: the others have no part
    in the decision. A snapshot keeps its id, so that a look is no further observation (S4).
    """
    looks: dict[str, list[Look]] = {}
    for look in fresh.looks:
        looks.setdefault(look.search.account, []).append(look)
    known = world.graph.numbers.keys()
    snapshots = []
    for snapshot in world.snapshots.values():
        if snapshot.account in looks or snapshot.account in accounts:
            snapshots.append(_refreshed(snapshot, looks.get(snapshot.account, ()), fresh.resources, going, known))
        else:
            snapshots.append(replace(snapshot, resources=(), edges=()))
    return World(snapshots, world.accounts.values())


def _refreshed(
    snapshot: Snapshot,
    looks: Sequence[Look],
    read: Mapping[str, Resource | None],
    going: Collection[str],
    known: Collection[str],
) -> Snapshot:
    before = {resource.uid: resource for resource in snapshot.resources}
    resources = dict(before)
    edges: list[Edge] = []
    kinds, failures = set(snapshot.kinds), list(snapshot.failures)
    for look in looks:
        extent, found = look.search.extent, look.snapshot
        for uid in [uid for uid, resource in resources.items() if _covers(extent, resource)]:
            del resources[uid]
        for resource in found.resources:
            resources[resource.uid] = _with_known_manager(resource, before.get(resource.uid), extent.kinds)
        edges += found.edges
        kinds |= set(found.kinds)
        failures = [one for one in failures if not _settles(extent, one.kind)] + list(found.failures)
    for uid, fresh in read.items():
        if fresh is None:
            resources.pop(uid, None)
        elif fresh.account == snapshot.account:
            resources[uid] = fresh
    resources |= {uid: before[uid] for uid in before.keys() - resources.keys() if uid in going}
    gone = before.keys() - resources.keys()
    kept = [edge for edge in snapshot.edges if edge.source not in gone and edge.target not in gone]
    asked = {kind for look in looks for kind in look.search.extent.kinds}
    return replace(
        snapshot,
        kinds=tuple(sorted(kinds)),
        resources=tuple(resources.values()),
        edges=tuple({*kept, *_told(edges, (resources.keys() | known) - gone, asked)}),
        failures=tuple(failures),
    )


def _covers(extent: Extent, resource: Resource) -> bool:
    """Whether a look at the extent must have found the resource, if it is still there."""
    if resource.kind not in extent.kinds:
        return False
    if resource.provider is Provider.KUBERNETES:
        return not resource.namespace or extent.namespaces is None or resource.namespace in extent.namespaces
    return not resource.region or extent.regions is None or resource.region in extent.regions


def _settles(extent: Extent, kind: str) -> bool:
    """Whether a look everywhere has asked for the kind again, so that an older failure tells nothing any more."""
    return kind in extent.kinds and extent.regions is None and extent.namespaces is None


def _told(edges: Iterable[Edge], known: Collection[str], asked: Collection[str]) -> list[Edge]:
    """Leave out edges to what a look did not ask for: whether that is there is known from the snapshot."""

    def is_told(end: str) -> bool:
        return end in known or end.partition("/")[0] in asked

    return [edge for edge in edges if is_told(edge.source) and is_told(edge.target)]


def _with_known_manager(found: Resource, before: Resource | None, asked: Collection[str]) -> Resource:
    """Keep a manager that the look could not tell, since it did not ask for managers of that kind."""
    if before is None or before.manager is None or before.manager.kind in asked:
        return found
    if found.manager is None or (found.manager.kind, found.manager.name) == (before.manager.kind, before.manager.name):
        return replace(found, manager=before.manager)
    return found
