"""From the values of a pass to the tables of the lake."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Any

import orjson
import pyarrow as pa

from tagwarden.inventory.lake.tables import (
    ACTIONS,
    BOOKKEEPING,
    EDGES,
    FINGERPRINT,
    JUDGEMENTS,
    KEY,
    RESOURCES,
    SNAPSHOTS,
    LakeTable,
)
from tagwarden.model.graph import Edge, Graph
from tagwarden.model.plan import Plan, PlannedResource
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.state import Entry

CostOf = Callable[[Resource], float | None]
"""Gives US dollars per month; None if unknown."""

_NOT_COMPARED = frozenset({"cost_per_month", "text"})
"""Columns whose change begins no state: prices are corrected later, and texts follow from the other columns."""
_AT_ONCE = 8_192
"""Rows converted at once, so that a large account needs little memory."""
_UNCHANGING = 0


def resources_of(snapshot: Snapshot, cost_of: CostOf) -> pa.Table:
    """Give the rows of `resources`, without validity."""
    identity = snapshot.identity.account
    return _table(RESOURCES, (_resource(each, identity, cost_of(each)) for each in snapshot.resources), _resource_key)


def edges_of(snapshot: Snapshot) -> pa.Table:
    """Give the rows of `edges`, their ends resolved within the account, without validity."""
    graph = Graph(snapshot.resources, snapshot.edges)
    return edge_table(graph.edges, graph.resources)


def edge_table(edges: Iterable[Edge], collected: Container[str]) -> pa.Table:
    """Give the rows of these edges, without validity; `collected` holds the uids of known resources."""
    rows = [
        (each.source, each.meaning.value, each.target, each.source in collected and each.target in collected)
        for each in edges
    ]
    columns = list(zip(*rows, strict=True)) or [()] * len(EDGES.columns)
    keys = ["\x1f".join(row[:3]) for row in rows]
    arrays = [pa.array(columns[place], kind) for place, (_, kind) in enumerate(EDGES.columns)]
    bookkeeping: list[pa.Array[Any]] = [pa.array(keys, pa.string()), pa.array([_UNCHANGING] * len(keys), pa.uint64())]
    return pa.Table.from_arrays([*arrays, *bookkeeping], schema=_seen(EDGES))


def judgements_of(plan: Plan) -> pa.Table:
    """Give the rows of `judgements`, without validity."""
    return _table(JUDGEMENTS, (_judgement(each) for each in plan.resources), _judgement_key)


def snapshot_row(snapshot: Snapshot) -> pa.Table:
    """Give the row of `snapshots`."""
    row = {
        "id": snapshot.id,
        "provider": snapshot.provider.value,
        "account_id": snapshot.identity.account,
        "caller": snapshot.identity.caller,
        "taken": snapshot.taken,
        "duration_s": snapshot.duration_seconds,
        "resources": len(snapshot.resources),
        "edges": len(snapshot.edges),
        "api_calls": snapshot.api_calls,
        "complete": snapshot.is_complete,
        "incomplete_kinds": sorted(snapshot.incomplete_kinds),
    }
    return pa.Table.from_pylist([row], schema=SNAPSHOTS)


def actions_of(entries: Sequence[Entry]) -> pa.Table:
    """Give the rows of `actions` in the order of time."""
    return pa.Table.from_pylist([_action(each) for each in sorted(entries, key=_entry_order)], schema=ACTIONS)


def _resource(resource: Resource, identity: str, cost: float | None) -> dict[str, Any]:
    manager = resource.manager
    tags, attributes = resource.tags, resource.attributes
    words = (
        resource.kind,
        resource.category,
        resource.uid,
        resource.id,
        resource.name,
        resource.account,
        resource.region,
        resource.namespace,
        resource.state,
        *(f"{key}={value}" for key, value in tags.values.items()),
        *(str(value) for value in attributes.values()),
    )
    return {
        "provider": resource.provider.value,
        "account_id": identity,
        "region": resource.region,
        "namespace": resource.namespace,
        "kind": resource.kind,
        "category": resource.category,
        "uid": resource.uid,
        "id": resource.id,
        "name": resource.name,
        "created": resource.created,
        "state": resource.state,
        "tag_state": tags.state.value,
        "tags": sorted(tags.values.items()),
        "fixed_tags": sorted(tags.fixed),
        "manager": manager and {"kind": manager.kind, "name": manager.name, "reference": manager.reference},
        "protection": resource.protection,
        "attributes": orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode(),
        "cost_per_month": cost,
        "text": "\n".join(word for word in words if word).lower(),
    }


def _judgement(planned: PlannedResource) -> dict[str, Any]:
    judgement, resource = planned.judgement, planned.resource
    withheld = planned.withheld or judgement.withheld
    return {
        "account": resource.account,
        "uid": resource.uid,
        "verdict": judgement.verdict.value,
        "findings": [{"reason": finding.reason.value, "message": finding.message} for finding in judgement.findings],
        "owner": judgement.owner,
        "expires": judgement.expires,
        "environment": judgement.environment.value,
        "deletion": judgement.deletion and judgement.deletion.value,
        "withheld": withheld and withheld.reason.value,
        "withheld_message": withheld and withheld.message,
        "goes": planned.goes,
        "cost_per_month": planned.cost,
    }


def _action(entry: Entry) -> dict[str, Any]:
    before = entry.tags_before
    row = {name: getattr(entry, name) for name in ACTIONS.names if hasattr(entry, name)}
    return {
        **row,
        "started": entry.at,
        **{name: str(row[name]) for name in ("provider", "action", "rule", "state", "reason")},
        "tags_before": None if before is None else sorted(before.items()),
        "tags_set": sorted(entry.changes.set.items()),
        "tags_removed": list(entry.changes.remove),
    }


def _entry_order(entry: Entry) -> tuple[Any, str]:
    return entry.at, entry.id


def _resource_key(row: Mapping[str, Any]) -> str:
    # A uid with another creation time is another resource.
    return f"{row['uid']}\x1f{row['created'] or ''}"


def _judgement_key(row: Mapping[str, Any]) -> str:
    return f"{row['account']}\x1f{row['uid']}"


def _seen(table: LakeTable) -> pa.Schema:
    return pa.schema([*table.columns, *BOOKKEEPING])


def _table(table: LakeTable, rows: Iterable[dict[str, Any]], key_of: Callable[[Mapping[str, Any]], str]) -> pa.Table:
    schema = _seen(table)
    compared = [name for name, _ in table.columns if name not in _NOT_COMPARED]
    batches = []
    for some in _batched(iter(rows)):
        for row in some:
            row[KEY] = key_of(row)
            row[FINGERPRINT] = _fingerprint([row[name] for name in compared])
        batches.append(pa.RecordBatch.from_pylist(some, schema=schema))
    return pa.Table.from_batches(batches, schema=schema).unify_dictionaries()


def _batched(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while some := list(islice(rows, _AT_ONCE)):
        yield some


def _fingerprint(values: Sequence[Any]) -> int:
    return int.from_bytes(blake2b(orjson.dumps(values), digest_size=8).digest(), "big")
