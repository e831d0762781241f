"""A plan as a table with one row per resource, and back: the plan's JSON in columns that any query engine reads.

The columns are the members of the JSON under SQL-friendly names, so that plans have a single form. The stored checksum
verifies that a table equals the plan that was written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import pyarrow as pa

from tagwarden.errors import BadInput
from tagwarden.model.plan import ActionType

METADATA_KEY = b"tagwarden-plan"

_TEXT = pa.dictionary(pa.int32(), pa.string())
_INSTANT = pa.timestamp("us", tz="UTC")
_TEXTS = pa.list_(pa.string())
_PAIRS = pa.map_(pa.string(), pa.string())
_REASONED = pa.struct([("reason", pa.string()), ("message", pa.string())])
_CHARGE = pa.struct([("item", pa.string()), ("unit", pa.string()), ("quantity", pa.float64())])
_CHANGES = pa.struct([("set", _PAIRS), ("remove", _TEXTS)])
_REPAIR = pa.struct(
    [
        ("before", _TEXTS),
        ("after", _TEXTS),
        ("rule", pa.string()),
        ("confidence", pa.string()),
        ("message", pa.string()),
    ]
)
_ACTION = pa.struct(
    [
        ("type", pa.string()),
        ("set", _PAIRS),
        ("remove", _TEXTS),
        ("order", pa.int32()),
        ("because", pa.string()),
        ("reason", pa.string()),
        ("after", _TEXTS),
        ("keep", pa.struct([("key", pa.string()), ("for", pa.string())])),
    ]
)
_TAGS = pa.struct([("state", pa.string()), ("values", _PAIRS), ("fixed", _TEXTS), ("why", pa.string())])
_EVIDENCE = pa.struct(
    [
        ("witnesses", pa.list_(pa.struct([("uid", pa.string()), ("role", pa.string())]))),
        (
            "searches",
            pa.list_(
                pa.struct([("account", pa.string()), ("kinds", _TEXTS), ("regions", _TEXTS), ("namespaces", _TEXTS)])
            ),
        ),
    ]
)
_MANAGER = pa.struct([(member, pa.string()) for member in ("kind", "name", "reference", "presence")])

Convert = Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _pairs_in(member: str) -> tuple[Convert, Convert]:
    """Convert a map to and from a list of pairs, Arrow's form of maps."""

    def to_column(value: Mapping[str, Any] | None) -> Any:
        return None if value is None else {**value, member: list(value[member].items())}

    def from_column(value: Mapping[str, Any] | None) -> Any:
        return None if value is None else {**value, member: dict(value[member])}

    return to_column, from_column


_to_changes, _from_changes = _pairs_in("set")


def _from_action(value: Mapping[str, Any]) -> Any:
    # Only a backup has a retention, but an Arrow struct has every member in every row.
    return {name: member for name, member in _from_changes(value).items() if name != "keep" or member is not None}


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: the names in the table and in the JSON, the type, and both conversions."""

    name: str
    member: str
    type: pa.DataType
    to_column: Convert = _same
    from_column: Convert = _same


_COLUMNS = (
    _Column("uid", "uid", pa.string()),
    _Column("provider", "provider", _TEXT),
    _Column("account", "account", _TEXT),
    _Column("region", "region", _TEXT),
    _Column("namespace", "namespace", _TEXT),
    _Column("kind", "kind", _TEXT),
    _Column("category", "category", _TEXT),
    _Column("id", "id", pa.string()),
    _Column("name", "name", pa.string()),
    _Column("created", "created", _INSTANT, _time, _text),
    _Column("state", "state", _TEXT),
    _Column("tags", "tags", _TAGS, *_pairs_in("values")),
    _Column("manager", "manager", _MANAGER),
    _Column("protection", "protection", _TEXT),
    _Column("version", "version", pa.string()),
    # Attributes of a kind are texts, numbers or booleans, which share no Arrow type.
    _Column("attributes", "attributes", pa.string(), lambda value: orjson.dumps(value).decode(), orjson.loads),
    _Column("billing", "billing", pa.list_(_CHARGE)),
    _Column("verdict", "verdict", _TEXT),
    _Column("findings", "findings", pa.list_(_REASONED)),
    _Column("owner", "owner", _TEXT),
    _Column("expires", "expires", _INSTANT, _time, _text),
    _Column("environment", "environment", _TEXT),
    _Column("deletion", "deletion", _TEXT),
    _Column("changes", "changes", _CHANGES, _to_changes, _from_changes),
    _Column("repairs", "repairs", pa.list_(_REPAIR)),
    _Column("judged_withheld", "judgedWithheld", _REASONED),
    _Column(
        "actions",
        "actions",
        pa.list_(_ACTION),
        lambda actions: [_to_changes(action) for action in actions],
        lambda actions: [_from_action(action) for action in actions],
    ),
    _Column("withheld", "withheld", _REASONED),
    _Column("taken_by", "takenBy", pa.string()),
    _Column("breaks", "breaks", _TEXTS),
    _Column("cost_per_month", "costPerMonth", pa.float64()),
    _Column("evidence", "evidence", _EVIDENCE),
)
SCHEMA = pa.schema(
    [("hash", _TEXT), ("generated_at", _INSTANT), ("goes", pa.bool_()), *((each.name, each.type) for each in _COLUMNS)]
)
"""One row per resource. `hash` and `generated_at` belong to the plan, for queries over many plans; `goes` says that the
resource no longer exists at the end of the plan."""


def table_of(document: Mapping[str, Any]) -> pa.Table:
    """Give the table of a plan's JSON; members of the whole plan are in the metadata."""
    entries: Sequence[Mapping[str, Any]] = document["resources"]
    count = len(entries)
    # Columns are built one after the other to limit memory: a plan may have a hundred thousand rows.
    arrays = [
        pa.array([document["hash"]] * count, _TEXT),
        pa.array([_time(document["generatedAt"])] * count, _INSTANT),
        pa.array([_goes(entry) for entry in entries], pa.bool_()),
        *(pa.array([each.to_column(entry[each.member]) for entry in entries], each.type) for each in _COLUMNS),
    ]
    told = {name: value for name, value in document.items() if name != "resources"}
    return pa.Table.from_arrays(arrays, schema=SCHEMA.with_metadata({METADATA_KEY: orjson.dumps(told)}))


def document_of(table: pa.Table) -> dict[str, Any]:
    """Give the JSON of the plan in a table; raise BadInput if the table holds no plan."""
    head = (table.schema.metadata or {}).get(METADATA_KEY)
    if head is None:
        raise BadInput("not a plan; write one with: tagwarden plan -f DIR")
    try:
        columns = [map(each.from_column, table.column(each.name).to_pylist()) for each in _COLUMNS]
        members = [each.member for each in _COLUMNS]
        entries = [dict(zip(members, row, strict=True)) for row in zip(*columns, strict=True)]
        return {**orjson.loads(head), "resources": entries}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"not a plan that this version can read: {error!r}; create a new plan") from error


def _goes(entry: Mapping[str, Any]) -> bool:
    return bool(entry["takenBy"]) or any(action["type"] == ActionType.DELETE for action in entry["actions"])
