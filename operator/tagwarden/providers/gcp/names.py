"""Names of Google Cloud resources: the same resource is written as a name, a self link or an asset name."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from tagwarden.providers.gcp.row import Row, rows

_URL = re.compile(r"https?://(?:www\.googleapis\.com/(?P<service>\w+)|(?P<host>[\w.-]+\.googleapis\.com))/(?P<path>.+)")
_VERSION = re.compile(r"(?:(?:\w+/)?v\d\w*(?:\.\d+)?|compute/beta|storage/v1|dns/v\d\w*)/")
_ZONE = re.compile(r"([a-z]+-[a-z]+\d+)-[a-z]")
_NUMBER = re.compile(r"projects/(\d+)(?=/|$)")


@dataclass(frozen=True, slots=True)
class Project:
    """A project by its id and its number: Google writes names with either."""

    id: str
    number: str = ""

    def own(self, name: str) -> str:
        """Give a name with the id of the project instead of its number."""
        if not self.number or self.number not in name:
            return name
        return _NUMBER.sub(lambda found: f"projects/{self.id if found[1] == self.number else found[1]}", name)


def name_in(text: str) -> tuple[str, str]:
    """Give the host and the name that a self link, an asset name or a name holds; the host of a bare name is empty."""
    if text.startswith("//"):
        host, _, name = text.removeprefix("//").partition("/")
        return host, name
    url = _URL.match(text)
    if url is None:
        return "", text
    host = url["host"] or f"{url['service']}.googleapis.com"
    return host, _VERSION.sub("", url["path"], count=1)


@lru_cache(maxsize=65_536)
def shape_of(name: str) -> str:
    """Give a name without its ids, such as `projects/zones/disks` for `projects/p/zones/z/disks/d`."""
    parts = name.split("/")
    return "/".join(_steps(parts) if "global" in parts else parts[::2])


def _steps(parts: list[str]) -> list[str]:
    """Give the words of a name in which `global` stands without an id."""
    found, place = [], 0
    while place < len(parts):
        found.append(parts[place])
        place += 1 if parts[place] == "global" else 2
    return found


@cache
def rows_by_shape() -> Mapping[str, tuple[Row, ...]]:
    """Every row by the shape of its names."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows().values():
        found[shape_of(f"{row.path}/x")].append(row)
    return {shape: tuple(each) for shape, each in found.items()}


def rows_of(host: str, name: str) -> tuple[Row, ...]:
    """Give the rows whose resources may have this name; without a host, those of every API."""
    return _rows_of_shape(host, shape_of(name))


@lru_cache(maxsize=65_536)
def _rows_of_shape(host: str, shape: str) -> tuple[Row, ...]:
    fitting = rows_by_shape().get(shape, ())
    return tuple(row for row in fitting if row.host == host) if host else fitting


def row_of(host: str, name: str) -> Row | None:
    """Give the row of a name; None where no row or several rows fit."""
    fitting = rows_of(host, name)
    return fitting[0] if len(fitting) == 1 else None


def location_of(name: str) -> str:
    """Give the zone, region or location in a name; empty for a global resource."""
    parts = name.split("/")
    for word in ("zones", "regions", "locations"):
        if word in parts[:-1]:
            place = parts[parts.index(word) + 1]
            return "" if place in {"global", "-"} else place
    return ""


def region_of(location: str) -> str:
    """Give the region of a zone; another location unchanged, in lower case."""
    zone = _ZONE.fullmatch(location)
    return zone[1] if zone else location.lower()
