"""Expiries in words of the calendar, from creation: `tomorrow`, `fri 19:00`, `next monday`, `end of week`, `7pm`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from tagwarden.model.messages import expiry_messages as messages
from tagwarden.model.policy import DateOrder
from tagwarden.model.reasons import Reason
from tagwarden.tagging.absolute import WEEKDAY, WEEKDAYS
from tagwarden.tagging.clock import (
    TIME,
    ZONE,
    TimeOfDay,
    instant_at,
    names_zone,
    one_zone_of,
    refuse_what_could_be_a_date,
    time_of,
)
from tagwarden.tagging.moments import Moment, NotReadable, days_in_month
from tagwarden.tagging.zones import end_of_day

_DAYS_IN_WEEK = 7


@dataclass(frozen=True, slots=True)
class OnDay:
    """A day counted from the day of creation: the end of that day, or a time of day."""

    days: int
    at: TimeOfDay | None
    zone: tzinfo

    def instant(self, created: datetime) -> datetime:
        """Give the instant; raise NotReadable for an instant before the creation of the resource."""
        found = _on(_local_day(created, self.zone) + timedelta(days=self.days), self.at, self.zone)
        if found <= created:
            raise NotReadable(messages.DAY_PRECEDES_CREATION())
        return found


@dataclass(frozen=True, slots=True)
class OnWeekday:
    """The first such weekday that is not over at the creation or, with `is_next`, the weekday of the following week."""

    weekday: int
    is_next: bool
    at: TimeOfDay | None
    zone: tzinfo

    def instant(self, created: datetime) -> datetime:
        """Give the instant. Weeks begin on Monday."""
        today = _local_day(created, self.zone)
        if self.is_next:
            monday = today + timedelta(days=_DAYS_IN_WEEK - today.weekday())
            return _on(monday + timedelta(days=self.weekday), self.at, self.zone)
        day = today + timedelta(days=(self.weekday - today.weekday()) % _DAYS_IN_WEEK)
        found = _on(day, self.at, self.zone)
        return found if found > created else _on(day + timedelta(days=_DAYS_IN_WEEK), self.at, self.zone)


@dataclass(frozen=True, slots=True)
class AtTime:
    """The first occurrence of a time of day after the creation."""

    at: TimeOfDay
    zone: tzinfo

    def instant(self, created: datetime) -> datetime:
        """Give the instant, on the day of creation or the next."""
        today = _local_day(created, self.zone)
        found = _on(today, self.at, self.zone)
        return found if found > created else _on(today + timedelta(days=1), self.at, self.zone)


@dataclass(frozen=True, slots=True)
class EndOf:
    """The end of the week (Sunday), month or year of the creation, or of the following week, month or year."""

    period: str
    is_next: bool
    zone: tzinfo

    def instant(self, created: datetime) -> datetime:
        """Give the instant at which the period ends."""
        last = _last_day(self.period, _local_day(created, self.zone))
        if self.is_next:
            last = _last_day(self.period, last + timedelta(days=1))
        return end_of_day(last, self.zone)


def _last_day(period: str, day: date) -> date:
    if period == "week":
        return day + timedelta(days=_DAYS_IN_WEEK - 1 - day.weekday())
    if period == "month":
        return day.replace(day=days_in_month(datetime.combine(day, time.min)))
    return day.replace(month=12, day=31)


def _local_day(created: datetime, zone: tzinfo) -> date:
    return created.astimezone(zone).date()


def _on(day: date, at: TimeOfDay | None, zone: tzinfo) -> datetime:
    return end_of_day(day, zone) if at is None else instant_at(datetime.combine(day, time.min), at, zone)


def _day_word(match: re.Match[str], zone: tzinfo, order: DateOrder | None) -> Moment:
    del order
    at = _time_on_day(match)
    return OnDay(1 if match.group("word") == "tomorrow" else 0, at, one_zone_of(match, zone))


def _weekday(match: re.Match[str], zone: tzinfo, order: DateOrder | None) -> Moment:
    del order
    is_next = match.group("next") is not None
    at = _time_on_day(match)
    return OnWeekday(WEEKDAYS[match.group("weekday")], is_next, at, one_zone_of(match, zone))


def _time_on_day(match: re.Match[str]) -> TimeOfDay | None:
    at = time_of(match)
    if at is not None:
        if match.groupdict().get("end_of_day"):
            raise NotReadable(messages.END_OF_DAY_AND_TIME(), Reason.AmbiguousExpiry)
        refuse_what_could_be_a_date(match, has_date=False)
    return at


def _time_alone(match: re.Match[str], zone: tzinfo, order: DateOrder | None) -> Moment:
    del order
    at = time_of(match)
    is_said = match.group().startswith("at") or match.group("half") or names_zone(match)
    is_clock = match.group("second") is None and len(match.group("hour") or "19") > 1 and not (at and at.extra)
    if at is None or not (is_said or is_clock):
        hours, minutes = (int(match.group(name)) for name in ("hour", "minute"))
        duration = f"{hours}h{minutes}m" if minutes else f"{hours}h"
        text = messages.TIME_OR_DURATION(time=match.group("time"), duration=duration)
        raise NotReadable(text, Reason.AmbiguousExpiry)
    return AtTime(at, one_zone_of(match, zone))


def _end_of(match: re.Match[str], zone: tzinfo, order: DateOrder | None) -> Moment:
    del order
    period = match.group("period") or _SHORT_PERIODS[match.group("short")]
    is_next = match.groupdict().get("next") is not None
    return OnDay(1 if is_next else 0, None, zone) if period == "day" else EndOf(period, is_next, zone)


_SHORT_PERIODS = {"eod": "day", "eow": "week", "eom": "month", "eoy": "year"}
_GAP = r"[\ _-]"
_THEN_TIME = rf"(?:(?:,?{_GAP}(?:(?P<at>at){_GAP})?){TIME}{ZONE})?"
_END_OF = (
    rf"(?P<short>eod|eow|eom|eoy)|"
    rf"end{_GAP}of{_GAP}(?:the{_GAP})?(?:(?P<next>next){_GAP})?(?P<period>day|week|month|year)"
)
_END_OF_DAY = rf"(?:(?P<end_of_day>end{_GAP}of{_GAP}(?:the{_GAP})?day|eod){_GAP})?"

FORMS: tuple[tuple[str, str, Callable[[re.Match[str], tzinfo, DateOrder | None], Moment]], ...] = (
    ("today or tomorrow", rf"{_END_OF_DAY}(?P<word>today|tomorrow){_THEN_TIME}", _day_word),
    ("time, then today or tomorrow", rf"{TIME}{ZONE}{_GAP}(?P<word>today|tomorrow)", _day_word),
    (
        "weekday",
        rf"{_END_OF_DAY}(?:(?P<next>next){_GAP})?(?P<weekday>{WEEKDAY})\.?{_THEN_TIME}",
        _weekday,
    ),
    (
        "time, then weekday",
        rf"{TIME}{ZONE}(?:{_GAP}on)?{_GAP}(?:(?P<next>next){_GAP})?(?P<weekday>{WEEKDAY})",
        _weekday,
    ),
    ("end of a period", _END_OF, _end_of),
    ("time of day", rf"(?:at{_GAP})?(?=[0-9]{{1,2}}(?::|\ ?[ap]|\.[0-9]{{2}}\ ?[ap])){TIME}{ZONE}", _time_alone),
)
