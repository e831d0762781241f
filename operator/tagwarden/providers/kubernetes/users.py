"""Which kinds could use, hold, own or name objects of another: the answer is unknown until all of them were listed."""

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
"""Pods and whatever describes Pods."""

SERVED = WORKLOADS | {SERVICE}
"""Kinds that break when a custom resource goes that names them: it is a route to a Service, or scales a workload."""

MENTIONED = SERVED | {CONFIG_MAP, SECRET, PERSISTENT_VOLUME_CLAIM, SERVICE_ACCOUNT}
"""Kinds whose names are looked for in custom resources."""

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
"""The kinds by which the top of a chain of controllers is found."""

_AT_LARGE = frozenset(row.kind for row in catalogue() if not row.namespaced)
_BUILT_IN = frozenset(row.kind for row in catalogue() if row.namespaced and is_built_in(row.group))


def dependents_of(kind: str, others: Iterable[str] = ()) -> frozenset[str]:
    """Give the kinds that could use, own or name an object of `kind`, or die with it: all must be known (S3, S18).

    A namespace may hold every kind that lives in namespaces, a custom resource may own objects of any kind, and may
    name what it likes. The catalogue knows those that are built in; `others` names what else there is, such as the
    kinds of custom resources that a cluster serves or that could not be listed.
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
    """Give kinds with those without which they cannot be read as in a look at everything.

    Namespaces say what is protected, controllers what makes a Pod, and names are found in custom resources only where
    they are known.
    """
    wanted = kinds.union({NAMESPACE}, *(_MAKERS.get(kind, ()) for kind in kinds))
    return wanted | MENTIONED if any(map(may_mention, kinds)) else wanted


def _users() -> Mapping[str, frozenset[str]]:
    """Give for each kind those that the rows tie to it, in whichever direction."""
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
