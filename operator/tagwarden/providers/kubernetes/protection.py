"""Why an object must never be deleted, whatever its tags say (S7): the cluster's own parts, and ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tagwarden.providers.kubernetes.catalogue import NAMESPACE
from tagwarden.providers.kubernetes.row import Row

PART_OF = "app.kubernetes.io/part-of"
OURS = "tagwarden"
OWN_NAMESPACE = "POD_NAMESPACE"
"""The environment variable with the namespace that the operator runs in."""

# Kubernetes reserves the prefix kube- for namespaces of its own, and OpenShift has a prefix likewise.
_SYSTEM_NAMESPACES = ("kube-*", "openshift", "openshift-*")

_ACCESS_KINDS = frozenset({"k8s_clusterrole", "k8s_clusterrolebinding"})


@dataclass(frozen=True, slots=True)
class Protections:
    """Which namespaces are taboo, and why; the rest is read from each object."""

    own_namespace: str = ""
    labelled: frozenset[str] = frozenset()

    @classmethod
    def of(cls, environ: Mapping[str, str], labelled: frozenset[str] = frozenset()) -> "Protections":
        """Take the operator's own namespace from the environment; `labelled` are those that carry our label."""
        return cls(environ.get(OWN_NAMESPACE, ""), labelled)

    def why(self, row: Row, namespace: str, name: str, labels: Mapping[str, str]) -> str:
        """Say why an object must not be deleted; empty when nothing speaks against it."""
        if row.infrastructure:
            return row.infrastructure
        if labels.get(PART_OF) == OURS:
            return "a part of Tagwarden"
        if row.kind == NAMESPACE:
            return self._why_namespace(name)
        if namespace:
            return self._why_within(namespace, name, row)
        if row.kind in _ACCESS_KINDS and is_system_access(name, labels):
            return "a role of the cluster itself"
        return ""

    def _why_namespace(self, name: str) -> str:
        if name == "default":
            return "the namespace default cannot be deleted"
        if is_system_namespace(name):
            return "a system namespace"
        return "the namespace of Tagwarden" if self._is_ours(name) else ""

    def _why_within(self, namespace: str, name: str, row: Row) -> str:
        if is_system_namespace(namespace):
            return f"in the system namespace {namespace}"
        if self._is_ours(namespace):
            return f"in the namespace of Tagwarden, {namespace}"
        if (row.kind, namespace, name) == ("k8s_service", "default", "kubernetes"):
            return "the way to the API server from within the cluster"
        return ""

    def _is_ours(self, namespace: str) -> bool:
        return namespace == self.own_namespace or namespace in self.labelled


def is_system_namespace(name: str) -> bool:
    """Whether a namespace belongs to the cluster itself."""
    return any(fnmatchcase(name, pattern) for pattern in _SYSTEM_NAMESPACES)


def is_system_access(name: str, labels: Mapping[str, str]) -> bool:
    """Whether a cluster role or binding is one that the API server or a component comes with."""
    return name.startswith("system:") or labels.get("kubernetes.io/bootstrapping") == "rbac-defaults"
