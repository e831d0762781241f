"""The vendor's clock, from the header `Date` of a response (RFC 9110, section 6.6.1)."""

from datetime import datetime
from email.utils import parsedate_to_datetime


def instant_of(header: str | None) -> datetime | None:
    """Parse the header as an aware time; None when missing or invalid, for example from a proxy."""
    try:
        found = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
