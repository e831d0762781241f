"""The resources that texts of an item name: self links, asset names, names and the short forms of people (S18)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tagwarden.providers.gcp.names import Project, name_in, rows_of

_REFERENCE = re.compile(r"(?:https?:/)?/?/?(?:[\w.-]+\.googleapis\.com/[\w./-]*?)?projects/[\w.:-]+(?:/[\w.:@+~%-]+)+")
"""A self link, an asset name or a name within a longer text."""


@dataclass(frozen=True, slots=True)
class _Short:
    """A short name that Google and people write instead of a full one, and the uid that it means.

    Every text with such a name has `part`, which is cheaper to look for.
    """

    part: str
    pattern: re.Pattern[str]
    uid: str


_BUCKET = "//storage.googleapis.com/b/{1}"

_SHORT = (
    _Short("gs://", re.compile(r"(gs://)([a-z0-9][\w.-]+)"), _BUCKET),
    _Short(
        "storage.googleapis.com/",
        re.compile(r"(storage\.googleapis\.com/)(?:storage/v1/b/)?([a-z0-9][\w.-]+)"),
        _BUCKET,
    ),
    _Short(
        ".storage.googleapis.com",
        re.compile(r"()([a-z0-9][\w-]*(?:\.[\w-]+)*)\.storage\.googleapis\.com"),
        _BUCKET,
    ),
    _Short(
        "storage.cloud.google.com/",
        re.compile(r"(storage\.cloud\.google\.com/)([a-z0-9][\w.-]+)"),
        _BUCKET,
    ),
    _Short("/buckets/", re.compile(r"(projects/[\w:-]+/buckets/)([a-z0-9][\w.-]+)"), _BUCKET),
    _Short(
        ".iam.gserviceaccount.com",
        re.compile(r"()([\w-]+@([\w-]+)\.iam\.gserviceaccount\.com)"),
        "//iam.googleapis.com/projects/{2}/serviceAccounts/{1}",
    ),
    _Short(
        "-docker.pkg.dev/",
        re.compile(r"([a-z]+(?:-[a-z]+\d+)?)-docker\.pkg\.dev/([\w-]+)/([\w-]+)"),
        "//artifactregistry.googleapis.com/projects/{1}/locations/{0}/repositories/{2}",
    ),
    _Short(
        ":",
        re.compile(r"(?<![\w:.-])([a-z][a-z0-9-]+):([a-z]+-[a-z]+\d+):([\w-]+)"),
        "//sqladmin.googleapis.com/projects/{0}/instances/{2}",
    ),
)
_OWN = frozenset({"name", "selfLink"})
"""Fields by which an item names itself."""
_SLASHES_OF_PLACES = 3
"""The slashes in the name of a location, which no resource has fewer of."""
_MOST_TEXTS = 50_000
_LONG = 64
"""Texts of this length are remembered although they name nothing: times and sizes are shorter and rarely repeat."""


class Mentions:
    """Finds names in the items of one project; remembers texts, since thousands of items name the same network."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._uids: defaultdict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
        self._names: defaultdict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)

    def named_in(self, item: Mapping[str, Any], host: str) -> set[str]:
        """Give the uids of all resources that any text of an item of this host's API names, except itself."""
        known = self._names[host]
        found: set[str] = set()
        waiting = [value for name, value in item.items() if name not in _OWN]
        while waiting:
            value = waiting.pop()
            kind = type(value)
            if kind is str:
                # Every text that names a resource has one of these.
                if "/" in value or "@" in value or ":" in value:
                    uids = known.get(value)
                    found.update(self._names_of(value, host) if uids is None else uids)
            elif kind is dict:
                waiting.extend(value.values())
            elif kind is list:
                waiting.extend(value)
        return found

    def uids_in(self, text: str, host: str) -> tuple[str, ...]:
        """Give the uids that a name may mean: the kinds of its host, else those of the API that wrote it, else any."""
        known = self._uids[host]
        uids = known.get(text)
        if uids is None:
            told, name = name_in(text)
            name = self._project.own(name)
            found = (rows_of(told, name) if told else ()) or rows_of(host, name) or rows_of("", name)
            while not found and name.count("/") > _SLASHES_OF_PLACES:
                # A version of a key or a secret, or an image of a repository, is a part of what it belongs to.
                name = name.rsplit("/", 2)[0]
                fitting = rows_of(told, name)
                found = rows_of(host, name) or (fitting if len(fitting) == 1 else ())
            uids = _remember(known, text, tuple(row.uid_of(row.with_locations(name)) for row in found))
        return uids

    def _names_of(self, text: str, host: str) -> tuple[str, ...]:
        uids = tuple(self._found_in(text, host))
        return _remember(self._names[host], text, uids) if uids or len(text) >= _LONG else uids

    def _found_in(self, text: str, host: str) -> Iterator[str]:
        if "projects/" in text:
            for name in _REFERENCE.findall(text):
                yield from self.uids_in(name, host)
        for short in _SHORT:
            if short.part in text:
                for names in short.pattern.findall(text):
                    yield short.uid.format(*names, project=self._project.id)


def _remember(known: dict[str, tuple[str, ...]], text: str, uids: tuple[str, ...]) -> tuple[str, ...]:
    if len(known) >= _MOST_TEXTS:
        known.clear()
    known[text] = uids
    return uids
