"""The gauges of policies and accounts, computed at the time of a scrape: pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tagwarden.model.report import Figures, ResourceCount
from tagwarden.model.status import ConditionStatus
from tagwarden.reporting import metric_table as rows
from tagwarden.reporting.figures import Distribution, Labels, merged

Sample = tuple[rows.Metric, Labels, float]


@dataclass
class KnownPolicy:
    """The facts of one policy; times are seconds since 1970."""

    mode: str = ""
    conditions: Mapping[str, str] = field(default_factory=dict)
    next_run: float | None = None
    last_success: float | None = None
    figures: Figures = field(default_factory=Figures)
    budget: float | None = None


@dataclass
class KnownAccount:
    """The facts of the last snapshot of an account; `taken` is in seconds since 1970."""

    taken: float | None = None
    resources: int = 0
    seconds: float = 0.0
    requests: int = 0
    incomplete: Mapping[str, int] = field(default_factory=dict)


_OF_RESOURCES: Mapping[rows.Metric, Callable[[ResourceCount], float | None]] = {
    rows.RESOURCES: lambda row: row.count,
    rows.RESOURCES_OPEN: lambda row: row.open,
    rows.COST: lambda row: row.usd_per_month,
    rows.UNPRICED: lambda row: row.unpriced or None,
}
"""The gauges over all resources; None: no series."""


def policy_samples(name: str, policy: KnownPolicy) -> Iterator[Sample]:
    """Give the gauges of one policy."""
    if policy.mode:
        yield rows.POLICY_INFO, (name, policy.mode), 1
    for type_, status in policy.conditions.items():
        for each in ConditionStatus:
            yield rows.POLICY_CONDITION, (name, type_, each.value), float(status == each)
    if policy.next_run is not None:
        yield rows.POLICY_NEXT_RUN, (name,), policy.next_run
    if policy.last_success is not None:
        yield rows.POLICY_LAST_SUCCESS, (name,), policy.last_success
    if policy.budget is not None:
        yield rows.DELETION_BUDGET, (name,), policy.budget
    yield from _figure_samples(name, policy.figures)


def resource_samples(policies: Mapping[str, KnownPolicy]) -> Iterator[Sample]:
    """Give the gauges over the resources of all policies."""
    for metric, ask in _OF_RESOURCES.items():
        told = ((row, ask(row)) for policy in policies.values() for row in policy.figures.resources)
        samples = (
            ((row.account, row.provider, row.kind, row.verdict), value) for row, value in told if value is not None
        )
        for labels, value in merged(samples).items():
            yield metric, labels, value


def resource_ages(policies: Mapping[str, KnownPolicy]) -> dict[Labels, Distribution]:
    """Give the ages of the resources of all policies, by provider and category."""
    ages: dict[Labels, Distribution] = {}
    for policy in policies.values():
        for row in policy.figures.ages:
            found = Distribution(rows.RESOURCE_AGE.buckets, list(row.buckets), row.seconds)
            ages.setdefault((row.provider, row.category), Distribution(rows.RESOURCE_AGE.buckets)).add(found)
    return ages


def account_samples(name: str, account: KnownAccount, now: float) -> Iterator[Sample]:
    """Give the gauges of one account at `now`, in seconds since 1970."""
    if account.taken is None:
        return
    yield rows.SNAPSHOT_AGE, (name,), max(now - account.taken, 0.0)
    yield rows.SNAPSHOT_RESOURCES, (name,), account.resources
    yield rows.SNAPSHOT_DURATION, (name,), account.seconds
    yield rows.SNAPSHOT_REQUESTS, (name,), account.requests
    for kind, regions in account.incomplete.items():
        yield rows.SNAPSHOT_INCOMPLETE, (name, kind), regions


def by_metric(samples: Iterator[Sample]) -> dict[rows.Metric, dict[Labels, float]]:
    """Group samples by metric."""
    found: defaultdict[rows.Metric, dict[Labels, float]] = defaultdict(dict)
    for metric, labels, value in samples:
        found[metric][labels] = value
    return found


def _figure_samples(name: str, figures: Figures) -> Iterator[Sample]:
    findings: Counter[str] = Counter()
    for finding in figures.findings:
        findings[finding.reason] += finding.count
    for reason, count in findings.items():
        yield rows.FINDINGS, (name, reason), count
    windows: Counter[Labels] = Counter()
    for each in figures.expiring:
        windows[each.provider, each.window] += each.count
    for labels, count in windows.items():
        yield rows.EXPIRING, (name, *labels), count


_OF_GROUPS: Mapping[rows.Metric, tuple[str, str]] = {
    rows.AGE_MEAN: ("by_group", "age_mean_seconds"),
    rows.AGE_MEDIAN: ("by_group", "age_median_seconds"),
    rows.COMPLIANCE: ("by_group", "compliance_ratio"),
    rows.AT_RISK: ("by_group", "usd_at_risk"),
    rows.INVENTORY_UNPRICED: ("by_group", "unpriced"),
    rows.AVOIDED: ("avoided_by_group", "usd_so_far"),
}
"""The indicator and column behind each gauge of the report."""


def indicator_samples(indicators: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[Sample]:
    """Give the gauges of the indicators of `tagwarden report --output json`; unknown numbers have no series."""
    for metric, (indicator, column) in _OF_GROUPS.items():
        for row in indicators.get(indicator, ()):
            if row[column] is not None:
                yield metric, tuple(str(row[label]) for label in metric.labels), float(row[column])
