"""The grammar beyond the reference page: limits, clocks, and values that try to break it."""

import re
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagwarden.model.policy import DateOrder
from tagwarden.model.reasons import Reason
from tagwarden.tagging import Never, Stated, Unreadable, end_of_day, instant_of, local_instant, parse_expiry, zones
from tagwarden.tagging.expiry import FORMS

CREATED = datetime(2026, 8, 26, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def read(text: str, zone: str = "UTC", created: datetime = CREATED) -> str:
    """Give the instant, `never`, or the reason."""
    said = parse_expiry(text, ZoneInfo(zone))
    found = instant_of(said, created) if isinstance(said, Stated) else said
    if isinstance(found, Unreadable):
        return found.reason
    return "never" if isinstance(found, Never) else f"{found:%Y-%m-%dT%H:%M:%SZ}"


def test_forms_have_names_of_their_own() -> None:
    """An answer names the form that read it."""
    names = [form.name for form in FORMS]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("zone", "text", "expected"),
    [
        ("America/New_York", "2026-03-08 02:30", "2026-03-08T07:30:00Z"),
        ("UTC", "2026-03-08 02:30 America/New_York", "2026-03-08T07:30:00Z"),
        ("UTC", "2026-11-01T01:30[America/New_York]", "2026-11-01T06:30:00Z"),
        ("UTC", "2011-12-30 12:00 Pacific/Apia", "2011-12-30T22:00:00Z"),
        ("UTC", "2011-12-29 Pacific/Apia", "2011-12-30T10:00:00Z"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01T06:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T15:15:00Z"),
        ("America/Havana", "2026-11-01", "2026-11-02T05:00:00Z"),
        ("America/Havana", "2026-10-31", "2026-11-01T05:00:00Z"),
        ("America/Havana", "2026-03-07", "2026-03-08T05:00:00Z"),
        ("Pacific/Apia", "2011-12-29", "2011-12-30T10:00:00Z"),
        ("Pacific/Kiritimati", "2026-09-01", "2026-09-01T10:00:00Z"),
        ("Asia/Kolkata", "2026-09-01 19:00", "2026-09-01T13:30:00Z"),
        ("Europe/Berlin", "2026-03-29 02:30 EST", "2026-03-29T07:30:00Z"),
    ],
)
def test_clocks_that_change_never_make_it_earlier(zone: str, text: str, expected: str) -> None:
    """Whether by an hour, half an hour, at midnight or by a day."""
    assert expected == read(text, zone)


@pytest.mark.parametrize(
    ("created", "text", "expected"),
    [
        ("2026-03-28T12:00:00Z", "24h", "2026-03-29T12:00:00Z"),
        ("2026-03-28T12:00:00Z", "1d", "2026-03-29T12:00:00Z"),
        ("2026-01-31T12:00:00Z", "1 month", "2026-02-28T12:00:00Z"),
        ("2028-02-29T12:00:00Z", "1 year", "2029-02-28T12:00:00Z"),
        ("2026-02-28T12:00:00Z", "1 month", "2026-03-28T12:00:00Z"),
        ("2026-03-28T12:00:00Z", "1 month 1 day", "2026-04-29T11:00:00Z"),
        ("2026-08-30T21:30:00Z", "today", "2026-08-30T22:00:00Z"),
        ("2026-08-30T22:30:00Z", "today", "2026-08-31T22:00:00Z"),
        ("2026-08-28T22:30:00Z", "friday", "2026-09-04T22:00:00Z"),
        ("2026-08-28T21:30:00Z", "friday", "2026-08-28T22:00:00Z"),
        ("2026-08-28T17:00:00Z", "fri 19:00", "2026-09-04T17:00:00Z"),
        ("2026-08-28T16:59:59Z", "fri 19:00", "2026-08-28T17:00:00Z"),
        ("2026-08-31T12:00:00Z", "next monday", "2026-09-07T22:00:00Z"),
        ("2026-08-30T12:00:00Z", "next monday", "2026-08-31T22:00:00Z"),
        ("2026-08-30T12:00:00Z", "end of week", "2026-08-30T22:00:00Z"),
        ("2026-12-30T12:00:00Z", "end of week", "2027-01-03T23:00:00Z"),
        ("2026-12-30T12:00:00Z", "end of month", "2026-12-31T23:00:00Z"),
        ("2026-12-30T12:00:00Z", "end of next month", "2027-01-31T23:00:00Z"),
        ("2026-12-30T12:00:00Z", "end of next year", "2027-12-31T23:00:00Z"),
        ("2026-08-26T12:00:00.000001Z", "2d", "2026-08-28T12:00:01Z"),
    ],
)
def test_words_and_durations_count_from_creation(created: str, text: str, expected: str) -> None:
    """In the zone of the policy."""
    assert expected == read(text, "Europe/Berlin", datetime.fromisoformat(created))


@pytest.mark.parametrize(
    "text",
    ["9999-12-31T23:59:59Z", "9999-12-31", "999999999y", "P999999999Y", "99999999999", "8000000000000000", "4000000 d",
     "9999-12-31T23:59:59-23:59", "2026-09-01T19:00:00+24:00", "2026-09-01T19:60", "2026-09-01T19:00:61Z",
     "2026-09-01T19:00:60Z", "2026-09-01T24:00:01Z", "1999-12-30", "1970-01-01T00:00:00Z", "0000000000", "1e400d",
     "1..5d", "1.5.5d", ".5d", "5.d", "d", "1", "d2", "1d2", "--2d", "+-2d", "2026--09-01", "2026-09-01-", "2026-09/01",
     "2026-09-01T", "T19:00", "2026-09-01TT19:00", "32 Sep 2026", "Sep 32, 2026", "31 Sep 2026", "1 Foo 2026",
     "next", "end of", "end of may", "friday friday", "friday 25:00", "last friday", "99:99", "-1", "-",
     "\u2013", "1/2/3",
     "2026-09-01T19:00:00[Europe/Belin]", "2026-09-01T19:00:00Z[Europe/Belin]",
     "2026-09-01 19:00 Europe/Berlin[Asia/Tokyo]", "friday 19:00+02:00[Europe/Berlin]", "2026-09-01 19:00 Europe/",
     "2026-09-01 19:00 /etc/passwd", "2026-09-01 19:00 etc/passwd", "2026-09-01T19:00[../../etc/passwd]",
     "2026-09-01 19:00 posixrules", "2026-09-01 19:00 right/UTC", "2026-09-01 19:00[Factory]", "Europe/Berlin",
     "19:00 Europe/Berlin Europe/Berlin", "2d Europe/Berlin", "1h1d", "1s1m", "2026-09-01 19:00-8", "fri 19:00-20:00",
     "2026-09-01 19:00 UTC+200", "2026-09-01 19:00 UTC+14:30",  "1 month 1 year", "1d1w",
     "P-2D", "-P2D", "PT", "P1S", "P1H", "PT1D", "P1W2DT", "true", "yes", "soon",
     "1.d", "1.5.d", "1h1.5.5d", "1d 2", "2 2d", "1.2.3"],
)  # fmt: skip
def test_what_cannot_be_is_malformed(text: str) -> None:
    """With a reason, and never a crash."""
    assert Reason.MalformedExpiry == read(text)


def test_every_time_zone_that_exists_can_be_named_in_a_value_and_in_a_label() -> None:
    """And is read as the one that it names; those of the sea with their sign turned around are ambiguous."""
    wall = datetime(2026, 9, 1, 19)
    for name in available_timezones():
        if "/" not in name:
            continue
        label = re.sub(r"[^A-Za-z0-9+-]", "_", name)
        expected = f"{local_instant(wall, ZoneInfo(name)):%Y-%m-%dT%H:%M:%SZ}"
        if re.fullmatch(r"Etc/GMT[+-][1-9][0-9]?", name):
            expected = Reason.AmbiguousExpiry

        assert [expected] * 4 == [
            read(f"2026-09-01 19:00 {name}"),
            read(f"2026-09-01T19:00[{name}]"),
            read(f"2026-09-01T19-00-00_{label}"),
            read(f"2026-09-01t190000-{label.lower().replace('_', '-')}"),
        ]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "etc/../passwd", "/etc/passwd", "europe//berlin", "a/b", "etc/passwd", "x" * 100]
)
def test_what_names_no_zone_is_never_looked_for_on_the_disk(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tag is written by whoever can write tags."""
    read("2026-09-01 19:00 Europe/Berlin")
    monkeypatch.setattr(zones, "ZoneInfo", None)

    for value in (f"2026-09-01 19:00 {name}", f"2026-09-01T19:00[{name}]", f"fri 19:00 {name}"):
        assert Reason.MalformedExpiry == read(value)


def test_the_message_tells_what_to_write() -> None:
    """A person reads it, on one line, and never ten thousand characters of it."""
    for text in ("soon", "May", "01/02/2026", "x" * 10_000, "\n\n", "-2d", "48", "2026-02-30"):
        said = parse_expiry(text, UTC)

        assert isinstance(said, Unreadable)
        assert len(said.message) < 300
        assert "\n" not in said.message


@pytest.mark.parametrize("order", [None, *DateOrder])
@given(day=st.dates(datetime(2000, 1, 2).date(), datetime(9998, 12, 30).date()))
@settings(max_examples=50, deadline=None)
def test_a_date_is_never_read_as_another(order: DateOrder | None, day: object) -> None:
    """Year first, whatever the order for other dates."""
    said = parse_expiry(f"{day:%Y-%m-%d}", BERLIN, order)

    assert isinstance(said, Stated)
    assert end_of_day(day, BERLIN) == instant_of(said, None)


@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/Havana", "Pacific/Apia"]),
)
def test_a_wall_clock_time_is_shown_by_the_clocks_or_skipped_by_them(wall: datetime, zone: str) -> None:
    """Then it is later by what was skipped, never earlier."""
    shown = local_instant(wall, ZoneInfo(zone)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)

    assert timedelta(0) <= shown - wall <= timedelta(days=1)


PIECES = st.sampled_from(
    ["2026", "-", "09", "/", "01", "T", " ", "19", ":", "00", "Z", "+02:00", "d", "h", "w", "2", "1.5", "P", "PT",
     "fri", "next", "end of", "week", "never", "sep", ".", ",", "pm", "EST", "IST", "\u200b", "\u00a0",
     "'", '"', "\uff11",
     "and"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["w", "d", "h", "min", "s"]), min_size=1, unique=True).flatmap(
        lambda units: st.tuples(*(st.tuples(st.integers(1, 999), st.just(unit)) for unit in units))
    ),
    st.sampled_from(["", " ", ", ", " and ", ", and ", "_"]),
    st.sampled_from(["", " ", "-", "_"]),
)
def test_a_duration_is_the_sum_of_all_its_parts(parts: tuple[tuple[int, str], ...], gap: str, inner: str) -> None:
    """None is passed over; from the largest to the smallest."""
    seconds = {"w": 604_800, "d": 86_400, "h": 3_600, "min": 60, "s": 1}
    parts = tuple(sorted(parts, key=lambda part: -seconds[part[1]]))
    said = parse_expiry(gap.join(f"{number}{inner}{unit}" for number, unit in parts), BERLIN)

    assert isinstance(said, Stated)
    assert CREATED + timedelta(seconds=sum(n * seconds[unit] for n, unit in parts)) == instant_of(said, CREATED)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=200) | st.lists(PIECES, max_size=20).map("".join), st.sampled_from([None, *DateOrder]))
def test_reading_never_crashes_and_always_says_the_same(text: str, order: DateOrder | None) -> None:
    """Whatever people write."""
    said = parse_expiry(text, BERLIN, order)

    assert said == parse_expiry(text, BERLIN, order)
    if isinstance(said, Stated):
        found = instant_of(said, CREATED)
        assert isinstance(found, Unreadable) or 2000 <= found.year <= 9998


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 10_000),
    st.sampled_from("wdhms"),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
)
def test_a_duration_is_later_than_creation(number: int, unit: str, created: datetime) -> None:
    """And never makes anything expired at birth."""
    said = parse_expiry(f"{number}{unit}", BERLIN)

    assert isinstance(said, Stated)
    found = instant_of(said, created)
    assert isinstance(found, datetime)
    assert found > created


@pytest.mark.parametrize(
    "unit",
    [
        "x",
        "1",
        "1.",
        "p1",
        "friday ",
        "2026-",
        " ",
        "1d",
        "1d ",
        "a,",
        "\u200b",
        "\ufdfa",
        "19:00 ",
        "\u0662",
        "19:00 europe/",
        "19:00[europe",
        "2026-09-01 a_",
        "1y1mo1w1d1h1m1s",
        "1-d-",
        "19:00+02:00 (a ",
        "19:00 [a",
        "fri 09-",
        "a +1 ",
        "-a",
    ],
)
def test_a_long_value_answers_at_once(unit: str) -> None:
    """Ten thousand characters, and the longest that are read: the processor's time, once undisturbed by other work."""

    def spent(text: str) -> float:
        begin = time.process_time()
        parse_expiry(text, BERLIN)
        return time.process_time() - begin

    for length in (10_000, 128):
        text = (unit * length)[:length]
        assert any(spent(text) < 0.001 for _ in range(500))
