"""Users that no snapshot contains but that a resource itself names, and the last use by them (S18)."""

from datetime import UTC, datetime, timedelta

from tagwarden.model.messages import resource_messages as messages
from tagwarden.model.resource import Resource

UNSEEN_USERS = "unseen_users"
"""The attribute with possible users of the resource that are never collected: services, people, other clusters."""
LAST_USED = "last_used"
"""The attribute with the day of the last use by the vendor's records, such as 2026-09-01."""
IDLE = timedelta(days=90)
"""Time without use after which a resource is unused. A quarterly job uses a role within this time."""


def use_by_unseen(resource: Resource, at: datetime) -> str:
    """Explain why an uncollected user may use a resource at this time (aware UTC); empty without such a user."""
    users = resource.attributes.get(UNSEEN_USERS)
    if not users:
        return ""
    last = resource.attributes.get(LAST_USED)
    used = datetime.fromisoformat(str(last)).replace(tzinfo=UTC) if last else None
    since = max(filter(None, (used, resource.created)), default=None)
    if since is not None and at - since > IDLE:
        return ""
    return messages.UNSEEN_USERS(users=users, day=last) if last else messages.UNSEEN_USERS_OF_NEW(users=users)
