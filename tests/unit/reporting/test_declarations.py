import re
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from tagwarden.reporting import METRICS, Metric, MetricType
from tagwarden.reporting.metrics import Metrics
from tests.unit.reporting.scrapes import names, scraped

REFERENCE = Path(__file__).parents[3] / "docs" / "metrics.md"
BOUNDED = {
    "account", "action", "category", "code", "kind", "mode", "operation", "outcome", "phase", "policy", "provider",
    "reason", "service", "status", "team", "type", "verdict", "version", "window",
}  # fmt: skip


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
class TestEveryMetric:
    def test_is_exposed_when_there_is_something_to_tell(self, metric: Metric, fed: Metrics) -> None:
        """Every metric that is declared has a series once everything was told."""
        assert metric.full_name in names(scraped(fed))

    def test_has_the_labels_it_declares(self, metric: Metric, fed: Metrics) -> None:
        """A series has the labels of its declaration, beside those of histograms."""
        found = {
            frozenset(dict(labels)) - {"le"}
            for name, labels in scraped(fed)
            if re.fullmatch(f"{metric.full_name}(_bucket|_sum|_count|_gsum|_gcount)?", name)
        }

        assert {frozenset(metric.labels)} == found

    def test_is_named_the_way_prometheus_asks_for(self, metric: Metric) -> None:
        """Names are snake case with a base unit at their end, and counters, and only they, end in _total."""
        assert re.fullmatch(r"tagwarden_[a-z][a-z0-9]*(_[a-z0-9]+)*", metric.full_name)
        assert (metric.type is MetricType.COUNTER) == metric.name.endswith("_total")
        assert not re.search(r"(milliseconds|minutes|hours|days|percent|_count|_sum|_bucket)(_total)?$", metric.name)
        assert not any(word in metric.name.split("_") for word in ("gauge", "counter", "histogram", "summary"))

    def test_has_only_labels_whose_values_are_few(self, metric: Metric) -> None:
        """No label can hold an id, an ARN, the name of a resource or free text."""
        assert set(metric.labels) <= BOUNDED

    def test_says_what_it_means(self, metric: Metric) -> None:
        """The help is a sentence, and the reference page has it with the stability."""
        row = f"| `{metric.full_name}` | {metric.type} |"
        (line,) = [line for line in REFERENCE.read_text(encoding="utf-8").splitlines() if line.startswith(row)]

        assert re.fullmatch(r"[A-Z0-9].+\.", metric.help)
        assert metric.help in line
        assert f"| {metric.stability} |" in line

    def test_has_buckets_only_as_a_histogram(self, metric: Metric) -> None:
        """Buckets grow, and belong to histograms."""
        assert (metric.type in {MetricType.HISTOGRAM, MetricType.GAUGE_HISTOGRAM}) == bool(metric.buckets)
        assert sorted(set(metric.buckets)) == list(metric.buckets)


def test_nothing_is_exposed_that_is_not_declared(fed: Metrics) -> None:
    """Whatever a scrape shows of ours has a row."""
    assert {metric.full_name for metric in METRICS} == names(scraped(fed))


def test_names_are_given_once() -> None:
    """No two rows have the same name."""
    assert len(METRICS) == len({metric.name for metric in METRICS})


def test_both_formats_can_be_read(fed: Metrics) -> None:
    """Prometheus's parsers read what is served, as text and as OpenMetrics, which is stricter."""
    text = generate_latest(fed.registry).decode()
    openmetrics = generate_openmetrics(fed.registry).decode()

    assert list(text_string_to_metric_families(text))
    assert list(read_openmetrics(openmetrics))


def test_every_family_has_help_and_type(fed: Metrics) -> None:
    """Each family says what it means and which type it has, and no sample stands twice."""
    text = generate_latest(fed.registry).decode()
    samples = [line.rsplit(" ", 1)[0] for line in text.splitlines() if line and not line.startswith("#")]

    for metric in METRICS:
        assert f"# HELP {metric.full_name} " in text
        assert f"# TYPE {metric.full_name} " in text
    assert len(samples) == len(set(samples))
