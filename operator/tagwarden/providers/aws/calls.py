"""Calling AWS: one call, all pages of a listing, or many calls at once; every failure becomes one of our errors."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from botocore import xform_name
from botocore.parsers import ResponseParserError

from tagwarden.errors import ProviderError, ServerFault
from tagwarden.providers.aws.clients import TOKENS, Clients
from tagwarden.providers.aws.errors import ours
from tagwarden.providers.aws.genuine import is_read
from tagwarden.providers.aws.paths import compile_path
from tagwarden.providers.base import Receipt

MOST_PAGES = 20_000
"""More pages than any listing has: AWS has been seen to return tokens for ever."""
SAYS_MORE = re.compile(r"(?:Is)?Truncated|HasMore\w*")
"""Members of a response that mark it as incomplete; botocore's data do not name them for every operation."""
WORKERS = 16
"""Concurrent calls for single resources, over all regions."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Calls:
    """All calls of one account; shared by threads."""

    def __init__(self, clients: Clients) -> None:
        self.clients = clients

    def call(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation; botocore retries retryable errors, but not responses that are not from AWS.

        A read is then repeated once, since a proxy's error page is usually temporary.
        """
        with ours(f"{service}:{operation}"):
            ask: Callable[..., dict[str, Any]] = getattr(self.clients.client(service, region), xform_name(operation))
            try:
                return ask(**params)
            except ResponseParserError:
                if not is_read(operation):
                    raise
                return ask(**params)

    def pages(
        self, service: str, region: str, operation: str, params: Mapping[str, Any], page_size: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Give each page of a listing; raise `ServerFault` for a repeated or missing token, or endless pages."""
        paging = self.clients.pagination(service, operation)
        if paging is None:
            page = self.call(service, region, operation, params)
            yield page
            if says_more(page) or any(page.get(token) for token in TOKENS):
                raise _cut_short(service, operation)
            return
        takes, gives = _names(paging["input_token"]), _names(paging["output_token"])
        asked = dict(params)
        if page_size:
            limit = paging["limit_key"]
            asked[limit] = str(page_size) if self.clients.takes_text(service, region, operation, limit) else page_size
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            page = self.call(service, region, operation, asked)
            tokens = tuple(compile_path(name)(page) for name in gives)
            yield page
            more = says_more(page, paging.get("more_results", ""))
            if not any(tokens):
                if more:
                    raise _cut_short(service, operation)
                return
            if more is False:
                return
            if repr(tokens) in seen:
                raise ServerFault("AWS returned the same page token twice", operation=f"{service}:{operation}")
            seen.add(repr(tokens))
            asked.update({name: token for name, token in zip(takes, tokens, strict=True) if token})
        raise ServerFault(f"AWS returned more than {MOST_PAGES} pages", operation=f"{service}:{operation}")


def says_more(page: Mapping[str, Any], path: str = "") -> bool | None:
    """Whether a response is incomplete, by its own members or the one at `path`; None: no member tells."""
    told = [bool(value) for name, value in page.items() if SAYS_MORE.fullmatch(name)]
    if path and (value := compile_path(path)(page)) is not None:
        told.append(bool(value))
    return any(told) if told else None


def _cut_short(service: str, operation: str) -> ServerFault:
    return ServerFault("the listing is incomplete and AWS returned no page token", operation=f"{service}:{operation}")


def receipt_of(answer: Mapping[str, Any]) -> Receipt:
    """Give the request id of a response, the same as in CloudTrail."""
    return Receipt(str(answer.get("ResponseMetadata", {}).get("RequestId", "")))


def _names(found: str | list[str]) -> list[str]:
    return [found] if isinstance(found, str) else list(found)


class Workers:
    """Runs calls for single resources concurrently; its own threads never wait for them."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="aws-call")

    def each(
        self, function: Callable[[_Item], _Result], items: Iterable[_Item]
    ) -> list[tuple[_Item, _Result | ProviderError]]:
        """Give each item with the result of the function, or with the error it raised, in the order of the items."""

        def attempt(item: _Item) -> _Result | ProviderError:
            try:
                return function(item)
            except ProviderError as error:
                return error

        asked = list(items)
        if len(asked) == 1:
            return [(asked[0], attempt(asked[0]))]
        return list(zip(asked, self._pool.map(attempt, asked), strict=True))

    def close(self) -> None:
        """Stop the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def batches(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    """Give the items in groups of at most that size, in their order."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
