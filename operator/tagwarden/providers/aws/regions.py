"""Which regions to look into."""

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
