"""What the operator says of policies and accounts, as frozen models from which the CRDs' status is generated."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from tagwarden.model.boundary import Boundary

Count = Annotated[int, Field(ge=0)]
Line = Annotated[str, Field(max_length=1024)]
Word = Annotated[str, Field(max_length=256)]

FINDINGS_SHOWN = 20


class ConditionType(StrEnum):
    """What a condition is about."""

    READY = "Ready"
    """The spec can be used and the last pass went through."""
    RECONCILING = "Reconciling"
    """A pass is under way."""
    STALLED = "Stalled"
    """No pass will go through until a person changes something."""
    SOURCES_REACHABLE = "SourcesReachable"
    """Every account in scope was listed to its end."""
    WITHIN_LIMITS = "WithinLimits"
    """No limit or brake keeps deletions back."""
    COMPLIANT = "Compliant"
    """Every resource in scope says who owns it and when it ends; never a part of Ready."""


class ConditionStatus(StrEnum):
    """Whether a condition holds."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


class Condition(Boundary):
    """One aspect of the present state, in the form that `kubectl wait --for=condition=…` reads."""

    type: ConditionType
    """What this condition is about."""
    status: ConditionStatus
    """Whether it holds."""
    reason: Word
    """Why, in a word."""
    message: Annotated[str, Field(max_length=4096)] = ""
    """Why, in a sentence."""
    last_transition_time: datetime
    """When status last changed."""
    observed_generation: Count = 0
    """The generation of the spec that this speaks of."""


class LastRun(Boundary):
    """The last pass of a policy."""

    id: Word
    """Identifies the pass in logs and in the journal."""
    start_time: datetime
    """When it began."""
    completion_time: datetime
    """When it ended."""
    outcome: Word
    """Succeeded, ActionsFailed, Failed, or the reason for which it did not act."""
    plan_hash: Word = ""
    """The hash of the plan it made."""


class Summary(Boundary):
    """The resources that the policy governs, counted: by verdict, then by what was done in the last pass."""

    scanned: Count = 0
    """All of them."""
    compliant: Count = 0
    """Nothing to say."""
    report: Count = 0
    """Findings that the rules only report."""
    pending: Count = 0
    """Would be deleted once the grace period and the observations are over."""
    protected: Count = 0
    """Protected by a tag, an exclusion, the vendor, or what hangs on them."""
    managed: Count = 0
    """Made by something that would make them again."""
    undecidable: Count = 0
    """Not enough is known to judge."""
    conflict: Count = 0
    """Claimed by several policies of the same priority."""
    fixed: Count = 0
    """Tags corrected."""
    shortened: Count = 0
    """Expiries brought down to the maximum."""
    deleted: Count = 0
    """Deleted, and seen to be gone."""
    withheld: Count = 0
    """Actions that the policy asks for and that were kept back."""
    failed: Count = 0
    """Actions that were tried and failed."""


class PendingPlan(Boundary):
    """What would be done if it were allowed to."""

    hash: Word
    """Names this plan; `tagwarden.io/approvedPlan` takes it."""
    deletions: Count = 0
    """Resources it would delete."""
    fixes: Count = 0
    """Resources whose tags it would correct."""
    shortenings: Count = 0
    """Resources whose expiry it would bring down."""
    saved_per_month: Word | None = None
    """What is no longer paid a month once it is done, by list prices: `120.45 USD`, and how many have a price where
    some have none. Absent without a price list, or where no price is known."""
    expires_at: datetime | None = None
    """After this instant the plan is made anew; an approval of it is void."""


class CleanupPolicyStatus(Boundary):
    """What the operator last saw and did."""

    observed_generation: Count | None = None
    """The generation of the spec that the operator has taken up."""
    next_run_time: datetime | None = None
    """When the next pass is due."""
    last_handled_run_request: Line | None = None
    """The value of the annotation `tagwarden.io/requestedAt` that was last acted upon."""
    last_handled_approval: Word | None = None
    """The value of the annotation `tagwarden.io/approvedPlan` that was last acted upon."""
    last_handled_release: Word | None = None
    """The value of the annotation `tagwarden.io/releasedBrake` that was last tried."""
    last_run: LastRun | None = None
    """The last pass."""
    summary: Summary | None = None
    """Counts of the last pass."""
    pending_plan: PendingPlan | None = None
    """The plan that was shown and not done: in Audit, or while it waits for approval."""
    findings: tuple[Line, ...] = Field(default=(), max_length=FINDINGS_SHOWN + 1)
    """The first findings, the gravest first; the last line says how many more there are."""
    conditions: tuple[Condition, ...] = Field(default=(), max_length=16)
    """The present state."""


class SeenIdentity(Boundary):
    """Who the credentials say we are."""

    account: Word
    """The account, project or cluster."""
    caller: Line = ""
    """The caller, in the vendor's words."""


class LastSnapshot(Boundary):
    """The last snapshot of an account."""

    id: Word
    """Identifies the snapshot."""
    time: datetime
    """When collecting began."""
    resources: Count = 0
    """Resources found."""
    edges: Count = 0
    """Links between them."""
    duration_seconds: Annotated[float, Field(ge=0)] = 0
    """How long collecting took."""
    api_calls: Count = 0
    """Requests it took."""
    incomplete: tuple[Line, ...] = Field(default=(), max_length=FINDINGS_SHOWN + 1)
    """What could not be listed, and why; nothing that hangs on these is deleted."""


class CloudAccountStatus(Boundary):
    """What the operator last saw of the account."""

    observed_generation: Count | None = None
    """The generation of the spec that the operator has taken up."""
    next_run_time: datetime | None = None
    """When the next snapshot is due."""
    last_handled_run_request: Line | None = None
    """The value of the annotation `tagwarden.io/requestedAt` that was last acted upon."""
    identity: SeenIdentity | None = None
    """Who the credentials say we are."""
    last_snapshot: LastSnapshot | None = None
    """The last snapshot."""
    conditions: tuple[Condition, ...] = Field(default=(), max_length=16)
    """The present state."""
