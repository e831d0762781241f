"""Lists every object of one kind, page by page, with only metadata if sufficient."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tagwarden.errors import NotFound, ProviderError, ServerFault
from tagwarden.model.reasons import Reason
from tagwarden.model.snapshot import CollectFailure
from tagwarden.providers.api_server.connection import JSON, Call, Connection
from tagwarden.providers.api_server.faults import ListExpired
from tagwarden.providers.kubernetes.catalogue import NAMESPACE
from tagwarden.providers.kubernetes.discovery import Api
from tagwarden.providers.kubernetes.mentions import Names
from tagwarden.providers.kubernetes.protected_objects import HOME_KINDS, Protections
from tagwarden.providers.kubernetes.reading import NO_NAMES, Seen, read_object
from tagwarden.providers.kubernetes.scope import NamespaceScope

PAGE_SIZE = 500
"""Objects per page, the same as in kubectl."""

# Servers of aggregated APIs may not know the short form, and respond with whole objects.
_METADATA = f"{JSON};as=PartialObjectMetadata;g=meta.k8s.io;v=v1,{JSON}"
_METADATA_LIST = f"{JSON};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,{JSON}"


@dataclass(slots=True)
class Listed:
    """The objects of a kind, and the failure of an incomplete listing."""

    objects: list[Seen] = field(default_factory=list)
    failures: list[CollectFailure] = field(default_factory=list)

    @property
    def homes(self) -> frozenset[str]:
        """The namespaces in which these objects show that Tagwarden runs."""
        ours = (seen for seen in self.objects if seen.is_ours and seen.api.kind in HOME_KINDS)
        return frozenset(seen.namespace or seen.name for seen in ours)

    def protect_within(self, namespaces: frozenset[str], protections: Protections) -> None:
        """Apply the protection of newly protected namespaces to the namespaces and their objects."""
        for place, seen in enumerate(self.objects):
            if not seen.protection and (seen.namespace or seen.name) in namespaces:
                why = protections.why(seen.api.row, seen.namespace, seen.name, {})
                self.objects[place] = replace(seen, protection=why)

    def fail(self, api: Api, reason: Reason, message: str) -> None:
        """Mark the kind as incomplete."""
        self.failures.append(CollectFailure(api.kind, "", reason, message))


@dataclass(frozen=True, slots=True)
class Lister:
    """Lists kinds of a cluster, restricted to an account."""

    connection: Connection
    scope: NamespaceScope
    protections: Protections
    names: Names = NO_NAMES
    page_size: int = PAGE_SIZE

    def list_kind(self, api: Api) -> Listed:
        """List a kind; never raises (S12)."""
        listed = Listed()
        names = self.scope.names if api.namespaced or api.kind == NAMESPACE else None
        if names is None:
            self._list(api, "", listed)
        elif api.kind == NAMESPACE:
            for name in names:
                self._get_namespace(api, name, listed)
        else:
            for name in names:
                self._list(api, name, listed)
        return listed

    def _list(self, api: Api, namespace: str, listed: Listed) -> None:
        try:
            objects = self._pages(api, namespace, listed)
        except ProviderError as error:
            listed.fail(api, error.reason, str(error))
            return
        listed.objects.extend(objects)

    def _pages(self, api: Api, namespace: str, listed: Listed) -> list[Seen]:
        """Give all pages; a list that expires between two pages is restarted once."""
        try:
            return list(self._read(api, self._items(api, namespace), listed))
        except ListExpired:
            return list(self._read(api, self._items(api, namespace), listed))

    def _items(self, api: Api, namespace: str) -> Iterator[Mapping[str, Any]]:
        accept = JSON if api.row.needs_whole_object else _METADATA_LIST
        operation = f"list {api.resource}" + (f" in {namespace}" if namespace else "")
        token, passed = "", {""}
        while True:
            query = {"limit": str(self.page_size)} | ({"continue": token} if token else {})
            page = self.connection.send(Call("GET", api.path(namespace), operation, query, accept=accept))
            yield from page.get("items") or ()
            about = page.get("metadata") or {}
            token = str(about.get("continue") or "")
            if not token:
                if left := about.get("remainingItemCount"):
                    raise ServerFault(
                        f"the server has {left} more objects but returned no continue token", operation=operation
                    )
                return
            if token in passed:
                raise ServerFault("the server returned the same page repeatedly", operation=operation)
            passed.add(token)

    def _get_namespace(self, api: Api, name: str, listed: Listed) -> None:
        try:
            item = get(self.connection, api, "", name)
        except NotFound:
            return
        except ProviderError as error:
            listed.fail(api, error.reason, str(error))
            return
        listed.objects.extend(self._read(api, iter((item,)), listed))

    def _read(self, api: Api, items: Iterator[Mapping[str, Any]], listed: Listed) -> Iterator[Seen]:
        for item in items:
            try:
                seen = read_object(api, item, self.protections, self.names)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                name = str(
                    ((item.get("metadata") or {}) if isinstance(item, dict) else {}).get("name") or "without a name"
                )
                listed.fail(api, Reason.UnknownError, f"cannot read the object {name}: {type(error).__name__} {error}")
                continue
            if seen is not None and self._belongs(seen):
                yield seen

    def _belongs(self, seen: Seen) -> bool:
        namespace = seen.name if seen.api.kind == NAMESPACE else seen.namespace
        return not namespace or self.scope.holds(namespace)


def get(connection: Connection, api: Api, namespace: str, name: str) -> Mapping[str, Any]:
    """Read an object; raises NotFound for a deleted object, NotServed for a kind that the cluster does not serve."""
    accept = JSON if api.row.needs_whole_object else _METADATA
    item: Mapping[str, Any] = connection.send(
        Call("GET", api.path(namespace, name), f"get {api.resource} {name}", accept=accept)
    )
    return item
