"""The role of a resource in the deletion of its neighbours."""

from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from tagwarden.model.messages import plan_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Presence, Resource
from tagwarden.model.tags import TagState
from tagwarden.model.verdict import Judgement, Verdict, Withheld
from tagwarden.tagging import format_instant


class DeletionRole(Enum):
    """Deletion roles, from resources deleted by their own verdict to resources that block others."""

    TO_DELETE = auto()
    """The resource's own verdict deletes it."""
    UNCLAIMED = auto()
    """No owner claims the resource, which may break and is deleted with its parent."""
    MANAGED = auto()
    """The resource is deleted with its manager and never alone (S13)."""
    IRREPLACEABLE = auto()
    """Unclaimed, but no template restores the resource: deleted only with a parent with an explicit expiry (S19)."""
    LEAVING = auto()
    """Deleted by its own verdict, and already being deleted alone or with a parent."""
    WAITING = auto()
    """The resource's own deletion waits for grace or observations (S4)."""
    UNDECIDED = auto()
    """Undecidable or a conflict (S1, S16)."""
    UNGOVERNED = auto()
    """Governed by another policy or by none (S16)."""
    CLAIMED = auto()
    """The resource has its own owner or expiry (S8)."""
    PROTECTED = auto()
    """Protected, or in production (S2, S7)."""


_BY_VERDICT = {
    Verdict.DELETE: DeletionRole.TO_DELETE,
    Verdict.PENDING: DeletionRole.WAITING,
    Verdict.UNDECIDABLE: DeletionRole.UNDECIDED,
    Verdict.CONFLICT: DeletionRole.UNDECIDED,
    Verdict.PROTECTED: DeletionRole.PROTECTED,
}
_UNREAD = frozenset({Reason.MalformedOwner, Reason.AmbiguousOwner, Reason.AmbiguousKey, Reason.MalformedKey})
_NO_OWN_EXPIRY = frozenset({Reason.InheritedExpiry, Reason.MissingExpiry, Reason.Untagged, Reason.Untaggable})


def role_of(resource: Resource, judgement: Judgement | None, now: datetime) -> DeletionRole:
    """Give the deletion role of a resource; `judgement` is None outside the policy.

    A resource that is not certainly for tests counts as protected, whatever its verdict (S2).
    """
    if resource.protection:
        return DeletionRole.PROTECTED
    if judgement is None:
        return DeletionRole.UNGOVERNED
    if judgement.environment is not Environment.TEST:
        return DeletionRole.PROTECTED
    if judgement.verdict is Verdict.MANAGED:
        return _of_member(resource, judgement)
    return _BY_VERDICT.get(judgement.verdict) or _of_spared(resource, judgement, now)


def _of_spared(resource: Resource, judgement: Judgement, now: datetime) -> DeletionRole:
    """Give the role of a resource whose own verdict neither deletes nor exempts it."""
    if has_own_claim(resource, judgement, now):
        return DeletionRole.CLAIMED
    return DeletionRole.IRREPLACEABLE if _says(judgement, Reason.Irreplaceable) else DeletionRole.UNCLAIMED


def _of_member(resource: Resource, judgement: Judgement) -> DeletionRole:
    """Give the role of a managed resource: an own claim counts like any other (S8)."""
    if resource.manager is None or resource.manager.presence is not Presence.ASSUMED:
        return DeletionRole.UNDECIDED  # recreated after a deletion, or with a manager that may not exist (S13)
    if _says(judgement, Reason.OwnClaim):
        return DeletionRole.CLAIMED
    return DeletionRole.IRREPLACEABLE if _says(judgement, Reason.Irreplaceable) else DeletionRole.MANAGED


def has_inherited_claim(judgement: Judgement, now: datetime) -> bool:
    """Whether the resource inherits a claim with time left: breaking the resource harms the owner (S8)."""
    if judgement.owner is None or (judgement.expires is not None and judgement.expires <= now):
        return False
    return _says(judgement, Reason.InheritedOwner)


def has_own_claim(resource: Resource, judgement: Judgement, now: datetime) -> bool:
    """Whether the resource's own tags name an owner, or an expiry that has not passed (S8).

    An unreadable owner, or an owner under a key with a typo, is a claim too. Inherited values do not count, since they
    end with the parent. Values that a policy would write into missing tags do not count either.
    """
    if resource.tags.state is not TagState.KNOWN or not resource.tags.values:
        return False
    reasons = {finding.reason for finding in judgement.findings}
    owner = Reason.InheritedOwner not in reasons and (judgement.owner is not None or not _UNREAD.isdisjoint(reasons))
    expiry = not (reasons & _NO_OWN_EXPIRY) and (judgement.expires is None or judgement.expires > now)
    return owner or expiry


class Relation(Protocol):
    """The message of how a neighbour is related to a resource, such as `messages.REQUIRED_BY`."""

    def __call__(self, *, neighbour: str, why: str) -> str:
        """Render the message; `why` is the reason that the neighbour stays."""
        ...


def obstacle(
    resource: Resource, judgement: Judgement | None, role: DeletionRole, relation: Relation, withheld: Withheld | None
) -> Withheld:
    """Explain why a resource that stays blocks a neighbour.

    `withheld` is why the resource stays although the verdict, or the verdict of a parent, is Delete.
    """
    reason, why = _reason_to_stay(resource, judgement, role, withheld)
    return Withheld(reason, relation(neighbour=describe(resource), why=why))


def _reason_to_stay(
    resource: Resource, judgement: Judgement | None, role: DeletionRole, withheld: Withheld | None
) -> tuple[Reason, str]:
    if withheld is not None:
        is_passed_on = withheld.reason is Reason.ProtectedByGraph or role is not DeletionRole.TO_DELETE
        reason = withheld.reason if is_passed_on else Reason.WithheldByDependency
        return reason, messages.STAYS(why=withheld.message)
    if role is DeletionRole.PROTECTED:
        return Reason.ProtectedByGraph, messages.IS_PROTECTED(protection=protection_of(resource, judgement))
    if role is DeletionRole.IRREPLACEABLE:
        return Reason.Irreplaceable, messages.IS_IRREPLACEABLE()
    if role is DeletionRole.CLAIMED:
        return Reason.DependentInUse, _claim(judgement)
    why = {
        DeletionRole.LEAVING: messages.IS_BEING_DELETED(),
        DeletionRole.WAITING: messages.IS_PENDING(),
        DeletionRole.UNDECIDED: messages.IS_UNDECIDED(why=_first_finding(judgement)),
        DeletionRole.UNGOVERNED: messages.IS_UNGOVERNED(),
        DeletionRole.MANAGED: messages.IS_MANAGED(manager=resource.manager or messages.ANOTHER_RESOURCE()),
    }.get(role)
    return Reason.WithheldByDependency, why or messages.IS_NOT_DELETED()


def protection_of(resource: Resource, judgement: Judgement | None) -> str:
    """Describe the protection of a resource."""
    if resource.protection:
        return resource.protection
    if judgement is not None and judgement.environment is not Environment.TEST:
        return messages.OF_ENVIRONMENT(environment=judgement.environment)
    return _first_finding(judgement)


def describe(resource: Resource) -> str:
    """Name a resource so that a person finds it."""
    name = str(resource)
    return name if not resource.name or resource.id == resource.name else f"{name} ({resource.id})"


def _claim(judgement: Judgement | None) -> str:
    if judgement is None:
        return messages.HAS_OWN_EXPIRY()
    if own := next((each.message for each in judgement.findings if each.reason is Reason.OwnClaim), ""):
        return messages.IS_CLAIMED(claim=own)
    if judgement.owner:
        claim = messages.BELONGS_TO(owner=judgement.owner)
    elif any(finding.reason in _UNREAD for finding in judgement.findings):
        claim = messages.HAS_UNREADABLE_OWNER()
    else:
        claim = messages.HAS_OWN_EXPIRY()
    if judgement.expires is None:
        return claim
    return messages.CLAIMED_UNTIL(claim=claim, expires=format_instant(judgement.expires))


def _says(judgement: Judgement, reason: Reason) -> bool:
    return any(finding.reason is reason for finding in judgement.findings)


def _first_finding(judgement: Judgement | None) -> str:
    if judgement is None:
        return messages.UNKNOWN()
    if judgement.withheld is not None:
        return judgement.withheld.message
    return judgement.findings[0].message if judgement.findings else judgement.verdict.value
