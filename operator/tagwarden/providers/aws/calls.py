"""Calling AWS: one call, or all pages of a listing; every failure becomes one of our errors."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore import xform_name
from botocore.parsers import ResponseParserError

from tagwarden.errors import ServerFault
from tagwarden.model.resource import ProviderName
from tagwarden.providers.aws.clients import TOKENS, Clients
from tagwarden.providers.aws.errors import ours
from tagwarden.providers.aws.genuine import is_read
from tagwarden.providers.aws.paths import compile_path
from tagwarden.providers.base import Receipt
from tagwarden.providers.catalogue.paging import follow_pages

SAYS_MORE = re.compile(r"(?:Is)?Truncated|HasMore\w*")
"""Members of a response that mark it as incomplete; botocore's data do not name them for every operation."""

_Token = tuple[Any, ...]
"""One value for each member of a page token; most operations have one."""


class Calls:
    """All calls of an account; shared by threads."""

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

        def fetch(token: _Token | None) -> dict[str, Any]:
            more = {name: part for name, part in zip(takes, token, strict=True) if part} if token else {}
            return self.call(service, region, operation, {**asked, **more})

        def next_token(page: Mapping[str, Any]) -> _Token | None:
            token = tuple(compile_path(name)(page) for name in gives)
            more = says_more(page, paging.get("more_results", ""))
            if more and not any(token):
                raise _cut_short(service, operation)
            return token if any(token) and more is not False else None

        yield from follow_pages(fetch, next_token, f"{service}:{operation}", ProviderName.AWS)


def says_more(page: Mapping[str, Any], path: str = "") -> bool | None:
    """Whether a response is incomplete, by its own members or the member at `path`; None if no member tells."""
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
