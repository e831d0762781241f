"""The protocols of a vendor: `Catalogue` for the facts about kinds, `Provider` for an account."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol, runtime_checkable

from tagwarden.model.account import CloudAccount
from tagwarden.model.prices import Price
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.snapshot import Extent, Identity, Snapshot
from tagwarden.model.tags import TagChanges
from tagwarden.providers.endpoints import AllowedEndpoint


@dataclass(frozen=True, slots=True)
class ListingProgress:
    """How far one account is listed, for people who wait.

    `kinds` of `all_kinds` are listed in every region. `resources` and `requests` count so far. After `has_ended`
    nothing follows; `has_failed` says that the listing gave no snapshot.
    """

    account: str
    kinds: int
    all_kinds: int
    resources: int
    requests: int
    seconds: float
    has_ended: bool = False
    has_failed: bool = False


Progress = Callable[[str | ListingProgress], None]
"""Called from any thread with one line for a person, or with how far an account is listed; must not raise."""


@dataclass(frozen=True, slots=True)
class RequestCount:
    """The requests of an operation with the same result code: the HTTP status, or the vendor's error code.

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

    `request_id` identifies the call for the vendor's support and audit log; of several calls the last, which is the
    deletion; empty without a call or without an id.
    """

    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step of a provider that the vendor's refusal of a deletion requires (S23).

    `step` describes the step for a person: the operation and the target. `undo` is the input of `Provider.undo`, in the
    provider's own format; empty for an irreversible step. `lasts`: the vendor takes minutes for the step, and refuses
    the deletion until then. `shared`: the step helps other deletions of the same plan, and is not undone before these
    were tried.
    """

    step: str
    undo: str = ""
    lasts: bool = False
    shared: bool = False


Note = Callable[[Taken], None]
"""Called right before a step is taken, and perhaps again before each further request of it; an exception prevents the
request: a bucket takes hours to empty, in which the permission to act may end (S11)."""


def note_nothing(taken: Taken) -> None:
    """Discard the steps: the caller cannot undo steps."""


class Provider(Protocol):
    """An account of a vendor. Methods block; instances may be shared by threads.

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
        """Get the identity of the credentials; raise `WrongAccount` if the account is not the declared one (S10)."""
        ...

    def collect(self, now: datetime, progress: Progress | None = None, extent: Extent | None = None) -> Snapshot:
        """List everything, in parallel, or only an extent. `now` (aware UTC) becomes the snapshot's time.

        With `extent` the snapshot covers the kinds of the extent, and further kinds needed to read these.
        """
        ...

    def read(self, resource: Resource) -> Resource | None:
        """Read a resource again, with tags; None if deleted."""
        ...

    def set_tags(self, resource: Resource, changes: TagChanges) -> Receipt:
        """Write tags of the resource as it was last read; other tags stay unchanged.

        The resource's `version` is the precondition where the vendor has one: raises `PreconditionFailed` after a
        change. Returns once the vendor has accepted the write; the caller reads again.
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


@runtime_checkable
class KeepsBackups(Protocol):
    """Optional: keeps a manifest of a resource and recreates the resource from it."""

    def backup(self, resource: Resource) -> str:
        """Give the manifest to recreate a resource; empty if the manifest must not be stored (a Secret)."""
        ...

    def recreate(self, backup: str) -> Resource:
        """Recreate a resource from its backup and give the new resource; raise if the name is taken."""
        ...


class BackupState(StrEnum):
    """The progress of a backup at the vendor."""

    UNDER_WAY = "under way"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """A vendor's backup of a resource: also a resource, with tags. `why` is the vendor's reason for a failure."""

    backup: Resource
    state: BackupState
    why: str = ""


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


class Cost(StrEnum):
    """Source of the cost of a kind: the cost of existence, without use."""

    LIST_PRICE = "list price"
    FREE = "free"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class KindInfo:
    """A kind as shown in `tagwarden kinds`.

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
    """The actions of a policy on the resources of a provider, which determine the permissions.

    `kinds` and `backed_up` are globs of kinds and categories; no `kinds` stand for every kind. `associated`: resources
    of any kind that only exist for a deleted resource are deleted too.
    """

    kinds: tuple[str, ...]
    acts: bool
    tags: bool
    deletes: bool
    associated: bool
    backed_up: tuple[str, ...] = ()


def matches_any(globs: Iterable[str], *names: str) -> bool:
    """Whether a glob of a policy matches a name: a kind, or one of the categories of the kind."""
    return any(fnmatchcase(name, glob) for glob in globs for name in names)


@dataclass(frozen=True, slots=True)
class RoleRequest:
    """The form in which permissions are written.

    `format` is one of `Catalogue.permission_formats`. `trust` names who may take the role, in a form of the vendor;
    empty: the permissions are written without a role. `service_account` is NAMESPACE/NAME of the operator's, for trust
    in a cluster, and `external_id` the secret that the trusted account must state.
    """

    format: str
    name: str = "tagwarden"
    trust: str = ""
    service_account: str = "tagwarden/tagwarden"
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """Allowed access to accounts, chosen by the person who runs Tagwarden.

    `kubeconfig` is for Kubernetes accounts without a Secret; `endpoints` are those that accounts may name; `recognise`
    takes an account and the uid of a cluster, and raises WrongAccount for an unexpected cluster (S22).
    `has_neighbours`: further accounts of the same vendor are declared, whose resources this one may use.
    """

    kubeconfig: Path | None = None
    endpoints: tuple[AllowedEndpoint, ...] = ()
    recognise: Callable[[str, str], None] = lambda _account, _identity: None
    has_neighbours: bool = False


@dataclass(frozen=True, slots=True)
class AmbientAccount:
    """The account that the ambient identity of this process opens.

    `name` is the name that people know the account by. `description` names the account and the caller for a person.
    `block` is the block of the provider in `spec`, as YAML with comments that name the fields to change next.
    `arguments` are the ones that other commands need to reach the same account.
    """

    name: str
    description: str
    block: str
    arguments: tuple[str, ...] = ()


Secrets = Mapping[str, Mapping[str, str]]
"""The entries of each declared Secret, by the name of the Secret."""


class Catalogue(Protocol):
    """The facts about the kinds of a vendor, and access to accounts.

    Only `prices` and `ambient_account` send requests.

    No method has a default: a vendor states each fact, since a wrong guess deletes. `providers.registry` has all
    catalogues.
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
        """Every region of the vendor; empty for a vendor without regions. May take a second."""
        ...

    def can_delete(self, kind: str) -> bool:
        """Whether resources of the kind can be deleted at all."""
        ...

    def can_tag(self, kind: str) -> bool:
        """Whether tags can be written on resources of the kind."""
        ...

    def can_back_up(self, resource: Resource) -> bool:
        """Whether the vendor can back this resource up before the deletion."""
        ...

    def is_irreplaceable(self, kind: str) -> bool:
        """Whether resources of the kind hold data, keys or names that cannot be recreated (S19)."""
        ...

    def is_named_only(self, resource: Resource) -> bool:
        """Whether a policy governs the resource only by naming the kind, since it serves a whole cluster (S20)."""
        ...

    def dependents_of(self, kind: str, served: frozenset[str]) -> frozenset[str]:
        """The kinds of resources that may contain, own, use or name a resource of `kind`; all must be listed (S3, S18).

        `served` are the kinds of custom resources that clusters serve, or that could not be listed: no catalogue knows
        these kinds, and any may name the objects that Pods use.
        """
        ...

    def spans_regions(self, kind: str) -> bool:
        """Whether resources of the kind can be used from every region, so that all regions must be listed (S3)."""
        ...

    def untangles(self, kind: str) -> bool:
        """Whether a deletion of the kind first cuts references within the kind, so that a cycle can be deleted."""
        ...

    def permission_formats(self) -> tuple[str, ...]:
        """The formats of `permissions`, the default first."""
        ...

    def permissions(self, needs: Sequence[PolicyNeeds], role: RoleRequest) -> str:
        """The least permissions that these policies need, as a document in the format of the request.

        Raises BadInput that names the option of `tagwarden permissions` whose value is wrong.
        """
        ...

    def prices(
        self, regions: Iterable[str], kinds: Iterable[str], environ: Mapping[str, str], progress: Progress | None
    ) -> Iterator[Price]:
        """Request the vendor's list prices for those of these kinds whose `cost` is a list price.

        In the order of regions, kinds and items, with the ambient identity that `environ` describes. Raises
        ProviderError if the vendor does not answer, Unsupported for a vendor without a price list.
        """
        ...

    def ambient_account(self, access: Access, environ: Mapping[str, str]) -> AmbientAccount:
        """Ask the vendor which account the ambient identity opens.

        Raises CredentialsInvalid that says how to get an identity where there is none, another ProviderError where the
        vendor does not answer.
        """
        ...

    def check_account(self, account: CloudAccount) -> None:
        """Raise InvalidField for fields of the account that are impossible at the vendor, such as an unknown region."""
        ...

    def open(self, account: CloudAccount, secrets: Secrets, access: Access) -> Provider:
        """Open an account with the credentials in its declaration; sends no request.

        Raises BadInput for an unusable declaration, and for a missing Secret or file.
        """
        ...
