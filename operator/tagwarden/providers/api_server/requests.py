"""Counts requests to an API server: number, duration and result codes."""

import threading
from collections import defaultdict

from tagwarden.providers.base import RequestCount

TOO_MANY = "429"

_CORE_GROUP = "core"


class RequestCounter:
    """Counts the requests of one connection; shared by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._totals: defaultdict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0, 0.0])

    @property
    def total(self) -> int:
        """The number of completed or failed requests so far."""
        with self._lock:
            return int(sum(count for count, _ in self._totals.values()))

    def count(self, method: str, path: str, code: str, seconds: float) -> None:
        """Count a request with its response status, or the name of its error."""
        with self._lock:
            total = self._totals[_group_of(path), method, code]
            total[0] += 1
            total[1] += seconds

    def counts(self) -> tuple[RequestCount, ...]:
        """Give the counts so far: the service is the API group, the operation the HTTP method."""
        with self._lock:
            totals = sorted(self._totals.items())
        return tuple(
            RequestCount(group, method, code, int(count), seconds, code == TOO_MANY)
            for (group, method, code), (count, seconds) in totals
        )


def _group_of(path: str) -> str:
    """Name the API group of a path such as /apis/apps/v1/deployments."""
    parts = path.strip("/").split("/")
    return parts[1] if parts[0] == "apis" and len(parts) > 1 else _CORE_GROUP
