"""Which endpoints accounts may name."""

import pytest

from tagwarden.errors import BadInput, EndpointNotAllowed
from tagwarden.model.account import CloudAccount
from tagwarden.providers.endpoints import check_endpoint, read_endpoints
from tests.support.builders import an_account


def named(url: str | None, *, secret: bool = True) -> CloudAccount:
    """Give an account that names an endpoint, with credentials of its own or with ambient ones."""
    credentials = {"credentialsSecret": {"name": "keys"}} if secret else {}
    endpoint = {"endpointURL": url} if url else {}
    return an_account(aws={"accountID": "123456789012", **endpoint, **credentials})


@pytest.mark.parametrize(
    ("allowed", "url"),
    [
        ("https://localhost:4566", "https://localhost:4566"),
        ("https://localhost:4566", "https://LOCALHOST:4566/path"),
        ("https://aws.example.com", "https://aws.example.com:443"),
        ("http://127.0.0.1:*", "http://127.0.0.1:31337"),
        ("https://other.example.com, https://*.vpce.amazonaws.com", "https://vpce-1.vpce.amazonaws.com"),
    ],
)
def test_a_listed_endpoint_is_allowed(allowed: str, url: str) -> None:
    """Scheme, host and port count; the path does not."""
    check_endpoint(named(url), read_endpoints(allowed))


@pytest.mark.parametrize(
    ("allowed", "url"),
    [
        ("", "https://localhost:4566"),
        ("https://localhost:4566", "http://localhost:4566"),
        ("https://localhost", "https://localhost:4566"),
        ("https://*.vpce.amazonaws.com", "https://evil.example.com/x.vpce.amazonaws.com"),
        ("https://*.vpce.amazonaws.com", "https://x.vpce.amazonaws.com@evil.example.com"),
        ("https://*.vpce.amazonaws.com", "https://evil.example.com#.vpce.amazonaws.com"),
        ("https://localhost", "https://localhost.evil.example.com"),
        ("https://localhost", "https://localhost:99999"),
    ],
)
def test_any_other_endpoint_is_refused(allowed: str, url: str) -> None:
    """Whoever writes accounts cannot choose who answers the check of the identity."""
    with pytest.raises(EndpointNotAllowed, match="TAGWARDEN_ALLOWED_ENDPOINTS"):
        check_endpoint(named(url), read_endpoints(allowed))


def test_ambient_credentials_go_only_to_a_host_that_is_written_in_full() -> None:
    """They are the operator's own."""
    wide, narrow = read_endpoints("https://*.example.com"), read_endpoints("https://aws.example.com")

    check_endpoint(named("https://aws.example.com", secret=False), narrow)
    with pytest.raises(EndpointNotAllowed, match="ambient credentials are not sent"):
        check_endpoint(named("https://aws.example.com", secret=False), wide)


def test_an_account_without_an_endpoint_needs_no_setting() -> None:
    """The vendor's own endpoints are always allowed."""
    check_endpoint(named(None, secret=False), ())


def test_a_refusal_shows_no_login_of_the_url() -> None:
    """What is refused ends in logs and in the status."""
    with pytest.raises(EndpointNotAllowed) as raised:
        check_endpoint(named("https://user:hunter2@evil.example.com"), ())

    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("text", ["localhost:4566", "https://", "https://host:port", "ftp://host", "https://a b"])
def test_a_setting_that_is_no_endpoint_is_refused(text: str) -> None:
    """A typing error would allow nothing, or something else."""
    with pytest.raises(BadInput, match="write https://HOST"):
        read_endpoints(text)
