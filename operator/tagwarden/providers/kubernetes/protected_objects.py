"""Objects that must never be deleted, regardless of their tags (S7): parts of the cluster and of Tagwarden."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tagwarden.providers.kubernetes.catalogue import NAMESPACE, SERVICE_ACCOUNT
from tagwarden.providers.kubernetes.foundations import foundation_of
from tagwarden.providers.kubernetes.row import Row

PART_OF = "app.kubernetes.io/part-of"
OURS = "tagwarden"
OWN_NAMESPACE = "POD_NAMESPACE"
"""The environment variable with the operator's namespace."""

_AGGREGATED = "rbac.authorization.k8s.io/aggregate-to-"
"""The prefix of labels that aggregate a cluster role into another role, such as admin or view."""

_ACCESS_KINDS = frozenset({"k8s_clusterrole", "k8s_clusterrolebinding"})


HOME_KINDS = frozenset({NAMESPACE, "k8s_deployment", SERVICE_ACCOUNT})
"""Kinds whose objects with Tagwarden's label show that Tagwarden runs in their namespace."""


@dataclass(frozen=True, slots=True)
class Protections:
    """The protected namespaces; other protections are read from each object.

    `own_namespace` is the namespace of this process, if any; `homes` are the namespaces with parts of Tagwarden in the
    cluster, so that other processes, such as the command line, protect these too.
    """

    own_namespace: str = ""
    homes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Protections":
        """Read the operator's own namespace from the environment."""
        return cls(environ.get(OWN_NAMESPACE, ""))

    def with_homes(self, homes: Iterable[str]) -> "Protections":
        """Give a copy with more namespaces of Tagwarden."""
        return replace(self, homes=self.homes.union(homes))

    def why(self, row: Row, namespace: str, name: str, labels: Mapping[str, str]) -> str:
        """Give the reason why an object must not be deleted; empty if deletion is allowed."""
        if row.infrastructure:
            return row.infrastructure
        if labels.get(PART_OF) == OURS:
            return "part of Tagwarden"
        if row.kind == NAMESPACE:
            return self._why_namespace(name)
        if namespace:
            return self._why_within(namespace, name, row)
        if row.kind in _ACCESS_KINDS and is_system_access(name, labels):
            return "a built-in role of the cluster"
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
            return "the Service of the API server"
        return ""

    def _is_ours(self, namespace: str) -> bool:
        return namespace == self.own_namespace or namespace in self.homes


def is_system_access(name: str, labels: Mapping[str, str]) -> bool:
    """Whether a cluster role or binding is built into the API server or a component, or aggregated into such a role."""
    if name.startswith("system:") or labels.get("kubernetes.io/bootstrapping") == "rbac-defaults":
        return True
    return any(key.startswith(_AGGREGATED) for key in labels)
