"""The report of one pass: made once, read by exit status, status, conditions, events and metrics alike.

Its size depends on how many accounts, kinds and reasons there are, never on how many resources.
"""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from tagwarden.model.boundary import Boundary
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.status import FINDINGS_SHOWN, Count, Line, PendingPlan, Summary
from tagwarden.model.verdict import Verdict

Seconds = Annotated[float, Field(ge=0)]


class Obstacle(Boundary):
    """Why something was not done."""

    reason: Reason
    """Why, in a word."""
    message: str
    """Why, in a sentence."""


class ResourceCount(Boundary):
    """Resources of one kind and verdict in one account, as they are after the pass."""

    account: str
    """The account."""
    provider: ProviderName
    """Its provider."""
    kind: str
    """The kind."""
    verdict: Verdict
    """The verdict, of what was written the one that it has now."""
    count: Count
    """How many there are."""
    open: Count = 0
    """How many of them still ask for something."""
    usd_per_month: float | None = None
    """What they cost by existing, as far as known; absent where no cost is known."""
    unpriced: Count = 0
    """How many of them have no known cost; 0 without a price list."""


class FindingCount(Boundary):
    """Findings of one reason in one account, as they are after the pass."""

    account: str
    """The account."""
    reason: Reason
    """The reason."""
    count: Count
    """How many there are."""


class ExpiryCount(Boundary):
    """Resources of one account and provider by the time that is left to them."""

    account: str
    """The account."""
    provider: ProviderName
    """Its provider."""
    window: str
    """The time that is left, as the label `window` of the metrics names it."""
    count: Count
    """How many there are."""


class AgeCount(Boundary):
    """How old the resources of one account and category are, where the vendor tells."""

    account: str
    """The account."""
    provider: ProviderName
    """Its provider."""
    category: str
    """The category."""
    buckets: tuple[Count, ...]
    """How many are in each bucket of `tagwarden_resource_age_seconds`; the last one has no upper bound."""
    seconds: Seconds
    """The sum of their ages."""


class KindName(Boundary):
    """A kind of which the policy governed something before the pass."""

    provider: ProviderName
    """The provider."""
    kind: str
    """The kind."""


class Figures(Boundary):
    """The resources that the policy governs, counted as they are after the pass; what was deleted is not there."""

    resources: tuple[ResourceCount, ...] = ()
    """By account, provider, kind and verdict."""
    findings: tuple[FindingCount, ...] = ()
    """By account and reason."""
    expiring: tuple[ExpiryCount, ...] = ()
    """By account, provider and window."""
    ages: tuple[AgeCount, ...] = ()
    """By account, provider and category."""


class Saving(Boundary):
    """What of one provider is not paid any more since it was deleted, or went along."""

    provider: ProviderName
    """The provider."""
    usd_per_month: float
    """What it cost by existing, as far as known."""
    unpriced: Count = 0
    """How many resources of it have no known cost."""


class VendorRequests(Boundary):
    """Requests to a vendor, of one operation, that ended with one code; each attempt counts."""

    provider: ProviderName
    """The vendor."""
    service: str
    """The service or API group."""
    operation: str
    """The operation."""
    code: str
    """The status, or the vendor's name of the error."""
    count: Count
    """How many there were."""
    seconds: Seconds
    """How long they took together."""
    throttled: bool
    """Whether the vendor refused them since there were too many."""


class PassReport(Boundary):
    """What a pass found, what it did, and what is still open."""

    policy: str
    """The policy."""
    run_id: str
    """Identifies the pass in logs and in the journal."""
    generated_at: datetime
    """When the plan was made."""
    plan_hash: str
    """The hash of the plan."""
    stopped: Obstacle | None = None
    """The limit or the brake that keeps deletions back."""
    held: Obstacle | None = None
    """Why nothing of the plan was carried out."""
    problems: tuple[str, ...] = ()
    """A line for each source that could not be read, or not to its end."""
    is_interrupted: bool = False
    """Whether the pass was told to stop before its end, so that the rest is still to be done."""
    summary: Summary
    """Resources by verdict as the plan judged them, and what was done."""
    open_count: Count = 0
    """Resources that still ask for something after the pass: the policy is compliant where there are none."""
    findings: tuple[Line, ...] = Field(default=(), max_length=FINDINGS_SHOWN + 1)
    """The first findings, what is still open first; the last line says how many more there are."""
    pending: PendingPlan | None = None
    """What of the plan is left to do."""
    failures: tuple[Line, ...] = Field(default=(), max_length=FINDINGS_SHOWN + 1)
    """The first actions that failed; the last line says how many more there are."""
    withheld: dict[Reason, Count] = Field(default_factory=dict)
    """By reason, the actions that were kept back, in planning or right before acting."""
    figures: Figures = Figures()
    """Counts for metrics."""
    kinds: tuple[KindName, ...] = ()
    """The kinds of all that was judged."""
    has_prices: bool = False
    """Whether costs were looked up in a price list."""
    saved: tuple[Saving, ...] = ()
    """What was saved, by provider; empty without a price list."""
    phases: dict[str, Seconds] = Field(default_factory=dict)
    """How long each phase took, in seconds: collect, decide, enforce."""
    deletion_budget: Count | None = None
    """How many deletions `limits.deletionsPerHour` still allows; absent without limits."""
    requests: tuple[VendorRequests, ...] = ()
    """The requests to vendors that the pass took; empty where several policies share them."""

    @property
    def is_compliant(self) -> bool:
        """Whether nothing that the policy governs still asks for something."""
        return self.open_count == 0
