"""Requests are counted by service, operation and code."""

from tagwarden.providers.base import RequestCount
from tagwarden.providers.catalogue.request_totals import RequestTotals


def test_requests_of_one_result_are_one_count() -> None:
    """Sorted, with the seconds of all, and those marked that the vendor throttled."""
    totals = RequestTotals({"429"})
    for code, seconds in (("429", 0.5), ("200", 1.0), ("200", 2.0)):
        totals.add("compute", "instances.list", code, seconds)
    totals.add("apps", "list", "200", 1.0)

    assert totals.total == 4
    assert totals.counts() == (
        RequestCount("apps", "list", "200", 1, 1.0, throttled=False),
        RequestCount("compute", "instances.list", "200", 2, 3.0, throttled=False),
        RequestCount("compute", "instances.list", "429", 1, 0.5, throttled=True),
    )
