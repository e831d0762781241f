"""Names of the kinds of Kubernetes objects: `k8s_deployment`, `k8s_certificate.cert-manager.io`."""

BUILT_IN_GROUPS = (
    "",
    "apps",
    "batch",
    "autoscaling",
    "policy",
    "networking.k8s.io",
    "storage.k8s.io",
    "rbac.authorization.k8s.io",
    "scheduling.k8s.io",
    "node.k8s.io",
    "discovery.k8s.io",
    "coordination.k8s.io",
    "certificates.k8s.io",
    "events.k8s.io",
    "resource.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "internal.apiserver.k8s.io",
    "storagemigration.k8s.io",
    "extensions",
)
"""The groups that the API server itself serves, the newest group of a kind first.

A kind in two of these (Ingress in `networking.k8s.io` and `extensions` of old clusters) is one set of objects, so only
the first counts.
"""

_RANKS = {group: rank for rank, group in enumerate(BUILT_IN_GROUPS)}


def kind_name(group: str, object_kind: str) -> str:
    """Name the kind of objects of `object_kind` (as in manifests, `Deployment`) in an API group."""
    plain = f"k8s_{object_kind.lower()}"
    return plain if is_built_in(group) else f"{plain}.{group}"


def unknown_kinds_of(group: str) -> str:
    """Name the unknown kinds of a group that could not be discovered."""
    return f"k8s_*.{group or 'core'}"


def rank(group: str) -> int:
    """Order groups by preference: built-in groups as above, then all others."""
    return _RANKS.get(group, len(_RANKS))


def is_built_in(group: str) -> bool:
    """Whether the API server itself serves a group."""
    return group in _RANKS


def group_of(api_version: str) -> str:
    """Give the group of an `apiVersion`: `apps/v1` is in `apps`, `v1` in the core group, whose name is empty."""
    return api_version.rpartition("/")[0]


def object_id(namespace: str, name: str) -> str:
    """Give the id of an object: `namespace/name`, or the name alone without a namespace."""
    return f"{namespace}/{name}" if namespace else name
