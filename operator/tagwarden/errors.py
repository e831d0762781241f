"""Every error that Tagwarden raises on purpose.

    TagwardenError
    ├── BadInput                  something a person wrote: exit status 2, nothing was changed
    │   └── InvalidField          one field of a policy or an account that the schema could not judge
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
        ├── PreconditionFailed    it changed since it was read (S5)
        ├── DependencyViolation
        ├── InvalidState
        ├── DeletionFailed        the vendor accepted a deletion and gave it up later
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
    """Not within this pass: the world has to move first."""


class TagwardenError(Exception):
    """Whatever Tagwarden raises on purpose; its text is one line for a person."""


class BadInput(TagwardenError):
    """Something a person wrote cannot be used: names the file and the field, and what to write instead."""


class InvalidField(BadInput):
    """One field of a policy or an account that the schema could not judge: a time zone, a regular expression, CEL.

    `field` is its path as written in YAML, `reason` what the condition of the object says.
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

    `code` is the vendor's own error code, `operation` the call that failed (`ec2:DeleteSubnet`), `request_id` what
    the vendor's support asks for.
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
    """There are no credentials, or they are wrong or expired."""

    reason = Reason.CredentialsInvalid


class EndpointNotAllowed(ProviderError):
    """The account names an endpoint that no setting lists."""

    reason = Reason.EndpointNotAllowed


class WrongAccount(ProviderError):
    """The credentials belong to another account than the declared one (S10)."""

    reason = Reason.WrongAccount


class IdentityChanged(WrongAccount):
    """The credentials lead to another cluster than the pinned one, and nobody accepted that (S22)."""

    reason = Reason.IdentityChanged


class AccessDenied(ProviderError):
    """The credentials lack a permission."""

    reason = Reason.AccessDenied


class Throttled(ProviderError):
    """The vendor asks to slow down."""

    reason = Reason.Throttled
    retry = Retry.BACKOFF


class Unreachable(ProviderError):
    """The endpoint does not answer; whether a write arrived is unknown, so reading decides."""

    reason = Reason.Unreachable
    retry = Retry.BACKOFF


class NotFound(ProviderError):
    """It is gone; for a deletion that is success."""

    reason = Reason.NotFound


class PreconditionFailed(ProviderError):
    """It changed since it was read (S5)."""

    reason = Reason.Changed
    retry = Retry.NEXT_PASS


class DependencyViolation(ProviderError):
    """The vendor refuses since something depends on it."""

    reason = Reason.DependencyViolation
    retry = Retry.BACKOFF


class InvalidState(ProviderError):
    """The resource is in a state that does not allow it now."""

    reason = Reason.InvalidState
    retry = Retry.BACKOFF


class DeletionFailed(ProviderError):
    """The vendor accepted the deletion and gave it up later; the message is the cause in the vendor's words."""

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
    """The vendor does not accept the request: a defect of ours or of the catalogue."""

    reason = Reason.InvalidRequest


class Unsupported(ProviderError):
    """The vendor, the region or the endpoint does not offer this."""

    reason = Reason.Unsupported


class ServerFault(ProviderError):
    """The vendor failed; whether a write arrived is unknown, so reading decides."""

    reason = Reason.ServerFault
    retry = Retry.BACKOFF


class UnknownError(ProviderError):
    """An error this version does not know; never retried."""
