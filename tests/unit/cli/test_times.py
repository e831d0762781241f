"""Every instant that people read has one form: UTC, ISO 8601, with the distance from now."""

from datetime import timedelta, timezone

import pytest

from tagwarden.cli.times import exactly, instant, instant_from, with_distances
from tests.support.builders import NOW


@pytest.mark.parametrize(
    ("apart", "told"),
    [
        (timedelta(0), "2026-09-01T12:00Z (now)"),
        (timedelta(seconds=59), "2026-09-01T12:00Z (now)"),
        (timedelta(minutes=90), "2026-09-01T13:30Z (in 1 h)"),
        (timedelta(days=2, hours=3), "2026-09-03T15:00Z (in 2 d)"),
        (timedelta(minutes=-5), "2026-09-01T11:55Z (5 min ago)"),
        (timedelta(days=-800), "2024-06-23T12:00Z (800 d ago)"),
    ],
)
def test_an_instant_has_its_distance(apart: timedelta, told: str) -> None:
    """In the largest unit, rounded down."""
    assert told == instant_from(NOW + apart, NOW)


def test_other_zones_are_told_in_utc() -> None:
    """And nothing is told of nothing."""
    there = NOW.astimezone(timezone(timedelta(hours=2)))

    assert "2026-09-01T12:00Z" == instant(there)
    assert "2026-09-01T12:00:00+00:00" == exactly(there)
    assert ["", "", ""] == [instant(None), exactly(None), instant_from(None, NOW)]


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            "grace period of 3d ends at 2026-09-03T12:00:07Z",
            "grace period of 3d ends at 2026-09-03T12:00Z (in 2 d)",
        ),
        ("expired 2026-08-31T12:00Z; no user", "expired 2026-08-31T12:00Z (1 d ago); no user"),
        ("expiration: '2026-09-03T12:00:00Z' is", "expiration: '2026-09-03T12:00:00Z' is"),
        ("expiration=2026-09-03T12:00:00Z", "expiration=2026-09-03T12:00:00Z"),
        ("at 2026-13-03T12:00:00Z", "at 2026-13-03T12:00:00Z"),
    ],
)
def test_messages_are_told_in_the_same_form(message: str, told: str) -> None:
    """Except for the values of tags, which stay as they are written."""
    assert told == with_distances(message, NOW)
