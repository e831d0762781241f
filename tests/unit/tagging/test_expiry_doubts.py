"""Values that look like one thing and could be another: what is in doubt is never read."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest

from tagwarden.model.policy import DateOrder
from tagwarden.tagging import Never, Stated, Unreadable, format_instant, instant_of, parse_expiry

CREATED = datetime(2026, 8, 26, 12, tzinfo=UTC)


def said_of(
    text: str, zone: str = "Europe/Berlin", created: datetime | None = CREATED, order: DateOrder | None = None
) -> tuple[str, str]:
    """Give the instant, `never`, `malformed` or `ambiguous`, and why."""
    said = parse_expiry(text, ZoneInfo(zone), order)
    found = instant_of(said, created) if isinstance(said, Stated) else said
    if isinstance(found, Unreadable):
        return found.reason.removesuffix("Expiry").lower(), found.message
    return ("never" if isinstance(found, Never) else format_instant(found)), ""


def read(text: str, zone: str = "Europe/Berlin", created: datetime | None = CREATED) -> str:
    return said_of(text, zone, created)[0]


# -- what follows an offset -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("19:00+02:00 next friday", "2026-09-04T17:00:00Z"),
        ("19:00 +02:00 next friday", "2026-09-04T17:00:00Z"),
        ("7pm -05:00 next friday", "2026-09-05T00:00:00Z"),
        ("19:00 next friday", "2026-09-04T17:00:00Z"),
        ("7pm next friday", "2026-09-04T17:00:00Z"),
        ("7pm on next monday", "2026-08-31T17:00:00Z"),
        ("7pm UTC next friday", "2026-09-04T19:00:00Z"),
        ("19:00 +02:00 on friday", "2026-08-28T17:00:00Z"),
    ],
)
def test_a_weekday_after_a_time_and_its_zone_may_be_the_next(text: str, expected: str) -> None:
    """`next` is no zone."""
    assert expected == read(text)


@pytest.mark.parametrize(
    "text",
    ["2026-09-01 19:00 +07 days", "2026-09-01 19:00 +14 days", "2026-09-01 19:00 +02 weeks",
     "2026-09-01 19:00 +01 month", "2026-09-01 19:00 +01 year", "2026-09-01 19:00 +10 hours",
     "2026-09-01 19:00 +0014 days", "2026-09-01 19:00 +10:00 days", "friday 19:00 +07 days", "7pm +02 days",
     "tomorrow 19:00 +02 weeks", "19:00 +02:00 after friday", "19:00 +02:00 every friday", "19:00 +02:00 last friday",
     "19:00 +02:00 week friday", "19:00 +02:00 after tomorrow", "19:00 +02:00 (day after) tomorrow",
     "2026-09-01 19:00+02:00 (extended by two weeks)", "2026-09-01T19:00:00+02:00 never",
     "2026-09-01T19:00:00+02:00 later"],
)  # fmt: skip
def test_words_after_an_offset_are_never_passed_over(text: str) -> None:
    """They may say that another day is meant."""
    assert "malformed" == read(text)


@pytest.mark.parametrize(
    "text",
    ["2026-09-01 19:00:00 +0200 CEST", "2026-09-01 17:00:00 +0000 UTC", "2026-09-02 02:00:00 +0900 JST",
     "2026-09-01 13:00:00 -0400 EDT", "2026-09-01 22:30:00 +0530 IST", "2026-09-01 18:00:00 +0100 BST",
     "Tue Sep 01 2026 19:00:00 GMT+0200 (CEST)", "Tue Sep 01 2026 19:00:00 GMT+0200 (MESZ)",
     "Tue Sep 01 2026 17:00:00 GMT+0000 (Coordinated Universal Time)",
     "Tue Sep 01 2026 07:00:00 GMT-1000 (Hawaii-Aleutian Standard Time)"],
)  # fmt: skip
def test_a_name_after_an_offset_that_agrees_with_it_is_read(text: str) -> None:
    """As Go and browsers print it."""
    assert "2026-09-01T17:00:00Z" == read(text)


@pytest.mark.parametrize(
    "text",
    ["2026-09-01 19:00:00 +0200 EST", "2026-09-01 19:00:00 +0200 PST", "2026-09-01T19:00:00 +0000 PST",
     "2026-09-01 19:00:00 +0200 UTC", "2026-09-01 19:00:00 +0300 IST", "2026-09-01 19:00:00 +0200 JST"],
)  # fmt: skip
def test_an_offset_and_a_name_that_contradict_each_other_are_not_read(text: str) -> None:
    """Neither is right."""
    said, why = said_of(text)

    assert "malformed" == said
    assert "write one of them" in why


def test_every_name_that_a_machine_prints_after_an_offset_is_known() -> None:
    """Havana and Manila use names that mean another zone in RFC 822."""
    for zone in sorted(available_timezones() - {"America/Havana", "Cuba", "Asia/Manila", "Factory"}):
        for month in (1, 7):
            local = datetime(2027, month, 15, 12, tzinfo=ZoneInfo(zone))
            name = local.tzname()
            if name and name.isalpha():
                assert format_instant(local.astimezone(UTC)) == read(f"{local:%Y-%m-%d %H:%M:%S %z} {name}"), zone


@pytest.mark.parametrize("zone", ["etc_gmt_5", "Etc.GMT_5", "etc/gmt_5", "etc/gmt-5", "Etc/GMT+12"])
def test_a_zone_of_the_sea_is_ambiguous_however_it_is_spelled(zone: str) -> None:
    """Its sign is the opposite of what it looks like."""
    label = zone.replace("/", "_")
    for text in (f"2026-09-01 19:00 {zone}", f"2026-09-01_19-00_{label}", f"2026-09-01 {zone}", f"19:00 {zone} friday"):
        assert "ambiguous" == read(text)
    if "." not in zone:
        assert "ambiguous" == read(f"2026-09-01T19:00:00[{zone}]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-01_19-00_utc", "2026-09-01T19:00:00Z"),
        ("2026-09-01-19-00-utc", "2026-09-01T19:00:00Z"),
        ("2026-09-01t190000-utc", "2026-09-01T19:00:00Z"),
        ("2026-09-01_19-00_est", "2026-09-02T00:00:00Z"),
        ("2026-09-01_19-00_cst", "ambiguous"),
        ("friday-7pm-utc", "2026-08-28T19:00:00Z"),
        ("7pm-fri", "2026-08-28T17:00:00Z"),
        ("2026-09-01-utc", "2026-09-02T00:00:00Z"),
        ("2026-09-01 19:00 (UTC)", "2026-09-01T19:00:00Z"),
        ("2026-09-01 19:00 [Europe/Berlin]", "2026-09-01T17:00:00Z"),
        ("2026-09-01 19:00 +01:00 [Europe/Berlin]", "malformed"),
        ("2026-09-01 [Asia/Tokyo]", "2026-09-01T15:00:00Z"),
    ],
)
def test_a_zone_may_be_joined_as_labels_must_and_stand_in_brackets(text: str, expected: str) -> None:
    """And means what it means elsewhere."""
    assert expected == read(text)


def test_a_word_after_a_time_is_not_called_a_zone() -> None:
    """What looks like one and is none is named as what it is."""
    assert "UHR" in said_of("19:00 Uhr")[1]
    assert "zone UHR" not in said_of("19:00 Uhr")[1]
    assert "+09:00" in said_of("2026-09-01 19:00 JST")[1]


# -- a time that could be a date --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["thu 09-17", "Thursday 09-17", "09-17 thu", "Thu 0917", "Fri 10-30", "fri_10_30", "10-30 fri", "fri 11-09-26",
     "tue 08-09-26", "tue 080926", "tuesday-08-09-26", "fri 04_09_26", "today 09-17", "tomorrow 0917", "0917 tomorrow",
     "friday-19-05", "next friday 09-10"],
)  # fmt: skip
def test_a_time_beside_a_day_that_could_be_a_date_is_ambiguous(text: str) -> None:
    """Both are named, and each has a form that is clear."""
    said, why = said_of(text)

    assert "ambiguous" == said
    assert "a date" in why
    assert "19:00" in why


@pytest.mark.parametrize(
    "text",
    ["friday 14-18", "friday-09-17", "friday 13-14", "2026-09-01 09-17", "2026-09-01-09-17", "2026-09-01-09-05",
     "1 Sep 2026 10-09", "01.09.2026-10-09", "2026-09-01 08-18"],
)  # fmt: skip
def test_two_numbers_that_could_be_from_when_to_when_are_ambiguous(text: str) -> None:
    """A day of work is no time of it."""
    assert "ambiguous" == read(text)


@pytest.mark.parametrize("text", ["friday 2026", "sunday 2026", "2026-09-01 2026", "1 Sep 2026 2027", "2026-09-01-2026",
                                  "20260901 2026", "2026-09-01 202609"])  # fmt: skip
def test_four_digits_that_could_be_a_year_are_ambiguous(text: str) -> None:
    """After a day or a date."""
    said, why = said_of(text)

    assert "ambiguous" == said
    assert "a year" in why


@pytest.mark.parametrize("text", ["2026-09-01-0700", "20260901-1200"])
def test_four_digits_after_a_dash_that_could_be_an_offset_are_ambiguous(text: str) -> None:
    """Of the date alone."""
    assert "ambiguous" == read(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("friday-19-00", "2026-08-28T17:00:00Z"),
        ("friday 1900", "2026-08-28T17:00:00Z"),
        ("friday 19-45", "2026-08-28T17:45:00Z"),
        ("friday 1930", "2026-08-28T17:30:00Z"),
        ("friday at 0930", "2026-08-28T07:30:00Z"),
        ("tomorrow 19-00-00", "2026-08-27T17:00:00Z"),
        ("2026-09-01_09-17", "2026-09-01T07:17:00Z"),
        ("2026-09-01T09-17", "2026-09-01T07:17:00Z"),
        ("2026-09-01 09-17 UTC", "2026-09-01T09:17:00Z"),
        ("2026-09-01-19-05-26", "2026-09-01T17:05:26Z"),
        ("2026-09-01 09:17", "2026-09-01T07:17:00Z"),
        ("2026-09-01T2026", "2026-09-01T18:26:00Z"),
        ("202609012026", "2026-09-01T18:26:00Z"),
        ("20260901-1900", "2026-09-01T17:00:00Z"),
        ("2026-09-01-1900", "2026-09-01T17:00:00Z"),
    ],
)
def test_a_time_that_can_be_nothing_else_is_read(text: str, expected: str) -> None:
    """Whatever stands for its colons."""
    assert expected == read(text)


# -- from when to when ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["friday 06:00-11:00", "10:00-12:00", "2026-09-01 02:00-08:00", "2026-09-01 09:00-12", "7pm-08:00",
     "06:00-11:00 friday", "2026-09-01 0200-0800", "friday 19:00-08:15", "2026-09-01 at 02:00 -08:00"],
)  # fmt: skip
def test_an_offset_that_could_be_the_end_of_a_range_is_ambiguous(text: str) -> None:
    """It would end something hours before or after it was meant to."""
    said, why = said_of(text, "America/Los_Angeles")

    assert "ambiguous" == said
    assert "write" in why


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-01T02:00-08:00", "2026-09-01T10:00:00Z"),
        ("2026-09-01 02:00:00-08:00", "2026-09-01T10:00:00Z"),
        ("2026-09-01 02:00:00-08", "2026-09-01T10:00:00Z"),
        ("20260901T0200-0800", "2026-09-01T10:00:00Z"),
        ("2026-09-01 19:00-05:00", "2026-09-02T00:00:00Z"),
        ("2026-09-01 02:00 UTC-08:00", "2026-09-01T10:00:00Z"),
        ("2026-09-01 02:00-07:00[America/Los_Angeles]", "2026-09-01T09:00:00Z"),
        ("2026-09-01 02:00 -0800 PST", "2026-09-01T10:00:00Z"),
        ("7pm -05:00 friday", "2026-08-29T00:00:00Z"),
    ],
)
def test_an_offset_as_machines_write_it_is_one(text: str, expected: str) -> None:
    """After T or seconds, beside the zone's name, or where no time could end there."""
    assert expected == read(text, "America/Los_Angeles")


def test_an_offset_to_the_west_with_minutes_is_one_that_a_zone_has() -> None:
    """Wherever it could be the end of a range."""
    for zone in sorted(available_timezones()):
        for month in (1, 7):
            local = datetime(2027, month, 15, 23, 59, tzinfo=ZoneInfo(zone))
            assert format_instant(local.astimezone(UTC)) == read(f"{local:%Y-%m-%d %H:%M%z}"), zone


@pytest.mark.parametrize("text", ["EOD Friday 7pm", "eod friday 17:00", "eod today 19:00", "end of day tomorrow 9am"])
def test_the_end_of_a_day_and_a_time_of_it_are_two_statements(text: str) -> None:
    """The earlier one must not win in silence."""
    said, why = said_of(text)

    assert "ambiguous" == said
    assert "write one of them" in why


# -- noon -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12:30pm", "2026-08-26T12:30:00Z"),
        ("12:15 PM", "2026-08-26T12:15:00Z"),
        ("9/30/2026, 12:15:00 PM", "2026-09-30T12:15:00Z"),
        ("friday 12:30am", "2026-08-28T00:30:00Z"),
        ("12pm", "ambiguous"),
        ("12am", "ambiguous"),
        ("12:00 am", "ambiguous"),
        ("friday 12:00:00 PM", "ambiguous"),
        ("friday 12:00:30 pm", "ambiguous"),
    ],
)
def test_half_past_noon_is_clear_and_noon_itself_is_not(text: str, expected: str) -> None:
    """Only the hour itself is read both ways."""
    assert expected == read(text, "UTC")


# -- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["3M", "3 M", "+3M", "+6M", "3-M", "3_M", "3.0M", "+3_M"])
def test_a_lone_capital_m_is_ambiguous_however_it_is_joined(text: str) -> None:
    """Minutes to some tools and months to others; the reason says both."""
    said, why = said_of(text)

    assert "ambiguous" == said
    assert "minutes or months" in why
    assert all("ambiguous" != read(form) for form in why.split("; write ")[1].split(" or "))


@pytest.mark.parametrize(
    "text",
    ["1.000h", "+1.000h", "1.000 hours", "10.000 minutes", "1.440 min", "86.400 s", "604.800 seconds", "2.500 hours",
     "PT1.440M", "1d 1.000h", "100.000s"],
)  # fmt: skip
def test_three_digits_after_a_point_could_be_thousands(text: str) -> None:
    """As half the world writes them."""
    assert "ambiguous" == read(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.5h", "2026-08-26T13:30:00Z"),
        ("1.50h", "2026-08-26T13:30:00Z"),
        ("0.500h", "2026-08-26T12:30:00Z"),
        ("1.2500h", "2026-08-26T13:15:00Z"),
        ("1H30M", "2026-08-26T13:30:00Z"),
        ("2.592.000s", "malformed"),
    ],
)
def test_other_digits_after_a_point_are_a_fraction(text: str, expected: str) -> None:
    """They can be nothing else."""
    assert expected == read(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2-days-3-hours", "2026-08-28T15:00:00Z"),
        ("1-week-2-days", "2026-09-04T12:00:00Z"),
        ("1-d-12-h", "2026-08-28T00:00:00Z"),
        ("1h-30m", "malformed"),
        ("2-days-3", "malformed"),
        ("-2-days", "malformed"),
    ],
)
def test_a_label_joins_all_of_a_duration_with_dashes(text: str, expected: str) -> None:
    """A dash that only stands between the parts could be a minus."""
    assert expected == read(text)


@pytest.mark.parametrize("text", ["2²d", "①d", "²206-09-01", "2₂d", "½d", "⑴d", "⒉d", "2026-09-0①"])
def test_raised_and_circled_digits_are_not_digits(text: str) -> None:
    """2² is not 22."""
    assert "malformed" == read(text)


@pytest.mark.parametrize("text", ["2026090119", "2609011900", "1209202619", "1509202618", "0109202619", "3112202619"])
def test_ten_digits_that_could_be_a_date_are_no_epoch(text: str) -> None:
    """They would be over long ago, or in decades."""
    assert "ambiguous" == read(text)


@pytest.mark.parametrize("text", ["1788289200", "1788289200000", "1788289200.5", "1999999999", "2026990119"])
def test_epoch_seconds_that_are_no_date_are_read(text: str) -> None:
    """As most are."""
    assert read(text).startswith("20")


# -- before the creation ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1700000000", "1700000000.5", "1700000000000"])
def test_an_epoch_before_the_creation_is_malformed(text: str) -> None:
    """Nobody writes a past date in digits on purpose; another number was meant."""
    said, why = said_of(text)

    assert "malformed" == said
    assert "precedes the creation" in why
    assert "2023-11-14" in read(text, created=datetime(2023, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("9/1/2026, 7:00:00 PM", DateOrder.DMY),
        ("09-01-2026 19:00", DateOrder.DMY),
        ("01/09/2026", DateOrder.MDY),
        ("01_09_2026", DateOrder.MDY),
    ],
)
def test_a_date_before_the_creation_that_lies_ahead_in_the_other_order_is_ambiguous(
    text: str, order: DateOrder
) -> None:
    """Its writer may not have known the order of the policy."""
    said, why = said_of(text, order=order)

    assert "ambiguous" == said
    assert "2026-09-01" in why
    assert "2026-01-09" in why


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2026-01-09", DateOrder.DMY, "2026-01-09T23:00:00Z"),
        ("2026-01-09T19:00:00Z", None, "2026-01-09T19:00:00Z"),
        ("Fri, 09 Jan 2026 19:00:00 GMT", None, "2026-01-09T19:00:00Z"),
        ("09.01.2026", None, "2026-01-09T23:00:00Z"),
        ("30/01/2026", None, "2026-01-30T23:00:00Z"),
        ("30/01/2026", DateOrder.DMY, "2026-01-30T23:00:00Z"),
        ("01/02/2026", DateOrder.DMY, "2026-02-01T23:00:00Z"),
        ("01/09/2026", DateOrder.DMY, "2026-09-01T22:00:00Z"),
        ("26/08/2026", DateOrder.MDY, "2026-08-26T22:00:00Z"),
    ],
)
def test_a_date_before_the_creation_with_one_reading_is_meant(
    text: str, order: DateOrder | None, expected: str
) -> None:
    """People write a past date on purpose, so that something goes."""
    assert expected == said_of(text, order=order)[0]


def test_what_is_to_be_compared_with_the_creation_waits_until_that_is_known() -> None:
    """Only the creation tells it from a typing error."""
    assert "unknownage" == read("1788289200", created=None)
    assert "2026-09-01T19:00:00Z" == read("2026-09-01T19:00:00Z", created=None)


# -- years ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    "text",
    ["9999-12-31T23:59:59Z", "9999-01-01T00:00:00Z", "9999-12-31", "9999-01-01", "1999-12-31", "1999-12-31T23:59:59Z",
     "1999-12-31 23:59", "31.12.1999", "31 Dec 1999", "01/01/9999", "7973y", "999999d 7000y"],
)  # fmt: skip
def test_years_before_2000_and_after_9998_are_malformed_in_any_zone(text: str, zone: str) -> None:
    """Neither a typing error nor a mark for never is an instant."""
    assert "malformed" == read(text, zone)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    "text", ["2000-01-01", "2000-01-01 00:00", "9998-12-31", "9998-12-31 23:59", "9998-12-30", "7972y 4 months"]
)
def test_what_is_read_at_the_ends_of_the_calendar_is_read_again_in_its_canonical_form(text: str, zone: str) -> None:
    """Or it is malformed, where the canonical form lies outside."""
    found = read(text, zone)

    assert found == (read(found, zone) if found != "malformed" else "malformed")


# -- what machines print and people write beside ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sep  1 19:00:00 2026 GMT", "2026-09-01T19:00:00Z"),
        ("Tue Sep 1 19:00:00 2026 +0200", "2026-09-01T17:00:00Z"),
        ("Sep 1 2026 2030", "ambiguous"),
        ("Sep 1 1900 2026", "malformed"),
        ("Wed 30/09/2026", "2026-09-30T22:00:00Z"),
        ("Wednesday, 30.09.2026 19:00", "2026-09-30T17:00:00Z"),
        ("Thu 30/09/2026", "malformed"),
        ("friday 11-09-2026", "ambiguous"),
    ],
)
def test_more_ways_to_write_a_date(text: str, expected: str) -> None:
    """As openssl and git print it, and with the weekday before it."""
    assert expected == read(text)


@pytest.mark.parametrize("text", ["9:00", "1:30", "24:00", "12:00:00", "0:45"])
def test_a_time_or_a_duration_is_told_how_to_write_either(text: str) -> None:
    """And both are read."""
    said, why = said_of(text)
    advice = why.split("; write ")[1].split(" or ")

    assert "ambiguous" == said
    assert [True, True] == [read(form).startswith("2026-") for form in advice]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("after friday", "the day or the time itself"),
        ("until 2 days", "a duration after until"),
        ("delete on 48h", "a duration after delete on"),
        ("after 31.12.2026", "the day or the time itself"),
        ("in 2 weeks", "write the date"),
        ("1mon", "1 month"),
        ("eoq", "is a quarter"),
        ("Do not delete", "set the tag tagwarden.io/protect"),
        ("06M", "write 6m or 6 months"),
        ("0.5M", "write 0.5m or whole months"),
        ("1.440 min", "write 1440 minutes"),
        ("2 años", "a time after creation such as 48h"),
        ("x" * 200, "a time after creation such as 48h"),
        ("before 2026-09-01", "the day or the time itself"),
        ("after 2 days", "counts from now"),
        ("in two days", "counts from now"),
        ("2026-09-01 19:00 +07 days", "adds a duration"),
        ("friday 19:00 +2d", "adds a duration"),
        ("friday 11-09-2026", "11 September 2026"),
    ],
)
def test_a_reason_tells_what_was_understood(text: str, part: str) -> None:
    """And not what the value only looks like."""
    assert part in said_of(text)[1]


# -- pairs of digits where colons are forbidden -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["2026-09-01t10-00-08-00", "2026-09-01T10-00-05-00", "2026-09-01-08-00-18-00", "2026-09-01_08_00_18-00",
     "20260901t10-00-08-00", "2026-09-01 10-00-08 -00", "friday-06-00-12-00", "friday-18-00-20-00",
     "tomorrow-08-00-10-00", "2026-09-01-19-00-00-05"],
)  # fmt: skip
def test_four_pairs_of_digits_are_no_time_with_seconds(text: str) -> None:
    """They may be a time and its offset, hours later, or from when to when."""
    assert "ambiguous" == read(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-01t10-00-08z", "2026-09-01T10:00:08Z"),
        ("2026-09-01T10-00-08-0500", "2026-09-01T15:00:08Z"),
        ("2026-09-01T10-00-08-05:00", "2026-09-01T15:00:08Z"),
        ("2026-09-01T10-00-08+02", "2026-09-01T08:00:08Z"),
        ("2026-09-01T100008-05", "2026-09-01T15:00:08Z"),
        ("2026-09-01T10:00:08-05", "2026-09-01T15:00:08Z"),
    ],
)
def test_an_offset_that_is_one_is_read_after_dashes(text: str, expected: str) -> None:
    assert expected == read(text)


# -- summer times in winter -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("2026-12-01 17:00 CEST", "write +02:00 or +01:00"),
        ("2026-12-01 17:00 EDT", "write -04:00 or -05:00"),
        ("1 Jan 2027 5pm PDT", "write -07:00 or -08:00"),
        ("2026-12-01 17:00 WEST", "write +01:00 or +00:00"),
        ("2026-10-25 03:00 CEST", "write +02:00 or +01:00"),
    ],
)
def test_the_name_of_a_summer_time_is_doubted_in_winter(text: str, part: str) -> None:
    """People write it by habit, and mean the time on their clocks, which is an hour later."""
    found, why = said_of(text)
    assert ("ambiguous", True) == (found, part in why)


def test_a_day_in_words_may_lie_in_winter_too() -> None:
    assert "ambiguous" == read("friday 17:00 CEST", created=datetime(2026, 12, 1, tzinfo=UTC))
    assert "2026-08-28T15:00:00Z" == read("friday 17:00 CEST")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-25 02:30 CEST", "2026-10-25T00:30:00Z"),
        ("2026-10-25 02:30 CET", "2026-10-25T01:30:00Z"),
        ("2026-09-01 19:00 EST", "2026-09-02T00:00:00Z"),
    ],
)
def test_a_name_of_a_zone_that_is_right_or_later_is_read(text: str, expected: str) -> None:
    assert expected == read(text)


# -- digits that can be more than one thing ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1.30h", "2.45h", "18.30h", "1.05 hours", "0.15h"])
def test_two_digits_after_the_point_of_hours_may_be_minutes(text: str) -> None:
    assert "ambiguous" == read(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.25h", "2026-08-26T13:15:00Z"),
        ("1.50h", "2026-08-26T13:30:00Z"),
        ("1.75h", "2026-08-26T13:45:00Z"),
        ("1.5h", "2026-08-26T13:30:00Z"),
        ("PT1.30H", "2026-08-26T13:18:00Z"),
        ("1.30d", "2026-08-27T19:12:00Z"),
    ],
)
def test_fractions_that_can_be_no_minutes_are_read(text: str, expected: str) -> None:
    """Or that a standard defines."""
    assert expected == read(text)


@pytest.mark.parametrize("text", ["1712261000", "1809261200", "1701270830"])
def test_ten_digits_may_be_a_day_first(text: str) -> None:
    """17.12.26 10:00 is no second of 2024."""
    assert "ambiguous" == read(text, created=datetime(2022, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("text", ["2026-09-01_2027", "20260901_2027", "2026-09-01-2027", "2026-09-01 2027"])
def test_four_digits_after_a_date_may_be_another_year(text: str) -> None:
    assert "ambiguous" == read(text)


# -- words around a day -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lead",
    ["until ", "till ", "keep until ", "valid until ", "expires ", "expires on ", "expire at ", "delete on ",
     "delete-at-", "until-", "keep-until-", "delete_on_"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-01", "2026-09-01T22:00:00Z"),
        ("friday", "2026-08-28T22:00:00Z"),
        ("2026-09-01T19:00:00Z", "2026-09-01T19:00:00Z"),
        ("2d", "malformed"),
        ("-2d", "malformed"),
        ("never", "malformed"),
        ("until 2026-09-01", "malformed"),
        ("01/09/2026", "ambiguous"),
        ("06:00-11:00", "ambiguous"),
    ],
)
def test_a_word_that_says_when_it_ends_leaves_a_day_what_it_is(lead: str, text: str, expected: str) -> None:
    """But a duration would count from who knows when."""
    assert expected == read(lead + text)


@pytest.mark.parametrize(
    "text",
    [
        "not until friday",
        "until",
        "until ",
        "untilfriday",
        "before friday",
        "not before 2026-09-01",
        "delete after 12:00",
        "delete-after-06:00",
    ],
)
def test_other_words_before_a_day_may_turn_it_around(text: str) -> None:
    assert "malformed" == read(text)
