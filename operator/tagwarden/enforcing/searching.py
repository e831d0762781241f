"""Searches again for users and owners of a resource, and shares searches among concurrent deletions."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tagwarden.enforcing.enforce_settings import EnforceSettings
from tagwarden.enforcing.retries import pause_after
from tagwarden.errors import ProviderError
from tagwarden.model.evidence import Search
from tagwarden.model.reasons import Reason
from tagwarden.model.snapshot import Snapshot

_ATTEMPTS = 3
"""Maximum attempts for a list that failed: concurrent deletions may have disturbed it."""


@dataclass(slots=True)
class _Latest:
    """The last result of one search; the lock lets one worker search while the others wait for the result."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    begun: datetime | None = None
    found: Snapshot | ProviderError | None = None


class Searches:
    """Answers searches with lists that began at most `valid` before the question (S17)."""

    def __init__(
        self,
        look: Callable[[Search, datetime], Snapshot],
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        settings: EnforceSettings,
    ) -> None:
        self._look = look
        self._clock = clock
        self._sleep = sleep
        self._settings = settings
        self._lock = threading.Lock()
        self._latest: dict[Search, _Latest] = {}
        self._complete: dict[Search, tuple[datetime, Snapshot]] = {}

    def answer(self, search: Search) -> Snapshot:
        """List the extent of a search; raises the `ProviderError` of a failed search."""
        asked = self._clock()
        with self._lock:
            wider = self._wider(search, asked)
            latest = self._latest.setdefault(search, _Latest())
        if wider is not None:
            return wider
        with latest.lock:
            if latest.begun is None or asked - latest.begun > self._settings.search_valid:
                self._look_again(search, latest)
            found = latest.found
            if isinstance(found, Snapshot) and latest.begun is not None and not found.failures:
                with self._lock:
                    self._complete[search] = (latest.begun, found)
        if isinstance(found, Snapshot):
            return found
        assert isinstance(found, ProviderError)  # noqa: S101 - a search gives either a result or an error
        raise found

    def _wider(self, search: Search, asked: datetime) -> Snapshot | None:
        """Give a complete and recent answer to another search that covers this one."""
        for other, (begun, found) in self._complete.items():
            is_wider = other.account == search.account and search.extent.is_within(other.extent)
            if is_wider and other != search and asked - begun <= self._settings.search_valid:
                return found
        return None

    def _look_again(self, search: Search, latest: _Latest) -> None:
        """List the extent; retry failed lists, unless a permission is missing."""
        for attempt in range(1, _ATTEMPTS + 1):
            latest.begun = self._clock()
            try:
                latest.found = self._look(search, latest.begun)
            except ProviderError as error:
                latest.found = error
                reasons = {str(error.reason)}
            else:
                reasons = {failure.reason for failure in latest.found.failures}
            if not reasons or Reason.AccessDenied in reasons or attempt == _ATTEMPTS:
                return
            self._sleep(pause_after(attempt, self._settings))
