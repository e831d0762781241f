"""Expiries that name a date, with or without a time and a zone, and epoch seconds."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from tagwarden.model.messages import expiry_messages as messages
from tagwarden.model.policy import DateOrder
from tagwarden.model.reasons import Reason
from tagwarden.tagging.clock import (
    BRACKET,
    REGION,
    TIME,
    ZONE,
    agreed,
    instant_at,
    names_zone,
    refuse_what_could_be_a_date,
    time_of,
    zone_of,
)
from tagwarden.tagging.moments import At, AtIfAhead, Moment, NotReadable, refuse_year
from tagwarden.tagging.zones import end_of_day, format_instant

MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
WEEKDAYS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        ("mon monday", "tue tues tuesday", "wed weds wednesday", "thu thur thurs thursday", "fri friday",
         "sat saturday", "sun sunday")
    )
    for name in names.split()
}  # fmt: skip
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
WEEKDAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))

_CENTURY = 2000

_WEEKDAY_FIRST = rf"(?:(?P<weekday>{WEEKDAY})\.?(?:,\ ?|\ |_|-))?"
_MONTH_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
# A date, then an optional time, then an optional zone. After a dash, a time is everything but an offset.
_THEN_TIME = rf"(?:(?:t|\ t|,?\ (?P<at>at)\ |,\ ?|\ |_|-(?=[0-9]{{2}}[_-]|[0-9]{{4}}|[0-9]{{1,2}}[ap])){TIME}{ZONE})?"
_YEAR_FIRST = rf"{_WEEKDAY_FIRST}(?P<year>[0-9]{{4,5}})(?P<dash>[-/._\ ])(?P<month>[0-9]{{1,2}})(?P=dash){_MONTH_DAY}"
_COMPACT = r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
_THEN_COMPACT_TIME = rf"(?:(?:[t_\ ]|-(?=[0-9]{{4}})|(?=[0-9]{{4,6}}(?:z|\Z))){TIME}{ZONE})?"
_DAY_MONTH = (
    rf"{_WEEKDAY_FIRST}{_MONTH_DAY}(?:\.?\ ?|-|_|/|\ of\ )(?P<month_name>{MONTH})"
    r"(?:[.,]?\ ?|-|_|/)(?P<year>[0-9]{4})"
)
_MONTH_DAY_YEAR = (
    rf"{_WEEKDAY_FIRST}(?P<month_name>{MONTH})(?:\.?\ ?|-|_){_MONTH_DAY}(?:,\ ?|\ |-|_)(?P<year>[0-9]{{4}})"
)
_YEAR_MONTH_NAME = rf"(?P<year>[0-9]{{4}})(?P<dash>[-\ _/])(?P<month_name>{MONTH})(?P=dash){_MONTH_DAY}"
# As printed by `date` and C's ctime: Tue Sep  1 19:00:00 UTC 2026
_CTIME = rf"(?P<weekday>{WEEKDAY})\ (?P<month_name>{MONTH})\ (?P<day>[0-9]{{1,2}})\ {TIME}{ZONE}\ (?P<year>[0-9]{{4}})"
# As printed by `date` in Britain: Tue  1 Sep 19:00:00 UTC 2026
_BRITISH = (
    rf"(?P<weekday>{WEEKDAY})\ (?P<day>[0-9]{{1,2}})\ (?P<month_name>{MONTH})\ {TIME}{ZONE}\ (?P<year>[0-9]{{4}})"
)
# As in RFC 822 and RFC 850, with a zone: 01 Sep 26 19:00 UTC, Tuesday, 01-Sep-26 19:00:00 GMT
_SHORT_YEAR = (
    rf"(?:(?P<weekday>{WEEKDAY}),\ )?(?P<day>[0-9]{{1,2}})(?P<dash>[-\ ])(?P<month_name>{MONTH})(?P=dash)"
    rf"(?P<short_year>[0-9]{{2}})\ (?=[0-9]{{2}}:){TIME}{ZONE}"
)
# As printed by openssl and git: Sep  1 19:00:00 2026 GMT, Tue Sep 1 19:00:00 2026 +0200
_YEAR_THEN_ZONE = (
    rf"(?:(?P<weekday>{WEEKDAY})\ )?(?P<month_name>{MONTH})\ (?P<day>[0-9]{{1,2}})\ (?=[0-9]{{2}}:){TIME}\ "
    rf"(?P<year>[0-9]{{4}}){ZONE}"
)
_DOTTED = rf"{_WEEKDAY_FIRST}(?P<day>[0-9]{{1,2}})\.(?P<month>[0-9]{{1,2}})\.(?P<year>[0-9]{{4}})"
_YEAR_LAST = (
    rf"{_WEEKDAY_FIRST}(?P<first>[0-9]{{1,2}})(?P<dash>[-/_])(?P<other>[0-9]{{1,2}})(?P=dash)(?P<year>[0-9]{{4}})"
)


def _dated(match: re.Match[str], zone: tzinfo, order: DateOrder | None) -> Moment:
    """Give the moment of a date whose parts are known: the end of that day if no time follows."""
    del order
    found = match.groupdict()
    month = MONTHS[found["month_name"]] if found.get("month_name") else int(found["month"])
    return _at(match, _day(int(found["year"]), month, int(found["day"])), zone)


def _short_year(match: re.Match[str], zone: tzinfo, order: DateOrder | None) -> Moment:
    """Read a year of two digits, of this century, if zone and weekday show that a machine wrote the date."""
    del order
    found = match.groupdict()
    if not names_zone(match) or (found["dash"] == "-" and not found["weekday"]):
        raise NotReadable(messages.TWO_DIGIT_YEAR())
    day, month, year = int(found["day"]), MONTHS[found["month_name"]], int(found["short_year"])
    chosen = _day(_CENTURY + year, month, day)
    return _if_ahead(match, chosen, _possible_day(_CENTURY + day, month, year), zone)


def _year_last(match: re.Match[str], zone: tzinfo, order: DateOrder | None) -> Moment:
    """Read 01/02/2026 in the order of the policy, or in the only possible order."""
    first, other, year = (int(match.group(name)) for name in ("first", "other", "year"))
    readings = {
        DateOrder.DMY: _possible_day(year, other, first),
        DateOrder.MDY: _possible_day(year, first, other),
    }
    possible = [day for day in readings.values() if day is not None]
    if not possible:
        raise NotReadable(messages.NOT_A_DATE())
    chosen = readings.get(order) if order is not None else None
    if chosen is None:
        if len(set(possible)) > 1:
            one, two = possible
            raise NotReadable(
                messages.DAY_OR_MONTH_FIRST(
                    one=_spoken(one), two=_spoken(two), one_iso=f"{one:%Y-%m-%d}", two_iso=f"{two:%Y-%m-%d}"
                ),
                Reason.AmbiguousExpiry,
            )
        chosen = possible[0]
    return _if_ahead(match, chosen, next((day for day in possible if day != chosen), None), zone)


def _if_ahead(match: re.Match[str], chosen: datetime, other: datetime | None, zone: tzinfo) -> At:
    """Give the chosen day, unless it precedes the creation and the other day does not; a weekday leaves no doubt."""
    moment = _at(match, chosen, zone)
    if other is None or match.group("weekday"):
        return moment
    doubt = messages.PRECEDES_CREATION(
        chosen=_spoken(chosen),
        other=_spoken(other),
        chosen_iso=f"{chosen:%Y-%m-%d}",
        other_iso=f"{other:%Y-%m-%d}",
    )
    return AtIfAhead(moment.at, doubt, Reason.AmbiguousExpiry, end_of_day(other.date(), zone))


def _at(match: re.Match[str], day: datetime, zone: tzinfo) -> At:
    refuse_year(day.year)
    weekday = match.groupdict().get("weekday")
    if weekday and WEEKDAYS[weekday] != day.weekday():
        actual = WEEKDAY_NAMES[day.weekday()]
        raise NotReadable(messages.WRONG_WEEKDAY(said=weekday, day=f"{day:%Y-%m-%d}", weekday=actual))
    at = time_of(match)
    zone = zone_of(match, zone)
    if at is None:
        return At(end_of_day(day.date(), zone))
    refuse_what_could_be_a_date(match, has_date=True)
    return At(agreed(match, instant_at(day, at, zone), zone))


_MM, _DD, _HH = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])", "(?:[01][0-9]|2[0-4])"
# 2026090119, 0109202619, 0901202619, 1709261900, and 2609011900, which is no epoch before 2033.
_DIGITS_OF_A_DATE = re.compile(
    rf"20[0-9]{{2}}{_MM}{_DD}{_HH}|(?:{_DD}{_MM}|{_MM}{_DD})20[0-9]{{2}}{_HH}|[2-9][0-9]{_MM}{_DD}{_HH}[0-5][0-9]"
    rf"|(?:{_DD}{_MM}|{_MM}{_DD})[23][0-9]{_HH}[0-5][0-9]"
)


def _epoch(match: re.Match[str], zone: tzinfo, order: DateOrder | None) -> Moment:
    del zone, order
    if _DIGITS_OF_A_DATE.fullmatch(match.group()) is not None:
        raise NotReadable(messages.DATE_OR_EPOCH(), Reason.AmbiguousExpiry)
    seconds = int(match.group("seconds"))
    rest = match.group("milliseconds") or match.group("fraction") or ""
    at = datetime.fromtimestamp(seconds, UTC) + timedelta(seconds=1 if rest.strip("0") else 0)
    doubt = messages.EPOCH_PRECEDES_CREATION(instant=format_instant(at))
    return AtIfAhead(at, doubt, Reason.MalformedExpiry)


def _day(year: int, month: int, day: int) -> datetime:
    try:
        return datetime(year, month, day)  # noqa: DTZ001  (a day of the calendar, its zone is found later)
    except ValueError:
        raise NotReadable(_why_no_day(year, month, day)) from None


def _why_no_day(year: int, month: int, day: int) -> str:
    if not 1 <= year <= 9_999:
        return messages.NO_SUCH_YEAR(year=year)
    if not 1 <= month <= 12:
        return messages.NO_SUCH_MONTH(month=month)
    return messages.NO_SUCH_DAY(day=day, month=MONTH_NAMES[month - 1], year=year)


def _possible_day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day)  # noqa: DTZ001  (see _day)
    except ValueError:
        return None


def _spoken(day: datetime) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


FORMS: tuple[tuple[str, str, Callable[[re.Match[str], tzinfo, DateOrder | None], Moment]], ...] = (
    ("year first", _YEAR_FIRST + _THEN_TIME, _dated),
    (
        "year first, in a zone",
        _YEAR_FIRST + rf"(?:(?:\ ?|[_-](?!z))(?P<utc>z|utc|gmt)|[\ _-]{REGION}|\ ?{BRACKET})",
        _dated,
    ),
    ("compact", _COMPACT + _THEN_COMPACT_TIME, _dated),
    ("epoch seconds", r"(?P<seconds>[0-9]{10})(?:\.(?P<fraction>[0-9]{1,9}))?(?P<milliseconds>)", _epoch),
    ("epoch milliseconds", r"(?P<seconds>[0-9]{10})(?P<milliseconds>[0-9]{3})(?P<fraction>)", _epoch),
    ("day, month's name, year", _DAY_MONTH + _THEN_TIME, _dated),
    ("month's name, day, year", _MONTH_DAY_YEAR + _THEN_TIME, _dated),
    ("year, month's name, day", _YEAR_MONTH_NAME + _THEN_TIME, _dated),
    ("as `date` prints it", _CTIME, _dated),
    ("as `date` prints it in Britain", _BRITISH, _dated),
    ("as openssl and git print it", _YEAR_THEN_ZONE, _dated),
    ("with a year of two digits", _SHORT_YEAR, _short_year),
    ("day.month.year", _DOTTED + _THEN_TIME, _dated),
    ("year last", _YEAR_LAST + _THEN_TIME, _year_last),
)
