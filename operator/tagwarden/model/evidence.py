"""Evidence of a deletion besides the resource itself, and the same evidence read again (S17)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import Extent, Snapshot


class Role(StrEnum):
    """Relation of a witness to the deleted resource."""

    PARENT = "parent"
    """It owns, manages or contains the resource or another witness: it may protect or claim that (S21)."""
    USER = "user"
    """It needs or uses the resource, or one of its own users does: it must not be harmed (S8, S18)."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A resource whose state allows a deletion, as it was when the plan was made."""

    resource: Resource
    role: Role


@dataclass(frozen=True, slots=True)
class Search:
    """Where users, parents and parts of a resource were looked for: finding no others is evidence too (S18)."""

    account: str
    extent: Extent


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that allows one deletion. `witnesses` are in the order of uid, `searches` in that of account."""

    witnesses: tuple[Witness, ...] = ()
    searches: tuple[Search, ...] = ()

    @property
    def parents(self) -> tuple[Resource, ...]:
        """The witnesses that are parents."""
        return tuple(witness.resource for witness in self.witnesses if witness.role is Role.PARENT)


@dataclass(frozen=True, slots=True)
class Look:
    """One search, made again: `snapshot` holds its extent as it is now."""

    search: Search
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class FreshEvidence:
    """The evidence as it is right before an action.

    `resources` are those read again one by one, by uid, None for one that is gone; what was read so is newer than the
    same resource in `looks`.
    """

    resources: Mapping[str, Resource | None] = field(default_factory=dict)
    looks: tuple[Look, ...] = ()
