"""Random worlds, faults and crashes, under the true pipeline: no safety rule is ever broken, and work gets finished."""

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tagwarden.enforcing import ActionState, Database, EnforceSettings, Journal, Selection
from tagwarden.errors import (
    AccessDenied,
    InvalidState,
    ProviderError,
    ServerFault,
    Throttled,
    Unreachable,
    WrongAccount,
)
from tagwarden.inventory import PlanStore, SnapshotStore
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.plan import ActionType
from tagwarden.model.resource import Environment, Manager, Resource
from tagwarden.model.snapshot import CollectFailure
from tagwarden.model.tags import Tags
from tagwarden.pipeline import Declarations, Tools, carry_out, make_pass
from tagwarden.providers import aws
from tests.support.builders import NOW, a_policy, a_resource, an_account
from tests.support.enforcement import Clock
from tests.support.fake_provider import FakeProvider, FakeWorld
from tests.support.safety_world import KEEPER, KEPT, OBSERVATIONS, PER_HOUR, PER_RUN, PRODUCTION, TEST, Overseer

KINDS = {
    "aws_ec2_instance": "instance",
    "aws_ec2_volume": "volume",
    "aws_ec2_security_group": "firewall",
    "aws_ec2_subnet": "subnet",
    "aws_ec2_vpc": "network",
}
EVERY_KIND = tuple(row.kind for row in aws.catalogue())
SOON, LATE, EARLIER = timedelta(hours=6), timedelta(days=20), -timedelta(hours=3)
FAULTS = (
    Throttled("slow down"),
    Unreachable("connection reset"),
    ServerFault("internal failure"),
    AccessDenied("not allowed"),
    InvalidState("is pending"),
)


class Killed(BaseException):
    """The process ended here, without any warning."""


def the_declarations() -> Declarations:
    """Two policies that act, of which one disputes what is shared, and one that only watches."""
    usual = {
        "scope": {"accounts": {"names": [TEST, PRODUCTION]}, "environments": ["test", "staging", "production"]},
        "observations": OBSERVATIONS,
        "limits": {"deletionsPerRun": PER_RUN, "deletionsPercent": 100, "deletionsPerHour": PER_HOUR},
        "rules": {
            "untagged": "Delete",
            "expired": "Delete",
            "missingOwner": "Delete",
            "irreplaceable": {"kinds": ["*"]},
        },
    }
    rival = {**usual["scope"], "where": 'resource.name.startsWith("shared-")'}  # type: ignore[dict-item]
    policies = [
        a_policy(KEEPER, **usual, backup={"kinds": [KEPT], "keep": "24h"}),
        a_policy("rival", **{**usual, "scope": rival}),
        a_policy("watcher", **{**usual, "mode": "Audit", "priority": -1}),
    ]
    accounts = [
        an_account(TEST, environments=[{"where": 'resource.name.startsWith("prod-")', "environment": "production"}]),
        an_account(PRODUCTION, environment=Environment.PRODUCTION),
    ]
    return Declarations({each.name: each for each in policies}, {each.name: each for each in accounts})


class SafetyMachine(RuleBasedStateMachine):
    """People, vendors, networks and crashes do what they like; Tagwarden passes by now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="tagwarden-safety-"))
        self.clock = Clock(NOW)
        self.world = FakeWorld(self.clock)
        self.overseer = Overseer(self.world, self.clock, aws.dependents_of)
        self.world.witness = self.overseer.witness
        self.world.before = self._before
        self.world.after = self._after
        self.providers = {
            name: FakeProvider(self.world, name, dependents=aws.dependents_of, kinds=EVERY_KIND)
            for name in (TEST, PRODUCTION)
        }
        self.database = Database(f"sqlite:///{self.folder / 'state.db'}")
        self.declarations = the_declarations()
        self.faults: list[tuple[str, str, ProviderError]] = []
        self.meddling: list[tuple[str, float, Tags]] = []
        self.planned: list[str] = []
        self.moments_left = 0
        self.dead = False
        self.writes_until_lost = -1
        self.number = 0

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.database.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # What there is

    @initialize(size=st.integers(3, 9), data=st.data())
    def fill(self, size: int, data: st.DataObject) -> None:
        """Begin with a world that is not empty."""
        for _ in range(size):
            self.somebody_makes(**{name: data.draw(strategy) for name, strategy in MAKING.items()})

    def somebody_makes(
        self,
        kind: str,
        prefix: str,
        account: str,
        tags: str,
        age: timedelta,
        edge: str,
        managed: bool,
        place: int,
    ) -> None:
        """Make a resource, perhaps hanging on another."""
        self.number += 1
        others = sorted(uid for uid in self.world.uids if self.world.state.living[uid].resource.account == account)
        other = others[place % len(others)] if others else None
        resource = a_resource(
            kind=kind,
            category=KINDS[kind],
            id=f"x-{self.number}",
            name=f"{prefix}{self.number}",
            account=account,
            created=self.clock() - age,
            tags=self._tags(tags),
        )
        edges = []
        if other is not None and edge:
            ends = (resource.uid, other) if edge.endswith(">") else (other, resource.uid)
            edges.append(Edge(ends[0], EdgeMeaning(edge.rstrip(">")), ends[1]))
        if managed and other is not None:
            resource = replace(resource, manager=Manager("aws_autoscaling_group", "group", other))
            edges = [Edge(other, EdgeMeaning.OWNS, resource.uid)]
        self.world.add(resource, edges=edges)

    @rule(data=st.data())
    def something_is_made(self, data: st.DataObject) -> None:
        """Somebody makes something."""
        self.somebody_makes(**{name: data.draw(strategy) for name, strategy in MAKING.items()})

    @precondition(lambda self: self.world.uids)
    @rule(data=st.data(), tags=st.sampled_from(["claimed", "expired", "none", "protected", "unreadable", "too-long"]))
    def somebody_changes_tags(self, data: st.DataObject, tags: str) -> None:
        """Somebody writes, removes or hides tags."""
        self.world.change(data.draw(st.sampled_from(sorted(self.world.uids))), tags=self._tags(tags))

    @precondition(lambda self: self.world.uids)
    @rule(data=st.data())
    def somebody_deletes(self, data: st.DataObject) -> None:
        """Somebody else deletes something."""
        self.world.remove(data.draw(st.sampled_from(sorted(self.world.uids))))

    @rule(hours=st.sampled_from([0.5, 1.0, 3.0, 7.0, 30.0]))
    def time_passes(self, hours: float) -> None:
        """Hours go by."""
        self.clock.now += timedelta(hours=hours)

    # What goes wrong in the next pass

    @rule(seed=st.integers(0, 2**32), policy=st.sampled_from(["main", "main", "main", "rival", "watcher"]))
    def a_pass_meets_trouble(self, seed: int, policy: str) -> None:
        """Up to three things go wrong in a pass that has something to do, and the pass after it finds what is left.

        The trouble is drawn from a seed, since what a strategy draws is rarely spread evenly.
        """
        chance = Random(seed)
        for _ in range(chance.randint(1, 4)):
            self.somebody_makes(
                kind=chance.choice(sorted(KINDS)),
                prefix="web-",
                account=TEST,
                tags=chance.choice(["expired", "none"]),
                age=timedelta(hours=20),
                edge=chance.choice(["", "", "", "needs", "owns>"]),
                managed=False,
                place=chance.randint(0, 99),
            )
        self._pass("main")
        self.clock.now += timedelta(hours=1)
        for trouble in chance.sample(TROUBLES, chance.randint(1, 3)):
            trouble(self, chance)
        self._pass(policy)
        self._pass("main")

    def calls_will_fail(self, chance: Random) -> None:
        """Some of the next calls fail, before or after they took effect."""
        operation = chance.choice(
            ["read", "delete", "delete", "set_tags", "is_gone", "identify", "back_up", "backups_of"]
        )
        fault = (operation, chance.choice(["before", "after"]), chance.choice(FAULTS))
        self.faults.extend([fault] * chance.randint(1, 7))

    def somebody_will_meddle(self, chance: Random) -> None:
        """Somebody changes the tags of what is about to be acted on, while the plan is being carried out."""
        tags = self._tags(chance.choice(["claimed", "protected", "none"]))
        self.meddling.append((chance.choice(["read", "delete", "set_tags", "identify"]), chance.random(), tags))

    def a_kind_cannot_be_listed(self, chance: Random) -> None:
        """One kind fails to list."""
        gap = CollectFailure(chance.choice(sorted(KINDS)), "eu-central-1", "AccessDenied", "denied")
        self.world.failures[chance.choice([TEST, TEST, PRODUCTION])] = (gap,)

    def vendor_takes_its_time(self, chance: Random) -> None:
        """Deletions take longer or show later, tags show later."""
        self.world.deletion_takes = chance.choice([timedelta(minutes=2), timedelta(minutes=40)])
        self.world.tags_shown_after = chance.choice([timedelta(0), timedelta(seconds=10)])
        self.world.backup_takes = chance.choice([timedelta(0), timedelta(minutes=2), timedelta(hours=2)])
        self.world.backup_fails = chance.random() < 0.2

    def vendor_shows_late(self, chance: Random) -> None:
        """Deletions are done at once and show later."""
        self.world.deletion_takes = timedelta(0)
        self.world.shown_after_deletion = chance.choice([timedelta(seconds=5), timedelta(seconds=20)])
        self.world.backup_shown_after = chance.choice([timedelta(0), timedelta(seconds=20)])

    def credentials_will_be_swapped(self, chance: Random) -> None:
        """After collecting, the credentials belong to another account."""
        self.overseer.imposters = {chance.choice([TEST, PRODUCTION])}

    def lease_will_be_lost(self, chance: Random) -> None:
        """The lease is lost after some writes."""
        self.writes_until_lost = chance.randint(0, 3)

    def process_will_be_killed(self, chance: Random) -> None:
        """The process dies at some moment."""
        self.moments_left = chance.randint(1, 25)

    # What Tagwarden does

    @rule(policy=st.sampled_from(["main", "main", "main", "rival", "watcher"]))
    def a_pass_runs(self, policy: str) -> None:
        """A pass of one policy: collect, judge, plan, carry out."""
        self._pass(policy)

    @rule()
    def a_night_goes_by(self) -> None:
        """A pass each hour, three times over."""
        for _ in range(3):
            self._pass("main")
            self.clock.now += timedelta(hours=1)

    @rule()
    def the_dust_settles(self) -> None:
        """Nothing goes wrong for some passes: then nothing is open any more."""
        self._calm()
        for _ in range(3):
            self.clock.now += timedelta(hours=2)
            self._pass("main")
            self._pass("rival")

        assert [] == Journal(self.database).open_entries()

    @invariant()
    def no_rule_was_broken(self) -> None:
        """No safety rule was ever broken."""
        assert [] == self.overseer.violations, "; ".join(self.overseer.violations)

    @invariant()
    def every_deletion_is_in_the_journal_once(self) -> None:
        """What was deleted for its own sake stands in the journal, and never as done twice (S11, S14)."""
        entries = Journal(self.database).entries(Selection(action=ActionType.DELETE))
        done = [(entry.uid, entry.created) for entry in entries if entry.state is ActionState.VERIFIED]
        begun = {(entry.uid, entry.created) for entry in entries if entry.state is not ActionState.SKIPPED}
        ours = {(each.uid, each.created) for each in self.world.state.deleted if each.manager is None}

        assert len(done) == len(set(done))
        assert ours <= begun

    def _pass(self, policy: str) -> None:
        overseer = self.overseer
        tools = Tools(
            SnapshotStore(self.folder / "inventory"),
            PlanStore(self.folder / "inventory"),
            self.database,
            lambda account: self.providers[account.name],
            self.clock,
            sleep=self.clock.sleep,
            settings=EnforceSettings(workers=1, calls_per_second=1000),
        )
        overseer.acting, overseer.in_this_run, overseer.may_act = policy, 0, True
        overseer.incomplete = {
            account: frozenset(failure.kind for failure in failures)
            for account, failures in self.world.failures.items()
        }
        self.dead = False
        try:
            try:
                made = make_pass(self.declarations, policy, tools)
            except ProviderError:
                return  # no account could be read at all
            for account in overseer.imposters:
                self.providers[account].identify_error = WrongAccount("these credentials belong to 999999999999")
            if policy == "main":
                for snapshot in made.decision.world.snapshots.values():
                    overseer.collected(snapshot.resources)
            self.planned = [action.uid for action in made.plan.actions]
            carry_out(self.declarations, made, tools, may_act=self._may_act)
        except Killed:
            pass
        finally:
            overseer.acting = ""
            self._calm()

    def _calm(self) -> None:
        self.world.deletion_takes = self.world.shown_after_deletion = self.world.tags_shown_after = timedelta(0)
        self.world.backup_takes = self.world.backup_shown_after = timedelta(0)
        self.world.backup_fails = False
        self.faults, self.meddling, self.planned = [], [], []
        self.world.failures = {}
        self.moments_left, self.writes_until_lost = 0, -1
        self.dead = False
        self.overseer.imposters = set()
        for provider in self.providers.values():
            provider.identify_error = None

    def _may_act(self) -> bool:
        if self.writes_until_lost == 0:
            self.overseer.may_act = False
        return self.overseer.may_act

    def _before(self, operation: str, resource: Resource | None) -> None:
        self._moment()
        doomed = [uid for uid in self.planned if uid in self.world.uids]
        for place, (wanted, which, tags) in enumerate(self.meddling):
            if wanted == operation and doomed:
                del self.meddling[place]
                self.world.change(doomed[int(which * len(doomed))], tags=tags)
                break
        self._fail(operation, "before")

    def _after(self, operation: str, resource: Resource | None) -> None:
        if self.writes_until_lost > 0:
            self.writes_until_lost -= 1
        self._moment()
        self._fail(operation, "after")

    def _moment(self) -> None:
        if self.dead:
            raise Killed
        if self.overseer.acting and self.moments_left:
            self.moments_left -= 1
            if not self.moments_left:
                self.dead = True
                raise Killed

    def _fail(self, operation: str, when: str) -> None:
        for place, (wanted, at, error) in enumerate(self.faults):
            if (wanted, at) == (operation, when):
                del self.faults[place]
                raise error

    def _tags(self, what: str) -> Tags:
        now = self.clock()
        owner = {"owner": "alice"}
        return {
            "claimed": Tags.known({**owner, "expiration": f"{now + SOON:%Y-%m-%dT%H:%M:%SZ}"}),
            "expired": Tags.known({**owner, "expiration": f"{now + EARLIER:%Y-%m-%dT%H:%M:%SZ}"}),
            "too-long": Tags.known({**owner, "expiration": f"{now + LATE:%Y-%m-%dT%H:%M:%SZ}"}),
            "none": Tags.known({}),
            "protected": Tags.known({"tagwarden.io/protect": "true"}),
            "unreadable": Tags.unreadable("denied"),
        }[what]


TROUBLES = (
    SafetyMachine.calls_will_fail,
    SafetyMachine.somebody_will_meddle,
    SafetyMachine.a_kind_cannot_be_listed,
    SafetyMachine.vendor_takes_its_time,
    SafetyMachine.vendor_shows_late,
    SafetyMachine.credentials_will_be_swapped,
    SafetyMachine.lease_will_be_lost,
    SafetyMachine.process_will_be_killed,
)

MAKING = {
    "kind": st.sampled_from(sorted(KINDS)),
    "prefix": st.sampled_from(["web-"] * 8 + ["prod-", "shared-"]),
    "account": st.sampled_from([TEST] * 7 + [PRODUCTION]),
    "tags": st.sampled_from([*["expired"] * 4, *["none"] * 4, "claimed", "protected", "unreadable", "too-long"]),
    "age": st.sampled_from([timedelta(minutes=30), timedelta(hours=20), timedelta(hours=20)]),
    "edge": st.sampled_from(["", "", "owns", "owns>", "needs", "needs>", "uses", "uses>"]),
    "managed": st.sampled_from([False, False, False, True]),
    "place": st.integers(0, 99),
}

SafetyMachine.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestSafety = SafetyMachine.TestCase
