"""The true pipeline on a world whose people, vendors, networks and clocks do what they like between any two calls."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tagwarden.enforcing import EnforceSettings
from tagwarden.errors import ProviderError, WrongAccount
from tagwarden.inventory import PlanStore, SnapshotStore
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Environment, Manager, Resource
from tagwarden.model.tags import Tags
from tagwarden.pipeline import Declarations, PassDependencies, carry_out, make_pass
from tagwarden.state import Database
from tests.support.builders import NOW, a_policy, a_resource, an_account
from tests.support.enforcement import Clock
from tests.support.fake_provider import FakeWorld
from tests.support.safety_manners import AMAZON, Manners
from tests.support.safety_truth import CATEGORIES, GLOBAL, HOME, NETWORKS, OWNS, PRODUCTION, TEST, USES
from tests.support.safety_world import KEEPER, KEPT, OBSERVATIONS, PER_HOUR, PER_RUN, Overseer

TWIN = "aws-again"
_IN_MEMORY = Path("/dev/shm")
A_CALL = timedelta(milliseconds=1)
SOON, LATE, EARLIER = timedelta(hours=6), timedelta(days=20), -timedelta(hours=3)

Meddling = Callable[[], None]
"""What somebody does at some moment while a plan is being carried out."""


class Killed(BaseException):
    """The process ended here, without any warning."""


def the_declarations(manners: Manners) -> Declarations:
    """Two policies that act, of which one disputes what is shared, and one that only watches."""
    usual: dict[str, Any] = {
        "scope": {"accounts": {"names": [TEST, PRODUCTION]}, "environments": ["test", "staging", "production"]},
        "observations": OBSERVATIONS,
        "limits": {"deletionsPerRun": PER_RUN, "deletionsPercent": 100, "deletionsPerHour": PER_HOUR},
        "rules": {
            "untagged": "Delete",
            "expired": "Delete",
            "missingOwner": "Delete",
            "irreplaceable": {"kinds": [KEPT]},
        },
    }
    rival = {**usual["scope"], "where": 'resource.name.startsWith("shared-")'}
    policies = [
        a_policy(KEEPER, **usual, backup={"kinds": [KEPT], "keep": "24h"}),
        a_policy("rival", **{**usual, "scope": rival}),
        a_policy("watcher", **{**usual, "mode": "Audit", "priority": -1}),
    ]
    prod_by_name = [{"where": 'resource.name.startsWith("prod-")', "environment": "production"}]
    provider = manners.provider
    accounts = [
        an_account(TEST, provider=provider, environments=prod_by_name),
        an_account(NETWORKS, provider=provider, environments=prod_by_name),
        an_account(PRODUCTION, provider=provider, environment=Environment.PRODUCTION),
    ]
    return Declarations({each.name: each for each in policies}, {each.name: each for each in accounts})


def declared_twice(declarations: Declarations, manners: Manners) -> Declarations:
    """Declare the account for tests a second time, under another name."""
    twin = manners.twin(TWIN, TEST)
    return replace(declarations, accounts={**declarations.accounts, TWIN: twin})


class SafetyStage:
    """A world, its overseer and the pipeline; `run` makes one pass of a policy.

    `clock` is the true time, and `skew` how far ours is ahead of it. `meddling` holds, by the number of a call that
    the pass makes while it acts, what somebody does right before that call. `faults` are raised by calls of that
    operation, before or after they took effect. `manners` are those of the vendor.
    """

    def __init__(self, manners: Manners = AMAZON) -> None:
        self.folder = Path(
            tempfile.mkdtemp(prefix="tagwarden-safety-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None)
        )
        self.clock = Clock(NOW)
        self.skew = timedelta(0)
        self.world = FakeWorld(self.clock)
        self.world.conceals = self.world.tells_time = True
        self.overseer = Overseer(self.world, self.clock, self.our_clock)
        self.world.witness = self.overseer.witness
        self.world.before = self._before
        self.world.after = self._after
        self.manners = manners
        self.declarations = the_declarations(manners)
        self.providers = {name: manners.open(self.world, name) for name in self.declarations.accounts}
        self.providers[TWIN] = manners.open(self.world, TWIN, identity=self.providers[TEST].identity)
        self.database = Database(f"sqlite:///{self.folder / 'state.db'}")
        self.faults: list[tuple[str, str, ProviderError]] = []
        self.meddling: dict[int, list[Meddling]] = {}
        self.planned: list[str] = []
        self.calls = 0
        self.moments_left = 0
        self.writes_until_lost = -1
        self._dead = False
        self._number = 0

    def close(self) -> None:
        """Leave nothing behind."""
        self.database.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # What there is

    def make(
        self,
        kind: str,
        *,
        tags: str = "none",
        name: str = "web-",
        account: str = TEST,
        region: str = HOME,
        age: timedelta = timedelta(hours=20),
        managed_by: str = "",
    ) -> str:
        """Put a resource into the world and give its uid."""
        self._number += 1
        resource = a_resource(
            kind=kind,
            category=CATEGORIES[kind],
            id=f"x-{self._number}",
            name=f"{name}{self._number}",
            account=account,
            region="" if kind in GLOBAL else region,
            created=self.clock() - age,
            tags=self.tags(tags),
            manager=Manager("aws_autoscaling_group", "group", managed_by) if managed_by else None,
        )
        owned = [Edge(managed_by, EdgeMeaning.OWNS, resource.uid)] if managed_by else []
        self.world.add(resource, edges=owned)
        return resource.uid

    def tie(self, one: str, other: str) -> None:
        """Let one resource use or contain another, if the vendor knows such a tie between their kinds."""
        if one == other:
            return
        living = self.world.state.living
        for source, target in ((one, other), (other, one)):
            kinds = living[source].resource.kind, living[target].resource.kind
            if kinds in USES:
                self.world.add(edges=[Edge(source, USES[kinds], target)])
            if kinds in OWNS:
                self.world.add(edges=[Edge(source, EdgeMeaning.OWNS, target)])

    def change(self, uid: str, **changes: object) -> None:
        """Change a resource that is still there."""
        if uid in self.world.uids:
            self.world.change(uid, **changes)

    def doomed(self) -> list[Resource]:
        """Give what the plan at work acts on and is still there."""
        there = self.world.uids
        return [self.world.state.living[uid].resource for uid in self.planned if uid in there]

    def tags(self, words: str) -> Tags:
        """Give the tags of somebody's intention, as of now."""
        now = self.clock()
        owner = {"owner": "alice"}
        return {
            "claimed": Tags.known({**owner, "expiration": f"{now + SOON:%Y-%m-%dT%H:%M:%SZ}"}),
            "expired": Tags.known({**owner, "expiration": f"{now + EARLIER:%Y-%m-%dT%H:%M:%SZ}"}),
            "too-long": Tags.known({**owner, "expiration": f"{now + LATE:%Y-%m-%dT%H:%M:%SZ}"}),
            "owned": Tags.known(owner),
            "none": Tags.known({}),
            "protected": Tags.known({"tagwarden.io/protect": "true"}),
            "do-not-delete": Tags.known({"DoNotDelete": "true"}),
            "unreadable": Tags.unreadable("denied"),
        }[words]

    # What Tagwarden does

    def our_clock(self) -> datetime:
        """Give the time as our machine has it."""
        return self.clock() + self.skew

    def run(self, policy: str, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Make one pass of a policy: collect, judge, plan, let the world go on, carry out. Then all is calm again."""
        overseer = self.overseer
        tools = PassDependencies(
            SnapshotStore(self.folder / "inventory"),
            PlanStore(self.folder / "inventory"),
            self.database,
            lambda account: self.providers[account.name],
            self.our_clock,
            sleep=self.clock.sleep,
            ticks=lambda: self.clock().timestamp(),
            settings=EnforceSettings(workers=1, calls_per_second=1000, search_valid=timedelta(0)),
        )
        overseer.begins(policy)
        overseer.twins = frozenset({TEST, TWIN}) if TWIN in self.declarations.accounts else frozenset()
        overseer.incomplete = {
            account: frozenset(failure.kind for failure in failures)
            for account, failures in self.world.failures.items()
        }
        self.calls, self._dead = 0, False
        try:
            # An account in no policy's scope is collected on its own schedule.
            tools.snapshots.save(self.providers[NETWORKS].collect(self.our_clock()))
            try:
                made = make_pass(self.declarations, policy, tools)
            except ProviderError:
                return  # no account could be read at all
            for account in overseer.imposters:
                self.providers[account].identify_error = WrongAccount("these credentials belong to 999999999999")
            if policy == KEEPER:
                for snapshot in made.decision.world.snapshots.values():
                    overseer.collected(tuple(self.manners.plain(each) for each in snapshot.resources))
            self.planned = [action.uid for action in made.plan.actions]
            self.calls = 0
            meanwhile()
            carry_out(self.declarations, made, tools, may_act=self._may_act)
        except Killed:
            pass
        finally:
            overseer.acting = ""
            self.calm()

    def calm(self) -> None:
        """Let nothing go wrong any more."""
        self.world.deletion_takes = self.world.shown_after_deletion = self.world.tags_shown_after = timedelta(0)
        self.world.backup_takes = self.world.backup_shown_after = timedelta(0)
        self.world.backup_fails = False
        self.faults, self.planned, self.meddling = [], [], {}
        self.world.failures, self.world.unlisted_regions = {}, {}
        self.moments_left, self.writes_until_lost = 0, -1
        self.skew, self._dead = timedelta(0), False
        self.overseer.imposters = set()
        for provider in self.providers.values():
            provider.identify_error = None

    def _may_act(self) -> bool:
        return self.overseer.has_lease

    def _before(self, operation: str, resource: Resource | None) -> None:
        self._moment()
        self.clock.now += A_CALL
        self.calls += 1
        if self.planned:
            for meddle in self.meddling.pop(self.calls, ()):
                meddle()
        self.overseer.about_to(operation, resource)
        self._fail(operation, "before")

    def _after(self, operation: str, resource: Resource | None) -> None:
        del resource
        if self.writes_until_lost > 0:
            self.writes_until_lost -= 1
        if self.writes_until_lost == 0:
            self.overseer.has_lease = False
        self._moment()
        self._fail(operation, "after")

    def _moment(self) -> None:
        if self._dead:
            raise Killed
        if self.overseer.acting and self.moments_left:
            self.moments_left -= 1
            if not self.moments_left:
                self._dead = True
                raise Killed

    def _fail(self, operation: str, when: str) -> None:
        for place, (wanted, at, error) in enumerate(self.faults):
            if (wanted, at) == (operation, when):
                del self.faults[place]
                raise error


def pick(chance: Random, resources: list[Resource]) -> Resource | None:
    """Give one of them, if there are any."""
    return chance.choice(resources) if resources else None
