"""Maps every refusal or failure of an API server to an error of `tagwarden.errors`."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
import urllib3

from tagwarden.errors import (
    AccessDenied,
    CredentialsInvalid,
    InvalidRequest,
    InvalidState,
    LimitExceeded,
    NotFound,
    PreconditionFailed,
    ProviderError,
    ServerFault,
    Throttled,
    UnknownError,
    Unreachable,
    Unsupported,
    VendorProtection,
)
from tagwarden.model.reasons import Reason

ANONYMOUS = "system:anonymous"

_BY_STATUS: Mapping[int, type[ProviderError]] = {
    400: InvalidRequest,
    401: CredentialsInvalid,
    403: AccessDenied,
    404: NotFound,
    405: Unsupported,
    406: Unsupported,
    408: Unreachable,
    409: PreconditionFailed,
    410: ServerFault,
    412: PreconditionFailed,
    413: InvalidRequest,
    415: Unsupported,
    422: InvalidRequest,
    429: Throttled,
    500: ServerFault,
    502: ServerFault,
    503: ServerFault,
    504: ServerFault,
}

# Admission webhooks return any code, so the message decides before the code.
_BY_WORDS: tuple[tuple[str, type[ProviderError]], ...] = (
    ("failed calling webhook", ServerFault),
    ("denied the request", VendorProtection),
    ("denied request", VendorProtection),
    ("may not be deleted", VendorProtection),
    ("exceeded quota", LimitExceeded),
    ("uid in precondition", PreconditionFailed),
    ("metadata.uid: invalid value", PreconditionFailed),
)


class BlockedByFinalizer(InvalidState):
    """The object is being deleted, but a finalizer blocks the deletion; the finalizer is named and never removed."""

    reason = Reason.BlockedByFinalizer


class NotServed(NotFound):
    """The API server does not know the path: the kind is not, or no longer, served."""


class ListExpired(ServerFault):
    """The list has expired before the next page: list again (HTTP 410)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The API server's response to a refused request; `name` is the object's, if given."""

    status: int
    reason: str
    message: str
    name: str = ""


def read_refusal(status: int, body: bytes) -> Refusal:
    """Parse the `Status` object of a response; proxies and load balancers may return any other body."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict) or said.get("kind") != "Status":
        text = " ".join(body[:200].decode("utf-8", "replace").split())
        return Refusal(status, "", text or f"HTTP {status}")
    details = said.get("details") or {}
    return Refusal(
        status,
        str(said.get("reason") or ""),
        str(said.get("message") or f"HTTP {status}"),
        str(details.get("name") or ""),
    )


def error_of(refusal: Refusal, *, operation: str, request_id: str = "") -> ProviderError:
    """Give the error of a refusal; an unexpected refusal is an UnknownError, which is never retried."""
    kind = _kind_of(refusal)
    return kind(refusal.message, code=refusal.reason or str(refusal.status), operation=operation, request_id=request_id)


def _kind_of(refusal: Refusal) -> type[ProviderError]:
    words = refusal.message.lower()
    for phrase, kind in _BY_WORDS:
        if phrase in words:
            return kind
    if refusal.status == 403 and ANONYMOUS in words:
        return CredentialsInvalid
    if refusal.status == 404 and not refusal.name:
        return NotServed
    if refusal.status == 409 and refusal.reason == "AlreadyExists":
        return InvalidState
    if refusal.status == 410:
        return ListExpired
    return _BY_STATUS.get(refusal.status, UnknownError)


def error_of_transport(error: Exception, *, server: str, operation: str) -> ProviderError:
    """Give the error of a request without any response."""
    cause: BaseException = error
    while isinstance(cause, urllib3.exceptions.MaxRetryError) and cause.reason is not None:
        cause = cause.reason
    code = type(cause).__name__
    words = str(cause)
    if isinstance(cause, urllib3.exceptions.SSLError):
        if "CERTIFICATE_VERIFY_FAILED" in words or "doesn't match" in words:
            trust = "is not signed by the certificate authority in the kubeconfig, or is for another host"
            return CredentialsInvalid(f"the certificate of {server} {trust}", code=code, operation=operation)
        return Unreachable(f"the TLS connection to {server} failed: {words}", code=code, operation=operation)
    # The order matters: for urllib3 a refused connection and an unknown host are time-outs too.
    if isinstance(cause, urllib3.exceptions.NameResolutionError):
        return Unreachable(f"unknown host {server}", code=code, operation=operation)
    if isinstance(cause, (urllib3.exceptions.NewConnectionError, ConnectionError)):
        return Unreachable(f"{server} refuses the connection", code=code, operation=operation)
    if isinstance(cause, urllib3.exceptions.TimeoutError):
        return Unreachable(f"{server} did not respond in time", code=code, operation=operation)
    return Unreachable(f"{server} did not respond: {words}", code=code, operation=operation)
