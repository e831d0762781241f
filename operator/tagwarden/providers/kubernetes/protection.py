"""Why an object must never be deleted, whatever its tags say (S7): the cluster's own parts, and ours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tagwarden.providers.kubernetes.catalogue import NAMESPACE, SERVICE_ACCOUNT
from tagwarden.providers.kubernetes.foundations import foundation_of
from tagwarden.providers.kubernetes.row import Row

PART_OF = "app.kubernetes.io/part-of"
OURS = "tagwarden"
OWN_NAMESPACE = "POD_NAMESPACE"
"""The environment variable with the namespace that the operator runs in."""

_AGGREGATED = "rbac.authorization.k8s.io/aggregate-to-"
"""How labels begin by which a cluster role becomes a part of another one, such as admin or view."""

_ACCESS_KINDS = frozenset({"k8s_clusterrole", "k8s_clusterrolebinding"})


HOME_KINDS = frozenset({NAMESPACE, "k8s_deployment", SERVICE_ACCOUNT})
"""Kinds of which an object with our label shows that we live in its namespace."""


@dataclass(frozen=True, slots=True)
class Protections:
    """Which namespaces are taboo, and why; the rest is read from each object.

    `own_namespace` is that of this process, if it has one; `homes` are those in which the cluster shows parts of
    Tagwarden, so that who asks from elsewhere, such as from the command line, spares it as well.
    """

    own_namespace: str = ""
    homes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Protections":
        """Take the operator's own namespace from the environment."""
        return cls(environ.get(OWN_NAMESPACE, ""))

    def with_homes(self, homes: Iterable[str]) -> "Protections":
        """Give the same with more namespaces in which Tagwarden lives."""
        return replace(self, homes=self.homes.union(homes))

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
        if self._is_ours(name):
            return "the namespace of Tagwarden"
        foundation = foundation_of(name)
        return f"a namespace of {foundation.vendor}, on which the cluster depends" if foundation else ""

    def _why_within(self, namespace: str, name: str, row: Row) -> str:
        if self._is_ours(namespace):
            return f"in the namespace of Tagwarden, {namespace}"
        foundation = foundation_of(namespace)
        if foundation:
            return f"in {namespace}, a namespace of {foundation.vendor} on which the cluster depends"
        if (row.kind, namespace, name) == ("k8s_service", "default", "kubernetes"):
            return "the way to the API server from within the cluster"
        return ""

    def _is_ours(self, namespace: str) -> bool:
        return namespace == self.own_namespace or namespace in self.homes


def is_system_access(name: str, labels: Mapping[str, str]) -> bool:
    """Whether a cluster role or binding is one that the API server or a component comes with, or a part of such."""
    if name.startswith("system:") or labels.get("kubernetes.io/bootstrapping") == "rbac-defaults":
        return True
    return any(key.startswith(_AGGREGATED) for key in labels)
