"""After a crash every open intent ends by what a look shows, never by doing it again (S11)."""

from collections import Counter
from datetime import timedelta

import pytest

from tagwarden.errors import DeletionFailed, Unreachable
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType
from tagwarden.model.policy import BACKUP_AT, BACKUP_OF
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.state import Entry
from tests.support.builders import NOW, a_resource
from tests.support.enforcement import SETTINGS, Bench, an_entry, expired
from tests.support.fake_provider import failing

MILLISECOND, SECOND, MINUTE = timedelta(milliseconds=1), timedelta(seconds=1), timedelta(minutes=1)
CHANGES = TagChanges({"expiration": "2026-09-02T12:00:00Z"}, ("ttl",))
GOING = {"state": "deleting"}
STAYING = {"state": "running"}


def an_intent(bench: Bench, state: ActionState = ActionState.STARTED, **changes: object) -> Entry:
    """Journal what a pass was about to do when it was killed."""
    entry = an_entry(**changes)
    bench.journal.begin(entry)
    if state is ActionState.WAITING:
        bench.journal.keep_open(entry.id, Reason.Expired, "accepted")
    return entry


def settled(bench: Bench) -> tuple[str, str]:
    """Recover, and say how the only entry ended."""
    left = bench.recover()
    (entry,) = bench.entries()

    assert left == ([entry] if entry.is_open else [])
    # Calls take turns, a millisecond apart.
    assert entry.is_open or bench.clock() - entry.finished < 10 * MILLISECOND  # type: ignore[operator]
    return str(entry.state), str(entry.reason)


@pytest.mark.parametrize(
    ("state", "shown", "age", "expected"),
    [
        (ActionState.STARTED, None, MINUTE, ("Verified", "Expired")),
        (ActionState.STARTED, {"created": NOW}, MINUTE, ("Verified", "Expired")),
        (ActionState.STARTED, STAYING, SETTINGS.settling, ("Failed", "Interrupted")),
        (ActionState.STARTED, GOING, SETTINGS.settling, ("Waiting", "Expired")),
        (ActionState.WAITING, STAYING, SETTINGS.abandoned - SECOND, ("Waiting", "Expired")),
        (ActionState.WAITING, STAYING, SETTINGS.abandoned, ("Failed", "TimedOut")),
        (ActionState.WAITING, GOING, SETTINGS.abandoned, ("Waiting", "Expired")),
        (ActionState.WAITING, GOING, SETTINGS.given_up - SECOND, ("Waiting", "Expired")),
        (ActionState.WAITING, GOING, SETTINGS.given_up, ("Failed", "TimedOut")),
    ],
)
def test_s11_a_deletion_ends_by_what_is_there(
    bench: Bench,
    state: ActionState,
    shown: dict[str, object] | None,
    age: timedelta,
    expected: tuple[str, str],
) -> None:
    """S11: gone or made again under its name it is done; what stays has failed once nobody can be at it any more."""
    an_intent(bench, state)
    if shown is not None:
        bench.add(expired(**shown))
    bench.clock.now += age

    assert expected == settled(bench)
    assert Counter() == bench.world.received("delete")


@pytest.mark.parametrize(
    ("state", "tags", "age", "expected"),
    [
        (ActionState.STARTED, {"expiration": "2026-09-02T12:00:00Z"}, MINUTE, ("Verified", "Expired")),
        (ActionState.STARTED, {"ttl": "2d"}, SETTINGS.settling, ("Failed", "Interrupted")),
        (ActionState.WAITING, {"ttl": "2d"}, SETTINGS.settling, ("Failed", "TimedOut")),
        (ActionState.STARTED, None, MINUTE, ("Failed", "NotFound")),
    ],
)
def test_s11_a_write_of_tags_ends_by_the_tags(
    bench: Bench, state: ActionState, tags: dict[str, str] | None, age: timedelta, expected: tuple[str, str]
) -> None:
    """S11: where the tags show it is done; where the resource is gone nobody can tell any more."""
    an_intent(bench, state, action=ActionType.SET_TAGS, changes=CHANGES)
    if tags is not None:
        bench.add(expired())
        bench.world.change(expired().uid, tags=Tags.known(tags))
    bench.clock.now += age

    assert expected == settled(bench)
    assert Counter() == bench.world.received("set_tags")


def test_s11_what_was_written_right_before_the_crash_is_looked_for_twice(bench: Bench) -> None:
    """S11: an effect may be invisible for a while, and only after that does a look decide."""
    an_intent(bench)
    bench.add(expired(**STAYING))
    bench.clock.now += 10 * SECOND

    assert ("Failed", "Interrupted") == settled(bench)
    assert timedelta(0) <= bench.clock.slept - (SETTINGS.settling - 10 * SECOND) < 10 * MILLISECOND


def test_what_is_seen_done_at_once_is_not_waited_for(bench: Bench) -> None:
    """A pass begins without a pause where the first look answers."""
    an_intent(bench)

    assert ("Verified", "Expired") == settled(bench)
    assert timedelta(0) == bench.clock.slept


def test_what_nobody_can_look_at_stays_open(bench: Bench) -> None:
    """S11: while an endpoint is away, nothing is known, and no other action on the resource begins."""
    an_intent(bench)
    bench.clock.now += timedelta(days=3)
    bench.world.before = failing("read", Unreachable("away"))

    assert ("Started", "Running") == settled(bench)


def test_a_deletion_that_the_vendor_gave_up_has_failed(bench: Bench) -> None:
    """The vendor says itself that it will not come about."""
    an_intent(bench, ActionState.WAITING)
    bench.add(expired(**GOING))
    bench.clock.now += MINUTE
    bench.world.before = failing("is_gone", DeletionFailed("not empty"))

    assert ("Failed", "DeletionFailed") == settled(bench)


def test_what_a_person_recreated_is_not_looked_for(bench: Bench) -> None:
    """The person who asked for it sees whether it is there."""
    an_intent(bench, action=ActionType.CREATE)

    assert ("Failed", "Interrupted") == settled(bench)


@pytest.mark.parametrize(
    ("policy", "account", "age", "is_settled"),
    [
        (None, "aws-dev", MINUTE, True),
        ("test-accounts", "aws-dev", MINUTE, True),
        ("another", "aws-dev", SETTINGS.abandoned, False),
        ("another", "aws-dev", SETTINGS.abandoned + SECOND, True),
        (None, "not declared", SETTINGS.abandoned + SECOND, False),
    ],
)
def test_s11_intents_of_others_are_left_alone_while_they_may_act(
    bench: Bench, policy: str | None, account: str, age: timedelta, is_settled: bool
) -> None:
    """S11: another process may be deleting right now; after an hour none is. An unknown account cannot be asked."""
    an_intent(bench, account=account)
    bench.clock.now += age

    assert is_settled is (bench.recover(policy) == [])


def a_backup(state: str, of: Resource, at: str) -> Resource:
    tags = {BACKUP_OF: of.uid, BACKUP_AT: at}
    return a_resource(uid="snap-1", id="snap-1", kind="aws_ec2_snapshot", category="snapshot", state=state, tags=tags)


@pytest.mark.parametrize(
    ("state", "age", "expected"),
    [
        ("completed", SECOND, ("Verified", "Expired")),
        ("pending", SECOND, ("Waiting", "BackupPending")),
        ("failed", SECOND, ("Failed", "BackupFailed")),
        ("none", SETTINGS.settling, ("Failed", "Interrupted")),
        ("another", SETTINGS.settling, ("Failed", "Interrupted")),
    ],
)
def test_s11_a_backup_ends_by_the_state_that_the_vendor_shows(
    bench: Bench, state: str, age: timedelta, expected: tuple[str, str]
) -> None:
    """S11: it is the one that was asked for, by its time, or there is none."""
    at = "2026-09-01T12:00:00Z"
    an_intent(bench, action=ActionType.BACKUP, changes=TagChanges({BACKUP_OF: expired().uid, BACKUP_AT: at}))
    if state == "another":
        bench.add(a_backup("completed", expired(), "2026-08-31T12:00:00Z"))
    elif state != "none":
        bench.add(a_backup(state, expired(), at))
    bench.clock.now += age

    assert expected == settled(bench)
    assert timedelta(0) == bench.clock.slept


def test_s11_a_backup_that_is_not_shown_yet_is_waited_for(bench: Bench) -> None:
    """S11: a second one is asked for only once the first must have been visible."""
    an_intent(bench, action=ActionType.BACKUP, changes=TagChanges({BACKUP_AT: "2026-09-01T12:00:00Z"}))

    assert ("Failed", "Interrupted") == settled(bench)
    assert timedelta(0) <= bench.clock.slept - SETTINGS.settling < 10 * MILLISECOND
