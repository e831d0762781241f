"""Counts HTTP requests to AWS by botocore's events."""

import threading
import time
from typing import Any

from botocore.session import Session

from tagwarden.providers.aws.error_codes import THROTTLING_CODES
from tagwarden.providers.catalogue.request_totals import RequestTotals


class RequestCounter(RequestTotals):
    """Counts the requests of all clients of a session."""

    def __init__(self, session: Session) -> None:
        super().__init__(THROTTLING_CODES)
        self._sent = threading.local()
        events = session.get_component("event_emitter")
        events.register("before-send.*.*", self._before_send)
        events.register("response-received.*.*", self._response_received)

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
        self.add(service, operation, _code(parsed_response, exception), seconds)


def _code(parsed: dict[str, Any] | None, exception: Exception | None) -> str:
    if parsed is None:
        return type(exception).__name__
    error = parsed.get("Error", {}).get("Code")
    return str(error or parsed.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
