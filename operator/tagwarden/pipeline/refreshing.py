"""The part of a decision's world that one deletion depends on, with fresh evidence (S17)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain

from tagwarden.model.disabled_kinds import kinds_seen_in, with_hidden_kinds
from tagwarden.model.evidence import FreshEvidence, Look
from tagwarden.model.graph import Edge, EdgeMeaning, names_of
from tagwarden.model.mentions import spoken_names_of
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.snapshot import CollectFailure, Extent, Snapshot
from tagwarden.model.world import World
from tagwarden.providers.linking import ids_by_number, uses_of_clusters, with_ids, world_of


def refreshed(world: World, fresh: FreshEvidence, subjects: Collection[str], going: Collection[str]) -> World:
    """Give the world around some resources, by uid, in which fresh evidence replaces older evidence.

    The world holds the subjects, their parts, and every resource that owns, manages, needs or uses these, to any
    distance: no other resource affects the decision. The plan itself deletes the resources in `going`: a deleted
    resource keeps the old state, since its parts were judged by its tags. Snapshots keep their ids, so that a new read
    is not a further observation (S4).
    """
    around = _Around(world, fresh, going)
    resources, edges = around.of(subjects)
    looks = {name: [_with_hidden(look, world) for look in each] for name, each in _by_account(fresh.looks).items()}
    by_account: defaultdict[str, list[Resource]] = defaultdict(list)
    for resource in resources:
        by_account[resource.account].append(resource)
    snapshots = [
        replace(
            snapshot,
            kinds=_kinds(snapshot, looks.get(snapshot.account, ())),
            failures=_failures(snapshot, looks.get(snapshot.account, ())),
            resources=tuple(by_account[snapshot.account]),
            # One graph covers all accounts, regardless of the snapshot of an edge.
            edges=tuple(edge for edge, account in edges.items() if account == snapshot.account),
            mentions={},
        )
        for snapshot in world.snapshots.values()
    ]
    return world_of(snapshots, world.accounts.values(), part_of=world)


class _Around:
    """Walks edges backwards, in the world and in the fresh reads."""

    def __init__(self, world: World, fresh: FreshEvidence, going: Collection[str]) -> None:
        self._graph = world.graph
        self._looks = fresh.looks
        self._read = fresh.resources
        self._going = going
        self._listed = {resource.uid: resource for look in fresh.looks for resource in look.snapshot.resources}
        self._bearers: defaultdict[str, list[str]] = defaultdict(list)
        for resource in self._listed.values():
            self._bearers[f"{resource.account}/{resource.reference}"].append(resource.uid)
        self._asked = frozenset(kind for look in fresh.looks for kind in look.search.extent.kinds)
        self._sources: defaultdict[str, list[Edge]] = defaultdict(list)
        self._owned: defaultdict[str, list[str]] = defaultdict(list)
        told = [edge for look in fresh.looks for edge in look.snapshot.edges]
        numbered = with_ids(told, ids_by_number(world.snapshots.values()))
        mentioned = (
            Edge(source, EdgeMeaning.USES, name)
            for look in fresh.looks
            for source, names in look.snapshot.mentions.items()
            for name in names
        )
        for edge in chain(told, numbered, mentioned, uses_of_clusters(world.joins.clusters, self._listed.values())):
            self._sources[edge.target].append(edge)
            if edge.meaning is EdgeMeaning.OWNS:
                self._owned[edge.source].append(edge.target)

    def of(self, subjects: Collection[str]) -> tuple[list[Resource], dict[Edge, str]]:
        """Give the resources around the subjects, and the edges, each with the account of the target."""
        found: dict[str, Resource] = {}
        edges: dict[Edge, str] = {}
        passed: set[str] = set()
        whole = set(subjects)
        waiting = [*subjects, *self._read]
        while waiting:
            uid = waiting.pop()
            resource = None if uid in passed else self._now(uid)
            passed.add(uid)
            if resource is None:
                continue
            found[uid] = resource
            for edge in self._edges_to(resource):
                edges[edge] = resource.account
                waiting.append(edge.source)
            waiting += self._managers_of(resource)
            if uid in whole:
                parts = [*self._graph.targets(uid, EdgeMeaning.OWNS), *self._owned[uid]]
                whole.update(parts)
                waiting += parts
        return list(found.values()), edges

    def _now(self, uid: str) -> Resource | None:
        """Give the current state of a resource; None when gone or never collected."""
        before = self._graph.resources.get(uid)
        if uid in self._read:
            read = self._read[uid]
            found = read and _with_known_manager(read, before, partial(_tells_by_itself, read))
        elif uid in self._listed:
            found = _with_known_manager(self._listed[uid], before, lambda manager: manager.kind in self._asked)
        elif before is not None and any(covers(look, before) for look in self._looks):
            found = None
        else:
            return before
        return before if found is None and uid in self._going else found

    def _edges_to(self, resource: Resource) -> Iterator[Edge]:
        """Give the edges to a resource, except from deleted resources."""
        for meaning in EdgeMeaning:
            for source in self._graph.sources(resource.uid, meaning):
                if source not in self._graph.resources or self._now(source) is not None:
                    yield Edge(source, meaning, resource.uid)
        for name in {resource.uid, *names_of(resource), *spoken_names_of(resource)}:
            for edge in self._sources.get(name, ()):
                if self._is_told(edge.source):
                    yield Edge(edge.source, edge.meaning, resource.uid)

    def _is_told(self, source: str) -> bool:
        """Whether a fresh read can show that a resource exists; unlisted kinds are only in the snapshot."""
        if source in self._graph.resources or source in self._listed:
            return self._now(source) is not None
        return self._graph.number_of(source) is not None or source.partition("/")[0] in self._asked

    def _managers_of(self, resource: Resource) -> Iterator[str]:
        if resource.manager is not None and resource.manager.reference:
            number = self._graph.resolve(resource.manager.reference)
            yield resource.manager.reference if number is None else self._graph.names[number]
            # A resource of the same name may exist again after the deletion.
            yield from self._bearers.get(resource.manager.reference, ())


def covers(look: Look, resource: Resource) -> bool:
    """Whether a fresh read must have found the resource, unless deleted."""
    extent = look.search.extent
    if resource.account != look.search.account or resource.kind not in extent.kinds:
        return False
    if resource.provider is ProviderName.KUBERNETES:
        return not resource.namespace or extent.namespaces is None or resource.namespace in extent.namespaces
    return not resource.region or extent.regions is None or resource.region in extent.regions


def _by_account(looks: Iterable[Look]) -> Mapping[str, list[Look]]:
    found: defaultdict[str, list[Look]] = defaultdict(list)
    for look in looks:
        found[look.search.account].append(look)
    return found


def _with_hidden(look: Look, world: World) -> Look:
    """Give a look in which a kind that had resources is incomplete if its API was disabled since."""
    before = world.snapshots.get(look.search.account)
    if before is None or not look.snapshot.disabled_kinds:
        return look
    return replace(look, snapshot=with_hidden_kinds(look.snapshot, kinds_seen_in(before)))


def _kinds(snapshot: Snapshot, looks: Iterable[Look]) -> tuple[str, ...]:
    return tuple(sorted({*snapshot.kinds, *(kind for look in looks for kind in look.snapshot.kinds)}))


def _failures(snapshot: Snapshot, looks: Iterable[Look]) -> tuple[CollectFailure, ...]:
    """Give the failures of the snapshot without a later successful read, and the failures of the fresh reads."""
    failures = list(snapshot.failures)
    for look in looks:
        failures = [one for one in failures if not _makes_up_for(look.search.extent, one)] + list(
            look.snapshot.failures
        )
    return tuple(failures)


def _makes_up_for(extent: Extent, failure: CollectFailure) -> bool:
    """Whether a fresh read listed the kind everywhere, so that an older failure is obsolete."""
    return failure.kind in extent.kinds and extent.regions is None and extent.namespaces is None


def _tells_by_itself(found: Resource, manager: Manager) -> bool:
    """Whether a resource read alone shows such a manager: a cloud resource does not show objects of a cluster."""
    return found.provider is ProviderName.KUBERNETES or not manager.is_in_cluster


def _with_known_manager(found: Resource, before: Resource | None, is_told: Callable[[Manager], bool]) -> Resource:
    """Keep the known manager when a read cannot show such managers; `is_told` says which ones a read shows."""
    known, named = before.manager if before is not None else None, found.manager
    if before is None or known is None or is_told(known):
        return found
    if named is None or (named.kind, named.name) == (known.kind, known.name):
        return replace(found, manager=known)
    # Of several managers, the read names the nearest, the snapshot the relevant one.
    is_nearest = not is_told(named) and found.tags == before.tags
    return replace(found, manager=known) if is_nearest else found
