"""Preconditions of an action, checked on fresh data right before it (S2, S5). Pure."""

from collections.abc import Mapping

from tagwarden.enforcing.enforce_settings import EnforceSettings
from tagwarden.model.messages import enforcement_messages as messages
from tagwarden.model.outside_targets import RELEASED_FROM
from tagwarden.model.plan import Action, ActionType, PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Manager, Presence, Resource
from tagwarden.model.tags import TagChanges, TagState
from tagwarden.model.verdict import Judgement, Verdict, Withheld
from tagwarden.tagging import format_instant

_TO_DELETE = frozenset({Verdict.DELETE, Verdict.PENDING})


def is_same(planned: Resource, fresh: Resource) -> bool:
    """Whether a fresh read shows this resource and not another of the same name."""
    return (planned.uid, planned.account, planned.kind, planned.created) == (
        fresh.uid,
        fresh.account,
        fresh.kind,
        fresh.created,
    )


def has_changes(fresh: Resource, changes: TagChanges) -> bool:
    """Whether the tags have the values to write."""
    if fresh.tags.state is not TagState.KNOWN:
        return False
    values = fresh.tags.values
    # After an annotation is removed, the label of the same name is visible, which is never changed.
    left = fresh.tags.keys - fresh.tags.fixed
    return all(values.get(key) == value for key, value in changes.set.items()) and left.isdisjoint(changes.remove)


def resource_difference(planned: Resource, fresh: Resource) -> str:
    """Describe relevant changes of a resource since the plan was made; empty without changes (S5).

    The vendor's version may differ: even a status update changes it.
    """
    if not is_same(planned, fresh):
        return messages.REPLACED(fresh=_instant(fresh), planned=_instant(planned))
    if fresh.tags.state is not planned.tags.state:
        why = fresh.tags.why or messages.NO_CAUSE()
        return messages.TAG_STATE_CHANGED(before=planned.tags.state, after=fresh.tags.state, why=why)
    if difference := _tag_difference(planned.tags.values, fresh.tags.values):
        return messages.TAGS_CHANGED(changes=difference)
    if fresh.protection and fresh.protection != planned.attributes.get(RELEASED_FROM) and not planned.protection:
        return messages.NOW_PROTECTED(protection=fresh.protection)
    if not _is_same_manager(planned.manager, fresh.manager):
        return messages.MANAGER_CHANGED(before=_named(planned.manager), after=_named(fresh.manager))
    return ""


def verdict_difference(planned: Judgement, fresh: Judgement | None, *, is_associated: bool) -> str:
    """Describe how the verdict differs from the planned verdict; empty if equal (S5).

    An associated resource is not deleted for its own verdict, so this verdict may have become a deletion.
    """
    if fresh is None:
        return messages.NO_LONGER_GOVERNED()
    if fresh.verdict is not planned.verdict and not (is_associated and fresh.verdict in _TO_DELETE):
        why = "; ".join(finding.message or finding.reason for finding in fresh.findings)
        if not why:
            return messages.VERDICT_CHANGED(before=planned.verdict, after=fresh.verdict)
        return messages.VERDICT_CHANGED_SINCE(before=planned.verdict, after=fresh.verdict, why=why)
    if fresh.withheld is not None and planned.withheld is None:
        return messages.NOW_WITHHELD(why=fresh.withheld.message or fresh.withheld.reason)
    return ""


def is_harmful(action: Action, planned: PlannedResource) -> bool:
    """Whether an action deletes, prepares a deletion, or shortens a lifetime (S2)."""
    return (
        action.type in (ActionType.DELETE, ActionType.BACKUP)
        or planned.judgement.verdict is Verdict.SHORTEN
        or action.reason is Reason.TooLong
        or any(finding.reason is Reason.TooLong for finding in planned.judgement.findings)
    )


def forbidden_in(environment: Environment, action: ActionType, settings: EnforceSettings) -> Withheld | None:
    """Explain why a harmful action is forbidden in an environment (S2)."""
    if environment is not Environment.PRODUCTION and environment in settings.environments:
        return None
    forbidden = messages.FORBIDDEN_TO_SHORTEN if action is ActionType.SET_TAGS else messages.FORBIDDEN_TO_DELETE
    return Withheld(Reason.Production, forbidden(environment=environment))


def _is_same_manager(planned: Manager | None, fresh: Manager | None) -> bool:
    """Whether both name the same manager; the exact cluster object may be unknown from a single snapshot."""
    if planned is None or fresh is None:
        return planned is fresh
    if (planned.kind, planned.name) != (fresh.kind, fresh.name):
        return False
    if planned.reference == fresh.reference:
        return planned.presence is fresh.presence
    if not (planned.reference and fresh.reference):
        return True
    return planned.is_in_cluster and not fresh.is_in_cluster


def _named(manager: Manager | None) -> str:
    if manager is None:
        return messages.NO_MANAGER()
    return messages.MANAGER_IS_GONE(manager=manager) if manager.presence is Presence.GONE else str(manager)


def _tag_difference(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    parts = []
    for key in sorted({*before, *after}):
        if key not in after:
            parts.append(messages.TAG_REMOVED(key=key))
        elif key not in before:
            parts.append(messages.TAG_ADDED(key=key, value=after[key]))
        elif before[key] != after[key]:
            parts.append(messages.TAG_VALUE_CHANGED(key=key, before=before[key], after=after[key]))
    return ", ".join(parts)


def _instant(resource: Resource) -> str:
    return messages.AT_UNKNOWN_TIME() if resource.created is None else format_instant(resource.created)
