"""The pace of requests, shared by all threads of a project: whoever is throttled slows down all others.

Google counts requests by API and minute, so each API has its own lane. A lane without throttling has no limit. After
throttling, all requests of the lane wait for a pause, which doubles until a request succeeds, and then take turns whose
rate recovers with every success: https://cloud.google.com/docs/quotas/error-messages
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tagwarden.errors import Throttled
from tagwarden.model.messages import provider_messages as messages

FIRST_PAUSE = 0.5
"""Seconds that a lane rests after throttling; each repetition takes twice as long."""
LONGEST_PAUSE = 30.0
_FIRST_RATE = 20.0
_SLOWEST_RATE = 0.5
_RECOVERY = 1.1
_FULL_RATE = 100.0
"""Requests per second; a lane that recovered this rate needs no turns."""


@dataclass(slots=True)
class _Lane:
    rate: float = 2 * _FIRST_RATE
    pause: float = 0.0
    next: float = 0.0
    throttled_at: float = float("-inf")


class Pace:
    """Turns by API; `sleep` takes seconds, `clock` gives them."""

    def __init__(
        self, sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._lanes: dict[str, _Lane] = {}

    def take_turn(self, api: str, latest: float = float("inf")) -> float:
        """Wait for a turn; give the time of it. Raise Throttled, without a turn, if it would be after `latest`."""
        with self._lock:
            now = turn = self._clock()
            lane = self._lanes.get(api)
            if lane is not None:
                turn = max(now, lane.next)
                if turn > latest:
                    raise Throttled(messages.TURN_TOO_LATE(seconds=turn - now))
                lane.next = turn + 1 / lane.rate
        if turn > now:
            self._sleep(turn - now)
        return turn

    def throttled(self, api: str, sent: float, told: float = 0.0) -> None:
        """Slow the API down; `sent` is the turn of the throttled request, `told` the pause that Google asks for.

        Requests that were under way when another one was throttled say nothing new.
        """
        with self._lock:
            lane = self._lanes.setdefault(api, _Lane())
            now = self._clock()
            if sent >= lane.throttled_at:
                lane.throttled_at = now
                lane.rate = max(lane.rate / 2, _SLOWEST_RATE)
                lane.pause = min(max(2 * lane.pause, FIRST_PAUSE), LONGEST_PAUSE)
            lane.next = max(lane.next, now + max(lane.pause, min(told, LONGEST_PAUSE)))

    def went_well(self, api: str) -> None:
        """Restore a part of the rate."""
        if api not in self._lanes:
            return
        with self._lock:
            lane = self._lanes.get(api)
            if lane is None:
                return
            lane.pause = 0.0
            lane.rate *= _RECOVERY
            if lane.rate >= _FULL_RATE:
                del self._lanes[api]
