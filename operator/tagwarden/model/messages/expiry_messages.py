"""Messages about the value of an expiry that cannot be read: each follows the quoted value, as in `'3M' can mean …`."""

from tagwarden.model.messages.message import message

VALID_FORMS = (
    "write a timestamp such as 2026-09-01T19:00:00Z, a date such as 2026-09-01, or a time after creation such as 48h"
)
"""Advice for a valid value. A duration is always advised with its start: for an old resource it has passed."""

VALUE = message("{value} {problem}", value="'3M'", problem="can mean minutes or months; write 3m or 3 months")
EMPTY = message("is empty; {advice}, or never", advice=VALID_FORMS)
TOO_LONG = message("is too long; {advice}", advice=VALID_FORMS)
INVALID_CHARACTERS = message("contains invalid characters; {advice}", advice=VALID_FORMS)
OUT_OF_RANGE = message("is out of range; write a date, or never")
UNKNOWN_CREATION = message("depends on the creation time, which is not known yet")
INVALID_YEAR = message(
    "has the year {year}; write a year from {first} to {last}, or never", year=1999, first=2000, last=9998
)
DURATION_AFTER_WORD = message("has a duration after {word}; write the date, such as 2026-09-01", word="until")

# -- durations --------------------------------------------------------------------------------------------------------

MINUTES_OR_MONTHS = message("can mean minutes or months; write {number}m or {months}", number="3", months="3 months")
WHOLE_MONTHS = message("whole months")
MONTHS = message("{number} months", number="3")
SMALL_M = message(
    "has {number}m, which can mean minutes or months; write {number}min or {number}mo, largest first", number="1"
)
HOURS_OR_FRACTION = message(
    "has {number} hours, which can mean {hours}h{minutes}m or a fraction; write {hours}h{minutes}m or {fraction}m",
    number="1.30",
    hours="1",
    minutes="30",
    fraction=78,
)
THOUSANDS_OR_FRACTION = message(
    "has {number}, which can mean {thousands} or a fraction; write {thousands} {unit}s, or smaller units for"
    " the fraction",
    number="1.500",
    thousands="1500",
    unit="hour",
)
NO_TIME_AFTER_T = message("ends with T but has no time; write PT36H or P2D")
NOT_A_DURATION = message("is not a duration; write 48h or 2d")
REPEATED_UNIT = message("repeats a unit; write each unit once, such as 1d12h")
UNITS_OUT_OF_ORDER = message("has units in the wrong order; write the largest first, such as 1d12h")
INVALID_NUMBER = message("has the invalid number {number}; write 48h or 1.5d", number="1.2.3")
AMBIGUOUS_FRACTION = message("has an ambiguous fraction; write whole numbers, such as 1d12h")
ZERO = message("is a duration of zero; write a duration such as 48h")

# -- dates ------------------------------------------------------------------------------------------------------------

TWO_DIGIT_YEAR = message("has a two-digit year; write 2026-09-01")
NOT_A_DATE = message("is not a valid date; write 2026-09-01")
DAY_OR_MONTH_FIRST = message(
    "can mean {one} or {two}; write {one_iso} or {two_iso}, or set expiry.dateOrder in the policy",
    one="1 February 2026",
    two="2 January 2026",
    one_iso="2026-02-01",
    two_iso="2026-01-02",
)
PRECEDES_CREATION = message(
    "precedes the creation if read as {chosen} and may mean {other}; write {chosen_iso} or {other_iso}",
    chosen="1 February 2026",
    other="2 January 2026",
    chosen_iso="2026-02-01",
    other_iso="2026-01-02",
)
WRONG_WEEKDAY = message("says {said}, but {day} is a {weekday}", said="monday", day="2026-09-01", weekday="Tuesday")
DATE_OR_EPOCH = message("can be a date with a time or Unix seconds; write 2026-09-01T19:00:00Z")
EPOCH_PRECEDES_CREATION = message(
    "precedes the creation if read as Unix seconds ({instant}); write 2026-09-01T19:00:00Z",
    instant="2020-01-01T00:00:00Z",
)
NO_SUCH_YEAR = message("has the invalid year {year}", year=0)
NO_SUCH_MONTH = message("has the invalid month {month}; write year, month and day, such as 2026-09-01", month=13)
NO_SUCH_DAY = message("has day {day}, which {month} {year} does not have", day=30, month="February", year=2026)

DAY_PRECEDES_CREATION = message("precedes the creation of the resource; write the date, such as 2026-09-01")

# -- times of day -----------------------------------------------------------------------------------------------------

INVALID_TIME = message("has the invalid time {time}; hours go up to 23, minutes and seconds up to 59", time="25:00")
INVALID_12_HOURS = message("has the invalid time {time}; with am or pm, hours go from 1 to 12", time="13pm")
NOON_OR_MIDNIGHT = message("has the time {time}, which can mean noon or midnight; write 12:00 or 00:00", time="12pm")
AMBIGUOUS_TIME = message(
    "has {written}, which can mean {time} or {others}; write a time such as 19:00, or a date such as 2026-09-01",
    written="2012",
    time="20:12",
    others="a year",
)
A_YEAR = message("a year")
A_DATE = message("a date")
A_PERIOD = message("a period")
AN_OFFSET = message("an offset")
TIME_OR_DURATION = message(
    "can be a time of day or a duration; write at {time} or {duration}", time="7:30", duration="7h30m"
)
END_OF_DAY_AND_TIME = message("gives both the end of the day and a time; write one of them")

# -- zones ------------------------------------------------------------------------------------------------------------

TWO_ZONES = message("names two time zones; write one of them")
AMBIGUOUS_ZONE = message(
    "names the zone {zone}, which can mean {readings}; write the offset", zone="IST", readings="+05:30 or +02:00"
)
UNSUPPORTED_ZONE = message(
    "names the unsupported zone {zone}; write its offset, {offset}", zone="AEST", offset="+10:00"
)
NOT_A_ZONE = message(
    "has {word} after the time, which is not a time zone; remove {word}, or write an offset such as +02:00", word="XYZ"
)
INVALID_OFFSET = message("has the invalid offset {offset}; offsets go from -12:00 to +14:00", offset="+15:00")
OFFSET_AND_ZONE_DIFFER = message(
    "says {offset} and {zone}, which differ; write one of them", offset="+02:00", zone="PST"
)
OFFSET_AND_REGION_DIFFER = message(
    "says {offset} and {region}, whose offset is {expected} then; write one of them",
    offset="+05:00",
    region="europe/berlin",
    expected="+02:00",
)
OFFSET_OR_PERIOD = message(
    "has {written}, which can mean a time with an offset or a period; write the time in UTC, such as 19-00-00z",
    written="10-00-08-00",
)
PERIOD_OR_OFFSET = message(
    "has {written}, which can mean a period or a time with an offset; write only the end, or seconds before the offset,"
    " 19:00:00-05:00",
    written="06:00-11:00",
)
INVERTED_ZONE = message("names the zone {zone}, whose sign is inverted; write the offset", zone="etc/gmt+5")
UNKNOWN_ZONE = message(
    "names the unknown zone {zone}; write an IANA name such as Europe/Berlin, or the offset", zone="mars/olympus"
)
ZONE_OUT_OF_SEASON = message(
    "names {zone}, which does not apply on that day; write {offset} or {local} instead",
    zone="CEST",
    offset="+02:00",
    local="+01:00",
)
