"""Backups before deletions: their validity, their tags, and the deletions that wait for them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tagwarden.model.messages import enforcement_messages as messages
from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.plan import Action, ActionType, Keeping, PlannedResource
from tagwarden.model.policy import BACKUP_AT, BACKUP_OF
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.tags import TagChanges
from tagwarden.model.verdict import Withheld
from tagwarden.providers.base import BackupState, MadeBackup
from tagwarden.tagging import decode_instant, encode_instant, encode_key, encode_reference, place_of


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A resource to delete, and its verified backup; None without a backup."""

    resource: Resource
    backup: Resource | None


def tags_of(action: Action, provider: ProviderName, now: datetime) -> TagChanges:
    """Give the tags of a backup requested now: the tags of the plan, the current time, and the expiry of the backup."""
    place, at = place_of(provider), now.replace(microsecond=0)
    stamps = {encode_key(BACKUP_AT, place): encode_instant(at, place)}
    if action.keeping is not None:
        stamps[action.keeping.key] = encode_instant(at + action.keeping.time, place)
    return TagChanges({**action.changes.set, **stamps})


def asked_at(backup: Resource) -> datetime | None:
    """Give the time of the request from the backup's tag; None if missing or unreadable."""
    return _instant_in(backup, encode_key(BACKUP_AT, place_of(backup.provider)))


def lasts(backup: Resource, keeping: Keeping | None) -> bool:
    """Whether a backup is kept long enough: a vendor may have copied a tag with an expiry in the past.

    A plan that does not say how long accepts no backup.
    """
    if keeping is None:
        return False
    at, expires = asked_at(backup), _instant_in(backup, keeping.key)
    return at is not None and expires is not None and expires >= at + keeping.time


def _instant_in(backup: Resource, key: str) -> datetime | None:
    return decode_instant(backup.tags.values.get(key, ""), place_of(backup.provider))


def latest(made: Iterable[MadeBackup], resource: Resource) -> MadeBackup | None:
    """Give the latest backup of this resource, not of an earlier one of the same name; None without a backup."""
    dated = ((asked_at(each.backup), each) for each in made)
    born = resource.created.replace(microsecond=0) if resource.created is not None else None
    found = [(at, each) for at, each in dated if at is not None and (born is None or at >= born)]
    # The time in the tag is ours; by the vendor's own clock a backup cannot be older than what it holds.
    found = [
        (at, each) for at, each in found if born is None or each.backup.created is None or each.backup.created >= born
    ]
    return max(found, key=lambda one: (one[0], one[1].backup.uid))[1] if found else None


def counts(made: MadeBackup, keeping: Keeping | None, now: datetime, valid: timedelta) -> bool:
    """Whether a backup makes another unnecessary: in progress, or not older than `valid` and kept long enough.

    Later writes are not part of the backup.
    """
    at = asked_at(made.backup)
    if made.state is BackupState.FAILED or at is None:
        return False
    return made.state is BackupState.UNDER_WAY or (now - at <= valid and lasts(made.backup, keeping))


def of_intent(made: Iterable[MadeBackup], changes: TagChanges, provider: ProviderName) -> MadeBackup | None:
    """Give the backup of one intent in any state; None if not found."""
    key = encode_key(BACKUP_AT, place_of(provider))
    return next((each for each in made if each.backup.tags.values.get(key) == changes.set.get(key)), None)


def is_still(backup: Resource, fresh: Resource | None, resource: Resource) -> bool:
    """Whether a fresh read shows the backup of a resource in its verified state."""
    place = place_of(backup.provider)
    return (
        fresh is not None
        and (fresh.uid, fresh.created, fresh.state) == (backup.uid, backup.created, backup.state)
        and fresh.tags.values.get(encode_key(BACKUP_OF, place)) == encode_reference(resource.uid, place)
    )


def describe(backup: Resource) -> str:
    """Describe the backup of a resource."""
    return messages.KEPT_AS(kind=backup.kind, id=backup.id)


def describe_failure(made: MadeBackup) -> str:
    """Describe a failed backup, with the vendor's reason if known."""
    kind, id_ = made.backup.kind, made.backup.id
    if made.why:
        return messages.BACKUP_FAILED_BECAUSE(kind=kind, id=id_, why=made.why)
    return messages.BACKUP_FAILED_AT_VENDOR(kind=kind, id=id_)


class BackupTracker:
    """Tracks which deletions of a plan wait for which backups, and the outcome of these backups."""

    def __init__(self, planned: Mapping[str, PlannedResource], taken: Mapping[str, Sequence[PlannedResource]]) -> None:
        """`taken` lists, by the uid of a deleted resource, the resources that the vendor deletes along with it."""
        self._planned = planned
        self._taken = taken
        self._outcomes: dict[str, Outcome] = {}

    def note(self, outcome: Outcome) -> None:
        """Record the outcome of a backup."""
        if outcome.action.type is ActionType.BACKUP:
            self._outcomes[outcome.action.uid] = outcome

    def before(self, action: Action) -> tuple[BackedUp, ...]:
        """Give the resources that must be backed up before a deletion, with their backups."""
        outcomes = ((each, self._outcomes.get(each.resource.uid)) for each in self._to_keep(action))
        return tuple(
            BackedUp(each.resource, outcome.backup if outcome is not None else None) for each, outcome in outcomes
        )

    def obstacle(self, action: Action) -> Withheld | None:
        """Explain which required backup of this action is not ready, if any."""
        for each in self._to_keep(action):
            outcome = self._outcomes.get(each.resource.uid)
            if outcome is not None and not outcome.succeeded:
                return _missing(outcome)
        return None

    def _to_keep(self, action: Action) -> list[PlannedResource]:
        if action.type is not ActionType.DELETE:
            return []
        going = [self._planned[action.uid], *self._taken.get(action.uid, ())]
        return [each for each in going if each.backup is not None]


def _missing(outcome: Outcome) -> Withheld:
    """Say why a backup is not there."""
    resource, why = outcome.resource, outcome.message or outcome.reason
    if outcome.is_open:
        return Withheld(Reason.BackupPending, messages.BACKUP_NOT_READY(resource=resource, why=why))
    if outcome.state is ActionState.FAILED:
        return Withheld(Reason.BackupFailed, messages.BACKUP_FAILED(resource=resource, why=why))
    return Withheld(outcome.reason, messages.BACKUP_NOT_CREATED(resource=resource, why=why))
