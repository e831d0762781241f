"""The state that a resource shows while an operation works on it, chosen from its schema's own words."""

from collections.abc import Iterator

from tests.support.fake_gcp.schemas import properties, resolve
from tests.support.fake_gcp.store import Record

CREATING = ("CREATING", "PROVISIONING", "PENDING_CREATE", "PENDING", "DEPLOY_IN_PROGRESS", "DEPLOYING", "STAGING")
READY = (
    "READY",
    "RUNNING",
    "RUNNABLE",
    "ACTIVE",
    "JOB_STATE_RUNNING",
    "ENABLED",
    "AVAILABLE",
    "DONE",
    "ONLINE",
    "SUCCEEDED",
    "STATE_RUNNING",
)
DELETING = ("DELETING", "STOPPING", "PENDING_DELETE", "DELETE_IN_PROGRESS", "DEPROVISIONING", "SUSPENDING")
UPDATING = ("UPDATING", "RECONCILING", "REPAIRING", "MAINTENANCE")
# Resources whose first state says that nobody uses them.
_FIRST = {"compute.addresses": "RESERVED"}


def show(record: Record, words: tuple[str, ...]) -> None:
    """Let the resource show the first of these words that its schema knows; without one it stays as it is."""
    known = properties(record.document, record.schema)
    for name in ("state", "status"):
        schema = resolve(record.document, known.get(name, {}))
        inner = schema.get("properties", {}).get("state", {})  # Dataproc: `status: {state, stateStartTime}`
        word = next(_choices(record, words, (inner or schema).get("enum", [])), None)
        if word is not None and inner:
            record.body[name] = {"state": word, "stateStartTime": record.body.get(name, {}).get("stateStartTime", "")}
        elif word is not None:
            record.body[name] = word
    if record.api == "run" and "reconciling" in known:
        record.body["reconciling"] = words is not READY


def _choices(record: Record, words: tuple[str, ...], allowed: list[str]) -> Iterator[str]:
    if words is READY and _FIRST.get(record.type) in allowed:
        yield _FIRST[record.type]
    yield from (word for word in words if word in allowed)
