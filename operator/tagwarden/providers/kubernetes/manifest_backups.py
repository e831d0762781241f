"""Manifests stored before deletions, to recreate objects."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

_KEPT_METADATA = ("name", "namespace", "labels", "annotations", "ownerReferences")

# Fields set by the cluster on the deleted object, which the cluster would refuse or misread in a new object.
_ASSIGNED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "Service": (("spec", "clusterIP"), ("spec", "clusterIPs"), ("spec", "healthCheckNodePort")),
    "PersistentVolumeClaim": (("spec", "volumeName"),),
    "Job": (("spec", "selector"),),
    "Pod": (("spec", "nodeName"),),
    "ServiceAccount": (("secrets",),),
    "Namespace": (("spec", "finalizers"),),
}
_ASSIGNED_ANNOTATIONS = (
    "pv.kubernetes.io/",
    "volume.kubernetes.io/",
    "volume.beta.kubernetes.io/",
    "batch.kubernetes.io/job-tracking",
)
_ASSIGNED_LABELS = frozenset({"controller-uid", "batch.kubernetes.io/controller-uid"})

SECRET = "Secret"
_HEADLESS = "None"

UidOf = Callable[[str, str, str], str | None]
"""The current uid of the object with this apiVersion, kind and name; None without such an object."""


def keep(item: Mapping[str, Any]) -> str:
    """Give an object as JSON without the status and fields set by the cluster; empty for a Secret.

    The content of a Secret must not be in a database, which more people may read.
    """
    if item.get("kind") == SECRET:
        return ""
    kept: dict[str, Any] = {key: value for key, value in item.items() if key not in {"status", "metadata"}}
    metadata = {key: item["metadata"][key] for key in _KEPT_METADATA if item["metadata"].get(key)}
    for key, is_assigned in (("annotations", _is_assigned_annotation), ("labels", _ASSIGNED_LABELS.__contains__)):
        if key in metadata:
            metadata[key] = {name: value for name, value in metadata[key].items() if not is_assigned(name)}
    kept["metadata"] = metadata
    for path in _ASSIGNED.get(str(item.get("kind")), ()):
        kept = _without(kept, path)
    if item.get("kind") == "Job":
        kept = _without_controller(kept)
    return orjson.dumps(kept).decode()


def read_kept(backup: str, uid_of: UidOf) -> dict[str, Any]:
    """Give the manifest to create, with current owners; references to deleted owners are removed."""
    kept: dict[str, Any] = orjson.loads(backup)
    metadata = kept["metadata"]
    owners = []
    for owner in metadata.pop("ownerReferences", ()):
        uid = uid_of(owner["apiVersion"], owner["kind"], owner["name"])
        if uid is not None:
            owners.append({**owner, "uid": uid})
    if owners:
        metadata["ownerReferences"] = owners
    return kept


def _is_assigned_annotation(name: str) -> bool:
    return name.startswith(_ASSIGNED_ANNOTATIONS)


def _without(item: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """Give the object without a field, copying the path to the field."""
    first, *rest = path
    if not isinstance(item.get(first), dict) and rest:
        return item
    if rest:
        return {**item, first: _without(item[first], tuple(rest))}
    if item.get(first) in (_HEADLESS, [_HEADLESS]):
        return item
    return {key: value for key, value in item.items() if key != first}


def _without_controller(job: dict[str, Any]) -> dict[str, Any]:
    """Remove the uid of the old Job from the labels of the Pod template."""
    labels = ("spec", "template", "metadata", "labels")
    for name in _ASSIGNED_LABELS:
        job = _without(job, (*labels, name))
    return job
