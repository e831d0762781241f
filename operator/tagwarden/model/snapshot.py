"""Everything a pass saw of an account: an immutable value to save, load and replay."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tagwarden.model.graph import Edge
from tagwarden.model.mentions import Mentions
from tagwarden.model.resource import ProviderName, Resource

EVERY_KIND = "*"
ANY_REGION = "*"


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity behind the credentials: the account, project or cluster, and the caller in the vendor's words.

    `at` is the time of the request by the vendor's clock (aware); None if the response has none. `issuer` signs the
    service account tokens of a cluster; empty if unknown. `server` is the URL of a cluster's API server. `number`
    stands for the account in names of a vendor that numbers accounts too.
    """

    account: str
    caller: str = ""
    at: datetime | None = field(default=None, compare=False)
    issuer: str = field(default="", compare=False)
    server: str = field(default="", compare=False)
    number: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Extent:
    """The part of an account to list again: these kinds, in these regions and namespaces.

    None: every region, or namespace, that the account collects. Global kinds and cluster-scoped objects are listed
    regardless of regions and namespaces.
    """

    kinds: frozenset[str]
    regions: frozenset[str] | None = None
    namespaces: frozenset[str] | None = None

    def is_within(self, other: "Extent") -> bool:
        """Whether the other extent covers this one."""
        return (
            self.kinds <= other.kinds
            and _is_within(self.regions, other.regions)
            and _is_within(self.namespaces, other.namespaces)
        )


def _is_within(places: frozenset[str] | None, others: frozenset[str] | None) -> bool:
    return others is None or (places is not None and places <= others)


@dataclass(frozen=True, slots=True)
class CollectFailure:
    """A kind in a region that was not listed to the end; the kind is incomplete (S3).

    `kind` is `*` where a whole region or account failed; `reason` is a value of `Reason`.
    """

    kind: str
    region: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class InventoryRead:
    """A vendor's inventory of the account, read in place of listings; it may lag behind the account.

    `read_at` is the time of its contents in the vendor's words, `latest_change` the latest change that it shows (both
    aware). `resources` of the snapshot come from it.
    """

    name: str
    read_at: datetime
    latest_change: datetime | None
    resources: int


def snapshot_id(account: str, taken: datetime) -> str:
    """Name a snapshot so that names sort by time and are unique."""
    return f"{account}.{taken.astimezone(UTC):%Y%m%dT%H%M%S.%f}Z"


def _edge_order(edge: Edge) -> tuple[str, str, str]:
    return edge.source, edge.meaning, edge.target


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The resources of one account, in the order of uid, and the edges between them, at one time (aware UTC).

    `taken` is the start of the collection: later changes may or may not be included. `kinds` names every requested
    kind, so that "none found" differs from "not requested". `unlisted_regions` are the enabled regions of the account
    that were left out; `*` if the enabled regions are unknown. `mentions` are the names in resources that may refer to
    another account. `inventory` is the vendor's inventory from which resources come; None where all were listed.
    `disabled_kinds` are the requested kinds that were not listed, since the account has not enabled their API.
    """

    id: str
    account: str
    provider: ProviderName
    identity: Identity
    taken: datetime
    duration_seconds: float
    kinds: tuple[str, ...]
    resources: tuple[Resource, ...]
    edges: tuple[Edge, ...]
    failures: tuple[CollectFailure, ...] = ()
    api_calls: int = 0
    unlisted_regions: tuple[str, ...] = ()
    mentions: Mentions = field(default_factory=dict)
    inventory: InventoryRead | None = None
    disabled_kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # The same order, whichever thread answered first: the same resources give the same value and the same file.
        object.__setattr__(self, "resources", tuple(sorted(self.resources, key=lambda resource: resource.uid)))
        object.__setattr__(self, "edges", tuple(sorted(self.edges, key=_edge_order)))

    @property
    def incomplete_kinds(self) -> frozenset[str]:
        """The kinds that failed somewhere; contains `*` where a whole region or the account failed."""
        return frozenset(failure.kind for failure in self.failures)

    @property
    def is_complete(self) -> bool:
        """Whether every kind was listed to the end in every region."""
        return not self.failures

    def is_complete_for(self, kinds: Iterable[str]) -> bool:
        """Whether all of these kinds were requested and listed to the end."""
        incomplete = self.incomplete_kinds
        if EVERY_KIND in incomplete:
            return False
        asked = set(self.kinds)
        return all(kind in asked and kind not in incomplete for kind in kinds)
