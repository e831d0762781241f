"""A listing is followed to its end, and an endless one is refused (S3)."""

from collections.abc import Iterator

import pytest

from tagwarden.errors import ServerFault
from tagwarden.providers.catalogue import paging
from tagwarden.providers.catalogue.paging import follow_pages

Page = dict[str, str]


def listed(pages: dict[str | None, Page]) -> Iterator[Page]:
    """Follow pages that are kept by the token that asks for them."""
    return follow_pages(pages.__getitem__, lambda page: page.get("next"), "compute:List", "Cloud")


def test_pages_are_followed_in_their_order() -> None:
    """The first page is asked for without a token, and a page without one is the last."""
    assert [{"next": "b"}, {"next": "c"}, {}] == list(listed({None: {"next": "b"}, "b": {"next": "c"}, "c": {}}))


def test_a_token_that_returns_is_refused() -> None:
    """Two pages that point at each other never end."""
    with pytest.raises(ServerFault, match="Cloud returned the same page token twice") as caught:
        list(listed({None: {"next": "b"}, "b": {"next": "c"}, "c": {"next": "b"}}))

    assert caught.value.operation == "compute:List"


def test_a_listing_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though each of its tokens is new."""
    monkeypatch.setattr(paging, "MOST_PAGES", 3)

    with pytest.raises(ServerFault, match="Cloud returned more than 3 pages"):
        list(follow_pages(lambda token: (token or 0) + 1, lambda page: page, "compute:List", "Cloud"))
