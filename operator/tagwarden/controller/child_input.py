"""The input of a child: every policy and account, with their Secrets and ConfigMaps, as a single YAML stream.

Every object is included, since policies compete for resources (S16) and dependents of a resource may be in another
account (S8).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from tagwarden.judging.unreadable import MISTAKE, pinned_identity
from tagwarden.model.account import CloudAccount
from tagwarden.model.policy import CleanupPolicy

Manifest = Mapping[str, Any]
"""An object of the Kubernetes API, as the JSON was read."""

_KEPT_METADATA = ("name", "labels", "annotations", "generation", "uid")
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def with_mistake(manifest: Manifest, mistake: str) -> Manifest:
    """Mark an unreadable object, so that the child withholds every resource that it might govern; empty: readable."""
    return {**manifest, MISTAKE: mistake} if mistake else manifest


def assemble(manifests: Iterable[Manifest]) -> bytes:
    """Write manifests as a `List` in JSON, which is YAML; of the status only the identity."""
    items = [_trimmed(manifest) for manifest in manifests]
    return orjson.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def secrets_of(account: CloudAccount) -> tuple[str, ...]:
    """Name the Secrets that an account refers to."""
    spec = account.spec
    references = (
        spec.aws and spec.aws.credentials_secret,
        spec.gcp and spec.gcp.credentials_secret,
        spec.kubernetes and spec.kubernetes.kubeconfig_secret,
    )
    return tuple(reference.name for reference in references if reference)


def config_maps_of(policy: CleanupPolicy) -> tuple[str, ...]:
    """Name the ConfigMaps that a policy refers to."""
    known = policy.spec.owner.known
    return (known.config_map.name,) if known else ()


def _trimmed(manifest: Manifest) -> dict[str, Any]:
    metadata = {key: value for key, value in manifest.get("metadata", {}).items() if key in _KEPT_METADATA}
    if _APPLIED in metadata.get("annotations", {}):
        metadata["annotations"] = {key: value for key, value in metadata["annotations"].items() if key != _APPLIED}
    kept = {key: value for key, value in manifest.items() if key not in {"status", "metadata"}}
    pinned = pinned_identity(manifest)
    status = {"status": {"identity": {"account": pinned}}} if pinned else {}
    return {**kept, "metadata": metadata, **status}
