"""Builds resources and their edges from all objects of a cluster."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.providers.kubernetes.catalogue import NAMESPACE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM
from tagwarden.providers.kubernetes.managers import ARGO_APPLICATION, Owner
from tagwarden.providers.kubernetes.names import rank
from tagwarden.providers.kubernetes.reading import Seen
from tagwarden.providers.kubernetes.selectors import Labels, Selector


def assemble(account: str, objects: Iterable[Seen]) -> tuple[tuple[Resource, ...], tuple[Edge, ...]]:
    """Give the resources and the edges between them.

    Objects that two kinds list (another group's view of the same objects) count once, as the built-in kind.
    """
    by_uid: dict[str, Seen] = {}
    for seen in sorted(objects, key=lambda seen: (rank(seen.api.group), seen.api.kind, seen.id)):
        by_uid.setdefault(seen.uid, seen)
    world = _World(by_uid)
    resources = tuple(resource_of(account, seen, world.manager_of(seen)) for seen in by_uid.values())
    edges = dict.fromkeys(edge for seen in by_uid.values() for edge in world.edges_of(seen))
    return resources, tuple(edges)


def resource_of(account: str, seen: Seen, manager: Manager | None) -> Resource:
    """Give the resource of an object."""
    return Resource(
        uid=seen.uid,
        provider=ProviderName.KUBERNETES,
        account=account,
        region="",
        kind=seen.api.kind,
        category=seen.category,
        id=seen.id,
        name=seen.name,
        created=seen.created,
        tags=seen.tags,
        namespace=seen.namespace,
        state=seen.state,
        manager=manager,
        protection=seen.protection,
        version=seen.version,
        attributes=seen.attributes,
    )


class _World:
    """All objects of a cluster, by uid and by name."""

    def __init__(self, by_uid: Mapping[str, Seen]) -> None:
        self._by_uid = by_uid
        self._uids = {f"{seen.api.kind}/{seen.id}": uid for uid, seen in by_uid.items()}
        applications = [seen for seen in by_uid.values() if seen.api.kind == ARGO_APPLICATION]
        self._applications = _by_name(applications)
        self._workloads = _Workloads(by_uid.values())
        self._templates = {
            (seen.namespace, prefix): uid for uid, seen in by_uid.items() for prefix in seen.claim_prefixes
        }
        self._managed = {reference: seen for seen in applications for reference in seen.manages}

    def manager_of(self, seen: Seen) -> Manager | None:
        """Give the root of the owner references, or the manager named by a tool's marks."""
        if seen.controller is not None:
            root = self._root(seen.controller)
            return Manager(root.kind, root.name, root.uid)
        if seen.manager is not None:
            return self._resolved(seen.manager)
        application = self._managed.get(f"{seen.api.kind}/{seen.id}")
        return Manager(ARGO_APPLICATION, application.name, application.uid) if application is not None else None

    def _root(self, owner: Owner) -> Owner:
        """Follow controllers upwards to the last known controller; stop where an invalid cycle closes."""
        passed: set[str] = set()
        while owner.uid not in passed:
            passed.add(owner.uid)
            above = self._by_uid.get(owner.uid)
            if above is None or above.controller is None:
                break
            owner = above.controller
        return owner

    def _resolved(self, manager: Manager) -> Manager:
        """Set the manager's uid when exactly one object matches."""
        if manager.kind == ARGO_APPLICATION and not manager.reference:
            candidates = self._applications.get(manager.name, ())
            return replace(manager, reference=candidates[0].uid) if len(candidates) == 1 else manager
        return replace(manager, reference=self._uids.get(manager.reference, manager.reference))

    def edges_of(self, seen: Seen) -> Iterator[Edge]:
        """Give every edge that begins at an object, or that the object declares for its holders."""
        yield from self._ownership(seen)
        for meaning, target in seen.links:
            if uid := self._uids.get(target):
                yield Edge(seen.uid, meaning, uid)
        for meaning, source in seen.held_by:
            if uid := self._uids.get(source):
                yield Edge(uid, meaning, seen.uid)
        if seen.selector is not None:
            yield from self._selected(seen, seen.selector)
        if seen.api.kind == PERSISTENT_VOLUME_CLAIM:
            yield from self._templated(seen)
        for meaning, target in seen.foreign:
            yield Edge(seen.uid, meaning, target)
        if seen.api.kind == PERSISTENT_VOLUME and seen.manager is not None:
            yield from _bound(seen, seen.manager)

    def _selected(self, seen: Seen, selector: Selector) -> Iterator[Edge]:
        """Link an object to its selected Pods and Pod templates."""
        for workload in self._workloads.selected(seen.namespace, selector):
            yield Edge(workload, EdgeMeaning.USES, seen.uid)
            if selector.is_mutual:
                yield Edge(seen.uid, EdgeMeaning.USES, workload)

    def _templated(self, claim: Seen) -> Iterator[Edge]:
        """Link a claim to the StatefulSet of its template, also while the set has no Pods."""
        prefix = claim.name.rstrip("0123456789")
        if prefix != claim.name and (owner := self._templates.get((claim.namespace, prefix))):
            yield Edge(owner, EdgeMeaning.USES, claim.uid)

    def _ownership(self, seen: Seen) -> Iterator[Edge]:
        # The garbage collector deletes an object with several owners when all of them are gone.
        for owner in seen.owners:
            yield Edge(owner.uid, EdgeMeaning.OWNS, seen.uid)
        space = self._uids.get(f"{NAMESPACE}/{seen.namespace}") if seen.namespace else None
        if space is None:
            return
        if not seen.owners or not all(self._shares_namespace(seen, owner) for owner in seen.owners):
            yield Edge(space, EdgeMeaning.OWNS, seen.uid)
        if seen.precedes_namespace:
            # The object must be deleted before its namespace, so that no cloud resources are left behind.
            yield Edge(seen.uid, EdgeMeaning.NEEDS, space)

    def _shares_namespace(self, seen: Seen, owner: Owner) -> bool:
        above = self._by_uid.get(owner.uid)
        return above is not None and above.namespace == seen.namespace


class _Workloads:
    """Pods and Pod templates by namespace and label."""

    def __init__(self, objects: Iterable[Seen]) -> None:
        self._everybody: defaultdict[str, list[tuple[Labels, str]]] = defaultdict(list)
        self._by_label: defaultdict[tuple[str, tuple[str, str]], list[tuple[Labels, str]]] = defaultdict(list)
        for seen in objects:
            if seen.pod_labels is not None:
                entry = (seen.pod_labels, seen.uid)
                self._everybody[seen.namespace].append(entry)
                for label in seen.pod_labels:
                    self._by_label[seen.namespace, label].append(entry)

    def selected(self, namespace: str, selector: Selector) -> Iterator[str]:
        """Give the uids that a selector matches: only the holders of the rarest label are compared."""
        found = (self._by_label.get((namespace, label), []) for label in selector.labels)
        candidates = min(found, key=len, default=self._everybody.get(namespace, []))
        return (uid for labels, uid in candidates if selector.holds(labels))


def _bound(volume: Seen, claim: Manager) -> Iterator[Edge]:
    """Link a volume to the bound claim, by the uid in the volume."""
    if claim.kind != PERSISTENT_VOLUME_CLAIM:
        return
    yield Edge(claim.reference, EdgeMeaning.NEEDS, volume.uid)
    if volume.attributes.get("reclaim_policy") == "Delete":
        yield Edge(claim.reference, EdgeMeaning.OWNS, volume.uid)


def _by_name(objects: Iterable[Seen]) -> Mapping[str, Sequence[Seen]]:
    named: dict[str, list[Seen]] = {}
    for seen in objects:
        named.setdefault(seen.name, []).append(seen)
    return named
