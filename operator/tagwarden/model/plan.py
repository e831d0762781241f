"""The plan of a policy: actions, the order, and the resource states at planning."""

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
    """The vendor backs up the resource before the deletion."""
    DELETE = "Delete"
    CREATE = "Create"
    """Recreated by `tagwarden restore`; never part of the plan of a policy."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a backup is kept from its creation, and the key of the tag with the end of this time."""

    key: str
    time: timedelta


@dataclass(frozen=True, slots=True)
class Action:
    """A write to a single resource.

    `order` is the wave: actions of a wave may run at once, and a wave begins when all earlier waves are verified; tags
    are written and backups made in wave 0. `because` is the uid of the resource whose deletion includes this one;
    empty: the resource's own verdict. `reason` is the rule. `after` are the uids that must be deleted before this
    action may begin: if one of these deletions is withheld or fails, so is this action. For a backup, `changes.set` are
    the tags of the backup, to which the creation adds the current time and the expiry from `keeping`; the deletion of a
    resource with a backup waits until the backup is verified.
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
    """A resource in the state at planning, with judgement, actions, or the reason for none.

    `taken_by` is the uid of the resource whose deletion makes the vendor delete this one (contents of a namespace,
    members of a manager, a volume with delete-on-termination): no action of its own is necessary. `breaks` are the uids
    of users that stay while this resource is deleted. `cost` is the fixed cost, in US dollars per month by list prices;
    None if unknown. `evidence` supports a deletion or a shortened expiry; None without such an action.
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
        """The backup that must be ready before the deletion, if the policy requires a backup."""
        return next((action for action in self.actions if action.type == ActionType.BACKUP), None)

    @property
    def goes(self) -> bool:
        """Whether the resource no longer exists at the end of the plan."""
        return bool(self.taken_by) or any(action.type == ActionType.DELETE for action in self.actions)


@dataclass(frozen=True, slots=True)
class Baseline:
    """Counts of a pass of a policy, with which the brake compares the next pass.

    `governed` counts the resources of the scope, `tagged` those with any readable tag, `unforeseen` the deletions, now
    or after the grace period, for a reason other than an expiry that passed under observation. `braked` says that the
    brake stopped the pass, which is then no baseline.
    """

    at: datetime
    governed: int = 0
    tagged: int = 0
    unforeseen: int = 0
    braked: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a policy. `resources` holds governed and associated resources in the order of uid.

    `hash` covers the actions and the states of their resources, but neither time nor snapshots: the same resources and
    the same policy give the same hash on any machine (S6). `snapshots` are the ids of the sources. `stopped` is the
    limit that blocks all deletions, if any (S9). `has_prices` says that costs were looked up; costs are not part of
    the hash, since a price does not change an action. `declarations` are the checksums, by name, of the policies and
    accounts behind the plan (S17). `baseline` is kept for the brake.
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
        """Whether the plan deletes any resource."""
        return any(planned.goes for planned in self.resources)


def takers_in(resources: Iterable[PlannedResource]) -> dict[str, str]:
    """Map the uid of each resource that the vendor deletes along with another to the uid of the other."""
    return {planned.resource.uid: planned.taken_by for planned in resources if planned.taken_by}


def takers_of(uid: str, takers: Mapping[str, str]) -> Iterator[str]:
    """Give the resources whose deletion includes this one, nearest first; stops at a cycle, as in a damaged plan."""
    seen = {uid}
    while (uid := takers.get(uid, "")) and uid not in seen:
        seen.add(uid)
        yield uid
