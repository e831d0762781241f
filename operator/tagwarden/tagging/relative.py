"""Expiries that count from creation: `48h`, `1w2d`, `2 days and 3 hours`, `P2D`."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta, tzinfo
from fractions import Fraction

from tagwarden.model.messages import expiry_messages as messages
from tagwarden.model.policy import DateOrder
from tagwarden.model.reasons import Reason
from tagwarden.tagging.moments import After, Moment, NotReadable

_UNITS: Mapping[str, str] = {
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), "year"),
    **dict.fromkeys(("mo", "mos", "month", "months"), "month"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "week"),
    **dict.fromkeys(("d", "day", "days"), "day"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "hour"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "minute"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "second"),
}
_SECONDS: Mapping[str, int] = {"week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
_MONTHS: Mapping[str, int] = {"year": 12, "month": 1}
_LARGE_TO_SMALL = (*_MONTHS, *_SECONDS)

_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_PART = re.compile(rf"([0-9][0-9.]*)[ _-]?({_UNIT})(?![a-z])")
_UPPER_CASE_M = re.compile(r"\+?0*([0-9]+(?:\.[0-9]+)?)[ _-]?M")

# Numbers with units in sequence. The negative look-ahead after a unit keeps `2min` from being read as `2m` and `in`.
# A dash between two parts is no minus sign only if dashes join all parts, as in a label.
_DURATION = (
    rf"\+?[0-9][0-9.]*[ _-]?(?:{_UNIT})(?:(?:,\ ?and\ |,\ ?|\ and\ |[ _])?[0-9][0-9.]*[ _-]?(?:{_UNIT}))*"
    rf"|[0-9][0-9.]*-(?:{_UNIT})(?:-[0-9][0-9.]*-(?:{_UNIT}))+"
)
_ISO = (
    r"p(?:(?P<year>[0-9.]+)y)?(?:(?P<month>[0-9.]+)m)?(?:(?P<week>[0-9.]+)w)?(?:(?P<day>[0-9.]+)d)?"
    r"(?P<time>t(?:(?P<hour>[0-9.]+)h)?(?:(?P<minute>[0-9.]+)m)?(?:(?P<second>[0-9.]+)s)?)?"
)
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_PERHAPS_MINUTES = re.compile(r"([0-9]{1,2})\.(?!00|25|50)([0-5][0-9])")
_PERHAPS_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")


def refuse_upper_case_m(text: str) -> None:
    """Refuse `3M`, minutes in some tools and months in others; after another unit, `M` is unambiguous."""
    match = _UPPER_CASE_M.fullmatch(text)
    if match is not None:
        number = match.group(1).removesuffix(".0")
        months = messages.WHOLE_MONTHS() if "." in number else messages.MONTHS(number=number)
        raise NotReadable(messages.MINUTES_OR_MONTHS(number=number, months=months), Reason.AmbiguousExpiry)


def _duration(match: re.Match[str], zone: tzinfo, order: DateOrder | None) -> Moment:
    del order
    parts = _PART.findall(match.group())
    _refuse_m_for_months(parts)
    _refuse_hours_and_minutes(parts)
    return _after([(number, _UNITS[unit]) for number, unit in parts], zone)


def _refuse_m_for_months(parts: list[tuple[str, str]]) -> None:
    """Refuse `1m2d` and `1y6m`: a lower-case m means minutes, in the position of a month."""
    units = [unit for _, unit in parts]
    for index, (number, unit) in enumerate(parts):
        before = {_UNITS[one] for one in units[:index]}
        larger = [one for one in units[index + 1 :] if _UNITS[one] in ("week", "day", "hour")]
        if unit == "m" and "month" not in before and (larger or before == {"year"}):
            raise NotReadable(messages.SMALL_M(number=number), Reason.AmbiguousExpiry)


def _refuse_hours_and_minutes(parts: list[tuple[str, str]]) -> None:
    """Refuse `1.30h`, which most people read as an hour and a half; quarters and halves are valid fractions."""
    for number, unit in parts:
        if _UNITS[unit] == "hour" and (match := _PERHAPS_MINUTES.fullmatch(number)) is not None:
            hours, minutes = match.groups()
            fraction = int(hours) * 60 + int(minutes) * 6 // 10
            raise NotReadable(
                messages.HOURS_OR_FRACTION(number=number, hours=hours, minutes=minutes, fraction=fraction),
                Reason.AmbiguousExpiry,
            )


def _iso_duration(match: re.Match[str], zone: tzinfo, order: DateOrder | None) -> Moment:
    del order
    if match.group("time") == "t":
        raise NotReadable(messages.NO_TIME_AFTER_T())
    return _after(
        [(number, unit) for unit, number in match.groupdict().items() if number and unit != "time"],
        zone,
    )


def _after(parts: list[tuple[str, str]], zone: tzinfo) -> After:
    if not parts:
        raise NotReadable(messages.NOT_A_DURATION())
    units = [unit for _, unit in parts]
    if len(set(units)) < len(units):
        raise NotReadable(messages.REPEATED_UNIT())
    if units != sorted(units, key=_LARGE_TO_SMALL.index):
        raise NotReadable(messages.UNITS_OUT_OF_ORDER())
    seconds, months = Fraction(0), 0
    for index, (number, unit) in enumerate(parts):
        if _NUMBER.fullmatch(number) is None:
            raise NotReadable(messages.INVALID_NUMBER(number=number[:20]))
        if _PERHAPS_THOUSANDS.fullmatch(number) is not None:
            thousands = number.replace(".", "")
            raise NotReadable(
                messages.THOUSANDS_OR_FRACTION(number=number, thousands=thousands, unit=unit), Reason.AmbiguousExpiry
            )
        if "." in number and (index + 1 < len(parts) or unit in _MONTHS):
            raise NotReadable(messages.AMBIGUOUS_FRACTION())
        if unit in _MONTHS:
            months += int(number) * _MONTHS[unit]
        else:
            seconds += Fraction(number) * _SECONDS[unit]
    if not seconds and not months:
        raise NotReadable(messages.ZERO())
    # Rounded up: keeping a resource a fraction of a second longer is harmless.
    return After(timedelta(seconds=-int(-seconds // 1)), months, zone)


FORMS: tuple[tuple[str, str, Callable[[re.Match[str], tzinfo, DateOrder | None], Moment]], ...] = (
    ("duration", _DURATION, _duration),
    ("ISO 8601 duration", _ISO, _iso_duration),
)
