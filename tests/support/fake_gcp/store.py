"""Projects and the resources in them, by API and by key: the path of a resource without host and version."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.support.fake_gcp.documents import VERSION_SEGMENT, Document
from tests.support.fake_gcp.errors import not_found

# Some of Compute Engine's regions with their zones; enough to show "several", few enough to be fast.
REGIONS: Mapping[str, tuple[str, ...]] = {
    region: tuple(f"{region}-{letter}" for letter in letters)
    for region, letters in {
        "europe-west1": "bcd",
        "europe-west4": "abc",
        "us-central1": "abcf",
        "us-east1": "bcd",
    }.items()
}
ZONES = frozenset(zone for zones in REGIONS.values() for zone in zones)


@dataclass(slots=True)
class Project:
    """A project: its two identities, and the APIs that are switched on."""

    id: str
    number: str
    labels: dict[str, str] = field(default_factory=dict)
    enabled: set[str] = field(default_factory=set)  # hosts: "redis.googleapis.com"
    consumer: dict[str, str] = field(default_factory=dict)  # host → the project that the refusal names
    created: str = ""


@dataclass(slots=True)
class Record:
    """A resource: its fields as its `get` answers them."""

    api: str
    key: str  # "projects/p/zones/z/instances/i", "b/bucket"
    project: str
    document: Document
    schema: str
    body: dict[str, Any]
    birth: int = 0  # a number of its own: a resource with the name of a deleted one has another id
    writes: int = 0

    @property
    def type(self) -> str:
        """The API and the last collection of the key: "compute.instances"."""
        segments = self.key.split("/")
        return f"{self.api}.{'rrsets' if 'rrsets' in segments[-3:-1] else segments[-2]}"

    @property
    def name(self) -> str:
        """The last element of the key."""
        return self.key.rpartition("/")[2]

    @property
    def location(self) -> str:
        """The zone, region or location, "global" where there is none in the key or the body."""
        found = re.search(r"/(?:zones|regions|locations)/([^/]+)/", self.key)
        stated = self.body.get("region") if self.api == "sqladmin" else self.body.get("location")
        return found.group(1) if found else str(stated or "global").lower()


class Store:
    """Every resource of the simulated cloud."""

    def __init__(self) -> None:
        self.projects: dict[str, Project] = {}
        self.births = count(1)
        self._records: dict[tuple[str, str], Record] = {}

    def canonical(self, api: str, path: str) -> str:
        """Return the key of a path: without version, with the project's id for its number."""
        segments = path.split("/")
        for index in range(min(3, len(segments))):
            if VERSION_SEGMENT.fullmatch(segments[index]):
                segments = segments[index + 1 :]
                break
        if api == "container" and segments[2:3] == ["zones"]:
            segments[2] = "locations"
        if api == "dns" and segments[2:4] == ["locations", "global"]:  # v2 sees the zones of v1 there
            segments[2:4] = []
        if len(segments) > 1 and segments[0] == "projects" and segments[1].isdigit():
            segments[1] = next((each.id for each in self.projects.values() if each.number == segments[1]), segments[1])
        return "/".join(segments)

    def add(self, record: Record) -> None:
        """Keep a resource."""
        self._records[record.api, record.key] = record

    def find(self, api: str, key: str) -> Record | None:
        """Return a resource, or None."""
        return self._records.get((api, key))

    def get(self, api: str, key: str) -> Record:
        """Return a resource; raises Refusal (404)."""
        found = self.find(api, key)
        if found is None:
            raise not_found(api, key)
        return found

    def remove(self, record: Record) -> None:
        """Forget a resource and everything below it."""
        for each in [*self.below(record)]:
            self._records.pop((each.api, each.key), None)
        self._records.pop((record.api, record.key), None)

    def below(self, record: Record) -> Iterator[Record]:
        """Yield the resources whose keys start with the key of this one."""
        prefix = f"{record.key}/"
        yield from (
            each for each in [*self._records.values()] if each.api == record.api and each.key.startswith(prefix)
        )

    def of_types(self, types: frozenset[str], project: str) -> Iterator[Record]:
        """Yield the resources of some types in a project."""
        yield from (each for each in [*self._records.values()] if each.type in types and each.project == project)

    def matching(self, api: str, pattern: re.Pattern[str]) -> list[Record]:
        """Return the resources of an API whose keys match, in the order of their keys."""
        found = [each for each in self._records.values() if each.api == api and pattern.fullmatch(each.key)]
        return sorted(found, key=lambda record: record.key)

    def all(self) -> list[Record]:
        """Return every resource."""
        return list(self._records.values())

    def project_of(self, key: str) -> Project | None:
        """Return the project that a key names, or None."""
        segments = key.split("/")
        return self.projects.get(segments[1]) if segments[0] == "projects" and len(segments) > 1 else None


def compute_key(project: str, value: str) -> str:
    """Return the key that a full or partial URL of a Compute Engine resource names, "" for anything else."""
    match = _LINK.fullmatch(value)
    if not match:
        return ""
    return f"{match.group('project') or f'projects/{project}'}/{match.group('rest')}"


_LINK = re.compile(
    r"(?:https://(?:www|compute)\.googleapis\.com/compute/(?:v1|beta)/)?(?:(?P<project>projects/[^/]+)/)?"
    r"(?P<rest>(?:global|zones/[^/]+|regions/[^/]+)/[a-zA-Z]+/[^/]+(?:/[a-zA-Z]+/[^/]+)?)"
)
