"""Numbers as people read them. A number that is not known is said to be unknown, never shown as zero."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

UNKNOWN = "unknown"
_DAY_HOURS = 24
_HOUR_MINUTES = 60


def usd(row: Mapping[str, Any], key: str, unpriced: str = "unpriced") -> str:
    """Give dollars, with the number of resources that no price is known for."""
    value, missing = row[key], int(row.get(unpriced) or 0)
    if value is None:
        return f"{UNKNOWN} ({missing} unpriced)" if missing else "$0.00"
    sign = "-" if value < 0 else ""
    return f"{sign}${abs(value):,.2f}" + (f" and {missing} unpriced" if missing else "")


def share(value: float | None) -> str:
    """Give a share as a percentage; only all is 100 %, and only none is 0 %."""
    if value is None:
        return UNKNOWN
    shown = round(value * 100)
    if shown == 100 and value < 1:
        return "over 99 %"
    return "under 1 %" if shown == 0 and value > 0 else f"{shown} %"


def hours(value: float | None) -> str:
    """Give a length of time in the unit that suits it."""
    if value is None:
        return UNKNOWN
    if value < 1:
        return f"{value * _HOUR_MINUTES:,.0f} min"
    return f"{value / _DAY_HOURS:,.1f} days" if value >= 2 * _DAY_HOURS else f"{value:,.1f} h"


def days(value: float | None) -> str:
    """Give a length of time that is counted in days."""
    return hours(None if value is None else value * _DAY_HOURS)


def count(value: float | None) -> str:
    """Give a number of resources."""
    return UNKNOWN if value is None else f"{value:,.0f}"


def instant(value: datetime | None, without: str = "") -> str:
    """Give an instant in UTC, to the minute."""
    return without if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def text(value: object) -> str:
    """Give text, lists with commas."""
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
