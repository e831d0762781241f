"""What becomes of the actions of a plan."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tagwarden.enforcing import EnforceSettings
from tagwarden.enforcing.client import ProviderClient
from tagwarden.errors import (
    AccessDenied,
    CredentialsInvalid,
    DependencyViolation,
    InvalidState,
    ServerFault,
    Throttled,
    Unreachable,
    WrongAccount,
)
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Manager
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.model.verdict import Judgement, Verdict, Withheld
from tests.support.builders import a_resource
from tests.support.enforcement import (
    Bench,
    a_plan,
    expired,
    planned_deletion,
    planned_write,
    told,
)
from tests.support.fake_provider import FakeProvider, failing

CHANGES = TagChanges({"expiration": "2026-09-02T12:00:00Z"}, ("ttl",))
THE_WRITE = 3
"""The turn of the first write, after those of the identity and the resource."""


def test_deletes_and_verifies(bench: Bench) -> None:
    """What the plan deletes is gone, seen to be gone, and journalled with who and why (S14)."""
    instance = expired()
    bench.add(instance)

    (outcome,) = bench.run(a_plan(planned_deletion(instance)), approved_by="carol")

    assert ActionState.VERIFIED == outcome.state
    assert set() == bench.world.uids
    (entry,) = bench.entries()
    assert (ActionState.VERIFIED, Reason.Expired, 1) == (entry.state, entry.rule, entry.attempts)
    assert ("carol", "f" * 64, 3, ("snapshot-2",)) == (
        entry.approved_by,
        entry.plan_hash,
        entry.generation,
        entry.snapshots,
    )
    assert entry.actor == "arn:aws:iam::123456789012:user/tagwarden"
    assert {"owner": "alice", "expiration": "2026-08-31T12:00:00Z"} == entry.tags_before
    assert ["aws-dev: Verified Delete aws_ec2_instance web-1 in eu-central-1 (Expired)"] == bench.lines


def test_writes_tags_and_reads_them_again(bench: Bench) -> None:
    """A repaired tag is written, all other tags stay, and the journal knows what stood there before."""
    instance = a_resource(tags={"ttl": "2d", "team": "data"})
    bench.add(instance)

    (outcome,) = bench.run(a_plan(planned_write(instance, CHANGES)))

    assert ActionState.VERIFIED == outcome.state
    assert {"team": "data", "expiration": "2026-09-02T12:00:00Z"} == bench.world.tags(instance.uid)
    (entry,) = bench.entries()
    assert ({"ttl": "2d", "team": "data"}, CHANGES) == (entry.tags_before, entry.changes)


def test_waits_for_what_takes_time(bench: Bench) -> None:
    """A deletion counts only once the resource is gone, not when the vendor accepts the call."""
    instance = expired()
    bench.world.deletion_takes = timedelta(minutes=4)
    bench.add(instance)

    (outcome,) = bench.run(a_plan(planned_deletion(instance)))

    assert ActionState.VERIFIED == outcome.state
    assert timedelta(minutes=4) <= bench.clock.slept < timedelta(minutes=5)
    assert {instance.uid: 1} == bench.world.received("delete")
    assert bench.lines[0].endswith(f"waiting for {instance}, 7 s so far")  # a short wait is silent


def test_leaves_what_takes_too_long_to_the_next_pass(bench: Bench) -> None:
    """After the time limit the action stays open; the next pass sees it through without a second call (S11)."""
    instance = expired()
    bench.world.deletion_takes = timedelta(minutes=15)
    bench.add(instance)
    plan = a_plan(planned_deletion(instance))

    (first,) = bench.run(plan)

    assert (ActionState.WAITING, Reason.TimedOut) == (first.state, first.reason)
    assert [ActionState.WAITING] == [entry.state for entry in bench.recover()]

    (second,) = bench.run(plan, run="run-2")

    assert ActionState.VERIFIED == second.state
    assert {instance.uid: 1} == bench.world.received("delete")
    assert [ActionState.VERIFIED] == [entry.state for entry in bench.entries()]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"tags": Tags.known({"owner": "alice", "expiration": "2026-12-31T00:00:00Z"})}, "expiration changed from"),
        ({"tags": Tags.known({})}, "owner removed"),
        ({"tags": Tags.unreadable("denied")}, "to unreadable: denied"),
        ({"created": a_resource().created.replace(hour=1)}, "replaced by another resource of the same name"),  # type: ignore[union-attr]
        ({"protection": "termination protection"}, "now protected"),
    ],
)
def test_withholds_what_changed(bench: Bench, changes: dict[str, object], word: str) -> None:
    """What is no longer as it was when the plan was made is left alone, and the reason says what changed (S5)."""
    instance = expired()
    bench.add(instance)
    bench.world.change(instance.uid, **changes)

    (outcome,) = bench.run(a_plan(planned_deletion(instance)))

    assert (ActionState.WITHHELD, Reason.Changed) == (outcome.state, outcome.reason)
    assert word in outcome.message
    assert {} == bench.world.received("delete")


def test_withholds_what_is_judged_otherwise(bench: Bench) -> None:
    """What would not be deleted by a judgement of now is not deleted (S5)."""
    instance = expired()
    bench.add(instance)
    bench.verdicts[instance.uid] = Verdict.PROTECTED

    (outcome,) = bench.run(a_plan(planned_deletion(instance)))

    assert (ActionState.WITHHELD, Reason.Changed) == (outcome.state, outcome.reason)
    assert {instance.uid} == bench.world.uids


def test_what_is_gone_already_is_fine(bench: Bench) -> None:
    """Somebody else was faster: nothing to do, and no failure."""
    instance = expired()

    (outcome,) = bench.run(a_plan(planned_deletion(instance)))

    assert (ActionState.SKIPPED, Reason.NotFound, True) == (outcome.state, outcome.reason, outcome.is_done)


@pytest.mark.parametrize("environment", [Environment.PRODUCTION, Environment.STAGING])
@pytest.mark.parametrize("settings", [EnforceSettings(), EnforceSettings(environments=frozenset(Environment))])
def test_deletes_nothing_outside_test(bench: Bench, environment: Environment, settings: EnforceSettings) -> None:
    """Whatever plan and settings say, production is not touched; staging only where settings allow it (S2)."""
    instance = expired()
    bench.add(instance)
    bench.environments[instance.uid] = environment
    bench.settings = settings
    allowed = environment in settings.environments and environment is not Environment.PRODUCTION

    (outcome,) = bench.run(a_plan(planned_deletion(instance)))

    assert allowed == (outcome.state is ActionState.VERIFIED)
    assert allowed == (instance.uid not in bench.world.uids)


def test_shortens_nothing_in_production(bench: Bench) -> None:
    """A life in production is not made shorter, though a tag may be repaired there (S2)."""
    short, fix = expired(1), expired(2)
    bench.add(short, fix)
    bench.environments = {short.uid: Environment.PRODUCTION, fix.uid: Environment.PRODUCTION}

    outcomes = bench.run(
        a_plan(
            planned_write(short, CHANGES, verdict=Verdict.SHORTEN, reason=Reason.TooLong),
            planned_write(fix, CHANGES),
        )
    )

    assert {short.id: ("Withheld", "Production"), fix.id: ("Verified", "NonCanonicalExpiry")} == told(outcomes)


def test_an_environment_that_cannot_be_told_is_production(bench: Bench) -> None:
    """An expression that fails on the fresh resource means production (S2)."""
    instance = expired()
    bench.add(instance)

    class Failing(dict[str, Environment]):
        def get(self, *_: object) -> Environment:  # type: ignore[override]
            raise ZeroDivisionError

    bench.environments = Failing()

    (outcome,) = bench.run(a_plan(planned_deletion(instance)))

    assert (ActionState.WITHHELD, Reason.Production) == (outcome.state, outcome.reason)


def test_nothing_is_written_without_the_lease(bench: Bench) -> None:
    """Before each write the lease is asked for: once it is lost, nothing more happens (S11)."""
    instances = [expired(number) for number in range(1, 6)]
    bench.add(*instances)
    bench.settings = replace(bench.settings, workers=1)
    bench.may_act = lambda: not bench.world.received("delete")

    outcomes = bench.run(a_plan(*map(planned_deletion, instances)))

    assert 1 == sum(bench.world.received("delete").values())
    lost = [outcome.message for outcome in outcomes if outcome.reason is Reason.LeaseLost]
    assert ["this run was told to stop, or another operator may be active"] * 4 == lost


def test_a_dry_run_does_all_but_write(bench: Bench) -> None:
    """A dry run finds the same obstacles, changes nothing and leaves no trace in the journal (S15)."""
    fine, changed = expired(1), expired(2)
    bench.add(fine, changed)
    bench.world.change(changed.uid, tags=Tags.known({}))
    plan = a_plan(planned_deletion(fine), planned_deletion(changed))

    outcomes = bench.run(plan, dry_run=True)

    assert {fine.id: ("Skipped", "AuditMode"), changed.id: ("Withheld", "Changed")} == told(outcomes)
    assert [] == bench.world.state.calls
    assert [] == bench.entries()


def test_a_wrong_account_stops_that_account_only(bench: Bench) -> None:
    """Credentials of another account end everything there, and nothing elsewhere (S10, S12)."""
    ours, theirs = expired(1), expired(2, account="aws-other")
    bench.add(ours, theirs)
    bench.providers["aws-other"] = FakeProvider(bench.world, "aws-other")
    bench.providers["aws-other"].identify_error = WrongAccount("these credentials belong to 999999999999")

    outcomes = bench.run(a_plan(planned_deletion(ours), planned_deletion(theirs)))

    assert {ours.id: ("Verified", "Expired"), theirs.id: ("Withheld", "WrongAccount")} == told(outcomes)
    assert {theirs.uid} == bench.world.uids


def test_an_account_without_a_provider_is_named(bench: Bench) -> None:
    """An account that nobody can reach is withheld, the others go on (S12)."""
    ours, theirs = expired(1), expired(2, account="gcp-other")
    bench.add(ours, theirs)

    outcomes = bench.run(a_plan(planned_deletion(ours), planned_deletion(theirs)))

    assert {ours.id: ("Verified", "Expired"), theirs.id: ("Withheld", "ProviderUnavailable")} == told(outcomes)


def test_one_bad_resource_does_not_stop_the_others(bench: Bench) -> None:
    """A denied deletion fails with its name, all others go through (S12)."""
    instances = [expired(number) for number in range(1, 5)]
    bench.add(*instances)
    bench.world.before = failing("delete", AccessDenied("not allowed", request_id="r-1"), uid=instances[1].uid)

    outcomes = bench.run(a_plan(*map(planned_deletion, instances)))

    assert ("Failed", "AccessDenied") == told(outcomes)[instances[1].id]
    assert {instances[1].uid} == bench.world.uids
    assert "r-1" == next(entry.request_id for entry in bench.entries() if entry.uid == instances[1].uid)


def test_a_defect_of_a_provider_does_not_stop_the_others(bench: Bench) -> None:
    """An exception that no provider should raise fails its own action only (S12)."""
    good, bad = expired(1), expired(2)
    bench.add(good, bad)

    def crash(operation: str, resource: object) -> None:
        if operation == "read" and getattr(resource, "uid", "") == bad.uid:
            raise KeyError("Tags")

    bench.world.before = crash

    outcomes = bench.run(a_plan(planned_deletion(good), planned_deletion(bad)))

    assert {good.id: ("Verified", "Expired"), bad.id: ("Failed", "UnknownError")} == told(outcomes)


def test_throttling_slows_down_and_tries_again(bench: Bench) -> None:
    """A throttled call is tried again after a pause, with everything checked anew."""
    instance = expired()
    bench.add(instance)
    bench.world.before = failing("delete", Throttled("slow down"), Throttled("slow down"))

    (outcome,) = bench.run(a_plan(planned_deletion(instance)))

    assert (ActionState.VERIFIED, 3) == (outcome.state, outcome.attempts)
    assert timedelta(seconds=3) <= bench.clock.slept
    assert [3] == [entry.attempts for entry in bench.entries()]


def test_s5_what_changes_while_a_call_waits_for_its_turn_is_withheld(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S5: a throttled account lets a call wait, after the last check."""
    instance = expired()
    bench.add(instance)
    turns: list[datetime] = []

    def wait(_: ProviderClient) -> None:
        turns.append(bench.clock())
        if len(turns) == THE_WRITE:
            bench.clock.sleep(30)
            bench.environments[instance.uid] = Environment.PRODUCTION

    monkeypatch.setattr(ProviderClient, "take_turn", wait)

    (outcome,) = bench.run(a_plan(planned_deletion(instance)))

    assert (ActionState.WITHHELD, Reason.Production) == (outcome.state, outcome.reason)
    assert {instance.uid} == bench.world.uids


def test_s5_a_check_is_old_after_a_long_wait_in_which_the_clock_was_set_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S5: the count of seconds shows the wait that the clock does not."""
    instance = expired()
    bench.add(instance)
    turns: list[datetime] = []
    seconds = [0.0]

    def wait(_: ProviderClient) -> None:
        turns.append(bench.clock())
        if len(turns) == THE_WRITE:
            seconds[0] += 30
            bench.clock.now -= timedelta(minutes=5)
            bench.environments[instance.uid] = Environment.PRODUCTION

    monkeypatch.setattr(ProviderClient, "take_turn", wait)

    (outcome,) = bench.run(a_plan(planned_deletion(instance)), ticks=lambda: seconds[0])

    assert (ActionState.WITHHELD, Reason.Production) == (outcome.state, outcome.reason)
    assert {instance.uid} == bench.world.uids


def test_what_changes_between_two_tries_is_withheld(bench: Bench) -> None:
    """An owner who extends the expiry while we are throttled keeps the resource (S5)."""
    instance = expired()
    bench.add(instance)

    def extend(operation: str, _: object) -> None:
        if operation == "delete":
            bench.world.change(instance.uid, tags=Tags.known({"owner": "alice", "expiration": "2026-12-31T00:00:00Z"}))
            raise Throttled("slow down")

    bench.world.before = extend

    (outcome,) = bench.run(a_plan(planned_deletion(instance)))

    assert (ActionState.WITHHELD, Reason.Changed) == (outcome.state, outcome.reason)
    assert {instance.uid} == bench.world.uids


def test_never_retries_without_end(bench: Bench) -> None:
    """A state that does not pass ends as a failure with its name after a bounded number of tries."""
    instance = expired()
    bench.add(instance)
    bench.world.before = failing("delete", *[InvalidState("is pending")] * 50)

    (outcome,) = bench.run(a_plan(planned_deletion(instance)))

    assert (ActionState.FAILED, Reason.InvalidState, 5) == (outcome.state, outcome.reason, outcome.attempts)


@pytest.mark.parametrize("error", [Unreachable("connection reset"), ServerFault("internal failure")])
def test_a_lost_answer_is_resolved_by_reading(bench: Bench, error: Unreachable) -> None:
    """When a deletion arrived and its answer did not, a look finds it done and no second call is made (S11)."""
    instance = expired()
    bench.add(instance)
    bench.world.after = failing("delete", error)

    (outcome,) = bench.run(a_plan(planned_deletion(instance)))

    assert (ActionState.VERIFIED, 1) == (outcome.state, outcome.attempts)
    assert {instance.uid: 1} == bench.world.received("delete")


def test_a_lost_answer_about_tags_is_resolved_by_reading(bench: Bench) -> None:
    """Tags that were written though the answer was lost are not written twice (S11)."""
    instance = a_resource(tags={"ttl": "2d"})
    bench.add(instance)
    bench.world.after = failing("set_tags", Unreachable("connection reset"))

    (outcome,) = bench.run(a_plan(planned_write(instance, CHANGES)))

    assert ActionState.VERIFIED == outcome.state
    assert {instance.uid: 1} == bench.world.received("set_tags")


def test_an_endpoint_that_stays_away_leaves_the_action_open(bench: Bench) -> None:
    """Where nobody can tell whether the deletion arrived, the journal keeps the question for the next pass (S11)."""
    instance = expired()
    bench.add(instance)

    def vanish(operation: str, _: object) -> None:
        if bench.world.received("delete"):
            raise Unreachable("no route to host")

    bench.world.before = bench.world.after = vanish

    (outcome,) = bench.run(a_plan(planned_deletion(instance)))

    assert (ActionState.WAITING, Reason.TimedOut) == (outcome.state, outcome.reason)
    assert [True] == [entry.is_open for entry in bench.entries()]

    bench.world.before = bench.world.after = lambda *_: None

    assert [] == bench.recover()
    assert [ActionState.VERIFIED] == [entry.state for entry in bench.entries()]
    assert {instance.uid: 1} == bench.world.received("delete")


def test_waves_run_in_order(bench: Bench) -> None:
    """What needs another goes first; the vendor refuses any other order."""
    instance = expired(1)
    volume = a_resource(kind="aws_ec2_volume", id="vol-1", name="data")
    bench.add(instance, volume, edges=[Edge(instance.uid, EdgeMeaning.NEEDS, volume.uid)])
    bench.world.deletion_takes = timedelta(seconds=40)

    outcomes = bench.run(
        a_plan(
            planned_deletion(instance, order=1),
            planned_deletion(volume, order=2, because=instance.uid, after=[instance.uid]),
        )
    )

    assert {instance.id: ("Verified", "Expired"), volume.id: ("Verified", "Expired")} == told(outcomes)
    assert {instance.uid: 1, volume.uid: 1} == bench.world.received("delete")


def test_what_failed_keeps_back_what_hangs_on_it_only(bench: Bench) -> None:
    """A failed action withholds what comes after it, and nothing else of the later wave (S12)."""
    subnet, network, other = (
        a_resource(kind="aws_ec2_subnet", id="subnet-1"),
        a_resource(kind="aws_ec2_vpc", id="vpc-1"),
        a_resource(kind="aws_ec2_vpc", id="vpc-2"),
    )
    bench.add(subnet, network, other)
    bench.world.before = failing("delete", AccessDenied("no"), uid=subnet.uid)

    outcomes = bench.run(
        a_plan(
            planned_deletion(subnet, order=1),
            planned_deletion(network, order=2, after=[subnet.uid]),
            planned_deletion(other, order=2),
        )
    )

    assert {
        subnet.id: ("Failed", "AccessDenied"),
        network.id: ("Withheld", "WithheldByDependency"),
        other.id: ("Verified", "Expired"),
    } == told(outcomes)


def test_what_goes_along_stays_when_its_reason_stays(bench: Bench) -> None:
    """A volume that only goes because of its instance stays when the instance got a new expiry meanwhile (S5)."""
    instance, volume = expired(1), a_resource(kind="aws_ec2_volume", id="vol-1")
    bench.add(instance, volume)
    bench.world.change(instance.uid, tags=Tags.known({"owner": "alice", "expiration": "2026-12-31T00:00:00Z"}))

    outcomes = bench.run(
        a_plan(planned_deletion(volume, order=1, because=instance.uid), planned_deletion(instance, order=2))
    )

    assert {volume.id: ("Withheld", "Changed"), instance.id: ("Withheld", "WithheldByDependency")} == told(outcomes)
    assert {instance.uid, volume.uid} == bench.world.uids


def test_what_would_be_taken_along_is_looked_at_as_well(bench: Bench) -> None:
    """An instance does not go when the volume that the vendor deletes with it was protected meanwhile (S7)."""
    instance = expired(1)
    manager = Manager("aws_ec2_instance", "web-1", instance.uid)
    volume = a_resource(kind="aws_ec2_volume", id="vol-1", manager=manager)
    bench.add(instance, volume, edges=[Edge(instance.uid, EdgeMeaning.OWNS, volume.uid)])
    bench.world.change(volume.uid, tags=Tags.known({"tagwarden.io/protect": "true"}))
    taken = PlannedResource(volume, Judgement(volume.uid, Verdict.MANAGED), taken_by=instance.uid)

    (outcome,) = bench.run(a_plan(planned_deletion(instance), taken))

    assert (ActionState.WITHHELD, Reason.Changed) == (outcome.state, outcome.reason)
    assert "vol-1" in outcome.message or "web" in outcome.message
    assert {instance.uid, volume.uid} == bench.world.uids


def test_what_holds_a_resource_is_named(bench: Bench) -> None:
    """A refusal because something depends on it is withheld after a few tries, and names what a fresh look finds."""
    group = a_resource(kind="aws_ec2_security_group", id="sg-1")
    bench.add(group)
    bench.world.before = failing("delete", *[DependencyViolation("resource sg-1 has a dependent object")] * 50)

    (outcome,) = bench.run(a_plan(planned_deletion(group)), blockers_of=lambda _: ["aws_ec2_network_interface eni-1"])

    assert (ActionState.WITHHELD, Reason.DependencyViolation) == (outcome.state, outcome.reason)
    assert outcome.message.endswith("blocked by aws_ec2_network_interface eni-1")


def test_a_stopped_plan_deletes_nothing(bench: Bench) -> None:
    """A plan that a limit stopped deletes nothing even if deletions stand in it (S9)."""
    instance = expired()
    bench.add(instance)
    stopped = Withheld(Reason.LimitPerRun, "too many")

    (outcome,) = bench.run(a_plan(planned_deletion(instance), stopped=stopped))

    assert (ActionState.WITHHELD, Reason.LimitPerRun) == (outcome.state, outcome.reason)
    assert {instance.uid} == bench.world.uids


def test_nothing_is_done_that_cannot_be_journalled(bench: Bench) -> None:
    """When the journal cannot be written, nothing is deleted (S11, S14)."""
    instance = expired()
    bench.add(instance)
    with bench.database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE tagwarden_journal")

    (outcome,) = bench.run(a_plan(planned_deletion(instance)))

    assert (ActionState.WITHHELD, Reason.JournalUnavailable) == (outcome.state, outcome.reason)
    assert {instance.uid} == bench.world.uids


def test_credentials_that_expire_midway_end_with_their_name(bench: Bench) -> None:
    """Credentials that expire between two actions fail what is left, and lose nothing (S12)."""
    first, second = expired(1), expired(2)
    bench.add(first, second)
    bench.world.before = failing("delete", CredentialsInvalid("the token has expired"), uid=second.uid)

    outcomes = bench.run(a_plan(planned_deletion(first), planned_deletion(second)))

    assert {first.id: ("Verified", "Expired"), second.id: ("Failed", "CredentialsInvalid")} == told(outcomes)


def test_tags_that_show_late_are_waited_for(bench: Bench) -> None:
    """Tags are seen by reading again, though the vendor shows them only after a while."""
    instance = a_resource(tags={"ttl": "2d"})
    bench.add(instance)
    bench.world.tags_shown_after = timedelta(seconds=20)

    (outcome,) = bench.run(a_plan(planned_write(instance, CHANGES)))

    assert ActionState.VERIFIED == outcome.state
    assert {instance.uid: 1} == bench.world.received("set_tags")


def test_every_action_has_an_outcome_in_the_order_of_the_plan(bench: Bench) -> None:
    """Outcomes come in the order of the actions, one for each."""
    instances = [expired(number) for number in range(1, 30)]
    bench.add(*instances[:20])
    plan = a_plan(*map(planned_deletion, instances))

    outcomes = bench.run(plan)

    assert plan.actions == tuple(outcome.action for outcome in outcomes)
    assert 29 == len(bench.lines)


def test_s14_the_vendors_request_id_stands_in_the_journal(bench: Bench) -> None:
    """S14: what went through can be asked for at the vendor as well as what did not."""
    gone, refused, tagged = (expired(number) for number in (1, 2, 3))
    bench.add(gone, refused, tagged)
    denied = AccessDenied("no", request_id="req-denied")
    bench.world.before = failing("delete", denied, uid=refused.uid)

    outcomes = bench.run(
        a_plan(
            planned_deletion(gone),
            planned_deletion(refused, order=2),
            planned_write(tagged, TagChanges({"expiration": "2026-09-02T12:00:00Z"})),
        )
    )

    ids = {tagged.id: "req-1", gone.id: "req-2", refused.id: "req-denied"}
    assert ids == {outcome.resource.id: outcome.request_id for outcome in outcomes}
    assert ids == {entry.resource_id: entry.request_id for entry in bench.entries()}


def test_s14_the_request_id_outlives_the_pass_that_asked(bench: Bench) -> None:
    """S14: a slow deletion that a later pass sees through keeps the id under which it was accepted."""
    slow = expired()
    bench.add(slow)
    bench.world.deletion_takes = timedelta(hours=2)
    bench.run(a_plan(planned_deletion(slow)))

    bench.clock.now += timedelta(hours=2)
    bench.recover()

    (entry,) = bench.entries()
    assert (ActionState.VERIFIED, "req-1") == (entry.state, entry.request_id)


@pytest.mark.parametrize("last", ["", "req-last"])
def test_s14_the_last_id_that_the_vendor_gave_is_kept(bench: Bench, last: str) -> None:
    """S14: a try that nobody answered does not hide the id of the one before it."""
    bench.add(expired())
    answered = Throttled("slow down", request_id="req-first")
    bench.world.before = failing("delete", answered, *[Throttled("slow down", request_id=last)] * 9)

    (outcome,) = bench.run(a_plan(planned_deletion(expired())))

    assert (last or "req-first", ActionState.FAILED) == (outcome.request_id, outcome.state)
    assert [outcome.request_id] == [entry.request_id for entry in bench.entries()]
