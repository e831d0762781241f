"""Reads the facts of listed items by a row, whose paths are compiled once."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from tagwarden.model.graph import Edge
from tagwarden.providers.catalogue.creation_times import TimeForm, parse_created
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.kind_row import KindRow
from tagwarden.providers.catalogue.path_compiler import PathCompiler, texts

Item = dict[str, Any]
Refer = Callable[[str, str], str]
"""Gives the reference of a resource of a kind by a name in an item: the name itself where it is a uid."""


class ItemReader:
    """A compiled row. `refer` gives references for names in items; `shared` interns."""

    def __init__(self, row: KindRow, compile_path: PathCompiler, refer: Refer, shared: Shared) -> None:
        self._row = row
        self._refer = refer
        self._shared = shared
        self._id = compile_path(row.id)
        self._title = compile_path(row.title) if row.title else None
        self._created = [compile_path(path) for path in row.created.paths] if row.created else []
        self._form = row.created.form if row.created else TimeForm.TIME
        self._state = compile_path(row.state) if row.state else None
        self._region = compile_path(row.region) if row.region else None
        self._attributes = [(name, compile_path(path)) for name, path in row.attributes.items()]
        self._protected = [(compile_path(rule.when), rule.why) for rule in row.protected]
        self._managed = [(rule.kind, compile_path(rule.path)) for rule in row.managed]
        self._links = [(link, compile_path(link.path)) for link in row.links]
        self._aliases = [compile_path(path) for path in row.aliases]
        self._only_where = compile_path(row.only_where) if row.only_where else None

    def is_of_kind(self, item: Item) -> bool:
        """Whether the item is of this kind, and not gone."""
        if self._only_where is not None and not self._only_where(item):
            return False
        return self._state is None or self._state(item) not in self._row.gone

    def id_of(self, item: Item) -> str:
        """Give the id; empty where the item has none."""
        found = self._id(item)
        return str(found) if found else ""

    def title_of(self, item: Item) -> str:
        """Give the name; empty where the row or the item has none."""
        found = self._title(item) if self._title else None
        return str(found) if found else ""

    def state_of(self, item: Item) -> str:
        """Give the state; empty where the row or the item has none."""
        found = self._state(item) if self._state else None
        return self._shared.text(str(found)) if found else ""

    def region_of(self, item: Item) -> str:
        """Give the region that the item names; empty where the row or the item names none."""
        found = self._region(item) if self._region else None
        return str(found) if found else ""

    def created_of(self, item: Item) -> datetime | None:
        """Give the earliest creation time."""
        found: list[datetime] = []
        for path in self._created:
            value = path(item)
            values = value if isinstance(value, list) else [value]
            found.extend(instant for one in values if (instant := parse_created(one, self._form)) is not None)
        return min(found, default=None)

    def attributes_of(self, item: Item) -> dict[str, str | int | bool]:
        """Give the attributes with a plain value."""
        return {name: value for name, path in self._attributes if isinstance(value := path(item), str | int | bool)}

    def protection_of(self, item: Item) -> str:
        """Explain why the resource is never deleted; empty where no rule of the row applies."""
        return next((why for when, why in self._protected if when(item)), "")

    def manager_of(self, item: Item) -> tuple[str, str] | None:
        """Give the manager's kind and name in the item, by the first rule that finds a manager."""
        for kind, path in self._managed:
            for name in texts(path(item)):
                return kind, name
        return None

    def edges(self, item: Item, uid: str) -> Iterator[tuple[Edge, bool]]:
        """Give the edges of the item, each with a flag for conjectures; the ends may still be references."""
        text, refer = self._shared.text, self._refer
        for link, path in self._links:
            for value in texts(path(item)):
                other = text(refer(link.kind, value))
                ends = (other, uid) if link.backwards else (uid, other)
                yield Edge(ends[0], link.meaning, ends[1]), link.if_found

    def aliases(self, item: Item) -> Iterator[str]:
        """Give the further references by which other kinds may name the resource."""
        for path in self._aliases:
            for value in texts(path(item)):
                yield self._refer(self._row.name, value)
