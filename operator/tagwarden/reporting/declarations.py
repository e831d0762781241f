"""Every metric, declared once: what is exposed, what docs/metrics.md says, and what dashboards may ask for.

Labels never hold ids, ARNs, names of resources or free text, so that the number of series is bounded by what people
declared: accounts, policies, kinds, reasons.
"""

from dataclasses import dataclass
from enum import StrEnum

PREFIX = "tagwarden_"

DAY = 86400.0

NO_EXPIRY = "none"
WINDOW_ENDS = ((0.0, "expired"), (DAY, "under_1d"), (3 * DAY, "1d_to_3d"), (7 * DAY, "3d_to_7d"))
"""The seconds that are left at most in each window, and its name."""
LAST_WINDOW = "over_7d"
WINDOWS = (*(name for _, name in WINDOW_ENDS), LAST_WINDOW, NO_EXPIRY)
"""The values of `window`."""


class MetricType(StrEnum):
    """The types of Prometheus that are used here."""

    COUNTER = "counter"
    """Only grows, since the operator started."""
    GAUGE = "gauge"
    """A present value."""
    HISTOGRAM = "histogram"
    """How values were distributed, since the operator started."""
    GAUGE_HISTOGRAM = "gauge histogram"
    """How values are distributed now: `_bucket` is asked without `rate()`."""
    SUMMARY = "summary"
    """A sum and a count, since the operator started."""


class Stability(StrEnum):
    """What a dashboard may rely on."""

    STABLE = "stable"
    """Name, labels and meaning change only with a major version."""
    BETA = "beta"
    """May change with a minor version; the changelog says so."""


class Source(StrEnum):
    """Where the value comes from, and so when it changes and when it vanishes."""

    PROCESS = "process"
    """The operator's own process."""
    DECLARED = "declared"
    """The policy as the operator last saw it; the series vanish with it."""
    LAST_PASS = "last pass"
    """The last pass of each policy; the series vanish with the policy or the account."""
    LAST_SNAPSHOT = "last snapshot"
    """The last snapshot of each account; the series vanish with it."""
    ALL_PASSES = "all passes"
    """Every pass and collection since the operator started; the series vanish with the policy or the account."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One row: a metric without its prefix, the labels it has, and what it means.

    `help` is one sentence and names the unit where the name does not. `buckets` are the upper bounds of a histogram,
    without the last, which is infinite.
    """

    name: str
    type: MetricType
    help: str
    source: Source
    labels: tuple[str, ...] = ()
    stability: Stability = Stability.BETA
    buckets: tuple[float, ...] = ()

    @property
    def full_name(self) -> str:
        """The name as it is exposed, `_total` included."""
        return PREFIX + self.name


_GAUGE, _COUNTER = MetricType.GAUGE, MetricType.COUNTER

# One row a metric, so that the table can be read as one.
BUILD_INFO = Metric(
    "build_info", _GAUGE, "Always 1; the version that runs.", Source.PROCESS, ("version",), Stability.STABLE
)
LEADER = Metric(
    "leader", _GAUGE, "1 while this process holds the Lease and may act, else 0.", Source.PROCESS, (), Stability.STABLE
)
LAST_TICK = Metric(
    "scheduler_last_tick_timestamp_seconds",
    _GAUGE,
    "When the scheduler last looked what is due, in seconds since 1970.",
    Source.PROCESS,
    (),
    Stability.STABLE,
)
EVENT_LOOP_LAG = Metric(
    "event_loop_lag_seconds",
    MetricType.HISTOGRAM,
    "How late the event loop came back to a timer.",
    Source.PROCESS,
    (),
    Stability.BETA,
    (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)

POLICY_INFO = Metric(
    "policy_info", _GAUGE, "Always 1; the mode of each policy.", Source.DECLARED, ("policy", "mode"), Stability.STABLE
)
POLICY_CONDITION = Metric(
    "policy_condition",
    _GAUGE,
    "1 for the status (True, False or Unknown) that a condition of the policy has, 0 for the others.",
    Source.DECLARED,
    ("policy", "type", "status"),
    Stability.STABLE,
)
POLICY_NEXT_RUN = Metric(
    "policy_next_run_timestamp_seconds",
    _GAUGE,
    "When the next pass is due, in seconds since 1970.",
    Source.DECLARED,
    ("policy",),
    Stability.STABLE,
)
POLICY_LAST_SUCCESS = Metric(
    "policy_last_success_timestamp_seconds",
    _GAUGE,
    "When the last pass that succeeded ended, in seconds since 1970.",
    Source.DECLARED,
    ("policy",),
    Stability.STABLE,
)
POLICY_RUNS = Metric(
    "policy_runs_total",
    _COUNTER,
    "Passes that ended, by outcome: Succeeded, or the reason for which they failed or did not act.",
    Source.ALL_PASSES,
    ("policy", "outcome"),
    Stability.STABLE,
)
POLICY_RUN_DURATION = Metric(
    "policy_run_duration_seconds",
    MetricType.HISTOGRAM,
    "How long the phases of a pass took: collect (or load), decide, enforce; total is the whole process.",
    Source.ALL_PASSES,
    ("policy", "phase"),
    Stability.BETA,
    (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0),
)

RESOURCES = Metric(
    "resources",
    _GAUGE,
    "Resources that policies govern, by verdict; one that several policies claim counts once, as Conflict.",
    Source.LAST_PASS,
    ("account", "provider", "kind", "verdict"),
    Stability.STABLE,
)
RESOURCES_OPEN = Metric(
    "resources_open",
    _GAUGE,
    "Resources that still ask for something after the last pass: those that make the condition Compliant false.",
    Source.LAST_PASS,
    ("account", "provider", "kind", "verdict"),
)
FINDINGS = Metric("findings", _GAUGE, "Findings by reason.", Source.LAST_PASS, ("policy", "reason"), Stability.STABLE)
EXPIRING = Metric(
    "resources_expiring",
    _GAUGE,
    "Governed resources by the time that is left to them: expired, under_1d, 1d_to_3d, 3d_to_7d, over_7d, or none"
    " where no expiry is known. Each counts in one window.",
    Source.LAST_PASS,
    ("policy", "provider", "window"),
)
RESOURCE_AGE = Metric(
    "resource_age_seconds",
    MetricType.GAUGE_HISTOGRAM,
    "How old governed resources are, where the vendor tells.",
    Source.LAST_PASS,
    ("provider", "category"),
    Stability.BETA,
    (3600.0, 6 * 3600.0, DAY, 2 * DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY),
)
COUNTED_ACTIONS = ("Delete", "SetTags")
"""The actions whose counters begin with 0; a backup is always followed by a deletion."""
ENDS = ("Verified", "Failed", "Withheld", "Skipped")
"""What may become of an action."""
ACTIONS = Metric(
    "actions_total",
    _COUNTER,
    "Actions that ended, as the journal tells, by what became of them: Verified, Failed, Withheld or Skipped; 0 as soon"
    " as a policy governs resources of the kind.",
    Source.ALL_PASSES,
    ("policy", "provider", "kind", "action", "outcome"),
    Stability.STABLE,
)
WITHHELD = Metric(
    "actions_withheld_total",
    _COUNTER,
    "What a policy asked for and was kept back, by reason, in planning or right before acting; counted in each pass.",
    Source.ALL_PASSES,
    ("policy", "reason"),
    Stability.STABLE,
)
DELETION_BUDGET = Metric(
    "deletion_budget_remaining",
    _GAUGE,
    "Deletions that limits.deletionsPerHour still allowed at the end of the last pass.",
    Source.LAST_PASS,
    ("policy",),
)

COST = Metric(
    "cost_usd_per_month",
    _GAUGE,
    "What governed resources cost by existing: US dollars per month by list prices, as far as known; absent without a"
    " price list. One that several policies claim counts once, as Conflict.",
    Source.LAST_PASS,
    ("account", "provider", "kind", "verdict"),
)
UNPRICED = Metric(
    "resources_unpriced",
    _GAUGE,
    "Resources that cost_usd_per_month leaves out since their cost is not known; absent without a price list.",
    Source.LAST_PASS,
    ("account", "provider", "kind", "verdict"),
)
SAVED = Metric(
    "saved_usd_per_month_total",
    _COUNTER,
    "What was deleted and seen to be gone cost by existing, with what went along: US dollars per month by list prices,"
    " as far as known.",
    Source.ALL_PASSES,
    ("policy", "provider"),
)
SAVED_UNPRICED = Metric(
    "saved_unpriced_total",
    _COUNTER,
    "Resources that were deleted and seen to be gone, or went along, of which saved_usd_per_month_total knows no cost.",
    Source.ALL_PASSES,
    ("policy", "provider"),
)

COLLECTIONS = Metric(
    "account_collections_total",
    _COUNTER,
    "Collections of an account that ended, by outcome: Succeeded, SourcesIncomplete, or the reason of the failure.",
    Source.ALL_PASSES,
    ("account", "outcome"),
)
SNAPSHOT_AGE = Metric(
    "snapshot_age_seconds",
    _GAUGE,
    "How long ago collecting the last snapshot began, at the time of the scrape.",
    Source.LAST_SNAPSHOT,
    ("account",),
    Stability.STABLE,
)
SNAPSHOT_INCOMPLETE = Metric(
    "snapshot_incomplete",
    _GAUGE,
    "Regions in which a kind could not be listed to its end; kind * is a whole region or account.",
    Source.LAST_SNAPSHOT,
    ("account", "kind"),
    Stability.STABLE,
)
SNAPSHOT_RESOURCES = Metric(
    "snapshot_resources", _GAUGE, "Resources found, governed or not.", Source.LAST_SNAPSHOT, ("account",)
)
SNAPSHOT_DURATION = Metric(
    "snapshot_duration_seconds", _GAUGE, "How long collecting took.", Source.LAST_SNAPSHOT, ("account",)
)
SNAPSHOT_REQUESTS = Metric(
    "snapshot_requests", _GAUGE, "Requests to the vendor that collecting took.", Source.LAST_SNAPSHOT, ("account",)
)

REQUESTS = Metric(
    "provider_requests_total",
    _COUNTER,
    "Requests to vendors, each attempt counted; code is the status or the vendor's name of the error.",
    Source.ALL_PASSES,
    ("provider", "service", "operation", "code"),
)
REQUEST_DURATION = Metric(
    "provider_request_duration_seconds",
    MetricType.SUMMARY,
    "How long requests to vendors took, to the last byte.",
    Source.ALL_PASSES,
    ("provider", "service"),
)
THROTTLED = Metric(
    "provider_throttled_total",
    _COUNTER,
    "Requests that a vendor refused since there were too many.",
    Source.ALL_PASSES,
    ("provider", "service"),
)

METRICS: tuple[Metric, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Metric))
"""Every row, in the order of declaration."""
