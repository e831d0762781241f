"""The operations that Google starts for a write, by family: where they are read, and how they end.

`google.longrunning` (https://google.aip.dev/151) below projects, locations, resources and organisations, compute's by
zone, region and project, and those of Cloud SQL, GKE and Deployment Manager.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tagwarden.errors import NotFound, ProviderError
from tagwarden.providers.gcp.connection import Connection, Json
from tagwarden.providers.gcp.faults import fault_in_operation
from tagwarden.providers.gcp.names import name_in
from tagwarden.providers.gcp.row import Row

_ENDED = frozenset({"DONE", "ABORTED"})
"""The states of an operation that has ended; GKE aborts operations."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation under way: its host, its path with the prefix, and the call that started it."""

    host: str
    path: str
    call: str


def started_by(row: Row, response: Mapping[str, Any], name: str, call: str) -> Operation | None:
    """Give the operation in a response; None when the write is done. `name` is that of the resource."""
    if not row.operation or not response.get("name"):
        return None
    told = str(response["name"])
    link = response.get("selfLink")
    if row.operation == "longrunning" or "/" in told:
        return Operation(row.host, f"{row.prefix}{told}", call)
    if isinstance(link, str):
        return Operation(row.host, f"{row.prefix}{row.with_locations(name_in(link)[1])}", call)
    place = name.rsplit("/", 2)[0]
    return Operation(row.host, f"{row.prefix}{place}/operations/{told}", call)


def error_of(connection: Connection, operation: Operation) -> tuple[bool, ProviderError | None]:
    """Read an operation: whether it has ended, and the error that it ended with.

    Google prunes operations that ended: one that is not found has ended, and the resource tells how.
    """
    try:
        found = connection.get(operation.host, operation.path, operation=f"{operation.host}.operations.get")
    except NotFound:
        return True, None
    if not _has_ended(found):
        return False, None
    return True, _error_in(found, operation.call)


def refusal_in(response: Json, call: str) -> ProviderError | None:
    """Give the error of a write whose operation ended with its response; None where the response is something else."""
    is_operation = "operationType" in response or {"name", "done"} <= response.keys()
    return _error_in(response, call) if is_operation and _has_ended(response) else None


def _error_in(response: Json, call: str) -> ProviderError | None:
    error = response.get("error")
    if isinstance(error, dict) and error:
        return fault_in_operation(error, call)
    # GKE tells the failure in `statusMessage` in older responses.
    message = response.get("statusMessage")
    return fault_in_operation({"message": message}, call) if message else None


def _has_ended(response: Json) -> bool:
    return response.get("done") is True or response.get("status") in _ENDED
