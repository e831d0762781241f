"""Random worlds, faults and crashes, under the true pipeline: no safety rule is ever broken, and work gets finished."""

from datetime import timedelta
from random import Random
from typing import ClassVar

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tagwarden.errors import AccessDenied, InvalidState, ServerFault, Throttled, Unreachable
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType
from tagwarden.model.snapshot import CollectFailure
from tagwarden.state import Journal, Selection
from tests.support.safety_manners import AMAZON, GOOGLE, Manners
from tests.support.safety_moves import schedule
from tests.support.safety_stage import SafetyStage
from tests.support.safety_truth import CATEGORIES, PRODUCTION, TEST

FAULTS = (
    Throttled("slow down"),
    Unreachable("connection reset"),
    ServerFault("internal failure"),
    AccessDenied("not allowed"),
    InvalidState("is pending"),
)
POLICIES = ("main", "main", "main", "rival", "watcher")


class SafetyMachine(RuleBasedStateMachine):
    """People, vendors, networks and crashes do what they like; Tagwarden passes by now and then."""

    manners: ClassVar[Manners] = AMAZON

    def __init__(self) -> None:
        super().__init__()
        self.stage = SafetyStage(self.manners)
        self.world, self.clock = self.stage.world, self.stage.clock

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.stage.close()

    # What there is

    @initialize(size=st.integers(3, 9), data=st.data())
    def fill(self, size: int, data: st.DataObject) -> None:
        """Begin with a world that is not empty."""
        for _ in range(size):
            self.something_is_made(data)

    def somebody_makes(
        self, kind: str, name: str, account: str, tags: str, age: timedelta, tied: bool, managed: bool, place: int
    ) -> None:
        """Make a resource, perhaps tied to another or managed by it."""
        living = self.world.state.living
        others = sorted(uid for uid in self.world.uids if living[uid].resource.account == account)
        other = others[place % len(others)] if others else ""
        made = self.stage.make(
            kind, name=name, account=account, tags=tags, age=age, managed_by=other if managed else ""
        )
        if tied and other:
            self.stage.tie(made, other)

    @rule(data=st.data())
    def something_is_made(self, data: st.DataObject) -> None:
        """Somebody makes something."""
        self.somebody_makes(**{name: data.draw(strategy) for name, strategy in MAKING.items()})

    @precondition(lambda self: self.world.uids)
    @rule(data=st.data(), tags=st.sampled_from(["claimed", "expired", "none", "protected", "unreadable", "too-long"]))
    def somebody_changes_tags(self, data: st.DataObject, tags: str) -> None:
        """Somebody writes, removes or hides tags."""
        self.world.change(data.draw(st.sampled_from(sorted(self.world.uids))), tags=self.stage.tags(tags))

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

    @rule(seed=st.integers(0, 2**32), policy=st.sampled_from(POLICIES))
    def a_pass_meets_trouble(self, seed: int, policy: str) -> None:
        """Up to three things go wrong in a pass that has something to do, and the pass after it finds what is left.

        The trouble is drawn from a seed, since what a strategy draws is rarely spread evenly.
        """
        chance = Random(seed)
        for _ in range(chance.randint(1, 4)):
            self.somebody_makes(
                kind=chance.choice(sorted(CATEGORIES)),
                name="web-",
                account=TEST,
                tags=chance.choice(["expired", "none"]),
                age=timedelta(hours=20),
                tied=chance.random() < 0.5,
                managed=False,
                place=chance.randint(0, 99),
            )
        self.stage.run("main")
        self.clock.now += timedelta(hours=1)
        for trouble in chance.sample(TROUBLES, chance.randint(1, 3)):
            trouble(self, chance)
        self.stage.run(policy, meanwhile=lambda: schedule(self.stage, chance))
        self.stage.run("main")

    def calls_will_fail(self, chance: Random) -> None:
        """Some of the next calls fail, before or after they took effect."""
        operation = chance.choice(
            ["read", "delete", "delete", "set_tags", "is_gone", "identify", "back_up", "backups_of"]
        )
        fault = (operation, chance.choice(["before", "after"]), chance.choice(FAULTS))
        self.stage.faults.extend([fault] * chance.randint(1, 7))

    def a_kind_cannot_be_listed(self, chance: Random) -> None:
        """One kind fails to list."""
        gap = CollectFailure(chance.choice(sorted(CATEGORIES)), "", "AccessDenied", "denied")
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
        self.stage.overseer.imposters = {chance.choice([TEST, PRODUCTION])}

    def lease_will_be_lost(self, chance: Random) -> None:
        """The lease is lost after some writes."""
        self.stage.writes_until_lost = chance.randint(1, 3)

    def process_will_be_killed(self, chance: Random) -> None:
        """The process dies at some moment."""
        self.stage.moments_left = chance.randint(1, 25)

    # What Tagwarden does

    @rule(policy=st.sampled_from(POLICIES))
    def a_pass_runs(self, policy: str) -> None:
        """A pass of one policy: collect, judge, plan, carry out."""
        self.stage.run(policy)

    @rule()
    def a_night_goes_by(self) -> None:
        """A pass each hour, three times over."""
        for _ in range(3):
            self.stage.run("main")
            self.clock.now += timedelta(hours=1)

    @rule()
    def the_dust_settles(self) -> None:
        """Nothing goes wrong for some passes: then nothing is open any more."""
        self.stage.calm()
        for _ in range(3):
            self.clock.now += timedelta(hours=2)
            self.stage.run("main")
            self.stage.run("rival")

        assert [] == Journal(self.stage.database).open_entries()

    @invariant()
    def no_rule_was_broken(self) -> None:
        """No safety rule was ever broken."""
        assert [] == self.stage.overseer.violations, "; ".join(self.stage.overseer.violations)

    @invariant()
    def every_deletion_is_in_the_journal_once(self) -> None:
        """What was deleted for its own sake stands in the journal, and never as done twice (S11, S14)."""
        entries = Journal(self.stage.database).entries(Selection(action=ActionType.DELETE))
        done = [(entry.uid, entry.created) for entry in entries if entry.state is ActionState.VERIFIED]
        begun = {(entry.uid, entry.created) for entry in entries if entry.state is not ActionState.SKIPPED}
        ours = {(each.uid, each.created) for each in self.world.state.deleted if each.manager is None}

        assert len(done) == len(set(done))
        assert ours <= begun


TROUBLES = (
    SafetyMachine.calls_will_fail,
    SafetyMachine.a_kind_cannot_be_listed,
    SafetyMachine.vendor_takes_its_time,
    SafetyMachine.vendor_shows_late,
    SafetyMachine.credentials_will_be_swapped,
    SafetyMachine.lease_will_be_lost,
    SafetyMachine.process_will_be_killed,
)

MAKING = {
    "kind": st.sampled_from(sorted(CATEGORIES)),
    "name": st.sampled_from(["web-"] * 8 + ["prod-", "shared-"]),
    "account": st.sampled_from([TEST] * 7 + [PRODUCTION]),
    "tags": st.sampled_from([*["expired"] * 4, *["none"] * 4, "claimed", "protected", "unreadable", "too-long"]),
    "age": st.sampled_from([timedelta(minutes=30), timedelta(hours=20), timedelta(hours=20)]),
    "tied": st.booleans(),
    "managed": st.sampled_from([False, False, False, True]),
    "place": st.integers(0, 99),
}

SafetyMachine.TestCase.settings = settings(
    max_examples=15,
    derandomize=True,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestSafety = SafetyMachine.TestCase


class GoogleMachine(SafetyMachine):
    """The same in a world of Google's manners: labels, operations that end with an error, places listed at once."""

    manners = GOOGLE


GoogleMachine.TestCase.settings = settings(SafetyMachine.TestCase.settings, max_examples=6)
TestSafetyOfGoogle = GoogleMachine.TestCase
