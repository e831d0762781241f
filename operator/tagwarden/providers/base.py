"""What every provider does, and the errors it may raise."""

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
    """The requests of one operation that ended with one code: the HTTP status, or the vendor's name of the error.

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
    """What a vendor gave for a write that it accepted.

    `request_id` is what its support and its audit log know the call by: of several calls that of the last one, which is
    the deletion itself; empty where nothing had to be asked for, or the vendor names no request.
    """

    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that a provider takes since the vendor refused a deletion for want of it (S23).

    `step` names it for a person: the operation and what it is done to. `undo` is all that `Provider.undo` needs, in the
    provider's own text; empty where nothing brings back what the step destroys. `lasts`: the vendor takes minutes for
    it, and refuses the deletion until then. `shared`: it makes way for others that go at the same time, and is kept
    until they had their turn.
    """

    step: str
    undo: str = ""
    lasts: bool = False
    shared: bool = False


Note = Callable[[Taken], None]
"""Called right before a step is taken; what it raises keeps the step from being taken."""


def note_nothing(taken: Taken) -> None:
    """Keep no step in mind: whoever deletes so cannot undo."""


class Provider(Protocol):
    """One account of one vendor. Methods block; instances may be shared by threads.

    Errors: every foreign error leaves as a `ProviderError` of `tagwarden.errors` with the vendor's code, the
    operation and the request id. `collect` raises only where nothing at all can be known (credentials, wrong
    account, endpoint down); any narrower failure is a `CollectFailure` of the snapshot (S3, S12).
    """

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that `collect` looks for."""
        ...

    @property
    def requests(self) -> tuple[RequestCount, ...]:
        """The requests that were made so far, sorted by service, operation and code."""
        ...

    def identify(self) -> Identity:
        """Ask the vendor who we are; raise `WrongAccount` when that is not the declared account (S10)."""
        ...

    def collect(self, now: datetime, progress: Progress | None = None, extent: Extent | None = None) -> Snapshot:
        """List everything, in parallel, or only an extent. `now` (aware UTC) becomes the snapshot's time.

        With `extent` the snapshot names as asked for the kinds of the extent, and those that must be listed for them.
        """
        ...

    def read(self, resource: Resource) -> Resource | None:
        """Read one resource again, as it is now, tags included; None when it is gone."""
        ...

    def set_tags(self, resource: Resource, changes: TagChanges) -> Receipt:
        """Write tags of the resource as it was last read; all other tags stay.

        The resource's `version` is the precondition where the vendor has one: raises `PreconditionFailed` when it
        no longer holds. Returns once the vendor has accepted the write; the caller reads again.
        """
        ...

    def delete(self, resource: Resource, note: Note = note_nothing) -> Receipt:
        """Delete the resource as it was last read (`version` is the precondition).

        The deletion is tried first. Where the vendor refuses it and names what is missing, the kind's declared steps
        are taken, each after a `note` of it, and the deletion is tried again; any other refusal changes nothing (S23).
        Returns once the vendor has accepted; whether it is gone says `is_gone`. A resource that is not there any
        more is success, not `NotFound`. After an error, the caller undoes the steps that were noted.
        """
        ...

    def undo(self, resource: Resource, taken: Taken) -> None:
        """Take a step back; that it was never taken, or is undone already, is success."""
        ...

    def is_gone(self, resource: Resource) -> bool:
        """Whether a fresh look no longer finds this very resource (same uid and creation time).

        Raises `DeletionFailed` where the vendor says that it has given the deletion up.
        """
        ...

    def dependents_of(self, kind: str) -> frozenset[str]:
        """The kinds that could hold, own, use or name one of this kind; all must be listed before a deletion (S3)."""
        ...


@runtime_checkable
class KeepsBackups(Protocol):
    """What a provider may offer besides: to keep a resource as it was, and to make it again from that."""

    def backup(self, resource: Resource) -> str:
        """Give all that is needed to make a resource again; empty where nothing may be kept (a Secret)."""
        ...

    def recreate(self, backup: str) -> Resource:
        """Make a resource from its backup and give it as it is then; raise where its name is taken."""
        ...


class BackupState(StrEnum):
    """How far a backup has come at the vendor."""

    UNDER_WAY = "under way"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """A backup that a vendor made of a resource: a resource itself, with tags of its own."""

    backup: Resource
    state: BackupState


@runtime_checkable
class MakesBackups(Protocol):
    """What a provider may offer besides: to have the vendor keep what a resource holds before it is deleted."""

    def backups_of(self, resource: Resource) -> tuple[MadeBackup, ...]:
        """Look for all that carries `tagwarden.io/backup-of` with the uid of this resource, in any order.

        Raises where the tags of something that may be one cannot be read: what is not known is not missing (S1).
        """
        ...

    def back_up(self, resource: Resource, tags: Mapping[str, str]) -> Receipt:
        """Ask for a backup that carries these tags from the moment it is there.

        `tags` name the resource and the instant, so that asking again with the same ones never makes a second, where
        the vendor has names for backups. Returns once the vendor has accepted; how far it is says `backups_of`.
        Raises `Unsupported` for what cannot be kept.
        """
        ...
