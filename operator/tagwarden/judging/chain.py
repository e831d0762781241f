"""The chain of checks, and the one verdict that comes of it."""

from tagwarden.judging.check_input import CheckInput
from tagwarden.judging.check_result import Check, CheckResult
from tagwarden.judging.deletions import DELETIONS
from tagwarden.judging.exemptions import HANDS_OFF
from tagwarden.judging.tag_checks import TAG_CHECKS
from tagwarden.judging.writing import Write, untouched_stack, write_of
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Finding, Judgement, Verdict, Withheld

CHECKS: tuple[Check, ...] = (*HANDS_OFF, *DELETIONS, *TAG_CHECKS)
"""Every check, in the order in which they are asked."""

_SPEAKING: tuple[Check, ...] = (*DELETIONS, *TAG_CHECKS)
_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}
_LEAST = _RANK[Verdict.COMPLIANT]
_NOTHING_SAID = CheckResult(Verdict.COMPLIANT, ())
_SHORTEN, _FIX = Verdict.SHORTEN, Verdict.FIX
_new = tuple.__new__


def decide(given: CheckInput, checks: tuple[Check, ...] | None = None) -> Judgement:
    """Ask the checks; the gravest verdict holds, the first of equals, and everything said is kept.

    Of several rules that delete, the first one decides, so that the waiting of another does not add up.
    """
    if checks is None:
        # Those that keep hands off have nothing to say of what is ordinary, which most resources are.
        checks = _SPEAKING if given.is_ordinary else CHECKS
    ruling, gravest = _NOTHING_SAID, _LEAST
    findings: list[Finding] = []
    is_doomed = False
    for check in checks:
        opinion = check(given)
        if opinion is None:
            continue
        findings += opinion.findings
        if opinion.deletion is not None:
            if is_doomed:
                continue
            is_doomed = True
        rank = _RANK[opinion.verdict]
        if rank < gravest:
            ruling, gravest = opinion, rank
        if opinion.final:
            break
    said = tuple(dict.fromkeys(findings) if len(findings) > 1 else findings)
    verdict = ruling.verdict
    if verdict is _SHORTEN or verdict is _FIX:
        return _with_write(given, verdict, said)
    return _judgement(given, verdict, said, None, ruling.deletion, ruling.withheld)


def _with_write(given: CheckInput, verdict: Verdict, findings: tuple[Finding, ...]) -> Judgement:
    """Give the verdict with its write; where the place does not allow it or nothing is left to write, report."""
    kept = given.put_back or untouched_stack(given)
    if kept is not None:
        return _judgement(given, Verdict.REPORT, (*dict.fromkeys((*findings, kept)),), None, None, Withheld(*kept))
    written = write_of(given)
    if isinstance(written, Finding):
        return _judgement(given, Verdict.REPORT, (*findings, written), None, None, Withheld(*written))
    if not written.changes:
        return _judgement(given, Verdict.REPORT, findings, None, None, None)
    return _judgement(given, verdict, findings, written, None, None)


def _judgement(
    given: CheckInput,
    verdict: Verdict,
    findings: tuple[Finding, ...],
    written: Write | None,
    deletion: Reason | None,
    withheld: Withheld | None,
) -> Judgement:
    # A named tuple takes half as long from a tuple as from its fields.
    fields = (
        given.resource.uid,
        verdict,
        findings,
        given.owner,
        given.target.expires if written and given.target else given.expires,
        written.repairs if written else (),
        written.changes if written else None,
        deletion,
        withheld,
        given.around.environment,
    )
    return _new(Judgement, fields)
