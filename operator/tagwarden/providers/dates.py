"""The vendor's clock, as the header `Date` of an answer tells it (RFC 9110, section 6.6.1)."""

from datetime import datetime
from email.utils import parsedate_to_datetime


def instant_of(header: str | None) -> datetime | None:
    """Read the header as an aware instant; None where there is none, or a proxy wrote something else."""
    try:
        found = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
