"""The kinds that a cluster serves: each kind that can be listed and deleted, custom resources too, once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tagwarden.errors import ProviderError, Unsupported
from tagwarden.model.snapshot import CollectFailure
from tagwarden.providers.api_server.connection import JSON, Call, Connection
from tagwarden.providers.kubernetes.catalogue import is_ignored, row_of, rows_of_group
from tagwarden.providers.kubernetes.names import rank, unknown_kinds_of
from tagwarden.providers.kubernetes.row import Row

# The aggregated form is a single response for all groups, with the stale groups; older servers ignore the header.
_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList"
_ACCEPT = f"{_AGGREGATED.format('v2')},{_AGGREGATED.format('v2beta1')},{JSON}"

_NEEDED_VERBS = frozenset({"list", "delete"})


@dataclass(frozen=True, slots=True)
class Api:
    """A kind as this cluster serves it."""

    row: Row
    group: str
    version: str
    plural: str
    object_kind: str
    namespaced: bool
    verbs: frozenset[str]

    @property
    def kind(self) -> str:
        """The name of the kind: `k8s_deployment`."""
        return self.row.kind

    @property
    def resource(self) -> str:
        """The name in kubectl and RBAC messages: `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, namespace: str = "", name: str = "") -> str:
        """Give the path of an object, or of a list without `name`, of all namespaces without `namespace`."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        within = f"/namespaces/{quote(namespace, safe='')}" if namespace else ""
        return f"{root}{within}/{self.plural}" + (f"/{quote(name, safe='')}" if name else "")


@dataclass(frozen=True, slots=True)
class Discovery:
    """Every kind by name, and the groups that failed (S3)."""

    apis: Mapping[str, Api]
    failures: tuple[CollectFailure, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """A group in a discovery response: the kinds, preferred version first, or an error."""

    name: str
    apis: tuple[Api, ...] = ()
    trouble: ProviderError | None = None


def discover(connection: Connection) -> Discovery:
    """Discover the kinds of the cluster, in two requests if the server supports aggregated discovery.

    Raises when discovery fails completely. A group that does not respond (its own server is down) is a failure of the
    known kinds, and of `k8s_*.<group>`, which stands for the unknown kinds. This includes groups of ignored objects:
    while such a group does not respond, the namespace controller cannot empty any namespace.
    """
    groups = list(_discover_groups(connection))
    apis: dict[str, Api] = {}
    for api in sorted((api for group in groups for api in group.apis), key=lambda api: rank(api.group)):
        apis.setdefault(api.kind, api)
    failures = tuple(
        failure for group in groups if group.trouble is not None for failure in _failures_of(group.name, group.trouble)
    )
    unanswered = {failure.kind for failure in failures}
    return Discovery({kind: api for kind, api in apis.items() if kind not in unanswered}, failures)


def _failures_of(group: str, trouble: ProviderError) -> Iterator[CollectFailure]:
    for kind in sorted({row.kind for row in rows_of_group(group)} | {unknown_kinds_of(group)}):
        yield CollectFailure(kind, "", trouble.reason, f"cannot discover the API group {group}: {trouble}")


def _discover_groups(connection: Connection) -> Iterator[_Group]:
    for root in ("/api", "/apis"):
        answer = connection.send(Call("GET", root, f"discover {root}", accept=_ACCEPT))
        if answer.get("kind") == "APIGroupDiscoveryList":
            yield from map(_aggregated, answer.get("items") or ())
        elif root == "/api":
            yield _one_by_one(connection, "", [f"/api/{version}" for version in answer.get("versions") or ()])
        else:
            for group in answer.get("groups") or ():
                yield _one_by_one(connection, group["name"], _versions_of(group))


def _aggregated(item: Mapping[str, Any]) -> _Group:
    name = str((item.get("metadata") or {}).get("name") or "")
    versions = item.get("versions") or ()
    stale = [version["version"] for version in versions if version.get("freshness") == "Stale"]
    apis = _served(
        name,
        (
            (version["version"], resource["resource"], resource["responseKind"]["kind"], resource)
            for version in versions
            if version["version"] not in stale
            for resource in version.get("resources") or ()
            if resource.get("responseKind")
        ),
    )
    if stale:
        return _Group(name, apis, Unsupported(f"the server of {name}/{', '.join(stale)} does not respond"))
    return _Group(name, apis)


def _versions_of(group: Mapping[str, Any]) -> list[str]:
    """Give the paths of a group's versions, preferred version first."""
    versions = [version["groupVersion"] for version in group.get("versions") or ()]
    preferred = (group.get("preferredVersion") or {}).get("groupVersion")
    return [f"/apis/{version}" for version in sorted(versions, key=lambda version: version != preferred)]


def _one_by_one(connection: Connection, name: str, paths: list[str]) -> _Group:
    """Discover version by version, for servers before 1.26."""
    found: list[tuple[str, str, str, Mapping[str, Any]]] = []
    trouble = None
    for path in paths:
        try:
            answer = connection.send(Call("GET", path, f"discover {path}"))
        except ProviderError as error:
            trouble = error
            continue
        version = path.rpartition("/")[2]
        found.extend(
            (version, resource["name"], resource["kind"], resource)
            for resource in answer.get("resources") or ()
            if "/" not in resource["name"]  # a subresource such as pods/log
        )
    return _Group(name, _served(name, found), trouble)


def _served(group: str, resources: Iterable[tuple[str, str, str, Mapping[str, Any]]]) -> tuple[Api, ...]:
    """Keep kinds that can be listed and deleted, each in the first such version; `resources` are in order."""
    served: dict[str, Api] = {}
    for version, plural, object_kind, resource in resources:
        verbs = frozenset(resource.get("verbs") or ())
        if is_ignored(group, object_kind) or not verbs >= _NEEDED_VERBS:
            continue
        namespaced = resource.get("scope") == "Namespaced" or resource.get("namespaced") is True
        row = row_of(group, object_kind, plural, namespaced=namespaced)
        served.setdefault(row.kind, Api(row, group, version, plural, object_kind, namespaced, verbs))
    return tuple(served.values())
