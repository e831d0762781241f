"""The chain of checks, and the one verdict that comes of it."""

from collections.abc import Iterable

from tagwarden.judging.case import Case
from tagwarden.judging.deletions import DELETIONS
from tagwarden.judging.hands_off import HANDS_OFF
from tagwarden.judging.opinion import Check, Opinion
from tagwarden.judging.tag_checks import TAG_CHECKS
from tagwarden.judging.writing import Write, write_of
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Finding, Judgement, Verdict, Withheld

CHECKS: tuple[Check, ...] = (*HANDS_OFF, *DELETIONS, *TAG_CHECKS)
"""Every check, in the order in which they are asked."""

_SPEAKING: tuple[Check, ...] = (*DELETIONS, *TAG_CHECKS)
_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}
_WRITES = (Verdict.SHORTEN, Verdict.FIX)


def decide(case: Case, checks: tuple[Check, ...] | None = None) -> Judgement:
    """Ask the checks; the gravest verdict holds, the first of equals, and everything said is kept."""
    if checks is None:
        # Those that keep hands off have nothing to say of what is ordinary, which most resources are.
        checks = _SPEAKING if case.is_ordinary else CHECKS
    opinions = _opinions(case, checks)
    if not opinions:
        return _judgement(case, Verdict.COMPLIANT)
    ruling, findings = opinions[0], opinions[0].findings
    if len(opinions) > 1:
        ruling = min(opinions, key=_rank)
        findings = tuple(dict.fromkeys([finding for opinion in opinions for finding in opinion.findings]))
    if ruling.verdict in _WRITES:
        return _with_write(case, ruling.verdict, findings, opinions)
    return _judgement(case, ruling.verdict, findings, deletion=ruling.deletion, withheld=ruling.withheld)


def _rank(opinion: Opinion) -> int:
    return _RANK[opinion.verdict]


def _opinions(case: Case, checks: tuple[Check, ...]) -> list[Opinion]:
    """Ask in order. Of several rules that delete the first one decides, so that another's waiting does not add up."""
    opinions: list[Opinion] = []
    is_doomed = False
    for check in checks:
        opinion = check(case)
        if opinion is None:
            continue
        if opinion.deletion is not None:
            opinion = Opinion(Verdict.REPORT, opinion.findings) if is_doomed else opinion
            is_doomed = True
        opinions.append(opinion)
        if opinion.final:
            break
    return opinions


def _with_write(case: Case, verdict: Verdict, findings: tuple[Finding, ...], opinions: Iterable[Opinion]) -> Judgement:
    """Give the verdict with its write; where the place does not allow it or nothing is left to write, report."""
    written = write_of(case)
    if isinstance(written, Finding):
        return _judgement(case, Verdict.REPORT, (*findings, written), withheld=Withheld(*written))
    if not written.changes:
        withheld = next((opinion.withheld for opinion in opinions if opinion.withheld), None)
        return _judgement(case, Verdict.REPORT, findings, withheld=withheld)
    return _judgement(case, verdict, findings, written)


def _judgement(
    case: Case,
    verdict: Verdict,
    findings: tuple[Finding, ...] = (),
    written: Write | None = None,
    *,
    deletion: Reason | None = None,
    withheld: Withheld | None = None,
) -> Judgement:
    return Judgement(
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
