"""Nothing that is to be kept goes before its backup is there, and none is made twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tagwarden.enforcing import remakable
from tagwarden.enforcing.backup_tracker import latest
from tagwarden.errors import (
    AccessDenied,
    InvalidState,
    LimitExceeded,
    ProviderError,
    ServerFault,
    Throttled,
    Unreachable,
)
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.plan import ActionType, Plan, PlannedResource
from tagwarden.model.policy import BACKUP_AT, BACKUP_OF
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Manager, Resource
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Judgement, Verdict, Withheld
from tagwarden.providers.base import BackupState, MadeBackup
from tests.support.builders import NOW, a_resource
from tests.support.enforcement import Bench, a_plan, expired, kept_first, planned_deletion
from tests.support.fake_provider import FakeProvider, failing, no_fault

MINUTE = timedelta(minutes=1)


def volume(number: int = 1, **changes: object) -> Resource:
    return expired(number, kind="aws_ec2_volume", category="volume", id=f"vol-{number}", **changes)


def plan_for(*volumes: Resource) -> Plan:
    return a_plan(*(kept_first(planned_deletion(each)) for each in volumes))


def of_type(outcomes: tuple[Outcome, ...], kind: ActionType) -> list[tuple[str, str]]:
    return [(str(each.state), str(each.reason)) for each in outcomes if each.action.type is kind]


def backups(bench: Bench) -> list[str]:
    return sorted(uid for uid in bench.world.state.living if uid.startswith("snap-"))


def test_keeps_then_deletes(bench: Bench) -> None:
    """The backup carries owner, origin, when it was made and its own expiry from the start, and both are journalled."""
    bench.add(volume())

    kept, deleted = bench.run(plan_for(volume()))

    assert (ActionState.VERIFIED, "kept as aws_ec2_snapshot snap-1") == (kept.state, kept.message)
    assert ActionState.VERIFIED == deleted.state
    assert {"snap-1"} == bench.world.uids
    assert {
        "owner": "alice",
        "expiration": "2026-09-08T12:00:00Z",
        BACKUP_OF: volume().uid,
        BACKUP_AT: "2026-09-01T12:00:00Z",
    } == bench.world.tags("snap-1")
    first, second = bench.entries()
    assert (ActionType.BACKUP, ActionType.DELETE) == (first.action, second.action)
    assert bench.world.tags("snap-1") == first.changes.set
    assert first.finished is not None
    assert first.finished <= second.at
    assert "req-1" == first.request_id


def test_waits_until_the_backup_is_ready(bench: Bench) -> None:
    """An accepted call is no backup: the volume goes only when the vendor says that it is complete."""
    bench.world.backup_takes = 5 * MINUTE
    bench.add(volume())
    seen: list[tuple[str, datetime]] = []
    bench.world.witness = lambda operation, *_: seen.append((operation, bench.clock()))

    outcomes = bench.run(plan_for(volume()))

    assert [ActionState.VERIFIED] * 2 == [outcome.state for outcome in outcomes]
    (_, asked), (_, deleted) = seen
    assert deleted - asked >= 5 * MINUTE


def test_a_backup_that_takes_long_is_carried_to_the_next_pass(bench: Bench) -> None:
    """The volume stays until a later pass finds its backup ready, and no second one is made (S11)."""
    bench.world.backup_takes = timedelta(hours=3)
    bench.add(volume())

    outcomes = bench.run(plan_for(volume()))

    assert [("Waiting", "BackupPending")] == of_type(outcomes, ActionType.BACKUP)
    assert [("Withheld", "BackupPending")] == of_type(outcomes, ActionType.DELETE)
    assert volume().uid in bench.world.uids

    bench.clock.now += timedelta(hours=1)
    bench.recover()
    outcomes = bench.run(plan_for(volume()), run="run-2")

    assert [("Withheld", "BackupPending")] == of_type(outcomes, ActionType.DELETE)

    bench.clock.now += timedelta(hours=2)
    bench.recover()
    outcomes = bench.run(plan_for(volume()), run="run-3")

    assert [("Verified", "Expired")] == of_type(outcomes, ActionType.DELETE)
    assert {"snap-1"} == bench.world.uids
    assert [] == bench.journal.open_entries()


def test_without_recovery_what_was_begun_is_still_carried_on(bench: Bench) -> None:
    """The open intent in the journal is what a later pass waits for."""
    bench.world.backup_takes = timedelta(minutes=15)
    bench.add(volume())
    bench.run(plan_for(volume()))

    outcomes = bench.run(plan_for(volume()), run="run-2")

    assert [ActionState.VERIFIED] * 2 == [outcome.state for outcome in outcomes]
    assert {volume().uid: 1} == bench.world.received("back_up")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (AccessDenied("no"), "AccessDenied"),
        (LimitExceeded("too many"), "LimitExceeded"),
        (InvalidState("stopped"), "InvalidState"),
    ],
)
def test_what_cannot_be_kept_stays(bench: Bench, error: ProviderError, reason: str) -> None:
    """A backup that fails keeps its resource, and nothing else (S12)."""
    bench.add(volume(1), volume(2))
    bench.world.before = failing("back_up", *[error] * 9, uid=volume(1).uid)

    outcomes = bench.run(plan_for(volume(1), volume(2)))

    assert [("Failed", reason), ("Verified", "Expired")] == of_type(outcomes, ActionType.BACKUP)
    assert [("Withheld", "BackupFailed"), ("Verified", "Expired")] == of_type(outcomes, ActionType.DELETE)
    assert {volume(1).uid, "snap-1"} == bench.world.uids


def test_a_backup_that_the_vendor_gives_up_keeps_the_resource(bench: Bench) -> None:
    """A backup that ends as failed is none; the next pass asks for another."""
    bench.world.backup_takes = MINUTE
    bench.world.backup_fails = True
    bench.add(volume())

    outcomes = bench.run(plan_for(volume()))

    assert [("Failed", "BackupFailed")] == of_type(outcomes, ActionType.BACKUP)
    assert [("Withheld", "BackupFailed")] == of_type(outcomes, ActionType.DELETE)
    assert "snap-1" in outcomes[1].message

    bench.world.backup_fails = False
    outcomes = bench.run(plan_for(volume()), run="run-2")

    assert [("Verified", "Expired")] == of_type(outcomes, ActionType.DELETE)
    assert {"snap-1", "snap-2"} == bench.world.uids


@pytest.mark.parametrize("error", [ServerFault("lost"), Unreachable("lost")])
def test_a_lost_answer_makes_no_second_backup(bench: Bench, error: ProviderError) -> None:
    """Whether a lost call arrived is seen by looking, once it must be visible, never by asking again (S11)."""
    bench.world.backup_shown_after = timedelta(seconds=20)
    bench.add(volume())
    bench.world.after = failing("back_up", *[error] * 5)

    outcomes = bench.run(plan_for(volume()))

    assert [ActionState.VERIFIED] * 2 == [outcome.state for outcome in outcomes]
    assert ["snap-1"] == backups(bench)


@pytest.mark.parametrize("error", [ServerFault("lost"), Unreachable("lost")])
def test_a_call_that_never_arrived_is_left_to_the_next_pass(bench: Bench, error: ProviderError) -> None:
    """Nothing was kept, so nothing goes."""
    bench.add(volume())
    bench.world.before = failing("back_up", error)

    outcomes = bench.run(plan_for(volume()))

    assert [("Withheld", "BackupFailed")] == of_type(outcomes, ActionType.DELETE)

    outcomes = bench.run(plan_for(volume()), run="run-2")

    assert [("Verified", "Expired")] == of_type(outcomes, ActionType.DELETE)
    assert ["snap-1"] == backups(bench)


def test_throttling_is_waited_out(bench: Bench) -> None:
    """What was surely refused is asked for again."""
    bench.add(volume())
    bench.world.before = failing("back_up", Throttled("slow"), Throttled("slow"))

    outcomes = bench.run(plan_for(volume()))

    assert [ActionState.VERIFIED] * 2 == [outcome.state for outcome in outcomes]
    assert 3 == outcomes[0].attempts


def test_a_backup_that_is_there_is_not_made_again(bench: Bench) -> None:
    """Where the deletion failed after the backup was made, the next pass uses that."""
    bench.add(volume())
    bench.world.before = failing("delete", AccessDenied("no"))
    bench.run(plan_for(volume()))
    bench.clock.now += timedelta(hours=1)

    outcomes = bench.run(plan_for(volume()), run="run-2")

    assert [("Verified", "Expired")] == of_type(outcomes, ActionType.DELETE)
    assert ["snap-1"] == backups(bench)


def test_an_old_backup_is_made_again(bench: Bench) -> None:
    """What was written since is not in it."""
    bench.add(volume())
    bench.world.before = failing("delete", AccessDenied("no"))
    bench.run(plan_for(volume()))
    bench.clock.now += timedelta(hours=25)

    outcomes = bench.run(plan_for(volume()), run="run-2")

    assert [("Verified", "Expired")] == of_type(outcomes, ActionType.DELETE)
    assert ["snap-1", "snap-2"] == backups(bench)


def test_a_backup_of_an_earlier_one_of_the_name_does_not_count(bench: Bench) -> None:
    """A database that was made again under its old name has the old ARN, and other data (S5)."""
    bench.add(volume())
    bench.run(plan_for(volume()))
    bench.clock.now += timedelta(hours=2)
    again = volume(created=bench.clock.now - timedelta(hours=1))
    bench.add(again)

    outcomes = bench.run(plan_for(again), run="run-2")

    assert [("Verified", "Expired")] == of_type(outcomes, ActionType.DELETE)
    assert ["snap-1", "snap-2"] == backups(bench)


def test_what_the_vendor_takes_along_is_kept_before_its_taker_goes(bench: Bench) -> None:
    """An instance stays while the volume that the vendor deletes with it has no backup."""
    instance = expired(1)
    root = volume(manager=Manager("aws_ec2_instance", "web-1", instance.uid))
    bench.add(instance, root, edges=[Edge(instance.uid, EdgeMeaning.OWNS, root.uid)])
    judgement = Judgement(root.uid, Verdict.MANAGED, environment=Environment.TEST)
    taken = kept_first(PlannedResource(root, judgement, taken_by=instance.uid))
    bench.world.before = failing("back_up", AccessDenied("no"))

    outcomes = bench.run(a_plan(planned_deletion(instance), taken))

    assert [("Withheld", "BackupFailed")] == of_type(outcomes, ActionType.DELETE)
    assert "the backup of" in outcomes[1].message
    assert {instance.uid, root.uid} == bench.world.uids

    outcomes = bench.run(a_plan(planned_deletion(instance), taken), run="run-2")

    assert [("Verified", "Expired")] == of_type(outcomes, ActionType.DELETE)
    assert {"snap-1"} == bench.world.uids


def test_nothing_is_taken_out_of_what_cannot_be_kept_whole(bench: Bench) -> None:
    """Where the volume of an instance cannot be kept, the instance stays that it would go for."""
    instance = expired(1)
    bench.add(instance, volume())
    bench.world.before = failing("back_up", AccessDenied("no"))
    part = kept_first(planned_deletion(volume(), order=2, because=instance.uid, after=[instance.uid]))

    outcomes = bench.run(a_plan(planned_deletion(instance), part))

    assert [("Withheld", "WithheldByDependency"), ("Withheld", "BackupFailed")] == of_type(outcomes, ActionType.DELETE)
    assert {instance.uid, volume().uid} == bench.world.uids


def meddle(bench: Bench, deed: Callable[[], None]) -> None:
    """Do something behind everybody's back, right after the backup was seen and before the deletion is checked."""
    done: list[bool] = []

    def before(operation: str, resource: Resource | None) -> None:
        is_check = operation == "read" and resource is not None and resource.kind == "aws_ec2_volume"
        if is_check and bench.world.received("back_up") and not done:
            done.append(True)
            deed()

    bench.world.before = before


def test_a_backup_that_expires_too_soon_is_none(bench: Bench) -> None:
    """The vendor copied the expiry of the volume, which is over: the backup would go right behind the volume."""
    bench.world.backup_takes = MINUTE
    bench.add(volume())
    copied = {"owner": "alice", BACKUP_OF: volume().uid, BACKUP_AT: "2026-09-01T12:00:00Z"}

    def copy(operation: str, resource: Resource | None) -> None:
        del resource
        if operation == "back_up":
            bench.world.change("snap-1", tags=Tags.known({**copied, "expiration": "2026-08-31T12:00:00Z"}))
            bench.world.after = no_fault

    bench.world.after = copy

    outcomes = bench.run(plan_for(volume()))

    assert [("Failed", "BackupFailed")] == of_type(outcomes, ActionType.BACKUP)
    assert [("Withheld", "BackupFailed")] == of_type(outcomes, ActionType.DELETE)
    assert "snap-1" in outcomes[0].message

    bench.clock.now += timedelta(hours=1)
    outcomes = bench.run(plan_for(volume()), run="run-2")

    assert [("Verified", "Expired")] == of_type(outcomes, ActionType.DELETE)
    assert {"snap-1", "snap-2"} == bench.world.uids


def test_a_backup_that_vanished_is_none(bench: Bench) -> None:
    """Right before the deletion the backup is read once more (S5)."""
    bench.add(volume())
    meddle(bench, lambda: bench.world.remove("snap-1"))

    outcomes = bench.run(plan_for(volume()))

    assert [("Withheld", "BackupFailed")] == of_type(outcomes, ActionType.DELETE)
    assert {volume().uid} == bench.world.uids


def test_a_backup_that_became_anothers_is_none(bench: Bench) -> None:
    """A snapshot that no longer says what it is of proves nothing (S5)."""
    bench.add(volume())
    meddle(bench, lambda: bench.world.change("snap-1", tags=Tags.known({BACKUP_OF: "another"})))

    outcomes = bench.run(plan_for(volume()))

    assert [("Withheld", "BackupFailed")] == of_type(outcomes, ActionType.DELETE)


def test_unreadable_tags_are_no_missing_backup(bench: Bench) -> None:
    """Where the tags of what may be the backup cannot be read, neither is another made nor anything deleted (S1)."""
    bench.add(volume(), a_resource(kind="aws_ec2_snapshot", id="snap-x", tags=Tags.unreadable("denied")))

    outcomes = bench.run(plan_for(volume()))

    assert [("Failed", "AccessDenied")] == of_type(outcomes, ActionType.BACKUP)
    assert [("Withheld", "BackupFailed")] == of_type(outcomes, ActionType.DELETE)
    assert not bench.world.received("back_up")


@pytest.mark.parametrize(
    "changes",
    [
        {"tags": Tags.known({"owner": "alice", "expiration": "2026-12-31T00:00:00Z"})},
        {"created": NOW},
        {"protection": "deletion protection is on"},
    ],
)
def test_nothing_is_kept_of_what_changed(bench: Bench, changes: dict[str, object]) -> None:
    """Before a backup the resource is read again, as before any other action (S5)."""
    bench.add(volume())
    bench.world.change(volume().uid, **changes)

    outcomes = bench.run(plan_for(volume()))

    assert {("Withheld", "Changed")} == {*of_type(outcomes, ActionType.BACKUP), *of_type(outcomes, ActionType.DELETE)}
    assert [] == backups(bench)


def test_nothing_is_kept_in_production(bench: Bench) -> None:
    """What is never deleted needs no backup, which costs money (S2)."""
    bench.add(volume())
    bench.environments[volume().uid] = Environment.PRODUCTION

    outcomes = bench.run(plan_for(volume()))

    assert [("Withheld", "Production")] * 2 == [(str(each.state), str(each.reason)) for each in outcomes]
    assert [] == backups(bench)


def test_nothing_is_kept_without_the_lease(bench: Bench) -> None:
    """Only the holder of the lease acts (S11)."""
    bench.add(volume())
    bench.may_act = lambda: False

    outcomes = bench.run(plan_for(volume()))

    assert {"LeaseLost"} == {str(each.reason) for each in outcomes}
    assert [] == backups(bench)


def test_a_dry_run_keeps_nothing_and_says_what_would_be_done(bench: Bench) -> None:
    """It shares all code up to the call that writes, and leaves no trace (S15)."""
    bench.add(volume())

    outcomes = bench.run(plan_for(volume()), dry_run=True)

    assert [("Skipped", "AuditMode")] * 2 == [(str(each.state), str(each.reason)) for each in outcomes]
    assert {volume().uid} == bench.world.uids
    assert [] == bench.entries()


def test_a_stopped_plan_keeps_nothing(bench: Bench) -> None:
    """Where a limit stops the deletions, no backup is made for them (S9)."""
    bench.add(volume())
    stopped = Withheld(Reason.LimitPerRun, "too many")

    outcomes = bench.run(replace(plan_for(volume()), stopped=stopped))

    assert {("Withheld", "LimitPerRun")} == {(str(each.state), str(each.reason)) for each in outcomes}
    assert [] == backups(bench)


def test_a_limit_of_the_hour_is_asked_before_anything_is_kept(bench: Bench) -> None:
    """Where other runs have used the hour up, no backup is made for deletions that may not be (S9)."""
    bench.add(volume())
    why = Withheld(Reason.LimitPerHour, "used up")

    outcomes = bench.run(plan_for(volume()), limit=lambda _wanted, _spent: why)

    assert {("Withheld", "LimitPerHour")} == {(str(each.state), str(each.reason)) for each in outcomes}
    assert [] == backups(bench)


def test_a_provider_without_backups_deletes_nothing_that_is_to_be_kept(bench: Bench) -> None:
    """A plan that says so holds for a provider that cannot."""

    class Plain(FakeProvider):
        backups_of = None  # type: ignore[assignment]

    bench.add(volume())
    bench.providers = {volume().account: Plain(bench.world, volume().account)}

    outcomes = bench.run(plan_for(volume()))

    assert [("Withheld", "BackupFailed")] == of_type(outcomes, ActionType.DELETE)
    assert {volume().uid} == bench.world.uids


def test_an_unknown_backup_is_settled_by_looking(bench: Bench) -> None:
    """After a crash between call and answer the backup is found, and the entry closed (S11)."""
    bench.world.backup_takes = timedelta(minutes=30)
    bench.add(volume())
    bench.run(plan_for(volume()))

    (entry,) = bench.recover()

    assert (ActionState.WAITING, Reason.BackupPending) == (entry.state, entry.reason)

    bench.clock.now += timedelta(hours=1)

    assert [] == bench.recover()
    (kept, _) = bench.entries()
    assert (ActionState.VERIFIED, "kept as aws_ec2_snapshot snap-1") == (kept.state, kept.message)


def test_a_backup_outlives_what_it_was_made_of(bench: Bench) -> None:
    """An intent is settled as done though somebody deleted the volume meanwhile (S11)."""
    bench.world.backup_takes = timedelta(minutes=30)
    bench.add(volume())
    bench.run(plan_for(volume()))
    bench.world.remove(volume().uid)
    bench.clock.now += timedelta(hours=1)

    assert [] == bench.recover()
    assert ActionState.VERIFIED == bench.entries()[0].state


def test_a_backup_that_never_came_is_settled_as_interrupted(bench: Bench) -> None:
    """Where no look finds the backup of an intent, it was not made (S11)."""
    bench.world.backup_takes = timedelta(minutes=30)
    bench.add(volume())
    bench.run(plan_for(volume()))
    bench.world.remove("snap-1")
    bench.clock.now += timedelta(hours=1)

    assert [] == bench.recover()
    assert (ActionState.FAILED, Reason.Interrupted) == (bench.entries()[0].state, bench.entries()[0].reason)


def test_the_expiry_counts_from_the_making(bench: Bench) -> None:
    """An approval may come a day after the plan; the backup is kept as long as promised all the same."""
    bench.clock.now = datetime(2026, 9, 2, 8, 30, tzinfo=UTC)
    bench.add(volume())

    bench.run(plan_for(volume()))

    assert "2026-09-09T08:30:00Z" == bench.world.tags("snap-1")["expiration"]


def test_restore_says_what_the_vendor_keeps(bench: Bench) -> None:
    """Nothing of a cloud is made again by us; whoever wants it back is told from what."""
    bench.add(volume())
    bench.run(plan_for(volume()))

    found, left = remakable(bench.entries()[1:], bench.providers, bench.journal)

    assert [] == found
    assert (
        "kept as aws_ec2_snapshot snap-1; recreate the resource from this backup with the vendor's tools"
        == left[0][1].message
    )


def test_a_backup_that_is_older_than_its_resource_holds_another_one() -> None:
    """A clock that is ahead dates the backup of an earlier resource of the name after the birth of this one."""
    resource = volume(created=NOW)
    tags = Tags.known({BACKUP_AT: f"{NOW + 5 * MINUTE:%Y-%m-%dT%H:%M:%SZ}", BACKUP_OF: resource.uid})
    made = [MadeBackup(a_resource(created=at), BackupState.READY) for at in (NOW - MINUTE, NOW + MINUTE)]
    earlier, own = (replace(each, backup=replace(each.backup, tags=tags)) for each in made)

    assert latest([earlier], resource) is None
    assert own is latest([earlier, own], resource)
