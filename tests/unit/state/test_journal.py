"""The journal gives each question exactly the entries that it asks for."""

import threading
from datetime import timedelta

import pytest

from tagwarden.errors import StateError
from tagwarden.model.outcome import ActionState
from tagwarden.model.reasons import Reason
from tagwarden.state import Database, Journal, Selection
from tagwarden.state.journal import ActionOpenError
from tests.support.builders import NOW
from tests.support.enforcement import an_entry, expired

HOUR = timedelta(hours=1)


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
