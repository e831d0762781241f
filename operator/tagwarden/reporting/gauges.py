"""The gauges of policies and accounts, computed from what is known of each at the time of a scrape: pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tagwarden.model.status import ConditionStatus
from tagwarden.reporting import declarations as rows
from tagwarden.reporting.figures import Distribution, Labels, PlanFigures, merged

Sample = tuple[rows.Metric, Labels, float]


@dataclass
class KnownPolicy:
    """What is known of one policy; instants are seconds since 1970."""

    mode: str = ""
    conditions: Mapping[str, str] = field(default_factory=dict)
    next_run: float | None = None
    last_success: float | None = None
    plan: PlanFigures | None = None
    budget: float | None = None


@dataclass
class KnownAccount:
    """What is known of the last snapshot of one account; `taken` is in seconds since 1970."""

    taken: float | None = None
    resources: int = 0
    seconds: float = 0.0
    requests: int = 0
    incomplete: Mapping[str, int] = field(default_factory=dict)


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
    if policy.plan is not None:
        yield from _plan_samples(name, policy.plan)


def resource_samples(policies: Mapping[str, KnownPolicy]) -> Iterator[Sample]:
    """Give the gauges that speak of the resources of all policies together."""
    plans = [policy.plan for policy in policies.values() if policy.plan is not None]
    for metric, told in (
        (rows.RESOURCES, [plan.resources for plan in plans]),
        (rows.COST, [plan.costs for plan in plans]),
        (rows.UNPRICED, [plan.unpriced for plan in plans]),
    ):
        for labels, value in merged(told).items():
            yield metric, labels, value


def resource_ages(policies: Mapping[str, KnownPolicy]) -> dict[Labels, Distribution]:
    """Give the ages of the resources of all policies, by provider and category."""
    ages: dict[Labels, Distribution] = {}
    for policy in policies.values():
        for (_, *labels), distribution in (policy.plan.ages if policy.plan else {}).items():
            ages.setdefault(tuple(labels), Distribution(distribution.bounds)).add(distribution)
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
    """Put samples under their metric."""
    found: defaultdict[rows.Metric, dict[Labels, float]] = defaultdict(dict)
    for metric, labels, value in samples:
        found[metric][labels] = value
    return found


def _plan_samples(name: str, plan: PlanFigures) -> Iterator[Sample]:
    findings: Counter[str] = Counter()
    for (_, reason), count in plan.findings.items():
        findings[reason] += count
    for reason, count in findings.items():
        yield rows.FINDINGS, (name, reason), count
    windows: Counter[Labels] = Counter()
    for (_, provider, window), count in plan.expiring.items():
        windows[provider, window] += count
    for labels, count in windows.items():
        yield rows.EXPIRING, (name, *labels), count
