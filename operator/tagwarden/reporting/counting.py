"""The figures of a report: the resources that a policy governs, in their state after the pass."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tagwarden.model.plan import Plan
from tagwarden.model.report import AgeCount, ExpiryCount, Figures, FindingCount, KindName, ResourceCount, Saving
from tagwarden.model.resource import ProviderName
from tagwarden.planning import savings
from tagwarden.reporting.aftermath import After
from tagwarden.reporting.metric_table import LAST_WINDOW, NO_EXPIRY, RESOURCE_AGE, WINDOW_ENDS


def figures_of(aftermath: Iterable[After], at: datetime, *, has_prices: bool) -> Figures:
    """Count the resources after a pass with a plan of that time (aware UTC)."""
    alike: defaultdict[tuple[str, ProviderName, str, str], list[After]] = defaultdict(list)
    findings: Counter[tuple[str, str]] = Counter()
    expiring: Counter[tuple[str, ProviderName, str]] = Counter()
    ages: defaultdict[tuple[str, ProviderName, str], list[float]] = defaultdict(list)
    for after in aftermath:
        resource, judgement = after.planned.resource, after.judgement
        if judgement is None:
            continue
        place = (resource.account, resource.provider)
        alike[*place, resource.kind, judgement.verdict].append(after)
        findings.update((resource.account, finding.reason) for finding in judgement.findings)
        expiring[*place, _window(judgement.expires, at)] += 1
        if resource.created is not None:
            ages[*place, resource.category].append(max((at - resource.created).total_seconds(), 0.0))
    return Figures(
        resources=tuple(_resources(labels, each, has_prices=has_prices) for labels, each in sorted(alike.items())),
        findings=tuple(
            FindingCount(account=account, reason=reason, count=count)
            for (account, reason), count in sorted(findings.items())
        ),
        expiring=tuple(
            ExpiryCount(account=account, provider=provider, window=window, count=count)
            for (account, provider, window), count in sorted(expiring.items())
        ),
        ages=tuple(_ages(labels, each) for labels, each in sorted(ages.items())),
    )


def savings_by_provider(aftermath: Sequence[After]) -> tuple[Saving, ...]:
    """Add up the monthly cost of deleted resources, including those deleted along; has every provider of the plan."""
    costs: defaultdict[ProviderName, list[float | None]] = defaultdict(list)
    for after in aftermath:
        costs[after.planned.resource.provider] += [after.planned.cost] if after.is_deleted else []
    found = {provider: savings(costs[provider]) for provider in sorted(costs)}
    return tuple(
        Saving(provider=provider, usd_per_month=saved.usd or 0.0, unpriced=saved.gone - saved.priced)
        for provider, saved in found.items()
    )


def kinds_of(plan: Plan) -> tuple[KindName, ...]:
    """Name the kinds of all resources in a plan."""
    kinds = {(planned.resource.provider, planned.resource.kind) for planned in plan.resources}
    return tuple(KindName(provider=provider, kind=kind) for provider, kind in sorted(kinds))


def _resources(
    labels: tuple[str, ProviderName, str, str], alike: Sequence[After], *, has_prices: bool
) -> ResourceCount:
    account, provider, kind, verdict = labels
    costs = savings(after.planned.cost for after in alike) if has_prices else None
    return ResourceCount(
        account=account,
        provider=provider,
        kind=kind,
        verdict=verdict,
        count=len(alike),
        open=sum(after.is_open for after in alike),
        usd_per_month=costs.usd if costs else None,
        unpriced=costs.gone - costs.priced if costs else 0,
    )


def _ages(labels: tuple[str, ProviderName, str], seconds: Sequence[float]) -> AgeCount:
    account, provider, category = labels
    # A bound belongs to the lower bucket.
    buckets = Counter(bisect_left(RESOURCE_AGE.buckets, each) for each in seconds)
    counts = tuple(buckets[number] for number in range(len(RESOURCE_AGE.buckets) + 1))
    return AgeCount(account=account, provider=provider, category=category, buckets=counts, seconds=sum(seconds))


def _window(expires: datetime | None, at: datetime) -> str:
    if expires is None:
        return NO_EXPIRY
    left = expires - at
    return next((name for most, name in WINDOW_ENDS if left <= timedelta(seconds=most)), LAST_WINDOW)
