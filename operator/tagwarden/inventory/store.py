"""Snapshots on disk: one Parquet file per snapshot, in Hive-style partitions that any query engine reads.

`<root>/resources/account=<account>/date=<UTC date>/<id>.parquet`. Only the partition names the account, since engines
refuse a column with the name of a partition. Values of the whole snapshot are in the file's metadata.
"""

import contextlib
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from tagwarden.errors import BadInput, StateError
from tagwarden.model.billing import Billing, Charge, Unit
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Manager, Presence, ProviderName, Resource
from tagwarden.model.snapshot import CollectFailure, Identity, InventoryRead, Snapshot
from tagwarden.model.tags import Tags, TagState

METADATA_KEY = b"tagwarden"
FORMAT = 1
"""Version of the format; increased when files of the previous version would be read wrongly."""

_TEXT = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        ("uid", pa.string()),
        ("provider", _TEXT),
        ("region", _TEXT),
        ("kind", _TEXT),
        ("category", _TEXT),
        ("id", pa.string()),
        ("name", pa.string()),
        ("namespace", _TEXT),
        ("created", pa.timestamp("us", tz="UTC")),
        ("state", _TEXT),
        ("tag_state", _TEXT),
        ("tags", pa.map_(pa.string(), pa.string())),
        ("fixed_tags", pa.list_(pa.string())),
        ("tags_why", pa.string()),
        ("manager", pa.struct([(member, pa.string()) for member in ("kind", "name", "reference", "presence")])),
        ("protection", _TEXT),
        ("version", pa.string()),
        ("attributes", pa.string()),
        ("billing", pa.list_(pa.struct([("item", pa.string()), ("unit", pa.string()), ("quantity", pa.float64())]))),
        ("edges", pa.list_(pa.struct([("meaning", pa.string()), ("target", pa.string())]))),
        ("mentions", pa.list_(pa.string())),
    ]
)
"""One row per resource. `attributes` is a JSON object; `edges` are those that start at the resource, `mentions` are
names in the resource that may refer to another account."""


class SnapshotStore:
    """The snapshots below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def prepare(self) -> None:
        """Create the folder; raise StateError on failure, before a collection would be in vain."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateError(f"cannot write to the inventory {self.root}: {error.strerror or error}") from error

    def save(self, snapshot: Snapshot) -> Path:
        """Write a snapshot atomically, and give the file."""
        path = self._folder_of(snapshot.account) / f"date={snapshot.taken:%Y-%m-%d}" / f"{snapshot.id}.parquet"
        half = path.with_suffix(f".{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(_table_of(snapshot), half, compression="zstd")
            half.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):  # the error may concern the folder itself
                half.unlink(missing_ok=True)
            raise StateError(f"cannot write the snapshot {path}: {error.strerror or error}") from error
        return path

    def load(self, path: Path) -> Snapshot:
        """Read a snapshot that equals the saved one; raise BadInput if the file holds no snapshot."""
        return load_snapshot(path)

    def accounts(self) -> tuple[str, ...]:
        """Name the accounts with a folder."""
        found = self.root.glob("resources/account=*")
        return tuple(sorted(path.name.removeprefix("account=") for path in found))

    def files(self, account: str) -> tuple[Path, ...]:
        """List every snapshot file of an account, oldest first."""
        found = self._folder_of(account).glob("date=*/*.parquet")
        return tuple(sorted(found, key=lambda path: path.name))

    def latest(self, account: str) -> Snapshot | None:
        """Read the newest snapshot of an account; None if no snapshot is stored."""
        files = self.files(account)
        return load_snapshot(files[-1]) if files else None

    def kinds_seen(self, account: str) -> frozenset[str]:
        """Name the kinds of which the newest snapshot has resources, or that it could not list to the end.

        Only one column is read. Empty if no snapshot is stored; raises BadInput if the file holds no snapshot.
        """
        files = self.files(account)
        if not files:
            return frozenset()
        table = _table_in(files[-1], ["kind"])
        failed = (kind for kind, *_ in _told_of(files[-1], table.schema)["failures"])
        return frozenset((*failed, *table.column("kind").unique().to_pylist()))

    def find(self, snapshot: str) -> Snapshot | None:
        """Read the snapshot with this id; None if not stored."""
        found = self._file_of(snapshot)
        return load_snapshot(found) if found else None

    def taken(self, snapshots: Iterable[str]) -> Mapping[str, datetime]:
        """Give the collection time (aware UTC) of each account, for those of these snapshots that are stored.

        Only the metadata of the files is read.
        """
        heads = [_told_of(found, pq.read_schema(found)) for name in snapshots if (found := self._file_of(name))]
        return {told["account"]: datetime.fromisoformat(told["taken"]) for told in heads}

    def prune(self, account: str, keep_since: datetime) -> int:
        """Remove the snapshots of days before `keep_since` (aware UTC), never the newest; give the number removed."""
        day = f"date={keep_since:%Y-%m-%d}"
        outdated = [path for path in self.files(account)[:-1] if path.parent.name < day]
        for path in outdated:
            path.unlink(missing_ok=True)
        return len(outdated)

    def _file_of(self, snapshot: str) -> Path | None:
        return next((self.root / "resources").glob(f"account=*/date=*/{snapshot}.parquet"), None)

    def _folder_of(self, account: str) -> Path:
        return self.root / "resources" / f"account={account}"


def load_snapshot(path: Path) -> Snapshot:
    """Read a snapshot file; raise BadInput with the file name if the file holds no snapshot."""
    table = _table_in(path)
    return _snapshot_of(table, _told_of(path, table.schema))


def _table_in(path: Path, columns: list[str] | None = None) -> pa.Table:
    try:
        return pq.ParquetFile(path).read(columns=columns)
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file") from error
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInput(f"{path}: not a Parquet file: {error}") from error


def _told_of(path: Path, schema: pa.Schema) -> dict[str, Any]:
    """Read the values of the whole snapshot; raise BadInput if missing or of another format."""
    head = (schema.metadata or {}).get(METADATA_KEY)
    if head is None:
        raise BadInput(f"{path}: not a snapshot; write one with: tagwarden collect -f DIR")
    told: dict[str, Any] = orjson.loads(head)
    if told["format"] != FORMAT:
        raise BadInput(f"{path}: a snapshot of format {told['format']}, this version reads {FORMAT}; collect again")
    return told


def _table_of(snapshot: Snapshot) -> pa.Table:
    starting: dict[str, list[dict[str, str]]] = {resource.uid: [] for resource in snapshot.resources}
    loose: list[tuple[str, str, str]] = []
    for edge in snapshot.edges:
        if edge.source in starting:
            starting[edge.source].append({"meaning": edge.meaning.value, "target": edge.target})
        else:
            loose.append((edge.source, edge.meaning.value, edge.target))
    rows = [
        {**_row_of(resource, starting[resource.uid]), "mentions": snapshot.mentions.get(resource.uid)}
        for resource in snapshot.resources
    ]
    told = {
        "format": FORMAT,
        "id": snapshot.id,
        "account": snapshot.account,
        "provider": snapshot.provider.value,
        "identity": [snapshot.identity.account, snapshot.identity.caller],
        "identifiedAt": snapshot.identity.at.isoformat() if snapshot.identity.at else None,
        "issuer": snapshot.identity.issuer,
        "server": snapshot.identity.server,
        "number": snapshot.identity.number,
        "taken": snapshot.taken.isoformat(),
        "durationSeconds": snapshot.duration_seconds,
        "kinds": snapshot.kinds,
        "failures": [[each.kind, each.region, each.reason, each.message] for each in snapshot.failures],
        "apiCalls": snapshot.api_calls,
        "unlistedRegions": snapshot.unlisted_regions,
        "looseEdges": loose,
        "inventory": _inventory_row(snapshot.inventory),
        "disabledKinds": snapshot.disabled_kinds,
    }
    return pa.Table.from_pylist(rows, schema=SCHEMA.with_metadata({METADATA_KEY: orjson.dumps(told)}))


def _row_of(resource: Resource, edges: list[dict[str, str]]) -> dict[str, Any]:
    manager = resource.manager
    return {
        "uid": resource.uid,
        "provider": resource.provider.value,
        "region": resource.region,
        "kind": resource.kind,
        "category": resource.category,
        "id": resource.id,
        "name": resource.name,
        "namespace": resource.namespace,
        "created": resource.created,
        "state": resource.state,
        "tag_state": resource.tags.state.value,
        "tags": list(resource.tags.values.items()),
        "fixed_tags": sorted(resource.tags.fixed),
        "tags_why": resource.tags.why,
        "manager": manager
        and {
            "kind": manager.kind,
            "name": manager.name,
            "reference": manager.reference,
            "presence": manager.presence.value,
        },
        "protection": resource.protection,
        "version": resource.version,
        "attributes": orjson.dumps(resource.attributes).decode(),
        "billing": resource.billing and [charge._asdict() for charge in resource.billing],
        "edges": edges,
    }


def _manager_of(row: dict[str, Any]) -> Manager:
    return Manager(row["kind"], row["name"], row["reference"], Presence(row["presence"]))


def _snapshot_of(table: pa.Table, told: dict[str, Any]) -> Snapshot:
    resources: list[Resource] = []
    edges = [Edge(source, EdgeMeaning(meaning), target) for source, meaning, target in told["looseEdges"]]
    account, caller = told["identity"]
    seen: dict[Billing, Billing] = {}
    mentions: dict[str, tuple[str, ...]] = {}
    for batch in table.to_batches(max_chunksize=4096):
        for row in batch.to_pylist():
            billing = _billing_of(row.get("billing"))
            resources.append(_resource_of(row, told["account"], seen.setdefault(billing, billing)))
            edges += [Edge(row["uid"], EdgeMeaning(edge["meaning"]), edge["target"]) for edge in row["edges"]]
            if row.get("mentions"):
                mentions[row["uid"]] = tuple(row["mentions"])
    return Snapshot(
        id=told["id"],
        account=told["account"],
        provider=ProviderName(told["provider"]),
        identity=Identity(
            account,
            caller,
            _instant(told.get("identifiedAt")),
            told.get("issuer", ""),
            told.get("server", ""),
            told.get("number", ""),
        ),
        taken=datetime.fromisoformat(told["taken"]),
        duration_seconds=told["durationSeconds"],
        kinds=tuple(told["kinds"]),
        resources=tuple(resources),
        edges=tuple(edges),
        failures=tuple(CollectFailure(*each) for each in told["failures"]),
        api_calls=told["apiCalls"],
        unlisted_regions=tuple(told["unlistedRegions"]),
        mentions=mentions,
        inventory=_inventory_of(told.get("inventory")),
        disabled_kinds=tuple(told.get("disabledKinds", ())),
    )


def _inventory_row(read: InventoryRead | None) -> list[Any] | None:
    if read is None:
        return None
    changed = read.latest_change.isoformat() if read.latest_change else None
    return [read.name, read.read_at.isoformat(), changed, read.resources]


def _inventory_of(told: list[Any] | None) -> InventoryRead | None:
    if told is None:
        return None
    name, read_at, changed, resources = told
    return InventoryRead(name, datetime.fromisoformat(read_at), _instant(changed), resources)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _resource_of(row: dict[str, Any], account: str, billing: Billing) -> Resource:
    return Resource(
        uid=row["uid"],
        provider=ProviderName(row["provider"]),
        account=account,
        region=row["region"],
        kind=row["kind"],
        category=row["category"],
        id=row["id"],
        name=row["name"],
        created=row["created"],
        tags=Tags(TagState(row["tag_state"]), dict(row["tags"]), frozenset(row["fixed_tags"]), row["tags_why"]),
        namespace=row["namespace"],
        state=row["state"],
        manager=_manager_of(row["manager"]) if row["manager"] else None,
        protection=row["protection"],
        version=row["version"],
        attributes=orjson.loads(row["attributes"]),
        billing=billing,
    )


def _billing_of(charges: list[dict[str, Any]] | None) -> Billing:
    """Read the charges; snapshots of earlier versions have no such column."""
    if charges is None:
        return None
    return tuple(Charge(each["item"], Unit(each["unit"]), each["quantity"]) for each in charges)
