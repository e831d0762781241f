"""How long a resource may live, across weeks and changes of clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagwarden.model.policy import Lifetime, Weekday, WeeklyCutoff
from tagwarden.tagging import LATEST, LifetimeLimit, allowed_until, shortened, weekly_cutoff

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY_EVENING = WeeklyCutoff(weekday=Weekday.FRIDAY, time="19:00")
TWO_DAYS_OR_FRIDAY = Lifetime(max=timedelta(hours=48), weekly_cutoff=FRIDAY_EVENING)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("created", "cutoff"),
    [
        ("2026-08-24T00:00:00+02:00", "2026-08-28T19:00:00+02:00"),
        ("2026-08-28T18:59:59+02:00", "2026-08-28T19:00:00+02:00"),
        ("2026-08-28T19:00:00+02:00", "2026-09-04T19:00:00+02:00"),
        ("2026-08-29T12:00:00+02:00", "2026-09-04T19:00:00+02:00"),
        ("2026-08-30T23:59:59+02:00", "2026-09-04T19:00:00+02:00"),
        ("2026-10-24T12:00:00+02:00", "2026-10-30T19:00:00+01:00"),
        ("2026-03-28T12:00:00+01:00", "2026-04-03T19:00:00+02:00"),
        ("2026-12-31T12:00:00+01:00", "2027-01-01T19:00:00+01:00"),
    ],
)
def test_the_cut_off_is_the_first_after_creation(created: str, cutoff: str) -> None:
    """In the zone of the policy, in summer and winter."""
    assert at(cutoff) == weekly_cutoff(at(created), FRIDAY_EVENING, BERLIN)


@pytest.mark.parametrize(
    ("weekday", "time", "created", "cutoff"),
    [
        (Weekday.SUNDAY, "02:30", "2026-03-27T12:00:00+00:00", "2026-03-29T01:30:00+00:00"),
        (Weekday.SUNDAY, "02:30", "2026-10-23T12:00:00+00:00", "2026-10-25T01:30:00+00:00"),
        (Weekday.SUNDAY, "02:30", "2026-10-25T01:00:00+00:00", "2026-10-25T01:30:00+00:00"),
        (Weekday.MONDAY, "00:00", "2026-08-30T21:59:59+00:00", "2026-08-30T22:00:00+00:00"),
        (Weekday.MONDAY, "00:00", "2026-08-30T22:00:00+00:00", "2026-09-06T22:00:00+00:00"),
    ],
)
def test_a_cut_off_may_fall_where_clocks_change(weekday: Weekday, time: str, created: str, cutoff: str) -> None:
    """A skipped time counts as if clocks had not changed; of a time that comes twice the later one holds."""
    assert at(cutoff) == weekly_cutoff(at(created), WeeklyCutoff(weekday=weekday, time=time), BERLIN)


@pytest.mark.parametrize(
    ("created", "allowed"),
    [
        ("2026-08-24T08:00:00+02:00", "2026-08-26T08:00:00+02:00"),
        ("2026-08-26T18:59:59+02:00", "2026-08-28T18:59:59+02:00"),
        ("2026-08-26T19:00:01+02:00", "2026-08-28T19:00:00+02:00"),
        ("2026-08-28T20:00:00+02:00", "2026-08-30T20:00:00+02:00"),
        ("2026-10-24T12:00:00+02:00", "2026-10-26T11:00:00+01:00"),
        ("2026-08-24T08:00:00.25+02:00", "2026-08-26T08:00:01+02:00"),
    ],
)
def test_the_earlier_of_both_maxima_holds(created: str, allowed: str) -> None:
    """Hours pass whatever clocks do; what is allowed is a whole second, as tags hold it."""
    assert at(allowed) == allowed_until(at(created), TWO_DAYS_OR_FRIDAY, BERLIN)


def test_without_a_maximum_everything_is_allowed() -> None:
    """The policy does not say how long."""
    assert allowed_until(at("2026-08-24T08:00:00Z"), Lifetime(), BERLIN) is None


def test_a_lifetime_beyond_the_calendar_ends_with_it() -> None:
    """Ten thousand years are no crash."""
    lifetime = Lifetime(max=timedelta(days=999_999))

    assert LATEST == allowed_until(at("9998-08-24T08:00:00Z"), lifetime, BERLIN)


@settings(max_examples=200, deadline=None)
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([*Weekday]),
    st.times(),
    st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kolkata", "Australia/Lord_Howe"]
    ),
)
def test_what_is_remembered_is_what_is_calculated(created: datetime, weekday: Weekday, time: object, zone: str) -> None:
    """And the cut-off is after creation, within eight days."""
    cutoff = WeeklyCutoff(weekday=weekday, time=f"{time:%H:%M}")
    lifetime = Lifetime(weekly_cutoff=cutoff, max=timedelta(days=5))
    limit = LifetimeLimit(lifetime, ZoneInfo(zone))
    limit.allowed_until(created.replace(hour=0, minute=0, second=0, microsecond=0))

    assert allowed_until(created, lifetime, ZoneInfo(zone)) == limit.allowed_until(created)
    assert timedelta(0) < weekly_cutoff(created, cutoff, ZoneInfo(zone)) - created < timedelta(days=8)


@pytest.mark.parametrize(
    ("created", "default", "expected"),
    [
        ("2026-08-24T08:00:00Z", None, "2026-08-26T08:00:00Z"),
        ("2026-08-24T08:00:00Z", timedelta(hours=24), "2026-08-25T08:00:00Z"),
        ("2026-08-28T08:00:00Z", timedelta(hours=24), "2026-08-28T17:00:00Z"),
    ],
)
def test_the_default_never_lies_beyond_the_maximum(created: str, default: timedelta | None, expected: str) -> None:
    """And is the maximum where there is none."""
    lifetime = Lifetime(max=timedelta(hours=48), weekly_cutoff=FRIDAY_EVENING, default=default)

    assert at(expected) == LifetimeLimit(lifetime, BERLIN).default_until(at(created))


def test_what_is_within_the_maximum_is_not_shortened() -> None:
    """On the last second neither."""
    allowed = at("2026-09-01T19:00:00Z")

    assert shortened(allowed, allowed, at("2026-08-01T00:00:00Z")) is None


def test_an_expiry_beyond_the_maximum_becomes_the_maximum() -> None:
    """Never becomes it too."""
    allowed, early = at("2026-09-01T19:00:00Z"), at("2026-08-01T00:00:00Z")

    assert allowed == shortened(at("2026-09-01T19:00:01Z"), allowed, early)
    assert allowed == shortened(None, allowed, early)


def test_shortening_leaves_time_to_look() -> None:
    """It writes nothing earlier than now and the grace, and nothing where that gains nothing."""
    allowed, earliest = at("2026-09-01T19:00:00Z"), at("2026-09-03T00:00:00Z")

    assert earliest == shortened(at("2026-09-04T00:00:00Z"), allowed, earliest)
    assert shortened(at("2026-09-02T00:00:00Z"), allowed, earliest) is None


@given(
    st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)
def test_shortening_twice_is_shortening_once(expires: datetime | None, allowed: datetime, earliest: datetime) -> None:
    """And never makes anything live longer."""
    once = shortened(expires, allowed, earliest)
    if once is not None:
        assert earliest <= once
        assert expires is None or once < expires
        assert shortened(once, allowed, earliest) is None
