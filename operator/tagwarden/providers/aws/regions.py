"""Which regions there are, and which to look into."""

from functools import cache

from botocore.session import Session

from tagwarden.model.account import AwsAccount
from tagwarden.providers.aws.calls import Calls


def regions_of(spec: AwsAccount, calls: Calls) -> tuple[str, ...]:
    """Give the declared regions, else every one that is enabled for the account, sorted.

    Raises the `ProviderError` of `ec2:DescribeRegions`, whose answer leaves out what the account has not opted into.
    """
    if spec.regions:
        return tuple(sorted(set(spec.regions)))
    answer = calls.call("ec2", calls.clients.home_region, "DescribeRegions", {"AllRegions": False})
    return tuple(sorted(region["RegionName"] for region in answer["Regions"]))


@cache
def known_regions() -> frozenset[str]:
    """Give every region of every partition that botocore's list of endpoints knows."""
    session = Session()
    partitions = session.get_available_partitions()
    return frozenset(region for each in partitions for region in session.get_available_regions("ec2", each))
