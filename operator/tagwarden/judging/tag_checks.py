"""Checks of what the tags say, none of which deletes anything."""

from tagwarden.judging.case import Case
from tagwarden.judging.hands_off import inheritance
from tagwarden.judging.opinion import Check, Opinion, untouchable
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Confidence, Finding, Verdict, Withheld
from tagwarden.tagging import format_instant

# See `deletions` of what these spare.
_TOO_LONG, _MALFORMED = Reason.TooLong, Reason.MalformedExpiry
_SHORTEN, _FIX, _REPORT, _COMPLIANT = Verdict.SHORTEN, Verdict.FIX, Verdict.REPORT, Verdict.COMPLIANT
_READABLE = frozenset({Reason.NonCanonicalKey, Reason.NonCanonicalExpiry, Reason.NonCanonicalOwner})
"""Other ways to write the same, which nobody can mistake."""
_new = tuple.__new__


def is_too_long(case: Case) -> Opinion | None:
    """The maximum holds for the instant that results, in whatever way it was written."""
    finding = _beyond_maximum(case) if case.allowed is not None else None
    if finding is None:
        return None
    if case.intent is not None and case.intent.rule is _TOO_LONG:
        return _new(Opinion, (_SHORTEN, (finding,), None, None, False))
    if case.around.allows_harm:
        return Opinion(Verdict.REPORT, (finding,))
    forbidden = untouchable(case)
    return Opinion(Verdict.REPORT, (finding, forbidden), withheld=Withheld(*forbidden))


def _beyond_maximum(case: Case) -> Finding | None:
    allowed, expires = case.allowed, case.expires
    if allowed is None or case.inherits_expiry:
        return None
    if case.never:
        return Finding(Reason.NeverExpires, f"it never expires; the policy allows {format_instant(allowed)}")
    if expires is None or expires <= allowed or expires <= case.around.now:
        return None
    message = f"it expires at {format_instant(expires)}; the policy allows {format_instant(allowed)}"
    if expires <= case.around.earliest:
        message += ", and what is left is no more than every shortened lifetime keeps"
    return _new(Finding, (_TOO_LONG, message))


def is_not_canonical(case: Case) -> Opinion | None:
    """The tags hold more than owner and expiry in their canonical form."""
    reading = case.reading
    findings = reading.owner_findings + reading.expiry_findings
    if reading.is_canonical and not findings:
        return None
    if not case.around.demands.rewrites and _is_left_alone(case, findings):
        return _new(Opinion, (_COMPLIANT, findings, None, None, False))
    assumes = case.intent is not None and case.intent.rule is _MALFORMED
    fixes = case.around.demands.fixes and (bool(reading.repairs) or assumes)
    fills_in = reading.expiry_guessed and case.intent is not None
    return _new(Opinion, (_FIX if fixes or fills_in else _REPORT, findings, None, None, False))


def _is_left_alone(case: Case, findings: tuple[Finding, ...]) -> bool:
    """Whether everything reads without doubt: rewriting it would fight whatever writes it again and again.

    A relative expiry of something whose creation nobody knows would drift with what is remembered of it.
    """
    reading = case.reading
    drifts = reading.counts_from_creation and case.resource.created is None
    return not drifts and all(
        [
            *(finding.reason in _READABLE for finding in findings),
            *(repair.rule in _READABLE and repair.confidence is Confidence.CERTAIN for repair in reading.repairs),
        ]
    )


def is_put_back(case: Case) -> Opinion | None:
    """Others undid our last write; to write it again every pass would never end."""
    return Opinion(Verdict.REPORT, (case.put_back,)) if case.put_back is not None else None


def has_inherited(case: Case) -> Opinion | None:
    """What it belongs to speaks for it; nothing is written."""
    found = inheritance(case) if case.legacy.told else ()
    return Opinion(Verdict.COMPLIANT, found) if found else None


TAG_CHECKS: tuple[Check, ...] = (is_too_long, is_not_canonical, is_put_back, has_inherited)
