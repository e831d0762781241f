"""The chain of checks, and the one verdict that comes of it."""

from tagwarden.judging.case import Case
from tagwarden.judging.deletions import DELETIONS
from tagwarden.judging.hands_off import HANDS_OFF
from tagwarden.judging.opinion import Check, Opinion
from tagwarden.judging.tag_checks import TAG_CHECKS
from tagwarden.judging.writing import Write, untouched_stack, write_of
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Finding, Judgement, Verdict, Withheld

CHECKS: tuple[Check, ...] = (*HANDS_OFF, *DELETIONS, *TAG_CHECKS)
"""Every check, in the order in which they are asked."""

_SPEAKING: tuple[Check, ...] = (*DELETIONS, *TAG_CHECKS)
_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}
_LEAST = _RANK[Verdict.COMPLIANT]
_NOTHING_SAID = Opinion(Verdict.COMPLIANT, ())
_SHORTEN, _FIX = Verdict.SHORTEN, Verdict.FIX
_new = tuple.__new__


def decide(case: Case, checks: tuple[Check, ...] | None = None) -> Judgement:
    """Ask the checks; the gravest verdict holds, the first of equals, and everything said is kept.

    Of several rules that delete, the first one decides, so that the waiting of another does not add up.
    """
    if checks is None:
        # Those that keep hands off have nothing to say of what is ordinary, which most resources are.
        checks = _SPEAKING if case.is_ordinary else CHECKS
    ruling, gravest = _NOTHING_SAID, _LEAST
    findings: list[Finding] = []
    is_doomed = False
    for check in checks:
        opinion = check(case)
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
        return _with_write(case, verdict, said)
    return _judgement(case, verdict, said, None, ruling.deletion, ruling.withheld)


def _with_write(case: Case, verdict: Verdict, findings: tuple[Finding, ...]) -> Judgement:
    """Give the verdict with its write; where the place does not allow it or nothing is left to write, report."""
    kept = case.put_back or untouched_stack(case)
    if kept is not None:
        return _judgement(case, Verdict.REPORT, (*dict.fromkeys((*findings, kept)),), None, None, Withheld(*kept))
    written = write_of(case)
    if isinstance(written, Finding):
        return _judgement(case, Verdict.REPORT, (*findings, written), None, None, Withheld(*written))
    if not written.changes:
        return _judgement(case, Verdict.REPORT, findings, None, None, None)
    return _judgement(case, verdict, findings, written, None, None)


def _judgement(
    case: Case,
    verdict: Verdict,
    findings: tuple[Finding, ...],
    written: Write | None,
    deletion: Reason | None,
    withheld: Withheld | None,
) -> Judgement:
    # A named tuple takes half as long from a tuple as from its fields.
    fields = (
        case.resource.uid,
        verdict,
        findings,
        case.owner,
        case.intent.expires if written and case.intent else case.expires,
        written.repairs if written else (),
        written.changes if written else None,
        deletion,
        withheld,
        case.around.environment,
    )
    return _new(Judgement, fields)
