"""When something is due: what people asked for, what changed, and what the clock says."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwarden.controller.due import Every, Spread, Timing, Why, jitter_of, next_run, why_due
from tagwarden.judging.schedule import Schedule

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
EARLIER = NOW - timedelta(minutes=10)
SEEN = Timing(generation=3, observed_generation=3, next_run=LATER)

ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))
CRONS = st.sampled_from(
    [
        "* * * * *",
        "*/7 * * * *",
        "0 * * * *",
        "30 2 * * *",
        "15 1,2,3 * * *",
        "0 19 * * fri",
        "0 0 L * *",
        "30 2 * 3 sun",
    ]
)


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        (SEEN, None),
        (Timing(3, 3, EARLIER), Why.SCHEDULED),
        (Timing(3, 3, NOW), Why.SCHEDULED),
        (Timing(4, 3, LATER), Why.CHANGED),
        (Timing(1), Why.CHANGED),
        (Timing(3, 3, LATER, requested="a"), Why.REQUESTED),
        (Timing(3, 3, LATER, requested="b", handled="a"), Why.REQUESTED),
        (Timing(3, 3, LATER, requested="a", handled="a"), None),
        (Timing(4, 3, EARLIER, requested="a"), Why.REQUESTED),
        (Timing(3, 3, LATER, recovered=True), Why.CHANGED),
        (Timing(3, 3, LATER, waiting="h1", approved="h1"), Why.APPROVED),
        (Timing(3, 3, LATER, waiting="h1", approved="h1", acted="h1"), None),
        (Timing(3, 3, LATER, waiting="h2", approved="h1"), Why.APPROVED),  # to refuse it, and say what changed
        (Timing(3, 3, LATER, waiting="h2", approved="h1", acted="h1"), None),
        (Timing(3, 3, LATER, waiting="", approved="h1"), None),
        (Timing(3, 3, LATER, waiting="", approved=""), None),
        (Timing(3, 3, LATER, braked=True, released="h1"), Why.RELEASED),
        (Timing(3, 3, LATER, braked=True, released="h1", tried="h1"), None),
        (Timing(3, 3, LATER, braked=True, released="h2", tried="h1"), Why.RELEASED),
        (Timing(3, 3, LATER, braked=True), None),
        (Timing(3, 3, LATER, braked=False, released="h1"), None),
        (Timing(3, 3, LATER, braked=True, released="h1", suspended=True), None),
        (Timing(4, 3, EARLIER, requested="a", suspended=True), None),
    ],
)
def test_why_something_is_due(timing: Timing, expected: Why | None) -> None:
    """A request comes before a change, a change before the clock; suspended is suspended."""
    assert expected == why_due(timing, NOW)


@given(zone=ZONES, cron=CRONS, moment=INSTANTS, jitter=st.integers(0, 599))
def test_the_next_time_lies_ahead_and_fits(zone: str, cron: str, moment: datetime, jitter: int) -> None:
    """In any zone, also where clocks change, the next time comes after now, and nothing was passed over before it."""
    by = timedelta(seconds=jitter)
    schedule = Spread(Schedule(cron, ZoneInfo(zone)), by)

    found = schedule.next_after(moment)

    assert found > moment
    assert UTC == found.tzinfo
    assert found == schedule.next_after(found - timedelta(seconds=1))


@given(moment=INSTANTS)
def test_a_daily_pass_comes_about_once_a_day(moment: datetime) -> None:
    """Where clocks go forward or back the daily pass is neither lost nor done twice."""
    schedule = Schedule("30 2 * * *", ZoneInfo("Europe/Berlin"))
    first = schedule.next_after(moment)

    second = schedule.next_after(first)

    assert timedelta(hours=22) < second - first < timedelta(hours=26)


def test_a_pass_missed_while_nobody_ran_is_made_up_for_once() -> None:
    """After a night without operator one pass is due, and the next comes when the schedule says."""
    timing = Timing(3, 3, NOW - timedelta(hours=9))
    schedule = Schedule("0 * * * *", ZoneInfo("UTC"))

    following = next_run(timing, schedule, Why.SCHEDULED, NOW)

    assert NOW + timedelta(hours=1) == following


@pytest.mark.parametrize("why", [Why.REQUESTED, Why.APPROVED, Why.CHANGED])
def test_what_is_asked_for_does_not_use_up_the_schedule(why: Why) -> None:
    """Looking now moves nothing that is to come, not even what is overdue."""
    overdue = Timing(3, 3, EARLIER)
    hourly = Every(timedelta(hours=1))

    assert LATER == next_run(SEEN, hourly, why, NOW)
    assert EARLIER == next_run(overdue, hourly, why, NOW)


def test_a_changed_spec_may_hold_another_schedule() -> None:
    """The time that an earlier spec gave is not kept."""
    timing = Timing(4, 3, LATER)

    assert NOW + timedelta(hours=2) == next_run(timing, Every(timedelta(hours=2)), Why.CHANGED, NOW)


@given(uid=st.text(), most=st.integers(-1, 600))
def test_jitter_is_small_and_stays(uid: str, most: int) -> None:
    """An object keeps its place within the jitter over restarts."""
    jitter = jitter_of(uid, most)

    assert jitter == jitter_of(uid, most)
    assert timedelta(0) <= jitter < timedelta(seconds=max(most, 1))
