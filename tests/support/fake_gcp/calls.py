"""The requests that clients made, for assertions."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One request and its outcome."""

    method_id: str  # "compute.instances.list", "" where no document has the path
    http: str
    host: str
    path: str
    query: Mapping[str, tuple[str, ...]]
    body: Any
    principal: str  # the account of the token, "" where it was refused
    status: int


@dataclass(slots=True)
class Calls:
    """The log of requests since the last `forget`."""

    made: list[Call] = field(default_factory=list)

    def of(self, pattern: str = "*") -> list[Call]:
        """Return the requests to methods such as "compute.*.delete"."""
        return [call for call in self.made if fnmatchcase(call.method_id, pattern)]

    def counts(self) -> Mapping[str, int]:
        """Return the number of requests by method id."""
        return _counted(call.method_id for call in self.made)

    def forget(self) -> None:
        """Start anew."""
        self.made.clear()


def _counted(ids: Iterable[str]) -> Mapping[str, int]:
    return Counter(ids)
