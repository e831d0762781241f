"""Evidence of a deletion besides the resource itself, and the same evidence read again (S17)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import Extent, Snapshot


class Role(StrEnum):
    """Relation of a witness to the deleted resource."""

    PARENT = "parent"
    """Owns, manages or contains the resource or another witness, and may protect or claim that (S21)."""
    USER = "user"
    """Needs or uses the resource, directly or through another user, and must not be harmed (S8, S18)."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A resource whose state allows a deletion, as of planning."""

    resource: Resource
    role: Role


@dataclass(frozen=True, slots=True)
class Search:
    """Where users, parents and parts of a resource were searched; finding no others is evidence too (S18)."""

    account: str
    extent: Extent


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that allows a deletion. `witnesses` are in the order of uid, `searches` in that of account."""

    witnesses: tuple[Witness, ...] = ()
    searches: tuple[Search, ...] = ()

    @property
    def parents(self) -> tuple[Resource, ...]:
        """The witnesses that are parents."""
        return tuple(witness.resource for witness in self.witnesses if witness.role is Role.PARENT)


@dataclass(frozen=True, slots=True)
class Look:
    """A repeated search: `snapshot` holds the current state of the extent."""

    search: Search
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class FreshEvidence:
    """The evidence right before an action.

    `resources` are the witnesses read again individually, by uid, None if deleted; these readings are newer than
    the same resources in `looks`.
    """

    resources: Mapping[str, Resource | None] = field(default_factory=dict)
    looks: tuple[Look, ...] = ()
