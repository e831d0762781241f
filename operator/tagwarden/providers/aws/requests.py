"""Counts HTTP requests to AWS: number, duration, result codes and throttling."""

import threading
import time
from collections import defaultdict
from typing import Any

from botocore.session import Session

from tagwarden.providers.aws.error_codes import THROTTLING_CODES
from tagwarden.providers.base import RequestCount


class RequestCounter:
    """Counts the requests of all clients of a session; shared by threads."""

    def __init__(self, session: Session) -> None:
        self._lock = threading.Lock()
        self._totals: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0, 0.0])
        self._sent = threading.local()
        events = session.get_component("event_emitter")
        events.register("before-send.*.*", self._before_send)
        events.register("response-received.*.*", self._response_received)

    @property
    def total(self) -> int:
        """The number of completed or failed requests so far."""
        with self._lock:
            return int(sum(count for count, _ in self._totals.values()))

    def counts(self) -> tuple[RequestCount, ...]:
        """Give the counts so far, sorted by service, operation and code."""
        with self._lock:
            totals = sorted(self._totals.items())
        return tuple(
            RequestCount(service, operation, code, int(count), seconds, code in THROTTLING_CODES)
            for (service, operation, code), (count, seconds) in totals
        )

    def _before_send(self, **_: Any) -> None:
        self._sent.at = time.monotonic()

    def _response_received(
        self,
        event_name: str,
        parsed_response: dict[str, Any] | None = None,
        exception: Exception | None = None,
        **_: Any,
    ) -> None:
        service, operation = event_name.split(".")[1:]
        seconds = time.monotonic() - getattr(self._sent, "at", time.monotonic())
        with self._lock:
            total = self._totals[service, operation, _code(parsed_response, exception)]
            total[0] += 1
            total[1] += seconds


def _code(parsed: dict[str, Any] | None, exception: Exception | None) -> str:
    if parsed is None:
        return type(exception).__name__
    error = parsed.get("Error", {}).get("Code")
    return str(error or parsed.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
