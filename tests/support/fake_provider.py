"""A provider over a world in memory that misbehaves on demand: the same contract as the real ones.

A world holds resources and what holds what. It can be slow to delete, slow to show, out of reach, throttled; managers
make again what is deleted under them; deletions in the wrong order are refused; and the process can be killed right
before or right after the vendor acts. With a `path` the world outlives the process.
"""

import os
import pickle
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from tagwarden.errors import (
    AccessDenied,
    DependencyViolation,
    PreconditionFailed,
    ProviderError,
    Unsupported,
    VendorProtection,
)
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.policy import BACKUP_OF
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.snapshot import EVERY_KIND, CollectFailure, Extent, Identity, Snapshot
from tagwarden.model.tags import TagChanges, Tags, TagState
from tagwarden.providers.base import (
    BackupState,
    MadeBackup,
    Note,
    Progress,
    Receipt,
    RequestCount,
    Taken,
    note_nothing,
)
from tests.support.builders import an_identity


@dataclass
class Living:
    """A resource as the vendor knows it. `gone_at` is when a deletion that was accepted takes effect.

    `ready_at` is when a backup is complete, `known_from` when it is first shown.
    """

    resource: Resource
    gone_at: datetime | None = None
    shown_until: datetime | None = None
    shown_tags: tuple[Tags, datetime] | None = None
    ready_at: datetime | None = None
    known_from: datetime | None = None


@dataclass
class Call:
    """One call as the vendor received it; `effect` says whether the world was changed by it."""

    operation: str
    uid: str
    effect: bool


@dataclass
class State:
    """All that outlives a process."""

    living: dict[str, Living] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    deleted: list[Resource] = field(default_factory=list)
    version: int = 0


Fault = Callable[[str, Resource | None], None]
"""Called with the operation and the resource, before or after the vendor acts; may raise or kill."""


Witness = Callable[[str, Resource, TagChanges], None]
"""Called at the moment the world changes, with the operation, the resource as it really is and what is written."""


def no_witness(operation: str, resource: Resource, changes: TagChanges) -> None:
    """Look away."""


def no_fault(operation: str, resource: Resource | None) -> None:
    """Let it happen."""


class FakeWorld:
    """Resources of any number of accounts, with a clock of its own choosing.

    `failures` are by account; with `conceals` nothing of the kind is shown that could not be listed. The resources of
    `unlisted_regions`, by account, are never shown. With `tells_time` every answer about identities names the time.
    """

    def __init__(self, clock: Callable[[], datetime], path: Path | None = None) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.deletion_takes = timedelta(0)
        self.shown_after_deletion = timedelta(0)
        self.tags_shown_after = timedelta(0)
        self.backup_takes = timedelta(0)
        self.backup_fails = False
        self.backup_shown_after = timedelta(0)
        self.failures: dict[str, tuple[CollectFailure, ...]] = {}
        self.conceals = False
        self.unlisted_regions: dict[str, tuple[str, ...]] = {}
        self.tells_time = False
        self.before: Fault = no_fault
        self.after: Fault = no_fault
        self.witness: Witness = no_witness
        self._path = path
        self.state = State()
        if path is not None and path.exists():
            self.state = pickle.loads(path.read_bytes())

    def save(self) -> None:
        """Keep the world where another process finds it, as a whole or not at all."""
        if self._path is not None:
            draft = self._path.with_suffix(f".{threading.get_ident()}")
            draft.write_bytes(pickle.dumps(self.state))
            draft.replace(self._path)

    def add(self, *resources: Resource, edges: Iterable[Edge] = ()) -> None:
        """Put resources and edges into the world."""
        with self.lock:
            for resource in resources:
                self.state.version += 1
                self.state.living[resource.uid] = Living(replace(resource, version=str(self.state.version)))
            self.state.edges.extend(edges)
            self.save()

    def change(self, uid: str, **changes: object) -> None:
        """Change a resource behind everybody's back."""
        with self.lock:
            living = self.state.living[uid]
            self.state.version += 1
            living.resource = replace(living.resource, version=str(self.state.version), **changes)  # type: ignore[arg-type]
            self.save()

    def remove(self, uid: str) -> None:
        """Take a resource out, as somebody else would."""
        with self.lock:
            del self.state.living[uid]
            self.save()

    @property
    def uids(self) -> set[str]:
        """What is really there now."""
        with self.lock:
            self._settle()
            return {uid for uid, living in self.state.living.items() if living.gone_at is None}

    def tags(self, uid: str) -> dict[str, str]:
        """The tags as they really are now."""
        return dict(self.state.living[uid].resource.tags.values)

    def effects(self, operation: str) -> Counter[str]:
        """Count the calls that changed the world, by uid."""
        return Counter(call.uid for call in self.state.calls if call.operation == operation and call.effect)

    def received(self, operation: str) -> Counter[str]:
        """Count the calls that arrived, by uid."""
        return Counter(call.uid for call in self.state.calls if call.operation == operation)

    def _settle(self) -> None:
        now = self.clock()
        for uid, living in list(self.state.living.items()):
            shown_until = living.shown_until or living.gone_at
            if living.gone_at is not None and living.gone_at <= now and shown_until is not None and shown_until <= now:
                del self.state.living[uid]

    def is_really_there(self, uid: str) -> bool:
        """Whether a resource still holds what it needs: one that is being deleted does so until it is gone."""
        living = self.state.living.get(uid)
        return living is not None and (living.gone_at is None or living.gone_at > self.clock())


class FakeProvider:
    """One account of a `FakeWorld`; implements `tagwarden.providers.base.Provider`."""

    def __init__(
        self,
        world: FakeWorld,
        account: str,
        *,
        identity: Identity | None = None,
        recreates: Callable[[Resource], Resource | None] = lambda _: None,
        kinds: Iterable[str] = (),
    ) -> None:
        """`recreates` gives what a manager puts in the place of something deleted, if anything.

        `kinds` are looked for besides those that are there.
        """
        self.world = world
        self.account = account
        self.identity = identity or an_identity(account)
        self.identify_error: ProviderError | None = None
        self._recreates = recreates
        self._kinds = frozenset(kinds)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind that is there."""
        return tuple(sorted(self._kinds | {each.resource.kind for each in self.world.state.living.values()}))

    @property
    def requests(self) -> tuple[RequestCount, ...]:
        """None: there is no network."""
        return ()

    def identify(self) -> Identity:
        """Say who we are, or fail as told."""
        self.world.before("identify", None)
        if self.identify_error is not None:
            raise self.identify_error
        return self._who()

    def collect(self, now: datetime, progress: Progress | None = None, extent: Extent | None = None) -> Snapshot:
        """Show what is visible."""
        self.world.before("collect" if extent is None else "look", None)
        with self.world.lock:
            self.world._settle()
            failures = self.world.failures.get(self.account, ())
            if extent is not None:
                failures = tuple(failure for failure in failures if failure.kind in {*extent.kinds, EVERY_KIND})
            resources = tuple(
                self._shown(living)
                for living in self.world.state.living.values()
                if self._is_listed(living.resource, extent, failures)
            )
            uids = {each.uid for each in resources}
            return Snapshot(
                id=f"{self.account}-{now.isoformat()}",
                account=self.account,
                provider=ProviderName.AWS,
                identity=self._who(),
                taken=now,
                duration_seconds=0.0,
                kinds=self.kinds if extent is None else tuple(sorted(extent.kinds)),
                resources=resources,
                edges=tuple(edge for edge in self.world.state.edges if edge.source in uids),
                failures=failures,
                unlisted_regions=self.world.unlisted_regions.get(self.account, ()),
            )

    def read(self, resource: Resource) -> Resource | None:
        """Read what is visible now."""
        self.world.before("read", resource)
        with self.world.lock:
            self.world._settle()
            living = self.world.state.living.get(resource.uid)
            return None if living is None else self._shown(living)

    def set_tags(self, resource: Resource, changes: TagChanges) -> Receipt:
        """Write tags if the version still holds."""
        self.world.before("set_tags", resource)
        with self.world.lock:
            living = self._precondition("set_tags", resource)
            if living is not None:
                self.world.witness("set_tags", living.resource, changes)
                before = living.resource.tags
                after = Tags.known(changes.applied_to(before.values))
                self.world.change(resource.uid, tags=after)
                if self.world.tags_shown_after:
                    living.shown_tags = (before, self.world.clock() + self.world.tags_shown_after)
                self._received("set_tags", resource, effect=True)
        self.world.after("set_tags", resource)
        return self._receipt()

    def delete(self, resource: Resource, note: Note = note_nothing) -> Receipt:
        """Accept a deletion, unless something that is there needs the resource."""
        self.world.before("delete", resource)
        with self.world.lock:
            living = self._precondition("delete", resource)
            if living is not None:
                self._refuse_wrong_order(resource)
                effect = living.gone_at is None
                if effect:
                    self._go(living)
                self._received("delete", resource, effect=effect)
        self.world.after("delete", resource)
        return self._receipt()

    def back_up(self, resource: Resource, tags: Mapping[str, str]) -> Receipt:
        """Accept a backup. Like EC2 this vendor has no names for them: asked twice, it makes two."""
        self.world.before("back_up", resource)
        with self.world.lock:
            living = self._precondition("back_up", replace(resource, version=self._version_of(resource)))
            if living is not None:
                now = self.world.clock()
                number = self.world.effects("back_up").total() + 1
                backup = replace(
                    resource,
                    uid=f"snap-{number}",
                    id=f"snap-{number}",
                    name=f"snap-{number}",
                    kind="aws_ec2_snapshot",
                    category="snapshot",
                    created=now,
                    tags=Tags.known(dict(tags)),
                    state="failed" if self.world.backup_fails else "completed",
                    manager=None,
                )
                self.world.witness("back_up", living.resource, TagChanges(dict(tags)))
                self.world.add(backup)
                made = self.world.state.living[backup.uid]
                made.ready_at = now + self.world.backup_takes
                made.known_from = now + self.world.backup_shown_after
                self._received("back_up", resource, effect=True)
        self.world.after("back_up", resource)
        return self._receipt()

    def backups_of(self, resource: Resource) -> tuple[MadeBackup, ...]:
        """Look for the backups of a resource that are visible now."""
        self.world.before("backups_of", resource)
        with self.world.lock:
            self.world._settle()
            now = self.world.clock()
            shown = [
                self._shown(living)
                for living in self.world.state.living.values()
                if living.resource.kind == "aws_ec2_snapshot" and (living.known_from or now) <= now
            ]
        if any(each.tags.state is not TagState.KNOWN for each in shown):
            raise AccessDenied("tags of a snapshot cannot be read", operation="fake:Describe")
        states = {"completed": BackupState.READY, "failed": BackupState.FAILED}
        return tuple(
            MadeBackup(each, states.get(each.state, BackupState.UNDER_WAY))
            for each in shown
            if each.tags.values.get(BACKUP_OF) == resource.uid
        )

    def undo(self, resource: Resource, taken: Taken) -> None:
        """Take a step back: there are none."""
        raise Unsupported(f"{resource}: no step was ever taken", operation=taken.step)

    def is_gone(self, resource: Resource) -> bool:
        """Look whether it is still visible."""
        self.world.before("is_gone", resource)
        with self.world.lock:
            self.world._settle()
            living = self.world.state.living.get(resource.uid)
            return living is None or living.resource.created != resource.created

    def _who(self) -> Identity:
        return replace(self.identity, at=self.world.clock()) if self.world.tells_time else self.identity

    def _is_listed(self, resource: Resource, extent: Extent | None, failures: Iterable[CollectFailure]) -> bool:
        """Whether a listing of this account shows a resource."""
        if resource.account != self.account or resource.region in self.world.unlisted_regions.get(self.account, ()):
            return False
        if self.world.conceals and any(
            failure.kind in {resource.kind, EVERY_KIND} and failure.region in {"", resource.region}
            for failure in failures
        ):
            return False
        if extent is None:
            return True
        is_there = extent.regions is None or not resource.region or resource.region in extent.regions
        return is_there and resource.kind in extent.kinds

    def _shown(self, living: Living) -> Resource:
        shown = living.resource
        if living.shown_tags is not None and living.shown_tags[1] > self.world.clock():
            shown = replace(shown, tags=living.shown_tags[0])
        if living.ready_at is not None and living.ready_at > self.world.clock():
            shown = replace(shown, state="pending")
        # A vendor that is slow to show a deletion shows the resource as if nothing had happened.
        if living.gone_at is not None and living.shown_until is None:
            shown = replace(shown, state="deleting")
        return shown

    def _precondition(self, operation: str, resource: Resource) -> Living | None:
        self.world._settle()
        living = self.world.state.living.get(resource.uid)
        if living is None or living.resource.created != resource.created:
            self._received(operation, resource, effect=False)
            return None
        if living.resource.version != resource.version:
            raise PreconditionFailed("the version is outdated", code="409", operation=operation)
        if operation == "delete" and living.resource.protection:
            raise VendorProtection(living.resource.protection, code="OperationNotPermitted", operation=operation)
        return living

    def _refuse_wrong_order(self, resource: Resource) -> None:
        for edge in self.world.state.edges:
            holds = edge.meaning is EdgeMeaning.NEEDS and edge.target == resource.uid
            if holds and self.world.is_really_there(edge.source):
                self._received("delete", resource, effect=False)
                raise DependencyViolation(
                    f"{resource.id} has a dependent object {edge.source}",
                    code="DependencyViolation",
                    operation="fake:Delete",
                    request_id="req-dependency",
                )

    def _go(self, living: Living) -> None:
        now = self.world.clock()
        self.world.witness("delete", living.resource, TagChanges())
        living.gone_at = now + self.world.deletion_takes
        if self.world.shown_after_deletion:
            living.shown_until = now + self.world.shown_after_deletion
        self.world.state.deleted.append(living.resource)
        again = self._recreates(living.resource)
        for edge in self.world.state.edges:
            if edge.meaning is not EdgeMeaning.OWNS or edge.source != living.resource.uid:
                continue
            owned = self.world.state.living.get(edge.target)
            if owned is not None and owned.gone_at is None and _is_taken(living.resource, owned.resource):
                self._go(owned)
        if again is not None:
            self.world.add(again)

    def _version_of(self, resource: Resource) -> str:
        """Give the version that holds: no vendor has a precondition for a backup."""
        living = self.world.state.living.get(resource.uid)
        return resource.version if living is None else living.resource.version

    def _receipt(self) -> Receipt:
        return Receipt(f"req-{len(self.world.state.calls)}")

    def _received(self, operation: str, resource: Resource, *, effect: bool) -> None:
        self.world.state.calls.append(Call(operation, resource.uid, effect))
        self.world.save()


def _is_taken(owner: Resource, owned: Resource) -> bool:
    """Whether this vendor deletes what is owned by itself."""
    managed = owned.manager is not None and owned.manager.reference in {owner.uid, owner.reference}
    return managed or owner.provider is ProviderName.KUBERNETES


def kill_at(operation: str, count: int = 1) -> Fault:
    """Give a fault that ends this process without any warning at the `count`-th call of an operation."""
    seen: Counter[str] = Counter()

    def kill(called: str, _: Resource | None) -> None:
        seen[called] += 1
        if called == operation and seen[called] == count:
            os.kill(os.getpid(), signal.SIGKILL)

    return kill


def failing(operation: str, *errors: ProviderError | None, uid: str | None = None) -> Fault:
    """Give a fault that raises these errors one after the other at calls of an operation; None lets a call through."""
    left = list(errors)

    def fail(called: str, resource: Resource | None) -> None:
        if called == operation and (uid is None or (resource is not None and resource.uid == uid)) and left:
            error = left.pop(0)
            if error is not None:
                raise error

    return fail
