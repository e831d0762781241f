"""Finds names in the texts of an object outside of its known fields (S18): cloud resources, and Services by DNS name.

Environment variables and arguments tell a program the names of queues, buckets and peers; annotations and class
parameters name certificates, subnets and keys. Contents of Secrets and ConfigMaps are never read.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tagwarden.providers.kubernetes.names import group_of
from tagwarden.providers.kubernetes.podspecs import containers_of
from tagwarden.providers.kubernetes.row import Row
from tagwarden.providers.mentions import Search, names_within

COPIES = frozenset(
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        "kopf.zalando.org/last-handled-configuration",
        "objectset.rio.cattle.io/applied",
    }
)
"""Annotations with a tool's copy of the whole object: not tags, and larger than the rest of the object."""

_NOT_SEARCHED = frozenset(
    {
        # Names and labels of objects of the cluster, which often equal the name of a queue or a role.
        "apiVersion", "kind", "labels", "matchLabels", "metadata", "name", "namespace", "selector",
        # Known links: images, and values that a volume or a variable takes from an object of the cluster.
        "image", "imageID", "valueFrom", "envFrom", "configMap", "secret", "secretName", "serviceAccount",
        "serviceAccountName",
    }
)  # fmt: skip
_SEARCH = Search(_NOT_SEARCHED)

_CONTROLLED = frozenset({"apps", "batch", ""})
"""API groups whose controllers create Pods from a template that is itself listed and searched."""

_SEPARATORS = re.compile(r"[\s,;\"'=|<>(){}\[\]]+")
_REST = r"(?:[-a-z0-9]{0,61}[a-z0-9])?"
_HOST = re.compile(
    rf"(?:[a-z][a-z0-9+.-]*://)?(?:[^@/\s]*@)?([a-z]{_REST}(?:\.[a-z0-9]{_REST})*)(?::\d+)?(?:[/?#].*)?", re.ASCII
)
"""A host, alone or within an address; the name of a Service begins with a letter."""
_LONGEST = 4096


def cloud_names_in(row: Row, item: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the texts of an object that may name a cloud resource, in no order, each once."""
    if not row.names_clouds or _is_made_from_a_template(item):
        return ()
    found = set(_SEARCH.names_in(item, ()))
    for key, value in ((item.get("metadata") or {}).get("annotations") or {}).items():
        if key not in COPIES:
            found.update(names_within(value))
    return tuple(sorted(found))


def services_in(spec: Mapping[str, Any], namespace: str) -> Iterator[tuple[str, str]]:
    """Give namespace and name of every Service that the containers of a Pod's specification may call.

    `db`, `db.shop` and `http://db.shop.svc.cluster.local:8080/` name a Service; most texts name none:
    https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
    """
    for container in containers_of(spec):
        texts = [str(variable.get("value") or "") for variable in container.get("env") or ()]
        for text in (*texts, *(container.get("command") or ()), *(container.get("args") or ())):
            for word in _SEPARATORS.split(text[:_LONGEST]):
                if host := _HOST.fullmatch(word):
                    labels = host[1].split(".")
                    if len(labels) == 1:
                        yield namespace, labels[0]
                    elif len(labels) == 2 or labels[2] == "svc":
                        yield labels[1], labels[0]


def _is_made_from_a_template(item: Mapping[str, Any]) -> bool:
    owners = (item.get("metadata") or {}).get("ownerReferences") or ()
    return any(
        owner.get("controller") and group_of(str(owner.get("apiVersion") or "")) in _CONTROLLED for owner in owners
    )
