"""Searches again for users, owners and holders of a resource, and shares searches among concurrent deletions."""

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
"""How often something is looked for that could not be listed: the deletion of others may have got in the way."""


@dataclass(slots=True)
class _Latest:
    """The last look of one search; its lock lets one worker look while the others wait for the answer."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    begun: datetime | None = None
    found: Snapshot | ProviderError | None = None


class Searches:
    """Answers searches with looks that began at most `valid` before they were asked for (S17)."""

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

    def answer(self, search: Search) -> Snapshot:
        """List the extent of a search; raises the `ProviderError` of a look that failed."""
        asked = self._clock()
        with self._lock:
            latest = self._latest.setdefault(search, _Latest())
        with latest.lock:
            if latest.begun is None or asked - latest.begun > self._settings.search_valid:
                self._look_again(search, latest)
            found = latest.found
        if isinstance(found, Snapshot):
            return found
        assert isinstance(found, ProviderError)  # noqa: S101 - a look either answers or raises
        raise found

    def _look_again(self, search: Search, latest: _Latest) -> None:
        """List the extent; retry failed lists once, unless a permission is missing."""
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
