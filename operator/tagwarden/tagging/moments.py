"""The moments that an expiry can state; with the creation time, each gives an instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from tagwarden.model.messages import expiry_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.tagging.zones import LATEST, local_instant

_FIRST_YEAR = 2000


class NotReadable(Exception):
    """A form matched, but the value is invalid or ambiguous: `30 February`, or a date with two readings."""

    def __init__(self, problem: str, reason: Reason = Reason.MalformedExpiry) -> None:
        super().__init__(problem)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An unreadable or ambiguous value, with an explanation and advice."""

    reason: Reason
    message: str


def refuse_year(year: int) -> None:
    """Refuse an implausible year: a typing error, or a placeholder for never."""
    if not _FIRST_YEAR <= year <= LATEST.year:
        raise NotReadable(messages.INVALID_YEAR(year=year, first=_FIRST_YEAR, last=LATEST.year))


class Moment(Protocol):
    """Gives an instant for a creation time."""

    def instant(self, created: datetime) -> datetime:
        """Give the instant (UTC) for a creation time (UTC); raise OverflowError beyond the calendar."""


@dataclass(frozen=True, slots=True)
class At:
    """An instant (UTC, whole seconds) that does not depend on the creation."""

    at: datetime

    def instant(self, created: datetime) -> datetime:
        """Give the instant."""
        del created
        return self.at


@dataclass(frozen=True, slots=True)
class AtIfAhead(At):
    """An instant of a text with another reading: unreadable if the resource was created between the two.

    `other` is the end of the other reading; None if always later. `doubt` advises an unambiguous form.
    """

    doubt: str
    reason: Reason
    other: datetime | None = None

    def instant(self, created: datetime) -> datetime:
        """Give the instant, if the instant is after the creation or the other reading is not."""
        if self.at <= created and (self.other is None or self.other > created):
            raise NotReadable(self.doubt, self.reason)
        return self.at


@dataclass(frozen=True, slots=True)
class After:
    """A time after the creation: first calendar `months` in `zone`, then elapsed hours, also when clocks change."""

    duration: timedelta
    months: int
    zone: tzinfo

    def instant(self, created: datetime) -> datetime:
        """Count from the creation. A month later is the same day of the month, or the last day of a shorter month."""
        if not self.months:
            return created + self.duration
        local = created.astimezone(self.zone).replace(tzinfo=None)
        years, month = divmod(local.month - 1 + self.months, 12)
        first = local.replace(year=local.year + years, month=month + 1, day=1)
        day = min(local.day, days_in_month(first))
        return local_instant(first.replace(day=day), self.zone) + self.duration


def days_in_month(day: datetime) -> int:
    """Give the number of days in the month of that day."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (following - timedelta(days=1)).day
