"""Values that look like one thing and could be another: what is in doubt is never read."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest

from tagwarden.model.policy import DateOrder
from tagwarden.model.reasons import Reason
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
     "Tue Sep 01 2026 19:00:00 GMT+0200 (CEST)", "Tue Sep 01 2026 17:00:00 GMT+0000 (Coordinated Universal Time)",
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
