"""Time zones by name, and instants from wall clock times, also when clocks change."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC)
"""The first and last valid instants; both can be shown in any time zone."""

_TWO_DIGITS = tuple(f"{number:02}" for number in range(60))


def format_instant(instant: datetime) -> str:
    """Write an aware UTC instant like `2026-09-01T19:00:00Z`, four times as fast as `isoformat`."""
    two = _TWO_DIGITS
    day = _day(instant.toordinal())
    return f"{day}T{two[instant.hour]}:{two[instant.minute]}:{two[instant.second]}Z"


@lru_cache(maxsize=4_096)
def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def whole_second(instant: datetime) -> datetime:
    """Round up to the whole second, the precision of tags; keeping a resource a moment longer is harmless."""
    return instant.replace(microsecond=0) + _SECOND if instant.microsecond else instant


def local_instant(wall: datetime, zone: tzinfo) -> datetime:
    """Give the UTC instant at which clocks in `zone` show `wall` (naive).

    A time that clocks skip counts as if not skipped: 02:30 becomes 03:30. Of a time that clocks repeat, the later
    instant is taken, since keeping a resource an hour too long is harmless.
    """
    # Both rules choose the later of the two readings of PEP 495.
    return whole_second(
        max(wall.replace(tzinfo=zone, fold=0).astimezone(UTC), wall.replace(tzinfo=zone, fold=1).astimezone(UTC))
    )


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """Give the instant at which that day ends in `zone`: the following midnight."""
    return local_instant(datetime.combine(day + _DAY, time.min), zone)


def named_zone(name: str) -> ZoneInfo | None:
    """Give the IANA time zone of that name, in any case and with `_`, `-` or `.` for a slash; None if unknown.

    A name is looked up among known zones and never opened as a file: a tag may hold `../../etc/passwd`.
    """
    known = _zone_names().get(_folded(name))
    return None if known is None else _zone(known)


@cache
def _zone_names() -> Mapping[str, str]:
    # A test ensures that no two names fold to the same name. Factory means an unset clock.
    names = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return {_folded(name): name for name in names if name != "Factory"}


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _folded(name: str) -> str:
    return re.sub(r"[/_.-]", "_", name.lower())
