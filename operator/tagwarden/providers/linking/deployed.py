"""Resources in another collected cluster that an Argo CD Application deployed, and deletes with itself (S22).

Deployed objects name the Application, in the annotation for the manager or in a label that other tools write too:
https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/. The cluster is the one whose API server is the
Application's destination.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.outside_targets import ACTS_ON, cluster
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.providers.linking.cluster_created import Adopted
from tagwarden.providers.linking.vendor_rows import ARGO_CD


def find_deployed(snapshots: Collection[Snapshot]) -> Adopted:
    """Give the objects that name an Application of another cluster, with the Application as manager, and the edges.

    If several Applications of that name deploy to the cluster, any of them may be the manager.
    """
    clusters = [snapshot for snapshot in snapshots if snapshot.provider is ProviderName.KUBERNETES]
    applications: defaultdict[tuple[str, str], list[Resource]] = defaultdict(list)
    for snapshot in clusters:
        for resource in snapshot.resources:
            if resource.kind == ARGO_CD.kind and ACTS_ON in resource.attributes:
                applications[str(resource.attributes[ACTS_ON]), resource.name].append(resource)
    resources: dict[str, Resource] = {}
    edges: list[Edge] = []
    for snapshot in clusters if applications else ():
        target = cluster(snapshot.identity.server)
        for resource in snapshot.resources:
            found = [one for name in _names_on(resource) for one in applications.get((target, name), ())]
            edges += [Edge(one.uid, EdgeMeaning.OWNS, resource.uid) for one in found]
            manager = resource.manager
            if len(found) == 1 and manager is not None and manager.kind == ARGO_CD.kind and not manager.reference:
                resources[resource.uid] = replace(resource, manager=replace(manager, reference=found[0].uid))
    return Adopted(resources, tuple(edges))


def _names_on(resource: Resource) -> Iterator[str]:
    """Give the Application that an object names, unless the manager is in the same cluster."""
    manager = resource.manager
    if manager is not None:
        if manager.kind == ARGO_CD.kind and not manager.reference:
            yield manager.name
    elif label := resource.tags.values.get(ARGO_CD.label):
        yield label
