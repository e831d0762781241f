"""A backup lives as long as its policy keeps backups, and not a day longer."""

from datetime import timedelta
from typing import Any

import pytest

from tagwarden.model.policy import BACKUP_AT, BACKUP_OF, CleanupPolicy
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.verdict import Judgement, Verdict
from tests.support.builders import NOW, a_policy, a_resource
from tests.support.evaluation import judged, reasons, seen_before

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOURCE = "arn:aws:ec2:eu-central-1:123456789012:volume/vol-1"


def keeping(keep: str = "168h", **spec: Any) -> CleanupPolicy:
    return a_policy(backup={"kinds": ["volume"], "keep": keep}, **spec)


def a_backup(
    expires: str | timedelta | None, *, age: timedelta = HOUR, owner: str = "alice", **changes: Any
) -> Resource:
    """Give a snapshot that was made as a backup so long ago; `expires` counts from its making."""
    made = NOW - age
    text = f"{made + expires:%Y-%m-%dT%H:%M:%SZ}" if isinstance(expires, timedelta) else expires
    tags = {"owner": owner, "expiration": text, BACKUP_OF: SOURCE, BACKUP_AT: f"{made:%Y-%m-%dT%H:%M:%SZ}"}
    usual = {"kind": "aws_ec2_snapshot", "category": "snapshot", "id": "snap-1", "created": made}
    return a_resource(tags={key: value for key, value in tags.items() if value}, **{**usual, **changes})


def verdict(found: Judgement | None) -> Verdict:
    assert found is not None
    return found.verdict


@pytest.mark.parametrize("lifetime", [{"max": "48h"}, {"weeklyCutoff": {"weekday": "Wednesday", "time": "09:00"}}, {}])
def test_a_backup_outlives_the_maximum_of_other_things(lifetime: dict[str, Any]) -> None:
    """Two days, or Wednesday morning, are for what people run; a backup of seven days is in order."""
    policy = keeping(lifetime=lifetime)

    assert Verdict.COMPLIANT is verdict(judged(a_backup(7 * DAY), policy=policy))


@pytest.mark.parametrize("expires", [8 * DAY, "never", "365d"])
@pytest.mark.parametrize("lifetime", [{"max": "48h"}, {}])
def test_a_backup_is_never_kept_longer_than_the_policy_keeps_backups(expires: Any, lifetime: dict[str, Any]) -> None:
    """Whoever writes another expiry into it gets the one that the policy allows, also where nothing else has one."""
    found = judged(a_backup(expires), policy=keeping(lifetime=lifetime))

    assert Verdict.SHORTEN is verdict(found)
    assert found is not None
    assert found.expires is not None
    assert timedelta(0) <= found.expires - (NOW - HOUR + 7 * DAY) <= timedelta(minutes=5)


def test_clocks_that_differ_make_no_backup_too_long() -> None:
    """Its expiry counts from our clock, its creation is told by the vendor's."""
    made = a_backup(7 * DAY, created=NOW - HOUR - timedelta(minutes=2))

    assert Verdict.COMPLIANT is verdict(judged(made, policy=keeping()))


def test_an_expired_backup_is_deleted_like_anything_else() -> None:
    """It has an expiry of its own, which ends it."""
    found = judged(a_backup(7 * DAY, age=8 * DAY), policy=keeping(), history=seen_before(Reason.Expired))

    assert Verdict.DELETE is verdict(found)


@pytest.mark.parametrize("keep", ["24h", "168h"])
def test_keeping_shorter_than_the_maximum_holds_too(keep: str) -> None:
    """A backup of a day ends after a day, where an instance may live for two."""
    found = judged(a_backup(47 * HOUR), policy=keeping(keep, grace={"repaired": "1h"}))

    assert (Verdict.SHORTEN if keep == "24h" else Verdict.COMPLIANT) is verdict(found)


@pytest.mark.parametrize("changes", [{"category": "instance", "kind": "aws_ec2_instance"}, {"category": "volume"}])
def test_nothing_but_a_snapshot_is_a_backup(changes: dict[str, Any]) -> None:
    """Nobody gets a week for an instance by tagging it like a backup."""
    assert Verdict.SHORTEN is verdict(judged(a_backup(7 * DAY, **changes), policy=keeping()))


def test_a_policy_that_keeps_nothing_knows_no_backups() -> None:
    """Its maximum holds for all snapshots, so that the tag alone lengthens nothing."""
    assert Verdict.SHORTEN is verdict(judged(a_backup(7 * DAY), policy=a_policy()))


def test_a_backup_of_what_nobody_owned_is_kept_as_long() -> None:
    """A rule that deletes what has no owner would undo the backup right away; it only says so."""
    named = {"kinds": ["snapshot"]}
    rules = {"untagged": "Delete", "expired": "Delete", "missingOwner": "Delete", "irreplaceable": named}
    orphan = a_backup(7 * DAY, owner="", age=10 * HOUR)
    found = judged(orphan, policy=keeping(rules=rules), history=seen_before(Reason.MissingOwner))

    assert Verdict.REPORT is verdict(found)
    assert [Reason.MissingOwner] == reasons(found)
    plain = judged(orphan, policy=a_policy(rules=rules, lifetime={}), history=seen_before(Reason.MissingOwner))
    assert Verdict.DELETE is verdict(plain)


def test_a_backup_without_an_expiry_gets_that_of_backups() -> None:
    """Whoever removes the expiry neither shortens the backup nor keeps it for ever."""
    found = judged(a_backup(None), policy=keeping())

    assert Verdict.FIX is verdict(found)
    assert found is not None
    assert found.expires is not None
    assert found.expires - (NOW - HOUR) >= 7 * DAY


def test_protection_protects_a_backup() -> None:
    """A person may keep one by hand (S7)."""
    tags = {**a_backup(7 * DAY, age=9 * DAY).tags.values, "tagwarden.io/protect": "true"}
    kept = a_resource(kind="aws_ec2_snapshot", category="snapshot", created=NOW - 9 * DAY, tags=tags)

    assert Verdict.PROTECTED is verdict(judged(kept, policy=keeping(), history=seen_before(Reason.Expired)))
