"""The provider protocols and the errors they may raise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import Extent, Identity, Snapshot
from tagwarden.model.tags import TagChanges

Progress = Callable[[str], None]
"""Called with one line for a person, such as `eu-central-1: aws_ec2_instance`; must not raise."""


@dataclass(frozen=True, slots=True)
class RequestCount:
    """The requests of one operation with one result code: the HTTP status, or the vendor's error code.

    `operation` never names a resource. `seconds` is the sum of all, from sending to the last byte. Each attempt of a
    retried call counts.
    """

    service: str
    operation: str
    code: str
    count: int
    seconds: float
    throttled: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """A vendor's receipt for an accepted write.

    `request_id` identifies the call for the vendor's support and audit log: of several calls the last one, which is the
    deletion itself; empty without a call or without an id.
    """

    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that a provider takes because the vendor's refusal of a deletion requires it (S23).

    `step` names it for a person: the operation and its target. `undo` is the input of `Provider.undo`, in the
    provider's own format; empty for an irreversible step. `lasts`: the vendor takes minutes for the step, and refuses
    the deletion until then. `shared`: the step helps other deletions of the same plan, and is not undone before these
    were tried.
    """

    step: str
    undo: str = ""
    lasts: bool = False
    shared: bool = False


Note = Callable[[Taken], None]
"""Called right before a step is taken; an exception prevents the step."""


def note_nothing(taken: Taken) -> None:
    """Discard the steps: the caller cannot undo them."""


class Provider(Protocol):
    """One account of one vendor. Methods block; instances may be shared by threads.

    Errors: every foreign error leaves as a `ProviderError` of `tagwarden.errors` with the vendor's code, the
    operation and the request id. `collect` raises only when it can learn nothing (credentials, wrong account, endpoint
    down); any narrower failure is a `CollectFailure` of the snapshot (S3, S12).
    """

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that `collect` lists."""
        ...

    @property
    def requests(self) -> tuple[RequestCount, ...]:
        """The requests so far, sorted by service, operation and code."""
        ...

    def identify(self) -> Identity:
        """Get our identity from the vendor; raise `WrongAccount` when it is not in the declared account (S10)."""
        ...

    def collect(self, now: datetime, progress: Progress | None = None, extent: Extent | None = None) -> Snapshot:
        """List everything, in parallel, or only an extent. `now` (aware UTC) becomes the snapshot's time.

        With `extent` the snapshot covers the kinds of the extent, and those that must be listed for them.
        """
        ...

    def read(self, resource: Resource) -> Resource | None:
        """Read one resource again, with its tags; None when it is gone."""
        ...

    def set_tags(self, resource: Resource, changes: TagChanges) -> Receipt:
        """Write tags of the resource as it was last read; other tags stay unchanged.

        The resource's `version` is the precondition where the vendor has one: raises `PreconditionFailed` when it
        no longer holds. Returns once the vendor has accepted the write; the caller reads again.
        """
        ...

    def delete(self, resource: Resource, note: Note = note_nothing) -> Receipt:
        """Delete the resource as it was last read (`version` is the precondition).

        The deletion is tried first. When the vendor's refusal names a missing step, the kind's declared steps are
        taken, each after its `note`, and the deletion is tried again; any other refusal changes nothing (S23). Returns
        once the vendor has accepted; `is_gone` tells whether the resource is gone. A missing resource is success, not
        `NotFound`. After an error, the caller undoes the noted steps.
        """
        ...

    def undo(self, resource: Resource, taken: Taken) -> None:
        """Undo a step; a step never taken or already undone is success."""
        ...

    def is_gone(self, resource: Resource) -> bool:
        """Whether a fresh read no longer finds this resource (same uid and creation time).

        Raises `DeletionFailed` when the vendor has abandoned the deletion.
        """
        ...

    def dependents_of(self, kind: str) -> frozenset[str]:
        """The kinds that could hold, own, use or name one of this kind; all must be listed before a deletion (S3)."""
        ...


@runtime_checkable
class KeepsBackups(Protocol):
    """Optional: keeps a manifest of a resource and recreates the resource from it."""

    def backup(self, resource: Resource) -> str:
        """Give the manifest to recreate a resource; empty when it must not be kept (a Secret)."""
        ...

    def recreate(self, backup: str) -> Resource:
        """Recreate a resource from its backup and give the new one; raise when its name is taken."""
        ...


class BackupState(StrEnum):
    """The progress of a backup at the vendor."""

    UNDER_WAY = "under way"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """A vendor's backup of a resource: itself a resource, with its own tags."""

    backup: Resource
    state: BackupState


@runtime_checkable
class MakesBackups(Protocol):
    """Optional: backups by the vendor before a deletion."""

    def backups_of(self, resource: Resource) -> tuple[MadeBackup, ...]:
        """Find all resources with the tag `tagwarden.io/backup-of` and the uid of this resource, in any order.

        Raises when the tags of a possible backup are unreadable: unknown is not missing (S1).
        """
        ...

    def back_up(self, resource: Resource, tags: Mapping[str, str]) -> Receipt:
        """Request a backup that has these tags from its creation.

        `tags` name the resource and the time, so that a repeated request never creates a second backup, if the vendor
        has names for backups. Returns once the vendor has accepted; `backups_of` gives the progress. Raises
        `Unsupported` for resources without backups.
        """
        ...
