"""Everything one pass saw of one account: an immutable value that can be saved, loaded and replayed."""

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
    """Who the credentials say we are: the account, project or cluster, and the caller in the vendor's words.

    `at` is when that was asked, by the vendor's own clock (aware); None where the answer did not tell. `issuer` signs
    the tokens of a cluster's service accounts; empty where the cluster did not tell. `server` is the URL at which a
    cluster answered.
    """

    account: str
    caller: str = ""
    at: datetime | None = field(default=None, compare=False)
    issuer: str = field(default="", compare=False)
    server: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Extent:
    """The part of an account that is listed again: these kinds, in these regions and namespaces.

    None: in every region, or namespace, that the account collects. Global kinds and cluster-scoped objects are listed
    whatever the regions and namespaces.
    """

    kinds: frozenset[str]
    regions: frozenset[str] | None = None
    namespaces: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class CollectFailure:
    """One kind in one region that could not be listed to its end; its kind is incomplete (S3).

    `kind` is `*` where a whole region or account failed; `reason` is a value of `Reason`.
    """

    kind: str
    region: str
    reason: str
    message: str


def snapshot_id(account: str, taken: datetime) -> str:
    """Name a snapshot so that it sorts by time and is never given twice."""
    return f"{account}.{taken.astimezone(UTC):%Y%m%dT%H%M%S.%f}Z"


def _edge_order(edge: Edge) -> tuple[str, str, str]:
    return edge.source, edge.meaning, edge.target


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The resources of one account, in the order of uid, and the edges between them, at one time (aware UTC).

    `taken` is when collecting began: whatever happened after it may or may not be seen. `kinds` names every kind
    that was asked for, so that "none found" differs from "never looked". `unlisted_regions` are the regions that are
    enabled for the account and were left out; `*` where it is not known which ones are enabled. `mentions` are the
    names that resources hold of what may be in another account.
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

    def __post_init__(self) -> None:
        # One order, whatever thread answered first: the same world gives the same value and the same file.
        object.__setattr__(self, "resources", tuple(sorted(self.resources, key=lambda resource: resource.uid)))
        object.__setattr__(self, "edges", tuple(sorted(self.edges, key=_edge_order)))

    @property
    def incomplete_kinds(self) -> frozenset[str]:
        """The kinds that failed somewhere; holds `*` where everything of a region or the account failed."""
        return frozenset(failure.kind for failure in self.failures)

    @property
    def is_complete(self) -> bool:
        """Whether every kind was listed to its end in every region."""
        return not self.failures

    def is_complete_for(self, kinds: Iterable[str]) -> bool:
        """Whether all of these kinds were looked for and listed to their end."""
        incomplete = self.incomplete_kinds
        if EVERY_KIND in incomplete:
            return False
        asked = set(self.kinds)
        return all(kind in asked and kind not in incomplete for kind in kinds)
