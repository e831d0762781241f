"""Writes instants for people: UTC in ISO 8601 to the minute, without a space, with the distance from now."""

import re
from datetime import UTC, datetime, timedelta

_INSTANT = re.compile(r"(?<![=\w'\"])\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z(?![\w'\"])")
"""An instant in a message; the values of tags stand in quotes or after an equals sign."""

_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))


def instant(moment: datetime | None) -> str:
    """Write `2026-12-01T10:00Z`; nothing for None."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}" if moment is not None else ""


def exactly(moment: datetime | None) -> str:
    """Write `2026-12-01T10:00:00+00:00`, with all digits, for programs; nothing for None."""
    return moment.astimezone(UTC).isoformat() if moment is not None else ""


def instant_from(moment: datetime | None, now: datetime) -> str:
    """Write `2026-12-01T10:00Z (in 2 d)`; the distance is rounded down to the largest unit. Nothing for None."""
    return f"{instant(moment)} ({distance(moment, now)})" if moment is not None else ""


def distance(moment: datetime, now: datetime) -> str:
    """Write `in 2 d`, `3 h ago`, or `now` within a minute."""
    apart = abs(moment - now)
    for size, unit in _UNITS:
        if apart >= size:
            count = apart // size
            return f"in {count} {unit}" if moment > now else f"{count} {unit} ago"
    return "now"


def with_distances(message: str, now: datetime) -> str:
    """Write all instants of a message in the form of `instant_from`, except those in quoted tags."""

    def rewritten(found: re.Match[str]) -> str:
        try:
            return instant_from(datetime.fromisoformat(found.group()), now)
        except ValueError:  # no such day
            return found.group()

    return _INSTANT.sub(rewritten, message)
