"""When a resource was created: the paths in a row, and the forms in which APIs write the time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class TimeForm(StrEnum):
    """How a creation time is written."""

    TIME = "time"
    """A `datetime`, or ISO 8601."""
    SECONDS = "seconds"
    """Seconds since 1970, also as text."""
    MILLISECONDS = "milliseconds"
    """Milliseconds since 1970, also as text."""


@dataclass(frozen=True, slots=True)
class Created:
    """The creation time of a resource: the earliest time at these paths."""

    paths: tuple[str, ...]
    form: TimeForm = TimeForm.TIME


def created(*paths: str, form: TimeForm = TimeForm.TIME) -> Created:
    """Name the paths of the creation time."""
    return Created(paths, form)


def parse_created(value: Any, form: TimeForm) -> datetime | None:
    """Give a creation time as an aware instant in UTC; None where the API gives no valid time."""
    if value is None or value == "":
        return None
    try:
        if isinstance(value, datetime):
            instant = value
        elif form is TimeForm.TIME:
            instant = datetime.fromisoformat(value)
        else:
            instant = datetime.fromtimestamp(float(value) / (1000 if form is TimeForm.MILLISECONDS else 1), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
