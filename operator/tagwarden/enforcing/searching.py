"""Searches again for users and owners of a resource, and shares searches among concurrent deletions."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tagwarden.enforcing.enforce_settings import EnforceSettings
from tagwarden.enforcing.retries import pause_after
from tagwarden.enforcing.two_clocks import Moment
from tagwarden.errors import ProviderError
from tagwarden.model.evidence import Search
from tagwarden.model.reasons import Reason
from tagwarden.model.snapshot import Snapshot

_Place = tuple[str, frozenset[str] | None, frozenset[str] | None]
"""The account, the regions and the namespaces of a search."""

_MOST_TOGETHER = 3
"""How many times as many kinds as a search needs are listed for the sake of others."""

_ATTEMPTS = 3
"""Maximum attempts for a list that failed: concurrent deletions may have disturbed it."""


@dataclass(slots=True)
class _Latest:
    """The last result of one search; the lock lets one worker search while the others wait for the result."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    begun: Moment | None = None
    found: Snapshot | ProviderError | None = None


class Searches:
    """Answers searches with lists that began at most `valid` before the question (S17)."""

    def __init__(
        self,
        look: Callable[[Search, datetime], Snapshot],
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        settings: EnforceSettings,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look = look
        self._clock = clock
        self._ticks = ticks
        self._sleep = sleep
        self._settings = settings
        self._lock = threading.Lock()
        self._latest: dict[Search, _Latest] = {}
        self._complete: dict[Search, tuple[Moment, Snapshot]] = {}
        self._expected: Mapping[_Place, frozenset[str]] = {}

    def expect(self, searches: Iterable[Search]) -> None:
        """Announce the searches of the next deletions, so that one listing answers those that have much in common."""
        kinds: defaultdict[_Place, frozenset[str]] = defaultdict(frozenset)
        for search in searches:
            kinds[_place_of(search)] |= search.extent.kinds
        self._expected = kinds

    def answer(self, search: Search) -> Snapshot:
        """List the extent of a search; raises the `ProviderError` of a failed search."""
        asked = self._now()
        search = self._with_expected(search)
        with self._lock:
            wider = self._wider(search, asked)
            latest = self._latest.setdefault(search, _Latest())
        if wider is not None:
            return wider
        with latest.lock:
            if latest.begun is None or asked.is_after(latest.begun, self._settings.search_valid):
                self._look_again(search, latest)
            found = latest.found
            if isinstance(found, Snapshot) and latest.begun is not None and not found.failures:
                with self._lock:
                    self._complete[search] = (latest.begun, found)
        if isinstance(found, Snapshot):
            return found
        assert isinstance(found, ProviderError)  # noqa: S101 - a search gives either a result or an error
        raise found

    def _with_expected(self, search: Search) -> Search:
        """Add the kinds of the expected searches, unless these are many more."""
        kinds = self._expected.get(_place_of(search), frozenset()) | search.extent.kinds
        if len(kinds) > _MOST_TOGETHER * len(search.extent.kinds):
            return search
        return Search(search.account, replace(search.extent, kinds=kinds))

    def _now(self) -> Moment:
        return Moment(self._clock(), self._ticks())

    def _wider(self, search: Search, asked: Moment) -> Snapshot | None:
        """Give a complete and recent answer to another search that covers this one."""
        for other, (begun, found) in self._complete.items():
            is_wider = other.account == search.account and search.extent.is_within(other.extent)
            if is_wider and other != search and not asked.is_after(begun, self._settings.search_valid):
                return found
        return None

    def _look_again(self, search: Search, latest: _Latest) -> None:
        """List the extent; retry failed lists, unless a permission is missing."""
        for attempt in range(1, _ATTEMPTS + 1):
            latest.begun = self._now()
            try:
                latest.found = self._look(search, latest.begun.at)
            except ProviderError as error:
                latest.found = error
                reasons = {str(error.reason)}
            else:
                reasons = {failure.reason for failure in latest.found.failures}
            if not reasons or Reason.AccessDenied in reasons or attempt == _ATTEMPTS:
                return
            self._sleep(pause_after(attempt, self._settings))


def _place_of(search: Search) -> _Place:
    return search.account, search.extent.regions, search.extent.namespaces
