"""The zones, regions and locations of a project, asked for once each, whichever thread asks first."""

import threading
from collections import defaultdict

from tagwarden.providers.gcp.connection import Connection
from tagwarden.providers.gcp.row import Row

_COMPUTE = "compute.googleapis.com"


class Places:
    """The places in which the kinds of one project are listed."""

    def __init__(self, connection: Connection, project: str) -> None:
        self._connection = connection
        self._project = project
        self._lock = threading.Lock()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._known: dict[str, tuple[str, ...]] = {}

    def of(self, row: Row, word: str) -> tuple[str, ...]:
        """Give the locations of an API as it lists them, else the zones or regions of the project."""
        is_own = word == "location" and row.has_locations
        places = "locations" if is_own else "zones" if word == "zone" else "regions"
        host, prefix = (row.host, row.prefix) if is_own else (_COMPUTE, "compute/v1/")
        path = f"{prefix}projects/{self._project}/{places}"
        key = f"{host}/{path}"
        with self._lock:
            lock = self._locks[key]
        with lock:
            if key not in self._known:
                items, name = ("locations", "locationId") if is_own else ("items", "name")
                pages = self._connection.pages(host, path, {}, f"{host}: list {places}")
                self._known[key] = tuple(str(place[name]) for page in pages for place in page.get(items, ()))
            return self._known[key]
