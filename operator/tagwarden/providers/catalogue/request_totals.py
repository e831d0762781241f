"""Counts requests to a vendor: number, duration and result codes."""

import threading
from collections import defaultdict
from collections.abc import Container

from tagwarden.providers.base import RequestCount


class RequestTotals:
    """The requests so far; shared by threads. `throttling_codes` are the codes of throttled requests."""

    def __init__(self, throttling_codes: Container[str]) -> None:
        self._throttling_codes = throttling_codes
        self._lock = threading.Lock()
        self._totals: defaultdict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0, 0.0])

    @property
    def total(self) -> int:
        """The number of completed or failed requests so far."""
        with self._lock:
            return int(sum(count for count, _ in self._totals.values()))

    def add(self, service: str, operation: str, code: str, seconds: float) -> None:
        """Count a request with its result: the HTTP status, the vendor's error code, or the name of an exception."""
        with self._lock:
            total = self._totals[service, operation, code]
            total[0] += 1
            total[1] += seconds

    def counts(self) -> tuple[RequestCount, ...]:
        """Give the counts so far, sorted by service, operation and code."""
        with self._lock:
            totals = sorted(self._totals.items())
        return tuple(
            RequestCount(service, operation, code, int(count), seconds, code in self._throttling_codes)
            for (service, operation, code), (count, seconds) in totals
        )
