"""Declared regions are those of AWS."""

import pytest

from tagwarden.errors import BadInput
from tagwarden.model.account import AwsAccount, CloudAccount, CloudAccountSpec, SecretRef
from tagwarden.model.resource import ProviderName
from tagwarden.pipeline import Access, Declarations, open_provider
from tagwarden.providers.base import Provider

LOGIN = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}


def opened(*regions: str) -> Provider:
    aws = AwsAccount(account_id="123456789012", regions=regions, credentials_secret=SecretRef(name="login"))
    account = CloudAccount(name="aws-dev", spec=CloudAccountSpec(provider=ProviderName.AWS, aws=aws))
    return open_provider(account, Declarations(secrets={"login": LOGIN}), Access())


@pytest.mark.parametrize(
    ("regions", "said"),
    [
        (("eu-centrl-1",), r"spec\.aws\.regions\[0\]: unknown AWS region 'eu-centrl-1'; did you mean eu-central-1"),
        (("us-east-1", "us-east-9"), r"regions\[1\].*'us-east-9'; did you mean us-east-1 or us-east-2"),
        (("moon-base-1",), r"unknown AWS region 'moon-base-1'$"),
    ],
)
def test_a_region_that_does_not_exist_is_refused_with_those_that_were_meant(
    regions: tuple[str, ...], said: str
) -> None:
    """Collected, it would be a snapshot of nothing but failures."""
    with pytest.raises(BadInput, match=rf"^CloudAccount aws-dev: .*{said}"):
        opened(*regions)


@pytest.mark.parametrize("region", ["eu-central-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"])
def test_the_regions_of_every_partition_are_known(region: str) -> None:
    """China, governments and the sovereign cloud are partitions of their own."""
    opened(region)


def test_an_account_without_regions_asks_aws_for_them() -> None:
    """Nothing to check before that."""
    opened()
