"""Changes of resources: create, patch, update, labels, delete, each at once or by an operation."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from tests.support.fake_gcp import creating, states
from tests.support.fake_gcp.births import touch
from tests.support.fake_gcp.errors import Refusal, not_found
from tests.support.fake_gcp.labels import check_labels
from tests.support.fake_gcp.operations import is_operation
from tests.support.fake_gcp.protections import check_deletable
from tests.support.fake_gcp.references import REFUSED_INSIDE, check_unused
from tests.support.fake_gcp.side_effects import after_creation, after_deletion
from tests.support.fake_gcp.state import Request, State
from tests.support.fake_gcp.store import Record
from tests.support.fake_gcp.updates import changed, check_versions

# Deleted for good only after a while: the field and the word that say so.
SOFT_DELETED: dict[str, tuple[str, Any]] = {
    "iam.roles": ("deleted", True),
    "iam.workloadIdentityPools": ("state", "DELETED"),
    "logging.buckets": ("lifecycleState", "DELETE_REQUESTED"),
}


def create(state: State, request: Request) -> dict[str, Any]:
    """Create a resource; while an operation works on it, it is there and says so."""
    record = creating.make(state, request, state.clock())
    if request.first("validateOnly") == "true":
        state.store.remove(record)
        return _answer(state, request, record, "create", lambda: record.body)
    if is_operation(request.method):
        states.show(record, states.CREATING)

    def finish() -> Mapping[str, Any]:
        try:
            state.faults.refuse_inside(request.method.id)
        except Refusal:
            state.store.remove(record)
            raise
        after_creation(state, record, state.clock())
        states.show(record, states.READY)
        return record.body

    return _answer(state, request, record, "create", finish)


def update(state: State, request: Request) -> dict[str, Any]:
    """Change a resource by `patch` or `update`."""
    record = request.record(state)
    state.operations.check_idle(record)
    check_versions(record, request)
    check_labels(changed(record, request))
    return _write(state, request, record, "update", lambda: changed(record, request))


def set_labels(state: State, request: Request) -> dict[str, Any]:
    """Replace the labels of a resource of Compute Engine or GKE, whose fingerprint the request must state."""
    record = state.store.get(request.method.api, request.parent_key(state))
    state.operations.check_idle(record)
    name = "resourceLabels" if record.api == "container" else "labels"
    labels = dict(request.body.get(name) or {})
    if request.body.get("labelFingerprint", "") != record.body.get("labelFingerprint", ""):
        message = "Labels fingerprint either invalid or resource labels have changed"
        if record.api == "container":
            raise Refusal("INVALID_ARGUMENT", f"{message}; fetch the cluster and retry.")
        raise Refusal("FAILED_PRECONDITION", message, reason="conditionNotMet", http=412)
    check_labels({name: labels})
    return _write(state, request, record, "labels", lambda: record.body | {name: labels})


def delete(state: State, request: Request) -> dict[str, Any]:
    """Delete a resource that nothing uses and nothing protects."""
    record = request.record(state)
    state.operations.check_idle(record)
    check_versions(record, request)
    check_deletable(state, record, request)
    if record.type not in REFUSED_INSIDE or not is_operation(request.method):
        check_unused(state, record)
    if request.first("validateOnly") == "true":
        return _answer(state, request, record, "delete", dict)
    before = _shown_state(record)
    if is_operation(request.method):
        states.show(record, states.DELETING)

    def finish() -> Mapping[str, Any]:
        if state.store.find(record.api, record.key) is not record:
            return {}
        try:
            state.faults.refuse_inside(request.method.id)
            check_unused(state, record)
        except Refusal:
            record.body.update(before)
            raise
        remove(state, record)
        return {}

    return _answer(state, request, record, "delete", finish)


def remove(state: State, record: Record) -> None:
    """Delete a resource with all that Google deletes or makes again with it."""
    if record.type in SOFT_DELETED:
        name, word = SOFT_DELETED[record.type]
        record.body[name] = word
        return
    below = [*state.store.below(record)]
    state.store.remove(record)
    for each in (record, *below):
        after_deletion(state, each)


def _write(
    state: State, request: Request, record: Record, change: str, body: Callable[[], Mapping[str, Any]]
) -> dict[str, Any]:
    if request.first("validateOnly") == "true":
        return _answer(state, request, record, change, lambda: record.body)
    before = _shown_state(record) if is_operation(request.method) else {}
    if before:
        states.show(record, states.UPDATING)

    def finish() -> Mapping[str, Any]:
        if state.store.find(record.api, record.key) is not record:
            raise not_found(record.api, record.key)
        record.body.update(before)
        state.faults.refuse_inside(request.method.id)
        record.body = dict(body())
        touch(record, state.clock())
        states.show(record, ())
        return record.body

    return _answer(state, request, record, change, finish)


def _answer(
    state: State, request: Request, record: Record, change: str, finish: Callable[[], Mapping[str, Any]]
) -> dict[str, Any]:
    if is_operation(request.method):
        return state.operations.start(request.method, record, change, finish)
    answer = deepcopy(dict(finish()))
    if request.method.api == "dns" and change == "update":
        return {"kind": "dns#operation", "status": "done", "id": record.body.get("id", ""), "type": "UPDATE"}
    return {} if change == "delete" else answer


def _shown_state(record: Record) -> dict[str, Any]:
    return {name: record.body[name] for name in ("state", "status") if name in record.body}
