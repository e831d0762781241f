"""The protocols of a vendor: `Catalogue` for the facts about its kinds, `Provider` for one account of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from tagwarden.model.account import CloudAccount
from tagwarden.model.prices import Price
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.snapshot import Extent, Identity, Snapshot
from tagwarden.model.tags import TagChanges
from tagwarden.providers.endpoints import AllowedEndpoint

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


class Cost(StrEnum):
    """How the cost of a kind is known: the cost of its existence, without its use."""

    LIST_PRICE = "list price"
    FREE = "free"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class KindInfo:
    """One kind as people see it in `tagwarden kinds`.

    `more_categories` are the categories that some resources of the kind have instead of `category`. `can_back_up`: the
    vendor backs up some resources of the kind, if not all of them. `permissions` are IAM actions, or the questions that
    `kubectl auth can-i` takes.
    """

    kind: str
    provider: ProviderName
    category: str
    more_categories: tuple[str, ...]
    can_tag: bool
    can_delete: bool
    can_back_up: bool
    cost: Cost
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyNeeds:
    """The actions of one policy on the resources of one provider, from which its permissions follow.

    `kinds` and `backed_up` are globs of kinds and categories; no `kinds` stand for every kind. `associated`: whatever
    only exists for a deleted resource goes with it, of any kind.
    """

    kinds: tuple[str, ...]
    acts: bool
    tags: bool
    deletes: bool
    associated: bool
    backed_up: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Access:
    """How accounts may be reached: the choice of the person who runs this alone.

    `kubeconfig` serves Kubernetes accounts that name no Secret; `endpoints` are those that accounts may name;
    `recognise` takes an account and the uid of its cluster whenever that is asked for, and raises WrongAccount where
    it is another than expected (S22).
    """

    kubeconfig: Path | None = None
    endpoints: tuple[AllowedEndpoint, ...] = ()
    recognise: Callable[[str, str], None] = lambda _account, _identity: None


Secrets = Mapping[str, Mapping[str, str]]
"""The entries of each declared Secret, by the name of the Secret."""


class Catalogue(Protocol):
    """The facts about the kinds of one vendor, none of which needs a request, and the way to its accounts.

    No method has a default: a vendor states each fact, since a wrong guess deletes. `providers.registry` has them all.
    """

    def kinds(self) -> tuple[KindInfo, ...]:
        """Every kind that is known beforehand, sorted by name."""
        ...

    def notes(self) -> tuple[str, ...]:
        """Lines of Markdown that introduce the kinds on their reference page."""
        ...

    def lacks_kind(self, name: str) -> bool:
        """Whether a name has the form of this vendor's kinds, and the vendor has no such kind, now or later."""
        ...

    def regions(self) -> frozenset[str]:
        """Every region of the vendor; empty where it has none. May take a second."""
        ...

    def can_delete(self, kind: str) -> bool:
        """Whether resources of the kind can be deleted at all."""
        ...

    def can_back_up(self, resource: Resource) -> bool:
        """Whether the vendor can back this very resource up before its deletion."""
        ...

    def is_irreplaceable(self, kind: str) -> bool:
        """Whether resources of the kind hold data, keys or names that nothing can make again (S19)."""
        ...

    def is_named_only(self, resource: Resource) -> bool:
        """Whether a policy governs the resource only where it names the kind: it serves a whole cluster (S20)."""
        ...

    def dependents_of(self, kind: str, served: frozenset[str]) -> frozenset[str]:
        """The kinds of which a resource could hold, own, use or name one of `kind`; all must be listed (S3, S18).

        `served` are the kinds of custom resources that clusters serve, or that could not be listed: no catalogue knows
        them, and any may name the objects that Pods use.
        """
        ...

    def spans_regions(self, kind: str) -> bool:
        """Whether resources of the kind can be used from every region, so that all of these must be listed (S3)."""
        ...

    def untangles(self, kind: str) -> bool:
        """Whether a deletion of the kind first cuts references among its own kind, so that a cycle can be deleted."""
        ...

    def permissions(self, needs: Sequence[PolicyNeeds]) -> str:
        """The least permissions that these policies need, as a document in the vendor's own format."""
        ...

    def prices(
        self, regions: Iterable[str], kinds: Iterable[str], environ: Mapping[str, str], progress: Progress | None
    ) -> Iterator[Price]:
        """Ask the vendor for the list prices of these kinds, of those whose `cost` is a list price.

        In the order of regions, kinds and items, with the ambient identity that `environ` describes. Raises
        ProviderError where the vendor does not answer, Unsupported where it has no price list.
        """
        ...

    def check_account(self, account: CloudAccount) -> None:
        """Raise InvalidField where the vendor cannot have declared fields of the account, such as a region."""
        ...

    def open(self, account: CloudAccount, secrets: Secrets, access: Access) -> Provider:
        """Open an account with the credentials that it names; sends no request.

        Raises BadInput where the declaration cannot be used, and where a Secret or a file is missing.
        """
        ...
