"""From the wall clock of a time zone to one instant, where clocks are set forward and back too."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)

LATEST = datetime(9999, 12, 30, tzinfo=UTC)
"""Nothing lies beyond it, and it can be shown in any time zone."""


def whole_second(instant: datetime) -> datetime:
    """Round up to the whole second, since that is what tags hold and keeping a moment too long harms nobody."""
    return instant.replace(microsecond=0) + _SECOND if instant.microsecond else instant


def local_instant(wall: datetime, zone: tzinfo) -> datetime:
    """Give the UTC instant at which clocks in `zone` show `wall` (naive).

    A time that is skipped when clocks go forward counts as if they had not: 02:30 becomes 03:30. Of a time that
    comes twice when clocks go back, the later one is taken, since keeping an hour too long is the smaller harm.
    """
    # Both rules are the later of the two readings that PEP 495 gives.
    return whole_second(
        max(wall.replace(tzinfo=zone, fold=0).astimezone(UTC), wall.replace(tzinfo=zone, fold=1).astimezone(UTC))
    )


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """Give the instant at which that day ends in `zone`: the midnight that follows it."""
    return local_instant(datetime.combine(day + _DAY, time.min), zone)
