"""The rate of calls to one account, shared by all workers and adapted to throttling."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

SLOWEST = 0.1
"""Minimum rate, in calls per second, under throttling."""

RECOVERY = 0.05
"""Fraction of the full rate that each successful call restores after throttling."""


class RateLimiter:
    """Give each caller a turn: turns are at least `1 / rate` seconds apart.

    Additive increase, multiplicative decrease: a throttled call halves the rate for all callers, each successful call
    restores a little. Thread-safe.
    """

    def __init__(self, rate: float, clock: Callable[[], datetime], sleep: Callable[[float], None]) -> None:
        """`rate` is in calls per second; `sleep` takes seconds."""
        self._full = rate
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._next: datetime | None = None
        self._lock = threading.Lock()

    @property
    def rate(self) -> float:
        """Current rate in calls per second."""
        return self._rate

    def take_turn(self) -> None:
        """Return when it is the caller's turn."""
        with self._lock:
            now = self._clock()
            turn = now if self._next is None else max(now, self._next)
            self._next = turn + timedelta(seconds=1 / self._rate)
        pause = (turn - now).total_seconds()
        if pause > 0:
            self._sleep(pause)

    def throttled(self) -> None:
        """Halve the rate: the vendor asked to slow down."""
        with self._lock:
            self._rate = max(self._rate / 2, min(SLOWEST, self._full))

    def went_well(self) -> None:
        """Restore a little of the rate."""
        with self._lock:
            self._rate = min(self._full, self._rate + self._full * RECOVERY)
