import pytest

from tagwarden.model.reasons import Reason
from tagwarden.reporting.metrics import Metrics
from tests.support.builders import NOW
from tests.unit.reporting.reports import a_collect_answer, a_report, a_status
from tests.unit.reporting.scrapes import LATER

GROUP = {"policy": "test-accounts", "account": "aws-dev", "provider": "AWS", "category": "instance", "team": "data"}
INDICATORS = {
    "by_group": [
        {
            **GROUP,
            "age_mean_seconds": 90.0,
            "age_median_seconds": 60.0,
            "compliance_ratio": 0.5,
            "usd_at_risk": 3.0,
            "unpriced": 1,
        }
    ],
    "avoided_by_group": [{**GROUP, "usd_so_far": 7.5}],
}


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(clock=lambda: NOW.timestamp() + LATER, version="1.2.3")


@pytest.fixture
def fed(metrics: Metrics) -> Metrics:
    """Return metrics that were told of everything there is."""
    metrics.ticked()
    metrics.leads(True)
    metrics.lagged(0.004)
    metrics.policy_changed("test-accounts", "Enforce", a_status())
    told = {"has_prices": True, "phases": {"collect": 3.0, "decide": 0.2}, "deletions_left": 42}
    metrics.pass_finished("test-accounts", a_report(**told), outcome=Reason.Succeeded, seconds=4.0)
    other = a_report(is_done=False, **told).model_copy(update={"requests": ()})
    metrics.pass_finished("other", other, outcome=Reason.Succeeded, seconds=4.0)
    metrics.account_collected("aws-dev", a_collect_answer(gaps=["aws_ec2_volume"]))
    metrics.indicators_are(INDICATORS)
    return metrics
