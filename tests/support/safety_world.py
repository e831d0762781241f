"""A world that watches over the safety rules: whatever changes it is judged by what is really true at that moment.

A deletion rests on looks, and no vendor lets us look and delete at once. So what stands in the way of a deletion counts
when it was there at the last look that the deletion has to make, and is still there when it happens.
"""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.policy import BACKUP_OF
from tagwarden.model.resource import Resource
from tagwarden.model.tags import TagChanges
from tests.support.fake_provider import FakeWorld
from tests.support.safety_truth import (
    HOLDS_DATA,
    Truth,
    expiry_of,
    is_disputed,
    is_production,
    is_silent,
    is_unreadable,
)

OBSERVATIONS = 2
GRACE_UNTAGGED = timedelta(hours=2)
PER_RUN, PER_HOUR = 8, 12
KEEPER, KEPT = "main", "volume"
"""The policy that keeps what it deletes, and the category of that, which it names as one that may go."""
HOUR = timedelta(hours=1)


@dataclass
class Overseer:
    """Writes down every violation; a test asserts that there is none.

    `clock` is the true time and `our_clock` that of our machine. `acting` is the policy at work, `has_lease` whether
    we really are the only ones to act, `incomplete` the kinds that failed to list when this pass collected, by account,
    `imposters` the accounts whose credentials are wrong, and `twins` those that are declared twice.
    """

    world: FakeWorld
    clock: Callable[[], datetime]
    our_clock: Callable[[], datetime]
    acting: str = ""
    has_lease: bool = True
    incomplete: dict[str, frozenset[str]] = field(default_factory=dict)
    imposters: set[str] = field(default_factory=set)
    twins: frozenset[str] = frozenset()
    seen: Counter[tuple[str, datetime | None]] = field(default_factory=Counter)
    known: dict[str, Resource] = field(default_factory=dict)
    deletions: deque[datetime] = field(default_factory=deque)
    in_this_run: int = 0
    asked: Counter[tuple[str, datetime | None]] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    acted_on: str = ""
    _at_read: dict[str, Truth] = field(default_factory=dict)
    _at_look: Truth | None = None

    def begins(self, policy: str) -> None:
        """Take note that a pass begins."""
        self.acting, self.in_this_run, self.has_lease = policy, 0, True
        self.acted_on, self._at_look = "", None
        self._at_read.clear()

    def truth(self) -> Truth:
        """Give the world as it is now; what is being deleted is there no more."""
        state = self.world.state
        living = {uid: each.resource for uid, each in state.living.items() if each.gone_at is None}
        denied = {
            account: frozenset(failure.kind for failure in failures)
            for account, failures in self.world.failures.items()
        }
        return Truth(self.clock(), living, tuple(state.edges), denied)

    def about_to(self, operation: str, resource: Resource | None) -> None:
        """Take note of a call that the vendor is about to answer."""
        if operation == "look":
            self._at_look = self.truth()
        elif operation == "read" and resource is not None:
            self._at_read[resource.uid] = self.truth()
        elif operation in {"delete", "back_up", "set_tags"} and resource is not None:
            self.acted_on = resource.uid

    def collected(self, resources: tuple[Resource, ...]) -> None:
        """Take note of what a pass of the policy has seen."""
        truth = self.truth()
        for resource in resources:
            is_complete = resource.kind not in self.incomplete.get(resource.account, frozenset())
            # What has a claim, or may have one, agrees with no deletion; an incomplete listing says nothing.
            if truth.has_claim(resource) or is_unreadable(resource):
                del self.seen[self._sight(resource)]
            elif is_complete:
                self.seen[self._sight(resource)] += 1
            self.known[resource.uid] = resource

    def witness(self, operation: str, resource: Resource, changes: TagChanges) -> None:
        """Judge a change of the world by what is true."""
        self._of_any_write(operation, resource)
        if operation == "delete":
            self._of_deletion(resource)
            self._of_what_is_kept(resource)
        elif operation == "back_up":
            self._never("S2", self._held(is_production, resource), f"kept in production: {resource}")
            self._never("S5", self._had_changed(resource), f"kept though changed since: {resource}")
            # What is under way or fresh, as far as our clock tells, is no reason to ask again.
            self._never("S11", self._is_kept(resource, self.our_clock(), ready=False), f"kept twice: {resource}")
        else:
            self._of_tags(resource, changes)

    def _of_any_write(self, operation: str, resource: Resource) -> None:
        self._never("S15", self.acting == "watcher", f"{operation} in Audit: {resource}")
        self._never("S15", not self.acting, f"{operation} outside of any pass: {resource}")
        self._never("S11", not self.has_lease, f"{operation} without the lease: {resource}")
        self._never("S10", resource.account in self.imposters, f"{operation} in another account: {resource}")
        self._never("S22", resource.account in self.twins, f"{operation} in an account declared twice: {resource}")
        disputed, unreadable = self._held(is_disputed, resource), self._held(is_unreadable, resource)
        self._never("S16", disputed, f"{operation} of what two policies govern: {resource}")
        self._never("S1", unreadable, f"{operation} with unreadable tags: {resource}")

    def _held(self, predicate: Callable[[Resource], bool], resource: Resource) -> bool:
        """Whether something is true of a resource, and was so when it was last read."""
        return predicate(resource) and predicate(self._as_read(resource))

    def _as_read(self, resource: Resource) -> Resource:
        """Give a resource as it was when the one that is acted on was last read."""
        read = self._at_read.get(self.acted_on)
        return resource if read is None else read.living.get(resource.uid, resource)

    def _of_deletion(self, resource: Resource) -> None:
        now = self.clock()
        self.asked[resource.uid, resource.created] += 1
        self._never("S11", self.asked[resource.uid, resource.created] > 1, f"deleted twice: {resource}")
        for obstacle in sorted(self._obstacles_of(resource)):
            self._never(obstacle.partition(":")[0], True, f"deleted {resource} though {obstacle}")
        self._never("S5", self._had_changed(resource), f"deleted though changed since it was judged: {resource}")
        taken = self._is_taken(resource)
        if not taken:
            self._never("S4", self.seen[self._sight(resource)] < OBSERVATIONS, f"deleted at first sight: {resource}")
            self._of_grace(resource, now)
            self._of_limits(now)
        self._never("S13", bool(resource.manager) and not taken, f"deleted under its manager: {resource}")
        self._never("S19", self._is_lost_for_ever(resource), f"deleted for being untagged: {resource}")

    def _obstacles_of(self, resource: Resource) -> frozenset[str]:
        """Say what stood in the way when it was looked for, and does so still.

        The users of a resource are looked for after it was read, and what belongs to it with the look at itself.
        """
        now = self.truth().obstacles_of(resource.uid)
        if not now:
            return now
        read = self._at_read.get(self.acted_on)
        if read is None:
            return now
        looked = self._at_look
        seen = read.obstacles_of(resource.uid)
        if looked is not None and looked.now >= read.now and resource.uid in looked.living:
            seen |= {*looked.words_of_users(resource.uid), *looked.gaps_for(resource)}
        return now & seen

    def _had_changed(self, resource: Resource) -> bool:
        """Whether it is another than was judged, and was so when it was last read."""
        judged = self.known.get(resource.uid)
        return judged is None or self._held(
            lambda each: (judged.tags, judged.created) != (each.tags, each.created), resource
        )

    def _is_lost_for_ever(self, resource: Resource) -> bool:
        """Whether nobody named the end of something that holds data, nor that of anything it belongs to."""
        if resource.kind not in HOLDS_DATA or resource.category == KEPT or not is_silent(resource):
            return False
        now = self.clock()
        parents = [
            living.resource for living in self.world.state.living.values() if self._owns(living.resource, resource)
        ]
        ends = [expiry_of(parent) for parent in parents]
        return not any(end is not None and end <= now for end in ends)

    def _owns(self, owner: Resource, owned: Resource) -> bool:
        return any(
            (edge.source, edge.meaning, edge.target) == (owner.uid, EdgeMeaning.OWNS, owned.uid)
            for edge in self.world.state.edges
        )

    def _of_what_is_kept(self, resource: Resource) -> None:
        lost = (
            resource.category == KEPT
            and self.acting == KEEPER
            and not self._is_kept(resource, self.clock(), ready=True)
        )
        self._never("S6", lost, f"deleted without the backup that the plan promised: {resource}")

    def _is_kept(self, resource: Resource, now: datetime, *, ready: bool) -> bool:
        """Whether there is a backup of this very resource that is new enough, and ready if asked for."""
        made = [living for living in self.world.state.living.values() if living.resource.kind == "aws_ec2_snapshot"]
        return any(
            living.resource.tags.values.get(BACKUP_OF) == resource.uid
            and living.resource.state != "failed"
            and living.resource.created is not None
            and (resource.created is None or living.resource.created >= resource.created)
            and now - living.resource.created <= timedelta(hours=24)
            and (not ready or living.ready_at is None or living.ready_at <= now)
            for living in made
        )

    def _of_grace(self, resource: Resource, now: datetime) -> None:
        goes_along = any(
            edge.meaning is EdgeMeaning.OWNS and edge.target == resource.uid for edge in self.world.state.edges
        )
        if is_silent(resource) and resource.created is not None and not goes_along:
            too_young = now - resource.created < GRACE_UNTAGGED
            self._never("S4", too_young, f"deleted within its grace: {resource}")

    def _of_limits(self, now: datetime) -> None:
        self.in_this_run += 1
        self.deletions.append(now)
        while self.deletions[0] <= now - HOUR:
            self.deletions.popleft()
        self._never("S9", self.in_this_run > PER_RUN, f"{self.in_this_run} deletions in one run")
        self._never("S9", len(self.deletions) > PER_HOUR, f"{len(self.deletions)} deletions in an hour")

    def _of_tags(self, resource: Resource, changes: TagChanges) -> None:
        before = expiry_of(resource)
        written = changes.set.get("expiration")
        after = before if written is None else datetime.fromisoformat(written)
        shortened = before is not None and after is not None and after < before
        self._never("S2", shortened and self._held(is_production, resource), f"shortened in production: {resource}")
        self._never("S5", shortened and after is not None and after <= self.clock(), f"made deletable: {resource}")
        self._never("S5", self._had_changed(resource), f"tags written over a change: {resource}")

    def _is_taken(self, resource: Resource) -> bool:
        """Whether the vendor deletes it itself, with what made it."""
        manager = None if resource.manager is None else self.world.state.living.get(resource.manager.reference)
        return manager is not None and manager.gone_at is not None

    def _sight(self, resource: Resource) -> tuple[str, datetime | None]:
        return resource.uid, resource.created

    def _never(self, rule: str, violated: bool, what: str) -> None:
        if violated:
            self.violations.append(f"{rule}: {what}")
