"""Backups by Google before a resource is deleted: snapshots of disks, backups of Filestore instances.

Both outlive their source. A database of Cloud SQL takes its backups along when it is deleted, so it has none here.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tagwarden.errors import InvalidState, ProviderError, Unreachable, Unsupported
from tagwarden.model.messages import provider_messages as messages
from tagwarden.model.policy import BACKUP_OF
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.tags import Tags
from tagwarden.providers.base import BackupState, MadeBackup
from tagwarden.providers.gcp.connection import Connection, Json
from tagwarden.providers.gcp.names import Project, location_of, name_in, region_of
from tagwarden.providers.gcp.paths import compile_path
from tagwarden.providers.gcp.reading import Reader
from tagwarden.providers.gcp.row import Row, rows
from tagwarden.tagging import encode_key, encode_reference, place_of

_PLACE = place_of(ProviderName.GCP)
_READABLE = 30
"""Characters of a name in the name of its backup; Google limits names to 63 characters."""
_EXISTS = frozenset({"alreadyExists", "ALREADY_EXISTS", "RESOURCE_ALREADY_EXISTS", "409"})


@dataclass(frozen=True, slots=True)
class BackupRule:
    """How Google backs up a resource: one request creates a labelled resource of the kind `into`.

    `source` is the field of the backup with the name of its source. `parameter` is the query parameter with the name of
    the backup; empty where the body has it. `copied` are further fields of the body, with their paths in the resource.
    In the state `ready` a backup is complete, in those of `failed` it has failed, in all others it is in progress.
    `permissions` are needed to request it. `left_out` leads to a part of the resource that one backup does not hold.
    """

    into: str
    source: str
    ready: str
    failed: frozenset[str]
    permissions: tuple[str, ...]
    parameter: str = ""
    copied: Mapping[str, str] | None = None
    left_out: str = ""


_OF_DISK = BackupRule(
    into="gcp_compute_snapshot",
    source="sourceDisk",
    ready="READY",
    failed=frozenset({"FAILED", "DELETING"}),
    permissions=("compute.disks.createSnapshot", "compute.snapshots.create", "compute.snapshots.setLabels"),
)
BACKUPS: Mapping[str, BackupRule] = {
    "gcp_compute_disk": _OF_DISK,
    "gcp_compute_region_disk": _OF_DISK,
    "gcp_file_instance": BackupRule(
        into="gcp_file_backup",
        source="sourceInstance",
        ready="READY",
        failed=frozenset({"INVALID", "DELETING"}),
        permissions=("file.backups.create",),
        parameter="backupId",
        copied={"sourceFileShare": "fileShares[0].name"},
        left_out="fileShares[1].name",
    ),
}
"""By kind of the source."""


@dataclass(frozen=True, slots=True)
class BackupRequest:
    """The request that makes a backup: the row of the backup, and path, query and body of a POST."""

    row: Row
    path: str
    params: Mapping[str, str]
    body: Json


def request_of(resource: Resource, item: Mapping[str, Any], labels: Mapping[str, str], project: str) -> BackupRequest:
    """Give the request for a backup with these labels, named so that a repeated request makes no second one.

    Raises Unsupported for resources without backups and for those of which a backup would hold only a part,
    InvalidState for one that lacks what the backup needs.
    """
    rule = BACKUPS.get(resource.kind)
    if rule is None:
        raise Unsupported(messages.NO_BACKUP_KIND(kind=resource.kind), operation="back up")
    if rule.left_out and (part := compile_path(rule.left_out)(item)):
        raise Unsupported(messages.PARTIAL_BACKUP(kind=resource.kind, part=part), operation="back up")
    row, name = rows()[rule.into], name_of(resource, labels)
    body: Json = {rule.source: resource.id, "labels": dict(labels)}
    for field, path in (rule.copied or {}).items():
        body[field] = compile_path(path)(item)
        if not body[field]:
            raise InvalidState(messages.LACKS_FOR_BACKUP(path=path), operation="back up")
    if not rule.parameter:
        body["name"] = name
    path = row.path.format(project=project, location=region_of(location_of(resource.id)))
    return BackupRequest(row, f"{row.prefix}{path}", {rule.parameter: name} if rule.parameter else {}, body)


def is_made_already(error: ProviderError) -> bool:
    """Whether a refusal says that a backup of this name exists."""
    return error.code in _EXISTS


def look_for(resource: Resource, connection: Connection, project: Project, reader: Reader) -> tuple[MadeBackup, ...]:
    """Give every backup with the mark of this resource; raise where a listing is incomplete: unknown is not missing.

    A backup with the mark that names another source has failed: it holds something else.
    """
    rule = BACKUPS.get(resource.kind)
    if rule is None:
        return ()
    row = rows()[rule.into]
    mark = encode_reference(resource.uid, _PLACE)
    return tuple(
        MadeBackup(backup, _state(rule, backup, item, resource, project))
        for backup, item in _listed(row, connection, project, reader)
        if backup.tags.values.get(encode_key(BACKUP_OF, _PLACE)) == mark
    )


def failed_backup(resource: Resource, row: Row, labels: Mapping[str, str], why: str) -> MadeBackup:
    """Give a backup with these labels that failed before Google showed it."""
    backup = Resource(
        uid=f"{resource.uid}#backup",
        provider=ProviderName.GCP,
        account=resource.account,
        region=resource.region,
        kind=row.kind,
        category=row.facts.category,
        id=f"of {resource.id}",
        name="",
        created=None,
        tags=Tags.known(labels),
        state=why,
    )
    return MadeBackup(backup, BackupState.FAILED, why)


def name_of(resource: Resource, labels: Mapping[str, str]) -> str:
    """Name a backup by the resource and the labels, which distinguish several backups of a resource."""
    readable = re.sub(r"[^a-z0-9]+", "-", resource.name.lower())[:_READABLE].strip("-")
    digest = hashlib.sha256(repr((resource.uid, sorted(labels.items()))).encode()).hexdigest()
    return f"tagwarden-{readable}-{digest[:10]}"


def _listed(
    row: Row, connection: Connection, project: Project, reader: Reader
) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    path = row.path.format(project=project.id, location="-")
    operation = f"{row.method}.list"
    for page in connection.pages(row.host, f"{row.prefix}{path}", {}, operation):
        gaps = {name: page[name] for name in row.partial if page.get(name)}
        if gaps:
            raise Unreachable(messages.BACKUPS_INCOMPLETE(gaps=gaps), operation=operation)
        for item in page.get(row.items, ()):
            yield reader.read(row, item, f"{row.prefix}{path}").resource, item


def _state(
    rule: BackupRule, backup: Resource, item: Mapping[str, Any], resource: Resource, project: Project
) -> BackupState:
    source = project.own(name_in(str(item.get(rule.source) or ""))[1])
    if source != resource.id or backup.state in rule.failed:
        return BackupState.FAILED
    return BackupState.READY if backup.state == rule.ready else BackupState.UNDER_WAY
