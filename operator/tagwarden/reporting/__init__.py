"""What people and machines see of passes and snapshots: the report of a pass, and the metrics that add reports up.

The operator keeps one `Metrics`, tells it what happened, and serves its `registry`. It is in a module of its own, since
a command that only reports would wait for the client of Prometheus.
"""

from tagwarden.reporting.aftermath import asks
from tagwarden.reporting.declarations import METRICS, Metric, MetricType, Source, Stability
from tagwarden.reporting.event_loop import measure_lag
from tagwarden.reporting.pass_report import report_of, requests_of
from tagwarden.reporting.reference import metrics_reference

__all__ = [
    "METRICS",
    "Metric",
    "MetricType",
    "Source",
    "Stability",
    "asks",
    "measure_lag",
    "metrics_reference",
    "report_of",
    "requests_of",
]
