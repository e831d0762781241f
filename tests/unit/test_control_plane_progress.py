"""What a person reads while the control plane is built, which takes minutes."""

import pytest

from tests.support.control_plane_programs import PACKAGES, describe_progress


@pytest.mark.parametrize(
    ("packages", "seconds", "text"),
    [
        (0, 20, "downloading the Go modules of Kubernetes"),
        (120, 10, "compiled 120 of about 2,600 packages"),
        (650, 60, "compiled 650 of about 2,600 packages; about 3 min left"),
        (2_500, 280, "compiled 2,500 of about 2,600 packages; about 1 min left"),
        (PACKAGES + 40, 300, "compiled 2,600 of about 2,600 packages; linking, less than two minutes left"),
    ],
)
def test_progress_holds_an_estimate(packages: int, seconds: float, text: str) -> None:
    """None before there is enough to estimate from, and never more packages than there are."""
    assert text == describe_progress(packages, seconds)
