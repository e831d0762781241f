"""Where each API states the id of a new resource, and whether its `name` is a path."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.support.fake_gcp.errors import Refusal
from tests.support.fake_gcp.schemas import properties
from tests.support.fake_gcp.state import Request, State

# Resources with a short `name` although their paths are addressed by whole names.
SHORT_NAMES = frozenset({"cloudbuild.triggers", "logging.metrics", "logging.sinks"})
SHORT_NAME_APIS = frozenset({"bigquery", "compute", "container", "dns", "sqladmin", "storage"})
# The ids that stand deeper in the body.
IDS_IN_BODY = {
    "bigquery.datasets": ("datasetReference", "datasetId"),
    "bigquery.models": ("modelReference", "modelId"),
    "bigquery.routines": ("routineReference", "routineId"),
    "bigquery.tables": ("tableReference", "tableId"),
    "dataproc.autoscalingPolicies": ("id",),
    "dataproc.clusters": ("clusterName",),
    "dataproc.jobs": ("reference", "jobId"),
    "dataproc.workflowTemplates": ("id",),
    "dns.responsePolicies": ("responsePolicyName",),
    "dns.responsePolicyRules": ("ruleName",),
}
PLACES = frozenset({"folders", "locations", "organizations", "projects", "regions", "zones"})
_NO_IDS = frozenset({"clientOperationId", "requestId"})


def resource_schema(request: Request) -> str:
    """Return the schema of the collection's resources: the answer of its `get`, else the item of its `list`."""
    method = request.method
    reader = method.document.sibling(method, "get")
    if reader is not None:
        return reader.response
    lister = method.document.sibling(method, "list")
    for schema in properties(method.document, lister.response).values() if lister else ():
        if "$ref" in schema.get("items", {}):
            return str(schema["items"]["$ref"])
    return method.request


def resource_in(request: Request, schema: str) -> Mapping[str, Any]:
    """Return the resource in a body, which some requests wrap: `{"cluster": {…}, "parent": "…"}`."""
    if request.method.request == schema:
        return request.body
    for name, each in properties(request.method.document, request.method.request).items():
        if each.get("$ref") == schema:
            inner: Mapping[str, Any] = request.body.get(name, {})
            return inner
    return request.body


def has_full_name(request: Request) -> bool:
    """Tell whether `name` of this resource is the whole path."""
    if request.method.api in SHORT_NAME_APIS or request.method.resource in SHORT_NAMES:
        return False
    reader = request.method.document.sibling(request.method, "get")
    return reader is not None and "{+" in reader.template


def new_key(state: State, request: Request, resource: Mapping[str, Any]) -> str:
    """Return the key of a resource to create; raises Refusal where its id is missing."""
    parent = request.key(state)
    if request.method.http == "PUT":
        return parent
    parent = parent.removesuffix(f":{request.method.verb}")
    if request.method.resource == "iam.serviceAccounts":
        project = parent.split("/")[1]
        return f"{parent}/{_deep(request.body, ('accountId',))}@{project}.iam.gserviceaccount.com"
    stated = _stated_id(request, resource)
    if "/" in stated and request.method.api != "storage":
        return state.store.canonical(request.method.api, stated)
    if request.method.resource == "dns.resourceRecordSets":
        return f"{parent}/{stated}/{resource.get('type')}"
    return f"{parent}/{stated.replace('/', '%2F')}"


def check_parent(state: State, request: Request, collection: str) -> None:
    """Raise the Refusal (404) of a collection below a resource that does not exist, such as a cluster's node pools.

    Places are no resources, nor is anything that the document cannot create.
    """
    parent = collection.rpartition("/")[0]
    segments = parent.split("/")
    if len(segments) < 2 or segments[-2] in PLACES or "-" in segments:
        return
    makers = (each for each in request.method.document.methods if each.verb in {"create", "insert"})
    if any(each.template.endswith(f"/{segments[-2]}") for each in makers):
        state.store.get(request.method.api, parent)


def _stated_id(request: Request, resource: Mapping[str, Any]) -> str:
    ids = [name for name in request.method.parameters if name.endswith("Id") and name not in _NO_IDS]
    wanted = [name for name in ids if request.method.parameters[name]["location"] == "query"]
    for name in wanted:
        if request.first(name):
            return request.first(name)
        if request.method.parameters[name].get("description", "").startswith("Required"):
            raise Refusal("INVALID_ARGUMENT", f"Required parameter: {name}", reason="required")
    path = IDS_IN_BODY.get(request.method.resource)
    if path is not None:
        return _deep(resource, path)
    if "createStatement" in request.body:
        return re.split(r"\s+", request.body["createStatement"].strip())[-1].strip('`"')
    inside = [name for name in request.body if name.endswith("Id") and name not in {"projectId", *_NO_IDS}]
    if inside and resource is not request.body:
        return str(request.body[inside[0]])
    if resource.get("name") and request.method.resource != "cloudbuild.triggers":
        return str(resource["name"])
    if request.method.api in {"compute", "storage"} and "name" in properties(
        request.method.document, request.method.request
    ):
        raise Refusal("INVALID_ARGUMENT", "Required field 'resource.name' not specified", reason="required")
    numbered = request.method.api in {"aiplatform", "monitoring", "sqladmin"}
    return str(uuid4().int % 10**19) if numbered else str(uuid4())


def _deep(value: Mapping[str, Any], path: tuple[str, ...]) -> str:
    found: Any = value
    for name in path:
        found = found.get(name, "") if isinstance(found, Mapping) else ""
    if not found:
        raise Refusal("INVALID_ARGUMENT", f"Required parameter is missing: {'.'.join(path)}", reason="required")
    return str(found)
