"""The checks of owner and expiry tags; none of them deletes."""

from tagwarden.judging.check import CheckInput, CheckResult, environment_forbids
from tagwarden.judging.exemptions import inherited_findings
from tagwarden.model.messages import judgement_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Confidence, Finding, Verdict, Withheld
from tagwarden.tagging import format_instant

_READABLE = frozenset({Reason.NonCanonicalKey, Reason.NonCanonicalExpiry, Reason.NonCanonicalOwner})
"""Reasons of unambiguous tags: another documented key or form."""


def is_too_long(given: CheckInput) -> CheckResult | None:
    """The expiry, in any form, is beyond the maximum."""
    finding = _beyond_maximum(given) if given.allowed is not None else None
    if finding is None:
        return None
    if given.target is not None and given.target.rule is Reason.TooLong:
        return CheckResult(Verdict.SHORTEN, (finding,))
    if given.context.allows_deletion:
        return CheckResult(Verdict.REPORT, (finding,))
    forbidden = environment_forbids(given)
    return CheckResult(Verdict.REPORT, (finding, forbidden), withheld=Withheld(*forbidden))


def _beyond_maximum(given: CheckInput) -> Finding | None:
    allowed, expires = given.allowed, given.expires
    if allowed is None:
        return None
    if given.never:
        return Finding(Reason.NeverExpires, messages.NEVER_EXPIRES(allowed=format_instant(allowed)))
    if expires is None or expires <= allowed or expires <= given.context.now:
        return None
    message = messages.TOO_LONG_BUT_SOON if expires <= given.context.earliest else messages.TOO_LONG
    return Finding(Reason.TooLong, message(expires=format_instant(expires), allowed=format_instant(allowed)))


def is_not_canonical(given: CheckInput) -> CheckResult | None:
    """The tags are not just owner and expiry in canonical form."""
    reading = given.reading
    findings = reading.owner_findings + reading.expiry_findings
    if reading.is_canonical and not findings:
        return None
    if not given.context.rules.rewrites and _is_left_alone(given, findings):
        return CheckResult(Verdict.COMPLIANT, findings)
    assumes = given.target is not None and given.target.rule is Reason.MalformedExpiry
    fixes = given.context.rules.fixes and (bool(reading.repairs) or assumes)
    fills_in = reading.expiry_guessed and given.target is not None
    return CheckResult(Verdict.FIX if fixes or fills_in else Verdict.REPORT, findings)


def _is_left_alone(given: CheckInput, findings: tuple[Finding, ...]) -> bool:
    """Whether all tags are unambiguous: tools that restore their tags would undo every rewrite.

    A relative expiry is rewritten if the creation time is unknown, since the instant depends on the history.
    """
    reading = given.reading
    drifts = reading.counts_from_creation and given.resource.created is None
    return not drifts and all(
        [
            *(finding.reason in _READABLE for finding in findings),
            *(repair.rule in _READABLE and repair.confidence is Confidence.CERTAIN for repair in reading.repairs),
        ]
    )


def is_put_back(given: CheckInput) -> CheckResult | None:
    """Others undid the last write; a second write would repeat on every pass."""
    return CheckResult(Verdict.REPORT, (given.put_back,)) if given.put_back is not None else None


def has_inherited(given: CheckInput) -> CheckResult | None:
    """A parent states owner and expiry; no tag is written."""
    found = inherited_findings(given) if given.inherited.findings else ()
    return CheckResult(Verdict.COMPLIANT, found) if found else None
