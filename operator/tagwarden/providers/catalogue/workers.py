"""Runs calls for single resources concurrently, and divides resources into batches."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tagwarden.errors import ProviderError

WORKERS = 16
"""Concurrent calls for single resources, over all regions."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Workers:
    """Runs calls for single resources concurrently, in threads that never wait for further calls."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="provider-call")

    def each(
        self, function: Callable[[_Item], _Result], items: Iterable[_Item]
    ) -> list[tuple[_Item, _Result | ProviderError]]:
        """Give each item with the result or the error of the function, in the order of the items."""

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
    """Give the items in groups of at most that size, in order."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
