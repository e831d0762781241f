"""The kinds that can contain, own, use or name a kind: all must be listed before a resource is unused (S3, S18)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import orjson

from tagwarden.providers.gcp.managers import managing_kinds
from tagwarden.providers.gcp.row import rows
from tagwarden.providers.gcp.short_names import ADDRESSES, CALLED_BY_NAME
from tagwarden.providers.linking.vendor_rows import WORKLOADS

IN_CLUSTERS: Mapping[str, tuple[str, ...]] = {
    "gcp_artifactregistry_repository": WORKLOADS,
    "gcp_compute_address": ("k8s_ingress", "k8s_service"),
    "gcp_compute_disk": ("k8s_persistentvolume",),
    "gcp_compute_region_disk": ("k8s_persistentvolume",),
    "gcp_compute_forwarding_rule": ("k8s_ingress", "k8s_service"),
    "gcp_compute_global_address": ("k8s_ingress", "k8s_service"),
    "gcp_compute_global_forwarding_rule": ("k8s_ingress", "k8s_service"),
    "gcp_compute_instance": ("k8s_node",),
    "gcp_compute_snapshot": ("k8s_volumesnapshotcontent.snapshot.storage.k8s.io",),
    "gcp_container_cluster": ("k8s_namespace", "k8s_node", "k8s_persistentvolumeclaim", *WORKLOADS),
    "gcp_file_instance": ("k8s_persistentvolume",),
    "gcp_iam_service_account": ("k8s_serviceaccount",),
    "gcp_pubsub_topic": WORKLOADS,
    "gcp_redis_instance": WORKLOADS,
    "gcp_secretmanager_secret": ("k8s_externalsecret.external-secrets.io", *WORKLOADS),
    "gcp_sqladmin_instance": WORKLOADS,
    "gcp_storage_bucket": WORKLOADS,
}
"""Per kind, the Kubernetes kinds whose objects use the kind: in a spec, an annotation, or by being or creating it."""


@dataclass(frozen=True, slots=True)
class Naming:
    """By whom resources can be named, from Google's documents (see `tools/gcp_naming.py`).

    `naming` has for a kind the kinds of other APIs whose items can name it, `free` the kinds whose items hold programs
    or their settings. `seen` are the kinds whose documents were read.
    """

    seen: frozenset[str]
    free: frozenset[str]
    naming: Mapping[str, tuple[str, ...]]


@cache
def known_naming() -> Naming:
    """Read the generated file."""
    told = orjson.loads(resources.files("tagwarden.providers.gcp").joinpath("naming.json").read_bytes())
    return Naming(frozenset(told["seen"]), frozenset(told["free"]), told["naming"])


@cache
def dependents_of(kind: str) -> frozenset[str]:
    """Give the kinds whose resources can contain, own, manage, use or name a resource of `kind`.

    These are all kinds of the same API, the kinds that link to it, the kinds that manage others, those whose fields can
    name it by Google's documents, and the kinds in clusters. Nothing is known about a kind without an entry in the
    generated file, so that every kind may name it.
    """
    row = rows().get(kind)
    known = known_naming()
    if row is None or kind not in known.naming:
        return frozenset((*rows(), *IN_CLUSTERS.get(kind, ())))
    found = {*known.naming[kind], *(rows().keys() - known.seen), *managing_kinds()}
    if row.facts.category in CALLED_BY_NAME or kind in ADDRESSES:
        # Google's documents describe the items of listings, without the details that are read for them.
        found |= known.free | {other.kind for other in rows().values() if other.facts.details}
    for other in rows().values():
        if other.host == row.host or any(row.host in link.kind for link in other.facts.links):
            found.add(other.kind)
    return frozenset((*(found & rows().keys()), *IN_CLUSTERS.get(kind, ())))
