"""`list`, `aggregatedList` and `get`: pages, places that cannot be reached, wildcards, filters."""

import base64
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

import orjson

from tests.support.fake_gcp.errors import Refusal, invalid
from tests.support.fake_gcp.filters import matches
from tests.support.fake_gcp.resource_names import check_parent
from tests.support.fake_gcp.schemas import Schema, properties, resolve, shaped
from tests.support.fake_gcp.state import Request, State
from tests.support.fake_gcp.store import REGIONS, Record
from tests.support.fake_gcp.views import fill_derived

# How the APIs say that a listing is not whole, the first that the answer's schema has.
PARTIAL = (
    "unreachable",
    "unreachables",
    "unreachableLocations",
    "missingZones",
    "missingLocations",
    "failedLocations",
    "warnings",
    "warning",
)
SIZES = ("maxResults", "pageSize")
LARGEST = 1000  # items of a page, whatever a request wants


def get(state: State, request: Request) -> dict[str, Any]:
    """Answer one resource."""
    record = request.record(state)
    fill_derived(state, [record])
    return deepcopy(record.body)


def list_(state: State, request: Request) -> dict[str, Any]:
    """Answer one page of a collection."""
    records = [each for each in _children(state, request) if _belongs(state, each, request)]
    unreachable = state.faults.unreachable_places(request.method.id)
    records = _filtered(state, request, records, unreachable)
    page, token = window(state, request, records)
    name, item = _items(request)
    answer = _head(request)
    if page:
        answer[name] = [shaped(request.method.document, item, each.body) for each in page]
    if token:
        answer["nextPageToken"] = token
    return answer | _partial(request, unreachable)


def aggregated(state: State, request: Request) -> dict[str, Any]:
    """Answer one page of a Compute Engine collection in all scopes; an empty scope says so."""
    project = request.key(state).split("/")[1]
    collection = request.method.template.rpartition("/")[2]
    pattern = re.compile(rf"projects/{project}/(?:global|(?:zones|regions)/[^/]+)/{collection}/[^/]+")
    unreachable = state.faults.unreachable_places(request.method.id)
    records = _filtered(state, request, state.store.matching("compute", pattern), unreachable)
    page, token = window(state, request, records)
    items: dict[str, Any] = {}
    for record in page:
        scope = re.sub(rf"projects/{project}/(.*)/{collection}/[^/]+", r"\1", record.key)
        items.setdefault(scope, {}).setdefault(collection, []).append(record.body)
    for scope in _scopes():
        if scope.rpartition("/")[2] in unreachable:
            items[scope] = {"warning": _warning("UNREACHABLE", scope, f"The scope '{scope}' is not reachable.")}
        else:
            text = f"There are no results for scope '{scope}' on this page."
            items.setdefault(scope, {"warning": _warning("NO_RESULTS_ON_PAGE", scope, text)})
    return _head(request) | {"items": items} | ({"nextPageToken": token} if token else {})


def _children(state: State, request: Request) -> list[Record]:
    key = request.key(state)
    _check_wildcards(request, key)
    check_parent(state, request, key)
    depth = 2 if request.method.resource == "dns.resourceRecordSets" else 1
    pattern = "/".join("[^/]+" if word == "-" else re.escape(word) for word in key.split("/")) + "/[^/]+" * depth
    return state.store.matching(request.method.api, re.compile(pattern))


def _belongs(state: State, record: Record, request: Request) -> bool:
    """Buckets are listed by project, which their keys do not name."""
    project = request.first("project")
    return not project or project in {record.project, state.store.projects[record.project].number}


def _filtered(state: State, request: Request, records: Iterable[Record], unreachable: frozenset[str]) -> list[Record]:
    text = request.first("filter")
    reached = [each for each in records if each.location not in unreachable]
    fill_derived(state, reached)
    return [each for each in reached if not text or matches(text, each.body)]


def _check_wildcards(request: Request, key: str) -> None:
    """Only the methods whose documents speak of "-" take it."""
    if "-" not in key.split("/"):
        return
    if not request.method.takes_wildcard:
        raise invalid(f"Invalid resource name '{key}': the wildcard '-' is not supported here.", field_name="parent")


def window(state: State, request: Request, items: list[Any]) -> tuple[list[Any], str]:
    """Return the page that a request asks for, and the token of the next one or ""."""
    wanted = next((int(request.first(name)) for name in SIZES if request.first(name)), 0)
    paged = any(name in request.method.parameters for name in (*SIZES, "pageToken"))
    size = min(wanted, LARGEST) if wanted > 0 else state.page_size or _documented_size(request)
    token = request.first("pageToken")
    mark = request.key(state) + request.first("filter")
    start = _read_token(token, mark) if token else 0
    if token and state.faults.repeats_token(request.method.id):
        return items[start : start + size], token
    if not paged or start + size >= len(items):
        return items[start:], ""
    return items[start : start + size], base64.urlsafe_b64encode(orjson.dumps([mark, start + size])).decode()


def _documented_size(request: Request) -> int:
    """Return the default page size of a method: "default: 500", "the default page size is 50"."""
    wanted = next((request.method.parameters[name] for name in SIZES if name in request.method.parameters), {})
    stated = re.search(r"default (?:page size|value)(?: of| is)? (\d+)", wanted.get("description", ""))
    return int(wanted.get("default") or (stated.group(1) if stated else 500)) or LARGEST


def _read_token(token: str, mark: str) -> int:
    try:
        stated, start = orjson.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        stated, start = "", 0
    if stated != mark:
        raise Refusal("INVALID_ARGUMENT", f"Invalid value for field 'pageToken': '{token}'.", reason="invalid")
    return int(start)


def _items(request: Request) -> tuple[str, Schema]:
    """Return the answer's field with the resources, and the schema of one."""
    document = request.method.document
    reader = document.sibling(request.method, "get")
    wanted = reader.response if reader else ""
    lists = {
        name: each["items"]
        for name, each in properties(document, request.method.response).items()
        if each.get("type") == "array" and each["items"].get("type", "object") == "object"
    }
    for name, item in lists.items():
        if item.get("$ref") == wanted or (request.method.api == "bigquery" and name == _last(request)):
            return name, item
    for name, item in lists.items():
        if name not in PARTIAL and resolve(document, item).get("type") == "object":
            return name, item
    raise Refusal("UNIMPLEMENTED", f"{request.method.id} answers no list of resources in this simulation")


def _last(request: Request) -> str:
    return request.method.resource.rpartition(".")[2]


def _head(request: Request) -> dict[str, Any]:
    kind = properties(request.method.document, request.method.response).get("kind", {}).get("default")
    return {"kind": kind} if kind else {}


def _partial(request: Request, unreachable: frozenset[str]) -> dict[str, Any]:
    if not unreachable:
        return {}
    known = properties(request.method.document, request.method.response)
    name = next((each for each in PARTIAL if each in known), "")
    if not name:
        raise Refusal("UNAVAILABLE", f"{request.method.id} has no way to say that a location is unreachable")
    if name == "warning":
        place = min(unreachable)
        return {name: _warning("UNREACHABLE", place, f"'{place}' is not reachable.")}
    if name == "warnings":
        places = sorted(unreachable)
        return {name: [{"code": "REGION_UNREACHABLE", "message": place, "region": place} for place in places]}
    parent = request.values.get("parent", "").rpartition("/")[0]
    whole = name == "unreachable" and parent.endswith("locations")  # names, as https://google.aip.dev/217 wants them
    return {name: [f"{parent}/{place}" if whole else place for place in sorted(unreachable)]}


def _warning(code: str, scope: str, message: str) -> Mapping[str, Any]:
    return {"code": code, "message": message, "data": [{"key": "scope", "value": scope}]}


def _scopes() -> list[str]:
    zones = [f"zones/{zone}" for region in REGIONS.values() for zone in region]
    return ["global", *(f"regions/{region}" for region in REGIONS), *zones]
