"""What is remembered outlives a restart, and the tables of an older version."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from tagwarden.model.history import History, Written
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType, Baseline
from tagwarden.model.reasons import Reason
from tagwarden.model.tags import TagChanges
from tagwarden.state import Database, HistoryStore, Journal
from tagwarden.state.history import FORGET_AFTER, SEEN_PRECISION
from tests.support.builders import NOW, a_resource
from tests.support.enforcement import Bench, a_plan, an_entry, expired, planned_deletion

HOUR = timedelta(hours=1)

REMEMBERED = History(
    NOW,
    Reason.Expired,
    NOW,
    agreed=1,
    snapshot="snapshot-1",
    counted=NOW,
    stated="expiration=2d",
    stated_since=NOW - timedelta(days=1),
)


def test_a_history_reads_back_as_it_was_written(tmp_path: Path) -> None:
    """When an observation counted, and since when an expiry is stated, are asked in the next pass (S4)."""
    resource = a_resource()
    with Database(str(tmp_path / "state.db")) as database:
        HistoryStore(database).remember("test", [(resource, REMEMBERED)], NOW)
    with Database(str(tmp_path / "state.db")) as database:
        found = HistoryStore(database).histories("test", [resource], NOW)

    assert {resource.uid: REMEMBERED} == found


def test_tables_of_an_older_version_get_the_columns_that_came_since(tmp_path: Path) -> None:
    """An upgrade neither fails nor forgets what was observed."""
    path, resource = str(tmp_path / "state.db"), a_resource()
    with Database(path) as database:
        HistoryStore(database).remember("test", [(resource, REMEMBERED)], NOW)
        with database.writing() as connection:
            for column in ("counted", "stated", "stated_since"):
                connection.execute(text(f"ALTER TABLE tagwarden_memory DROP COLUMN {column}"))
    with Database(path) as database:
        (found,) = HistoryStore(database).histories("test", [resource], NOW).values()

    assert (1, "snapshot-1", None, None) == (found.agreed, found.snapshot, found.counted, found.stated)


def test_memory_is_kept(database: Database) -> None:
    """What is remembered of a resource reads back equal, per policy."""
    memory = HistoryStore(database)
    old, new = expired(1), expired(2)
    history = History(NOW - HOUR, Reason.Expired, NOW, 2, "snapshot-2", NOW - 2 * HOUR)

    memory.remember("p", [(old, history), (new, History(NOW))], NOW)
    memory.remember("p", [(old, replace(history, agreed=3))], NOW + HOUR)

    assert {old.uid: replace(history, agreed=3), new.uid: History(NOW)} == memory.histories("p", [old, new], NOW + HOUR)
    assert {} == memory.histories("q", [old, new], NOW)


def test_what_is_made_again_has_no_memory(database: Database) -> None:
    """A bucket made again under the same name does not inherit how long its predecessor was watched (S4)."""
    memory = HistoryStore(database)
    bucket = a_resource(uid="arn:aws:s3:::logs", kind="aws_s3_bucket", id="logs", name="logs")
    memory.remember("p", [(bucket, History(NOW, Reason.Untagged, NOW, 5, "s"))], NOW)

    again = replace(bucket, created=NOW)

    assert {} == memory.histories("p", [again], NOW)


def test_what_is_not_seen_is_forgotten(database: Database) -> None:
    """The memory does not grow for ever."""
    memory = HistoryStore(database)
    memory.remember("p", [(expired(1), History(NOW))], NOW)

    memory.remember("p", [(expired(2), History(NOW))], NOW + timedelta(days=31))

    assert {expired(2).uid} == set(memory.histories("p", [expired(1), expired(2)], NOW))


def test_many_resources_are_remembered_at_once(database: Database) -> None:
    """Thousands of resources are kept in one go, and an unchanged pass writes next to nothing."""
    memory = HistoryStore(database)
    resources = [expired(number) for number in range(5_000)]
    entries = [(resource, History(NOW)) for resource in resources]

    memory.remember("p", entries, NOW)
    memory.remember("p", entries, NOW + HOUR)

    assert 5_000 == len(memory.histories("p", resources, NOW))


def test_what_comes_back_is_counted(database: Database) -> None:
    """What has the kind, place, name and tags of something deleted came back; what is still listed did not (S13)."""
    bench = Bench(database)
    instance = expired()
    for number in range(2):
        bench.add(instance)
        bench.run(a_plan(planned_deletion(instance)), run=f"run-{number}")
        instance = replace(instance, uid=f"uid-{number}", created=NOW + number * HOUR)

    histories = HistoryStore(database).histories("p", [expired(), instance, expired(9)], NOW)

    assert {instance.uid: 2} == {uid: history.deletions for uid, history in histories.items()}
    later = NOW + timedelta(days=8)
    assert {} == HistoryStore(database).histories("p", [instance], later)


def test_passes_are_remembered_for_the_brake(database: Database) -> None:
    """The last passes are kept, oldest first, and the last normal one however long ago (S9)."""
    memory = HistoryStore(database)
    memory.remember_pass("p", "run-0", Baseline(NOW, governed=100, tagged=90))

    for number in range(1, 60):
        memory.remember_pass("p", f"run-{number}", Baseline(NOW + number * HOUR, governed=10, braked=True))

    passes = memory.last_passes("p")
    assert 51 == len(passes)
    assert (100, 90, False) == (passes[0].governed, passes[0].tagged, passes[0].braked)
    assert [True] * 50 == [each.braked for each in passes[1:]]
    assert () == memory.last_passes("q")


def test_each_policy_forgets_its_own_resources_only(database: Database) -> None:
    """One policy that no longer observes a resource makes no other policy forget how long it was agreed on (S4)."""
    memory, one, other = HistoryStore(database), expired(1), expired(2)
    for policy in ("p", "q"):
        memory.remember(policy, [(one, History(NOW))], NOW)

    memory.remember("q", [(other, History(NOW))], NOW + FORGET_AFTER + HOUR)

    assert {one.uid} == set(memory.histories("p", [one, other], NOW))
    assert {other.uid} == set(memory.histories("q", [one, other], NOW))


def test_what_is_still_observed_is_not_forgotten(database: Database) -> None:
    """An unchanged resource is noted as seen now and then, so that it outlives the retention."""
    memory, resource = HistoryStore(database), expired()
    memory.remember("p", [(resource, History(NOW))], NOW)

    memory.remember("p", [(resource, History(NOW))], NOW + SEEN_PRECISION + HOUR)
    memory.remember("p", [], NOW + FORGET_AFTER + HOUR)

    assert {resource.uid} == set(memory.histories("p", [resource], NOW))


def test_s4_what_was_absent_once_begins_anew(database: Database) -> None:
    """S4: without a creation time nothing else tells a resource from one that was made again under its uid."""
    memory = HistoryStore(database)
    timeless, present, dated = (
        a_resource(id=name, uid=name, created=created)
        for name, created in (("timeless", None), ("present", None), ("dated", NOW))
    )
    for policy in ("p", "q"):
        memory.remember(policy, [(each, History(NOW)) for each in (timeless, present, dated)], NOW)

    memory.forget_absent("p", {present.uid})

    assert {present.uid, dated.uid} == set(memory.histories("p", [timeless, present, dated], NOW))
    assert 3 == len(memory.histories("q", [timeless, present, dated], NOW))


def test_what_we_wrote_is_part_of_the_history(database: Database) -> None:
    """The journal says when tags were repaired and what stood there before; a repair long ago is forgotten."""
    memory, journal, resource = HistoryStore(database), Journal(database), expired()
    changes = TagChanges({"expiration": "2026-09-02T12:00:00Z"}, ("ttl",))
    memory.remember("p", [(resource, History(NOW))], NOW)
    journal.record(
        an_entry(
            action=ActionType.SET_TAGS,
            state=ActionState.VERIFIED,
            tags_before={"ttl": "2d"},
            changes=changes,
            finished=NOW + HOUR,
        )
    )

    found = memory.histories("p", [resource], NOW + HOUR)[resource.uid]
    later = memory.histories("p", [resource], NOW + FORGET_AFTER)[resource.uid]

    assert Written(NOW + HOUR, {"ttl": "2d"}, changes.set, changes.remove) == found.written
    assert (NOW + HOUR, None, None) == (found.repaired, later.repaired, later.written)


def test_a_pass_that_ran_again_replaces_its_baseline(database: Database) -> None:
    """One baseline for each moment and policy."""
    memory = HistoryStore(database)
    memory.remember_pass("p", "run-1", Baseline(NOW, governed=1))
    memory.remember_pass("p", "run-2", Baseline(NOW + HOUR, governed=2))
    memory.remember_pass("q", "run-3", Baseline(NOW, governed=3))

    memory.remember_pass("p", "run-4", Baseline(NOW, governed=4))

    assert [4, 2] == [each.governed for each in memory.last_passes("p")]
    assert [3] == [each.governed for each in memory.last_passes("q")]
