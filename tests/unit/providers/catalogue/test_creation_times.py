"""Creation times come in several forms; none that cannot be read becomes a date."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tagwarden.providers.catalogue.creation_times import TimeForm, parse_created

CREATED = datetime(2026, 9, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("2026-09-01T10:00:00Z", TimeForm.TIME),
        ("2026-09-01T03:00:00.000-07:00", TimeForm.TIME),
        ("2026-09-01T10:00:00", TimeForm.TIME),
        (datetime(2026, 9, 1, 12, tzinfo=timezone(timedelta(hours=2))), TimeForm.TIME),
        (CREATED.timestamp(), TimeForm.SECONDS),
        ("1788256800", TimeForm.SECONDS),
        (1788256800000, TimeForm.MILLISECONDS),
        ("1788256800000", TimeForm.MILLISECONDS),
    ],
)
def test_each_form_gives_the_instant_in_utc(value: object, form: TimeForm) -> None:
    """Without an offset it is UTC."""
    found = parse_created(value, form)

    assert found == CREATED
    assert found.tzinfo is UTC


@pytest.mark.parametrize("value", [None, "", "yesterday", [], "9" * 40])
@pytest.mark.parametrize("form", TimeForm)
def test_an_invalid_time_is_unknown(value: object, form: TimeForm) -> None:
    """Unknown is never old."""
    assert parse_created(value, form) is None
