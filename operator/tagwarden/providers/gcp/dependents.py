"""The kinds that can contain, own, use or name a kind: all must be listed before a resource is unused (S3, S18)."""

from collections.abc import Mapping

from tagwarden.providers.gcp.row import rows
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


def dependents_of(kind: str) -> frozenset[str]:
    """Give every kind of Google Cloud, since each response may name any resource, and the kinds in clusters."""
    return frozenset((*rows(), *IN_CLUSTERS.get(kind, ())))
