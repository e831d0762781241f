"""The fewest requests that list the same collections, by Google's documents and without a look at our rows.

A client asks only enabled APIs and follows every page. Then a collection costs

- one request for each page, where a listing covers every place: `aggregatedList`, or `-` in the path, if documented,
- else one request for each page in each place, or within each parent, since nothing less says that they are empty,
- one for the places themselves, for each API that must be asked place by place,
- one for each resource of which the listing leaves fields out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.support.fake_gcp.calls import Call
from tests.support.fake_gcp.documents import Method, method

_PLACES = frozenset({"locations", "regions", "zones"})
_ONE_PROJECT = frozenset({"cloudresourcemanager.projects.get", "cloudresourcemanager.projects.search"})
"""Methods that give the same project."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The requests for one collection: those that were made, and the fewest."""

    made: int
    fewest: int


def costs_of(calls: Iterable[Call]) -> Mapping[str, Cost]:
    """Give the cost of each collection that was read, by API and collection, such as `compute.instances`."""
    of_collection: defaultdict[str, list[Call]] = defaultdict(list)
    for call in calls:
        of_collection[_collection_of(call)].append(call)
    return {name: Cost(len(found), _fewest(found)) for name, found in sorted(of_collection.items())}


def _collection_of(call: Call) -> str:
    """Give the collection; regional and global ones of Compute Engine that one listing covers are one collection."""
    asked = method(call.method_id)
    if call.method_id in _ONE_PROJECT:
        return "cloudresourcemanager.project"
    if asked.verb == "get":
        return f"{call.method_id} {call.path}"
    aggregated = _aggregated_of(asked)
    return aggregated.id.rpartition(".")[0] if aggregated else asked.id.rpartition(".")[0]


def _aggregated_of(asked: Method) -> Method | None:
    word = asked.template.rpartition("/")[2]
    listings = (each for each in asked.document.methods if each.verb == "aggregatedList")
    return next((each for each in listings if each.template.endswith(f"/{word}")), None)


def _fewest(calls: list[Call]) -> int:
    asked = method(calls[0].method_id)
    if calls[0].method_id in _ONE_PROJECT or asked.collection.rpartition(".")[2] in _PLACES:
        return 1
    # The first page of each place, and the further pages of all of them, which are full.
    further = len({(call.path, call.query["pageToken"]) for call in calls if "pageToken" in call.query})
    paths = {call.path for call in calls}
    covers_all = _aggregated_of(asked) is not None or any(method(call.method_id).takes_wildcard for call in calls)
    return further + (1 if covers_all else len(paths))
