"""The lines of a report for people: the most severe open findings, and the failures."""

from collections.abc import Iterable, Sequence

from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.status import FINDINGS_SHOWN
from tagwarden.model.verdict import Verdict
from tagwarden.reporting.aftermath import After, asks

_LONGEST = 1024
_GRAVITY = {
    verdict: place
    for place, verdict in enumerate(
        (
            Verdict.DELETE,
            Verdict.MANAGED,
            Verdict.CONFLICT,
            Verdict.UNDECIDABLE,
            Verdict.PENDING,
            Verdict.SHORTEN,
            Verdict.FIX,
            Verdict.REPORT,
            Verdict.PROTECTED,
            Verdict.COMPLIANT,
        )
    )
}


def finding_lines(aftermath: Iterable[After]) -> tuple[str, ...]:
    """Give the first lines: open findings before handled ones, each the most severe first."""
    told = sorted((after for after in aftermath if after.is_open or _asked(after)), key=_place)
    return _bounded([_finding(after) for after in told[:FINDINGS_SHOWN]], len(told))


def failure_lines(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """Give the first failed actions, in the order of execution."""
    failed = [outcome for outcome in outcomes if outcome.state is ActionState.FAILED]
    return _bounded([_failure(outcome) for outcome in failed[:FINDINGS_SHOWN]], len(failed))


def _bounded(lines: Sequence[str], total: int) -> tuple[str, ...]:
    shown = [line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…" for line in lines]
    more = total - len(shown)
    return (*shown, f"and {more} more") if more else tuple(shown)


def _asked(after: After) -> bool:
    """Whether the resource needed an action before the pass."""
    return asks(after.planned.judgement, after.planned.withheld)


def _place(after: After) -> tuple[bool, int, str, str]:
    resource = after.planned.resource
    return not after.is_open, _GRAVITY[after.planned.judgement.verdict], resource.kind, resource.name or resource.id


def _finding(after: After) -> str:
    resource = after.planned.resource
    # A finished action is shown with the cause, an open resource with the remaining work.
    judgement = after.judgement if after.judgement is not None and after.is_open else after.planned.judgement
    where = resource.namespace or resource.region
    name = f"{resource.kind} {resource.name or resource.id}" + (f" in {where}" if where else "")
    said = [finding.message or finding.reason for finding in judgement.findings]
    if after.withheld is not None:
        said.append(f"withheld, {after.withheld.reason}: {after.withheld.message}")
    became = _became_of_open(after.outcome) if after.is_open else _became_of_done(after.outcome)
    return f"{resource.account}: {name}: {judgement.verdict}: {'; '.join(filter(None, (*said, became)))}"


def _became_of_open(outcome: Outcome | None) -> str:
    if outcome is None or outcome.is_done:
        return ""
    return f"{outcome.state.lower()}, {outcome.reason}: {outcome.message}"


def _became_of_done(outcome: Outcome | None) -> str:
    if outcome is None:
        return "deleted with its parent"
    return "already gone" if outcome.found_nothing else "done"


def _failure(outcome: Outcome) -> str:
    return f"{outcome.action.type} {outcome.action.uid}: {outcome.message or outcome.reason}"
