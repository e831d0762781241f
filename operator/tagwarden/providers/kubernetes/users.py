"""The kinds that could use, contain, own or name a kind: all must be listed before an object counts as unused."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from tagwarden.model.graph import EdgeMeaning
from tagwarden.providers.kubernetes.catalogue import (
    CONFIG_MAP,
    NAMESPACE,
    PERSISTENT_VOLUME,
    PERSISTENT_VOLUME_CLAIM,
    POD,
    SECRET,
    SERVICE,
    SERVICE_ACCOUNT,
    catalogue,
    is_ignored,
    known_row,
    may_mention,
)
from tagwarden.providers.kubernetes.names import is_built_in

WORKLOADS = frozenset(row.kind for row in catalogue() if row.pod_spec)
"""Pods and kinds with Pod templates."""

SERVED = WORKLOADS | {SERVICE}
"""Kinds that break when a custom resource that names them is deleted: a route or a scaler."""

MENTIONED = SERVED | {CONFIG_MAP, SECRET, PERSISTENT_VOLUME_CLAIM, SERVICE_ACCOUNT}
"""Kinds whose names are searched in custom resources."""

_HELD_BY_PODS = (PERSISTENT_VOLUME_CLAIM, SERVICE_ACCOUNT, CONFIG_MAP, SECRET)

_OWNED_BY_WORKLOADS = {
    "k8s_deployment": ("k8s_replicaset", POD),
    "k8s_statefulset": (POD,),
    "k8s_daemonset": (POD,),
    "k8s_replicaset": (POD,),
    "k8s_replicationcontroller": (POD,),
    "k8s_cronjob": ("k8s_job", POD),
    "k8s_job": (POD,),
}

_MAKERS: Mapping[str, frozenset[str]] = {
    POD: frozenset({"k8s_replicaset", "k8s_deployment", "k8s_job", "k8s_cronjob"}),
    "k8s_replicaset": frozenset({"k8s_deployment"}),
    "k8s_job": frozenset({"k8s_cronjob"}),
}
"""The kinds needed to find the top of a chain of controllers."""

_AT_LARGE = frozenset(row.kind for row in catalogue() if not row.namespaced)
_BUILT_IN = frozenset(row.kind for row in catalogue() if row.namespaced and is_built_in(row.group))


def dependents_of(kind: str, others: Iterable[str] = ()) -> frozenset[str]:
    """Give the kinds that could use, own or name an object of `kind`, or are deleted with it.

    All must be listed (S3, S18). A namespace may contain every namespaced kind, a custom resource may own and name
    objects of any kind. The catalogue has the built-in kinds; `others` names further kinds, such as custom resources
    that a cluster serves or that could not be listed.
    """
    if kind == NAMESPACE:
        return frozenset({*_BUILT_IN, *others}) - _AT_LARGE
    row = known_row(kind)
    users = set(_USERS.get(kind, ()))
    if row is None or not is_built_in(row.group):
        users.update(_BUILT_IN, (other for other in others if not is_ignored(other.partition(".")[2])))
    elif kind in MENTIONED:
        users.update(filter(may_mention, others))
    return frozenset(users - {kind})


def with_what_they_lean_on(kinds: frozenset[str]) -> frozenset[str]:
    """Give kinds with the further kinds needed to read these as in a complete listing.

    Namespaces give protections, controllers the managers of Pods, and only known names are found in custom resources.
    """
    wanted = kinds.union({NAMESPACE}, *(_MAKERS.get(kind, ()) for kind in kinds))
    return wanted | MENTIONED if any(map(may_mention, kinds)) else wanted


def _users() -> Mapping[str, frozenset[str]]:
    """Give for each kind the kinds linked with it by rows, in either direction."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in catalogue():
        for link in row.links:
            if link.meaning is not EdgeMeaning.OWNS:
                found[link.kind].add(row.kind)
        found[row.kind].update(link.kind for link in row.held_by)
        if row.selector:
            found[row.kind] |= WORKLOADS
            for workload in WORKLOADS:
                found[workload].add(row.kind)
    for kind in _HELD_BY_PODS:
        found[kind] |= WORKLOADS
    for kind, owned in _OWNED_BY_WORKLOADS.items():
        found[kind].update(owned)
    found[PERSISTENT_VOLUME].add(PERSISTENT_VOLUME_CLAIM)
    return {kind: frozenset(kinds) for kind, kinds in found.items()}


_USERS = _users()
