"""Kinds that no catalogue describes are irreplaceable by their category (S19)."""

import pytest

from tagwarden.judging.irreplaceable import by_category, never_backed_up
from tagwarden.model.resource import ProviderName
from tests.support.builders import a_resource


@pytest.mark.parametrize(
    ("provider", "category", "expected"),
    [
        (ProviderName.AWS, "bucket", True),
        (ProviderName.AWS, "certificate", True),
        (ProviderName.AWS, "instance", False),
        (ProviderName.GCP, "database", True),
        (ProviderName.KUBERNETES, "volume", True),
        (ProviderName.KUBERNETES, "certificate", False),
    ],
)
def test_s19_the_category_tells_whether_it_can_be_made_again(
    provider: ProviderName, category: str, expected: bool
) -> None:
    """S19: a cluster issues certificates again."""
    assert expected is by_category(provider, "unknown", category)


def test_s19_nothing_is_taken_for_backed_up() -> None:
    """S19: until a catalogue says that its vendor can."""
    assert not never_backed_up(a_resource())
