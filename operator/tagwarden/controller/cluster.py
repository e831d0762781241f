"""Requests of the operator to its own cluster, off the event loop, in raw JSON."""

import asyncio
import contextlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tagwarden.errors import NotFound
from tagwarden.model.crd import CLEANUP_POLICY, CLOUD_ACCOUNT, Kind
from tagwarden.model.policy import API_GROUP, API_VERSION
from tagwarden.providers.api_server.connection import MERGE_PATCH, Call, Connection

FIELD_MANAGER = "tagwarden-operator"
"""The field manager of the operator's writes, which own only status and no declared field."""

_PAGE = "500"
_THREADS = 8
_EVENTS = "/api/v1/namespaces/default/events"


class Cluster:
    """The API of the cluster that holds policies and accounts. Every failure is a ProviderError."""

    def __init__(self, connection: Connection, namespace: str, lease_namespace: str) -> None:
        """`namespace` holds the referenced Secrets and ConfigMaps, `lease_namespace` the Lease."""
        self._lease_namespace = lease_namespace
        self._connection = connection
        # Separate threads: at the end, the event loop waits for its threads, however long a request hangs.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="cluster")
        self.namespace = namespace

    def close(self) -> None:
        """Start no further request; do not wait for hanging requests."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def policies(self) -> list[dict[str, Any]]:
        """List every CleanupPolicy; raises NotFound while the CRD is missing."""
        return await self._list(CLEANUP_POLICY)

    async def accounts(self) -> list[dict[str, Any]]:
        """List every CloudAccount; raises NotFound while the CRD is missing."""
        return await self._list(CLOUD_ACCOUNT)

    async def secrets(self, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Give the Secrets with these names in the operator's namespace; missing Secrets are omitted."""
        return await self._named("secrets", "Secret", names)

    async def config_maps(self, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Give the ConfigMaps with these names in the operator's namespace; missing ConfigMaps are omitted."""
        return await self._named("configmaps", "ConfigMap", names)

    async def patch_status(self, kind: Kind, name: str, status: dict[str, Any]) -> None:
        """Change fields of the status of an object; None removes a field."""
        path = f"/apis/{API_GROUP}/{API_VERSION}/{kind.plural}/{name}/status"
        await self._send(
            Call(
                "PATCH",
                path,
                f"patch the status of {kind.kind} {name}",
                {"fieldManager": FIELD_MANAGER},
                {"status": status},
                MERGE_PATCH,
            )
        )

    async def read_event(self, name: str) -> dict[str, Any]:
        """Give an event of the operator; raises NotFound."""
        return await self._send(Call("GET", f"{_EVENTS}/{name}", "read an event"))

    async def create_event(self, event: dict[str, Any]) -> None:
        """Create an event in the namespace `default`, the place for events of cluster-scoped objects."""
        await self._send(Call("POST", _EVENTS, "create an event", {"fieldManager": FIELD_MANAGER}, event))

    async def patch_event(self, name: str, changes: dict[str, Any]) -> None:
        """Change an event; raises NotFound after its expiry."""
        await self._send(
            Call("PATCH", f"{_EVENTS}/{name}", "patch an event", {"fieldManager": FIELD_MANAGER}, changes, MERGE_PATCH)
        )

    async def read_lease(self, name: str) -> dict[str, Any]:
        """Give a Lease; raises NotFound."""
        return await self._send(Call("GET", f"{self._leases}/{name}", "read the Lease"))

    async def create_lease(self, name: str, spec: dict[str, Any]) -> dict[str, Any]:
        """Create a Lease; fails if another process created it first."""
        lease = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": name, "namespace": self._lease_namespace},
            "spec": spec,
        }
        return await self._send(Call("POST", self._leases, "create the Lease", {"fieldManager": FIELD_MANAGER}, lease))

    async def replace_lease(self, lease: dict[str, Any]) -> dict[str, Any]:
        """Replace a Lease; raises PreconditionFailed if it has changed since it was read."""
        path = f"{self._leases}/{lease['metadata']['name']}"
        return await self._send(Call("PUT", path, "renew the Lease", {"fieldManager": FIELD_MANAGER}, lease))

    @property
    def _leases(self) -> str:
        return f"/apis/coordination.k8s.io/v1/namespaces/{self._lease_namespace}/leases"

    async def _list(self, kind: Kind) -> list[dict[str, Any]]:
        path = f"/apis/{API_GROUP}/{API_VERSION}/{kind.plural}"
        query = {"limit": _PAGE}
        items: list[dict[str, Any]] = []
        while True:
            page = await self._send(Call("GET", path, f"list {kind.full_name}", query))
            # Items of a list omit kind and apiVersion, which the list states once.
            items += [{"apiVersion": f"{API_GROUP}/{API_VERSION}", "kind": kind.kind, **item} for item in page["items"]]
            following = page.get("metadata", {}).get("continue")
            if not following:
                return items
            query = {"limit": _PAGE, "continue": following}

    async def _named(self, plural: str, kind: str, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for name in sorted(set(names)):
            call = Call("GET", f"/api/v1/namespaces/{self.namespace}/{plural}/{name}", f"read {kind} {name}")
            with contextlib.suppress(NotFound):
                found[name] = {**await self._send(call), "apiVersion": "v1", "kind": kind}
        return found

    async def _send(self, call: Call) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        answer: dict[str, Any] = await loop.run_in_executor(self._threads, self._connection.send, call)
        return answer
