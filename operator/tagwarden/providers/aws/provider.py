"""An AWS account, read and changed through the catalogue."""

import os
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tagwarden.errors import BadInput, ProviderError, Unsupported, WrongAccount
from tagwarden.model.account import CloudAccount
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.snapshot import Extent, Identity, Snapshot
from tagwarden.model.tags import TagChanges
from tagwarden.providers.aws import backing_up, deleting
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.clients import Clients
from tagwarden.providers.aws.collecting import PARENTS, collect
from tagwarden.providers.aws.errors import ours
from tagwarden.providers.aws.gathering import Gatherer
from tagwarden.providers.aws.managers import gone, managers_of, settled
from tagwarden.providers.aws.normalising import Place, known_of
from tagwarden.providers.aws.regions import regions_of, unlisted_regions
from tagwarden.providers.aws.relations import RESTORING_KINDS
from tagwarden.providers.aws.row import Kind
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.aws.tag_writing import write_tags
from tagwarden.providers.base import MadeBackup, Note, Progress, Receipt, RequestCount, Taken, note_nothing
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.listing_families import with_parents
from tagwarden.providers.catalogue.workers import Workers
from tagwarden.providers.dates import instant_of
from tagwarden.providers.listing_counter import ListingCounter


class AwsProvider:
    """A `Provider` (see `providers.base`) for a declared AWS account, with backups.

    `credentials` are the entries of the account's Secret; None: the ambient identity. `environ` gives the first region
    if the account declares none.
    """

    def __init__(
        self, account: CloudAccount, credentials: Mapping[str, str] | None, environ: Mapping[str, str] = os.environ
    ) -> None:
        if account.spec.aws is None:
            raise BadInput(f"CloudAccount {account.name}: spec.aws is missing; write at least aws: {{accountID: …}}")
        self._name = account.name
        self._spec = account.spec.aws
        with ours("sts:GetCallerIdentity"):
            self._calls = Calls(Clients(self._spec, credentials, environ))
        self._confirmed: Identity | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the catalogue."""
        return tuple(KINDS)

    @property
    def requests(self) -> tuple[RequestCount, ...]:
        """Every HTTP request so far, counted by service, operation and code."""
        return self._calls.clients.counter.counts()

    def identify(self) -> Identity:
        """Get the identity from STS; raise `WrongAccount` if the account is not the declared one (S10)."""
        answer = self._calls.call("sts", self._calls.clients.home_region, "GetCallerIdentity", {})
        if answer["Account"] != self._spec.account_id:
            self._confirmed = None
            raise WrongAccount(
                f"the credentials belong to AWS account {answer['Account']}, but CloudAccount {self._name} declares "
                f"{self._spec.account_id}; correct spec.aws.accountID, credentialsSecret or roleARN",
                operation="sts:GetCallerIdentity",
            )
        self._confirmed = Identity(answer["Account"], answer["Arn"], _answered_at(answer))
        return self._confirmed

    def collect(self, now: datetime, progress: Progress | None = None, extent: Extent | None = None) -> Snapshot:
        """List every kind in every region, or the kinds of the extent."""
        started, calls_before = time.monotonic(), self._calls.clients.counter.total
        identity = self.identify()
        regions = regions_of(self._spec, self._calls)
        unlisted = unlisted_regions(regions, self._calls) if self._spec.regions else ()
        rows: tuple[Kind, ...] = tuple(KINDS.values())
        if extent is not None:
            rows = tuple(KINDS[name] for name in KINDS if name in with_parents(extent.kinds, PARENTS))
            regions = tuple(one for one in regions if extent.regions is None or one in extent.regions)
        with ListingCounter(self._name, progress, lambda: self._calls.clients.counter.total - calls_before) as counter:
            collected = collect(rows, self._home(), regions, self._calls, counter)
        return Snapshot(
            id=f"{self._name}-{now:%Y%m%dT%H%M%S.%fZ}",
            account=self._name,
            provider=ProviderName.AWS,
            identity=identity,
            taken=now,
            duration_seconds=time.monotonic() - started,
            kinds=tuple(row.name for row in rows),
            resources=collected.resources,
            edges=collected.edges,
            failures=collected.failures,
            api_calls=self._calls.clients.counter.total - calls_before,
            unlisted_regions=unlisted,
            mentions=collected.mentions,
        )

    def read(self, resource: Resource) -> Resource | None:
        """Read a resource again; None if deleted or replaced by another resource of the same name."""
        found = self._read(_kind_of(resource), resource.region, self._known(resource))
        if found is None or found.uid != resource.uid:
            return None
        if _tells_no_other_manager(found, resource):
            return replace(found, manager=resource.manager)
        return self._with_manager(found)

    def set_tags(self, resource: Resource, changes: TagChanges) -> Receipt:
        """Write tags; AWS has no precondition for tags, so the caller reads before and after."""
        return write_tags(_kind_of(resource), self._region_for(resource), self._known(resource), changes, self._calls)

    def delete(self, resource: Resource, note: Note = note_nothing) -> Receipt:
        """Try to delete, and take the steps that the refusal requires; return once AWS has accepted."""
        kind, region = _kind_of(resource), self._region_for(resource)
        return deleting.delete(kind, resource, region, self._known(resource), self._calls, note)

    def undo(self, resource: Resource, taken: Taken) -> None:
        """Undo a step, in the verified account (S10)."""
        self._home()
        deleting.undo(taken, self._region_for(resource), self._calls)

    def backups_of(self, resource: Resource) -> tuple[MadeBackup, ...]:
        """Find the backups of a resource."""
        place = replace(self._home(), region=self._region_for(resource))
        return backing_up.look_for(_kind_of(resource), resource, self._known(resource), place, self._calls)

    def back_up(self, resource: Resource, tags: Mapping[str, str]) -> Receipt:
        """Request a backup with these tags; return once AWS has accepted."""
        place = replace(self._home(), region=self._region_for(resource))
        return backing_up.make(_kind_of(resource), resource, self._known(resource), tags, place, self._calls)

    def is_gone(self, resource: Resource) -> bool:
        """Whether a fresh read no longer finds this resource; raise `DeletionFailed` with AWS's cause."""
        kind = _kind_of(resource)
        found = self._read(kind, resource.region, self._known(resource))
        if found is None or found.uid != resource.uid:
            return True
        deleting.raise_if_failed(kind, found, self._region_for(resource), self._known(resource), self._calls)
        # The creation time of a resource in deletion may differ: a terminating instance has lost the volumes from which
        # the time is known.
        if found.state in kind.going or found.created is None or resource.created is None:
            return False
        return found.created > resource.created

    def _read(self, kind: Kind, region: str, known: Mapping[str, Any]) -> Resource | None:
        place = replace(self._home(), region=region or self._calls.clients.global_region)
        workers = Workers()
        try:
            return Gatherer(kind, place, self._calls, workers, Shared()).read(known)
        finally:
            workers.close()

    def _with_manager(self, resource: Resource) -> Resource:
        """Find the relevant manager of several, as in a collection."""
        managers = managers_of(resource)
        if not managers:
            return resource
        return replace(resource, manager=settled(managers, lambda one: self._looked_for(one, resource.region)))

    def _looked_for(self, manager: Manager, region: str) -> Manager | None:
        if not manager.reference:
            return manager
        told, _, id_ = manager.reference.partition("/")
        kind, place = told, region
        if manager.reference.startswith("arn:"):
            kind, id_, place = manager.kind, manager.reference, manager.reference.split(":")[3]
        if kind not in RESTORING_KINDS:
            return None
        named = re.fullmatch(KINDS[kind].id_tells, id_) if KINDS[kind].id_tells else None
        known = {**(named.groupdict() if named else {}), "id": id_, "uid": id_, "name": manager.name, "region": place}
        try:
            found = self._read(KINDS[kind], place, known)
        except (ProviderError, KeyError):
            return None  # not known to be gone
        return gone(manager) if found is None else replace(manager, reference=found.uid)

    def _home(self) -> Place:
        """Give the place of global resources; looks up the identity if not yet known."""
        identity = self._confirmed or self.identify()
        partition = identity.caller.split(":")[1]
        region = self._calls.clients.global_region
        return Place(self._name, identity.account, partition, region, identity.caller)

    def _known(self, resource: Resource) -> dict[str, Any]:
        home, pattern = self._home(), _kind_of(resource).id_tells
        # A resource from the journal has no attributes.
        told = re.fullmatch(pattern, resource.id) if pattern else None
        return {**(told.groupdict() if told else {}), **known_of(resource, home.account_id, home.partition)}

    def _region_for(self, resource: Resource) -> str:
        return resource.region or self._calls.clients.global_region


def _answered_at(answer: Mapping[str, Any]) -> datetime | None:
    return instant_of(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date"))


def _kind_of(resource: Resource) -> Kind:
    try:
        return KINDS[resource.kind]
    except KeyError:
        raise Unsupported(f"kind {resource.kind} is not supported by this version") from None


def _tells_no_other_manager(found: Resource, before: Resource) -> bool:
    """Whether the manager known from a pass still holds.

    The manager may be known from the owner (an instance of its volumes), which a read of the member alone does not
    show, or be named by an id instead of the uid found in the pass.
    """
    known = before.manager
    if known is None or not known.reference.startswith("arn:"):
        return False
    if found.manager is None:
        return known.kind in RESTORING_KINDS
    return (found.manager.kind, found.manager.name) == (known.kind, known.name) and known.kind not in RESTORING_KINDS
