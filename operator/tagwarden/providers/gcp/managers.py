"""The managers of Google Cloud resources: services and controllers that would recreate them (S13)."""

import re
from collections.abc import Mapping
from typing import Any

from tagwarden.providers.gcp.row import Row

_LABELS: tuple[tuple[str, str], ...] = (
    ("goog-k8s-cluster-name", "gcp_container_cluster"),
    ("goog-k8s-node-pool-name", "gcp_container_node_pool"),
    ("goog-composer-environment", "gcp_composer_environment"),
    ("goog-dataproc-cluster-name", "gcp_dataproc_cluster"),
    ("goog-dataflow-job-name", "gcp_dataflow_job"),
    ("goog-batch-job-uid", "gcp_batch_job"),
    ("goog-vertex-ai-resource", "gcp_aiplatform_endpoint"),
    ("goog-dm", "gcp_deploymentmanager_deployment"),
    ("goog-config-deployment", "gcp_config_deployment"),
    ("managed-by-cnrm", "Config Connector"),
    ("goog-terraform-provisioned", "Terraform"),
)
"""Labels that name a manager, with the kind of the manager; the first one that a resource has is the manager."""
_DESCRIBED = re.compile(r'"kubernetes\.io/(?:service|ingress)-name"\s*:\s*"([^"]+)"')
_REPORTED = frozenset({"Terraform"})
"""Marks of tools that run only when a person asks: no manager recreates the resource by itself."""


def manager_of(row: Row, item: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[str, str] | None:
    """Give the kind and name of the manager; None when the resource has none."""
    created_by = _created_by(item)
    if created_by:
        return "gcp_compute_instance_group_manager", created_by
    service = _service_in(item)
    if service:
        return "k8s_service", service
    for key, kind in _LABELS:
        if key in labels and kind not in _REPORTED and kind != row.kind:
            return kind, labels[key] or kind
    return None


def _service_in(item: Mapping[str, Any]) -> str:
    """Give the Service or Ingress that a GKE controller writes as JSON into the descriptions of its load balancers."""
    described = _DESCRIBED.search(str(item.get("description") or ""))
    return described[1] if described else ""


def _created_by(item: Mapping[str, Any]) -> str:
    """Give the instance group manager in the metadata of an instance."""
    metadata = item.get("metadata")
    entries = metadata.get("items") if isinstance(metadata, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and entry.get("key") == "created-by":
            return str(entry.get("value") or "")
    return ""
