"""Counts how far the listing of an account is, for the progress shown to people."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from tagwarden.providers.base import ListingProgress, Progress


class ListingCounter:
    """Counts the listed kinds and resources of one account; shared by threads.

    As a context manager it reports the end of the listing too, also after an error. `requests` gives the number of
    requests so far.
    """

    def __init__(self, account: str, progress: Progress | None, requests: Callable[[], int]) -> None:
        self._account = account
        self._progress = progress
        self._requests = requests
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._expected: Counter[str] = Counter()
        self._all_kinds = 0
        self._resources = 0

    def expect(self, kinds: Iterable[str]) -> None:
        """Announce further lists by kind: a kind that is listed in three regions is named three times."""
        self._expected.update(kinds)
        self._all_kinds = len(self._expected)

    def listed(self, kind: str, resources: int) -> None:
        """Count one list."""
        with self._lock:
            self._expected[kind] -= 1
            self._resources += resources
            self._report()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._report(has_ended=True, has_failed=error is not None)

    def _report(self, *, has_ended: bool = False, has_failed: bool = False) -> None:
        if self._progress is None:
            return
        self._progress(
            ListingProgress(
                self._account,
                kinds=self._all_kinds - len(+self._expected),
                all_kinds=self._all_kinds,
                resources=self._resources,
                requests=self._requests(),
                seconds=time.monotonic() - self._began,
                has_ended=has_ended,
                has_failed=has_failed,
            )
        )
