"""The chain of checks, and the one verdict that comes of it."""

from collections.abc import Iterable

from tagwarden.judging.case import Case
from tagwarden.judging.deletions import DELETIONS
from tagwarden.judging.hands_off import HANDS_OFF
from tagwarden.judging.opinion import Check, Opinion
from tagwarden.judging.tag_checks import TAG_CHECKS
from tagwarden.judging.writing import Write, write_of
from tagwarden.model.verdict import Finding, Judgement, Verdict, Withheld

CHECKS: tuple[Check, ...] = (*HANDS_OFF, *DELETIONS, *TAG_CHECKS)
"""Every check, in the order in which they are asked."""

_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}
_WRITES = (Verdict.SHORTEN, Verdict.FIX)


def decide(case: Case) -> Judgement:
    """Ask every check; the gravest verdict holds, the first of equals, and everything said is kept."""
    opinions = _opinions(case)
    if not opinions:
        return _judgement(case, Verdict.COMPLIANT)
    ruling = min(opinions, key=lambda opinion: _RANK[opinion.verdict])
    findings = tuple(dict.fromkeys(finding for opinion in opinions for finding in opinion.findings))
    if ruling.verdict in _WRITES:
        return _with_write(case, ruling.verdict, findings, opinions)
    withheld = ruling.withheld
    return _judgement(case, ruling.verdict, findings)._replace(deletion=ruling.deletion, withheld=withheld)


def _opinions(case: Case) -> list[Opinion]:
    """Ask in order. Of several rules that delete the first one decides, so that another's waiting does not add up."""
    opinions: list[Opinion] = []
    is_doomed = False
    for check in CHECKS:
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
        return _judgement(case, Verdict.REPORT, (*findings, written))._replace(withheld=Withheld(*written))
    if not written.changes:
        withheld = next((opinion.withheld for opinion in opinions if opinion.withheld), None)
        return _judgement(case, Verdict.REPORT, findings)._replace(withheld=withheld)
    return _judgement(case, verdict, findings, written)


def _judgement(
    case: Case, verdict: Verdict, findings: tuple[Finding, ...] = (), written: Write | None = None
) -> Judgement:
    return Judgement(
        uid=case.resource.uid,
        verdict=verdict,
        findings=findings,
        owner=case.owner,
        expires=case.intent.expires if written and case.intent else case.expires,
        repairs=written.repairs if written else (),
        changes=written.changes if written else None,
        environment=case.around.environment,
    )
