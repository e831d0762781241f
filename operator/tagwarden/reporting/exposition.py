"""Converts rows and values to metric families of the Prometheus client."""

from collections.abc import Mapping
from math import inf, isinf

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeHistogramMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    SummaryMetricFamily,
)
from prometheus_client.core import (
    Metric as Family,
)

from tagwarden.reporting.figures import Distribution, Labels
from tagwarden.reporting.metric_table import Metric, MetricType

Numbers = Mapping[Labels, float]
Distributions = Mapping[Labels, Distribution]


def family(metric: Metric, values: Numbers) -> Family:
    """Give a counter or a gauge with a value for each tuple of labels, in the order of the labels."""
    make = CounterMetricFamily if metric.type is MetricType.COUNTER else GaugeMetricFamily
    made = make(metric.full_name, metric.help, labels=metric.labels)
    for labels, value in sorted(values.items()):
        made.add_metric(labels, value)
    return made


def histogram(metric: Metric, values: Distributions) -> Family:
    """Give a histogram, of the present state or cumulative."""
    made: GaugeHistogramMetricFamily | HistogramMetricFamily
    now = metric.type is MetricType.GAUGE_HISTOGRAM
    make = GaugeHistogramMetricFamily if now else HistogramMetricFamily
    made = make(metric.full_name, metric.help, labels=metric.labels)
    for labels, distribution in sorted(values.items(), key=lambda item: item[0]):
        made.add_metric(labels, _buckets(distribution), distribution.sum)
    return made


def summary(metric: Metric, counts: Numbers, sums: Numbers) -> Family:
    """Give a summary without quantiles: `_count` and `_sum`."""
    made = SummaryMetricFamily(metric.full_name, metric.help, labels=metric.labels)
    for labels, count in sorted(counts.items()):
        made.add_metric(labels, int(count), sums[labels])
    return made


def empty(metric: Metric) -> Family:
    """Give the family of a row without any series."""
    if metric.type in {MetricType.HISTOGRAM, MetricType.GAUGE_HISTOGRAM}:
        return histogram(metric, {})
    if metric.type is MetricType.SUMMARY:
        return summary(metric, {}, {})
    return family(metric, {})


def _buckets(distribution: Distribution) -> list[tuple[str, float]]:
    """Prometheus buckets are cumulative: each includes all lower ones."""
    total = 0
    buckets = []
    for bound, count in zip((*distribution.bounds, inf), distribution.counts, strict=True):
        total += count
        buckets.append(("+Inf" if isinf(bound) else str(bound), float(total)))
    return buckets
