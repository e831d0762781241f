"""The inventory as tables with history that anybody can read: what there is, what there was, and what was done.

```
v1/resources/account=A/open.parquet                        states that hold
v1/resources/account=A/closed/month=M/<at>_<before>.parquet  states that ended
v1/edges/account=A/…        v1/joins/policy=P/…        v1/judgements/policy=P/…
v1/snapshots/account=A/month=M.parquet                     v1/actions/month=M.parquet
```

A state is written when something changed, so the size follows the changes and not the number of looks.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from tagwarden.errors import BadInput
from tagwarden.inventory.lake.chain import START, Chain, Ended, chain_of, instant_name, instant_of
from tagwarden.inventory.lake.rows import (
    CostOf,
    actions_of,
    edge_table,
    edges_of,
    judgements_of,
    resources_of,
    snapshot_row,
)
from tagwarden.inventory.lake.states import Still, advance, no_longer
from tagwarden.inventory.lake.storage import Storage
from tagwarden.inventory.lake.tables import (
    ACTIONS,
    EDGES,
    FORMAT,
    JOINS,
    JUDGEMENTS,
    RESOURCES,
    SNAPSHOTS,
    STATES,
    LakeTable,
)
from tagwarden.model.graph import Edge
from tagwarden.model.plan import Plan
from tagwarden.model.snapshot import ANY_REGION, EVERY_KIND, Snapshot
from tagwarden.state import Entry

_LOOK, _LAST, _VERSION = b"tagwarden-look", b"tagwarden-last", b"tagwarden-format"
_A_DAY = timedelta(days=1)
_VERSION_FOLDER = f"v{FORMAT}"
_LONGEST_CHAIN = 48
"""Ended files of a division that are read before they become one."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the file of open states says of itself: the last look (empty: none yet), and the last ended file."""

    look: str
    last: str


class Lake:
    """The tables below one folder or URI. Writers of one division wait for each other; readers wait for nobody."""

    def __init__(self, root: str | Path) -> None:
        self.storage = Storage(root)
        self.problems: list[str] = []
        """Damaged files and failed writes, which are left out of what is read."""

    def told(self) -> list[str]:
        """Give the problems since the last call, each once."""
        found = list(dict.fromkeys(self.problems))
        self.problems.clear()
        return found

    def record(self, snapshot: Snapshot, cost_of: CostOf) -> None:
        """Write the states that a snapshot begins and ends; a snapshot older than the last look changes nothing.

        Raises StateError where the store fails; the next snapshot then writes what this one would have.
        """
        still = partial(_may_exist, snapshot)
        with self.storage.locked(self._folder(RESOURCES, snapshot.account)):
            self._advance(RESOURCES, snapshot.account, resources_of(snapshot, cost_of), snapshot.taken, still)
            self._advance(EDGES, snapshot.account, edges_of(snapshot), snapshot.taken, partial(_may_lead, snapshot))
            self._count(snapshot)

    def judge(self, plan: Plan, joins: Iterable[Edge] = ()) -> None:
        """Write the states that the judgements of a plan begin and end, and the edges between accounts."""
        between = edge_table(sorted(set(joins), key=str), ())
        with self.storage.locked(self._folder(JUDGEMENTS, plan.policy)):
            self._advance(JUDGEMENTS, plan.policy, judgements_of(plan), plan.generated_at)
            self._advance(JOINS, plan.policy, between, plan.generated_at)

    def keep_actions(self, entries_since: Callable[[datetime], Sequence[Entry]], now: datetime) -> None:
        """Write the actions of the months from the one before now on, as the journal tells them."""
        first = (now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0) - _A_DAY).replace(day=1)
        months: dict[str, list[Entry]] = {}
        for entry in entries_since(first):
            months.setdefault(f"{entry.at.astimezone(UTC):%Y-%m}", []).append(entry)
        with self.storage.locked(f"{_VERSION_FOLDER}/actions"):
            for month, entries in months.items():
                self.storage.write(f"{_VERSION_FOLDER}/actions/month={month}.parquet", actions_of(entries))

    def divisions(self, table: LakeTable) -> list[str]:
        """Name the accounts or policies of a table."""
        start = f"{table.division}="
        return [
            name.removeprefix(start)
            for name in self.storage.folders(f"{_VERSION_FOLDER}/{table.name}")
            if name.startswith(start)
        ]

    def looked(self, table: LakeTable, division: str) -> datetime | None:
        """Give the instant of the last look at a division; None before the first."""
        look = self._head(table, division).look
        return instant_of(look) if look else None

    def open_states(self, table: LakeTable) -> ds.Dataset:
        """Give the states that hold, with the division as a column."""
        return self._dataset(table.schema, table.division, self._open_files(table))

    def all_states(self, table: LakeTable) -> ds.Dataset:
        """Give every state, open and ended, with the division as a column."""
        ended = (
            f"{self._folder(table, division)}/{each.path}"
            for division in self.divisions(table)
            for each in self._chain(table, division).valid
        )
        return self._dataset(table.schema, table.division, [*self._open_files(table), *self._sound(ended)])

    def snapshots(self) -> ds.Dataset:
        """Give the table of snapshots, with the account as a column."""
        return self._dataset(SNAPSHOTS, "account", self._sound(self._names("snapshots")))

    def actions(self) -> ds.Dataset:
        """Give the table of actions."""
        return self._dataset(ACTIONS, None, self._sound(self._names("actions")))

    def prune(self, keep_since: datetime) -> int:
        """Remove the states that ended before an instant, a month at a time; give the number of files removed."""
        first = f"month={keep_since.astimezone(UTC):%Y-%m}"
        outdated = [
            name
            for table in (*(each.name for each in STATES), "snapshots", "actions")
            for name in self._names(table)
            if _month_of(name) < first
        ]
        for name in outdated:
            self.storage.remove(name)
        return len(outdated)

    def forget(self) -> None:
        """Remove the states of resources and edges, before they are built anew from snapshots."""
        for table in (RESOURCES, EDGES):
            for division in self.divisions(table):
                with self.storage.locked(self._folder(table, division)):
                    names = self.storage.names(self._folder(table, division))
                    for name in sorted(names, key=lambda name: not name.endswith("/open.parquet")):
                        self.storage.remove(name)

    def _advance(self, table: LakeTable, division: str, seen: pa.Table, at: datetime, still: Still = no_longer) -> None:
        folder, look = self._folder(table, division), instant_name(at)
        head = self._head(table, division)
        if look <= head.look:
            return
        opened, closed = advance(self._read(f"{folder}/open.parquet"), seen, at, still)
        last = head.last
        if closed is not None:
            ended = Ended(look, last)
            self.storage.write(f"{folder}/{ended.path}", _in_order(table, closed))
            last = ended.at
        told = {_LOOK: look, _LAST: last, _VERSION: str(FORMAT)}
        self.storage.write(f"{folder}/open.parquet", _in_order(table, opened).replace_schema_metadata(told))
        self._tidy(table, division)

    def _tidy(self, table: LakeTable, division: str) -> None:
        """Make one file of a long chain. What it replaces, and leftovers of killed writers, go at the next look."""
        folder = self._folder(table, division)
        chain = self._chain(table, division)
        newest = chain.valid[0].at if chain.valid else START
        for each in chain.leftovers:
            if each.at < newest:
                self.storage.remove(f"{folder}/{each.path}")
        months: dict[str, list[Ended]] = {}
        for each in chain.valid:
            months.setdefault(_month_of(each.path), []).append(each)
        is_long = len(chain.valid) - len(months) >= _LONGEST_CHAIN
        for some in months.values():
            if len(some) > 1 and is_long:
                self._merge(folder, some)

    def _merge(self, folder: str, some: Sequence[Ended]) -> None:
        tables = [self._read(f"{folder}/{each.path}") for each in reversed(some)]
        if any(each is None for each in tables):
            return  # a damaged file stays as it is, and so do its neighbours
        whole = pa.concat_tables([each for each in tables if each is not None]).unify_dictionaries()
        self.storage.write(f"{folder}/{Ended(some[0].at, some[-1].before).path}", whole)

    def _count(self, snapshot: Snapshot) -> None:
        folder = f"{_VERSION_FOLDER}/snapshots/account={snapshot.account}"
        name = f"{folder}/month={snapshot.taken.astimezone(UTC):%Y-%m}.parquet"
        row = snapshot_row(snapshot)
        so_far = self._read(name)
        if so_far is None:
            self.storage.write(name, row)
        elif snapshot.id not in so_far["id"].to_pylist():
            self.storage.write(name, pa.concat_tables([so_far, row]).unify_dictionaries())

    def _head(self, table: LakeTable, division: str) -> Head:
        """Read the head of a division. Without a sound file of open states, the newest ended file is the last one."""
        folder = self._folder(table, division)
        told: Mapping[bytes, bytes] = {}
        try:
            schema = self.storage.head(f"{folder}/open.parquet")
            told = (schema.metadata or {}) if schema is not None else {}
        except BadInput as error:
            self.problems.append(str(error))
        if _LOOK in told:
            return Head(told[_LOOK].decode(), told[_LAST].decode())
        return Head("", max((each.at for each in self._ended(folder)), default=START))

    def _chain(self, table: LakeTable, division: str) -> Chain:
        return chain_of(self._ended(self._folder(table, division)), self._head(table, division).last)

    def _ended(self, folder: str) -> list[Ended]:
        names = self.storage.names(f"{folder}/closed")
        return [ended for name in names if (ended := Ended.parse(name)) is not None]

    def _open_files(self, table: LakeTable) -> list[str]:
        return self._sound(f"{self._folder(table, division)}/open.parquet" for division in self.divisions(table))

    def _sound(self, names: Iterable[str]) -> list[str]:
        """Give the files that can be read; a damaged one is named and left out."""
        found = []
        for name in names:
            try:
                if self.storage.head(name) is not None:
                    found.append(name)
            except BadInput as error:
                self.problems.append(str(error))
        return found

    def _read(self, name: str) -> pa.Table | None:
        try:
            return self.storage.read(name)
        except BadInput as error:
            self.problems.append(str(error))
            return None

    def _names(self, table: str) -> list[str]:
        return [name for name in self.storage.names(f"{_VERSION_FOLDER}/{table}") if "/month=" in name]

    def _folder(self, table: LakeTable, division: str) -> str:
        return f"{_VERSION_FOLDER}/{table.name}/{table.division}={division}"

    def _dataset(self, schema: pa.Schema, division: str | None, names: Sequence[str]) -> ds.Dataset:
        whole = schema.insert(0, pa.field(division, pa.string())) if division else schema
        if not names:
            return ds.dataset(whole.empty_table())
        return ds.FileSystemDataset.from_paths(
            [self.storage.path(each) for each in names],
            schema=whole,
            format=ds.ParquetFileFormat(),
            filesystem=self.storage.files,
            partitions=[_division_of(each, division) for each in names] if division else None,
        )


def _division_of(name: str, division: str) -> pc.Expression:
    value = next(part for part in name.split("/") if part.startswith(f"{division}="))
    return ds.field(division) == value.partition("=")[2]


def _month_of(name: str) -> str:
    return next(part for part in name.split("/") if part.startswith("month=")).removesuffix(".parquet")


def _in_order(table: LakeTable, rows: pa.Table) -> pa.Table:
    return rows.select(table.schema.names).cast(table.schema)


def _may_exist(snapshot: Snapshot, missed: pa.Table) -> npt.NDArray[np.bool_]:
    """Say for each row whether the snapshot could have missed it: its kind was not listed to the end there (S3)."""
    listed = set(snapshot.kinds)
    failed: dict[str, set[str]] = {}
    for failure in snapshot.failures:
        failed.setdefault(failure.kind, set()).add(failure.region)
    unlisted = set(snapshot.unlisted_regions)

    def may(kind: str, region: str) -> bool:
        where = failed.get(kind, set()) | failed.get(EVERY_KIND, set())
        return kind not in listed or region in unlisted or bool(where & {region, "", ANY_REGION})

    rows = missed.select(["kind", "region"]).to_pylist()
    return np.array([may(row["kind"], row["region"]) for row in rows], dtype=np.bool_)


def _may_lead(snapshot: Snapshot, missed: pa.Table) -> npt.NDArray[np.bool_]:
    """Say for each edge whether it may exist still: where anything was not listed, only ends that are known tell."""
    if snapshot.is_complete:
        return no_longer(missed)
    known = {resource.uid for resource in snapshot.resources}
    return np.array([source not in known for source in missed["source"].to_pylist()], dtype=np.bool_)
