"""What a `patch` or an `update` makes of a resource: masks, merges, replacements, and the versions that guard them."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tests.support.fake_gcp.errors import Refusal
from tests.support.fake_gcp.field_masks import assign, update_paths
from tests.support.fake_gcp.resource_names import resource_in
from tests.support.fake_gcp.schemas import mutable, properties
from tests.support.fake_gcp.state import Request
from tests.support.fake_gcp.store import Record

# `patch` of these is a JSON merge patch (RFC 7396); elsewhere a patch without a mask replaces.
MERGED = frozenset({"bigquery", "compute", "deploymentmanager", "dns", "sqladmin", "storage"})
# Output fields that the older documents do not mark as such, and the identity of a resource.
KEPT = frozenset(
    {
        "creationTime",
        "creationTimestamp",
        "datasetReference",
        "etag",
        "fingerprint",
        "generation",
        "id",
        "kind",
        "labelFingerprint",
        "lastModifiedTime",
        "location",
        "metageneration",
        "name",
        "projectNumber",
        "region",
        "selfLink",
        "state",
        "status",
        "tableReference",
        "timeCreated",
        "uid",
        "updated",
        "zone",
    }
)


def check_versions(record: Record, request: Request) -> None:
    """Raise the Refusal of a request that was made for an older version of the resource."""
    resource = resource_in(request, record.schema)
    etag = resource.get("etag") or request.first("etag") or request.if_match
    if etag and etag != record.body.get("etag"):
        message = f"Resource '{record.key}' has changed: etag '{etag}' is not the current one."
        raise Refusal("ABORTED", message, http=412 if record.api in {"bigquery", "storage"} else 0)
    fingerprint = resource.get("fingerprint")
    if fingerprint and fingerprint != record.body.get("fingerprint"):
        raise Refusal("FAILED_PRECONDITION", "Invalid fingerprint.", reason="conditionNotMet", http=412)
    wanted = request.first("ifMetagenerationMatch")
    if wanted and wanted != record.body.get("metageneration"):
        message = "At least one of the pre-conditions you specified did not hold."
        raise Refusal("FAILED_PRECONDITION", message, reason="conditionNotMet", http=412)
    version = (resource.get("settings") or {}).get("settingsVersion") if record.api == "sqladmin" else None
    if version and str(version) != record.body["settings"]["settingsVersion"]:
        message = "Settings version is not the current one."
        raise Refusal("FAILED_PRECONDITION", message, reason="staleData", http=412)


def changed(record: Record, request: Request) -> dict[str, Any]:
    """Return the fields of a resource after a request; raises Refusal for a wrong mask."""
    schema = {"$ref": record.schema}
    document = request.method.document
    resource = mutable(document, schema, dict(resource_in(request, record.schema)))
    mask = _mask(request)
    body = deepcopy(record.body)
    if mask:
        if request.method.api == "composer" and "," in mask:
            raise Refusal("INVALID_ARGUMENT", "Only one type of update is supported per request.")
        for path in update_paths(document, schema, mask):
            if path == ["*"]:
                return _replaced(record, resource)
            assign(body, path, resource)
        return body
    _check_mask_is_optional(request)
    if request.method.http == "PATCH" and request.method.api in MERGED:
        return _merged(body, {name: value for name, value in resource.items() if name not in KEPT - {"name"}})
    return _replaced(record, resource)


def _mask(request: Request) -> str:
    """Return the update mask, from the query or (Pub/Sub, Spanner) from the body."""
    for name in ("updateMask", "fieldMask", "paths"):
        found = request.first(name) or request.body.get(name)
        if isinstance(found, str) and found:
            return found
    return ",".join(request.query.get("updateMask.paths", ()))


def _check_mask_is_optional(request: Request) -> None:
    wanted = request.method.parameters.get("updateMask") or properties(
        request.method.document, request.method.request
    ).get("updateMask", {})
    if wanted.get("description", "").startswith("Required"):
        raise Refusal("INVALID_ARGUMENT", "The update_mask must be set.", reason="required")


def _merged(target: dict[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    for name, value in change.items():
        if value is None:
            target.pop(name, None)
        elif isinstance(value, Mapping):
            below = target.get(name)
            target[name] = _merged(below if isinstance(below, dict) else {}, value)
        else:
            target[name] = value
    return target


def _replaced(record: Record, resource: Mapping[str, Any]) -> dict[str, Any]:
    known = properties(record.document, record.schema)
    kept = {
        name: value
        for name, value in record.body.items()
        if name in KEPT
        or known.get(name, {}).get("readOnly")
        or "utput only" in known.get(name, {}).get("description", "")
    }
    return {name: value for name, value in resource.items() if name not in KEPT} | deepcopy(kept)
