"""Cloud Asset Inventory's `assets.list`: the same resources under its own names, and perhaps of an earlier time.

https://cloud.google.com/asset-inventory/docs/asset-types. Fingerprints are spelt in plain base64 there.
"""

import re
from typing import Any

from tests.support.fake_gcp.births import self_link, timestamp
from tests.support.fake_gcp.identities import named_project
from tests.support.fake_gcp.listing import window
from tests.support.fake_gcp.state import Request, State
from tests.support.fake_gcp.store import REGIONS, Project, Record

# Where the inventory's name for a type is not the schema's, by type and whether it is global.
_TYPES = {
    "compute.addresses": {True: "GlobalAddress", False: "Address"},
    "compute.autoscalers": {True: "Autoscaler", False: "Autoscaler"},
    "compute.backendServices": {True: "BackendService", False: "RegionBackendService"},
    "compute.forwardingRules": {True: "GlobalForwardingRule", False: "ForwardingRule"},
    "sqladmin.instances": {True: "Instance", False: "Instance"},
}
_HOSTS = {"sqladmin": "cloudsql"}
_SHARED_PREFIX = re.compile(r"^Google(?:Cloud|Firestore|Devtools|Iam)\w*?[vV]\d+(?:(?:alpha|beta)\d*)?(?=[A-Z])")
_FINGERPRINTS = ("fingerprint", "labelFingerprint")
# Nothing that the inventory knows: objects, rows, what other resources contain.
_UNKNOWN = frozenset({"storage.o", "dns.rrsets", "logging.sinks"})


def assets(state: State, request: Request) -> dict[str, Any]:
    """Answer a page of the assets of a project, with their fields where RESOURCE content is asked for."""
    project = named_project(state, request)
    wanted = request.query.get("assetTypes", ())
    records = state.store.all() if state.inventory is None else state.inventory
    found = [
        _asset(each, project, whole=request.first("contentType") == "RESOURCE")
        for each in sorted(records, key=lambda record: (record.api, record.key))
        if each.project == project.id and each.type not in _UNKNOWN and _matches(_type(each), wanted)
    ]
    page, token = window(state, request, found)
    answer: dict[str, Any] = {"readTime": timestamp("cloudasset", {}, state.clock())}
    return answer | ({"assets": page} if page else {}) | ({"nextPageToken": token} if token else {})


def asset_name(record: Record, project: Project) -> str:
    """Return the full resource name: https://cloud.google.com/asset-inventory/docs/asset-names."""
    host = f"//{_HOSTS.get(record.api, record.api)}.googleapis.com/"
    if record.api == "storage":
        return host + record.name
    if record.api == "container" and record.location not in REGIONS:
        return host + record.key.replace("/locations/", "/zones/", 1)
    if record.type == "iam.serviceAccounts":
        return f"{host}projects/{project.id}/serviceAccounts/{record.body['uniqueId']}"
    stated = str(record.body.get("name", ""))
    return host + (stated if stated.startswith("projects/") else record.key)


def _matches(asset_type: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or any(re.fullmatch(each, asset_type) for each in wanted)


def _type(record: Record) -> str:
    zoned = bool(re.match(r"projects/[^/]+/(?:regions|zones)/", record.key))
    name = _TYPES.get(record.type, {}).get(not zoned) or _SHARED_PREFIX.sub("", record.schema)
    if record.type == "compute.disks" and "/regions/" in record.key:
        name = "RegionDisk"
    return f"{record.api}.googleapis.com/{name}"


def _asset(record: Record, project: Project, *, whole: bool) -> dict[str, Any]:
    asset: dict[str, Any] = {
        "name": asset_name(record, project),
        "assetType": _type(record),
        "ancestors": [f"projects/{project.number}"],
        "updateTime": record.body.get("updateTime") or project.created,
    }
    if whole:
        data = dict(record.body)
        for name in _FINGERPRINTS:
            if name in data:
                data[name] = data[name].replace("_", "/").replace("-", "+")
        asset["resource"] = {
            "version": record.document.version,
            "discoveryName": record.schema,
            "resourceUrl": self_link(record.api, record.key),
            "parent": f"//cloudresourcemanager.googleapis.com/projects/{project.number}",
            "location": record.location,
            "data": data,
        }
    return asset
