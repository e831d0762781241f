"""docs/metrics.md, from the declarations of the metrics."""

from tagwarden.reporting.metric_table import METRICS, WINDOWS, Metric, Source, Stability
from tools.docstrings import member_sentences

_INTRODUCTION = """\
# Metrics

The operator serves these at `/metrics` of its health port, in the formats of Prometheus and OpenMetrics.
The Prometheus client adds the `process_*` metrics: memory, CPU time and open files of the process.

Labels never hold ids, ARNs, names of resources or free text.
`policy` and `account` are the names of the objects in the cluster,
`kind` and `category` are those of [kinds](kinds.md), `reason` is one of the [reasons](reasons.md).

After a restart the series of a pass come back with the next pass of each policy;
counters begin at zero, which `rate()` and `increase()` handle.
A Grafana dashboard is in [grafana/tagwarden.json](grafana/tagwarden.json).
"""


def metrics_page() -> str:
    """Give the page in Markdown."""
    parts = [_INTRODUCTION, "## Stability\n", *_list_of(Stability), "\n## Sources of values\n", *_list_of(Source)]
    for source in Source:
        rows = [metric for metric in METRICS if metric.source is source]
        parts += [f"\n## {source.value.capitalize()}\n", "| metric | type | labels | stability | meaning |"]
        parts += ["|---|---|---|---|---|", *map(_row, rows)]
    parts.append(f"\nThe windows of `resources_expiring`: {', '.join(f'`{window}`' for window in WINDOWS)}.")
    return "\n".join(parts) + "\n"


def _list_of(words: type[Stability] | type[Source]) -> list[str]:
    sentences = member_sentences(words)
    return [f"- **{word.value}**: {sentences[word.name]}" for word in words]


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels) or "none"
    bounds = ", ".join(f"{bound:g}" for bound in metric.buckets)
    buckets = f" Buckets: {bounds}." if bounds else ""
    return f"| `{metric.full_name}` | {metric.type} | {labels} | {metric.stability} | {metric.help}{buckets} |"
