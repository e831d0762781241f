"""What is remembered from pass to pass (S4)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tagwarden.judging import observed
from tagwarden.model.history import History
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import CollectFailure, Snapshot
from tagwarden.model.verdict import Judgement, Verdict
from tests.support.builders import NOW, a_policy, a_resource, a_snapshot
from tests.support.evaluation import over_passes

HOUR = timedelta(hours=1)
EXPIRED = {"owner": "alice", "expiration": "2026-08-31T19:00:00Z"}
FAILED = CollectFailure("aws_ec2_instance", "eu-central-1", "Throttled", "Rate exceeded")
BEGIN = NOW - 5 * HOUR
KNOWN = History(BEGIN, Reason.Expired, BEGIN, 1, "snapshot-1", created=NOW - timedelta(days=1))


def pending(rule: Reason | None = Reason.Expired) -> Judgement:
    return Judgement("uid", Verdict.PENDING if rule else Verdict.COMPLIANT, deletion=rule)


def remember(
    history: History | None,
    judgement: Judgement,
    resource: Resource | None = None,
    *failures: CollectFailure,
    snapshot: str = "snapshot-2",
    now: datetime = NOW,
) -> History:
    resource = resource or a_resource()
    return observed(history, resource, judgement, a_snapshot(resource, failures=failures, id=snapshot), now)


def test_the_first_sight_begins_the_memory() -> None:
    """Agreement counts from there, and so does the time of it."""
    expected = History(NOW, Reason.Expired, NOW, 1, "snapshot-2", created=NOW - timedelta(days=1), counted=NOW)

    assert expected == remember(None, pending())


def test_what_is_in_order_is_remembered_as_seen() -> None:
    """First seen counts where the vendor tells no creation time."""
    assert History(NOW) == remember(None, pending(None), a_resource(created=None))


def test_another_snapshot_that_agrees_counts() -> None:
    """S4."""
    assert replace(KNOWN, agreed=2, snapshot="snapshot-2", counted=NOW) == remember(KNOWN, pending())


def test_one_snapshot_counts_once() -> None:
    """S4: however often it is judged."""
    once = remember(KNOWN, pending())

    assert once == remember(once, pending())


@pytest.mark.parametrize(
    "verdict", [pending(None), Judgement("uid", Verdict.UNDECIDABLE), Judgement("uid", Verdict.FIX)]
)
def test_any_other_verdict_begins_anew(verdict: Judgement) -> None:
    """S4: consecutive means without a break."""
    expected = replace(KNOWN, deletion=None, since=None, agreed=0, snapshot="")

    assert expected == remember(KNOWN, verdict)


def test_another_rule_begins_anew() -> None:
    """S4: two rules that each saw it once have not agreed."""
    expected = replace(KNOWN, deletion=Reason.Untagged, since=NOW, agreed=1, snapshot="snapshot-2", counted=NOW)

    assert expected == remember(KNOWN, pending(Reason.Untagged))


@pytest.mark.parametrize("rule", [Reason.Expired, Reason.Untagged, None])
def test_an_incomplete_snapshot_neither_counts_nor_resets(rule: Reason | None) -> None:
    """S3, S4: the kind failed somewhere."""
    assert KNOWN == remember(KNOWN, pending(rule), None, FAILED)
    assert KNOWN == remember(KNOWN, pending(rule), None, replace(FAILED, kind="*"))


def test_the_failure_of_another_kind_does_not_matter() -> None:
    """S4 asks for the kind of the resource."""
    assert 2 == remember(KNOWN, pending(), None, replace(FAILED, kind="aws_sqs_queue")).agreed


def test_a_resource_made_again_inherits_nothing() -> None:
    """S4: a bucket of the same name is another bucket; that one was deleted before is all that stays (S13)."""
    again = a_resource(created=NOW - HOUR)
    history = replace(KNOWN, agreed=7, repaired=BEGIN, deletions=2)

    found = remember(history, pending(), again)

    began = NOW - HOUR
    assert History(began, Reason.Expired, began, 1, "snapshot-2", deletions=2, created=began, counted=NOW) == found


def test_a_resource_made_again_is_known_from_its_creation_alone() -> None:
    """A memory that kept no creation time still sees that the first sight was before it."""
    history = replace(KNOWN, created=None, agreed=7)

    assert 1 == remember(history, pending(), a_resource(created=NOW - HOUR)).agreed
    assert 8 == remember(history, pending(), a_resource(created=BEGIN - HOUR)).agreed


def test_a_database_may_drop_the_fraction_of_a_second() -> None:
    """A memory less exact than the vendor must not make every pass the first."""
    created = NOW - timedelta(days=1) + timedelta(microseconds=987_654)

    assert 2 == remember(KNOWN, pending(), a_resource(created=created)).agreed


def test_what_is_made_while_a_snapshot_is_taken_is_no_other_resource_on_the_next() -> None:
    """It was created after the snapshot began, which made it look older than itself."""
    resource = a_resource(created=NOW + timedelta(seconds=90))

    first = remember(None, pending(), resource)
    second = remember(replace(first, created=None), pending(), resource, snapshot="snapshot-3", now=NOW + HOUR)

    assert (1, 2) == (first.agreed, second.agreed)


def snapshots(*tags: dict[str, str] | None) -> list[Snapshot]:
    """Give a snapshot an hour; None stands for one in which the kind could not be listed to its end."""
    found = []
    for hour, values in enumerate(tags):
        resource = a_resource(tags=EXPIRED if values is None else values)
        failures = [FAILED] if values is None else []
        found.append(a_snapshot(resource, failures=failures, id=f"pass-{hour}", taken=NOW + hour * HOUR))
    return found


def verdicts(*tags: dict[str, str] | None, observations: int = 2) -> list[Verdict]:
    policy = a_policy(observations=observations)
    return [next(iter(found.values())).verdict for found in over_passes(snapshots(*tags), policy)]


GOOD = {"owner": "alice", "expiration": "2026-09-02T11:00:00Z"}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([EXPIRED, EXPIRED], "Pending Delete"),
        ([EXPIRED, GOOD, EXPIRED, EXPIRED], "Pending Compliant Pending Delete"),
        ([EXPIRED, None, EXPIRED], "Pending Pending Delete"),
        ([EXPIRED, None, None, None], "Pending Pending Pending Pending"),
        ([{}, EXPIRED, {}, EXPIRED], "Pending Pending Pending Pending"),
        ([GOOD, {}, {}, {}], "Compliant Pending Pending Delete"),
    ],
)
def test_passes_agree_before_anything_is_deleted(tags: list[dict[str, str] | None], expected: str) -> None:
    """S4: over several hours; what loses its tags has the grace of two hours from then."""
    assert expected.split() == verdicts(*tags)


def test_judging_one_snapshot_again_and_again_deletes_nothing() -> None:
    """S4: a restart, or a person who asks for a run every second."""
    same = snapshots(EXPIRED)[0]

    found = over_passes([same] * 5)

    assert {Verdict.PENDING} == {judgement.verdict for each in found for judgement in each.values()}
