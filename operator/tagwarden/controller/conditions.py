"""The conditions of policies and accounts: pure functions from what is known to what `kubectl` shows.

`Ready` says that the spec can be used and that the last pass went through: what a vendor refused of single resources is
told by an event, the findings, `summary.failed` and metrics, and does not make the policy unready. `Reconciling` and
`Stalled` are true only while they hold, as the conventions for status have it. `Compliant` speaks of the resources and
never of the policy.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tagwarden.model.reasons import Reason
from tagwarden.model.report import Obstacle
from tagwarden.model.status import Condition, ConditionStatus, ConditionType

_LONGEST_MESSAGE = 4096
_TRUE, _FALSE, _UNKNOWN = ConditionStatus.TRUE, ConditionStatus.FALSE, ConditionStatus.UNKNOWN


@dataclass(frozen=True, slots=True)
class ConditionUpdate:
    """One thing to say now, without the time since when it holds."""

    type: ConditionType
    status: ConditionStatus
    reason: Reason
    message: str = ""


def merged(
    previous: Sequence[Condition], said: Iterable[ConditionUpdate], *, generation: int, now: datetime
) -> tuple[Condition, ...]:
    """Put what is said now over what was said before, in the order of the types.

    `lastTransitionTime` moves only where the status changes, so that it tells since when something holds; what nothing
    is said of stays as it was.
    """
    before = {condition.type: condition for condition in previous}
    after = dict(before)
    for one in said:
        known = before.get(one.type)
        after[one.type] = Condition(
            type=one.type,
            status=one.status,
            reason=one.reason,
            message=one.message[:_LONGEST_MESSAGE],
            last_transition_time=known.last_transition_time if known and known.status == one.status else now,
            observed_generation=generation,
        )
    return tuple(after[type_] for type_ in ConditionType if type_ in after)


def find(conditions: Iterable[Condition], type_: ConditionType) -> Condition | None:
    """Give the condition of that type, if it is there."""
    return next((condition for condition in conditions if condition.type == type_), None)


def while_running(what: str) -> tuple[ConditionUpdate, ...]:
    """Say that a pass is under way; Ready keeps what it said, and says nothing at all before the first pass."""
    return (
        ConditionUpdate(ConditionType.RECONCILING, _TRUE, Reason.Running, what),
        ConditionUpdate(ConditionType.STALLED, _FALSE, Reason.Running),
    )


def when_unusable(reason: Reason, message: str) -> tuple[ConditionUpdate, ...]:
    """Say that nothing will happen until a person changes something."""
    return (
        ConditionUpdate(ConditionType.READY, _FALSE, reason, message),
        ConditionUpdate(ConditionType.RECONCILING, _FALSE, reason),
        ConditionUpdate(ConditionType.STALLED, _TRUE, reason, message),
    )


def when_waiting(reason: Reason, message: str) -> tuple[ConditionUpdate, ...]:
    """Say that the pass waits for something that comes by itself, such as the first snapshot."""
    return (
        ConditionUpdate(ConditionType.READY, _UNKNOWN, reason, message),
        ConditionUpdate(ConditionType.RECONCILING, _TRUE, reason, message),
        ConditionUpdate(ConditionType.STALLED, _FALSE, reason),
    )


def when_suspended() -> tuple[ConditionUpdate, ...]:
    """Say that a person keeps the policy from running; that is as it should be, so Ready."""
    message = "spec.suspend is set; nothing runs until it is unset"
    return (
        ConditionUpdate(ConditionType.READY, _TRUE, Reason.Suspended, message),
        ConditionUpdate(ConditionType.RECONCILING, _FALSE, Reason.Suspended),
        ConditionUpdate(ConditionType.STALLED, _FALSE, Reason.Suspended),
    )


def when_failed(reason: Reason, message: str) -> tuple[ConditionUpdate, ...]:
    """Say that the last pass did not go through; the next one tries again."""
    return (
        ConditionUpdate(ConditionType.READY, _FALSE, reason, message),
        ConditionUpdate(ConditionType.RECONCILING, _FALSE, Reason.Idle),
        ConditionUpdate(ConditionType.STALLED, _FALSE, Reason.Idle),
    )


def when_done(message: str) -> tuple[ConditionUpdate, ...]:
    """Say that the last pass went through."""
    return (
        ConditionUpdate(ConditionType.READY, _TRUE, Reason.Succeeded, message),
        ConditionUpdate(ConditionType.RECONCILING, _FALSE, Reason.Idle),
        ConditionUpdate(ConditionType.STALLED, _FALSE, Reason.Idle),
    )


def sources(problems: Sequence[str], reason: Reason = Reason.SourcesIncomplete) -> ConditionUpdate:
    """Say whether every account was listed to its end, and what was not."""
    if problems:
        return ConditionUpdate(ConditionType.SOURCES_REACHABLE, _FALSE, reason, _listed(problems))
    return ConditionUpdate(ConditionType.SOURCES_REACHABLE, _TRUE, Reason.SourcesReachable)


def limits(stopped: Obstacle | None) -> ConditionUpdate:
    """Say whether a limit or the brake keeps deletions back."""
    if stopped is not None:
        return ConditionUpdate(ConditionType.WITHIN_LIMITS, _FALSE, stopped.reason, stopped.message)
    return ConditionUpdate(ConditionType.WITHIN_LIMITS, _TRUE, Reason.WithinLimits)


def compliance(scanned: int, still_open: int) -> ConditionUpdate:
    """Say whether no resource of the policy still asks for something."""
    if still_open:
        message = f"{still_open} of {scanned} resources are not compliant"
        return ConditionUpdate(ConditionType.COMPLIANT, _FALSE, Reason.FindingsOpen, message)
    return ConditionUpdate(ConditionType.COMPLIANT, _TRUE, Reason.Compliant, f"all {scanned} resources are compliant")


def _listed(problems: Sequence[str], shown: int = 5) -> str:
    more = len(problems) - shown
    return "; ".join(problems[:shown]) + (f"; and {more} more" if more > 0 else "")
