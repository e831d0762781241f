"""Status of policies and accounts as frozen models, from which the status schemas of the CRDs are generated."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from tagwarden.model.yaml_models import Boundary

Count = Annotated[int, Field(ge=0)]
Line = Annotated[str, Field(max_length=1024)]
Word = Annotated[str, Field(max_length=256)]

FINDINGS_SHOWN = 20


class ConditionType(StrEnum):
    """Type of a condition."""

    READY = "Ready"
    """The spec is valid and the last pass succeeded."""
    RECONCILING = "Reconciling"
    """A pass is running."""
    STALLED = "Stalled"
    """No pass can succeed until a person intervenes."""
    SOURCES_REACHABLE = "SourcesReachable"
    """Every account in scope was listed completely."""
    WITHIN_LIMITS = "WithinLimits"
    """No limit or brake blocks deletions."""
    COMPLIANT = "Compliant"
    """Every resource in scope has a valid owner and expiry; not part of Ready."""


class ConditionStatus(StrEnum):
    """Status of a condition."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


class Condition(Boundary):
    """One aspect of the current state, as read by `kubectl wait --for=condition=…`."""

    type: ConditionType
    """Type of the condition."""
    status: ConditionStatus
    """True, False or Unknown."""
    reason: Word
    """Reason in PascalCase."""
    message: Annotated[str, Field(max_length=4096)] = ""
    """Explanation in one sentence."""
    last_transition_time: datetime
    """Time of the last change of status."""
    observed_generation: Count = 0
    """Generation of the spec that the condition describes."""


class LastRun(Boundary):
    """The last pass of a policy."""

    id: Word
    """ID of the pass in logs and in the journal."""
    start_time: datetime
    """Start of the pass."""
    completion_time: datetime
    """End of the pass."""
    outcome: Word
    """Succeeded, ActionsFailed, Failed, or the reason why the pass took no action."""
    plan_hash: Word = ""
    """Hash of the plan."""


class Summary(Boundary):
    """Counts of governed resources by verdict, and of actions in the last pass."""

    scanned: Count = 0
    """Governed resources."""
    compliant: Count = 0
    """Resources without findings."""
    report: Count = 0
    """Resources with findings that the rules only report."""
    pending: Count = 0
    """Resources to delete after the grace period and the observations."""
    protected: Count = 0
    """Resources protected by a tag, an exclusion, the vendor or a protected dependent."""
    managed: Count = 0
    """Resources that a manager would recreate."""
    undecidable: Count = 0
    """Resources with too little information to judge."""
    conflict: Count = 0
    """Resources governed by several policies of the same priority."""
    fixed: Count = 0
    """Resources with corrected tags."""
    shortened: Count = 0
    """Resources with an expiry shortened to the maximum."""
    deleted: Count = 0
    """Resources deleted, confirmed by a check."""
    withheld: Count = 0
    """Actions that the policy requires and that were withheld."""
    failed: Count = 0
    """Failed actions."""


class PendingPlan(Boundary):
    """Plan that was not carried out."""

    hash: Word
    """Hash of the plan, the value for the annotation `tagwarden.io/approvedPlan`."""
    deletions: Count = 0
    """Resources to delete."""
    fixes: Count = 0
    """Resources with tags to correct."""
    shortenings: Count = 0
    """Resources with an expiry to shorten."""
    saved_per_month: Word | None = None
    """Monthly savings of the plan by list prices, such as `120.45 USD`, with the number of priced resources where some
    have no known price. Absent without a price list or without known prices."""
    expires_at: datetime | None = None
    """Time at which the plan and its approval become invalid."""


class CleanupPolicyStatus(Boundary):
    """Last observed state and actions of a policy."""

    observed_generation: Count | None = None
    """Generation of the spec that the operator last processed."""
    next_run_time: datetime | None = None
    """Time of the next pass."""
    last_handled_run_request: Line | None = None
    """The value of the annotation `tagwarden.io/requestedAt` that was last handled."""
    last_handled_approval: Word | None = None
    """The value of the annotation `tagwarden.io/approvedPlan` that was last handled."""
    last_handled_release: Word | None = None
    """The value of the annotation `tagwarden.io/releasedBrake` that was last handled."""
    last_run: LastRun | None = None
    """The last pass."""
    summary: Summary | None = None
    """Counts of the last pass."""
    pending_plan: PendingPlan | None = None
    """Plan that was not carried out: in mode Audit, or until its approval."""
    findings: tuple[Line, ...] = Field(default=(), max_length=FINDINGS_SHOWN + 1)
    """The first findings, most severe first; the last line counts the rest."""
    conditions: tuple[Condition, ...] = Field(default=(), max_length=16)
    """Conditions of the current state."""


class SeenIdentity(Boundary):
    """Identity of the credentials."""

    account: Word
    """The account, project or cluster."""
    caller: Line = ""
    """The caller as the vendor names it."""


class LastSnapshot(Boundary):
    """The last snapshot of an account."""

    id: Word
    """ID of the snapshot."""
    time: datetime
    """Start of the collection."""
    resources: Count = 0
    """Number of resources."""
    edges: Count = 0
    """Number of links between resources."""
    duration_seconds: Annotated[float, Field(ge=0)] = 0
    """Duration of the collection in seconds."""
    api_calls: Count = 0
    """Number of API requests."""
    inventory_time: datetime | None = None
    """Time of the vendor's inventory from which resources come. Unset: every kind was listed directly."""
    incomplete: tuple[Line, ...] = Field(default=(), max_length=FINDINGS_SHOWN + 1)
    """Kinds that could not be listed, with the reason; resources that may depend on these kinds are not deleted."""


class CloudAccountStatus(Boundary):
    """Last observed state of an account."""

    observed_generation: Count | None = None
    """Generation of the spec that the operator last processed."""
    next_run_time: datetime | None = None
    """Time of the next snapshot."""
    last_handled_run_request: Line | None = None
    """The value of the annotation `tagwarden.io/requestedAt` that was last handled."""
    identity: SeenIdentity | None = None
    """Identity of the credentials."""
    last_snapshot: LastSnapshot | None = None
    """The last snapshot."""
    conditions: tuple[Condition, ...] = Field(default=(), max_length=16)
    """Conditions of the current state."""
