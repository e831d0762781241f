"""`KubernetesProvider`: a cluster, or some of its namespaces, as a Provider."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from tagwarden.errors import AccessDenied, NotFound, PreconditionFailed, ProviderError, Unsupported, WrongAccount
from tagwarden.model.account import CloudAccount, KubernetesCluster
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.snapshot import CollectFailure, Extent, Identity, Snapshot, snapshot_id
from tagwarden.model.tags import TagChanges
from tagwarden.providers.api_server.connection import WORKERS, Call, Connection
from tagwarden.providers.api_server.faults import BlockedByFinalizer, NotServed
from tagwarden.providers.base import Note, Progress, Receipt, RequestCount, Taken, note_nothing
from tagwarden.providers.kubernetes.assembling import assemble, resource_of
from tagwarden.providers.kubernetes.catalogue import NAMESPACE, catalogue
from tagwarden.providers.kubernetes.discovery import Api, Discovery, discover
from tagwarden.providers.kubernetes.listing import PAGE_SIZE, Listed, Lister, get
from tagwarden.providers.kubernetes.managers import ARGO_APPLICATION
from tagwarden.providers.kubernetes.manifest_backups import SECRET, keep, read_kept
from tagwarden.providers.kubernetes.mentions import Names
from tagwarden.providers.kubernetes.names import group_of, kind_name, unknown_kinds_of
from tagwarden.providers.kubernetes.protected_objects import Protections
from tagwarden.providers.kubernetes.reading import TERMINATING, Seen, holders_of, read_object
from tagwarden.providers.kubernetes.scope import NamespaceScope
from tagwarden.providers.kubernetes.users import with_what_they_lean_on
from tagwarden.providers.kubernetes.writing import annotate, create, remove
from tagwarden.providers.listing_counter import ListingCounter


class KubernetesProvider:
    """The objects of a cluster; `kubeconfig` is YAML text, None for the service account of this process's Pod.

    Only a kubeconfig that `is_trusted`, such as the user's own file, may run programs and name files. The first call
    sends the first request, and raises CredentialsInvalid for an invalid kubeconfig. `environ` gives the operator's
    namespace; `page_size` is the number of objects per response. `recognise` takes the uid of the cluster on each
    identification, and raises WrongAccount for a wrong cluster (S22).
    """

    def __init__(
        self,
        account: CloudAccount,
        kubeconfig: str | None,
        *,
        is_trusted: bool = False,
        environ: Mapping[str, str] = os.environ,
        page_size: int = PAGE_SIZE,
        recognise: Callable[[str], None] = lambda _: None,
    ) -> None:
        cluster = account.spec.kubernetes or KubernetesCluster()
        self._account = account.name
        self._scope = NamespaceScope.of(cluster.namespaces)
        self._kubeconfig = kubeconfig
        self._is_trusted = is_trusted
        self._page_size = page_size
        self._recognise = recognise
        self._protections = Protections.of(environ)
        self._lock = threading.RLock()
        self._connected: Connection | None = None
        self._discovered: Discovery | None = None
        self._cluster = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that `collect` lists: the catalogue's, and after the first run all that the cluster serves."""
        discovered = self._discovered.apis.values() if self._discovered else ()
        return self._asked(discovered)

    @property
    def requests(self) -> tuple[RequestCount, ...]:
        """Every request so far, counted by API group, method and status."""
        with self._lock:
            return self._connected.counter.counts() if self._connected else ()

    def identify(self) -> Identity:
        """Give the uid of the namespace kube-system, which is unique to a cluster, and the user's name."""
        connection = self._connection
        try:
            system = connection.send(Call("GET", "/api/v1/namespaces/kube-system", "get namespaces kube-system"))
        except AccessDenied as error:
            hint = "; allow `get` on the namespace kube-system, whose uid identifies the cluster"
            raise AccessDenied(
                error.message + hint, code=error.code, operation=error.operation, request_id=error.request_id
            ) from error
        uid = str(system["metadata"]["uid"])
        with self._lock:
            if self._cluster and self._cluster != uid:
                raise WrongAccount(f"{connection.server} changed from cluster {self._cluster} to {uid}")
            self._recognise(uid)
            self._cluster = uid
        return Identity(uid, _caller(connection), connection.answered_at, server=connection.server)

    def collect(self, now: datetime, progress: Progress | None = None, extent: Extent | None = None) -> Snapshot:
        """List every kind in parallel, or those of the extent."""
        began = time.monotonic()
        connection = self._connection
        calls = connection.api_calls
        identity = self.identify()
        if extent is None:
            identity = replace(identity, issuer=_issuer(connection))
        discovery = self._discover_again()
        apis = [api for api in discovery.apis.values() if self._scope.holds_kind(api)]
        scope, asked = self._scope, self._asked(apis)
        if extent is not None:
            wanted = with_what_they_lean_on(extent.kinds)
            apis = [api for api in apis if api.kind in wanted]
            scope, asked = scope.within(extent.namespaces), tuple(sorted(wanted))
        with ListingCounter(self._account, progress, lambda: connection.api_calls - calls) as counter:
            listed = self._list(connection, apis, scope, counter)
        resources, edges = assemble(self._account, (seen for part in listed for seen in part.objects))
        failures = [failure for part in listed for failure in part.failures]
        failures.extend(failure for failure in discovery.failures if self._concerns_us(failure))
        return Snapshot(
            id=snapshot_id(self._account, now),
            account=self._account,
            provider=ProviderName.KUBERNETES,
            identity=identity,
            taken=now,
            duration_seconds=time.monotonic() - began,
            kinds=asked,
            resources=resources,
            edges=edges,
            failures=tuple(sorted(failures, key=lambda failure: (failure.kind, failure.message))),
            api_calls=connection.api_calls - calls,
            mentions={seen.uid: seen.cloud_names for part in listed for seen in part.objects if seen.cloud_names},
        )

    def read(self, resource: Resource) -> Resource | None:
        """Read an object again; None if deleted, or if another object has taken the name."""
        item, api = self._find(resource)
        if item is None or api is None:
            return None
        seen = read_object(api, item, self._protections)
        if seen is None:
            return None
        fresh = resource_of(self._account, seen, _manager_now(seen, resource.manager))
        return fresh if fresh.protection or not resource.protection else _still_protected(fresh, resource)

    def set_tags(self, resource: Resource, changes: TagChanges) -> Receipt:
        """Write annotations; labels stay unchanged."""
        if not changes:
            return Receipt()
        api = self._api(resource.kind)
        if api is None:
            raise NotFound(f"{resource} is gone, and so is its kind", operation=f"patch {resource.kind}")
        return self._connection.write(annotate(api, resource, changes))

    def delete(self, resource: Resource, note: Note = note_nothing) -> Receipt:  # noqa: ARG002 - no steps here
        """Delete the object as it was read, without changing other objects.

        Raises BlockedByFinalizer, naming the finalizers, for an object whose earlier deletion is blocked.
        """
        if resource.state == TERMINATING and self._is_settled_as_terminating(resource):
            return Receipt()
        api = self._api(resource.kind)
        if api is None:
            return Receipt()
        try:
            return self._connection.write(remove(api, resource))
        except NotFound as error:
            if not self.is_gone(resource):
                raise
            return Receipt(error.request_id)
        except PreconditionFailed as error:
            # Two cases look alike: a changed object must stay, and a terminating or deleted object needs no request.
            if not self._is_settled_as_terminating(resource):
                raise
            return Receipt(error.request_id)

    def undo(self, resource: Resource, taken: Taken) -> None:
        """Refuse: deletions of objects have no steps."""
        raise Unsupported(f"{taken.step} is not a step of {resource.kind}", operation=f"undo {resource.kind}")

    def is_gone(self, resource: Resource) -> bool:
        """Whether this object is deleted; an object of the same name with another uid is a different object."""
        return self._find(resource)[0] is None

    def backup(self, resource: Resource) -> str:
        """Give the object without fields set by the cluster; empty for a Secret or a missing object."""
        api = self._api(resource.kind)
        if api is None or api.object_kind == SECRET:
            return ""
        try:
            return keep(self._whole(api, resource.namespace, resource.name))
        except NotFound:
            return ""

    def recreate(self, backup: str) -> Resource:
        """Create an object from its backup, with current owners."""
        namespace = str(orjson.loads(backup)["metadata"].get("namespace") or "")

        def uid_of(api_version: str, object_kind: str, name: str) -> str | None:
            owner = self._api(kind_name(group_of(api_version), object_kind))
            if owner is None:
                return None
            try:
                item = get(self._connection, owner, namespace if owner.namespaced else "", name)
            except NotFound:
                return None
            return str(item["metadata"]["uid"])

        manifest = read_kept(backup, uid_of)
        kind = kind_name(group_of(manifest["apiVersion"]), manifest["kind"])
        api = self._api(kind)
        if api is None:
            raise Unsupported(f"the cluster no longer serves {kind}", operation=f"create {kind}")
        item = self._connection.send(create(api, manifest))
        seen = read_object(api, item, self._protections)
        if seen is None:
            raise NotFound("deleted right after its creation", operation=f"create {api.resource}")
        return resource_of(self._account, seen, seen.manager)

    def _is_settled_as_terminating(self, resource: Resource) -> bool:
        """Whether no further request is needed: the object is deleted, or terminating without a blocking finalizer."""
        item, api = self._find(resource)
        if item is None or api is None:
            return True
        since = item["metadata"].get("deletionTimestamp")
        if not since:
            return False
        if holders := holders_of(item):
            message = f"{resource} is being deleted since {since}, blocked by {holders}"
            raise BlockedByFinalizer(message, operation=f"delete {api.resource} {resource.name}")
        return True

    def _find(self, resource: Resource) -> tuple[Mapping[str, Any] | None, Api | None]:
        """Read this object and its API; None if deleted."""
        api = self._api(resource.kind)
        if api is None:
            return None, None
        try:
            item = get(self._connection, api, resource.namespace, resource.name)
        except NotServed:
            # The definition of a custom resource was removed with all objects; or the server is just starting.
            self._discover_again()
            if self._api(resource.kind) is None:
                return None, None
            raise
        except NotFound:
            return None, api
        return (item, api) if item["metadata"].get("uid") == resource.uid else (None, api)

    def _whole(self, api: Api, namespace: str, name: str) -> Mapping[str, Any]:
        item: Mapping[str, Any] = self._connection.send(
            Call("GET", api.path(namespace, name), f"get {api.resource} {name}")
        )
        return item

    def _api(self, kind: str) -> Api | None:
        """Find the API of a kind; None if the cluster does not serve the kind.

        Raises Unsupported if unknown, because the group does not respond.
        """
        found = self._discovery.apis.get(kind) or self._discover_again().apis.get(kind)
        if found is None:
            group = unknown_kinds_of(kind.partition(".")[2])
            for failure in self._discovery.failures:
                if failure.kind in {kind, group}:
                    raise Unsupported(failure.message, operation=f"discover {kind}")
        return found

    def _list(
        self, connection: Connection, apis: Sequence[Api], scope: NamespaceScope, counter: ListingCounter
    ) -> list[Listed]:
        """List namespaces first, since some protect their content, and custom resources last.

        Custom resources are searched for the names of all other objects.
        """
        counter.expect(api.kind for api in apis)
        line: tuple[list[Api], ...] = ([], [], [])
        for api in sorted(apis, key=lambda api: api.kind):
            line[0 if api.kind == NAMESPACE else 2 if api.row.can_mention else 1].append(api)
        spaces, known, custom = line
        listed = self._list_at_once(self._lister(connection, self._scope), spaces, counter)
        self._protections = self._protections.with_homes(home for part in listed for home in part.homes)
        listed += self._list_at_once(self._lister(connection, scope), known, counter)
        names = Names((seen.api.kind, seen.namespace, seen.name) for part in listed for seen in part.objects)
        listed += self._list_at_once(replace(self._lister(connection, scope), names=names), custom, counter)
        self._spare_homes(listed)
        return listed

    def _list_at_once(self, lister: Lister, apis: Iterable[Api], counter: ListingCounter) -> list[Listed]:
        listed: list[Listed] = []
        with ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="tagwarden-list") as pool:
            running = {pool.submit(lister.list_kind, api): api for api in apis}
            for future in as_completed(running):
                listed.append(future.result())
                counter.listed(running[future].kind, len(listed[-1].objects))
        return listed

    def _spare_homes(self, listed: Iterable[Listed]) -> None:
        """Protect the namespaces of Tagwarden that were found during the listing."""
        parts = list(listed)
        found = frozenset[str]().union(*(part.homes for part in parts)) - self._protections.homes
        if not found:
            return
        self._protections = self._protections.with_homes(found)
        for part in parts:
            part.protect_within(found, self._protections)

    def _lister(self, connection: Connection, scope: NamespaceScope) -> Lister:
        return Lister(connection, scope, self._protections, page_size=self._page_size)

    def _asked(self, apis: Iterable[Api]) -> tuple[str, ...]:
        """Name every requested kind: discovery covers all kinds of the catalogue too, whether served or not."""
        static = {row.kind for row in catalogue() if row.namespaced or not self._scope.include or row.kind == NAMESPACE}
        return tuple(sorted(static | {api.kind for api in apis if self._scope.holds_kind(api)}))

    def _concerns_us(self, failure: CollectFailure) -> bool:
        """Whether an undiscovered kind may have objects in the account's namespaces."""
        clusterwide = {row.kind for row in catalogue() if not row.namespaced and row.kind != NAMESPACE}
        return not (self._scope.include and failure.kind in clusterwide)

    @property
    def _connection(self) -> Connection:
        with self._lock:
            if self._connected is None:
                self._connected = Connection(self._kubeconfig, is_trusted=self._is_trusted)
            return self._connected

    @property
    def _discovery(self) -> Discovery:
        with self._lock:
            return self._discovered or self._discover_again()

    def _discover_again(self) -> Discovery:
        with self._lock:
            self._discovered = discover(self._connection)
            return self._discovered


def _caller(connection: Connection) -> str:
    """Get the user name of the credentials; empty for servers before 1.28."""
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    try:
        answer = connection.send(Call("POST", path, "create selfsubjectreviews", body=body))
    except ProviderError:
        return ""
    return str(((answer.get("status") or {}).get("userInfo") or {}).get("username") or "")


def _issuer(connection: Connection) -> str:
    """Get the issuer of service account tokens; empty if the cluster does not provide it.

    https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery
    """
    try:
        answer = connection.send(Call("GET", "/.well-known/openid-configuration", "get openid-configuration"))
    except ProviderError:
        return ""
    return str(answer.get("issuer") or "")


def _manager_now(seen: Seen, before: Manager | None) -> Manager | None:
    """Give the manager of an object that was read alone, without the owners that revealed the manager of `before`."""
    if seen.controller is not None:
        return before or Manager(seen.controller.kind, seen.controller.name, seen.controller.uid)
    if seen.manager is None:
        # An Argo CD Application lists its objects; the object itself may not name it.
        return before if before is not None and before.kind == ARGO_APPLICATION else None
    same = before is not None and (before.kind, before.name) == (seen.manager.kind, seen.manager.name)
    return before if same else seen.manager


def _still_protected(fresh: Resource, before: Resource) -> Resource:
    """Keep a protection by the namespace, which is not read again."""
    return replace(fresh, protection=before.protection)
