"""Each question to the journal is answered by the entries that it asks for, however many others there are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.model.tags import TagChanges, Tags, TagState
from tagwarden.state import Database, Entry, Journal, KeptBackup, Selection
from tagwarden.state.journal import KEPT
from tests.support.builders import NOW
from tests.support.enforcement import an_entry, expired

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
DONE = {"state": ActionState.VERIFIED, "finished": NOW + HOUR}
BODY = KeptBackup("uid", "k8s_configmap", "shop", "settings", "{}")


def recorded(journal: Journal, id_: str, **changes: object) -> Entry:
    entry = an_entry(id_, **{"uid": f"uid-{id_}", "name": f"name-{id_}", **changes})
    journal.record(entry)
    return entry


@pytest.mark.parametrize(
    ("column", "value", "selection"),
    [
        ("run", "run-7", {"run": "run-7"}),
        ("policy", "another", {"policy": "another"}),
        ("plan_hash", "0" * 64, {"plan_hash": "0" * 64}),
        ("action", ActionType.BACKUP, {"action": ActionType.BACKUP}),
        ("account", "another", {"accounts": ["another"]}),
        ("region", "us-east-1", {"regions": ["us-*"]}),
        ("kind", "aws_sqs_queue", {"kinds": ["none", "aws_sqs_*"]}),
        ("reason", Reason.Changed, {"reasons": ["changed"]}),
    ],
)
def test_a_selection_gives_the_entries_that_have_its_value(
    database: Database, column: str, value: object, selection: dict[str, Any]
) -> None:
    """Whatever field is asked for: neither less nor more."""
    journal = Journal(database)
    recorded(journal, "other", **DONE)
    this = recorded(journal, "this", **{**DONE, column: value})

    assert [this] == journal.entries(Selection(**selection))
    assert [this] == journal.entries(Selection(id="this"))


@pytest.mark.parametrize("of", ["uid", "resource_id", "name"])
def test_a_resource_is_found_by_uid_id_or_name(database: Database, of: str) -> None:
    """A person types whichever is at hand."""
    journal = Journal(database)
    recorded(journal, "other", resource_id="i-other", **DONE)
    this = recorded(journal, "this", resource_id="i-this", **DONE)

    assert [this] == journal.entries(Selection(resource=getattr(this, of)))


def test_an_end_of_the_range_belongs_to_the_next_one(database: Database) -> None:
    """Two selections side by side show each entry once."""
    journal = Journal(database)
    for number in range(3):
        recorded(journal, str(number), at=NOW + number * HOUR, **DONE)

    assert ["1"] == [each.id for each in journal.entries(Selection(since=NOW + HOUR, until=NOW + 2 * HOUR))]


def test_s11_open_entries_are_those_that_have_not_ended(database: Database) -> None:
    """S11: the oldest first, since its outcome must be visible by now; of one resource, one in its own account."""
    journal, instance = Journal(database), expired()
    journal.begin(an_entry("late", uid="late", at=NOW + HOUR))
    journal.begin(an_entry("early", uid="early"))
    journal.begin(an_entry("there", account="another"))
    recorded(journal, "ended", uid=instance.uid, **DONE)

    assert ["early", "there", "late"] == [each.id for each in journal.open_entries()]
    assert journal.open_entry(instance) is None
    found = journal.open_entry(replace(instance, account="another"))
    assert found is not None
    assert "there" == found.id


def test_notes_on_one_entry_change_no_other(database: Database) -> None:
    """Attempts, acceptance, end and later remarks belong to the entry that they name."""
    journal = Journal(database)
    journal.begin(an_entry("this", uid="this"))
    journal.begin(an_entry("other", uid="other"))

    journal.count_attempt("this", 3)
    journal.keep_open("this", Reason.TimedOut, "accepted", "r-1")
    waiting = journal.entries(Selection(id="this"))
    journal.close("this", ActionState.FAILED, Reason.TimedOut, "too slow", finished=NOW)
    journal.add("this", "undone: stopped")

    assert [(3, ActionState.WAITING, "accepted", "r-1")] == [
        (each.attempts, each.state, each.message, each.request_id) for each in waiting
    ]
    (this,) = journal.entries(Selection(id="this"))
    assert ("too slow; undone: stopped", "r-1") == (this.message, this.request_id)
    assert [an_entry("other", uid="other")] == journal.entries(Selection(id="other"))


def test_what_is_stored_of_a_deletion_reads_back_in_its_order(database: Database) -> None:
    """First the resource, then what went with it; nothing of another deletion."""
    journal = Journal(database)
    bodies = [replace(BODY, uid=f"uid-{number}", name=f"name-{number}") for number in range(12)]
    journal.begin(an_entry("1", uid="1"), bodies)
    journal.begin(an_entry("2", uid="2"), [BODY])

    assert bodies == journal.backups_of("1")
    assert [BODY] == journal.backups_of("2")


def test_what_was_stored_too_long_ago_is_dropped(database: Database) -> None:
    """Only stored states that are older than the retention, once another is written."""
    journal = Journal(database)
    journal.begin(an_entry("old", uid="old"), [BODY])
    journal.begin(an_entry("kept", uid="kept", at=NOW + SECOND), [BODY])

    journal.begin(an_entry("new", uid="new", at=NOW + KEPT + SECOND), [BODY])

    assert [[], [BODY], [BODY]] == [journal.backups_of(each) for each in ("old", "kept", "new")]


def test_s13_only_deletions_that_were_seen_done_can_come_back(database: Database) -> None:
    """S13: what has a name and whose deletion began after the moment; a deletion that failed brings nothing back."""
    journal = Journal(database)
    later = {**DONE, "at": NOW + SECOND}
    gone = recorded(journal, "gone", namespace="shop", **later)
    recorded(journal, "at the moment", **DONE)
    recorded(journal, "unnamed", **{**later, "name": ""})
    recorded(journal, "failed", **{**later, "state": ActionState.FAILED})
    recorded(journal, "tags", **{**later, "action": ActionType.SET_TAGS})

    (found,) = journal.deleted_since(NOW)

    assert (gone.account, gone.region, gone.kind, "shop") == found.place
    assert (gone.name, gone.uid, gone.created, gone.run) == (found.name, found.uid, found.created, found.run)
    assert (gone.tags_before, gone.at, gone.finished) == (found.tags, found.begun, found.ended)


def test_the_last_write_of_tags_counts(database: Database) -> None:
    """What failed, what was deleted and what was written before the moment is no repair."""
    journal = Journal(database)
    write = {**DONE, "action": ActionType.SET_TAGS, "uid": "web", "at": NOW + SECOND}
    last = {"changes": TagChanges({"owner": "alice"}, ("ttl",)), "tags_before": None, "finished": NOW + 3 * HOUR}
    recorded(journal, "last", **{**write, **last})
    recorded(journal, "first", **{**write, "finished": NOW + 2 * HOUR})
    recorded(journal, "at the moment", **{**write, "uid": "earlier", "at": NOW})
    recorded(journal, "failed", **{**write, "uid": "failed", "state": ActionState.FAILED})
    recorded(journal, "deleted", **{**write, "uid": "deleted", "action": ActionType.DELETE})

    ((uid, written),) = journal.repairs_since(NOW).items()

    assert ("web", NOW + 3 * HOUR, {}) == (uid, written.at, written.before)
    assert ({"owner": "alice"}, ("ttl",)) == (written.set, written.removed)


def test_ends_are_counted_from_a_moment_on(database: Database) -> None:
    """By policy, provider, kind, action and state; what is open is not counted yet."""
    journal = Journal(database)
    recorded(journal, "1", **DONE)
    recorded(journal, "2", **DONE)
    recorded(journal, "other", **{**DONE, "policy": "other"})
    recorded(journal, "before", **{**DONE, "finished": NOW})
    recorded(journal, "open")

    assert {
        ("test-accounts", "AWS", expired().kind, "Delete", "Verified"): 2,
        ("other", "AWS", expired().kind, "Delete", "Verified"): 1,
    } == journal.count_ended(NOW + HOUR)


def test_an_entry_names_the_resource_that_is_read_again(database: Database) -> None:
    """The journal alone is enough to look how an action ended; tags that nobody could read are not missing (S1)."""
    journal, instance = Journal(database), replace(expired(), namespace="shop", state="")
    recorded(journal, "1", **{**DONE, "uid": instance.uid, "name": instance.name, "namespace": "shop"})
    recorded(journal, "2", **{**DONE, "uid": "unread", "tags_before": None})

    unread, known = (each.resource for each in journal.entries(Selection(states=frozenset({ActionState.VERIFIED}))))

    assert replace(instance, tags=Tags.known({"owner": "älice", "empty": ""})) == known
    assert TagState.KNOWN is not unread.tags.state


def test_a_moment_is_the_same_in_every_time_zone(database: Database) -> None:
    """What is written in one zone reads back in UTC, and sorts by time."""
    journal, there = Journal(database), timezone(timedelta(hours=9))
    recorded(journal, "later", at=NOW + SECOND, **DONE)
    recorded(journal, "earlier", at=NOW.astimezone(there), **DONE)

    found = journal.entries()

    assert ["later", "earlier"] == [each.id for each in found]
    assert NOW == found[1].at
    assert [UTC, UTC] == [each.at.tzinfo for each in found]
    assert isinstance(found[0].finished, datetime)
