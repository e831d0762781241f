"""New resources, as `create` and `insert` make them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tests.support.fake_gcp import documents, states
from tests.support.fake_gcp.births import fill, self_link
from tests.support.fake_gcp.errors import Refusal
from tests.support.fake_gcp.labels import check_labels
from tests.support.fake_gcp.references import missing_link
from tests.support.fake_gcp.resource_names import check_parent, has_full_name, new_key, resource_in, resource_schema
from tests.support.fake_gcp.schemas import check_body, mutable
from tests.support.fake_gcp.state import Request, State
from tests.support.fake_gcp.store import Record, compute_key

# How Google creates and deletes for itself, with all that comes and goes along: `side_effects.add` and `drop`.
Add = Callable[..., Record]
Drop = Callable[[State, Record], None]

# Fields whose text only looks like a link.
_NO_LINKS = frozenset({"annotations", "description", "labels", "metadata", "name", "resourceLabels"})


def make(state: State, request: Request, at: datetime) -> Record:
    """Create the resource that a request describes, ready; raises Refusal for a taken name or a wrong link."""
    method = request.method
    schema = resource_schema(request)
    resource = resource_in(request, schema)
    if method.http != "PUT":
        check_parent(state, request, request.key(state))
    key = new_key(state, request, resource)
    if state.store.find(method.api, key) is not None:
        raise _taken(method.api, key)
    body = mutable(method.document, {"$ref": schema}, dict(resource))
    project_id = _project(request, key)
    record = Record(method.api, key, project_id, method.document, schema, body, next(state.store.births))
    if record.api == "compute":
        record.body = _with_full_links(record.project, body)
        wrong = missing_link(state, record)
        if wrong:
            message = f"Invalid value for field 'resource': '{wrong}'. The referenced resource cannot be found."
            raise Refusal("INVALID_ARGUMENT", message, reason="invalid")
    check_labels(record.body)
    fill(record, state.store.projects.get(project_id), at, full_name=has_full_name(request))
    states.show(record, states.READY)
    state.store.add(record)
    return record


def make_at(state: State, method_id: str, place: str, body: Mapping[str, Any], at: datetime, **query: str) -> Record:
    """Create a resource below a place such as "projects/p/zones/z", by the method that a client would call."""
    method = documents.method(method_id)
    request = Request(
        method=method,
        values={},
        path=_path(method, place),
        query={name: (value,) for name, value in query.items()},
        body=body,
    )
    check_body(method, body)
    return make(state, request, at)


def _path(method: documents.Method, place: str) -> str:
    """Return the path of a creating method below a place: the place, and the template's last word."""
    last = "" if method.http == "PUT" else f"/{method.template.rpartition('/')[2]}"
    return f"v1/{place}{last}".replace("//", "/")


def _project(request: Request, key: str) -> str:
    if key.startswith("projects/"):
        return key.split("/")[1]
    return request.first("project")


def _with_full_links(project: str, value: Any) -> Any:
    """Return a body whose partial URLs are whole, as Compute Engine answers them."""
    if isinstance(value, dict):
        return {name: below if name in _NO_LINKS else _with_full_links(project, below) for name, below in value.items()}
    if isinstance(value, list):
        return [_with_full_links(project, each) for each in value]
    if isinstance(value, str) and (key := compute_key(project, value)):
        return self_link("compute", key)
    return value


def _taken(api: str, key: str) -> Refusal:
    if api == "storage":
        message = "Your previous request to create the named bucket succeeded and you already own it."
        return Refusal("ALREADY_EXISTS", message, reason="conflict")
    return Refusal("ALREADY_EXISTS", f"The resource '{key}' already exists")
