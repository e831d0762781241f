"""Cloud Asset Inventory: one paged sweep over a project in place of a listing for each kind.

The inventory lags, some types for hours, and may lose updates, so that it only speeds up looking: a listing of some
kinds, as right before a deletion, never asks it (S17), each resource is read directly before it changes (S5), and no
manager counts as gone because the inventory does not show it (S13).
https://cloud.google.com/asset-inventory/docs/overview
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tagwarden.errors import AccessDenied, ProviderError, Unsupported
from tagwarden.model.messages import provider_messages as messages
from tagwarden.model.messages.message import Message
from tagwarden.model.reasons import Reason
from tagwarden.model.snapshot import CollectFailure, InventoryRead
from tagwarden.providers.catalogue.creation_times import TimeForm, parse_created
from tagwarden.providers.catalogue.listing_families import Gap, Gathered, ListedKind
from tagwarden.providers.gcp.carried_kinds import CARRIED
from tagwarden.providers.gcp.connection import Connection
from tagwarden.providers.gcp.names import Project, name_in, rows_of
from tagwarden.providers.gcp.paths import compile_path
from tagwarden.providers.gcp.reading import Reader
from tagwarden.providers.gcp.row import Row

NAME = "Cloud Asset Inventory"
PAGE_SIZE = "1000"
"""The largest page: a project may ask for 100 pages a minute."""
_HOST = "cloudasset.googleapis.com"
_OPERATION = "cloudasset.assets.list"
_HOSTS = {
    "cloudsql.googleapis.com": "sqladmin.googleapis.com",
    "bigtable.googleapis.com": "bigtableadmin.googleapis.com",
}
"""The hosts of APIs by the ones in names of assets, where these differ; types of assets have the hosts of the APIs."""
_MESSAGES: Mapping[type[ProviderError], Message] = {
    AccessDenied: messages.INVENTORY_DENIED,
    Unsupported: messages.INVENTORY_DISABLED,
}


@dataclass(slots=True)
class Sweep:
    """The result of one sweep: the kinds that it covers, with their resources.

    `other_versions` are kinds of which the inventory shows a resource in another version of the API than the row reads:
    they must be listed directly. `read` is None where the inventory did not answer.
    """

    gathered: dict[str, Gathered] = field(default_factory=dict)
    other_versions: set[str] = field(default_factory=set)
    read: InventoryRead | None = None

    def listed(self, kind: str) -> ListedKind:
        """Give the result of one kind as a listing gives it."""
        gathered = self.gathered[kind]
        failures = tuple(CollectFailure(kind, gap.place, gap.reason, gap.message) for gap in gathered.gaps)
        return ListedKind(kind, "", gathered, failures)


def carried_by_inventory(rows: Sequence[Row]) -> list[Row]:
    """Give the rows of kinds that the inventory carries whole."""
    return [row for row in rows if row.kind in CARRIED]


class AssetInventory:
    """Reads the assets of one project."""

    def __init__(self, connection: Connection, project: Project, reader: Reader) -> None:
        self._connection = connection
        self._project = project
        self._reader = reader

    def sweep(self, rows: Sequence[Row]) -> Sweep:
        """Read every page; where one fails, each of the kinds is incomplete (S3)."""
        sweep = Sweep({row.kind: Gathered() for row in rows})
        if not rows:
            return sweep
        times: list[datetime] = []
        changes: list[datetime] = []
        seen: set[str] = set()
        try:
            for page in self._pages(rows):
                times += _instants(page.get("readTime"))
                for asset in page.get("assets", ()):
                    changes += _instants(asset.get("updateTime"))
                    self._take(asset, sweep, seen)
        except ProviderError as error:
            told = _MESSAGES.get(type(error), messages.INVENTORY_FAILED)
            _fail(sweep, rows, error.reason, told(error=error))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            _fail(sweep, rows, Reason.UnknownError, messages.INVENTORY_UNREADABLE(error=error))
        if times:
            count = sum(len(each.resources) for each in sweep.gathered.values())
            sweep.read = InventoryRead(NAME, min(times), max(changes, default=None), count)
        return sweep

    def _pages(self, rows: Sequence[Row]) -> Iterator[Mapping[str, Any]]:
        # Without types the answer has the objects in clusters, too. An expression that matches nothing is refused.
        names = "|".join(sorted({row.host.removesuffix(".googleapis.com") for row in rows}))
        params = {
            "contentType": "RESOURCE",
            "pageSize": PAGE_SIZE,
            "assetTypes": rf"({names})\.googleapis\.com/.*",
        }
        return self._connection.pages(_HOST, f"v1/projects/{self._project.id}/assets", params, _OPERATION)

    def _take(self, asset: Mapping[str, Any], sweep: Sweep, seen: set[str]) -> None:
        """File one asset under its kind; an asset that cannot be trusted or read makes its kind incomplete (S12)."""
        row, name = row_and_name(asset["name"])
        if row is None or row.kind not in sweep.gathered:
            return
        found = sweep.gathered[row.kind]
        resource = asset.get("resource") or {}
        item = resource.get("data")
        if not self._is_ours(asset, name):
            found.gaps.append(_gap(messages.ASSET_ELSEWHERE(asset=asset["name"])))
        elif not isinstance(item, dict):
            found.gaps.append(_gap(messages.ASSET_WITHOUT_FIELDS(asset=asset["name"])))
        elif resource.get("version") != _version_of(row):
            sweep.other_versions.add(row.kind)
        elif not (row.facts.part_when and compile_path(row.facts.part_when)(item)):
            self._read(row, item, name, found, seen)

    def _read(self, row: Row, item: Mapping[str, Any], name: str, found: Gathered, seen: set[str]) -> None:
        collection = name.rpartition("/")[0] if row.places else row.path.format(project=self._project.id)
        try:
            read = self._reader.read(row, _respelt(row, item), f"{row.prefix}{self._project.own(collection)}")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            found.gaps.append(_gap(messages.ASSET_UNREADABLE(asset=name, error=error)))
            return
        if not self._is_named_ours(read.resource.id):
            found.gaps.append(_gap(messages.ASSET_MISNAMED(resource=read.resource.id, asset=name)))
        elif read.resource.uid not in seen:
            seen.add(read.resource.uid)
            read.file(found)

    def _is_ours(self, asset: Mapping[str, Any], name: str) -> bool:
        """Whether an asset says that it is of this project: by its nearest ancestor and by its name (S10)."""
        nearest = next(iter(asset.get("ancestors") or ()), "")
        return nearest == f"projects/{self._project.number}" and self._is_named_ours(name)

    def _is_named_ours(self, name: str) -> bool:
        own = self._project.own(name)
        return not own.startswith("projects/") or own.startswith(f"projects/{self._project.id}/")


def row_and_name(text: str) -> tuple[Row | None, str]:
    """Give the row and the API's own name of an asset; no row where no kind or several kinds fit."""
    host, name = name_in(text)
    host = _HOSTS.get(host, host)
    if host == "storage.googleapis.com":
        name = f"b/{name}"
    for spelling in (name, name.replace("/zones/", "/locations/")):
        fitting = rows_of(host, spelling)
        if len(fitting) == 1:
            return fitting[0], spelling
    return None, name


def _version_of(row: Row) -> str:
    """Give the version of the API in the prefix of a row, such as `v1` in `compute/v1/`."""
    return row.prefix.rstrip("/").rpartition("/")[2]


def _respelt(row: Row, item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give an item with its fingerprints as the API spells them: the inventory has base64 with `+` and `/`."""
    token = row.labels.token if row.labels else ""
    names = [name for name in {token, row.etag} if name.lower().endswith("fingerprint") and name in item]
    return {**item, **{name: str(item[name]).replace("/", "_").replace("+", "-") for name in names}} if names else item


def _fail(sweep: Sweep, rows: Sequence[Row], reason: Reason, message: str) -> None:
    for row in rows:
        sweep.gathered[row.kind].gaps.append(Gap("", reason, message))


def _gap(message: str) -> Gap:
    return Gap("", Reason.UnknownError, message)


def _instants(text: Any) -> list[datetime]:
    found = parse_created(text, TimeForm.TIME)
    return [found] if found is not None else []
