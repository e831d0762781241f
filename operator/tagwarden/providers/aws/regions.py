"""All regions, the regions to list, and the excluded ones."""

from collections.abc import Collection
from functools import cache

from botocore.session import Session
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from tagwarden.errors import InvalidField, ProviderError
from tagwarden.model.account import AwsAccount
from tagwarden.model.snapshot import ANY_REGION
from tagwarden.providers.aws.calls import Calls

_SUGGESTIONS = 3
_MOST_EDITS = 2


def check_regions(spec: AwsAccount) -> None:
    """Raise InvalidField with the first declared region that does not exist, and similar existing regions.

    Every call to such a region would fail as in an outage: no resource is found there, and every deletion with possible
    users there is withheld forever.
    """
    for place, region in enumerate(spec.regions):
        if region not in known_regions():
            close = process.extract(
                region,
                sorted(known_regions()),
                scorer=DamerauLevenshtein.distance,
                score_cutoff=_MOST_EDITS,
                limit=_SUGGESTIONS,
            )
            meant = f"; did you mean {' or '.join(name for name, *_ in close)}?" if close else ""
            raise InvalidField(f"spec.aws.regions[{place}]", f"unknown AWS region {region!r}{meant}")


def regions_of(spec: AwsAccount, calls: Calls) -> tuple[str, ...]:
    """Give the declared regions, else every enabled region of the account, sorted.

    Raises the `ProviderError` of `ec2:DescribeRegions`.
    """
    return tuple(sorted(set(spec.regions))) if spec.regions else _enabled(calls)


def unlisted_regions(regions: Collection[str], calls: Calls) -> tuple[str, ...]:
    """Give the other enabled regions, sorted; `ANY_REGION` if the enabled regions are unknown."""
    try:
        return tuple(region for region in _enabled(calls) if region not in regions)
    except ProviderError:
        return (ANY_REGION,)


def _enabled(calls: Calls) -> tuple[str, ...]:
    """Get the regions from AWS, without regions that the account has not enabled."""
    answer = calls.call("ec2", calls.clients.home_region, "DescribeRegions", {"AllRegions": False})
    return tuple(sorted(region["RegionName"] for region in answer["Regions"]))


@cache
def known_regions() -> frozenset[str]:
    """Give every region of every partition in botocore's endpoint data."""
    session = Session()
    partitions = session.get_available_partitions()
    return frozenset(region for each in partitions for region in session.get_available_regions("ec2", each))
