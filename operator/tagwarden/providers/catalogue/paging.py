"""Follows the page tokens of a listing to the end, and refuses a listing without an end."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from tagwarden.errors import ServerFault

MOST_PAGES = 20_000
"""More pages than any listing has: vendors have been seen to return tokens for ever."""

_Page = TypeVar("_Page")
_Token = TypeVar("_Token")


def follow_pages(
    fetch: Callable[[_Token | None], _Page], next_token: Callable[[_Page], _Token | None], operation: str, vendor: str
) -> Iterator[_Page]:
    """Give each page of a listing, the first page without a token.

    `next_token` gives None for the last page, and raises `ServerFault` where the listing continues without a token.
    Raises `ServerFault` for a repeated token, and for more than `MOST_PAGES`: the listing would be incomplete (S3).
    """
    token: _Token | None = None
    passed: set[str] = set()
    for _ in range(MOST_PAGES):
        page = fetch(token)
        yield page
        token = next_token(page)
        if token is None:
            return
        if repr(token) in passed:
            raise ServerFault(f"{vendor} returned the same page token twice", operation=operation)
        passed.add(repr(token))
    raise ServerFault(f"{vendor} returned more than {MOST_PAGES} pages", operation=operation)
