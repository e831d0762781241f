"""Checks that keep hands off a resource, whatever its tags say of owner and expiry."""

from tagwarden.judging.case import Case
from tagwarden.judging.irreplaceable import DIES_WITH_ITS_MANAGER
from tagwarden.judging.opinion import Check, Opinion, one
from tagwarden.model.ourselves import is_ourselves
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Presence
from tagwarden.model.tags import TagState
from tagwarden.model.verdict import Finding, Verdict
from tagwarden.tagging import format_instant


def has_unreadable_tags(case: Case) -> Opinion | None:
    """Tags that nobody could read are not missing (S1)."""
    tags = case.resource.tags
    if tags.state is not TagState.UNREADABLE:
        return None
    return one(Verdict.UNDECIDABLE, Reason.TagsUnreadable, f"the tags could not be read: {tags.why}", final=True)


def has_failing_expression(case: Case) -> Opinion | None:
    """Nobody knows whether the policy means this resource."""
    if not case.standing.failure:
        return None
    return one(Verdict.UNDECIDABLE, Reason.InvalidExpression, case.standing.failure, final=True)


def is_of_doubtful_account(case: Case) -> Opinion | None:
    """Nobody knows which declaration of its account holds (S22)."""
    doubt = case.around.doubt
    return None if doubt is None else one(Verdict.UNDECIDABLE, doubt.reason, doubt.message, final=True)


def may_be_governed_by_unread(case: Case) -> Opinion | None:
    """A policy that nobody can read holds what it might govern (S22)."""
    if not case.standing.unread:
        return None
    message = f"a CleanupPolicy that cannot be read may govern it; correct or delete {'; '.join(case.standing.unread)}"
    return one(Verdict.CONFLICT, Reason.PolicyUnreadable, message)


def belongs_to_unreadable(case: Case) -> Opinion | None:
    """What it belongs to may be protected or claimed, for all that anybody could read (S1)."""
    if not case.legacy.unreadable:
        return None
    message = f"it belongs to {case.legacy.unreadable}, whose tags could not be read"
    return one(Verdict.UNDECIDABLE, Reason.TagsUnreadable, message, final=True)


def belongs_to_uncollected(case: Case) -> Opinion | None:
    """What is missing here may be stated by something that was not collected (S3)."""
    if not case.legacy.uncollected or not (case.lacks_owner or case.lacks_expiry):
        return None
    if case.resource.manager is not None and not case.is_orphan:
        return None
    message = f"it belongs to {case.legacy.uncollected}, which was not collected and may state its owner and expiry"
    return one(Verdict.UNDECIDABLE, Reason.SnapshotIncomplete, message, final=True)


def is_in_conflict(case: Case) -> Opinion | None:
    """Policies of the same priority govern it, so none of them acts (S16)."""
    if not case.standing.contenders:
        return None
    names = ", ".join(sorted((case.policy.name, *case.standing.contenders)))
    message = f"policies {names} govern it with priority {case.policy.spec.priority}; give one of them another"
    return one(Verdict.CONFLICT, Reason.Conflict, message)


def is_protected_by_tag(case: Case) -> Opinion | None:
    """Its own tag protects it (S7)."""
    if not case.protecting_tag:
        return None
    return one(Verdict.PROTECTED, Reason.ProtectedByTag, f"it carries {case.protecting_tag}")


def is_bound_by_parent(case: Case) -> Opinion | None:
    """What it belongs to is protected, excluded or not for tests, and with it all that belongs to that (S7, S21)."""
    if not case.legacy.bound:
        return None
    return one(Verdict.PROTECTED, Reason.ProtectedByGraph, f"it belongs to {case.legacy.bound}")


def is_protected_by_vendor(case: Case) -> Opinion | None:
    """The vendor protects it, or owns it (S7)."""
    if not case.resource.protection:
        return None
    return one(Verdict.PROTECTED, Reason.ProtectedByVendor, case.resource.protection)


def is_a_part_of_tagwarden(case: Case) -> Opinion | None:
    """A janitor does not delete itself (S7)."""
    if not is_ourselves(case.resource):
        return None
    return one(Verdict.PROTECTED, Reason.ProtectedSelf, "it is a part of Tagwarden")


def is_excluded(case: Case) -> Opinion | None:
    """The policy leaves it alone (S7)."""
    if not case.standing.excluded_by:
        return None
    message = f"{case.standing.excluded_by} of policy {case.policy.name} matches"
    return one(Verdict.PROTECTED, Reason.Excluded, message)


def holds_the_irreplaceable(case: Case) -> Opinion | None:
    """What goes with its manager, or has no tags, and holds what nothing can make again counts by itself (S19).

    No verdict follows from that here: it tells planning that a manager that nobody names must not take it along.
    """
    resource, manager = case.resource, case.resource.manager
    if manager is not None and (manager.kind, resource.kind) in DIES_WITH_ITS_MANAGER:
        return None
    is_asked_no_more = manager is not None or resource.tags.state is TagState.UNTAGGABLE
    spared = case.spared if is_asked_no_more and (case.lacks_owner or case.lacks_expiry) else None
    return Opinion(Verdict.COMPLIANT, (spared,)) if spared else None


def is_managed(case: Case) -> Opinion | None:
    """Its manager would make it again, so that is judged instead; what is left of one that is gone is judged itself."""
    manager = case.resource.manager
    if manager is None:
        return None
    if case.is_orphan:
        return one(Verdict.REPORT, Reason.Orphaned, f"its manager {manager} no longer exists, so its own tags decide")
    if manager.presence is Presence.ASSUMED:
        message = f"{manager} makes it and would make it again"
    else:
        message = f"its manager {manager} was not found, but may exist elsewhere; only an expiry of its own ends it"
    managed = Finding(Reason.Managed, message)
    claim = own_claim_of_member(case)
    return Opinion(Verdict.MANAGED, (managed,) if claim is None else (managed, claim), final=True)


def is_untaggable(case: Case) -> Opinion | None:
    """It shares the fate of what it belongs to, and is never deleted for tags that it cannot have."""
    if case.resource.tags.state is not TagState.UNTAGGABLE:
        return None
    if case.inherits_owner or case.inherits_expiry:
        return Opinion(Verdict.COMPLIANT, inheritance(case), final=True)
    message = f"{case.resource.kind} has no tags, and it belongs to nothing that states an owner or an expiry"
    return one(Verdict.REPORT, Reason.Untaggable, message, final=True)


def own_claim_of_member(case: Case) -> Finding | None:
    """Say whom or what the own tags of a managed resource name beyond what its manager names (S8).

    The tags that a group propagates to its members are its own word once more: the same owner says nothing new, and an
    end that has passed is one. An expiry that has not passed, or that nobody can read, does.
    """
    reading, now = case.reading, case.around.now
    if reading.expiry_stated and not reading.expiry_guessed:
        expires = case.expires
        if expires is None or expires > now or case.is_doubtful:
            until = f"until {format_instant(expires)}" if expires else "without an end that can be read"
            return Finding(Reason.OwnClaim, f"its own tags claim it for {reading.owner or 'somebody'}, {until}")
        if case.around.demands.expired.deletes:
            return None
    if reading.owner_stated and (reading.owner is None or reading.owner != case.legacy.owner):
        return Finding(Reason.OwnClaim, f"its own tags name the owner {reading.owner or 'nobody can read'}")
    if reading.owner_guess and not case.legacy.states_owner and not case.legacy.perhaps_from:
        return Finding(Reason.OwnClaim, f"its own tags may name an owner: {reading.owner_guess}")
    return None


def inheritance(case: Case) -> tuple[Finding, ...]:
    """Name what the resource belongs to and has from there."""
    wanted = {Reason.InheritedOwner: case.inherits_owner, Reason.InheritedExpiry: case.inherits_expiry}
    return tuple(finding for finding in case.legacy.told if wanted[finding.reason])


HANDS_OFF: tuple[Check, ...] = (
    is_of_doubtful_account,
    has_unreadable_tags,
    has_failing_expression,
    belongs_to_unreadable,
    belongs_to_uncollected,
    may_be_governed_by_unread,
    is_in_conflict,
    is_protected_by_tag,
    is_bound_by_parent,
    is_protected_by_vendor,
    is_a_part_of_tagwarden,
    is_excluded,
    holds_the_irreplaceable,
    is_managed,
    is_untaggable,
)
