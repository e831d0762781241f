"""Tags of many resources from a single call of the Resource Groups Tagging API.

That API has only resources that were ever tagged, and lags behind the services. So a response only proves the presence
of tags, never the absence: an omitted ARN, or an ARN without tags, is read separately, and a resource is always read
again from the service before any action (S1, S5).
"""

import re
from collections.abc import Mapping, Sequence

from tagwarden.errors import ProviderError
from tagwarden.model.tags import Tags
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.normalising import Draft
from tagwarden.providers.aws.row import PAIRS, Call
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.tag_forms import tags_in

WORTH_ASKING = 6
"""Minimum number of resources for which a common call costs less than individual calls."""
PAGE_SIZE = 100

INDEX = Call("GetResources", service="resourcegroupstaggingapi")

_ARN = re.compile(r"arn:[^:]+:(?P<service>[^:]+):[^:]*:[^:]*:(?:(?P<type>[^:/]+)[:/])?.+")


class TagIndex:
    """The indexed tags of a kind; each region is queried once, when first worthwhile."""

    def __init__(self, home: str, calls: Calls, shared: Shared) -> None:
        self._home = home
        self._calls = calls
        self._shared = shared
        self._told: dict[tuple[str, str], Mapping[str, Tags]] = {}

    def of(self, drafts: Sequence[Draft]) -> dict[str, Tags]:
        """Give the known tags of tagged resources, by uid."""
        asked: dict[tuple[str, str], list[str]] = {}
        for draft in drafts:
            asked.setdefault((draft.region or self._home, type_of(draft.uid)), []).append(draft.uid)
        found: dict[str, Tags] = {}
        for (region, type_), uids in asked.items():
            if type_ and ((region, type_) in self._told or len(uids) >= WORTH_ASKING):
                told = self._of_type(region, type_)
                found.update((uid, told[uid]) for uid in uids if uid in told)
        return found

    def _of_type(self, region: str, type_: str) -> Mapping[str, Tags]:
        told = self._told.get((region, type_))
        if told is None:
            told = self._told[region, type_] = dict(self._listed(region, type_))
        return told

    def _listed(self, region: str, type_: str) -> list[tuple[str, Tags]]:
        params = {"ResourceTypeFilters": [type_], "ResourcesPerPage": PAGE_SIZE}
        try:
            pages = list(self._calls.pages(INDEX.service, region, INDEX.operation, params))
        except ProviderError:
            return []  # denied, or an unknown type: each resource is read individually
        return [
            (one["ResourceARN"], self._shared.tags(tags_in(one["Tags"], PAIRS)))
            for page in pages
            for one in page.get("ResourceTagMappingList") or ()
            if one.get("Tags")
        ]


def type_of(arn: str) -> str:
    """Give the API's resource type of an ARN: `lambda:function`, or `sqs` for a service with one type."""
    match = _ARN.fullmatch(arn)
    if match is None:
        return ""
    return f"{match['service']}:{match['type']}" if match["type"] else match["service"]
