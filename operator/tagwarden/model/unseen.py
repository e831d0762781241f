"""Users that no snapshot can show, as a resource itself names them, and when one of them was seen last (S18)."""

from datetime import UTC, datetime, timedelta

from tagwarden.model.resource import Resource

UNSEEN_USERS = "unseen_users"
"""The attribute that names who may use a resource without being collected: services, people, other clusters."""
LAST_USED = "last_used"
"""The attribute with the day on which the vendor last saw the resource used, such as 2026-09-01."""
IDLE = timedelta(days=90)
"""Time without use after which a resource is unused. A quarterly job uses its role within this time."""


def use_by_unseen(resource: Resource, at: datetime) -> str:
    """Say why somebody who is not collected may use a resource at this time (aware UTC); empty where nobody does."""
    users = resource.attributes.get(UNSEEN_USERS)
    if not users:
        return ""
    last = resource.attributes.get(LAST_USED)
    used = datetime.fromisoformat(str(last)).replace(tzinfo=UTC) if last else None
    since = max(filter(None, (used, resource.created)), default=None)
    if since is not None and at - since > IDLE:
        return ""
    told = f"last used on {last}" if last else "it is too new to show that it is unused"
    return f"may be used by {users}, which Tagwarden does not collect; {told}"
