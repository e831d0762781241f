"""Refusals in the shape of Google's errors: https://cloud.google.com/apis/design/errors and Compute Engine's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# The APIs from before 2016 also answer `errors: [{domain, reason, message}]`.
LEGACY = frozenset({"bigquery", "compute", "deploymentmanager", "dns", "sqladmin", "storage"})

# The HTTP status and google.rpc.Code of each status name.
STATUSES = {
    "INVALID_ARGUMENT": (400, 3),
    "FAILED_PRECONDITION": (400, 9),
    "UNAUTHENTICATED": (401, 16),
    "PERMISSION_DENIED": (403, 7),
    "NOT_FOUND": (404, 5),
    "ABORTED": (409, 10),
    "ALREADY_EXISTS": (409, 6),
    "RESOURCE_EXHAUSTED": (429, 8),
    "UNIMPLEMENTED": (501, 12),
    "UNAVAILABLE": (503, 14),
}
REASONS = {
    "INVALID_ARGUMENT": "invalid",
    "FAILED_PRECONDITION": "failedPrecondition",
    "UNAUTHENTICATED": "authError",
    "PERMISSION_DENIED": "forbidden",
    "NOT_FOUND": "notFound",
    "ABORTED": "aborted",
    "ALREADY_EXISTS": "alreadyExists",
    "RESOURCE_EXHAUSTED": "rateLimitExceeded",
    "UNIMPLEMENTED": "notImplemented",
    "UNAVAILABLE": "backendError",
}
IN_USE = "resourceInUseByAnotherResource"


@dataclass(eq=False)
class Refusal(Exception):
    """A request that Google would refuse, or the error inside an operation."""

    status: str  # a key of STATUSES
    message: str
    reason: str = ""  # the word of the older APIs, where it is a particular one
    http: int = 0  # where it is not the status' own
    details: Sequence[Mapping[str, Any]] = field(default_factory=tuple)

    def __str__(self) -> str:
        return self.message

    @property
    def http_status(self) -> int:
        """The HTTP status of the answer."""
        return self.http or STATUSES[self.status][0]

    @property
    def legacy_reason(self) -> str:
        """The reason as the older APIs spell it."""
        return self.reason or REASONS[self.status]

    def body(self, api: str) -> dict[str, Any]:
        """Return the JSON of the answer."""
        error: dict[str, Any] = {"code": self.http_status, "message": self.message}
        if api in LEGACY:
            error["errors"] = [{"message": self.message, "domain": "global", "reason": self.legacy_reason}]
        if api not in LEGACY or self.details:
            error["status"] = self.status
        if self.details:
            error["details"] = list(self.details)
        return {"error": error}

    def rpc_status(self) -> dict[str, Any]:
        """Return google.rpc.Status, the error inside an operation."""
        return {"code": STATUSES[self.status][1], "message": self.message} | (
            {"details": list(self.details)} if self.details else {}
        )


def invalid(message: str, *, field_name: str = "") -> Refusal:
    """Return the refusal of a malformed request."""
    violation = {"field": field_name, "description": message} if field_name else {"description": message}
    detail = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
    return Refusal("INVALID_ARGUMENT", message, details=(detail,))


def not_found(api: str, key: str) -> Refusal:
    """Return the refusal for a resource that does not exist."""
    if api in {"compute", "dns", "sqladmin"}:
        return Refusal("NOT_FOUND", f"The resource '{key}' was not found")
    if api == "storage":
        return Refusal("NOT_FOUND", "The specified bucket does not exist.")
    if api == "bigquery":
        return Refusal("NOT_FOUND", f"Not found: {key}")
    return Refusal("NOT_FOUND", f"Resource '{key}' was not found")


def in_use(target: str, user: str) -> Refusal:
    """Return Compute Engine's refusal to delete a resource that another one uses."""
    noun = target.split("/")[-2].removesuffix("s")
    message = f"The {noun} resource '{target}' is already being used by '{user}'"
    return Refusal("FAILED_PRECONDITION", message, reason=IN_USE)


def error_info(reason: str, service: str, **metadata: str) -> dict[str, Any]:
    """Return google.rpc.ErrorInfo."""
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": service} | metadata,
    }
