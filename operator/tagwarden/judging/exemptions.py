"""Checks that exempt a resource from deletion, regardless of owner and expiry."""

from tagwarden.judging.check import CheckInput, CheckResult, one
from tagwarden.judging.irreplaceable import DIES_WITH_ITS_MANAGER
from tagwarden.model.messages import judgement_messages as messages
from tagwarden.model.own_parts import is_ourselves
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Presence
from tagwarden.model.tags import TagState
from tagwarden.model.verdict import Finding, Verdict
from tagwarden.tagging import format_instant


def has_unreadable_tags(given: CheckInput) -> CheckResult | None:
    """Unreadable tags are not missing tags (S1)."""
    tags = given.resource.tags
    if tags.state is not TagState.UNREADABLE:
        return None
    return one(Verdict.UNDECIDABLE, Reason.TagsUnreadable, messages.UNREADABLE_TAGS(why=tags.why), final=True)


def has_failing_expression(given: CheckInput) -> CheckResult | None:
    """A failed expression leaves open whether the policy covers the resource."""
    if not given.governance.failure:
        return None
    return one(Verdict.UNDECIDABLE, Reason.InvalidExpression, given.governance.failure, final=True)


def is_of_doubtful_account(given: CheckInput) -> CheckResult | None:
    """The declaration of its account is ambiguous (S22)."""
    doubt = given.context.doubt
    return None if doubt is None else one(Verdict.UNDECIDABLE, doubt.reason, doubt.message, final=True)


def may_be_governed_by_unread(given: CheckInput) -> CheckResult | None:
    """An unreadable policy blocks actions on all resources that it may govern (S22)."""
    if not given.governance.unread:
        return None
    message = messages.UNREADABLE_POLICY(policies="; ".join(given.governance.unread))
    return one(Verdict.CONFLICT, Reason.PolicyUnreadable, message)


def belongs_to_unreadable(given: CheckInput) -> CheckResult | None:
    """A parent with unreadable tags may be protected or claimed (S1)."""
    if not given.inherited.unreadable:
        return None
    message = messages.UNREADABLE_PARENT(parent=given.inherited.unreadable)
    return one(Verdict.UNDECIDABLE, Reason.TagsUnreadable, message, final=True)


def belongs_to_uncollected(given: CheckInput) -> CheckResult | None:
    """A parent that was not collected may state the missing owner or expiry (S3)."""
    if not given.inherited.uncollected or not (given.lacks_owner or given.lacks_expiry):
        return None
    if given.resource.manager is not None and not given.is_orphan:
        return None
    message = messages.UNCOLLECTED_PARENT(parent=given.inherited.uncollected)
    return one(Verdict.UNDECIDABLE, Reason.SnapshotIncomplete, message, final=True)


def is_in_conflict(given: CheckInput) -> CheckResult | None:
    """Several policies of the same priority govern the resource, so none of them acts (S16)."""
    if not given.governance.tied_policies:
        return None
    names = ", ".join(sorted((given.policy.name, *given.governance.tied_policies)))
    message = messages.SAME_PRIORITY(policies=names, priority=given.policy.spec.priority)
    return one(Verdict.CONFLICT, Reason.Conflict, message)


def is_protected_by_tag(given: CheckInput) -> CheckResult | None:
    """A tag of the resource protects the resource (S7)."""
    if not given.protecting_tag:
        return None
    return one(Verdict.PROTECTED, Reason.ProtectedByTag, messages.PROTECTED_BY_TAG(tag=given.protecting_tag))


def is_bound_by_parent(given: CheckInput) -> CheckResult | None:
    """A parent is protected, excluded or not for tests, which applies to its children (S7, S21)."""
    if not given.inherited.bound:
        return None
    return one(Verdict.PROTECTED, Reason.ProtectedByGraph, given.inherited.bound)


def is_protected_by_vendor(given: CheckInput) -> CheckResult | None:
    """The vendor protects or owns the resource (S7)."""
    if not given.resource.protection:
        return None
    return one(Verdict.PROTECTED, Reason.ProtectedByVendor, given.resource.protection)


def is_a_part_of_tagwarden(given: CheckInput) -> CheckResult | None:
    """Tagwarden does not delete itself (S7)."""
    if not is_ourselves(given.resource):
        return None
    return one(Verdict.PROTECTED, Reason.ProtectedSelf, messages.PART_OF_TAGWARDEN())


def is_excluded(given: CheckInput) -> CheckResult | None:
    """An exclusion of the policy matches (S7)."""
    if not given.governance.excluded_by:
        return None
    message = messages.EXCLUDED(exclusion=given.governance.excluded_by, policy=given.policy.name)
    return one(Verdict.PROTECTED, Reason.Excluded, message)


def holds_the_irreplaceable(given: CheckInput) -> CheckResult | None:
    """An irreplaceable resource that is managed or untaggable is not judged by its own tags, and still stays (S19).

    The finding tells planning to keep the resource when its manager is deleted for missing tags.
    """
    resource, manager = given.resource, given.resource.manager
    if manager is not None and (manager.kind, resource.kind) in DIES_WITH_ITS_MANAGER:
        return None
    is_asked_no_more = manager is not None or resource.tags.state is TagState.UNTAGGABLE
    spared = given.spared if is_asked_no_more and (given.lacks_owner or given.lacks_expiry) else None
    return CheckResult(Verdict.COMPLIANT, (spared,)) if spared else None


def is_managed(given: CheckInput) -> CheckResult | None:
    """The manager would recreate the resource and is judged instead; an orphan is judged by its own tags."""
    manager = given.resource.manager
    if manager is None:
        return None
    if given.is_orphan:
        return one(Verdict.REPORT, Reason.Orphaned, messages.ORPHANED(manager=manager))
    if manager.presence is Presence.ASSUMED:
        message = messages.MANAGED(manager=manager)
    else:
        message = messages.MANAGER_NOT_FOUND(manager=manager)
    managed = Finding(Reason.Managed, message)
    claim = own_claim_of_member(given)
    return CheckResult(Verdict.MANAGED, (managed,) if claim is None else (managed, claim), final=True)


def is_untaggable(given: CheckInput) -> CheckResult | None:
    """The resource follows its parent and is never deleted for missing tags."""
    if given.resource.tags.state is not TagState.UNTAGGABLE:
        return None
    if given.inherits_owner or given.inherits_expiry:
        return CheckResult(Verdict.COMPLIANT, inherited_findings(given), final=True)
    message = messages.UNTAGGABLE()
    return one(Verdict.REPORT, Reason.Untaggable, message, final=True)


def own_claim_of_member(given: CheckInput) -> Finding | None:
    """Report an owner or expiry in the tags of a managed resource beyond those of its manager (S8).

    A group propagates tags to its members: the same owner, or a past expiry, is no claim of the member. An expiry that
    is in the future or unreadable is a claim.
    """
    reading, now = given.reading, given.context.now
    if reading.expiry_stated and not reading.expiry_guessed:
        expires = given.expires
        if expires is None or expires > now or given.is_doubtful:
            owner = reading.owner or messages.UNKNOWN_OWNER()
            if expires is None:
                return Finding(Reason.OwnClaim, messages.CLAIMED_WITH_UNREADABLE_EXPIRY(owner=owner))
            return Finding(Reason.OwnClaim, messages.CLAIMED_UNTIL(owner=owner, expires=format_instant(expires)))
        if given.context.rules.expired.deletes:
            return None
    if reading.owner_stated and (reading.owner is None or reading.owner != given.inherited.owner):
        message = messages.CLAIMED_BY(owner=reading.owner) if reading.owner else messages.CLAIMED_BY_UNREADABLE()
        return Finding(Reason.OwnClaim, message)
    if reading.owner_guess and not given.inherited.states_owner and not given.inherited.perhaps_from:
        return Finding(Reason.OwnClaim, messages.PERHAPS_CLAIMED(guess=reading.owner_guess))
    return None


def inherited_findings(given: CheckInput) -> tuple[Finding, ...]:
    """Name the inherited values and their parents."""
    wanted = {Reason.InheritedOwner: given.inherits_owner, Reason.InheritedExpiry: given.inherits_expiry}
    return tuple(finding for finding in given.inherited.findings if wanted[finding.reason])
