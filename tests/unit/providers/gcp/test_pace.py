"""All threads of a project keep one pace for each API."""

import pytest

from tagwarden.errors import Throttled
from tagwarden.providers.gcp.pace import FIRST_PAUSE, LONGEST_PAUSE, Pace

COMPUTE, PUBSUB = "compute.googleapis.com", "pubsub.googleapis.com"


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    """A clock at zero."""
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    """A pace on that clock."""
    return Pace(clock.sleep, clock)


def test_without_throttling_nobody_waits(pace: Pace, clock: Clock) -> None:
    """The vendor says how fast is too fast."""
    for _ in range(1_000):
        pace.take_turn(COMPUTE)

    assert 0 == clock.now


def test_a_throttled_api_rests_for_everybody(pace: Pace, clock: Clock) -> None:
    """Also for the threads whose requests were answered; other APIs have quotas of their own."""
    pace.throttled(COMPUTE, pace.take_turn(COMPUTE))

    assert 0 == pace.take_turn(PUBSUB)
    assert FIRST_PAUSE == pace.take_turn(COMPUTE)
    assert clock.now < pace.take_turn(COMPUTE)


def test_requests_under_way_do_not_slow_down_further(pace: Pace, clock: Clock) -> None:
    """Sixteen threads are throttled at once for the same reason."""
    turns = [pace.take_turn(COMPUTE) for _ in range(16)]
    clock.now = 0.1
    for turn in turns:
        pace.throttled(COMPUTE, turn)

    assert FIRST_PAUSE + 0.1 == pace.take_turn(COMPUTE)


def test_pauses_grow_until_a_request_succeeds(pace: Pace, clock: Clock) -> None:
    """Together they outlast the minute after which Google counts anew."""
    pauses = []
    for _ in range(9):
        before = clock.now
        pace.throttled(COMPUTE, pace.take_turn(COMPUTE))
        pauses.append(clock.now - before)
        pace.take_turn(COMPUTE)

    assert pauses == sorted(pauses)
    assert clock.now > 60
    assert max(pauses) <= LONGEST_PAUSE + 2
    pace.went_well(COMPUTE)
    before = clock.now
    pace.throttled(COMPUTE, pace.take_turn(COMPUTE))
    pace.take_turn(COMPUTE)
    assert clock.now - before < LONGEST_PAUSE / 2


def test_the_pause_that_google_asks_for_is_kept(pace: Pace) -> None:
    """In the header Retry-After."""
    pace.throttled(COMPUTE, pace.take_turn(COMPUTE), told=7.0)

    assert 7.0 == pace.take_turn(COMPUTE)


def test_a_turn_that_comes_too_late_is_not_taken(pace: Pace, clock: Clock) -> None:
    """Others may have it."""
    pace.throttled(COMPUTE, pace.take_turn(COMPUTE), told=20.0)

    with pytest.raises(Throttled, match="20 s"):
        pace.take_turn(COMPUTE, latest=10.0)

    assert 0 == clock.now
    assert 20.0 == pace.take_turn(COMPUTE)


def test_the_rate_recovers(pace: Pace, clock: Clock) -> None:
    """After enough successes nobody takes turns any more."""
    pace.throttled(COMPUTE, pace.take_turn(COMPUTE))
    for _ in range(50):
        pace.take_turn(COMPUTE)
        pace.went_well(COMPUTE)
    before = clock.now

    for _ in range(100):
        pace.take_turn(COMPUTE)

    assert before == clock.now
