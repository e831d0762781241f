"""Every metric, declared once: the source of the endpoint, of docs/metrics.md and of dashboards.

Labels never hold ids, ARNs, names of resources or free text, so that the number of series is bounded by accounts,
policies, kinds and reasons.
"""

from dataclasses import dataclass
from enum import StrEnum

PREFIX = "tagwarden_"

DAY = 86400.0

NO_EXPIRY = "none"
WINDOW_ENDS = ((0.0, "expired"), (DAY, "under_1d"), (3 * DAY, "1d_to_3d"), (7 * DAY, "3d_to_7d"))
"""The most seconds left in each window, and its name."""
LAST_WINDOW = "over_7d"
WINDOWS = (*(name for _, name in WINDOW_ENDS), LAST_WINDOW, NO_EXPIRY)
"""The values of `window`."""


class MetricType(StrEnum):
    """The Prometheus metric types in use."""

    COUNTER = "counter"
    """Only grows, since the operator started."""
    GAUGE = "gauge"
    """A present value."""
    HISTOGRAM = "histogram"
    """Distribution of values, since the operator started."""
    GAUGE_HISTOGRAM = "gauge histogram"
    """Present distribution of values: query `_bucket` without `rate()`."""
    SUMMARY = "summary"
    """A sum and a count, since the operator started."""


class Stability(StrEnum):
    """The stability that a dashboard may rely on."""

    STABLE = "stable"
    """Name, labels and meaning change only with a major version."""
    BETA = "beta"
    """May change with a minor version; the changelog says so."""


class Source(StrEnum):
    """The source of the value, which determines when the value changes and vanishes."""

    PROCESS = "process"
    """The operator's own process."""
    DECLARED = "declared"
    """The policy as last read; the series vanish with the policy."""
    LAST_PASS = "last pass"
    """The last pass of each policy; the series vanish with the policy or the account."""
    LAST_SNAPSHOT = "last snapshot"
    """The last snapshot of each account; the series vanish with the account."""
    LAST_REPORT = "last report"
    """The last report of the inventory; absent unless TAGWARDEN_REPORT is set."""
    ALL_PASSES = "all passes"
    """Every pass and collection since the operator started; the series vanish with the policy or the account."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One row: a metric without the prefix, with labels and meaning.

    `help` is a sentence and gives the unit where the name does not. `buckets` are the upper bounds of a histogram,
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
        """The exposed name, with `_total`."""
        return PREFIX + self.name


_GAUGE, _COUNTER = MetricType.GAUGE, MetricType.COUNTER

# A row per metric, so that the table stays readable.
BUILD_INFO = Metric(
    "build_info", _GAUGE, "Always 1; the version that runs.", Source.PROCESS, ("version",), Stability.STABLE
)
LEADER = Metric(
    "leader", _GAUGE, "1 while this process holds the Lease and may act, else 0.", Source.PROCESS, (), Stability.STABLE
)
LAST_TICK = Metric(
    "scheduler_last_tick_timestamp_seconds",
    _GAUGE,
    "Time of the scheduler's last tick, in seconds since 1970.",
    Source.PROCESS,
    (),
    Stability.STABLE,
)
EVENT_LOOP_LAG = Metric(
    "event_loop_lag_seconds",
    MetricType.HISTOGRAM,
    "Delay of timers in the event loop.",
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
    "1 for the current status (True, False or Unknown) of a condition of the policy, 0 for the others.",
    Source.DECLARED,
    ("policy", "type", "status"),
    Stability.STABLE,
)
POLICY_NEXT_RUN = Metric(
    "policy_next_run_timestamp_seconds",
    _GAUGE,
    "Time of the next scheduled pass, in seconds since 1970.",
    Source.DECLARED,
    ("policy",),
    Stability.STABLE,
)
POLICY_LAST_SUCCESS = Metric(
    "policy_last_success_timestamp_seconds",
    _GAUGE,
    "End time of the last successful pass, in seconds since 1970.",
    Source.DECLARED,
    ("policy",),
    Stability.STABLE,
)
POLICY_RUNS = Metric(
    "policy_runs_total",
    _COUNTER,
    "Passes that ended, by outcome: Succeeded, or the reason why they failed or did not act.",
    Source.ALL_PASSES,
    ("policy", "outcome"),
    Stability.STABLE,
)
POLICY_RUN_DURATION = Metric(
    "policy_run_duration_seconds",
    MetricType.HISTOGRAM,
    "Duration of the phases of a pass: collect (or load), decide, enforce; total is the whole process.",
    Source.ALL_PASSES,
    ("policy", "phase"),
    Stability.BETA,
    (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0),
)

RESOURCES = Metric(
    "resources",
    _GAUGE,
    "Resources that policies govern, by verdict; a resource claimed by several policies counts once, as Conflict.",
    Source.LAST_PASS,
    ("account", "provider", "kind", "verdict"),
    Stability.STABLE,
)
RESOURCES_OPEN = Metric(
    "resources_open",
    _GAUGE,
    "Resources that still need an action after the last pass: those that make the condition Compliant false.",
    Source.LAST_PASS,
    ("account", "provider", "kind", "verdict"),
)
FINDINGS = Metric("findings", _GAUGE, "Findings by reason.", Source.LAST_PASS, ("policy", "reason"), Stability.STABLE)
EXPIRING = Metric(
    "resources_expiring",
    _GAUGE,
    "Governed resources by the time until their expiry: expired, under_1d, 1d_to_3d, 3d_to_7d, over_7d, or none"
    " where no expiry is known. Each counts in one window.",
    Source.LAST_PASS,
    ("policy", "provider", "window"),
)
RESOURCE_AGE = Metric(
    "resource_age_seconds",
    MetricType.GAUGE_HISTOGRAM,
    "Age of governed resources, if the vendor tells their creation time.",
    Source.LAST_PASS,
    ("provider", "category"),
    Stability.BETA,
    (3600.0, 6 * 3600.0, DAY, 2 * DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY),
)
COUNTED_ACTIONS = ("Delete", "SetTags")
"""The actions whose counters begin with 0; a backup is always followed by a deletion."""
ENDS = ("Verified", "Failed", "Withheld", "Skipped")
"""The possible outcomes of an action."""
ACTIONS = Metric(
    "actions_total",
    _COUNTER,
    "Actions that ended, from the journal, by outcome: Verified, Failed, Withheld or Skipped; 0 as soon"
    " as a policy governs resources of the kind.",
    Source.ALL_PASSES,
    ("policy", "provider", "kind", "action", "outcome"),
    Stability.STABLE,
)
WITHHELD = Metric(
    "actions_withheld_total",
    _COUNTER,
    "Actions withheld in planning or right before execution, by reason; counted in each pass.",
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
    "Standing cost of governed resources: US dollars per month at list prices, as far as known; absent without a"
    " price list. A resource claimed by several policies counts once, as Conflict.",
    Source.LAST_PASS,
    ("account", "provider", "kind", "verdict"),
)
UNPRICED = Metric(
    "resources_unpriced",
    _GAUGE,
    "Resources of unknown cost, not included in cost_usd_per_month; absent without a price list.",
    Source.LAST_PASS,
    ("account", "provider", "kind", "verdict"),
)
SAVED = Metric(
    "saved_usd_per_month_total",
    _COUNTER,
    "Standing cost of verified deletions, including resources deleted along: US dollars per month at list prices, as"
    " far as known.",
    Source.ALL_PASSES,
    ("policy", "provider"),
)
SAVED_UNPRICED = Metric(
    "saved_unpriced_total",
    _COUNTER,
    "Verified deletions of unknown cost, including resources deleted along; not in saved_usd_per_month_total.",
    Source.ALL_PASSES,
    ("policy", "provider"),
)

_GROUP = ("policy", "account", "provider", "category", "team")
AGE_MEAN = Metric(
    "inventory_age_mean_seconds",
    _GAUGE,
    "Mean age of the resources whose creation time is known; docs/insight.md defines it.",
    Source.LAST_REPORT,
    _GROUP,
)
AGE_MEDIAN = Metric(
    "inventory_age_median_seconds",
    _GAUGE,
    "Median age of the resources whose creation time is known; docs/insight.md defines it.",
    Source.LAST_REPORT,
    _GROUP,
)
COMPLIANCE = Metric(
    "inventory_compliance_ratio",
    _GAUGE,
    "Share of governed resources with a valid owner and expiry, from 0 to 1; docs/insight.md defines it.",
    Source.LAST_REPORT,
    _GROUP,
)
AT_RISK = Metric(
    "inventory_cost_at_risk_usd_per_month",
    _GAUGE,
    "Cost of governed resources without a valid owner or expiry: US dollars per month at list prices, as far as known;"
    " absent where nothing at risk has a price.",
    Source.LAST_REPORT,
    _GROUP,
)
INVENTORY_UNPRICED = Metric(
    "inventory_resources_unpriced", _GAUGE, "Resources of unknown cost, in no sum.", Source.LAST_REPORT, _GROUP
)
AVOIDED = Metric(
    "inventory_cost_avoided_usd",
    _GAUGE,
    "Cost avoided by verified deletions so far, for 30 days each at most: US dollars at list prices, as far as known.",
    Source.LAST_REPORT,
    ("policy", "account", "provider", "category"),
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
    "Time since the collection of the last snapshot began, at the time of the scrape.",
    Source.LAST_SNAPSHOT,
    ("account",),
    Stability.STABLE,
)
SNAPSHOT_INCOMPLETE = Metric(
    "snapshot_incomplete",
    _GAUGE,
    "Regions in which a kind could not be listed completely; kind * is a whole region or account.",
    Source.LAST_SNAPSHOT,
    ("account", "kind"),
    Stability.STABLE,
)
SNAPSHOT_RESOURCES = Metric(
    "snapshot_resources", _GAUGE, "Resources found, governed or not.", Source.LAST_SNAPSHOT, ("account",)
)
SNAPSHOT_DURATION = Metric(
    "snapshot_duration_seconds", _GAUGE, "Duration of collecting.", Source.LAST_SNAPSHOT, ("account",)
)
SNAPSHOT_REQUESTS = Metric(
    "snapshot_requests", _GAUGE, "Requests to the vendor for collecting.", Source.LAST_SNAPSHOT, ("account",)
)

REQUESTS = Metric(
    "provider_requests_total",
    _COUNTER,
    "Requests to vendors, each attempt counted; code is the status or the vendor's error code.",
    Source.ALL_PASSES,
    ("provider", "service", "operation", "code"),
)
REQUEST_DURATION = Metric(
    "provider_request_duration_seconds",
    MetricType.SUMMARY,
    "Duration of requests to vendors, to the last byte.",
    Source.ALL_PASSES,
    ("provider", "service"),
)
THROTTLED = Metric(
    "provider_throttled_total",
    _COUNTER,
    "Requests that a vendor refused because of rate limits.",
    Source.ALL_PASSES,
    ("provider", "service"),
)

METRICS: tuple[Metric, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Metric))
"""Every row, in the order of declaration."""
