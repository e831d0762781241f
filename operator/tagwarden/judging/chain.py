"""The chain of checks, and the single verdict that results."""

from tagwarden.judging.check import Check, CheckInput, CheckResult
from tagwarden.judging.deletions import is_expired, is_unclaimed
from tagwarden.judging.exemptions import (
    belongs_to_uncollected,
    belongs_to_unreadable,
    has_failing_expression,
    has_unreadable_tags,
    holds_the_irreplaceable,
    is_a_part_of_tagwarden,
    is_bound_by_parent,
    is_excluded,
    is_in_conflict,
    is_managed,
    is_of_doubtful_account,
    is_protected_by_tag,
    is_protected_by_vendor,
    is_untaggable,
    may_be_governed_by_unread,
)
from tagwarden.judging.tag_checks import has_inherited, is_not_canonical, is_put_back, is_too_long
from tagwarden.judging.tag_repair import Write, untouched_stack, write_of
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Finding, Judgement, Verdict, Withheld

CHECKS: tuple[Check, ...] = (
    # Undecidable: no later check can be trusted, so each of these five ends the chain.
    is_of_doubtful_account,  # two declarations claim the account, or a declaration is unreadable (S22)
    has_unreadable_tags,  # unreadable tags are not missing tags (S1)
    has_failing_expression,  # `where` of the scope or of an exclusion failed for this resource
    belongs_to_unreadable,  # the unreadable tags of the parent may protect or claim the resource (S1)
    belongs_to_uncollected,  # owner or expiry is missing, and the parent that may state it was not collected (S3)
    # Conflict: more than one policy may govern the resource, so none of them acts.
    may_be_governed_by_unread,  # an unreadable policy may govern the resource (S22)
    is_in_conflict,  # another policy of the same priority governs the resource (S16)
    # Protected: a tag, a parent, the vendor or the policy keeps the resource.
    is_protected_by_tag,  # by a tag of the resource itself (S7, S24)
    is_bound_by_parent,  # the parent is protected, excluded or not for tests (S7, S21)
    is_protected_by_vendor,  # by the vendor, or as a foundation of the account (S7, S20)
    is_a_part_of_tagwarden,  # Tagwarden does not delete itself (S7)
    is_excluded,  # the policy's own `exclude` matches (S7)
    # The resource is not judged by its own tags.
    holds_the_irreplaceable,  # adds only a finding: planning keeps the data when the manager is deleted (S19)
    is_managed,  # the manager would recreate the resource and is judged instead (S13); ends the chain
    is_untaggable,  # the kind has no tags, so the parent decides; ends the chain
    # Delete or Pending: the only two checks that can lead to a deletion.
    is_expired,  # the written expiry has passed; asked first, since the first rule that deletes decides
    is_unclaimed,  # owner, expiry or both are missing and not inherited (S4, S19)
    # Shorten, Fix, Report or Compliant: the tags themselves.
    is_too_long,  # the expiry is beyond the policy's maximum
    is_not_canonical,  # keys or values are misspelt, malformed or in another form
    is_put_back,  # the last correction was undone, so no second one is written
    has_inherited,  # names the parent that states owner or expiry
)
"""All checks, in their order."""

_TAG_CHECKS: tuple[Check, ...] = CHECKS[CHECKS.index(is_expired) :]
_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}
_LEAST = _RANK[Verdict.COMPLIANT]
_NO_RESULT = CheckResult(Verdict.COMPLIANT, ())
_WRITES = frozenset({Verdict.SHORTEN, Verdict.FIX})
_new = tuple.__new__


def decide(given: CheckInput, checks: tuple[Check, ...] | None = None) -> Judgement:
    """Ask the checks. The gravest verdict holds, the first of equals, and all findings are kept.

    If several rules delete, the first rule decides, so that waiting periods do not add up.
    """
    if checks is None:
        # No exemption applies to an ordinary resource, and most resources are ordinary.
        checks = _TAG_CHECKS if given.is_ordinary else CHECKS
    decisive, gravest = _NO_RESULT, _LEAST
    findings: list[Finding] = []
    has_deletion = False
    for check in checks:
        result = check(given)
        if result is None:
            continue
        findings += result.findings
        if result.deletion is not None:
            if has_deletion:
                continue
            has_deletion = True
        rank = _RANK[result.verdict]
        if rank < gravest:
            decisive, gravest = result, rank
        if result.final:
            break
    distinct = tuple(dict.fromkeys(findings) if len(findings) > 1 else findings)
    verdict = decisive.verdict
    if verdict in _WRITES:
        return _with_write(given, verdict, distinct)
    return _judgement(given, verdict, distinct, None, decisive.deletion, decisive.withheld)


def _with_write(given: CheckInput, verdict: Verdict, findings: tuple[Finding, ...]) -> Judgement:
    """Give the verdict with its write; if the write is refused or nothing is left to write, give a report."""
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
    # See `gather` for the reason of a tuple.
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
        given.context.environment,
    )
    return _new(Judgement, fields)
