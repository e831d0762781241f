"""The conditions of policies and accounts, as pure functions of their state.

`Ready` means that the spec is valid and the last pass completed. Failures of single resources appear in an event, the
findings, `summary.failed` and metrics, and do not make the policy unready. `Reconciling` and `Stalled` are present only
while true, following kstatus. `Compliant` describes the resources, never the policy.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tagwarden.model.messages import condition_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.report import Obstacle
from tagwarden.model.status import Condition, ConditionStatus, ConditionType

_LONGEST_MESSAGE = 4096
_TRUE, _FALSE, _UNKNOWN = ConditionStatus.TRUE, ConditionStatus.FALSE, ConditionStatus.UNKNOWN


@dataclass(frozen=True, slots=True)
class ConditionUpdate:
    """A condition without the transition time."""

    type: ConditionType
    status: ConditionStatus
    reason: Reason
    message: str = ""


def merged(
    previous: Sequence[Condition], said: Iterable[ConditionUpdate], *, generation: int, now: datetime
) -> tuple[Condition, ...]:
    """Merge new conditions over the previous ones, in the order of the types.

    `lastTransitionTime` changes only with the status. Conditions without a new value stay unchanged.
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
    """Give the condition of that type, if present."""
    return next((condition for condition in conditions if condition.type == type_), None)


def while_running(activity: str) -> tuple[ConditionUpdate, ...]:
    """Give the conditions of a running pass; Ready stays unchanged, or absent before the first pass."""
    return (
        ConditionUpdate(ConditionType.RECONCILING, _TRUE, Reason.Running, activity),
        ConditionUpdate(ConditionType.STALLED, _FALSE, Reason.Running),
    )


def when_unusable(reason: Reason, message: str) -> tuple[ConditionUpdate, ...]:
    """Give the conditions of an obstacle that only a person can remove."""
    return (
        ConditionUpdate(ConditionType.READY, _FALSE, reason, message),
        ConditionUpdate(ConditionType.RECONCILING, _FALSE, reason),
        ConditionUpdate(ConditionType.STALLED, _TRUE, reason, message),
    )


def when_waiting(reason: Reason, message: str) -> tuple[ConditionUpdate, ...]:
    """Give the conditions of a pass that waits for a temporary obstacle, such as a missing first snapshot."""
    return (
        ConditionUpdate(ConditionType.READY, _UNKNOWN, reason, message),
        ConditionUpdate(ConditionType.RECONCILING, _TRUE, reason, message),
        ConditionUpdate(ConditionType.STALLED, _FALSE, reason),
    )


def when_suspended() -> tuple[ConditionUpdate, ...]:
    """Give the conditions of a suspended policy: Ready, since the suspension is intended."""
    message = messages.SUSPENDED()
    return (
        ConditionUpdate(ConditionType.READY, _TRUE, Reason.Suspended, message),
        ConditionUpdate(ConditionType.RECONCILING, _FALSE, Reason.Suspended),
        ConditionUpdate(ConditionType.STALLED, _FALSE, Reason.Suspended),
    )


def when_failed(reason: Reason, message: str) -> tuple[ConditionUpdate, ...]:
    """Give the conditions after a failed pass; the next pass tries again."""
    return (
        ConditionUpdate(ConditionType.READY, _FALSE, reason, message),
        ConditionUpdate(ConditionType.RECONCILING, _FALSE, Reason.Idle),
        ConditionUpdate(ConditionType.STALLED, _FALSE, Reason.Idle),
    )


def when_done(message: str) -> tuple[ConditionUpdate, ...]:
    """Give the conditions after a completed pass."""
    return (
        ConditionUpdate(ConditionType.READY, _TRUE, Reason.Succeeded, message),
        ConditionUpdate(ConditionType.RECONCILING, _FALSE, Reason.Idle),
        ConditionUpdate(ConditionType.STALLED, _FALSE, Reason.Idle),
    )


def sources(problems: Sequence[str], reason: Reason = Reason.SourcesIncomplete) -> ConditionUpdate:
    """Say whether every account was listed completely, with the failures."""
    if problems:
        return ConditionUpdate(ConditionType.SOURCES_REACHABLE, _FALSE, reason, _listed(problems))
    return ConditionUpdate(ConditionType.SOURCES_REACHABLE, _TRUE, Reason.SourcesReachable)


def limits(stopped: Obstacle | None) -> ConditionUpdate:
    """Say whether a limit or the anomaly brake withholds deletions."""
    if stopped is not None:
        return ConditionUpdate(ConditionType.WITHIN_LIMITS, _FALSE, stopped.reason, stopped.message)
    return ConditionUpdate(ConditionType.WITHIN_LIMITS, _TRUE, Reason.WithinLimits)


def compliance(scanned: int, still_open: int) -> ConditionUpdate:
    """Say whether all governed resources are compliant."""
    if still_open:
        message = messages.NOT_COMPLIANT(open=still_open, scanned=scanned)
        return ConditionUpdate(ConditionType.COMPLIANT, _FALSE, Reason.FindingsOpen, message)
    message = messages.ALL_COMPLIANT(scanned=scanned)
    return ConditionUpdate(ConditionType.COMPLIANT, _TRUE, Reason.Compliant, message)


def _listed(problems: Sequence[str], shown: int = 5) -> str:
    text, more = "; ".join(problems[:shown]), len(problems) - shown
    return messages.MORE(shown=text, more=more) if more > 0 else text
