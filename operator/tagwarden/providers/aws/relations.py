"""Relations between all resources of a pass: resolves edge ends to uids, and managers to existing or deleted ones."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import groupby
from operator import attrgetter

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Manager, Presence, Resource
from tagwarden.providers.aws.managers import Look, gone, managers_of, settled
from tagwarden.providers.aws.naming import uses_mentioned
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.catalogue.listing_families import Found
from tagwarden.providers.catalogue.references import References, references_of, unresolved_ends

RESTORING_KINDS = frozenset(
    {
        "aws_autoscaling_group",
        "aws_batch_compute_environment",
        "aws_cloudformation_stack",
        "aws_ec2_instance",
        "aws_ec2_spot_request",
        "aws_eks_cluster",
        "aws_eks_node_group",
        "aws_emr_cluster",
    }
)
"""Managers whose reference names a resource of this account: once deleted, no manager restores the members."""


def relate(founds: Iterable[Found]) -> tuple[list[Resource], list[Edge]]:
    """Give all resources, in the order of uid, and all edges, sorted; unresolved ends stay references."""
    regions = list(founds)
    wanted = _wanted(regions)
    references = references_of(regions, wanted)
    complete = {found.region: found.complete for found in regions}
    edges: list[Edge] = []
    resources: list[Resource] = []
    for found in regions:
        known = references[found.region]
        look = _looking(known, complete, found.region)
        for part in found.gathered:
            edges.extend(known.resolved(part.edges))
            edges.extend(known.certain(part.conjectures))
            resources.extend(_with_manager(resource, look) for resource in part.resources)
            part.edges.clear()
            part.conjectures.clear()
            part.resources.clear()
    owners = _owners(edges, resources)
    resources = [_managed_by_owner(resource, owners) for resource in resources]
    edges.extend(
        Edge(resource.manager.reference, EdgeMeaning.OWNS, resource.uid)
        for resource in resources
        if resource.manager is not None and _takes_along(resource.manager)
    )
    parts = [part for found in regions for part in found.gathered]
    edges.extend(uses_mentioned((part.mentions for part in parts), resources, (part.aliases for part in parts), edges))
    resources.sort(key=attrgetter("uid"))
    # Attribute by attribute: a key of all three would create a tuple for each of half a million edges.
    for attribute in ("meaning", "target", "source"):
        edges.sort(key=attrgetter(attribute))
    return resources, [edge for edge, _ in groupby(edges)]


@cache
def _left_behind() -> frozenset[tuple[str, str]]:
    """Give the kinds of owners, each with a kind that AWS leaves behind on their deletion."""
    return frozenset(
        (link.kind, row.name) if link.backwards else (row.name, link.kind)
        for row in KINDS.values()
        for link in row.links
        if link.left
    )


def _owners(edges: Iterable[Edge], resources: Collection[Resource]) -> dict[str, Resource]:
    """Give the owners that restore a resource, by the uid of the resource."""
    owned = [(edge.target, edge.source) for edge in edges if edge.meaning is EdgeMeaning.OWNS]
    sources = {source for _, source in owned}
    restoring = {one.uid: one for one in resources if one.kind in RESTORING_KINDS and one.uid in sources}
    members = {target for target, source in owned if source in restoring}
    kinds = {one.uid: one.kind for one in resources if one.uid in members}
    return {
        target: restoring[source]
        for target, source in owned
        if source in restoring and (restoring[source].kind, kinds.get(target, "")) not in _left_behind()
    }


def _managed_by_owner(resource: Resource, owners: Mapping[str, Resource]) -> Resource:
    """Set an owning instance, group or stack as manager, even if the tags do not name it."""
    owner = owners.get(resource.uid)
    if owner is None or (resource.manager is not None and resource.manager.presence is Presence.ASSUMED):
        return resource
    return replace(resource, manager=Manager(owner.kind, owner.name, owner.uid))


def _wanted(founds: Collection[Found]) -> set[str]:
    """Give the references in edges and managers."""
    wanted = set(unresolved_ends(founds, lambda end: end.startswith("arn:")))
    for found in founds:
        for part in found.gathered:
            wanted.update(one.reference for resource in part.resources for one in managers_of(resource))
    return wanted


def _with_manager(resource: Resource, look: Look) -> Resource:
    """Give the resource with the relevant manager of several."""
    managers = managers_of(resource)
    if not managers:
        return resource
    manager = settled(managers, look)
    return resource if manager == resource.manager else replace(resource, manager=manager)


def _looking(known: References, complete: Mapping[str, Collection[str]], region: str) -> Look:
    """Give the lookup of managers for one region; managers of incompletely listed kinds are unknown (S3)."""

    def look(manager: Manager) -> Manager | None:
        if not manager.reference:
            return manager
        uid = known.uid(manager.reference)
        if uid in known.uids:
            return replace(manager, reference=uid)
        kind, place = manager.kind, region
        if manager.reference.startswith("arn:"):
            place = manager.reference.split(":")[3]
        else:
            kind = manager.reference.partition("/")[0]
        return gone(manager) if kind in RESTORING_KINDS and kind in complete.get(place, ()) else None

    return look


def _takes_along(manager: Manager) -> bool:
    """Whether deleting the manager deletes the members: true for AWS, false for managers in a cluster."""
    return bool(manager.reference) and manager.presence is Presence.ASSUMED and manager.kind in KINDS
