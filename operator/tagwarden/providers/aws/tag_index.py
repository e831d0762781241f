"""Tags of many resources from one call, as far as the Resource Groups Tagging API tells them.

That API knows only what was ever tagged, and hears of changes a little later than the service itself. So it is asked
for what is there, never for what is not: an ARN that it leaves out, or lists without any tag, is asked for alone, and
a resource is always read again by its own service before anything is done to it (S1, S5).
"""

import re
from collections.abc import Mapping, Sequence

from tagwarden.errors import ProviderError
from tagwarden.model.tags import Tags
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.normalising import Draft
from tagwarden.providers.aws.row import PAIRS, Call
from tagwarden.providers.aws.sharing import Shared
from tagwarden.providers.aws.templates import tags_in

WORTH_ASKING = 6
"""From how many resources on the one call, which may tell nothing, costs little beside one for each."""
PAGE_SIZE = 100

INDEX = Call("GetResources", service="resourcegroupstaggingapi")

_ARN = re.compile(r"arn:[^:]+:(?P<service>[^:]+):[^:]*:[^:]*:(?:(?P<type>[^:/]+)[:/])?.+")


class TagIndex:
    """What is told of one kind's tags; each region is asked once, when it is first worth it."""

    def __init__(self, home: str, calls: Calls, shared: Shared) -> None:
        self._home = home
        self._calls = calls
        self._shared = shared
        self._told: dict[tuple[str, str], Mapping[str, Tags]] = {}

    def of(self, drafts: Sequence[Draft]) -> dict[str, Tags]:
        """Give the tags of those that have some, by uid, as far as they are told."""
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
            return []  # not allowed, or a type that it does not know: each is asked for alone
        return [
            (one["ResourceARN"], self._shared.tags(tags_in(one["Tags"], PAIRS)))
            for page in pages
            for one in page.get("ResourceTagMappingList") or ()
            if one.get("Tags")
        ]


def type_of(arn: str) -> str:
    """Give what the API calls the type of an ARN: `lambda:function`, or `sqs` where there is one type alone."""
    match = _ARN.fullmatch(arn)
    if match is None:
        return ""
    return f"{match['service']}:{match['type']}" if match["type"] else match["service"]
