"""Every error that Tagwarden raises on purpose.

    TagwardenError
    ├── BadInput                  invalid input by a person: exit status 2, no changes were made
    │   └── InvalidField          one field of a policy or account that fails a check beyond the schema
    ├── StateError                the journal or the inventory cannot be read or written
    └── ProviderError             a vendor refused or failed; carries a `Reason` and a `Retry`
        ├── CredentialsInvalid
        ├── EndpointNotAllowed
        ├── WrongAccount          (S10)
        │   └── IdentityChanged   (S22)
        ├── AccessDenied
        ├── Throttled
        ├── Unreachable
        ├── NotFound
        ├── PreconditionFailed    the resource changed since it was read (S5)
        ├── DependencyViolation
        ├── InvalidState
        ├── DeletionFailed        the vendor accepted a deletion, then abandoned it
        ├── VendorProtection
        ├── LimitExceeded
        ├── InvalidRequest
        ├── Unsupported
        ├── ServerFault
        └── UnknownError

Each provider maps every foreign error to one of these; no foreign exception leaves a provider.
"""

from enum import StrEnum
from typing import ClassVar

from tagwarden.model.reasons import Reason


class Retry(StrEnum):
    """When the same call may be tried again."""

    NEVER = "never"
    """A person has to change something first."""
    BACKOFF = "backoff"
    """Within this pass, after a growing pause."""
    NEXT_PASS = "next_pass"
    """Not within this pass: the resource has to change first."""


class TagwardenError(Exception):
    """Base of every error that Tagwarden raises on purpose; the text is one line for a person."""


class BadInput(TagwardenError):
    """Invalid input by a person: names the file, the field and the correction."""


class InvalidField(BadInput):
    """A field of a policy or account that fails a check beyond the schema: a time zone, a regular expression, CEL.

    `field` is the path in YAML, `reason` the reason of the object's condition.
    """

    def __init__(self, field: str, problem: str, reason: Reason = Reason.InvalidSpec) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem
        self.reason = reason


class StateError(TagwardenError):
    """The journal or the inventory cannot be read or written."""


class ProviderError(TagwardenError):
    """A vendor refused or failed.

    `code` is the vendor's error code, `operation` the failed call (`ec2:DeleteSubnet`), `request_id` the id for the
    vendor's support.
    """

    reason: ClassVar[Reason] = Reason.UnknownError
    retry: ClassVar[Retry] = Retry.NEVER

    def __init__(self, message: str, *, code: str = "", operation: str = "", request_id: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.operation = operation
        self.request_id = request_id

    def __str__(self) -> str:
        called = f"{self.operation}: " if self.operation else ""
        code = f" ({self.code})" if self.code and self.code not in self.message else ""
        return " ".join(f"{called}{self.message}{code}".split())


class CredentialsInvalid(ProviderError):
    """Credentials are missing, wrong or expired."""

    reason = Reason.CredentialsInvalid


class EndpointNotAllowed(ProviderError):
    """The account names an endpoint that no setting allows."""

    reason = Reason.EndpointNotAllowed


class WrongAccount(ProviderError):
    """The credentials belong to another account than the declared one (S10)."""

    reason = Reason.WrongAccount


class IdentityChanged(WrongAccount):
    """The credentials connect to another cluster than the pinned one, and no person accepted it (S22)."""

    reason = Reason.IdentityChanged


class AccessDenied(ProviderError):
    """The credentials lack a permission."""

    reason = Reason.AccessDenied


class MayNotAct(ProviderError):
    """The permission to act ended while a vendor was being called: this is no failure of the vendor (S11)."""

    reason = Reason.LeaseLost
    retry = Retry.NEXT_PASS


class TagsUnreadable(ProviderError):
    """The vendor does not tell the tags of a resource: unread tags are not missing tags (S1)."""

    reason = Reason.TagsUnreadable
    retry = Retry.NEXT_PASS


class Throttled(ProviderError):
    """The vendor asks to slow down."""

    reason = Reason.Throttled
    retry = Retry.BACKOFF


class Unreachable(ProviderError):
    """The endpoint does not answer; whether a write arrived is unknown, so reading decides."""

    reason = Reason.Unreachable
    retry = Retry.BACKOFF


class NotFound(ProviderError):
    """The resource is gone; a deletion counts this as success."""

    reason = Reason.NotFound


class PreconditionFailed(ProviderError):
    """The resource changed since it was read (S5)."""

    reason = Reason.Changed
    retry = Retry.NEXT_PASS


class DependencyViolation(ProviderError):
    """The vendor refuses because another resource depends on this one."""

    reason = Reason.DependencyViolation
    retry = Retry.BACKOFF


class InvalidState(ProviderError):
    """The state of the resource does not allow the action now."""

    reason = Reason.InvalidState
    retry = Retry.BACKOFF


class DeletionFailed(ProviderError):
    """The vendor accepted the deletion, then abandoned it; the message is the vendor's reason."""

    reason = Reason.DeletionFailed
    retry = Retry.NEXT_PASS


class VendorProtection(ProviderError):
    """The vendor's own deletion protection refuses."""

    reason = Reason.VendorProtection


class LimitExceeded(ProviderError):
    """A quota of the vendor."""

    reason = Reason.LimitExceeded
    retry = Retry.NEXT_PASS


class InvalidRequest(ProviderError):
    """The vendor does not accept the request: a defect of Tagwarden or of the catalogue."""

    reason = Reason.InvalidRequest


class Unsupported(ProviderError):
    """The vendor, the region or the endpoint does not support the operation."""

    reason = Reason.Unsupported


class ServerFault(ProviderError):
    """The vendor failed; whether a write arrived is unknown, so reading decides."""

    reason = Reason.ServerFault
    retry = Retry.BACKOFF


class UnknownError(ProviderError):
    """An error that this version does not recognize; never retried."""
