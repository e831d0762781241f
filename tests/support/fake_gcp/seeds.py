"""A resource to plant in a simulated project, and the labels that it may carry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NO_LABELS: Mapping[str, str] = {}
KEPT: Mapping[str, str] = {"owner": "alice", "expiration": "2099-01-01"}
EXPIRED: Mapping[str, str] = {"owner": "bob", "expiration": "2026-01-31"}


@dataclass(frozen=True, slots=True)
class Seed:
    """One resource: the method that creates it, the place, the body, and how old it is.

    "$project", "$number", "$region" and "$zone" stand for those of the world; a place is below the project.
    """

    method: str
    place: str
    body: Mapping[str, Any]
    days: int = 40
    query: Mapping[str, str] = field(default_factory=dict)
