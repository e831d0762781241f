import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tagwarden.reporting import METRICS, Metric, MetricType

DASHBOARD = Path(__file__).parents[3] / "docs" / "grafana" / "tagwarden.json"
SUFFIXES = {
    MetricType.HISTOGRAM: ("_bucket", "_sum", "_count"),
    MetricType.GAUGE_HISTOGRAM: ("_bucket", "_gsum", "_gcount"),
    MetricType.SUMMARY: ("_sum", "_count"),
}
SERIES = {metric.full_name + suffix: metric for metric in METRICS for suffix in SUFFIXES.get(metric.type, ("",))}
FOREIGN_LABELS = {"le"}


def dashboard() -> dict[str, Any]:
    return dict(json.loads(DASHBOARD.read_text(encoding="utf-8")))


def queries() -> Iterator[str]:
    for panel in dashboard()["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    for variable in dashboard()["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["definition"]


def asked(query: str) -> set[str]:
    return set(re.findall(r"tagwarden_\w+", query))


@pytest.mark.parametrize("query", list(queries()))
def test_every_query_asks_for_series_that_exist(query: str) -> None:
    """A renamed metric must not leave an empty panel behind."""
    assert asked(query)
    assert asked(query) <= set(SERIES)


@pytest.mark.parametrize("query", list(queries()))
def test_every_query_uses_labels_that_the_metric_has(query: str) -> None:
    """Selectors and groupings name labels of the metrics that are asked for."""
    grouped = {label.strip() for words in re.findall(r"by \(([^)]*)\)", query) for label in words.split(",")}
    selected = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", query))
    known = {label for name in asked(query) for label in SERIES[name].labels}

    assert grouped | selected <= known | FOREIGN_LABELS


@pytest.mark.parametrize("query", list(queries()))
def test_counters_are_asked_for_their_growth(query: str) -> None:
    """The level of a counter says nothing; what only shows the present is never asked for its growth."""
    growing = set(re.findall(r"(?:rate|increase)\((tagwarden_\w+)", query))
    levels = {MetricType.GAUGE, MetricType.GAUGE_HISTOGRAM}

    assert {name for name in asked(query) if SERIES[name].type not in levels} == growing


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_stable_metric_has_a_place(metric: Metric) -> None:
    """What is promised to stay is shown, except for what merely says when the next pass is due."""
    shown = {SERIES[name] for query in queries() for name in asked(query)}

    assert metric.stability != "stable" or metric in shown or metric.name == "policy_next_run_timestamp_seconds"


def test_panels_lie_side_by_side() -> None:
    """No two panels cover one another, each has an id of its own and says what it shows."""
    panels = dashboard()["panels"]
    cells = [
        (x, y)
        for panel in panels
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(cells) == len(set(cells))
    assert len(panels) == len({panel["id"] for panel in panels})
    assert all(panel["description"] for panel in panels if panel["type"] != "row")
