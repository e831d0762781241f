"""What Google's refusals say, and what they do not."""

import pytest

from tagwarden.errors import NotFound, UnknownError
from tagwarden.providers.gcp.faults import fault_of

GOOGLES = b'{"error": {"code": 404, "message": "The resource was not found", "status": "NOT_FOUND"}}'


def test_a_resource_is_gone_when_google_says_so() -> None:
    """In the JSON of its errors."""
    assert isinstance(fault_of(404, GOOGLES, "compute.disks.get"), NotFound)


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("body", [b"", b"<html>no such page</html>", b"{}", b'{"message": "no route"}'])
def test_a_page_that_is_missing_is_no_resource_that_is_gone(status: int, body: bytes) -> None:
    """S3: a proxy says so, or there is no API under the path: its parent would not protect any more."""
    assert isinstance(fault_of(status, body, "compute.disks.get"), UnknownError)
