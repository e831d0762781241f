"""A request on its way through Google's front door: address, token, switched-on API, permission, schema, handler."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from tests.support.fake_gcp import faults, schemas
from tests.support.fake_gcp.calls import Call, Calls
from tests.support.fake_gcp.errors import LEGACY, Refusal, error_info, invalid
from tests.support.fake_gcp.field_masks import parse_fields, select
from tests.support.fake_gcp.handlers import handler_of
from tests.support.fake_gcp.routing import Address, address_of, route
from tests.support.fake_gcp.state import Request, State
from tests.support.fake_gcp.store import Project

# Where a permission's service or verb has another name than the API's method:
# https://cloud.google.com/iam/docs/permissions-reference.
_PERMISSION_SERVICES = {"bigtableadmin": "bigtable", "cloudresourcemanager": "resourcemanager", "sqladmin": "cloudsql"}
_TAGS = {"effectiveTags": "listEffectiveTags", "tagBindings": "listTagBindings"}
_PERMISSIONS = {"generateAccessToken": "iam.serviceAccounts.getAccessToken"}
_PERMISSION_VERBS = {
    "aggregatedList": "list",
    "dropDatabase": "drop",
    "insert": "create",
    "patch": "update",
    "resourceLabels": "update",
    "setResourceLabels": "update",
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request as it comes from the wire."""

    http: str
    target: str  # path and query
    host: str  # the Host header
    authorization: str
    body: bytes
    if_match: str = ""


Answering = Callable[[Arrival], tuple[int, bytes]]
"""Gives the HTTP status and the JSON of an answer."""


class Gateway:
    """Answers requests one at a time and notes them; other servers may answer for some APIs."""

    def __init__(self, state: State) -> None:
        self.calls = Calls()
        self.elsewhere: dict[str, Answering] = {}
        self._state = state

    def answer(self, arrival: Arrival) -> tuple[int, bytes]:
        """Return the HTTP status and the JSON of the answer."""
        noted: dict[str, Any] = {"method_id": "", "principal": "", "body": None}
        address = Address("", arrival.target, {})
        try:
            address = address_of(arrival.target, arrival.host)
            status, content = 200, self._answer(arrival, address, noted)
        except Refusal as refusal:
            status, content = refusal.http_status, orjson.dumps(refusal.body(address.api))
        host = f"{address.api}.googleapis.com"
        self.calls.made.append(
            Call(http=arrival.http, host=host, path=address.path, query=address.query, status=status, **noted)
        )
        return status, content

    def other(self, arrival: Arrival) -> Answering | None:
        """Return who else answers a request, if anybody does."""
        try:
            return self.elsewhere.get(address_of(arrival.target, arrival.host).api)
        except Refusal:
            return None

    def delay(self, arrival: Arrival) -> None:
        """Wait as long as a fault says; nobody else waits."""
        if self._state.faults.delays:
            try:
                address = address_of(arrival.target, arrival.host)
                self._state.faults.wait(route(address.api, arrival.http, address.path).method.id)
            except Refusal:
                return

    def _answer(self, arrival: Arrival, address: Address, noted: dict[str, Any]) -> bytes:
        state = self._state
        state.operations.settle()
        noted["body"] = body = _body(arrival)
        found = route(address.api, arrival.http, address.path)
        noted["method_id"] = found.method.id
        noted["principal"] = state.tokens.principal(arrival.authorization)
        request = Request(found.method, found.values, address.path, address.query, body or {}, arrival.if_match)
        state.faults.refuse(found.method.id)
        project = self._project(request)
        if project is not None:
            _check_enabled(request, project)
        self._check_permission(request)
        schemas.check_path(found.method, found.values)
        schemas.check_places(found.method, found.values)
        schemas.check_query(found.method, address.query)
        schemas.check_body(found.method, body or {})
        selection = parse_fields(request.first("fields")) if "fields" in request.query else {}
        answer = handler_of(request)(state, request)
        if selection:
            answer = select(found.method.document, {"$ref": found.method.response}, selection, answer)
        return orjson.dumps(answer) if found.method.response or answer else b""

    def _project(self, request: Request) -> Project | None:
        """Return the project that a request is for; raises Refusal where it does not exist."""
        state = self._state
        name = request.first("project")
        key = f"projects/{name}" if name else request.key(state)
        if request.method.api == "storage" and not name:
            record = state.store.find("storage", "/".join(key.split("/")[:2]))
            key = f"projects/{record.project}" if record else key
        key = state.store.canonical(request.method.api, key)
        segments = key.split("/")
        project = state.store.project_of(key)
        if project is None and segments[0] == "projects" and len(segments) > 1 and segments[1] != "-":
            raise _no_project(request.method.api, segments[1])
        return project

    def _check_permission(self, request: Request) -> None:
        permission = permission_of(request)
        if self._state.faults.denies(permission):
            raise faults.permission_denied(permission, f"{request.method.document.host}/{request.key(self._state)}")


def _check_enabled(request: Request, project: Project) -> None:
    host = request.method.document.host
    if host not in project.enabled:
        raise faults.service_disabled(host, project.consumer.get(host, project.number))


def permission_of(request: Request) -> str:
    """Return the permission that a method needs, such as "compute.instances.create"."""
    method = request.method
    collection = method.resource.rpartition(".")[2]
    if collection in _TAGS:
        # Tags are read with a permission of the resource that they are bound to, such as an instance:
        # https://cloud.google.com/resource-manager/docs/tags/tags-creating-and-managing#required-permissions
        _, _, host, *name = request.first("parent").split("/")
        return f"{host.partition('.')[0]}.{name[-2]}.{_TAGS[collection]}"
    if method.verb in _PERMISSIONS:
        return _PERMISSIONS[method.verb]
    service = _PERMISSION_SERVICES.get(method.api, method.api)
    return f"{service}.{method.resource.rpartition('.')[2]}.{_PERMISSION_VERBS.get(method.verb, method.verb)}"


def _body(arrival: Arrival) -> Any:
    if not arrival.body:
        return None
    try:
        body = orjson.loads(arrival.body)
    except ValueError as error:
        raise invalid(f"Invalid JSON payload received. {error}") from error
    if not isinstance(body, dict):
        raise invalid("Invalid JSON payload received. The root must be an object.")
    return body


def _no_project(api: str, name: str) -> Refusal:
    if api in LEGACY:
        return Refusal("NOT_FOUND", f"The resource 'projects/{name}' was not found")
    detail = error_info("CONSUMER_INVALID", f"{api}.googleapis.com", consumer=f"projects/{name}")
    return Refusal("PERMISSION_DENIED", f"Permission denied on resource project {name}.", details=(detail,))
