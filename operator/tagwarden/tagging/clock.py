"""Times of day and time zones, shared by several forms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo

from tagwarden.model.messages import expiry_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.tagging.moments import NotReadable
from tagwarden.tagging.zones import local_instant, named_zone, whole_second

# 19:00, 9:00, 19:00:30, 19:00:30.5, 19-00-30, 19_00, 190030, 1900, 7pm, 7:30 pm, 07:30:00 PM
TIME = r"""
    (?P<time>
        (?P<hour>[0-9]{2}|[0-9](?=:))(?P<mark>[:_-])(?P<minute>[0-9]{2})
            (?:(?P=mark)(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?
      | (?P<hour_b>[0-9]{2})(?P<minute_b>[0-9]{2})(?:(?P<second_b>[0-9]{2})(?:[.,](?P<fraction_b>[0-9]{1,9}))?)?
      | (?P<hour_12>[0-9]{1,2})(?:[:.](?P<minute_12>[0-9]{2})(?::(?P<second_12>[0-9]{2}))?)?\ ?(?P<half>[ap])\.?m\.?
    )"""

# Europe/Berlin, and its forms in labels: europe_berlin, Europe-Berlin
REGION = r"(?P<region>[a-z]{2,12}[/_.-][a-z][a-z0-9_/+.-]{0,40})"
BRACKET = r"\[!?(?P<bracket>[a-z0-9_/+-]{1,40})\]"

_RFC_822: Mapping[str, int] = {
    "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
_EUROPEAN: Mapping[str, int] = {"wet": 0, "west": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3}
ZONE_NAMES: Mapping[str, int] = {**_RFC_822, **_EUROPEAN}
"""Hours east of UTC of the unambiguous names: those of RFC 822 except CST, and the European ones."""

_SUMMER: Mapping[str, str] = {
    "EDT": "America/New_York", "CDT": "America/Chicago", "MDT": "America/Denver", "PDT": "America/Los_Angeles",
    "WEST": "Europe/Lisbon", "CEST": "Europe/Berlin", "EEST": "Europe/Athens",
}  # fmt: skip
"""The regions of each summer time. People also write its name in winter, out of habit, one hour off."""

AMBIGUOUS_ZONES: Mapping[str, tuple[str, ...]] = {
    "cst": ("-06:00 in America", "+08:00 in China"),
    "ist": ("+05:30 in India", "+01:00 in Ireland", "+02:00 in Israel"),
    "bst": ("+01:00 in Britain", "+06:00 in Bangladesh"),
    "ast": ("-04:00 in America", "+03:00 in Arabia"),
    "gst": ("+04:00 in the Gulf", "-02:00 in South Georgia"),
    "sst": ("-11:00 in Samoa", "+08:00 in Singapore"),
    "pkt": ("+05:00 in Pakistan",),
    "ect": ("-05:00 in Ecuador", "+01:00 in Europe"),
    "amt": ("-04:00 in the Amazon", "+04:00 in Armenia"),
    "wst": ("+08:00 in Australia", "+13:00 in Samoa"),
}
"""Names of several zones."""

_PRINTED_ONLY: Mapping[str, str] = {
    "utc": "+00:00", "gmt": "+00:00", "ut": "+00:00", "met": "+01:00", "mest": "+02:00", "mez": "+01:00",
    "mesz": "+02:00", "msk": "+03:00", "wat": "+01:00", "cat": "+02:00", "sast": "+02:00",
    "eat": "+03:00", "idt": "+03:00",
    "wib": "+07:00", "wita": "+08:00", "wit": "+09:00", "hkt": "+08:00", "jst": "+09:00", "kst": "+09:00",
    "awst": "+08:00", "acst": "+09:30", "acdt": "+10:30", "aest": "+10:00", "aedt": "+11:00", "chst": "+10:00",
    "nzst": "+12:00", "nzdt": "+13:00", "nst": "-03:30", "ndt": "-02:30", "adt": "-03:00", "akst": "-09:00",
    "akdt": "-08:00", "hst": "-10:00", "hdt": "-09:00",
}  # fmt: skip
OFFSETS: Mapping[str, tuple[str, ...]] = {
    **{name: (f"{hours:+03}:00",) for name, hours in ZONE_NAMES.items()},
    **{name: tuple(reading[:6] for reading in readings) for name, readings in AMBIGUOUS_ZONES.items()},
    **{name: (offset,) for name, offset in _PRINTED_ONLY.items()},
}
"""The offsets of each name that machines print after an offset; the two must agree."""

# After an offset, Go and browsers print the name of the zone too; both must agree. Java prints it in brackets (RFC
# 9557). Any other word after an offset may change the meaning, such as `next` or `days`.
_PRINTED = "|".join(sorted(OFFSETS, key=len, reverse=True))
ZONE = rf"""
    (?:
        (?:\ ?|[_-](?!z))(?P<round>\()?(?P<utc>z|utc|gmt|ut)(?(round)\))(?![a-z0-9+-])
      | \ ?(?P<named>utc|gmt)?(?P<sign>[+-])
            (?P<offset_hour>[0-9]{{2}}|(?(named)[0-9](?![0-9])|(?!)))(?::?(?P<offset_minute>[0-9]{{2}}))?
            (?:\ \(?(?P<printed>{_PRINTED})\)?(?![a-z0-9])|\ \([a-z\ -]{{1,35}}\ time\)
                |\ (?P=sign)(?P=offset_hour)(?:(?P=offset_minute))?)?(?:\ m=[+-][0-9.]{{1,24}})?
      | [\ _-]?(?P<zone_name>(?!next)[a-z]{{3,5}})(?![a-z0-9])
      | [\ _-]{REGION}
    )?
    (?:\ ?{BRACKET})?"""

# Kiribati is the farthest east: a larger offset is a range of times, such as 19:00-20:00.
_WEST, _EAST = timedelta(hours=-12), timedelta(hours=14)

# All other western offsets are whole hours.
_WEST_WITH_MINUTES = frozenset({timedelta(hours=2, minutes=30), timedelta(hours=3, minutes=30),
                                timedelta(hours=9, minutes=30)})  # fmt: skip
_NOON = timedelta(hours=12)
# Two digits from here on may be a year.
_FIRST_SHORT_YEAR = 20

_ZONE_GROUPS = ("utc", "sign", "zone_name", "region", "bracket")
# Etc/GMT+5 is -05:00.
_REVERSED = re.compile(r"(?:etc/)?gmt[+-][1-9][0-9]?")


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time of day; `extra` is the excess of 24:00 or of a leap second."""

    at: time
    extra: timedelta = timedelta(0)


def time_of(match: re.Match[str]) -> TimeOfDay | None:
    """Give the time in the match; None without a time."""
    found = match.groupdict()
    if found.get("time") is None:
        return None
    if found["half"] is not None:
        return _twelve_hours(found)
    hour, minute, second, fraction = (
        found[name] or found[f"{name}_b"] for name in ("hour", "minute", "second", "fraction")
    )
    hours, minutes, seconds = int(hour or 0), int(minute or 0), int(second or 0)
    if hours == 24 and not minutes and not seconds:
        return TimeOfDay(time.min, timedelta(days=1))
    if hours > 23 or minutes > 59 or seconds > (60 if minutes == 59 else 59):
        raise NotReadable(messages.INVALID_TIME(time=found["time"]))
    extra = timedelta(0)
    if seconds == 60 and minutes == 59:
        seconds, extra = 59, timedelta(seconds=1)
    if fraction and fraction.strip("0"):
        extra += timedelta(seconds=1)
    return TimeOfDay(time(hours, minutes, seconds), extra)


def _twelve_hours(found: Mapping[str, str | None]) -> TimeOfDay:
    hours, minutes, seconds = (int(found[name] or 0) for name in ("hour_12", "minute_12", "second_12"))
    if not 1 <= hours <= 12 or minutes > 59 or seconds > 59:
        raise NotReadable(messages.INVALID_12_HOURS(time=found["time"]))
    if hours == 12 and not minutes:
        raise NotReadable(messages.NOON_OR_MIDNIGHT(time=found["time"]), Reason.AmbiguousExpiry)
    return TimeOfDay(time(hours % 12 + (12 if found["half"] == "p" else 0), minutes, seconds))


def refuse_what_could_be_a_date(match: re.Match[str], *, has_date: bool) -> None:
    """Refuse a time without colons that is ambiguous beside a day, or after a date (`has_date`)."""
    found = match.groupdict()
    written = found["time"]
    is_bare = written.isdigit()
    if found.get("at") or not (is_bare or found["mark"] in ("-", "_")) or found["fraction"]:
        return
    joint = _joint(match)
    joints = (" ", "-", "_") if is_bare else (" ", "-")
    if has_date and (joint not in joints or names_zone(match)):
        return
    numbers = [int(number) for number in re.findall("[0-9]{2}", written)]
    others = []
    if is_bare and numbers[0] == 20 and (len(numbers) == 2 or 1 <= numbers[2] <= 12):
        others.append(messages.A_YEAR())
    if _could_be_date(numbers) and not (has_date and (is_bare or len(numbers) == 3)):
        others.append(messages.A_DATE())
    if found["mark"] == "-" and len(numbers) == 2 and numbers[0] < numbers[1] <= 24:
        others.append(messages.A_PERIOD())
    if has_date and is_bare and joint == "-" and len(numbers) == 2 and numbers <= [12, 0]:
        others.append(messages.AN_OFFSET())
    if others:
        read = ":".join(f"{number:02}" for number in numbers)
        raise NotReadable(
            messages.AMBIGUOUS_TIME(written=written, time=read, others=" or ".join(others)),
            Reason.AmbiguousExpiry,
        )


def _could_be_date(numbers: list[int]) -> bool:
    """Whether two numbers can be a day and a month, or three numbers a day, a month and a year of two digits."""
    if len(numbers) == 2:
        return _are_day_and_month(*numbers)
    first, second, third = numbers
    return (third >= _FIRST_SHORT_YEAR and _are_day_and_month(first, second)) or (
        first >= _FIRST_SHORT_YEAR and _are_day_and_month(second, third)
    )


def _are_day_and_month(one: int, other: int) -> bool:
    smaller, larger = sorted((one, other))
    return 1 <= smaller <= 12 and larger <= 31


def _joint(match: re.Match[str]) -> str:
    """Give the character before the time, or nothing."""
    return match.string[: match.start("time")][-1:]


def names_zone(match: re.Match[str]) -> bool:
    """Whether the match contains a zone in any form."""
    found = match.groupdict()
    return any(found.get(name) for name in _ZONE_GROUPS)


def one_zone_of(match: re.Match[str], default: tzinfo) -> tzinfo:
    """Give the zone in the match, which may name only one zone; the default without a zone."""
    found = match.groupdict()
    if sum(1 for name in _ZONE_GROUPS if found.get(name)) > 1:
        raise NotReadable(messages.TWO_ZONES())
    return zone_of(match, default)


def zone_of(match: re.Match[str], default: tzinfo) -> tzinfo:
    """Give the zone that decides, or the default without a zone; `agreed` compares with a zone in brackets."""
    found = match.groupdict()
    if found.get("utc"):
        return UTC
    if found.get("sign"):
        offset = _offset_of(found)
        if found["sign"] == "-":
            _refuse_pairs(found)
            _refuse_range(match, found, -offset)
        return timezone(offset)
    if place := found.get("region") or (None if found.get("zone_name") else found.get("bracket")):
        return _zone_named(place)
    name = found.get("zone_name")
    if not name:
        return default
    if name in AMBIGUOUS_ZONES:
        readings = " or ".join(AMBIGUOUS_ZONES[name])
        raise NotReadable(messages.AMBIGUOUS_ZONE(zone=name.upper(), readings=readings), Reason.AmbiguousExpiry)
    if name in ZONE_NAMES:
        return timezone(timedelta(hours=ZONE_NAMES[name]), name.upper())
    if name in OFFSETS:
        raise NotReadable(messages.UNSUPPORTED_ZONE(zone=name.upper(), offset=OFFSETS[name][0]))
    raise NotReadable(messages.NOT_A_ZONE(word=name.upper()))


def _offset_of(found: Mapping[str, str | None]) -> timedelta:
    hours, minutes = int(found["offset_hour"] or 0), int(found["offset_minute"] or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (1 if found["sign"] == "+" else -1)
    written = f"{found['sign'] if offset else '+'}{hours:02}:{minutes:02}"
    if minutes > 59 or not _WEST <= offset <= _EAST:
        raise NotReadable(messages.INVALID_OFFSET(offset=written))
    if (printed := found["printed"]) and written not in OFFSETS[printed]:
        raise NotReadable(messages.OFFSET_AND_ZONE_DIFFER(offset=written, zone=printed.upper()))
    return offset


def _refuse_pairs(found: Mapping[str, str | None]) -> None:
    """Refuse `10-00-08-00`: 10:00 at -08:00 where colons are forbidden, from 10 to 8, or 10:00:08 and no offset."""
    if found["mark"] in ("-", "_") and found["second"] and found["offset_minute"] is None:
        written = f"{found['time']}-{found['offset_hour']}"
        raise NotReadable(messages.OFFSET_OR_PERIOD(written=written), Reason.AmbiguousExpiry)


def _refuse_range(match: re.Match[str], found: Mapping[str, str | None], end: timedelta) -> None:
    """Refuse `06:00-11:00`, a range that ends at 11:00 rather than a time with that offset.

    With T, seconds or the name of a zone, the second time is an offset.
    """
    is_offset = ("second", "second_b", "second_12", "named", "printed", "bracket")
    at = time_of(match)
    if at is None or _joint(match) == "t" or any(found[group] for group in is_offset):
        return
    start = timedelta(hours=at.at.hour, minutes=at.at.minute) + at.extra
    latest = end + _NOON if found["half"] else end
    if latest > start or (end.seconds % 3_600 and end not in _WEST_WITH_MINUTES):
        written = f"{found['time']}-{found['offset_hour']}:{found['offset_minute'] or '00'}"
        raise NotReadable(messages.PERIOD_OR_OFFSET(written=written), Reason.AmbiguousExpiry)


def agreed(match: re.Match[str], instant: datetime, zone: tzinfo) -> datetime:
    """Give the instant, if a zone in brackets has the same offset then; `Z` states no offset (RFC 9557)."""
    found = match.groupdict()
    bracket = found.get("bracket")
    if bracket:
        named, offset = instant.astimezone(_zone_named(bracket)), instant.astimezone(zone)
        if named.utcoffset() != offset.utcoffset() and found.get("utc") != "z":
            raise NotReadable(
                messages.OFFSET_AND_REGION_DIFFER(offset=_offset(offset), region=bracket, expected=_offset(named))
            )
    return instant


def _zone_named(name: str) -> tzinfo:
    zone = named_zone(name)
    if _REVERSED.fullmatch((zone.key if zone else name).lower()):
        raise NotReadable(messages.INVERTED_ZONE(zone=name), Reason.AmbiguousExpiry)
    if zone is None:
        raise NotReadable(messages.UNKNOWN_ZONE(zone=name))
    return zone


def _offset(local: datetime) -> str:
    return local.replace(microsecond=0).isoformat()[19:]


def instant_at(day: datetime, at: TimeOfDay, zone: tzinfo) -> datetime:
    """Give the instant of the time on that day (naive midnight) in the zone."""
    if at.extra >= timedelta(days=1):
        found = local_instant(day + at.extra, zone)
    else:
        found = whole_second(local_instant(datetime.combine(day, at.at), zone) + at.extra)
    _refuse_summer_in_winter(found, zone)
    return found


def _refuse_summer_in_winter(instant: datetime, zone: tzinfo) -> None:
    name = zone.tzname(None) or ""
    if name not in _SUMMER:
        return
    there = instant.astimezone(named_zone(_SUMMER[name]))
    if there.utcoffset() != zone.utcoffset(None):
        raise NotReadable(
            messages.ZONE_OUT_OF_SEASON(zone=name, offset=_offset(instant.astimezone(zone)), local=_offset(there)),
            Reason.AmbiguousExpiry,
        )
