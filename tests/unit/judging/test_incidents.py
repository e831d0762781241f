"""What went wrong elsewhere, replayed: the same input must not do it here."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tagwarden.model.reasons import Reason
from tagwarden.model.snapshot import CollectFailure
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Verdict
from tests.support.builders import NOW, a_policy, a_resource, a_snapshot
from tests.support.evaluation import judged, over_passes, reasons, seen_before

HOUR = timedelta(hours=1)
EXPIRED = {"owner": "alice", "expiration": "2026-08-31T19:00:00Z"}
READY = seen_before(Reason.Expired, agreed=9)


def test_a_proxy_outage_deletes_no_load_balancers() -> None:
    """S1: the bulk answer held no tags for hours; when it does again, agreement starts from nothing."""
    tagged = {"owner": "alice", "expiration": "2026-09-02T11:00:00Z"}
    balancers = [a_resource(kind="aws_elbv2_load_balancer", id=f"lb-{number}", tags=tagged) for number in range(20)]
    blind = [replace(balancer, tags=Tags.unreadable("proxy: 502")) for balancer in balancers]
    hours = [balancers, blind, blind, blind, balancers]

    passes = over_passes(
        a_snapshot(*found, id=f"pass-{hour}", taken=NOW + hour * HOUR) for hour, found in enumerate(hours)
    )

    assert [
        {Verdict.COMPLIANT},
        {Verdict.UNDECIDABLE},
        {Verdict.UNDECIDABLE},
        {Verdict.UNDECIDABLE},
        {Verdict.COMPLIANT},
    ] == [{judgement.verdict for judgement in found.values()} for found in passes]


def test_a_failed_collection_deletes_nothing_from_the_inventory_of_yesterday() -> None:
    """S3: everything of a region failed, and what is left over says nothing."""
    failure = CollectFailure("*", "eu-central-1", "Unreachable", "timed out")

    found = judged(a_resource(tags=EXPIRED), failures=[failure], history=READY)

    assert found is not None
    assert Verdict.PENDING is found.verdict


def test_a_bucket_made_again_does_not_inherit_the_deletion_of_its_predecessor() -> None:
    """S4: same name, same ARN, and a day younger than what history remembers."""
    bucket = a_resource(kind="aws_s3_bucket", created=NOW - HOUR, tags={})
    history = replace(seen_before(Reason.Untagged, agreed=9), first_seen=NOW - timedelta(days=9), since=NOW - 9 * HOUR)

    found = judged(bucket, history=history)

    assert found is not None
    assert found.withheld is not None
    assert (Verdict.PENDING, Reason.InGracePeriod) == (found.verdict, found.withheld.reason)


@pytest.mark.parametrize("value", ["7d", "never", "tomorrow", "2026_09_01", "2099-01-01", "Friday", "forever", "soon"])
def test_no_spelling_is_immortal(value: str) -> None:
    """Where the policy has a maximum, whatever is written ends by it, or by the grace of its repair."""
    found = judged(a_resource(tags={"owner": "alice", "expiration": value}))

    assert found is not None
    assert found.expires is not None
    assert found.expires <= NOW + timedelta(days=1)


@pytest.mark.parametrize("value", ["May", "-2d", "0", "2026-02-30", "01/02/2026", "2026-08-31T25:00:00Z", "EST"])
def test_no_spelling_is_already_over(value: str) -> None:
    """What nobody can read is repaired, and kept for the grace."""
    found = judged(a_resource(tags={"owner": "alice", "expiration": value}), history=READY)

    assert found is not None
    assert (Verdict.FIX, NOW + timedelta(days=1)) == (found.verdict, found.expires)


def test_a_bad_value_does_not_hide_a_good_one() -> None:
    """Of two tags the readable one counts."""
    found = judged(a_resource(created=NOW, tags={"owner": "alice", "expiration": "whenever", "ttl": "2h"}))

    assert found is not None
    assert Reason.Expired not in reasons(found)
    assert found.expires is not None
    assert found.expires <= NOW + timedelta(days=2)


@pytest.mark.parametrize("key", ["Expiration", "EXPIRATION", "expiration "])
def test_a_capital_letter_does_not_make_a_tag_invisible(key: str) -> None:
    """The resource is claimed, and neither untagged nor without an expiry."""
    resource = a_resource(tags={"owner": "alice", key: "2026-09-02T11:00:00Z"})

    assert {Reason.Untagged, Reason.MissingExpiry}.isdisjoint(
        reasons(judged(resource, history=seen_before(Reason.Untagged, agreed=9)))
    )


def test_the_maximum_holds_for_every_kind_of_tag() -> None:
    """Relative, absolute or never, under any key."""
    for key in ("expiration", "ttl", "expires"):
        for value in ("30d", "2026-12-24", "2026-12-24T18:00:00Z", "never"):
            found = judged(a_resource(created=NOW, tags={"owner": "alice", key: value}))

            assert found is not None
            assert (Verdict.SHORTEN, NOW + timedelta(days=2)) == (found.verdict, found.expires)


def test_a_policy_for_one_kind_does_not_reach_another() -> None:
    """A filter that names a kind matches that kind and no more."""
    policy = a_policy(scope={"accounts": {"names": ["aws-dev"]}, "kinds": ["aws_ec2_volume"]})

    assert None is judged(a_resource(tags=EXPIRED), policy=policy, history=READY)
