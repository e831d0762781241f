"""Reaction to each provider error: retry, check first, or stop with a state."""

from datetime import timedelta

from tagwarden.enforcing.enforce_settings import EnforceSettings
from tagwarden.errors import (
    DependencyViolation,
    MayNotAct,
    PreconditionFailed,
    ProviderError,
    Retry,
    ServerFault,
    TagsUnreadable,
    UnknownError,
    Unreachable,
    VendorProtection,
)
from tagwarden.model.outcome import ActionState

_UNCERTAIN = (Unreachable, ServerFault, UnknownError)
_WITHHELD = (DependencyViolation, MayNotAct, PreconditionFailed, TagsUnreadable, VendorProtection)


def may_have_arrived(error: ProviderError) -> bool:
    """Whether a write with this error may have succeeded: only a check can decide (S11)."""
    return isinstance(error, _UNCERTAIN)


def may_try_again(error: ProviderError, attempts: int, settings: EnforceSettings) -> bool:
    """Whether the call may be repeated within this pass after so many attempts."""
    return error.retry is Retry.BACKOFF and attempts < settings.attempts


def end_state(error: ProviderError) -> ActionState:
    """Give the state of an action that ends with this error: a refusal or missing evidence withholds it."""
    return ActionState.WITHHELD if isinstance(error, _WITHHELD) else ActionState.FAILED


def pause_after(attempts: int, settings: EnforceSettings) -> float:
    """Give the seconds to pause after so many attempts."""
    pause: timedelta = settings.backoff * 2 ** min(attempts - 1, 16)
    return min(pause, settings.backoff_limit).total_seconds()
