"""Time: a relative expiry counts from when it was written, and clocks that jump stop deletions."""

from datetime import datetime, timedelta

import pytest

from tagwarden.judging import compile_policy, observed
from tagwarden.model.history import History
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import Identity
from tagwarden.model.verdict import Judgement, Verdict, Withheld
from tagwarden.providers.dates import instant_of
from tagwarden.tagging import expiry_text
from tests.support.builders import NOW, a_policy, a_resource, a_snapshot, a_world
from tests.support.evaluation import judged_snapshots, owns
from tests.unit.planning.scenes import Scene, doomed

DAY = timedelta(days=1)
POLICY = a_policy(lifetime={}, observations=1, grace={"untagged": "30d"})
RULES = compile_policy(POLICY).tag_rules


def an_instance(**tags: str) -> Resource:
    """Give an instance that is a week old."""
    return a_resource(tags=tags, created=NOW - 7 * DAY)


def lives_through(*states: Resource, days: float = 0.5) -> Judgement:
    """Judge the states of one resource in passes half a day apart, with memory; give the last judgement."""
    history: History | None = None
    for place, resource in enumerate(states):
        snapshot = a_snapshot(resource, id=f"snapshot-{place}", taken=NOW + place * days * DAY)
        histories = {resource.uid: history} if history else {}
        judgement = judged_snapshots(snapshot, policy=POLICY, histories=histories, now=snapshot.taken)[resource.uid]
        text = expiry_text(resource.tags, resource.provider, RULES)
        history = observed(history, resource, judgement, snapshot, snapshot.taken, stated=text)
    return judgement


@pytest.mark.parametrize("before", [{"owner": "alice"}, {"owner": "alice", "expiration": "2026-09-01T18:00:00Z"}])
def test_an_answer_on_an_old_instance_counts_from_the_answer(before: dict[str, str]) -> None:
    """Alice answers `expiration: 2d` on an instance that is a week old, and means two days from now."""
    found = lives_through(an_instance(**before), an_instance(owner="alice", expiration="2d"))

    assert Verdict.DELETE is not found.verdict
    assert NOW + 2.5 * DAY == found.expires


def test_the_answer_counts_from_its_first_sight_in_every_later_pass() -> None:
    """It is no reason to live for ever: two days after the answer the instance expires."""
    answered = an_instance(owner="alice", expiration="2d")

    assert NOW + 2.5 * DAY == lives_through(an_instance(owner="alice"), *[answered] * 3).expires
    assert Verdict.DELETE is lives_through(an_instance(owner="alice"), *[answered] * 6).verdict


def test_what_stood_there_at_the_first_sight_counts_from_creation() -> None:
    """A relative expiry means from creation where nobody saw it replace another."""
    found = lives_through(an_instance(owner="alice", expiration="2d"))

    assert Verdict.DELETE is found.verdict
    assert NOW - 5 * DAY == found.expires


def test_another_tag_renews_nothing() -> None:
    """Only the tags that state the expiry count."""
    before, after = an_instance(owner="alice", expiration="2d"), an_instance(owner="bob", expiration="2d", team="web")

    assert NOW - 5 * DAY == lives_through(before, after).expires


def test_a_history_of_an_older_version_renews_nothing() -> None:
    """It did not note what was stated, so nobody knows of another."""
    resource = an_instance(owner="alice", expiration="2d")
    found = judged_snapshots(a_snapshot(resource), policy=POLICY, histories={resource.uid: History(NOW - DAY)})

    assert NOW - 5 * DAY == found[resource.uid].expires


def test_what_belongs_to_it_inherits_the_answer() -> None:
    """The volume of the instance that alice answered for has her two days too."""
    instance = an_instance(owner="alice", expiration="2d")
    volume = a_resource(kind="aws_ec2_volume", category="volume", id="vol-1", created=NOW - 7 * DAY)
    histories = {instance.uid: History(NOW - 7 * DAY, stated="")}

    found = judged_snapshots(
        a_snapshot(instance, volume, edges=[owns(instance, volume)]), policy=POLICY, histories=histories
    )

    assert NOW + 2 * DAY == found[volume.uid].expires


def stopped_by(theirs: datetime | None) -> Withheld | None:
    """Plan a deletion from a snapshot that we took at noon, when the vendor's clock said this."""
    identity = Identity("123456789012", at=theirs)
    old = doomed("old")
    scene = Scene((old,))
    return scene.plan_in(a_world(a_snapshot(old.resource, identity=identity))).stopped


@pytest.mark.parametrize("ahead", [timedelta(days=6), timedelta(minutes=6), timedelta(minutes=-6)])
def test_a_clock_that_differs_from_the_vendors_trips_the_brake(ahead: timedelta) -> None:
    """S9: when our clock moved six days, 40 of 41 objects had expired at once."""
    stopped = stopped_by(NOW - ahead)

    assert stopped is not None
    assert Reason.AnomalyBrake is stopped.reason
    assert "the local clock differs from the clock of account aws-dev" in stopped.message


@pytest.mark.parametrize("theirs", [NOW, NOW + timedelta(minutes=4), None])
def test_a_vendor_that_agrees_or_does_not_tell_trips_nothing(theirs: datetime | None) -> None:
    """Clocks of machines differ a little."""
    assert None is stopped_by(theirs)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Tue, 01 Sep 2026 12:00:00 GMT", NOW),
        ("Tue, 01 Sep 2026 12:00:00 -0000", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_the_vendors_clock_is_read_from_the_header_of_its_answer(header: str | None, expected: datetime | None) -> None:
    """A proxy may write anything there, which is no clock."""
    assert expected == instant_of(header)
