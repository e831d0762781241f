"""The managers of Google Cloud resources: services and controllers that would recreate them (S13)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from tagwarden.providers.gcp.row import Row

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Named:
    """A manager as an item names it; `full` is its name or asset name, empty where the item does not tell."""

    kind: str
    name: str
    full: str = ""


@dataclass(frozen=True, slots=True)
class _Label:
    """A label whose value is the name of a manager; with the label `place`, the form `full` gives its asset name."""

    key: str
    kind: str
    place: str = ""
    full: str = ""


_LABELS = (
    _Label("goog-composer-environment", "gcp_composer_environment", "goog-composer-location",
           "//composer.googleapis.com/projects/{project}/locations/{place}/environments/{name}"),
    _Label("goog-k8s-cluster-name", "gcp_container_cluster", "goog-k8s-cluster-location",
           "//container.googleapis.com/projects/{project}/locations/{place}/clusters/{name}"),
    _Label("goog-k8s-node-pool-name", "gcp_container_node_pool"),
    _Label("goog-dataproc-cluster-name", "gcp_dataproc_cluster", "goog-dataproc-location",
           "//dataproc.googleapis.com/projects/{project}/regions/{place}/clusters/{name}"),
    _Label("goog-dataflow-job-id", "gcp_dataflow_job"),
    _Label("goog-dataflow-job-name", "gcp_dataflow_job"),
    _Label("goog-batch-job-uid", "gcp_batch_job"),
    _Label("goog-vertex-ai-resource", "gcp_aiplatform_endpoint"),
    _Label("goog-caip-notebook", "gcp_notebooks_instance"),
    _Label("goog-dm", "gcp_deploymentmanager_deployment", "",
           "//deploymentmanager.googleapis.com/projects/{project}/global/deployments/{name}"),
    _Label("goog-config-deployment", "gcp_config_deployment"),
    _Label("goog-managed-by", "Google's service"),
    _Label("managed-by-cnrm", "Config Connector"),
    _Label("cnrm-lease-holder-id", "Config Connector"),
)  # fmt: skip
"""The first one that a resource has is the manager. Terraform's mark is none: it acts only when a person runs it."""
_MARKS = ("goog-", "managed-by-", "cnrm-")
"""The beginning of every label that names a manager."""
_PREFIXES = (
    ("goog-gke-", "gcp_container_cluster"),
    ("goog-k8s-", "gcp_container_cluster"),
    ("goog-composer-", "gcp_composer_environment"),
    ("goog-dataproc-", "gcp_dataproc_cluster"),
    ("goog-dataflow-", "gcp_dataflow_job"),
    ("goog-datafusion-", "gcp_datafusion_instance"),
    ("goog-batch-", "gcp_batch_job"),
    ("goog-vertex-", "gcp_aiplatform_endpoint"),
)
"""Labels of services that have a manager without naming it."""
_GROUP, _REGIONAL_GROUP = "gcp_compute_instance_group_manager", "gcp_compute_region_instance_group_manager"
_MAKE_MACHINES = frozenset(
    {_GROUP, _REGIONAL_GROUP, "gcp_composer_environment", "gcp_container_cluster", "gcp_dataproc_cluster"}
)
_VOLUME = "goog-gke-volume"
"""The label of a disk that outlives the machine to which it is attached."""
_OBJECTS = (
    ("kubernetes.io/service-name", "Service"),
    ("kubernetes.io/ingress-name", "Ingress"),
    ("kubernetes.io/created-for/pv/name", "PersistentVolume"),
)
"""Kubernetes objects that a controller names, as JSON, in the descriptions of the resources that it creates."""
_OF_CLUSTER = re.compile(r"gke-(?P<cluster>.+)-[0-9a-f]{8}-\w+")
_OF_CONTROLLERS = re.compile(r"(?:k8s2?|gke|gkegw1|gkemcg1|mcrt)-")
_CONTROLLED = frozenset(
    f"gcp_compute_{place}{kind}"
    for place in ("", "global_", "region_")
    for kind in (
        "address", "backend_service", "firewall", "forwarding_rule", "health_check", "http_health_check",
        "https_health_check", "instance_group", "instance_group_manager", "instance_template",
        "network_endpoint_group", "route", "security_policy",
        "ssl_certificate", "target_http_proxy", "target_https_proxy", "target_pool", "target_tcp_proxy", "url_map",
    )
)  # fmt: skip
"""Kinds that GKE's controllers create under names with a prefix of their own."""


def managing_kinds() -> frozenset[str]:
    """Give the kinds that may manage others; tools without a kind are left out."""
    told = {label.kind for label in _LABELS} | {kind for _, kind in _PREFIXES} | _MAKE_MACHINES
    return frozenset(kind for kind in told if kind.startswith("gcp_"))


def takes_along(kind: str, row: Row) -> bool:
    """Whether the deletion of a manager of this kind deletes its members of the row's kind."""
    return row.facts.category == "instance" and kind in _MAKE_MACHINES


def manager_of(row: Row, item: Item, labels: Mapping[str, str], project: str) -> Named | None:
    """Give the manager; None when the resource has none.

    A disk of a machine belongs to the machine as long as it is attached, and is deleted with it.
    """
    found = next((found for found in _found(row, item, labels, project) if found.kind != row.kind), None)
    is_of_machine = row.facts.category == "volume" and item.get("users") and _VOLUME not in labels
    return Named(found.kind, found.name) if found and is_of_machine else found


def _found(row: Row, item: Item, labels: Mapping[str, str], project: str) -> Iterator[Named]:
    """Give every manager that an item names, the closest first."""
    group = _created_by(item)
    if group:
        yield Named(_REGIONAL_GROUP if "/regions/" in group else _GROUP, group.rpartition("/")[2], group)
    marks = [key for key in labels if key.startswith(_MARKS)]
    if marks:
        yield from (_of_label(label, labels, project) for label in _LABELS if label.key in labels)
        yield from (Named(kind, prefix) for prefix, kind in _PREFIXES if any(key.startswith(prefix) for key in marks))
    yield from _in_description(str(item.get("description") or ""))
    if row.kind in _CONTROLLED:
        name = str(item.get("name") or "")
        if told := _OF_CLUSTER.fullmatch(name):
            yield Named("gcp_container_cluster", told["cluster"])
        elif _OF_CONTROLLERS.match(name):
            yield Named("GKE controller", name)


def _of_label(label: _Label, labels: Mapping[str, str], project: str) -> Named:
    name, place = labels[label.key], labels.get(label.place, "")
    is_told = label.full and name and (place or not label.place)
    return Named(
        label.kind, name or label.key, label.full.format(project=project, place=place, name=name) if is_told else ""
    )


def _in_description(text: str) -> Iterator[Named]:
    """Give the objects of a cluster in a description such as `{"kubernetes.io/service-name":"shop/front"}`."""
    if not text.startswith("{"):
        return
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError:
        return
    yield from (Named(kind, str(told[key])) for key, kind in _OBJECTS if told.get(key))
    if told.get("service-name") and told.get("namespace"):
        yield Named("Service", f"{told['namespace']}/{told['service-name']}")


def _created_by(item: Item) -> str:
    """Give the instance group manager in the metadata of an instance."""
    metadata = item.get("metadata")
    entries = metadata.get("items") if isinstance(metadata, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and entry.get("key") == "created-by":
            return str(entry.get("value") or "")
    return ""
