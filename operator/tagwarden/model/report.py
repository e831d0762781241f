"""The report of a pass, the only source of exit status, status, conditions, events and metrics.

The size grows with the number of accounts, kinds and reasons, not of resources.
"""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.status import FINDINGS_SHOWN, Count, Line, PendingPlan, Summary
from tagwarden.model.verdict import Verdict
from tagwarden.model.yaml_models import Boundary

Seconds = Annotated[float, Field(ge=0)]


class Obstacle(Boundary):
    """Reason why an action was not carried out."""

    reason: Reason
    """Reason in PascalCase."""
    message: str
    """Explanation in one sentence."""


class ResourceCount(Boundary):
    """Resources of one kind and verdict in one account after the pass."""

    account: str
    """The account."""
    provider: ProviderName
    """Its provider."""
    kind: str
    """The kind."""
    verdict: Verdict
    """The verdict after the pass, tag writes included."""
    count: Count
    """Number of resources."""
    open: Count = 0
    """Number of resources that are still not compliant."""
    usd_per_month: float | None = None
    """Known fixed cost in USD per month; absent where no cost is known."""
    unpriced: Count = 0
    """Number of resources without a known cost; 0 without a price list."""


class FindingCount(Boundary):
    """Findings of one reason in one account after the pass."""

    account: str
    """The account."""
    reason: Reason
    """The reason."""
    count: Count
    """Number of resources."""


class ExpiryCount(Boundary):
    """Resources of one account and provider by remaining lifetime."""

    account: str
    """The account."""
    provider: ProviderName
    """Its provider."""
    window: str
    """Remaining lifetime, the value of the label `window` of the metrics."""
    count: Count
    """Number of resources."""


class AgeCount(Boundary):
    """Known ages of the resources of one account and category."""

    account: str
    """The account."""
    provider: ProviderName
    """Its provider."""
    category: str
    """The category."""
    buckets: tuple[Count, ...]
    """Resources in each bucket of `tagwarden_resource_age_seconds`; the last bucket has no upper bound."""
    seconds: Seconds
    """Sum of the ages."""


class KindName(Boundary):
    """A kind with governed resources before the pass."""

    provider: ProviderName
    """The provider."""
    kind: str
    """The kind."""


class Figures(Boundary):
    """Counts of governed resources after the pass, without deleted resources."""

    resources: tuple[ResourceCount, ...] = ()
    """By account, provider, kind and verdict."""
    findings: tuple[FindingCount, ...] = ()
    """By account and reason."""
    expiring: tuple[ExpiryCount, ...] = ()
    """By account, provider and window."""
    ages: tuple[AgeCount, ...] = ()
    """By account, provider and category."""


class Saving(Boundary):
    """Savings from deletions at one provider, associated resources included."""

    provider: ProviderName
    """The provider."""
    usd_per_month: float
    """Known fixed cost in USD per month."""
    unpriced: Count = 0
    """Number of resources without a known cost."""


class VendorRequests(Boundary):
    """Requests to a vendor by operation and status code; each attempt counts."""

    provider: ProviderName
    """The vendor."""
    service: str
    """The service or API group."""
    operation: str
    """The operation."""
    code: str
    """The HTTP status or the error code of the vendor."""
    count: Count
    """Number of requests."""
    seconds: Seconds
    """Total duration of the requests."""
    throttled: bool
    """Whether the vendor throttled the requests."""


class PassReport(Boundary):
    """Findings, actions and open work of a pass."""

    policy: str
    """The policy."""
    run_id: str
    """Identifies the pass in logs and in the journal."""
    generated_at: datetime
    """Creation time of the plan."""
    plan_hash: str
    """The hash of the plan."""
    stopped: Obstacle | None = None
    """The limit or brake that blocks deletions."""
    held: Obstacle | None = None
    """Reason why the plan was not carried out."""
    problems: tuple[str, ...] = ()
    """One line for each source that was not read completely."""
    is_interrupted: bool = False
    """Whether the pass was stopped early and the rest of the plan is open."""
    summary: Summary
    """Resources by verdict in the plan, and actions."""
    open_count: Count = 0
    """Resources that are not compliant after the pass; the policy is compliant at 0."""
    findings: tuple[Line, ...] = Field(default=(), max_length=FINDINGS_SHOWN + 1)
    """The first findings, open ones first; the last line counts the rest."""
    pending: PendingPlan | None = None
    """The open part of the plan."""
    failures: tuple[Line, ...] = Field(default=(), max_length=FINDINGS_SHOWN + 1)
    """The first failed actions; the last line counts the rest."""
    withheld: dict[Reason, Count] = Field(default_factory=dict)
    """Withheld actions by reason, from planning and from the final checks."""
    figures: Figures = Figures()
    """Counts for metrics."""
    kinds: tuple[KindName, ...] = ()
    """Kinds of the judged resources."""
    has_prices: bool = False
    """Whether costs were looked up in a price list."""
    saved: tuple[Saving, ...] = ()
    """Savings by provider; empty without a price list."""
    phases: dict[str, Seconds] = Field(default_factory=dict)
    """Duration of each phase in seconds: collect, decide, enforce."""
    deletion_budget: Count | None = None
    """Remaining deletions under `limits.deletionsPerHour`; absent without limits."""
    requests: tuple[VendorRequests, ...] = ()
    """Requests to vendors during the pass; empty where several policies share the requests."""

    @property
    def is_compliant(self) -> bool:
        """Whether every governed resource is compliant."""
        return self.open_count == 0
