"""Kinds that no catalogue describes are irreplaceable by their category (S19)."""

import pytest

from tagwarden.judging.irreplaceable import by_category, never_backed_up
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Manager, ProviderName
from tagwarden.model.verdict import Verdict
from tests.support.builders import a_policy, a_resource
from tests.support.evaluation import judged, reasons, seen_before


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


@pytest.mark.parametrize(
    ("manager", "is_spared"),
    [
        (Manager("aws_ec2_instance", "i-1", "arn:aws:ec2:eu-central-1:123456789012:instance/i-1"), False),
        (Manager("aws_autoscaling_group", "web", "arn:aws:autoscaling:eu-central-1:123456789012:group/web"), True),
        (None, True),
    ],
)
def test_s19_what_is_made_by_another_is_spared_unless_it_dies_with_it(manager: Manager | None, is_spared: bool) -> None:
    """S19: a volume with delete-on-termination is a part of its instance, and who launched that named its end."""
    volume = a_resource(kind="aws_ec2_volume", category="volume", id="vol-1", manager=manager)

    found = judged(volume, policy=a_policy(), history=seen_before(Reason.Untagged))

    assert found is not None
    assert is_spared is (Reason.Irreplaceable in reasons(found))
    assert Verdict.DELETE is not found.verdict
