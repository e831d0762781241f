"""When a policy runs."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tagwarden.errors import InvalidField
from tagwarden.judging import Schedule
from tagwarden.model.reasons import Reason

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        ("0 * * * *", "2026-09-01T12:00:00", "2026-09-01T13:00:00"),
        ("@hourly", "2026-09-01T12:59:59", "2026-09-01T13:00:00"),
        ("0 19 * * fri", "2026-09-01T12:00:00", "2026-09-04T17:00:00"),
        ("@daily", "2026-09-01T12:00:00", "2026-09-01T22:00:00"),
        ("@every 30m", "2026-09-01T12:00:07", "2026-09-01T12:30:07"),
        ("@every 1d12h", "2026-09-01T12:00:00", "2026-09-03T00:00:00"),
        ("0 12 29 2 *", "2026-09-01T12:00:00", "2028-02-29T11:00:00"),
    ],
)
def test_the_next_time_is_in_the_time_zone_of_the_policy(schedule: str, after: str, expected: str) -> None:
    """Cron speaks Berlin time here, the answer is UTC."""
    assert at(expected) == Schedule(schedule, BERLIN).next_after(at(after))


def test_a_run_in_the_hour_that_is_skipped_is_not_lost() -> None:
    """On 29 March 2026 clocks in Berlin go from 02:00 to 03:00."""
    assert at("2026-03-29T01:00:00") == Schedule("30 2 * * *", BERLIN).next_after(at("2026-03-28T12:00:00"))


@pytest.mark.parametrize(
    "schedule",
    [
        "",
        "hourly",
        "* * *",
        "61 * * * *",
        "0 0 30 2 *",
        "*/5 * * * * *",
        "@every",
        "@every soon",
        "@every 0s",
        "@every -5m",
    ],
)
def test_what_never_comes_is_refused(schedule: str) -> None:
    """The error names the field and says what to write."""
    with pytest.raises(InvalidField, match=r"^spec\.schedule: .*such as") as refused:
        Schedule(schedule, BERLIN)

    assert Reason.InvalidSchedule is refused.value.reason
