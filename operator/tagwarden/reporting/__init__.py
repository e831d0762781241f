"""What people and machines see of passes and snapshots: metrics.

The operator keeps one `Metrics`, tells it what happened, and serves its `registry`.
"""

from tagwarden.reporting.declarations import METRICS, Metric, MetricType, Source, Stability
from tagwarden.reporting.event_loop import measure_lag
from tagwarden.reporting.figures import Requests
from tagwarden.reporting.metrics import Metrics
from tagwarden.reporting.reference import metrics_reference

__all__ = [
    "METRICS",
    "Metric",
    "MetricType",
    "Metrics",
    "Requests",
    "Source",
    "Stability",
    "measure_lag",
    "metrics_reference",
]
