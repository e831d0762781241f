"""The fields that Google fills: names, links, ids, times, etags and fingerprints, in the form of each API."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid5

import orjson

from tests.support.fake_gcp.schemas import properties
from tests.support.fake_gcp.store import REGIONS, Project, Record

CREATED = ("creationTimestamp", "createTime", "creationTime", "timeCreated")
UPDATED = ("updateTime", "updated", "lastModifiedTime", "modifyTime")
# APIs whose names come back with the project's number: https://cloud.google.com/secret-manager/docs/reference/rest
NUMBERED = frozenset({"aiplatform", "dataform", "secretmanager"})
EMPTY_FINGERPRINT = "42WmSpB8rSM="  # of a Compute Engine resource without labels
# The type of a table of BigQuery, by the field that makes it one.
_TABLES = {"view": "VIEW", "materializedView": "MATERIALIZED_VIEW", "externalDataConfiguration": "EXTERNAL"}
_PACIFIC = timezone(timedelta(hours=-8))
_NAMESPACE = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
# The host and path before a key in `selfLink`.
_SELF_LINKS = {
    "compute": "https://www.googleapis.com/compute/v1/",
    "storage": "https://www.googleapis.com/storage/v1/",
    "sqladmin": "https://sqladmin.googleapis.com/sql/v1beta4/",
    "container": "https://container.googleapis.com/v1/",
    "deploymentmanager": "https://www.googleapis.com/deploymentmanager/v2/",
    "bigquery": "https://bigquery.googleapis.com/bigquery/v2/",
}


def self_link(api: str, key: str) -> str:
    """Return the URL by which an API names a resource; GKE's of a zonal cluster says zone."""
    segments = key.split("/")
    if api == "container" and segments[2] == "locations" and segments[3] not in REGIONS:
        key = "/".join([*segments[:2], "zones", *segments[3:]])
    return _SELF_LINKS.get(api, f"https://{api}.googleapis.com/v1/") + key


def fill(record: Record, project: Project | None, at: datetime, *, full_name: bool) -> None:
    """Fill the fields of a new resource; `full_name` where the API's names are whole paths."""
    known = properties(record.document, record.schema)
    body = record.body
    if "name" in known:
        body["name"] = _full_name(record, project) if full_name else body.get("name", record.name)
    if "kind" in known and known["kind"].get("default"):
        body["kind"] = known["kind"]["default"]
    if "selfLink" in known:
        body["selfLink"] = self_link(record.api, record.key)
    _fill_ids(record, project)
    for name in (*CREATED, *UPDATED):
        if name in known and known[name].get("type") == "string":
            body[name] = timestamp(record.api, known[name], at)
    if "creationRecord" in known:  # Cloud Monitoring
        body["creationRecord"] = {"mutateTime": timestamp(record.api, {}, at)}
    if record.api == "dataproc" and "status" in known:
        body["status"] = {"stateStartTime": timestamp(record.api, {}, at)}
    for name in ("zone", "region", "location"):
        _place(record, known, name)
    if "projectNumber" in known and project is not None:
        body["projectNumber"] = project.number
    touch(record)


def touch(record: Record, at: datetime | None = None) -> None:
    """Change the etag and fingerprints of a resource that was written, and its time of update."""
    known = properties(record.document, record.schema)
    record.writes += 1
    body = record.body
    if "etag" in known:
        body["etag"] = _digest([record.key, record.writes])
    if "fingerprint" in known:
        body["fingerprint"] = _digest([record.key, record.writes, "fingerprint"])
    if "labelFingerprint" in known:
        labels = body.get("labels" if "labels" in known else "resourceLabels") or {}
        body["labelFingerprint"] = _digest(sorted(labels.items())) if labels else EMPTY_FINGERPRINT
    for name in ("generation", "metageneration"):
        if name in known:
            body[name] = str(record.writes)
    if record.type == "sqladmin.instances":
        body.setdefault("settings", {})["settingsVersion"] = str(record.writes)
    for name in UPDATED:
        if at is not None and name in known:
            body[name] = timestamp(record.api, known[name], at)


def timestamp(api: str, schema: Mapping[str, Any], at: datetime) -> str:
    """Return a time in the API's own form: Pacific time, milliseconds as a number, or RFC 3339."""
    if schema.get("format") == "int64":
        return str(int(at.timestamp() * 1000))
    if api in {"compute", "deploymentmanager"}:
        return at.astimezone(_PACIFIC).isoformat(timespec="milliseconds")
    if api == "container":
        return at.astimezone(UTC).isoformat(timespec="seconds")
    precision = "milliseconds" if api in {"dns", "sqladmin", "storage"} else "microseconds"
    return at.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def _fill_ids(record: Record, project: Project | None) -> None:
    known = properties(record.document, record.schema)
    if "id" in known:
        record.body["id"] = _id(record, project, known["id"])
    if "uid" in known:
        record.body["uid"] = str(uuid5(_NAMESPACE, f"{record.key}/{record.birth}"))
    if record.type == "bigquery.tables":
        record.body["type"] = next((type_ for field, type_ in _TABLES.items() if field in record.body), "TABLE")
    if "uniqueId" in known:
        record.body["uniqueId"] = _number(record)
    if record.type == "iam.serviceAccounts":
        record.body["email"] = record.name


def _full_name(record: Record, project: Project | None) -> str:
    if record.api in NUMBERED and project is not None:
        return record.key.replace(f"projects/{project.id}/", f"projects/{project.number}/", 1)
    return record.key


def _id(record: Record, project: Project | None, schema: Mapping[str, Any]) -> Any:
    if record.api == "storage":
        return "/".join(unquote(each) for each in record.key.split("/")[1::2])
    if record.api == "bigquery" and project is not None:
        return f"{project.id}:{'.'.join(record.key.split('/')[3::2])}"
    if schema.get("format") in {"uint64", "int64"} or record.api == "dns":
        return _number(record)
    return str(uuid5(_NAMESPACE, f"{record.key}/{record.birth}"))


def _place(record: Record, known: Mapping[str, Any], name: str) -> None:
    """Compute Engine states zone and region as URLs; the older APIs state a location that the body may choose."""
    segments = record.key.split("/")
    if name not in known or len(segments) < 4 or known[name].get("type") != "string":
        return
    if segments[2] == f"{name}s":
        place = "/".join(segments[:4])
        record.body[name] = self_link("compute", place) if record.api == "compute" else segments[3]
    elif record.api == "container" and segments[2] == "locations":
        record.body[name] = segments[3]


def _number(record: Record) -> str:
    seed = f"{record.api}/{record.key}/{record.birth}"
    return str(10**18 + int.from_bytes(hashlib.sha256(seed.encode()).digest()[:7], "big"))


def _digest(value: Any) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(orjson.dumps(value)).digest()[:8]).decode()
