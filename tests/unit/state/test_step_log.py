"""Steps of a deletion stay in the log until they are undone or the resource is gone (S23)."""

from datetime import timedelta

from tagwarden.model.outcome import ActionState
from tagwarden.model.reasons import Reason
from tagwarden.providers.base import Taken
from tagwarden.state import Database, Journal
from tests.support.builders import NOW
from tests.support.enforcement import an_entry, expired

MINUTE = timedelta(minutes=1)
DETACHED = Taken("detached from web", "attach", lasts=True, shared=False)
EMPTIED = Taken("emptied", "", lasts=False, shared=True)
STOPPED = Taken("stopped", "start", lasts=False, shared=False)


def begun(journal: Journal, *ids: str, **changes: object) -> None:
    for id_ in ids:
        journal.begin(an_entry(id_, **{"uid": f"uid-{id_}", **changes}))


def ended(journal: Journal, id_: str, state: ActionState) -> None:
    journal.close(id_, state, Reason.InvalidState, "", finished=NOW + MINUTE)


def test_s23_steps_are_undone_in_the_opposite_order(database: Database) -> None:
    """S23: each step reads back as it was kept, the latest first, for its own entry only."""
    journal = Journal(database)
    begun(journal, "1", "2")
    for step in (DETACHED, EMPTIED):
        journal.steps.keep("1", NOW, step)
    journal.steps.keep("2", NOW, STOPPED)

    kept = journal.steps.of_entry("1")

    assert [("1", 1, NOW, EMPTIED), ("1", 0, NOW, DETACHED)] == [
        (each.entry, each.number, each.at, each.taken) for each in kept
    ]
    assert [STOPPED] == [each.taken for each in journal.steps.of_entry("2")]


def test_s23_the_steps_of_every_try_on_a_resource_are_known(database: Database) -> None:
    """S23: a second deletion that fails undoes what the first one had left, and nothing of other resources."""
    journal, instance = Journal(database), expired()
    begun(journal, "1", uid=instance.uid)
    journal.steps.keep("1", NOW, DETACHED)
    ended(journal, "1", ActionState.FAILED)
    begun(journal, "2", uid=instance.uid, at=NOW + MINUTE)
    journal.steps.keep("2", NOW + MINUTE, STOPPED)
    begun(journal, "3")
    begun(journal, "4", uid=instance.uid, account="another")
    for other in ("3", "4"):
        journal.steps.keep(other, NOW, EMPTIED)

    assert ["2", "1"] == [each.entry for each in journal.steps.of(instance)]


def test_s23_what_ended_with_steps_is_left_to_undo(database: Database) -> None:
    """S23: what is still under way goes on by itself, and a deletion that was seen done needs no undoing."""
    journal = Journal(database)
    begun(journal, "later", at=NOW + MINUTE)
    begun(journal, "open", "gone", "first", "plain")
    for id_ in ("later", "open", "gone", "first"):
        journal.steps.keep(id_, NOW, DETACHED)
    for id_ in ("later", "first", "plain"):
        ended(journal, id_, ActionState.FAILED)
    ended(journal, "gone", ActionState.VERIFIED)

    assert ["first", "later"] == journal.steps.left()
    assert [] == journal.steps.of_entry("gone")
    assert 1 == len(journal.steps.of_entry("open"))


def test_s23_one_step_is_forgotten_once_it_is_undone(database: Database) -> None:
    """S23: what could not be undone stays, and a step of the next try gets a number of its own."""
    journal = Journal(database)
    begun(journal, "1", "2")
    for step in (DETACHED, EMPTIED, STOPPED):
        journal.steps.keep("1", NOW, step)
    journal.steps.keep("2", NOW, DETACHED)
    journal.steps.keep("2", NOW, EMPTIED)

    journal.steps.forget(journal.steps.of_entry("1")[1])
    journal.steps.keep("1", NOW, EMPTIED)
    journal.steps.drop("2")

    assert [(3, EMPTIED), (2, STOPPED), (0, DETACHED)] == [
        (each.number, each.taken) for each in journal.steps.of_entry("1")
    ]
    assert [] == journal.steps.of_entry("2")
