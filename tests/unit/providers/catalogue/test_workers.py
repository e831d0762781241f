"""Calls for single resources run at the same time; an error is the result of one of them."""

from collections.abc import Iterator

import pytest

from tagwarden.errors import NotFound, ProviderError
from tagwarden.providers.catalogue.workers import Workers, batches


@pytest.fixture
def workers() -> Iterator[Workers]:
    running = Workers()
    yield running
    running.close()


def halved(number: int) -> int:
    """Refuse odd numbers as a vendor refuses."""
    if number % 2:
        raise NotFound(f"{number} is odd")
    return number // 2


@pytest.mark.parametrize("numbers", [[], [4], [3], [8, 3, 6, 1]])
def test_results_and_errors_keep_the_order_of_the_items(workers: Workers, numbers: list[int]) -> None:
    """No error stops the others."""
    found = workers.each(halved, iter(numbers))

    assert numbers == [number for number, _ in found]
    assert [isinstance(result, ProviderError) for _, result in found] == [number % 2 == 1 for number in numbers]


def test_an_error_that_no_vendor_raises_stops_all(workers: Workers) -> None:
    """It is a fault of ours."""
    with pytest.raises(ZeroDivisionError):
        workers.each(lambda number: 1 // number, [1, 0, 2])


def test_batches_hold_at_most_their_size() -> None:
    """In the order of the items."""
    assert [[1, 2], [3, 4], [5]] == list(batches([1, 2, 3, 4, 5], 2))
