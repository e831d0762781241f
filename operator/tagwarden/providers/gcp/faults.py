"""Google's errors as ours: by the reason in the error's details, the older `errors[].reason`, then the status.

https://cloud.google.com/apis/design/errors
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from tagwarden import errors
from tagwarden.errors import ProviderError
from tagwarden.model.messages import provider_messages as messages

DISABLED = frozenset({"SERVICE_DISABLED", "accessNotConfigured"})
"""Reasons of a refusal because the API is not enabled."""
_BY_REASON: Mapping[str, type[ProviderError]] = {
    "ACCESS_TOKEN_EXPIRED": errors.CredentialsInvalid,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": errors.CredentialsInvalid,
    "ACCESS_TOKEN_TYPE_UNSUPPORTED": errors.CredentialsInvalid,
    "ACCOUNT_STATE_INVALID": errors.CredentialsInvalid,
    "CREDENTIALS_MISSING": errors.CredentialsInvalid,
    "authError": errors.CredentialsInvalid,
    "IAM_PERMISSION_DENIED": errors.AccessDenied,
    "forbidden": errors.AccessDenied,
    "insufficientPermissions": errors.AccessDenied,
    **dict.fromkeys(DISABLED, errors.Unsupported),
    "RATE_LIMIT_EXCEEDED": errors.Throttled,
    "rateLimitExceeded": errors.Throttled,
    "userRateLimitExceeded": errors.Throttled,
    "RESOURCE_QUOTA_EXCEEDED": errors.LimitExceeded,
    "quotaExceeded": errors.LimitExceeded,
    "resourceInUseByAnotherResource": errors.DependencyViolation,
    "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE": errors.DependencyViolation,
    "resourceInUse": errors.DependencyViolation,
    "containerNotEmpty": errors.DependencyViolation,
    "resourceNotReady": errors.InvalidState,
    "RESOURCE_NOT_READY": errors.InvalidState,
    "operationInProgress": errors.InvalidState,
    "conditionNotMet": errors.PreconditionFailed,
    "notFound": errors.NotFound,
    "deletionProtectionEnabled": errors.VendorProtection,
    "retentionPolicyNotMet": errors.VendorProtection,
    "objectUnderActiveHold": errors.VendorProtection,
}
_BY_STATUS: Mapping[str, type[ProviderError]] = {
    "UNAUTHENTICATED": errors.CredentialsInvalid,
    "PERMISSION_DENIED": errors.AccessDenied,
    "NOT_FOUND": errors.NotFound,
    "ABORTED": errors.PreconditionFailed,
    "FAILED_PRECONDITION": errors.InvalidState,
    "RESOURCE_EXHAUSTED": errors.Throttled,
    "INVALID_ARGUMENT": errors.InvalidRequest,
    "UNIMPLEMENTED": errors.Unsupported,
    "UNAVAILABLE": errors.ServerFault,
    "INTERNAL": errors.ServerFault,
    "DEADLINE_EXCEEDED": errors.ServerFault,
}
_BY_CODE: Mapping[int, type[ProviderError]] = {
    400: errors.InvalidRequest,
    401: errors.CredentialsInvalid,
    403: errors.AccessDenied,
    404: errors.NotFound,
    409: errors.DependencyViolation,
    410: errors.NotFound,
    412: errors.PreconditionFailed,
    429: errors.Throttled,
}
_BY_WORDS: tuple[tuple[str, type[ProviderError]], ...] = (
    ("labels fingerprint", errors.PreconditionFailed),
    ("label fingerprint", errors.PreconditionFailed),
    ("another operation", errors.InvalidState),
    ("operation in progress", errors.InvalidState),
    ("operation is in progress", errors.InvalidState),
    ("deletion protection", errors.VendorProtection),
    ("delete protection", errors.VendorProtection),
    ("not empty", errors.DependencyViolation),
    ("already being used by", errors.DependencyViolation),
    ("being used by", errors.DependencyViolation),
    ("in use by", errors.DependencyViolation),
    ("is still in use", errors.DependencyViolation),
    ("nested resources", errors.DependencyViolation),
    ("child resources", errors.DependencyViolation),
    ("depends on", errors.DependencyViolation),
    ("referenced by", errors.DependencyViolation),
)
"""Phrases of messages whose status says less, such as GKE's fingerprint mismatch, which is a 400."""

_FIRST_FAULT = 500
_GONE = frozenset({404, 410})
_PRECONDITION_FAILED = 412


def fault_of(code: int, body: bytes, operation: str, request_id: str = "") -> ProviderError:
    """Give the error of a refused request; `code` is the HTTP status."""
    told = _error_in(body)
    if not told and code in _GONE:
        # A proxy, or no API under this path: whether the resource exists is unknown.
        return errors.UnknownError(
            messages.NOT_GOOGLES(status=code), code=str(code), operation=operation, request_id=request_id
        )
    message = "; ".join((str(told.get("message") or f"HTTP {code}"), *_violations_in(told)))
    reasons = [*_reasons_in(told)]
    kind = _kind_of(code, str(told.get("status", "")), reasons, message)
    return kind(
        message, code=next(iter(reasons), "") or str(told.get("status") or code), operation=operation,
        request_id=request_id,
    )  # fmt: skip


def fault_in_operation(error: Mapping[str, Any], operation: str) -> ProviderError:
    """Give the error within a finished operation, in the form of compute, SQL, GKE or `google.rpc.Status`."""
    nested = error.get("errors")
    first = nested[0] if isinstance(nested, list) and nested else error
    code = str(first.get("code", ""))
    message = str(first.get("message") or code or "the operation failed")
    kind = _BY_REASON.get(code) or next((kind for words, kind in _BY_WORDS if words in message.lower()), None)
    return (kind or errors.DeletionFailed)(message, code=code, operation=operation)


def _kind_of(code: int, status: str, reasons: list[str], message: str) -> type[ProviderError]:
    by_words = next((kind for words, kind in _BY_WORDS if words in message.lower()), None)
    by_reason = next((_BY_REASON[reason] for reason in reasons if reason in _BY_REASON), None)
    if by_reason is None and code == _PRECONDITION_FAILED:
        return by_words or errors.PreconditionFailed
    fault = errors.ServerFault if code >= _FIRST_FAULT else errors.UnknownError
    return by_reason or by_words or _BY_STATUS.get(status) or _BY_CODE.get(code) or fault


def _error_in(body: bytes) -> Mapping[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    error = found.get("error") if isinstance(found, dict) else None
    return error if isinstance(error, dict) else {}


def _violations_in(error: Mapping[str, Any]) -> Iterator[str]:
    """Give the details of a `google.rpc.PreconditionFailure`, which name the resource in the way."""
    for each in error.get("details", ()):
        for violation in each.get("violations", ()) if isinstance(each, dict) else ():
            yield ": ".join(str(violation[name]) for name in ("subject", "description") if violation.get(name))


def _reasons_in(error: Mapping[str, Any]) -> list[str]:
    details = [each for each in error.get("details", ()) if isinstance(each, dict)]
    older = [each for each in error.get("errors", ()) if isinstance(each, dict)]
    return [str(each["reason"]) for each in (*details, *older) if each.get("reason")]
