"""`GcpProvider`: one Google Cloud project as a Provider."""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tagwarden.errors import (
    DeletionFailed,
    DependencyViolation,
    NotFound,
    PreconditionFailed,
    ProviderError,
    TagsUnreadable,
    Unreachable,
    Unsupported,
    WrongAccount,
)
from tagwarden.model.account import CloudAccount, GcpProject, Source
from tagwarden.model.messages import provider_messages as messages
from tagwarden.model.resource import Manager, Presence, ProviderName, Resource
from tagwarden.model.snapshot import Extent, Identity, InventoryRead, Snapshot, snapshot_id
from tagwarden.model.tags import TagChanges
from tagwarden.providers.base import (
    MadeBackup,
    Note,
    Progress,
    Receipt,
    RequestCount,
    Taken,
    note_nothing,
)
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.listing_families import ListedKind, with_parents
from tagwarden.providers.dates import instant_of
from tagwarden.providers.gcp import deleting
from tagwarden.providers.gcp.asset_inventory import AssetInventory, Sweep, carried_by_inventory
from tagwarden.providers.gcp.backing_up import failed_backup, is_made_already, look_for, request_of
from tagwarden.providers.gcp.blockers import blockers_of
from tagwarden.providers.gcp.connection import Connection, Json
from tagwarden.providers.gcp.labels import LabelRequest, is_unchanged, label_request, labels_in, merged
from tagwarden.providers.gcp.liens import PROJECT_KIND, with_liens
from tagwarden.providers.gcp.listing import Lister
from tagwarden.providers.gcp.names import Project
from tagwarden.providers.gcp.operations import Operation, error_of, refusal_in, started_by
from tagwarden.providers.gcp.paths import compile_path
from tagwarden.providers.gcp.projects import read_project
from tagwarden.providers.gcp.reading import Reader
from tagwarden.providers.gcp.row import Row, rows
from tagwarden.providers.gcp.short_names import uses_by_name
from tagwarden.providers.gcp.tag_bindings import protecting_binding
from tagwarden.providers.listing_counter import ListingCounter

_SERVICES = "serviceusage.googleapis.com"


@dataclass(frozen=True, slots=True)
class _Found:
    """A resource as it was just read, with its row and its item."""

    row: Row
    item: Json
    resource: Resource


@dataclass(frozen=True, slots=True)
class _Requested:
    """A backup that was requested: its operation, the row of the backup, and its labels."""

    operation: Operation
    row: Row
    labels: Mapping[str, str]


class GcpProvider:
    """The resources of one project; the first call sends the first request."""

    def __init__(self, account: CloudAccount, connection: Connection, *, has_neighbours: bool = False) -> None:
        declared = account.spec.gcp
        if declared is None:
            raise ValueError(f"account {account.name} is no Google Cloud project")
        self._account = account.name
        self._declared: GcpProject = declared
        self._connection = connection
        self._has_neighbours = has_neighbours
        self._lock = threading.Lock()
        self._known: Project | None = None
        self._operations: dict[str, Operation] = {}
        self._backups: dict[str, _Requested] = {}

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind with a row."""
        return tuple(sorted(rows()))

    @property
    def requests(self) -> tuple[RequestCount, ...]:
        """The requests so far."""
        return self._connection.totals.counts()

    def identify(self) -> Identity:
        """Read the project; raise WrongAccount where the credentials see another one under the declared id (S10)."""
        asked = self._declared.project_id
        found = read_project(self._connection, asked)
        with self._lock:
            if self._known is not None and self._known.number != found.number:
                raise WrongAccount(
                    messages.PROJECT_CHANGED(project=asked, known=self._known.number, found=found.number)
                )
            self._known = found
        at = instant_of(self._connection.answered_at)
        return Identity(asked, self._connection.caller, at, number=found.number)

    def collect(self, now: datetime, progress: Progress | None = None, extent: Extent | None = None) -> Snapshot:
        """List the kinds of every enabled API, and name the others: what an API held stays when it is disabled."""
        began = time.monotonic()
        requests = self._connection.totals.total
        identity = self.identify()
        wanted = rows().values() if extent is None else [rows()[kind] for kind in _with_parents(extent.kinds)]
        enabled = self._enabled_services()
        asked = [row for row in wanted if row.service in enabled]
        with ListingCounter(self._account, progress, lambda: self._connection.totals.total) as counter:
            listed, inventory, complete = self._listed(asked, counter, is_whole=extent is None)
        resources = [
            with_liens(self._connection, self._project, resource) if resource.kind == PROJECT_KIND else resource
            for each in listed
            for resource in each.gathered.resources
        ]
        edges = {edge for each in listed for edge in each.gathered.edges}
        edges |= set(
            uses_by_name(
                [each.gathered.mentions for each in listed],
                [each.gathered.addresses for each in listed],
                resources,
                edges,
            )
        )
        uids = {resource.uid for resource in resources}
        return Snapshot(
            id=snapshot_id(self._account, now),
            account=self._account,
            provider=ProviderName.GCP,
            identity=identity,
            taken=now,
            duration_seconds=time.monotonic() - began,
            kinds=tuple(sorted(row.kind for row in wanted)),
            resources=tuple(_with_presence(resource, uids, complete) for resource in resources),
            edges=tuple(edges),
            failures=tuple(
                sorted(
                    (failure for each in listed for failure in each.failures),
                    key=lambda failure: (failure.kind, failure.region, failure.message),
                )
            ),
            api_calls=self._connection.totals.total - requests,
            inventory=inventory,
            disabled_kinds=tuple(sorted(row.kind for row in wanted if row.service not in enabled)),
        )

    def _listed(
        self, asked: Sequence[Row], counter: ListingCounter, *, is_whole: bool
    ) -> tuple[list[ListedKind], InventoryRead | None, set[str]]:
        """List these kinds; give the inventory that was read too, and the kinds that were listed directly to their end.

        The inventory only speeds up looking at the whole project: evidence right before a deletion is listed (S17).
        """
        reader = self._reader()
        sweep = Sweep()
        if is_whole and self._declared.source is Source.ASSET_INVENTORY:
            sweep = AssetInventory(self._connection, self._project, reader).sweep(carried_by_inventory(asked))
        carried = sweep.gathered.keys() - sweep.other_versions
        # A kind within another one is listed by the resources of that one, which must be all there then.
        needed = set(_with_parents({row.kind for row in asked} - carried))
        swept = [sweep.listed(kind) for kind in sorted(carried - needed)]
        counter.expect(each.kind for each in swept)
        for each in swept:
            counter.listed(each.kind, len(each.gathered.resources))
        lister = Lister(self._connection, self._project, reader, has_neighbours=self._has_neighbours)
        direct = lister.list_rows([row for row in asked if row.kind in needed], counter)
        return [*swept, *direct], sweep.read, {each.kind for each in direct if not each.failures}

    def read(self, resource: Resource) -> Resource | None:
        """Read one resource with the tags bound to it; None when it is gone, also when another one has its name."""
        found = self._find(resource)
        if found is None:
            return None
        fresh = found.resource
        if fresh.manager is not None and resource.manager is not None and fresh.manager.name == resource.manager.name:
            fresh = replace(fresh, manager=resource.manager)
        if fresh.protection:
            return fresh
        try:
            bound = protecting_binding(self._connection, found.row, found.item, fresh.id, self._project)
        except TagsUnreadable:
            if self._find(resource) is None:
                return None
            raise
        return replace(fresh, protection=bound)

    def set_tags(self, resource: Resource, changes: TagChanges) -> Receipt:
        """Merge the changes into the labels as they are now, under the fingerprint or etag of the resource."""
        if not changes:
            return Receipt()
        row = self._row(resource)
        call = f"{row.method}.{row.labels.by if row.labels else 'patch'}"
        request = self._label_request(resource, changes, call)
        try:
            return self._send_labels(row, resource, request, call)
        except (PreconditionFailed, DependencyViolation):
            # The fingerprint or etag changed between read and write; a new status of the resource is enough.
            return self._send_labels(row, resource, self._label_request(resource, changes, call), call)

    def _label_request(self, resource: Resource, changes: TagChanges, call: str) -> LabelRequest:
        """Read again and merge; raise PreconditionFailed where the decision no longer holds (S5)."""
        found = self._find(resource)
        if found is None:
            raise NotFound(messages.RESOURCE_IS_GONE(resource=resource), operation=call)
        if not is_unchanged(resource, found.resource):
            raise PreconditionFailed(messages.CHANGED_SINCE_READ(resource=resource), operation=call)
        labels = labels_in(compile_path(found.row.labels_path)(found.item))
        return label_request(found.row, found.item, merged(labels, changes))

    def _send_labels(self, row: Row, resource: Resource, request: LabelRequest, call: str) -> Receipt:
        response = self._connection.write(
            request.method,
            row.host,
            f"{row.prefix}{resource.id}{request.path}",
            params=request.params,
            body=request.body,
            headers=request.headers,
            operation=call,
        )
        if error := refusal_in(response, call):
            raise error
        operation = started_by(row, response, resource.id, call)
        return Receipt(operation.path.rpartition("/")[2] if operation else "")

    def delete(self, resource: Resource, note: Note = note_nothing) -> Receipt:
        """Request the deletion, with steps after a refusal; its operation is looked at by `is_gone`."""
        row = self._row(resource)
        if not row.is_deletable:
            why = row.facts.never or messages.UNKNOWN_USERS()
            raise Unsupported(messages.NEVER_DELETED(kind=row.kind, why=why), operation=f"{row.method}.{row.delete_by}")
        call = f"{row.method}.{row.delete_by}"
        try:
            response = deleting.delete(row, resource, self._connection, note, lambda: self._check(resource, call))
        except NotFound as error:
            return Receipt(error.request_id)
        except DependencyViolation as error:
            message = self._with_blockers(row, resource, error)
            raise DependencyViolation(
                message, code=error.code, operation=error.operation, request_id=error.request_id
            ) from error
        operation = started_by(row, response, resource.id, call)
        if operation is not None:
            with self._lock:
                self._operations[resource.uid] = operation
            return Receipt(operation.path.rpartition("/")[2])
        return Receipt()

    def _check(self, resource: Resource, call: str) -> None:
        """Read again; raise PreconditionFailed where the decision no longer holds (S5)."""
        fresh = self.read(resource)
        if fresh is None:
            raise NotFound(messages.RESOURCE_IS_GONE(resource=resource), operation=call)
        if not is_unchanged(resource, fresh):
            raise PreconditionFailed(messages.CHANGED_SINCE_READ(resource=resource), operation=call)

    def backups_of(self, resource: Resource) -> tuple[MadeBackup, ...]:
        """Find the backups of a resource; one whose operation ended with an error has failed."""
        found = look_for(resource, self._connection, self._project, self._reader())
        return found or self._failed_backups(resource)

    def back_up(self, resource: Resource, tags: Mapping[str, str]) -> Receipt:
        """Request a backup with these labels; return once Google has accepted."""
        found = self._find(resource)
        if found is None:
            raise NotFound(messages.RESOURCE_IS_GONE(resource=resource), operation=f"back up {resource.kind}")
        asked = request_of(resource, found.item, tags, self._project.id)
        call = f"{asked.row.method}.insert"
        try:
            response = self._connection.write(
                "POST", asked.row.host, asked.path, params=asked.params, body=asked.body, operation=call
            )
        except ProviderError as error:
            if not is_made_already(error):
                raise
            return Receipt(error.request_id)
        operation = started_by(asked.row, response, resource.id, call)
        if operation is None:
            return Receipt()
        with self._lock:
            self._backups[resource.uid] = _Requested(operation, asked.row, tags)
        return Receipt(operation.path.rpartition("/")[2])

    def _failed_backups(self, resource: Resource) -> tuple[MadeBackup, ...]:
        """Give a backup that was requested and whose operation ended with an error, before it could be seen."""
        with self._lock:
            asked = self._backups.get(resource.uid)
        if asked is None:
            return ()
        has_ended, error = error_of(self._connection, asked.operation)
        if not has_ended or error is None:
            return ()
        return (failed_backup(resource, asked.row, asked.labels, error.message),)

    def undo(self, resource: Resource, taken: Taken) -> None:
        """Take a step back."""
        deleting.undo(self._row(resource), resource, taken, self._connection)

    def is_gone(self, resource: Resource) -> bool:
        """Whether this resource is gone; raise the error that its deletion ended with."""
        with self._lock:
            operation = self._operations.get(resource.uid)
        if operation is not None:
            has_ended, error = error_of(self._connection, operation)
            if has_ended:
                with self._lock:
                    self._operations.pop(resource.uid, None)
            if error is not None and self._find(resource) is not None:
                message = error.message
                if isinstance(error, DependencyViolation):
                    message = self._with_blockers(self._row(resource), resource, error)
                raise DeletionFailed(message, code=error.code, operation=error.operation) from error
        return self._find(resource) is None

    def _with_blockers(self, row: Row, resource: Resource, error: DependencyViolation) -> str:
        found = blockers_of(self._connection, self._project, row, resource.id, error.message)
        return messages.BLOCKED_BY(error=error.message, blockers=", ".join(found)) if found else error.message

    def _find(self, resource: Resource) -> _Found | None:
        """Read the item of this very resource: another one of its name was created at another time."""
        row = self._row(resource)
        try:
            item = self._item(row, resource)
        except NotFound:
            return None
        fresh = self._reader().read(row, item, f"{row.prefix}{resource.id.rpartition('/')[0]}").resource
        is_same = fresh.created == resource.created and not _is_going_away(row, item)
        return _Found(row, item, fresh) if is_same else None

    def _item(self, row: Row, resource: Resource) -> Json:
        """Read the item, by the listing where the API has no other way."""
        if row.has_get:
            return self._connection.get(row.host, f"{row.prefix}{resource.id}", operation=f"{row.method}.get")
        collection = f"{row.prefix}{resource.id.rpartition('/')[0]}"
        for page in self._connection.pages(row.host, collection, {}, f"{row.method}.list"):
            for item in page.get(row.items, ()):
                if self._reader().name_of(row, item, collection) == resource.id:
                    return dict(item)
        raise NotFound(messages.RESOURCE_IS_GONE(resource=resource), operation=f"{row.method}.list")

    def _row(self, resource: Resource) -> Row:
        row = rows().get(resource.kind)
        if row is None:
            raise Unsupported(messages.UNKNOWN_KIND(kind=resource.kind), operation="read")
        return row

    def _reader(self) -> Reader:
        return Reader(self._account, self._project, Shared())

    @property
    def _project(self) -> Project:
        if self._known is None:
            self.identify()
        assert self._known is not None  # noqa: S101 - set by identify, or it raised
        return self._known

    def _enabled_services(self) -> frozenset[str]:
        """Name the services that the project has enabled."""
        path = f"v1/projects/{self._project.number}/services"
        params = {"filter": "state:ENABLED", "pageSize": "200"}
        pages = self._connection.pages(_SERVICES, path, params, "serviceusage.services.list")
        enabled = frozenset(
            str(service.get("config", {}).get("name") or service["name"].rpartition("/")[2])
            for page in pages
            for service in page.get("services", ())
        )
        if _SERVICES not in enabled:
            # It has just answered: a list without it is not the whole list, and the kinds of the others are not empty.
            raise Unreachable(messages.SERVICES_INCOMPLETE(service=_SERVICES), operation="serviceusage.services.list")
        return enabled


def _with_parents(kinds: Iterable[str]) -> list[str]:
    """Give these kinds with all ancestors, by name."""
    return sorted(with_parents(kinds, {row.kind: row.above for row in rows().values()}))


def _with_presence(resource: Resource, uids: set[str], complete: set[str]) -> Resource:
    """Say that a manager is gone where its kind was listed to its end and it is not there (S13).

    A service that the project has disabled since may still run what it made: it is not asked, and proves nothing.
    """
    manager = resource.manager
    if manager is None or not manager.reference or manager.reference in uids or manager.kind not in complete:
        return resource
    return replace(resource, manager=Manager(manager.kind, manager.name, manager.reference, Presence.GONE))


def _is_going_away(row: Row, item: Json) -> bool:
    """Whether the API still shows a resource that is deleted already."""
    return row.state != "" and item.get(row.state) in {"DELETED", "DELETE_REQUESTED", "DESTROYED", *row.facts.gone}
