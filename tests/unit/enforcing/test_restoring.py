"""Putting back what our own writes of tags changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwarden.enforcing import Restoration, plan_restoration, restore
from tagwarden.enforcing.restoring import undo_of
from tagwarden.errors import BadInput
from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.state import Selection
from tests.support.builders import NOW, a_resource
from tests.support.enforcement import Bench, a_plan, an_entry, expired, planned_deletion, planned_write

CHANGES = TagChanges({"expiration": "2026-09-02T12:00:00Z", "tagwarden.io/was-ttl": "2d"}, ("ttl",))
TAGS = {"ttl": "2d", "team": "data"}


@pytest.fixture
def written(bench: Bench) -> Bench:
    """A bench on which one instance had its tags rewritten by run-1."""
    instance = a_resource(tags=TAGS)
    bench.add(instance)
    bench.run(a_plan(planned_write(instance, CHANGES)))
    return bench


UID = a_resource().uid


def put_back(bench: Bench, **more: bool) -> tuple[Restoration, tuple[Outcome, ...]]:
    entries = bench.journal.entries(Selection(run="run-1"))
    plan = plan_restoration(entries, bench.providers, run="restore-1", now=bench.clock())
    outcomes = restore(
        plan, bench.providers, bench.journal, clock=bench.clock, run="restore-1", sleep=bench.clock.sleep, **more
    )
    return plan, outcomes


def test_tags_are_put_back_as_they_were(written: Bench) -> None:
    """What was set is taken away or set to what it was, what was removed comes back, all else stays."""
    restoration, (outcome,) = put_back(written)

    assert (ActionState.VERIFIED, Reason.Restored) == (outcome.state, outcome.reason)
    assert () == restoration.left
    assert TAGS == written.world.tags(UID)
    assert ["restore-1", "run-1"] == [entry.run for entry in written.journal.entries()]


def test_what_changed_since_is_left_alone(written: Bench) -> None:
    """A tag that its owner wrote after us is not overwritten, nor anything beside it."""
    written.world.change(UID, tags=Tags.known({**written.world.tags(UID), "expiration": "2027-01-01T00:00:00Z"}))
    before = written.world.tags(UID)

    restoration, outcomes = put_back(written)

    assert () == outcomes
    assert [(Reason.Changed, "changed since: expiration")] == [(why.reason, why.message) for _, why in restoration.left]
    assert before == written.world.tags(UID)


def test_what_changes_at_the_last_moment_is_left_alone(written: Bench) -> None:
    """The same path as every other write: the resource is read again, and withheld where it changed (S5)."""
    entries = written.journal.entries(Selection(run="run-1"))
    plan = plan_restoration(entries, written.providers, run="restore-1", now=NOW)
    written.world.change(UID, tags=Tags.known({"owner": "bob"}))

    (outcome,) = restore(plan, written.providers, written.journal, clock=written.clock, run="restore-1")

    assert (ActionState.WITHHELD, Reason.Changed) == (outcome.state, outcome.reason)
    assert {"owner": "bob"} == written.world.tags(UID)


def test_a_dry_run_puts_nothing_back(written: Bench) -> None:
    """A dry run shows what would be put back (S15)."""
    before = written.world.tags(UID)

    _, (outcome,) = put_back(written, dry_run=True)

    assert (ActionState.SKIPPED, Reason.AuditMode) == (outcome.state, outcome.reason)
    assert before == written.world.tags(UID)


def test_what_is_gone_or_was_deleted_cannot_be_put_back(written: Bench) -> None:
    """Each entry of which nothing can be put back is named with the reason."""
    instance = expired(7)
    written.add(instance)
    written.run(a_plan(planned_deletion(instance)))
    written.world.remove(UID)

    restoration, outcomes = put_back(written)

    assert () == outcomes
    assert {ActionType.SET_TAGS: Reason.NotFound, ActionType.DELETE: Reason.Unsupported} == {
        entry.action: why.reason for entry, why in restoration.left
    }


def test_an_account_that_is_not_declared_is_named(written: Bench) -> None:
    """Without its account nothing of an entry can be put back."""
    restoration = plan_restoration(written.journal.entries(), {}, run="restore-1", now=NOW)

    assert [Reason.ProviderUnavailable] == [why.reason for _, why in restoration.left]


def test_nothing_to_restore_is_said(bench: Bench) -> None:
    """An empty selection is bad input, not success."""
    with pytest.raises(BadInput, match="no such journal entry"):
        plan_restoration([], bench.providers, run="restore-1", now=NOW)


tags = st.dictionaries(st.sampled_from("abcde"), st.sampled_from("xyz"))


@given(before=tags, to_set=tags, remove=st.sets(st.sampled_from("abcde")))
def test_undoing_gives_back_exactly_what_was_there(
    before: dict[str, str], to_set: dict[str, str], remove: set[str]
) -> None:
    """For any tags and any write, undoing it right away gives the tags from before."""
    changes = TagChanges(to_set, tuple(sorted(remove)))
    entry = an_entry(tags_before=before, changes=changes)

    undo = undo_of(entry, changes.applied_to(before))

    assert isinstance(undo, TagChanges)
    assert before == undo.applied_to(changes.applied_to(before))


@given(before=tags, to_set=tags, since=tags)
def test_undoing_never_touches_what_others_wrote(
    before: dict[str, str], to_set: dict[str, str], since: dict[str, str]
) -> None:
    """Whatever stands there now: a key that is not as we left it keeps its value."""
    changes = TagChanges(to_set)
    left = changes.applied_to(before)
    now = {**left, **since}

    undo = undo_of(an_entry(tags_before=before, changes=changes), now)

    after = now if isinstance(undo, str) else undo.applied_to(now)
    assert {key: now[key] for key in now if now[key] != left.get(key)}.items() <= after.items()
