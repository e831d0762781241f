"""What a scrape shows, as Prometheus's own parser reads it."""

import re

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from tagwarden.reporting.metrics import Metrics

LATER = 90.0
"""Seconds between the last snapshot and a scrape."""

Scrape = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scraped(metrics: Metrics) -> Scrape:
    """Return every sample of ours that a scrape shows, by name and labels, as Prometheus's own parser reads it."""
    text = generate_latest(metrics.registry).decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("tagwarden_")
    }


def value(scrape: Scrape, name: str, **labels: str) -> float | None:
    return scrape.get((f"tagwarden_{name}", frozenset(labels.items())))


def names(scrape: Scrape) -> set[str]:
    """Return the names of the metrics behind the samples."""
    return {re.sub(r"_(bucket|sum|count|gsum|gcount)$", "", name) for name, _ in scrape}
