"""Looks again for what may use, own or hold a resource, and shares each look among deletions that begin close by."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tagwarden.errors import ProviderError
from tagwarden.model.evidence import Search
from tagwarden.model.snapshot import Snapshot


@dataclass(slots=True)
class _Latest:
    """The last look of one search; its lock lets one worker look while the others wait for the answer."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    begun: datetime | None = None
    found: Snapshot | ProviderError | None = None


class Searches:
    """Answers searches with looks that began at most `valid` before they were asked for (S17)."""

    def __init__(
        self, look: Callable[[Search, datetime], Snapshot], clock: Callable[[], datetime], valid: timedelta
    ) -> None:
        self._look = look
        self._clock = clock
        self._valid = valid
        self._lock = threading.Lock()
        self._latest: dict[Search, _Latest] = {}

    def answer(self, search: Search) -> Snapshot:
        """List the extent of a search; raises the `ProviderError` of a look that failed."""
        asked = self._clock()
        with self._lock:
            latest = self._latest.setdefault(search, _Latest())
        with latest.lock:
            if latest.begun is None or asked - latest.begun > self._valid:
                latest.begun = self._clock()
                try:
                    latest.found = self._look(search, latest.begun)
                except ProviderError as error:
                    latest.found = error
            found = latest.found
        if isinstance(found, Snapshot):
            return found
        assert isinstance(found, ProviderError)  # noqa: S101 - a look either answers or raises
        raise found
