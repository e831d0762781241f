"""A world that watches over the safety rules: whatever changes it is judged by what is really true at that moment.

The rules are stated here a second time, simply and against the truth of the world, and not by what was collected.
"""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.policy import BACKUP_OF
from tagwarden.model.resource import Resource
from tagwarden.model.tags import TagChanges, TagState
from tests.support.fake_provider import FakeWorld

TEST, PRODUCTION = "aws-dev", "aws-prod"
OBSERVATIONS = 2
GRACE_UNTAGGED = timedelta(hours=2)
PER_RUN, PER_HOUR = 8, 12
KEEPER, KEPT = "main", "volume"
"""The policy that keeps what it deletes, and the category of that."""
HOUR = timedelta(hours=1)


def expiry_of(resource: Resource) -> datetime | None:
    """Give the expiry that the tags state; the worlds here write no other form."""
    text = resource.tags.values.get("expiration")
    return None if text is None else datetime.fromisoformat(text)


def is_production(resource: Resource) -> bool:
    """Whether the resource is for production, by account or by name."""
    return resource.account == PRODUCTION or resource.name.startswith("prod-")


def is_disputed(resource: Resource) -> bool:
    """Whether two policies of the same priority govern it."""
    return resource.name.startswith("shared-")


def is_protected(resource: Resource) -> bool:
    """Whether a tag or the vendor protects it."""
    return bool(resource.protection) or "tagwarden.io/protect" in resource.tags.values


@dataclass
class Overseer:
    """Writes down every violation; the state machine asserts that there is none.

    `policy` is who is acting, `may_write` whether anybody may, `incomplete` the kinds that failed to list in this
    pass, by account, and `imposters` the accounts whose credentials are wrong.
    """

    world: FakeWorld
    clock: Callable[[], datetime]
    dependents_of: Callable[[str], frozenset[str]]
    acting: str = ""
    may_act: bool = True
    incomplete: dict[str, frozenset[str]] = field(default_factory=dict)
    imposters: set[str] = field(default_factory=set)
    seen: Counter[tuple[str, datetime | None]] = field(default_factory=Counter)
    known: dict[str, Resource] = field(default_factory=dict)
    deletions: deque[datetime] = field(default_factory=deque)
    in_this_run: int = 0
    asked: Counter[tuple[str, datetime | None]] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def collected(self, resources: tuple[Resource, ...]) -> None:
        """Take note of what a pass of the policy has seen."""
        for resource in resources:
            is_complete = resource.kind not in self.incomplete.get(resource.account, frozenset())
            # What has a claim, or may have one, agrees with no deletion; an incomplete listing says nothing.
            if self._has_claim(resource) or resource.tags.state is TagState.UNREADABLE:
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
            self._never("S2", is_production(resource), f"kept in production: {resource}")
            self._never("S5", self._was_tagged_otherwise(resource), f"kept though changed since: {resource}")
            # What is under way or fresh is no reason to ask again.
            self._never("S11", self._is_kept(resource, ready=False), f"kept twice: {resource}")
        else:
            self._of_tags(resource, changes)

    def _of_any_write(self, operation: str, resource: Resource) -> None:
        self._never("S15", self.acting == "watcher", f"{operation} in Audit: {resource}")
        self._never("S15", not self.acting, f"{operation} outside of any pass: {resource}")
        self._never("S11", not self.may_act, f"{operation} without the lease: {resource}")
        self._never("S10", resource.account in self.imposters, f"{operation} in another account: {resource}")
        self._never("S16", is_disputed(resource), f"{operation} of what two policies govern: {resource}")
        self._never("S1", resource.tags.state is TagState.UNREADABLE, f"{operation} with unreadable tags: {resource}")

    def _of_deletion(self, resource: Resource) -> None:
        now = self.clock()
        before = self.known.get(resource.uid)
        self.asked[resource.uid, resource.created] += 1
        self._never("S11", self.asked[resource.uid, resource.created] > 1, f"deleted twice: {resource}")
        self._never("S2", is_production(resource), f"deleted in production: {resource}")
        self._never("S7", is_protected(resource), f"deleted though protected: {resource}")
        # A member is judged at its manager; its own tags protect it, and claim nothing.
        claimed = self._has_claim(resource) and not self._is_taken(resource)
        self._never("S8", claimed, f"deleted though claimed: {resource}")
        holders = self.dependents_of(resource.kind) | {resource.kind}
        gaps = holders & self.incomplete.get(resource.account, frozenset())
        self._never("S3", bool(gaps), f"deleted though {sorted(gaps)} were not listed: {resource}")
        self._never(
            "S5",
            before is None or (before.tags, before.created) != (resource.tags, resource.created),
            f"deleted though changed since it was judged: {resource}",
        )
        taken = self._is_taken(resource)
        if not taken:
            self._never("S4", self.seen[self._sight(resource)] < OBSERVATIONS, f"deleted at first sight: {resource}")
            self._of_grace(resource, now)
            self._of_limits(now)
        for edge in self.world.state.edges:
            source = self.world.state.living.get(edge.source)
            if edge.meaning is EdgeMeaning.NEEDS and edge.target == resource.uid and source is not None:
                holds = source.gone_at is None and not source.resource.manager and self._has_claim(source.resource)
                self._never("S8", holds, f"deleted though {source.resource} needs it: {resource}")
        self._never("S13", bool(resource.manager) and not taken, f"deleted under its manager: {resource}")

    def _of_what_is_kept(self, resource: Resource) -> None:
        lost = resource.category == KEPT and self.acting == KEEPER and not self._is_kept(resource, ready=True)
        self._never("S6", lost, f"deleted without the backup that the plan promised: {resource}")

    def _is_kept(self, resource: Resource, *, ready: bool) -> bool:
        """Whether there is a backup of this very resource that is new enough, and ready if asked for."""
        now = self.clock()
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
        is_untagged = not {"owner", "expiration"} & resource.tags.values.keys()
        if is_untagged and resource.created is not None and not self._goes_along(resource):
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
        self._never("S2", shortened and is_production(resource), f"shortened in production: {resource}")
        self._never("S5", shortened and after is not None and after <= self.clock(), f"made deletable: {resource}")
        self._never("S5", self._was_tagged_otherwise(resource), f"tags written over a change: {resource}")

    def _was_tagged_otherwise(self, resource: Resource) -> bool:
        before = self.known.get(resource.uid)
        return before is None or before.tags != resource.tags

    def has_claim(self, uid: str) -> bool:
        """Whether somebody owns a resource, and its expiry has not come."""
        return self._has_claim(self.world.state.living[uid].resource)

    def _has_claim(self, resource: Resource) -> bool:
        expiry = expiry_of(resource)
        return "owner" in resource.tags.values and expiry is not None and expiry > self.clock()

    def _goes_along(self, resource: Resource) -> bool:
        return any(edge.meaning is EdgeMeaning.OWNS and edge.target == resource.uid for edge in self._edges())

    def _is_taken(self, resource: Resource) -> bool:
        """Whether the vendor deletes it itself, with what made it."""
        manager = None if resource.manager is None else self.world.state.living.get(resource.manager.reference)
        return manager is not None and manager.gone_at is not None

    def _edges(self) -> list[Edge]:
        return self.world.state.edges

    def _sight(self, resource: Resource) -> tuple[str, datetime | None]:
        return resource.uid, resource.created

    def _never(self, rule: str, violated: bool, what: str) -> None:
        if violated:
            self.violations.append(f"{rule}: {what}")
