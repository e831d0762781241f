"""The rows of Google Cloud's kinds, from the discovery documents that google-api-python-client brings.

Google describes every API as JSON. From the newest stable version of each API this module takes the collections that
can be listed and deleted, and writes for each the requests that list, read, label and delete it. Facts that no document
states (links, managers, protection, prices) are in the curated rows of `tagwarden.providers.gcp`.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from googleapiclient import discovery_cache

Json = Mapping[str, Any]

_CLOUD = "https://www.googleapis.com/auth/cloud-platform"
_STABLE = re.compile(r"v(\d+)(?:\.(\d+))?")
_PLACE = re.compile(r"\{\+?(\w+)\}")

NO_RESOURCES = frozenset(
    {
        # Records of work, versions of one thing, and permissions: they end with the resource that they belong to.
        "operations",
        "versions",
        "revisions",
        "executions",
        "runs",
        "sessions",
        "entries",
        "logs",
        "users",
        "members",
        "defaultObjectAccessControls",
        "bucketAccessControls",
        "objectAccessControls",
        "objects",
        "managedFolders",
        "rowAccessPolicies",
        "changes",
        "messages",
        "conversations",
        "feedbackLabels",
        "savedQueries",
        "annotations",
        "savedTrials",
        "contexts",
        "participants",
        "documents",
        "occurrences",
        "notes",
        "assessments",
        "liens",
        "tagHolds",
    }
)
"""Last words of collections that hold no resource of their own."""

NO_CLOUD = frozenset(
    {
        # Google Workspace, advertising and devices, and the resources of other clouds.
        "admin",
        "androidmanagement",
        "chat",
        "chromemanagement",
        "cloudchannel",
        "cloudidentity",
        "cloudbilling",
        "cloudsupport",
        "contactcenterinsights",
        "content",
        "discoveryengine",
        "drive",
        "essentialcontacts",
        "firebaserules",
        "gkeonprem",
        "healthcare",
        "iamcredentials",
        "ml",
        "orgpolicy",
        "policysimulator",
        "securitycenter",
        "servicemanagement",
        "serviceusage",
        "tagmanager",
        "vault",
    }
)
"""APIs whose collections no project is charged for or could leave behind."""

_ONLY: Mapping[str, tuple[tuple[str, ...], ...]] = {"cloudresourcemanager": (("projects",),)}
"""APIs of which only these collections belong to one project."""

_SWEPT: Mapping[str, Json] = {
    # One request for every location, or for the one project.
    "cloudresourcemanager.projects": {"sweep": "projects:search", "query": {"query": "id:{project}"}},
    "dataflow.projects.locations.jobs": {"sweep": "projects/{project}/jobs:aggregated", "query": {"filter": "ACTIVE"}},
}
"""Collections that another method lists; their labels are shown, and not written as those of others."""

_ENDED: Mapping[str, tuple[str, Json]] = {
    "dataflow.projects.locations.jobs": ("update", {"requestedState": "JOB_STATE_CANCELLED"}),
}
"""Collections whose resources another method ends, with the body of its request."""

_DUPLICATES = frozenset(
    {
        "bigquerydatatransfer.projects.transferConfigs",
        "dlp.projects.deidentifyTemplates",
        "dlp.projects.dlpJobs",
        "dlp.projects.inspectTemplates",
        "dlp.projects.jobTriggers",
        "dlp.projects.storedInfoTypes",
        "secretmanager.projects.locations.secrets",  # answered by regional hosts only
    }
)
"""Collections whose resources another collection lists too."""

_PARTIAL = (
    "unreachable",
    "unreachableLocations",
    "unreachableProjects",
    "warning",
    "warnings",
    "missingZones",
    "failedLocation",
    "failedLocations",
    "errors",
)
"""Fields of a response that say that a listing is incomplete."""

_CREATED = ("creationTimestamp", "createTime", "creationTime", "timeCreated", "createdAt", "createdTime", "insertTime")
_LABELS = ("userLabels", "labels")
"""Fields of labels that users write; where an API has both, the other one holds settings."""
_PROTECTION = re.compile(r"(?:enable)?(?:[dD]elet|[dD]rop)\w*[pP]rotect\w*")
_DELETIONS = ("delete", "dropDatabase")
_CONTENTS = ("force", "deleteContents")
_WITH_CONTENTS = re.compile(
    r"child|nested|cascad|[Ii]f set(?: to .?true.?)?, any \w+|all (?:the tables|snapshots)|has any snapshots"
)
"""Parameters of a deletion that delete the contents too, where their descriptions say so: others ignore users."""
_GUARDS = ("etag", "ifMetagenerationMatch")
"""Parameters of a deletion that state the version of the resource, and are refused for another version."""
_STATES = ("state", "status", "currentState")
_TOKENS = ("labelFingerprint", "etag", "fingerprint")


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection of one API that can be listed and deleted."""

    api: str
    host: str
    prefix: str
    """The beginning of each path, such as `compute/v1/`; the rest is the name of the resource."""
    names: tuple[str, ...]
    methods: Json
    schemas: Json
    has_locations: bool
    """Whether the API lists its locations."""

    @property
    def deletion(self) -> str:
        """The name of the method that deletes, such as `dropDatabase`."""
        return _deletion_in(self.api, self.names, self.methods)

    @property
    def method(self) -> str:
        """The name of the collection as Google writes it, such as `compute.instances`."""
        return ".".join((self.api, *self.names))

    def response(self, method: str) -> Json:
        """Give the schema of a method's response; empty when it has none."""
        found: Json = self.schemas.get(self.methods.get(method, {}).get("response", {}).get("$ref", ""), {})
        return found


def collections() -> Iterator[Collection]:
    """Give every collection of a project in the newest stable version of each API, by API and name."""
    known: set[tuple[str, tuple[str, ...]]] = set()
    for api, version in (*sorted(_versions().items()), *_ALSO):
        document = _document(api, version)
        if _CLOUD not in document.get("auth", {}).get("oauth2", {}).get("scopes", {}) or api in NO_CLOUD:
            continue
        for names, resource in _walk(document, ()):
            methods = resource.get("methods", {})
            is_new = (api, names) not in known and names in _ONLY.get(api, (names,))
            if is_new and _is_resource(api, names) and "list" in methods and _deletion_in(api, names, methods):
                known.add((api, names))
                found = Collection(
                    api,
                    _host_of(document),
                    _prefix_of(document, methods),
                    names,
                    methods,
                    document.get("schemas", {}),
                    _lists_locations(document),
                )
                if _is_of_a_project(found):
                    yield found


def _deletion_in(api: str, names: tuple[str, ...], methods: Json) -> str:
    ended = _ENDED.get(".".join((api, *names)), ("", {}))[0]
    return ended or next((method for method in _DELETIONS if method in methods), "")


def rows() -> list[dict[str, Any]]:
    """Give the row of every collection, sorted by kind."""
    found = list(collections())
    kinds = kinds_of(found)
    listed_by = _aggregating(found, kinds)
    by_path = {f"{each.host}/{_list_path(each)}": kind for kind, each in zip(kinds, found, strict=True)}
    made = (_row(kind, each, by_path, listed_by) for kind, each in zip(kinds, found, strict=True))
    return sorted(filter(_can_be_listed, made), key=lambda row: str(row["kind"]))


def kinds_of(found: Iterable[Collection]) -> list[str]:
    """Give the kind of each collection by the shortest name that no other collection of its API has."""
    spelt = [
        tuple(_kind(each.api, names) for names in (each.names[-1:], _distinct(each.names), _located(each.names)))
        for each in found
    ]
    counts = [Counter(names) for names in zip(*spelt, strict=True)]
    return [
        next((name for name, count in zip(names, counts, strict=True) if count[name] == 1), names[-1])
        for names in spelt
    ]


def schema_of(found: Collection) -> Json:
    """Give the schema of a resource of a collection."""
    return _items(found, found.response("list").get("properties", {}))[1]


def rows_as_json() -> str:
    """Give the rows as JSON, one line each, so that a changed document shows as changed lines."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=True) for row in rows())
    return f"[\n{lines}\n]\n"


def _can_be_listed(row: Json) -> bool:
    """Whether the places of the path are the project, a location, and those of a parent that has a row."""
    places = set(_PLACE.findall(row["path"])) - {"project", "location", "zone", "region"}
    return not places or "parent" in row


def _row(kind: str, found: Collection, by_path: Mapping[str, str], listed_by: Mapping[str, str]) -> dict[str, Any]:
    response = found.response("list").get("properties", {})
    items, _ = _items(found, response)
    fields = schema_of(found).get("properties", {})
    path = _list_path(found)
    # The members of `Row`; those without a value are left out.
    row: dict[str, Any] = {
        "kind": kind,
        "host": found.host,
        "prefix": found.prefix,
        "path": path,
        "method": found.method,
        "items": items,
        "name": _name(found, fields),
        "parent": by_path.get(f"{found.host}/{path}".rpartition("/")[0].rpartition("/{")[0]),
        "partial": [field for field in _PARTIAL if field in response],
        "aggregated": _path_of(found, "aggregatedList"),
        "listed_by": _listed_by(found, listed_by),
        **_SWEPT.get(found.method, {}),
        "wildcard": _takes_wildcard(found),
        "has_locations": found.has_locations,
        "page_size": next((p for p in ("maxResults", "pageSize") if p in _parameters(found, "list")), None),
        "has_get": "get" in found.methods,
        "is_brief": _is_brief(found, items, fields),
        "delete_by": _unless("delete", found.deletion),
        "delete_suffix": _suffix_of(found, found.deletion),
        "delete_method": _unless("DELETE", _http(found, found.deletion)),
        "delete_body": _ENDED.get(found.method, ("", None))[1],
        "operation": _operation_of(found, found.response(found.deletion)),
        "labels": None if found.method in _SWEPT else _labels(found, fields),
        "created": next((field for field in _CREATED if field in fields), None),
        "state": next((field for field in _STATES if _is_text(fields.get(field, {}))), None),
        "etag": next((field for field in ("etag", "fingerprint") if field in fields), None),
        "delete_guard": next((p for p in _GUARDS if p in _parameters(found, found.deletion)), None),
        "contents": _contents(found),
        "protection": sorted(filter(_PROTECTION.fullmatch, fields)),
    }
    return {name: value for name, value in row.items() if value not in (None, False, "", [])}


def _aggregating(found: Iterable[Collection], kinds: Iterable[str]) -> dict[str, str]:
    """Give the kind whose aggregated listing covers a collection of compute, by the last word of the collection."""
    return {
        _list_path(each).rpartition("/")[2]: kind
        for kind, each in zip(kinds, found, strict=True)
        if "aggregatedList" in each.methods
    }


def _listed_by(found: Collection, listed_by: Mapping[str, str]) -> str | None:
    is_covered = found.api == "compute" and "aggregatedList" not in found.methods
    return listed_by.get(_list_path(found).rpartition("/")[2]) if is_covered else None


def _items(found: Collection, response: Json) -> tuple[str | None, Json]:
    """Give the field of a listing that holds the resources, with the schema of one."""
    wanted = _reference(found, "get")
    lists = {
        name: field["items"].get("$ref", "")
        for name, field in response.items()
        if field.get("type") == "array" and name not in _PARTIAL
    }
    name = next((name for name, ref in lists.items() if ref == wanted), next(iter(lists), None))
    schema: Json = found.schemas.get(wanted or (lists[name] if name else ""), {})
    return name, schema


def _name(found: Collection, fields: Json) -> str | None:
    """Give the path to the short name of an item that has no `name`: by the last place in the path of its deletion."""
    if "name" in fields:
        return None
    word = _PLACE.findall(found.methods[found.deletion]["path"])[-1]
    for field in (word, f"{word}Name", f"{word}Id", f"{singular(found.names[-1])}Id", "ruleName"):
        if field in fields:
            return field
    for name, field in fields.items():
        if word in found.schemas.get(field.get("$ref", ""), {}).get("properties", {}):
            return f"{name}.{word}"
    return None


def _contents(found: Collection) -> str | None:
    given = _parameters(found, found.deletion)
    return next((name for name in _CONTENTS if _WITH_CONTENTS.search(given.get(name, {}).get("description", ""))), None)


def _is_brief(found: Collection, items: str | None, fields: Json) -> bool:
    """Whether the items of the listing lack the creation time that a resource has."""
    listed = found.response("list").get("properties", {}).get(items, {}).get("items", {})
    shown = listed.get("properties", found.schemas.get(listed.get("$ref", ""), {}).get("properties", {}))
    created = next((field for field in _CREATED if field in fields), None)
    return created is not None and created not in shown


def _labels(found: Collection, fields: Json) -> Json | None:
    """Give the request that writes labels, as the members of `LabelWriter`; None where the API has none."""
    for by, labels in (("setLabels", "labels"), ("setResourceLabels", "resourceLabels")):
        if by in found.methods:
            fingerprint = "labelFingerprint" if "labelFingerprint" in fields else None
            alone = {"by": by, "path": _suffix_of(found, by), "method": "POST", "field": labels, "form": "alone"}
            return _given({**alone, "token": fingerprint})
    if "resourceLabels" in _request(found, "update"):
        # The request takes the labels alone, and the resource shows them in its settings.
        return {
            "by": "update", "method": _http(found, "update"), "field": "config.resourceLabels", "token": "etag",
            "wrap": "resourceLabels", "form": "alone",
        }  # fmt: skip
    field = _labels_field(found, fields)
    method = next((name for name in ("patch", "partialUpdateInstance", "update") if name in found.methods), None)
    if field is None or method is None:
        return None
    mask = next((p for p in ("updateMask", "update_mask") if p in _parameters(found, method)), None)
    wrap, body_mask = _wrapping(found, method, field)
    token, guard = _token_of(found, fields, method)
    return _given(
        {
            "by": method,
            "path": _suffix_of(found, method),
            "method": _unless("PATCH", _http(found, method)),
            "field": _unless("labels", field),
            "pairs": _is_list_of_pairs(found, fields, field),
            "mask": mask,
            "token": token,
            "guard": guard,
            "wrap": wrap,
            "body_mask": body_mask,
            "form": None if mask or body_mask else "merge" if found.api in _MERGED else "whole",
        }
    )


_MERGED = frozenset({"bigquery", "compute", "deploymentmanager", "dns", "sqladmin", "storage"})
"""APIs whose `patch` is a JSON merge patch (RFC 7396); elsewhere a request without a mask replaces the resource."""


def _labels_field(found: Collection, fields: Json) -> str | None:
    """Give the path of the labels in a resource; the `labels` beside `userLabels` are settings of the resource."""
    settings = found.schemas.get(fields.get("settings", {}).get("$ref", ""), {}).get("properties", {})
    if "userLabels" in settings:
        return "settings.userLabels"
    return next(
        (name for name in _LABELS if _is_map(fields.get(name, {})) or _is_list_of_pairs(found, fields, name)), None
    )


def _token_of(found: Collection, fields: Json, method: str) -> tuple[str | None, str | None]:
    """Give the path of the field that guards a write, and the query parameter or header that repeats it.

    Without either, the body repeats the field. BigQuery compares the header only:
    https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets/patch
    """
    if "ifMetagenerationMatch" in _parameters(found, method):
        return "metageneration", "ifMetagenerationMatch"
    if found.api == "sqladmin":
        return "settings.settingsVersion", None
    token = next((field for field in _TOKENS if field in fields), None)
    return token, "If-Match" if token and found.api == "bigquery" else None


def _wrapping(found: Collection, method: str, field: str) -> tuple[str | None, str | None]:
    """Give the field of a request's body that holds the resource, and that of the mask, where the body wraps it."""
    fields = _request(found, method)
    if field.partition(".")[0] in fields:
        return None, None
    schema = _reference(found, "get")
    wrap = next((name for name, field in fields.items() if field.get("$ref") == schema), None)
    return wrap, next((name for name in ("updateMask", "fieldMask") if name in fields), None)


def _given(values: Json) -> Json:
    return {name: value for name, value in values.items() if value}


def _unless(usual: str, value: str | None) -> str | None:
    return None if value == usual else value


def _suffix_of(found: Collection, method: str) -> str:
    """Give the end of a method's path that follows the path of the resource; raise ValueError for another form."""
    path = _path_of(found, method) or ""
    resource = re.escape(_list_path(found)) + r"/\{[^}]*\}"
    matched = re.fullmatch(_any_place(resource) + r"(.*)", path)
    if matched is None:
        raise ValueError(f"{found.api} {found.names}: {path} is not below {_list_path(found)}")
    return matched[1]


def _any_place(pattern: str) -> str:
    return re.sub(r"\\\{\w+\\\}", r"\\{\\w+\\}", pattern)


def _takes_wildcard(found: Collection) -> bool:
    """Whether the document says that `-`, as location or as the parent's id, lists those of all of them."""
    told = f"{found.methods['list'].get('description', '')} {_parameters(found, 'list').get('parent', {})}"
    return bool(re.search(r"locations/-|`-`|\"-\"|'-'", told)) and "cannot be the" not in told


def _operation_of(found: Collection, response: Json) -> str | None:
    """Give the family of the operation that a deletion starts; None when the deletion is done with its response."""
    fields = response.get("properties", {})
    if {"done", "response"} <= fields.keys():
        return "longrunning"
    if "operationType" in fields:
        return found.api
    return None


def _kind(api: str, names: tuple[str, ...]) -> str:
    return "_".join(("gcp", api, *(snake(singular(name)) for name in names)))


def _located(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in ("projects", "global"))


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in ("projects", "locations", "global"))


def singular(name: str) -> str:
    """Give the name of one resource of a collection."""
    if name.endswith(("Series", "ss")):
        return name
    for plural, singular in _PLURALS:
        if name.endswith(plural):
            return name.removesuffix(plural) + singular
    return name.removesuffix("s")


_PLURALS = (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("Buses", "Bus"))


def snake(name: str) -> str:
    """Give the words of a name in lower case, joined by `_`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _is_resource(api: str, names: tuple[str, ...]) -> bool:
    is_work = names[-1] in NO_RESOURCES or names[-1].endswith("Operations")
    # GKE's collections by zone are the ones by location under an older name.
    return not is_work and f"{api}.{'.'.join(names)}" not in _DUPLICATES and (api == "compute" or "zones" not in names)


def _is_of_a_project(found: Collection) -> bool:
    return found.method in _SWEPT or "{project}" in _list_path(found) or "project" in _parameters(found, "list")


def _lists_locations(document: Json) -> bool:
    projects = document.get("resources", {}).get("projects", {}).get("resources", {})
    return "list" in projects.get("locations", {}).get("methods", {})


def _host_of(document: Json) -> str:
    return str(document["rootUrl"]).removeprefix("https://").strip("/")


def _prefix_of(document: Json, methods: Json) -> str:
    """Give the beginning of every path of a collection: the service path, else all before the project."""
    if service := str(document["servicePath"]):
        return service
    path = str(methods["list"].get("flatPath") or methods["list"]["path"])
    return path[: path.index("projects/")] if "projects/" in path else path[: path.index("/") + 1]


def _list_path(found: Collection) -> str:
    return _path_of(found, "list") or ""


def _path_of(found: Collection, method: str) -> str | None:
    """Give the path of a method's requests, with one name for each place."""
    if method not in found.methods:
        return None
    path = found.methods[method].get("flatPath") or found.methods[method]["path"]
    path = path.removeprefix(found.prefix)
    return _PLACE.sub(lambda place: "{" + _PLACES.get(place[1], place[1].removesuffix("Id")) + "}", path)


_PLACES = {
    "projectsId": "project",
    "projectId": "project",
    "locationsId": "location",
    "regionsId": "region",
    "zonesId": "zone",
}
_VERSIONS = {"dns": "v1", "iam": "v1", "metastore": "v1"}
"""Where the newest stable version is about something else, or lists by location only."""
_ALSO = (
    ("cloudbuild", "v1"),
    ("connectors", "v1"),
    ("dataflow", "v1b3"),
    ("gkehub", "v1"),
    ("monitoring", "v1"),
    ("notebooks", "v1"),
    ("osconfig", "v1"),
)
"""Other versions that hold collections which the newest stable version lacks."""


def _parameters(found: Collection, method: str) -> Json:
    given: Json = found.methods.get(method, {}).get("parameters", {})
    return given


def _request(found: Collection, method: str) -> Json:
    """Give the fields of a request's body; empty where the API has no such method."""
    reference = found.methods.get(method, {}).get("request", {}).get("$ref", "")
    given: Json = found.schemas.get(reference, {}).get("properties", {})
    return given


def _http(found: Collection, method: str) -> str | None:
    given: str | None = found.methods.get(method, {}).get("httpMethod")
    return given


def _reference(found: Collection, method: str) -> str:
    given: str = found.methods.get(method, {}).get("response", {}).get("$ref", "")
    return given


def _is_text(field: Json) -> bool:
    return field.get("type") == "string"


def _is_list_of_pairs(found: Collection, fields: Json, name: str) -> bool:
    """Whether the labels are a list of objects with `key` and `value`, as in Deployment Manager."""
    pair = found.schemas.get(fields.get(name, {}).get("items", {}).get("$ref", ""), {}).get("properties", {})
    return set(pair) == {"key", "value"}


def _is_map(field: Json) -> bool:
    """Whether a field maps texts to texts; some APIs call descriptions of metrics or lists of pairs labels."""
    return bool(field.get("additionalProperties", {}).get("type") == "string")


def _walk(node: Json, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Json]]:
    for name, resource in sorted(node.get("resources", {}).items()):
        yield (*names, name), resource
        yield from _walk(resource, (*names, name))


def _versions() -> dict[str, str]:
    """Give the newest stable version of each API."""
    newest: dict[str, tuple[int, ...]] = {}
    for file in _folder().glob("*.json"):
        api, _, version = file.stem.partition(".")
        numbers = _STABLE.fullmatch(version)
        if numbers is not None:
            number = tuple(int(part or 0) for part in numbers.groups())
            newest[api] = max(newest.get(api, ()), number)
    found = {api: f"v{number[0]}" + (f".{number[1]}" if number[1] else "") for api, number in newest.items()}
    return found | _VERSIONS


@cache
def _document(api: str, version: str) -> Json:
    found: Json = json.loads((_folder() / f"{api}.{version}.json").read_text(encoding="utf-8"))
    return found


def _folder() -> Path:
    return Path(discovery_cache.__file__).parent / "documents"
