"""The tables of the lake: columns, keys, and the folder by which each is divided.

Each row is one state of a thing: it held from `valid_from` until `valid_to`, which is null while it holds. A state ends
at the first look that no longer found it, so `valid_to` means "no later than"; `last_seen` is the last look that did.
All instants are UTC, money is US dollars by list prices, `attributes` is a JSON object.
"""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

FORMAT = 1
"""Version of the tables, in the path of every file: tables of another version stand beside these, unread."""

TEXT = pa.dictionary(pa.int32(), pa.string())
INSTANT = pa.timestamp("us", tz="UTC")
TEXTS = pa.list_(pa.string())
TAGS = pa.map_(pa.string(), pa.string())

Columns = tuple[tuple[str, Any], ...]
"""Names and Arrow types."""

VALIDITY: Columns = (("valid_from", INSTANT), ("valid_to", INSTANT), ("last_seen", INSTANT))
KEY, FINGERPRINT = "key", "fingerprint"
BOOKKEEPING: Columns = ((KEY, pa.string()), (FINGERPRINT, pa.uint64()))
"""Columns by which states are compared; readers need neither."""


@dataclass(frozen=True, slots=True)
class LakeTable:
    """A table: its name, the name of the folder that divides it, and its columns.

    The value of `division` stands in the path alone (`account=aws-dev`), since query engines refuse a column with the
    name of a partition.
    """

    name: str
    division: str
    columns: Columns

    @property
    def schema(self) -> pa.Schema:
        """The columns of the files."""
        return pa.schema(dict((*self.columns, *VALIDITY, *BOOKKEEPING)))


RESOURCES = LakeTable(
    "resources",
    "account",
    (
        ("provider", TEXT),
        ("account_id", TEXT),
        ("region", TEXT),
        ("namespace", TEXT),
        ("kind", TEXT),
        ("category", TEXT),
        ("uid", pa.string()),
        ("id", pa.string()),
        ("name", pa.string()),
        ("created", INSTANT),
        ("state", TEXT),
        ("tag_state", TEXT),
        ("tags", TAGS),
        ("fixed_tags", TEXTS),
        ("manager", pa.struct([("kind", pa.string()), ("name", pa.string()), ("reference", pa.string())])),
        ("protection", TEXT),
        ("attributes", pa.string()),
        ("cost_per_month", pa.float64()),
        ("text", pa.string()),
    ),
)
"""One row for each state of a resource. `text` holds everything that plain words search, in lower case."""

EDGES = LakeTable(
    "edges",
    "account",
    (("source", pa.string()), ("meaning", TEXT), ("target", pa.string()), ("collected", pa.bool_())),
)
"""`source` owns, needs or uses `target`: uids, or `kind/id` where an end was not `collected` with this account."""

JOINS = LakeTable("joins", "policy", EDGES.columns)
"""Edges between accounts and vendors, which only a pass over several accounts finds."""

JUDGEMENTS = LakeTable(
    "judgements",
    "policy",
    (
        ("account", TEXT),
        ("uid", pa.string()),
        ("verdict", TEXT),
        ("findings", pa.list_(pa.struct([("reason", pa.string()), ("message", pa.string())]))),
        ("owner", TEXT),
        ("expires", INSTANT),
        ("environment", TEXT),
        ("deletion", TEXT),
        ("withheld", TEXT),
        ("withheld_message", pa.string()),
        ("goes", pa.bool_()),
        ("cost_per_month", pa.float64()),
    ),
)
"""One row for each state of a resource's judgement by a policy; `goes`: the plan deletes the resource."""

STATES = (RESOURCES, EDGES, JOINS, JUDGEMENTS)

SNAPSHOTS = pa.schema(
    [
        ("id", pa.string()),
        ("provider", TEXT),
        ("account_id", TEXT),
        ("caller", TEXT),
        ("taken", INSTANT),
        ("duration_s", pa.float64()),
        ("resources", pa.int64()),
        ("edges", pa.int64()),
        ("api_calls", pa.int64()),
        ("complete", pa.bool_()),
        ("incomplete_kinds", TEXTS),
    ]
)
"""One row for each snapshot; divided by account."""

_ACTION_COLUMNS: Columns = (
    ("id", pa.string()),
    ("started", INSTANT),
    ("finished", INSTANT),
    ("run", pa.string()),
    ("policy", TEXT),
    ("plan_hash", TEXT),
    ("provider", TEXT),
    ("account", TEXT),
    ("region", TEXT),
    ("namespace", TEXT),
    ("kind", TEXT),
    ("category", TEXT),
    ("uid", pa.string()),
    ("resource_id", pa.string()),
    ("name", pa.string()),
    ("created", INSTANT),
    ("action", TEXT),
    ("rule", TEXT),
    ("because", pa.string()),
    ("state", TEXT),
    ("reason", TEXT),
    ("message", pa.string()),
    ("actor", TEXT),
    ("approved_by", TEXT),
    ("tags_before", TAGS),
    ("tags_set", TAGS),
    ("tags_removed", TEXTS),
)
ACTIONS = pa.schema(_ACTION_COLUMNS)
"""One row for each action, as in the journal; divided by month of `started`."""
