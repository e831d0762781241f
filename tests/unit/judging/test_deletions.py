"""The rules that delete, and all that they wait for."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tagwarden.model.history import History
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment
from tagwarden.model.snapshot import CollectFailure
from tagwarden.model.verdict import Judgement, Verdict, Withheld
from tagwarden.tagging import format_instant
from tests.support.builders import NOW, a_policy, a_resource, an_account
from tests.support.evaluation import judged, reasons, seen_before

EXPIRED = {"owner": "alice", "expiration": "2026-08-31T19:00:00Z"}
OWNED = {"owner": "alice"}
DATED = {"expiration": "2026-09-01T19:00:00Z"}
HOUR = timedelta(hours=1)
DELETING = {"untagged": "Delete", "expired": "Delete", "missingOwner": "Delete", "missingExpiry": "Delete"}


def told(found: Judgement | None) -> tuple[Verdict, Reason | None, Reason | None]:
    """Give verdict, rule, and what keeps it back."""
    assert found is not None
    return found.verdict, found.deletion, found.withheld.reason if found.withheld else None


@pytest.mark.parametrize(
    ("tags", "rule"),
    [
        ({}, Reason.Untagged),
        ({"Name": "web"}, Reason.Untagged),
        (EXPIRED, Reason.Expired),
        ({"expiration": "2026-08-31T19:00:00Z"}, Reason.Expired),
        (DATED, Reason.MissingOwner),
        (OWNED, Reason.MissingExpiry),
    ],
)
@pytest.mark.parametrize("environment", list(Environment))
def test_each_rule_deletes_in_test_and_nowhere_else(
    tags: dict[str, str], rule: Reason, environment: Environment
) -> None:
    """S2: a policy that names production and says Delete everywhere still deletes nothing there."""
    policy = a_policy(
        scope={"accounts": {"names": ["aws-dev"]}, "environments": ["test", "staging", "production"]}, rules=DELETING
    )

    found = judged(
        a_resource(tags=tags),
        policy=policy,
        history=seen_before(rule, since=NOW - 9 * HOUR),
        accounts=[an_account(environment=environment)],
    )

    if environment is Environment.TEST:
        assert (Verdict.DELETE, rule, None) == told(found)
    else:
        assert (Verdict.REPORT, None, Reason.Production) == told(found)
        assert rule in reasons(found)
        assert Reason.Production in reasons(found)


@pytest.mark.parametrize(
    ("tags", "rule"),
    [({}, Reason.Untagged), (EXPIRED, Reason.Expired), (DATED, Reason.MissingOwner), (OWNED, Reason.MissingExpiry)],
)
def test_each_rule_may_only_report(tags: dict[str, str], rule: Reason) -> None:
    """Report says the same and does nothing."""
    rules = {"untagged": "Report", "expired": "Report", "missingOwner": "Report", "missingExpiry": "Report"}

    found = judged(a_resource(tags=tags), policy=a_policy(rules=rules), history=seen_before(rule, agreed=9))

    assert (Verdict.REPORT, None, None) == told(found)
    assert rule in reasons(found)


def test_by_default_nothing_is_deleted() -> None:
    """A policy that says no rule reports what is untagged or expired."""
    for tags in ({}, EXPIRED):
        found = judged(a_resource(tags=tags), policy=a_policy(rules={}), history=seen_before(Reason.Expired, agreed=9))

        assert (Verdict.REPORT, None, None) == told(found)


@pytest.mark.parametrize("kind", ["aws_ec2_instance", "*"])
@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1"])
def test_nothing_is_deleted_on_the_strength_of_half_a_list(kind: str, region: str) -> None:
    """S3: the kind failed somewhere, or a whole region did."""
    failure = CollectFailure(kind, region, "Throttled", "Rate exceeded")

    found = judged(
        a_resource(tags=EXPIRED), failures=[failure], kinds=["aws_ec2_instance"], history=seen_before(Reason.Expired)
    )

    assert (Verdict.PENDING, Reason.Expired, Reason.SnapshotIncomplete) == told(found)


def test_another_kind_may_fail() -> None:
    """S3: what could hold dependents is asked where the plan is made."""
    failure = CollectFailure("aws_sqs_queue", "eu-central-1", "AccessDenied", "no")

    found = judged(a_resource(tags=EXPIRED), failures=[failure], history=seen_before(Reason.Expired))

    assert (Verdict.DELETE, Reason.Expired, None) == told(found)


def test_a_kind_that_was_never_looked_for_is_incomplete() -> None:
    """S3: a resource of a kind that the snapshot does not name."""
    found = judged(a_resource(tags=EXPIRED), kinds=["aws_ec2_volume"], history=seen_before(Reason.Expired))

    assert (Verdict.PENDING, Reason.Expired, Reason.SnapshotIncomplete) == told(found)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (None, Reason.AwaitingObservations),
        (seen_before(Reason.Expired), None),
        (seen_before(Reason.Expired, agreed=0), Reason.AwaitingObservations),
        (seen_before(Reason.Untagged, agreed=9), Reason.AwaitingObservations),
        (replace(seen_before(Reason.Expired), snapshot="snapshot-2"), Reason.AwaitingObservations),
        (replace(seen_before(Reason.Expired, agreed=2), snapshot="snapshot-2"), None),
    ],
)
def test_snapshots_must_agree_on_the_rule(history: History | None, expected: Reason | None) -> None:
    """S4: two of them here; another rule does not count, nor does the same snapshot twice."""
    found = judged(a_resource(tags=EXPIRED), history=history)

    assert (Verdict.PENDING if expected else Verdict.DELETE, Reason.Expired, expected) == told(found)


@pytest.mark.parametrize(("observations", "agreed", "expected"), [(1, 0, True), (3, 1, False), (3, 2, True)])
def test_the_policy_says_how_many_snapshots(observations: int, agreed: int, expected: bool) -> None:
    """S4: the one that is judged now counts."""
    history = seen_before(Reason.Expired, agreed=agreed) if agreed else None

    found = judged(a_resource(tags=EXPIRED), policy=a_policy(observations=observations), history=history)

    assert found is not None
    assert expected == (found.verdict is Verdict.DELETE)


@pytest.mark.parametrize(
    ("history", "needed", "at"),
    [
        (None, "2 more complete snapshots needed (1 of 3 agree)", NOW),
        (seen_before(Reason.Untagged, agreed=9), "2 more complete snapshots needed (1 of 3 agree)", NOW),
        (
            replace(seen_before(Reason.Expired), counted=NOW - 2 * HOUR),
            "1 more complete snapshot needed (2 of 3 agree)",
            NOW,
        ),
        (
            replace(seen_before(Reason.Expired), counted=NOW - timedelta(minutes=5)),
            "2 more complete snapshots needed (1 of 3 agree)",
            NOW - timedelta(minutes=5),
        ),
    ],
)
def test_a_deletion_says_how_many_snapshots_it_waits_for(history: History | None, needed: str, at: datetime) -> None:
    """The next counts an interval after the last one that counted."""
    policy = a_policy(observations=3, observationInterval="1h")

    found = judged(a_resource(tags=EXPIRED), policy=policy, history=history)

    assert found is not None
    assert found.withheld == Withheld(Reason.AwaitingObservations, f"{needed}, next at {format_instant(at + HOUR)}")


@pytest.mark.parametrize(
    ("grace", "expired_since", "expected"),
    [
        ("0s", timedelta(0), Verdict.DELETE),
        ("1h", HOUR - timedelta(seconds=1), Verdict.PENDING),
        ("1h", HOUR, Verdict.DELETE),
    ],
)
def test_the_grace_of_the_expired_counts_from_the_expiry(
    grace: str, expired_since: timedelta, expected: Verdict
) -> None:
    """S4: to the second."""
    expiry = (NOW - expired_since).strftime("%Y-%m-%dT%H:%M:%SZ")
    resource = a_resource(tags={"owner": "alice", "expiration": expiry})

    found = judged(resource, policy=a_policy(grace={"expired": grace}), history=seen_before(Reason.Expired))

    assert told(found) == (expected, Reason.Expired, None if expected is Verdict.DELETE else Reason.InGracePeriod)


def test_an_expiry_in_a_second_is_not_over() -> None:
    """Nothing is deleted before its time."""
    resource = a_resource(tags={"owner": "alice", "expiration": "2026-09-01T12:00:01Z"})

    found = judged(resource, history=seen_before(Reason.Expired, agreed=9))

    assert (Verdict.COMPLIANT, None, None) == told(found)


def untagged_since(rule: Reason | None, since: datetime | None, first_seen: datetime) -> History:
    return History(first_seen=first_seen, deletion=rule, since=since, agreed=5 if rule else 0, snapshot="snapshot-1")


@pytest.mark.parametrize(
    ("created", "history", "expected"),
    [
        (NOW - 3 * HOUR, untagged_since(Reason.Untagged, NOW - HOUR, NOW - HOUR), Verdict.DELETE),
        (NOW - HOUR, untagged_since(Reason.Untagged, NOW - HOUR, NOW - HOUR), Verdict.PENDING),
        (NOW - 90 * HOUR, untagged_since(None, None, NOW - 80 * HOUR), Verdict.PENDING),
        (NOW - 90 * HOUR, untagged_since(Reason.Untagged, NOW - HOUR, NOW - 80 * HOUR), Verdict.PENDING),
        (NOW - 90 * HOUR, untagged_since(Reason.Untagged, NOW - 2 * HOUR, NOW - 80 * HOUR), Verdict.DELETE),
        (None, None, Verdict.PENDING),
        (None, untagged_since(Reason.Untagged, NOW - HOUR, NOW - HOUR), Verdict.PENDING),
        (None, untagged_since(Reason.Untagged, NOW - 3 * HOUR, NOW - 3 * HOUR), Verdict.DELETE),
    ],
)
def test_the_grace_of_the_untagged_counts_from_creation_or_from_the_loss_of_tags(
    created: datetime | None, history: History | None, expected: Verdict
) -> None:
    """S4: tags arrive late, and all tags of an account may vanish at once by somebody's mistake."""
    found = judged(a_resource(created=created), history=history)

    assert found is not None
    assert (expected, Reason.Untagged) == (found.verdict, found.deletion)


def test_the_grace_outlasts_any_calendar() -> None:
    """S4: a grace period of three thousand years is no crash."""
    found = judged(a_resource(), policy=a_policy(grace={"untagged": "9999w999999d", "repaired": "9999w999999d"}))

    assert (Verdict.PENDING, Reason.Untagged, Reason.InGracePeriod) == told(found)


@pytest.mark.parametrize(
    ("tags", "spec", "expected"),
    [
        ({}, {"owner": {"required": False}}, [Reason.MissingExpiry]),
        ({}, {"expiry": {"required": False}}, [Reason.MissingOwner]),
        ({}, {"owner": {"required": False}, "expiry": {"required": False}}, []),
        (OWNED, {"expiry": {"required": False}}, []),
        (DATED, {"owner": {"required": False}}, []),
    ],
)
def test_what_is_not_required_is_not_missed(tags: dict[str, str], spec: dict[str, Any], expected: list[Reason]) -> None:
    """Untagged means that both are wanted and neither is there."""
    assert expected == reasons(judged(a_resource(tags=tags), policy=a_policy(**spec)))


def test_a_malformed_owner_is_an_owner() -> None:
    """A typing error must not make a resource untagged, nor its owner missing."""
    policy = a_policy(rules=DELETING, owner={"pattern": "^[a-z]+@example[.]com$"}, grace={"untagged": "0s"})

    found = judged(a_resource(tags={"owner": "Alice??", **DATED}), policy=policy, history=seen_before(Reason.Untagged))

    assert found is not None
    assert None is found.deletion
    assert Reason.Untagged not in reasons(found)
    assert Reason.MissingOwner not in reasons(found)


@pytest.mark.parametrize(
    ("tags", "missing"),
    [
        ({"contact": "alice@example.com"}, Reason.Untagged),
        ({"OwnerEmail": "alice@example.com"}, Reason.Untagged),
        ({"maintainer": "alice", **DATED}, Reason.MissingOwner),
    ],
)
def test_what_names_somebody_under_a_key_that_others_use_is_only_reported(
    tags: dict[str, str], missing: Reason
) -> None:
    """Nobody reads it as an owner, and nothing that names a person goes for having none."""
    policy = a_policy(rules=DELETING, grace={"untagged": "0s"}, observations=1)

    found = judged(a_resource(tags=tags), policy=policy, history=seen_before(missing, agreed=9))

    assert (Verdict.REPORT, None, None) == told(found)
    assert [missing, Reason.MalformedKey] == reasons(found)


@pytest.mark.parametrize("tags", [{"contact": "n/a"}, {"example.com/contact": "alice"}, {"contacts": "alice"}])
def test_what_names_nobody_or_is_somebody_elses_key_holds_nothing_back(tags: dict[str, str]) -> None:
    policy = a_policy(rules=DELETING, grace={"untagged": "0s"}, observations=1)

    found = judged(a_resource(tags=tags), policy=policy, history=seen_before(Reason.Untagged, agreed=9))

    assert (Verdict.DELETE, Reason.Untagged, None) == told(found)
