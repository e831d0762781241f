"""Projects, services, tags and short-lived credentials: Resource Manager, Service Usage, IAM Credentials."""

import re
from datetime import timedelta
from typing import Any

from tests.support.fake_gcp.births import timestamp
from tests.support.fake_gcp.documents import versions
from tests.support.fake_gcp.errors import Refusal
from tests.support.fake_gcp.listing import window
from tests.support.fake_gcp.schemas import shaped
from tests.support.fake_gcp.state import Request, State
from tests.support.fake_gcp.store import Project


def project(state: State, request: Request) -> dict[str, Any]:
    """Answer `projects.get` of Resource Manager, in the shape of v1 or v3."""
    return _project(named_project(state, request), request)


def projects(state: State, request: Request) -> dict[str, Any]:
    """Answer `projects.list` and `projects.search`, which knows queries such as `id:my-project`."""
    wanted = request.first("query").removeprefix("id:")
    seen = [each for each in state.store.projects.values() if wanted in {"", each.id}]
    page, token = window(state, request, [_project(each, request) for each in seen])
    return {"projects": page} | ({"nextPageToken": token} if token else {})


def named_project(state: State, request: Request) -> Project:
    """Return the project that a path names; raises Refusal (403), as Resource Manager also for one that is not."""
    key = request.key(state)
    found = state.store.project_of(key)
    if found is None:
        name = key.split("/")[1] if "/" in key else key
        raise Refusal("PERMISSION_DENIED", f"The caller does not have permission on {name}, or it may not exist.")
    return found


def services(state: State, request: Request) -> dict[str, Any]:
    """Answer `services.list` of Service Usage, which knows the filters `state:ENABLED` and `state:DISABLED`."""
    owner = named_project(state, request)
    wanted = re.fullmatch(r"(?:state:(ENABLED|DISABLED))?", request.first("filter"))
    if wanted is None:
        raise Refusal("INVALID_ARGUMENT", "The filter must be state:ENABLED or state:DISABLED.")
    hosts = sorted({*(f"{name}.googleapis.com" for name in versions()), *owner.enabled})
    found = [_service(owner, host) for host in hosts]
    page, token = window(state, request, [each for each in found if wanted.group(1) in {None, each["state"]}])
    return {"services": page} | ({"nextPageToken": token} if token else {})


def service(state: State, request: Request) -> dict[str, Any]:
    """Answer `services.get` of Service Usage."""
    return _service(named_project(state, request), request.key(state).rpartition("/")[2])


def tag_bindings(state: State, request: Request) -> dict[str, Any]:
    """Answer `tagBindings.list` and `effectiveTags.list` of one full resource name; projects pass their tags on."""
    parent = request.first("parent")
    bound = [*state.tag_bindings.get(parent, [])]
    name = "effectiveTags" if "effectiveTags" in request.method.id else "tagBindings"
    if name == "effectiveTags":
        own = {tag["namespacedTagKey"] for tag in bound}
        above = state.tag_bindings.get(
            f"//cloudresourcemanager.googleapis.com/projects/{_number_of(state, parent)}", []
        )
        bound += [{**tag, "inherited": True} for tag in above if tag["namespacedTagKey"] not in own]
    page, token = window(state, request, bound)
    answer = ({name: page} if page else {}) | ({"nextPageToken": token} if token else {})
    shown: dict[str, Any] = shaped(request.method.document, {"$ref": request.method.response}, answer)
    return shown


def _number_of(state: State, full_name: str) -> str:
    """Return the number of a resource's project: its full name has the number, the id or, of a bucket, neither."""
    _, _, host, *name = full_name.split("/")
    if host == "storage.googleapis.com":
        record = state.store.find("storage", f"b/{name[-1]}")
        word = record.project if record else ""
    else:
        word = name[1] if name[0] == "projects" else ""
    return next((each.number for each in state.store.projects.values() if word in {each.id, each.number}), "")


def liens(state: State, request: Request) -> dict[str, Any]:
    """Answer `liens.list` of one project."""
    owner = state.store.project_of(request.first("parent")) or state.store.project_of(
        state.store.canonical("cloudresourcemanager", request.first("parent"))
    )
    found = [each for each in state.liens if owner is not None and each["parent"] == f"projects/{owner.number}"]
    return {"liens": found} if found else {}


def iam_policy(state: State, request: Request) -> dict[str, Any]:
    """Answer `getIamPolicy` of a project with its bindings, and of anything else without any."""
    is_project = request.method.id == "cloudresourcemanager.projects.getIamPolicy"
    bindings = state.bindings.get(named_project(state, request).id) if is_project else None
    return {"version": 1, "etag": "ACAB"} | ({"bindings": bindings} if bindings else {})


def permissions(state: State, request: Request) -> dict[str, Any]:
    """Answer `testIamPermissions`: the caller has all that no fault denies."""
    return {"permissions": [each for each in request.body.get("permissions", []) if not state.faults.denies(each)]}


def access_token(state: State, request: Request) -> dict[str, Any]:
    """Answer `generateAccessToken` of IAM Credentials, for a service account that exists."""
    known = {each.name for each in state.store.all() if each.type == "iam.serviceAccounts"} | state.tokens.accounts
    emails = [name.rpartition("/")[2] for name in (*request.body.get("delegates", []), request.values["name"])]
    for email in emails:
        if email not in known:
            raise Refusal("NOT_FOUND", f"Not found; Gaia id not found for email {email}")
    expires = timestamp("container", {}, state.clock() + timedelta(hours=1)).replace("+00:00", "Z")
    return {"accessToken": state.tokens.issue(emails[-1]), "expireTime": expires}


def _project(found: Project, request: Request) -> dict[str, Any]:
    if request.method.document.version == "v1":
        return {
            "projectNumber": found.number,
            "projectId": found.id,
            "lifecycleState": "ACTIVE",
            "name": found.id,
            "labels": found.labels,
            "createTime": found.created,
        }
    return {
        "name": f"projects/{found.number}",
        "projectId": found.id,
        "state": "ACTIVE",
        "displayName": found.id,
        "labels": found.labels,
        "createTime": found.created,
        "updateTime": found.created,
    }


def _service(owner: Project, host: str) -> dict[str, Any]:
    return {
        "name": f"projects/{owner.number}/services/{host}",
        "parent": f"projects/{owner.number}",
        "config": {"name": host, "title": host},
        "state": "ENABLED" if host in owner.enabled else "DISABLED",
    }
