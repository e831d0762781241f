"""The plan of one policy: actions, their order, and the resource states they apply to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tagwarden.model.evidence import Evidence
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.tags import TagChanges
from tagwarden.model.verdict import Judgement, Withheld


class ActionType(StrEnum):
    """Type of an action."""

    SET_TAGS = "SetTags"
    BACKUP = "Backup"
    """The vendor backs up the resource before its deletion."""
    DELETE = "Delete"
    CREATE = "Create"
    """Recreated by `tagwarden restore`; never part of the plan of a policy."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a backup is kept from when it is made, and the key of the tag that says until when."""

    key: str
    time: timedelta


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do to one resource.

    `order` is the wave: all of one wave may run at once, a wave begins when those before it are verified; tags are
    written and backups made in wave 0. `because` is the uid of the resource whose deletion takes this one along;
    empty: its own verdict. `reason` is the rule. `after` are the uids that must be gone before this action may begin:
    when one of them is withheld or fails, so is this. Of a backup, `changes.set` are its tags, to which its making adds
    when it was made and what `keeping` says; a resource that has one goes only once that is verified.
    """

    uid: str
    type: ActionType
    order: int
    reason: Reason
    because: str = ""
    changes: TagChanges = field(default_factory=TagChanges)
    after: tuple[str, ...] = ()
    keeping: Keeping | None = None


@dataclass(frozen=True, slots=True)
class PlannedResource:
    """A resource in its state at planning, with judgement, actions, or the reason for none.

    `taken_by` is the uid of the resource whose deletion makes the vendor delete this one by itself (what a namespace
    holds, the members of a manager, a volume with delete-on-termination): it goes without an action of its own.
    `breaks` are the uids of users that stay while this one is deleted. `cost` is the fixed cost, in US
    dollars per month by list prices; None if unknown. `evidence` is what its deletion, or a shorter life, rests
    on; None where no action of its own takes anything away.
    """

    resource: Resource
    judgement: Judgement
    actions: tuple[Action, ...] = ()
    withheld: Withheld | None = None
    taken_by: str = ""
    breaks: tuple[str, ...] = ()
    cost: float | None = None
    evidence: Evidence | None = None

    @property
    def backup(self) -> Action | None:
        """The backup that must be ready before the resource goes, if the policy asks for one."""
        return next((action for action in self.actions if action.type == ActionType.BACKUP), None)

    @property
    def goes(self) -> bool:
        """Whether the resource is gone when the plan is done."""
        return bool(self.taken_by) or any(action.type == ActionType.DELETE for action in self.actions)


@dataclass(frozen=True, slots=True)
class Baseline:
    """Counts of one pass of a policy, with which the brake compares the next pass.

    `governed` counts the resources of the scope, `tagged` those of them that carry any readable tag, `unforeseen`
    those to delete, at once or after their grace, for another reason than an expiry that passed while we watched.
    `braked` says that the brake stops the pass: such a pass is no baseline.
    """

    at: datetime
    governed: int = 0
    tagged: int = 0
    unforeseen: int = 0
    braked: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one policy. `resources` holds governed and associated resources in the order of uid.

    `hash` covers what would be done to which state of which resource, and neither the time nor the snapshot: the
    same world and the same intent give the same hash on any machine (S6). `snapshots` are the ids it was made from.
    `stopped` is the limit that keeps every deletion back, if any (S9). `has_prices` says that costs were looked up;
    they are no part of the hash, since another price is no other deed. `declarations` are the checksums, by name, of
    the policies and accounts that the plan rests on (S17). `baseline` is what the brake remembers of it.
    """

    policy: str
    policy_generation: int
    generated_at: datetime
    snapshots: tuple[str, ...]
    resources: tuple[PlannedResource, ...]
    hash: str
    baseline: Baseline
    stopped: Withheld | None = None
    has_prices: bool = False
    declarations: Mapping[str, str] = field(default_factory=dict)

    @property
    def actions(self) -> tuple[Action, ...]:
        """Every action, in the order of execution."""
        found = [action for planned in self.resources for action in planned.actions]
        return tuple(sorted(found, key=lambda action: (action.order, action.type != ActionType.SET_TAGS, action.uid)))

    def count(self, type_: ActionType) -> int:
        """Count the actions of a type."""
        return sum(action.type is type_ for planned in self.resources for action in planned.actions)

    @property
    def deletes(self) -> bool:
        """Whether anything is deleted."""
        return any(planned.goes for planned in self.resources)


def takers_in(resources: Iterable[PlannedResource]) -> dict[str, str]:
    """Map the uid of each resource that the vendor deletes along with another one to the uid of that one."""
    return {planned.resource.uid: planned.taken_by for planned in resources if planned.taken_by}


def takers_of(uid: str, takers: Mapping[str, str]) -> Iterator[str]:
    """Give the resources whose deletion includes this one, the nearest first; ends in a ring, as in a damaged plan."""
    seen = {uid}
    while (uid := takers.get(uid, "")) and uid not in seen:
        seen.add(uid)
        yield uid
