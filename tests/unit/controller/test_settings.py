"""Settings with which the operator could not work are refused at its start."""

import pytest
from pydantic import ValidationError

from tagwarden.settings import Settings


@pytest.mark.parametrize(("seconds", "margin"), [("30", "30"), ("30", "21"), ("6", "10")])
def test_a_margin_that_leaves_no_time_to_lead_is_refused(
    monkeypatch: pytest.MonkeyPatch, seconds: str, margin: str
) -> None:
    """S11: with a margin as long as the Lease nobody led, and nothing said so."""
    monkeypatch.setenv("TAGWARDEN_LEASE_SECONDS", seconds)
    monkeypatch.setenv("TAGWARDEN_LEASE_MARGIN_SECONDS", margin)

    with pytest.raises(ValidationError, match="at most two thirds of TAGWARDEN_LEASE_SECONDS"):
        Settings()


def test_an_endpoint_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pass could work with it."""
    monkeypatch.setenv("TAGWARDEN_ALLOWED_ENDPOINTS", "localhost:4566")

    with pytest.raises(ValidationError, match="write https://HOST"):
        Settings()
