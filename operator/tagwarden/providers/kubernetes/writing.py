"""The write requests to a cluster. Annotations and deletions carry preconditions (S5)."""

from collections.abc import Mapping
from typing import Any

from tagwarden.errors import Unsupported
from tagwarden.model.resource import Resource
from tagwarden.model.tags import TagChanges
from tagwarden.providers.api_server.connection import MERGE_PATCH, Call
from tagwarden.providers.kubernetes.discovery import Api

FIELD_MANAGER = "tagwarden"


def annotate(api: Api, resource: Resource, changes: TagChanges) -> Call:
    """Give the request that writes tags as annotations, of the object as it was read.

    Labels are never changed: a removed key is removed from the annotations. The patch repeats uid and resourceVersion,
    so that the API server refuses the patch for another or a changed object.
    """
    if "patch" not in api.verbs:
        raise Unsupported(f"{api.resource} cannot be changed", operation=f"patch {api.resource}")
    annotations = {**changes.set, **dict.fromkeys(changes.remove)}
    metadata = {"uid": resource.uid, "annotations": annotations}
    if resource.version:
        metadata["resourceVersion"] = resource.version
    return Call(
        "PATCH",
        api.path(resource.namespace, resource.name),
        f"patch {api.resource} {resource.name}",
        query={"fieldManager": FIELD_MANAGER},
        body={"metadata": metadata},
        content_type=MERGE_PATCH,
    )


def remove(api: Api, resource: Resource) -> Call:
    """Give the request that deletes the object as it was read."""
    preconditions = {"uid": resource.uid}
    if resource.version:
        preconditions["resourceVersion"] = resource.version
    return Call(
        "DELETE",
        api.path(resource.namespace, resource.name),
        f"delete {api.resource} {resource.name}",
        body={
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": preconditions,
            "propagationPolicy": api.row.propagation,
        },
    )


def create(api: Api, manifest: Mapping[str, Any]) -> Call:
    """Give the request that creates an object."""
    name = manifest["metadata"]["name"]
    return Call(
        "POST",
        api.path(manifest["metadata"].get("namespace", "")),
        f"create {api.resource} {name}",
        query={"fieldManager": FIELD_MANAGER},
        body=manifest,
    )
