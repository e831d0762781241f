"""Moments as an expiry can state them; each gives an instant once the creation is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from tagwarden.model.reasons import Reason
from tagwarden.tagging.zones import LATEST, local_instant

_FIRST_YEAR = 2000


class NotReadable(Exception):
    """A form matched, but its value is invalid or ambiguous: `30 February`, or a date with two readings."""

    def __init__(self, problem: str, reason: Reason = Reason.MalformedExpiry) -> None:
        super().__init__(problem)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An unreadable or ambiguous value, with an explanation and advice."""

    reason: Reason
    message: str


def refuse_year(year: int) -> None:
    """Refuse a year in which nothing expires: a typing error, or a mark for never."""
    if not _FIRST_YEAR <= year <= LATEST.year:
        raise NotReadable(f"has the year {year}; write a year from {_FIRST_YEAR} to {LATEST.year}, or never")


class Moment(Protocol):
    """Gives an instant once the creation is known."""

    def instant(self, created: datetime) -> datetime:
        """Give the instant (UTC) for a resource created then (UTC); raise OverflowError beyond the calendar."""


@dataclass(frozen=True, slots=True)
class At:
    """An instant (UTC, whole seconds), whenever the resource was created."""

    at: datetime

    def instant(self, created: datetime) -> datetime:
        """Give the instant."""
        del created
        return self.at


@dataclass(frozen=True, slots=True)
class AtIfAhead(At):
    """An instant that may be a mistake for another one where the resource was created after it.

    `other` is when that other one is over; None where every instant is later. `doubt` says what to write instead.
    """

    doubt: str
    reason: Reason
    other: datetime | None = None

    def instant(self, created: datetime) -> datetime:
        """Give the instant, if it lay ahead at the creation or the other one did not either."""
        if self.at <= created and (self.other is None or self.other > created):
            raise NotReadable(self.doubt, self.reason)
        return self.at


@dataclass(frozen=True, slots=True)
class After:
    """Some time after creation: first `months` of the calendar in `zone`, then hours that pass whatever clocks do."""

    duration: timedelta
    months: int
    zone: tzinfo

    def instant(self, created: datetime) -> datetime:
        """Count from the creation. A month later is the same day of it, or its last one where it is shorter."""
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
