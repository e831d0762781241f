"""Output about passes and snapshots: the report of a pass, and metrics that aggregate reports.

The operator feeds one `Metrics` and serves its `registry`. `Metrics` has a separate module, so that other commands do
not load the Prometheus client.
"""

from tagwarden.reporting.aftermath import asks
from tagwarden.reporting.event_loop import measure_lag
from tagwarden.reporting.metric_table import METRICS, Metric, MetricType, Source, Stability
from tagwarden.reporting.pass_report import report_before, report_of, requests_of

__all__ = [
    "METRICS",
    "Metric",
    "MetricType",
    "Source",
    "Stability",
    "asks",
    "measure_lag",
    "report_before",
    "report_of",
    "requests_of",
]
