"""The metrics of one operator: fed by events, read by a scrape.

Gauges are computed at the scrape from the last pass of each policy and the last snapshot of each account, so that a
series vanishes with the policy or account. Counters and histograms grow until the policy or account is forgotten.
"""

import itertools
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from tagwarden import __version__
from tagwarden.model.reasons import Reason
from tagwarden.model.report import PassReport, VendorRequests
from tagwarden.model.status import CleanupPolicyStatus, CloudAccountStatus
from tagwarden.reporting import metric_table as rows
from tagwarden.reporting.exposition import empty, family, histogram, summary
from tagwarden.reporting.figures import Distribution, Labels, without
from tagwarden.reporting.gauges import (
    KnownAccount,
    KnownPolicy,
    Sample,
    account_samples,
    by_metric,
    indicator_samples,
    policy_samples,
    resource_ages,
    resource_samples,
)


class Metrics(Collector):
    """All metrics of one operator; may be fed in one thread and scraped in another."""

    def __init__(self, clock: Callable[[], float] = time.time, version: str = __version__) -> None:
        """`clock` gives seconds since 1970."""
        self._clock = clock
        self._version = version
        self._lock = threading.RLock()
        self._policies: defaultdict[str, KnownPolicy] = defaultdict(KnownPolicy)
        self._accounts: defaultdict[str, KnownAccount] = defaultdict(KnownAccount)
        self._counts: defaultdict[rows.Metric, Counter[Labels]] = defaultdict(Counter)
        self._durations: dict[Labels, Distribution] = {}
        self._request_seconds: defaultdict[Labels, float] = defaultdict(float)
        self._saved: defaultdict[Labels, float] = defaultdict(float)
        self._indicators: tuple[Sample, ...] = ()
        self._lag = Distribution(rows.EVENT_LOOP_LAG.buckets)
        self._last_tick: float | None = None
        self._is_leader = False
        self.registry = CollectorRegistry()
        """The content of `/metrics`: our metrics, and those of the process."""
        self.registry.register(self)
        ProcessCollector(registry=self.registry)

    # Policies

    def policy_changed(self, policy: str, mode: str, status: CleanupPolicyStatus) -> None:
        """Update a policy from spec and status."""
        with self._lock:
            known = self._policies[policy]
            known.mode = str(mode)
            known.conditions = {condition.type.value: condition.status.value for condition in status.conditions}
            known.next_run = status.next_run_time.timestamp() if status.next_run_time else None
            run = status.last_run
            if run is not None and run.outcome in {Reason.Succeeded, Reason.ActionsFailed}:
                known.last_success = run.completion_time.timestamp()

    def policies_are(self, names: Iterable[str]) -> None:
        """Remove the series of all other policies."""
        with self._lock:
            for name in set(self._policies) - set(names):
                del self._policies[name]
                self._forget("policy", name)

    def pass_finished(self, policy: str, report: PassReport | None, *, outcome: str, seconds: float) -> None:
        """Add the report of a pass; None when the pass failed without one.

        `outcome` is that of the status, `seconds` the total duration.
        """
        with self._lock:
            self._counts[rows.POLICY_RUNS][policy, outcome] += 1
            for phase, took in {**(report.phases if report else {}), "total": seconds}.items():
                spread = self._durations.setdefault((policy, phase), Distribution(rows.POLICY_RUN_DURATION.buckets))
                spread.observe(took)
            if report is not None:
                self._take_up(policy, report)

    def _take_up(self, policy: str, report: PassReport) -> None:
        known = self._policies[policy]
        known.figures = report.figures
        known.budget = known.budget if report.deletion_budget is None else report.deletion_budget
        # A counter starts at 0: `increase()` does not see the first value.
        for each, action, end in itertools.product(report.kinds, rows.COUNTED_ACTIONS, rows.ENDS):
            self._counts[rows.ACTIONS].setdefault((policy, each.provider, each.kind, action, end), 0)
        self._counts[rows.WITHHELD].update({(policy, reason): n for reason, n in report.withheld.items()})
        for saving in report.saved:
            self._saved[policy, saving.provider] += saving.usd_per_month
            if saving.unpriced:
                self._counts[rows.SAVED_UNPRICED][policy, saving.provider] += saving.unpriced
        self.requests(report.requests)

    def actions_are(self, ended: Mapping[Labels, int]) -> None:
        """Set the numbers of ended actions, by the labels of the counter; unknown policies are omitted."""
        with self._lock:
            counts = self._counts[rows.ACTIONS]
            for labels in counts:
                counts[labels] = ended.get(labels, 0)
            counts.update(
                {labels: n for labels, n in ended.items() if labels[0] in self._policies and labels not in counts}
            )

    # Accounts

    def account_changed(self, account: str, status: CloudAccountStatus) -> None:
        """Update an account from the status."""
        last = status.last_snapshot
        with self._lock:
            known = self._accounts[account]
            if last is not None:
                known.taken = last.time.timestamp()
                known.resources, known.seconds, known.requests = last.resources, last.duration_seconds, last.api_calls

    def accounts_are(self, names: Iterable[str]) -> None:
        """Remove the series of all other accounts."""
        with self._lock:
            for name in set(self._accounts) - set(names):
                del self._accounts[name]
                self._forget("account", name)
                for policy in self._policies.values():
                    policy.figures = without(policy.figures, name)

    def account_collected(self, account: str, answer: Mapping[str, Any], *, failure: str = "") -> None:
        """Add the result of `tagwarden collect` for an account; `failure` is the reason of a failed collection."""
        entry: Mapping[str, Any] = next(
            (each for each in answer.get("accounts") or () if each.get("account") == account), {}
        )
        outcome = failure or (entry.get("error") or {}).get("reason") or ("" if entry else Reason.Failed.value)
        with self._lock:
            known = self._accounts[account]
            if not outcome:
                known.taken = datetime.fromisoformat(entry["time"]).timestamp()
                known.resources, known.seconds = int(entry["resources"]), float(entry["durationSeconds"])
                known.requests = int(entry["apiCalls"])
                known.incomplete = Counter(str(gap["kind"]) for gap in entry.get("incomplete") or ())
                outcome = (Reason.SourcesIncomplete if known.incomplete else Reason.Succeeded).value
            self._counts[rows.COLLECTIONS][account, str(outcome)] += 1
            self.requests(map(VendorRequests.model_validate, answer.get("requests") or ()))

    def requests(self, requests: Iterable[VendorRequests]) -> None:
        """Add requests to vendors."""
        with self._lock:
            for each in requests:
                of_service = (each.provider, each.service)
                self._counts[rows.REQUESTS][*of_service, each.operation, each.code] += each.count
                self._counts[rows.REQUEST_DURATION][of_service] += each.count
                self._request_seconds[of_service] += each.seconds
                if each.throttled:
                    self._counts[rows.THROTTLED][of_service] += each.count

    def indicators_are(self, indicators: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Replace the gauges of the inventory by those of a new report."""
        samples = tuple(indicator_samples(indicators))
        with self._lock:
            self._indicators = samples

    # The process

    def ticked(self) -> None:
        """Record a tick of the scheduler."""
        self._last_tick = self._clock()

    def leads(self, is_leader: bool) -> None:
        """Record whether this process holds the Lease."""
        self._is_leader = is_leader

    def lagged(self, seconds: float) -> None:
        """Record the delay of a timer in the event loop."""
        with self._lock:
            self._lag.observe(max(seconds, 0.0))

    # A scrape

    def describe(self) -> Iterator[Family]:
        """Name every family, without computing values."""
        return map(empty, rows.METRICS)

    def collect(self) -> Iterator[Family]:
        """Give every family with current values, in the order of declaration."""
        with self._lock:
            numbers: dict[rows.Metric, Mapping[Labels, float]] = {
                **self._counts,
                rows.SAVED: self._saved,
                **by_metric(self._samples()),
            }
            distributions: dict[rows.Metric, Mapping[Labels, Distribution]] = {
                rows.EVENT_LOOP_LAG: {(): self._lag},
                rows.POLICY_RUN_DURATION: self._durations,
                rows.RESOURCE_AGE: resource_ages(self._policies),
            }
            return iter([self._family_of(metric, numbers, distributions) for metric in rows.METRICS])

    def _family_of(
        self,
        metric: rows.Metric,
        numbers: Mapping[rows.Metric, Mapping[Labels, float]],
        distributions: Mapping[rows.Metric, Mapping[Labels, Distribution]],
    ) -> Family:
        if metric in distributions:
            return histogram(metric, distributions[metric])
        if metric.type is rows.MetricType.SUMMARY:
            return summary(metric, numbers.get(metric, {}), self._request_seconds)
        return family(metric, numbers.get(metric, {}))

    def _samples(self) -> Iterator[Sample]:
        yield rows.BUILD_INFO, (self._version,), 1
        yield rows.LEADER, (), float(self._is_leader)
        if self._last_tick is not None:
            yield rows.LAST_TICK, (), self._last_tick
        yield from itertools.chain.from_iterable(policy_samples(*item) for item in self._policies.items())
        yield from resource_samples(self._policies)
        yield from self._indicators
        now = self._clock()
        for name, account in self._accounts.items():
            yield from account_samples(name, account, now)

    def _forget(self, label: str, name: str) -> None:
        """Drop every accumulated series, and every indicator, that has this value of a label."""
        self._indicators = tuple(
            (metric, labels, value)
            for metric, labels, value in self._indicators
            if labels[metric.labels.index(label)] != name
        )
        summed: list[tuple[rows.Metric, dict[Labels, Any]]] = [*self._counts.items(), (rows.SAVED, self._saved)]
        for metric, counts in summed:
            if label in metric.labels:
                place = metric.labels.index(label)
                for labels in [labels for labels in counts if labels[place] == name]:
                    del counts[labels]
        if label in rows.POLICY_RUN_DURATION.labels:
            self._durations = {labels: value for labels, value in self._durations.items() if labels[0] != name}
