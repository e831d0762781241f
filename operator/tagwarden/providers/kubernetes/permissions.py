"""The minimum RBAC permissions for a policy's kinds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tagwarden.providers.base import PolicyNeeds, matches_any
from tagwarden.providers.kubernetes.catalogue import NAMESPACE, catalogue
from tagwarden.providers.kubernetes.names import BUILT_IN_GROUPS
from tagwarden.providers.kubernetes.row import Row

CLUSTER_ROLE = "tagwarden-resources"

_LIST = ("list",)
_READ = ("get", "list")
_WRITE = ("patch", "delete")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a ClusterRole."""

    api_groups: tuple[str, ...]
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    resource_names: tuple[str, ...] = ()

    def as_manifest(self) -> dict[str, list[str]]:
        """Give the rule in the form of YAML."""
        rule = {"apiGroups": list(self.api_groups), "resources": list(self.resources), "verbs": list(self.verbs)}
        return rule | ({"resourceNames": list(self.resource_names)} if self.resource_names else {})


IDENTITY = Rule(("",), ("namespaces",), ("get",), ("kube-system",))
"""The uid of the namespace kube-system identifies a cluster."""


def cluster_role(needs: Sequence[PolicyNeeds]) -> dict[str, Any]:
    """Give the ClusterRole for the needs of policies in the clusters that are accounts."""
    acting = [need for need in needs if need.acts]
    globs = sorted({glob for need in acting for glob in need.kinds or ("*",)})
    associated = any(need.deletes and need.associated for need in acting)
    rules = permissions(globs, enforce=bool(acting), associated=associated)
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": CLUSTER_ROLE},
        "rules": [rule.as_manifest() for rule in rules],
    }


def permissions(kinds: Iterable[str], *, enforce: bool, associated: bool = False) -> tuple[Rule, ...]:
    """Give the rules of a ClusterRole for kinds or categories (globs); without `enforce` only reads are allowed.

    With `associated` the rules include resources deleted before the named ones: in a namespace, all owners of resources
    outside of the cluster, and their users.

    Every kind is listed regardless of the policy, since a deletion must know its dependents (S3). Only Enforce reads
    single objects: right before a deletion, the resource and its parents of any kind are read again (S5, S17). `get`
    single objects: right before a deletion, the resource and all parents are read again (S5, S17). `get` for every
    resource would also let an audit run commands in Pods and access their ports. Writing is allowed for the kinds
    alone. `k8s_*` means every kind, custom resources too; a custom resource without a row is named with the group only,
    since only the cluster knows the plural.
    """
    wanted = tuple(kinds)
    if not enforce or not wanted:
        return Rule(("*",), ("*",), _LIST), IDENTITY
    rules = [Rule(("*",), ("*",), _READ), IDENTITY]
    if any(kind in {"*", "k8s_*"} for kind in wanted):
        return (*rules, Rule(("*",), ("*",), _WRITE))
    by_group: dict[str, set[str]] = {}
    rows = [row for row in catalogue() if row.can_delete and _is_wanted(row, wanted)]
    if associated and any(row.kind == NAMESPACE for row in rows):
        rows += _first_in_namespaces()
    for row in rows:
        by_group.setdefault(row.group, set()).add(row.plural)
    known = {row.kind for row in catalogue()}
    for kind in wanted:
        group = kind.partition(".")[2]
        if (
            kind.startswith("k8s_")
            and group
            and kind not in known
            and group not in BUILT_IN_GROUPS
            and "*" not in group
        ):
            by_group[group] = {"*"}
    rules.extend(Rule((group,), tuple(sorted(plurals)), _WRITE) for group, plurals in sorted(by_group.items()))
    return tuple(rules)


def _first_in_namespaces() -> list[Row]:
    """Give the kinds of objects that are deleted before their namespace."""
    owners = {row.kind for row in catalogue() if row.precedes_namespace}
    return [
        row
        for row in catalogue()
        if row.can_delete and (row.kind in owners or row.pod_spec or any(link.kind in owners for link in row.links))
    ]


def _is_wanted(row: Row, wanted: Iterable[str]) -> bool:
    return matches_any(wanted, row.kind, row.category, *(category for _, category in row.category_when))
