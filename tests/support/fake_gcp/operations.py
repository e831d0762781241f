"""Long-running operations: of Compute Engine, of google.longrunning, of Cloud SQL and of GKE.

An operation ends after a number of polls or a time, whichever comes first.
Its effect comes at its end, and so may its error: a refused deletion was answered with 200 before.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.support.fake_gcp.births import self_link, timestamp
from tests.support.fake_gcp.documents import Document, Method
from tests.support.fake_gcp.errors import Refusal, not_found
from tests.support.fake_gcp.schemas import properties
from tests.support.fake_gcp.store import Record

# What the older APIs call the kinds of change.
_TYPES = {
    "compute": {"create": "insert", "update": "update", "delete": "delete", "labels": "setLabels"},
    "sqladmin": {"create": "CREATE", "update": "UPDATE", "delete": "DELETE"},
    "container": {"create": "CREATE_CLUSTER", "update": "UPDATE_CLUSTER", "delete": "DELETE_CLUSTER"},
    "deploymentmanager": {"create": "insert", "update": "update", "delete": "delete"},
}
_LIKE_COMPUTE = frozenset({"compute", "deploymentmanager"})


@dataclass(frozen=True, slots=True)
class Duration:
    """How long operations take: `polls` looks at them, or `seconds`, whichever comes first."""

    polls: int = 1
    seconds: float = 2.0


@dataclass(slots=True)
class Operation:
    """One operation."""

    api: str
    document: Document
    key: str  # "projects/p/zones/z/operations/operation-…"
    target: str
    target_id: str
    change: str  # create, update, labels or delete
    started: datetime
    polls_left: int
    ends: datetime
    finish: Callable[[], Mapping[str, Any]]  # makes the change and returns the response; raises Refusal
    done: bool = False
    error: Refusal | None = None
    response: Mapping[str, Any] | None = None

    def end(self) -> None:
        """Make the change, or keep its refusal."""
        if not self.done:
            self.done = True
            try:
                self.response = self.finish()
            except Refusal as refusal:
                self.error = refusal


class Operations:
    """The operations of the simulated cloud."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.duration = Duration()
        self._clock = clock
        self._all: dict[tuple[str, str], Operation] = {}

    def start(
        self, method: Method, record: Record, change: str, finish: Callable[[], Mapping[str, Any]]
    ) -> dict[str, Any]:
        """Begin a change to a resource and return the operation's JSON."""
        now = self._clock()
        operation = Operation(
            api=record.api,
            document=method.document,
            key=_key(method.document, record),
            target=record.key,
            target_id=str(record.body.get("id", "")),
            change=change,
            started=now,
            polls_left=self.duration.polls,
            ends=now + timedelta(seconds=self.duration.seconds),
            finish=finish,
        )
        self._all[operation.api, operation.key] = operation
        if operation.polls_left <= 0:
            operation.end()
        return render(operation)

    def ended(self) -> list[Operation]:
        """Return the operations that have ended."""
        return [each for each in self._all.values() if each.done]

    def check_idle(self, record: Record) -> None:
        """Raise the Refusal of Cloud SQL and GKE, which work on one operation of an instance or a cluster at a time."""
        place = "/".join(record.key.split("/")[: 6 if record.api == "container" else 4])
        running = next((each for each in self._all.values() if _works_on(each, record.api, place)), None)
        if running is None:
            return
        if record.api == "sqladmin":
            message = "Operation failed because another operation was already in progress."
            raise Refusal("ABORTED", message, reason="operationInProgress")
        name = running.key.rpartition("/")[2]
        raise Refusal("FAILED_PRECONDITION", f"Cluster is running incompatible operation {name}.")

    def poll(self, api: str, key: str, *, wait: bool = False) -> dict[str, Any]:
        """Return an operation's JSON; a look brings its end nearer, `wait` brings it. Raises Refusal (404)."""
        operation = self._all.get((api, key))
        if operation is None:
            raise not_found(api, key)
        operation.polls_left = 0 if wait else operation.polls_left - 1
        if operation.polls_left <= 0:
            operation.end()
        return render(operation)

    def listed(self, api: str, pattern: re.Pattern[str]) -> list[dict[str, Any]]:
        """Return the operations of an API whose keys match."""
        return [render(each) for (name, key), each in self._all.items() if name == api and pattern.fullmatch(key)]

    def settle(self, *, everything: bool = False) -> None:
        """End the operations whose time has come, or all."""
        now = self._clock()
        for operation in [*self._all.values()]:
            if not operation.done and (everything or now >= operation.ends):
                operation.end()

    def prune(self) -> None:
        """Forget the operations that have ended, as Google does after a while."""
        self._all = {where: each for where, each in self._all.items() if not each.done}


def is_operation(method: Method) -> bool:
    """Tell whether the method answers with an operation."""
    known = properties(method.document, method.response)
    longrunning = {"done", "error", "response"} <= known.keys()
    return longrunning or {"operationType", "status"} <= known.keys()


def render(operation: Operation) -> dict[str, Any]:
    """Return an operation as its API answers it."""
    if operation.api in _TYPES:
        return _older(operation)
    answer: dict[str, Any] = {"name": operation.key, "metadata": _metadata(operation)}
    if operation.done:
        answer["done"] = True
        if operation.error is not None:
            answer["error"] = operation.error.rpc_status()
        else:
            answer["response"] = dict(operation.response or {})
    return answer


def _works_on(operation: Operation, api: str, place: str) -> bool:
    ours = operation.api == api and api in {"container", "sqladmin"} and not operation.done
    return ours and f"{operation.target}/".startswith(f"{place}/")


def _older(operation: Operation) -> dict[str, Any]:
    time = timestamp(operation.api, {}, operation.started)
    api = operation.api
    target = operation.target.replace("/locations/", "/zones/") if api == "container" else operation.target
    kinds = _TYPES[api]
    answer: dict[str, Any] = {
        "name": operation.key.rpartition("/")[2],
        "operationType": kinds.get(operation.change, kinds["update"]),
        "selfLink": self_link(api, operation.key),
        "startTime": time,
        "status": "DONE" if operation.done else "RUNNING",
        "targetLink": self_link(api, target),
    }
    place = re.search(r"/(zone|region|location)s/([^/]+)/", operation.key)
    if api in _LIKE_COMPUTE:
        number = str(int.from_bytes(operation.key[-8:].encode(), "big") % 10**19)
        answer |= {"id": number, "kind": f"{api}#operation", "insertTime": time}
        answer |= {"targetId": operation.target_id, "progress": 100 if operation.done else 0, "user": "tester"}
        if place:
            answer[place.group(1)] = self_link(api, operation.key.rpartition("/operations/")[0])
    elif api == "sqladmin":
        answer |= {"kind": "sql#operation", "insertTime": time, "targetId": operation.target.rpartition("/")[2]}
        answer["targetProject"] = operation.target.split("/")[1]
    elif place:
        answer |= {"zone": place.group(2), "location": place.group(2)}
    return answer | _older_error(operation)


def _older_error(operation: Operation) -> dict[str, Any]:
    error = operation.error
    if error is None:
        return {}
    code = re.sub(r"(?<!^)(?=[A-Z])", "_", error.legacy_reason).upper()
    if operation.api in _LIKE_COMPUTE:
        inside = {"errors": [{"code": code, "message": error.message}]}
        return {"error": inside, "httpErrorStatusCode": error.http_status, "httpErrorMessage": "BAD REQUEST"}
    if operation.api == "sqladmin":
        fault = {"kind": "sql#operationError", "code": code, "message": error.message}
        return {"error": {"kind": "sql#operationErrors", "errors": [fault]}}
    return {"error": error.rpc_status(), "statusMessage": error.message}


def _metadata(operation: Operation) -> dict[str, Any]:
    return {
        "@type": f"type.googleapis.com/google.cloud.{operation.api}.v1.OperationMetadata",
        "createTime": timestamp(operation.api, {}, operation.started),
        "target": operation.target,
        "verb": operation.change,
    }


def _key(document: Document, record: Record) -> str:
    """Return a new operation's name in the place that the API's `operations.get` reads it from."""
    segments = record.key.split("/")
    if record.api in _LIKE_COMPUTE:
        scope = segments[:4] if segments[2] in {"zones", "regions"} else segments[:3]
        return f"{'/'.join(scope)}/operations/operation-{uuid4()}"
    if record.api == "sqladmin":
        return f"projects/{record.project}/operations/{uuid4()}"
    places = [place for place in map(_place, _readers(document)) if _fits(place, segments)]
    longest = max(places, key=len, default=[])
    filled = [segments[index] if word == "*" else word for index, word in enumerate(longest)]
    return "/".join([*filled, "operations", f"operation-{uuid4()}"])


def _readers(document: Document) -> list[Method]:
    return [method for method in document.methods if method.id.endswith(".operations.get")]


def _place(reader: Method) -> list[str]:
    """Return the segments before "operations", "*" for a variable one."""
    pattern = reader.parameters.get("name", {}).get("pattern", "")
    words = [re.sub(r"\[\^/\]\+", "*", word) for word in pattern.strip("^$").replace("[^/]+", "*").split("/")]
    return words[: words.index("operations")] if "operations" in words else []


def _fits(place: list[str], segments: list[str]) -> bool:
    return len(place) <= len(segments) and all(
        word in {"*", segment} for word, segment in zip(place, segments, strict=False)
    )
