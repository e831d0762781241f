"""Functions of paths that read AWS's own names."""

import pytest

from tagwarden.providers.aws.paths import compile_path

KEY = "arn:aws:kms:eu-central-1:123456789012:key/k"


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"Arn": KEY, "Regions": ["eu-west-1", "eu-central-1"]}, ["arn:aws:kms:eu-west-1:123456789012:key/k"]),
        ({"Arn": KEY}, []),
        ({"Arn": "k", "Regions": ["eu-west-1"]}, []),
        ({}, []),
    ],
)
def test_an_arn_is_given_in_other_regions(item: dict[str, object], expected: list[str]) -> None:
    """Not in its own."""
    assert expected == compile_path("in_regions(Arn, Regions)")(item)


def test_a_trust_policy_names_principals_that_are_not_collected() -> None:
    """Services whose resources are all collected are not among them."""
    trusted = {"Service": ["ec2.amazonaws.com", "transfer.amazonaws.com"]}
    trust = {"Statement": [{"Effect": "Allow", "Principal": trusted}]}

    assert compile_path("unseen(Trust, Arn)")({"Trust": trust}) == "transfer.amazonaws.com"
