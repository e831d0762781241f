"""Backups by AWS before a resource is deleted."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tagwarden.errors import AccessDenied, InvalidState, NotFound, ProviderError, Unsupported
from tagwarden.model.policy import BACKUP_AT, BACKUP_OF
from tagwarden.model.resource import Resource
from tagwarden.model.tags import TagChanges, TagState
from tagwarden.providers.aws.calls import Calls, receipt_of
from tagwarden.providers.aws.gathering import Gatherer
from tagwarden.providers.aws.normalising import Place, known_of
from tagwarden.providers.aws.row import BackupRule, Kind
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.aws.tag_writing import write_tags
from tagwarden.providers.base import BackupState, MadeBackup, Receipt
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.tag_forms import written
from tagwarden.providers.catalogue.templates import fill
from tagwarden.providers.catalogue.workers import Workers

_READABLE = 20
"""Characters of an id in the name of a backup; ElastiCache limits names to 50 characters."""


def way_to_keep(kind: Kind, resource: Resource) -> BackupRule | None:
    """Give the backup method of this resource; None without a method."""
    for way in kind.backups:
        if all(resource.attributes.get(name) in values for name, values in way.only.items()):
            return way
    return None


def can_back_up(resource: Resource) -> bool:
    """Whether this resource can be backed up before deletion."""
    kind = KINDS.get(resource.kind)
    return kind is not None and way_to_keep(kind, resource) is not None


def look_for(
    kind: Kind, resource: Resource, known: Mapping[str, Any], place: Place, calls: Calls
) -> tuple[MadeBackup, ...]:
    """Give every backup of this resource; raise when the tags of a possible backup are unreadable (S1)."""
    if not kind.backups:
        return ()
    way = kind.backups[0]  # all methods of a kind create the same backups
    row = KINDS[way.into]
    narrowed = replace(row, listing=replace(row.listing, params=fill(way.of, known)))
    workers = Workers()
    try:
        candidates = Gatherer(narrowed, place, calls, workers, Shared()).gather((), lambda _: True).resources
    except NotFound:
        return ()
    finally:
        workers.close()
    for each in candidates:
        if each.tags.state is not TagState.KNOWN:
            message = f"cannot tell whether {each} is a backup: {each.tags.why}"
            raise AccessDenied(message, operation=f"{row.service}:{row.listing.operation}")
    return tuple(
        MadeBackup(each, _state(way, each)) for each in candidates if each.tags.values.get(BACKUP_OF) == resource.uid
    )


def make(
    kind: Kind, resource: Resource, known: Mapping[str, Any], tags: Mapping[str, str], place: Place, calls: Calls
) -> Receipt:
    """Request a backup with these tags; an existing backup of the same name is success."""
    way = way_to_keep(kind, resource)
    if way is None:
        raise Unsupported(f"backup is not supported for {kind.name}", operation=f"{kind.service}:CreateSnapshot")
    operation = f"{kind.service}:{way.make.operation}"
    values = {**known, "backup": name_of(resource, tags), "tags": written(tags, way.tags, known)}
    try:
        params = fill(way.make.params, values)
    except KeyError as missing:
        raise InvalidState(
            f"the resource has no {missing.args[0]}, which its backup needs", operation=operation
        ) from None
    try:
        receipt = receipt_of(calls.call(kind.service, place.region, way.make.operation, params))
    except ProviderError as error:
        if error.code not in way.exists:
            raise
        receipt = Receipt(error.request_id)
    for each in look_for(kind, resource, known, place, calls):
        _put_right(each.backup, tags, place, calls)
    return receipt


def name_of(resource: Resource, tags: Mapping[str, str]) -> str:
    """Name a backup by the resource and the tags, which distinguish several backups of a resource."""
    readable = re.sub(r"[^a-z0-9]+", "-", resource.id.lower())[:_READABLE].strip("-")
    digest = hashlib.sha256(repr((resource.uid, sorted(tags.items()))).encode()).hexdigest()
    return f"tagwarden-{readable}-{digest[:10]}"


def _put_right(backup: Resource, tags: Mapping[str, str], place: Place, calls: Calls) -> None:
    """Replace tags copied by AWS: a past expiry of the resource must not apply to the backup."""
    if backup.tags.values.get(BACKUP_AT) != tags.get(BACKUP_AT):
        return
    copied = {key: value for key, value in tags.items() if backup.tags.values.get(key) != value}
    if copied:
        known = known_of(backup, place.account_id, place.partition)
        write_tags(KINDS[backup.kind], place.region, known, TagChanges(copied), calls)


def _state(way: BackupRule, backup: Resource) -> BackupState:
    if backup.state == way.ready:
        return BackupState.READY
    return BackupState.FAILED if backup.state in way.failed else BackupState.UNDER_WAY
