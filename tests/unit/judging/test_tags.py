"""What is made of the tags: shortened, fixed, or reported."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tagwarden.judging import observed
from tagwarden.model.history import History
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Judgement, Verdict
from tests.support.builders import NOW, a_policy, a_resource, a_snapshot, an_account
from tests.support.evaluation import judged, judged_snapshots, owns, reasons, seen_before

YESTERDAY = NOW - timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def expiration(found: Judgement | None) -> str | None:
    """Give the expiration that is written, if one is."""
    assert found is not None
    return found.changes.set.get("expiration") if found.changes else None


def verdict(found: Judgement | None) -> Verdict:
    assert found is not None
    return found.verdict


def after(resource: Resource, found: Judgement) -> Tags:
    """Give the tags after the write that was found."""
    assert found.changes is not None
    kept = {key: value for key, value in resource.tags.values.items() if key not in found.changes.remove}
    return Tags.known({**kept, **found.changes.set})


@pytest.mark.parametrize(
    ("created", "expires", "written"),
    [
        # The maximum of 48h has more than grace.repaired left: it is written.
        ("2026-09-01T11:00:00", "2026-09-30T00:00:00Z", "2026-09-03T11:00:00Z"),
        # It has less, or has passed long ago: what is written leaves the grace.
        ("2026-08-31T11:00:00", "2026-09-30T00:00:00Z", "2026-09-02T12:00:00Z"),
        ("2020-01-01T00:00:00", "2026-09-30T00:00:00Z", "2026-09-02T12:00:00Z"),
        ("2020-01-01T00:00:00", "never", "2026-09-02T12:00:00Z"),
        ("2026-09-01T11:00:00", "never", "2026-09-03T11:00:00Z"),
        ("2026-09-01T11:00:00", "30d", "2026-09-03T11:00:00Z"),
    ],
)
def test_a_lifetime_beyond_the_maximum_is_shortened(created: str, expires: str, written: str) -> None:
    """Never to less than now + grace.repaired, however it was written."""
    found = judged(a_resource(created=at(created), tags={"owner": "alice", "expiration": expires}))

    assert (Verdict.SHORTEN, written) == (verdict(found), expiration(found))
    assert found is not None
    assert at(written.removesuffix("Z")) == found.expires
    assert (Reason.NeverExpires if expires == "never" else Reason.TooLong) in reasons(found)
    assert ("expiration", written) in [repair.after for repair in found.repairs]


def test_shortening_lengthens_nothing() -> None:
    """What is left is less than any shortened lifetime keeps, so it stays, and is reported."""
    found = judged(
        a_resource(created=at("2020-01-01T00:00:00"), tags={"owner": "a", "expiration": "2026-09-02T00:00:00Z"})
    )

    assert (Verdict.REPORT, None) == (verdict(found), expiration(found))
    assert [Reason.TooLong] == reasons(found)


@pytest.mark.parametrize("expires", ["2026-09-30T00:00:00Z", "never"])
def test_too_long_may_only_be_reported(expires: str) -> None:
    """By rule."""
    resource = a_resource(tags={"owner": "alice", "expiration": expires})

    found = judged(resource, policy=a_policy(rules={"tooLong": "Report"}))

    assert (Verdict.REPORT, None) == (verdict(found), expiration(found))


@pytest.mark.parametrize("environment", [Environment.STAGING, Environment.PRODUCTION])
@pytest.mark.parametrize(
    "tags",
    [
        {"owner": "alice", "expiration": "2026-09-30T00:00:00Z"},
        {"owner": "alice", "expiration": "never"},
        {"owner": "alice", "expiration": "whenever"},
        {"owner": "alice"},
    ],
)
def test_no_expiry_is_shortened_or_supposed_outside_of_test(environment: Environment, tags: dict[str, str]) -> None:
    """S2: it is reported."""
    policy = a_policy(scope={"accounts": {"names": ["aws-dev"]}, "environments": [environment]})

    found = judged(a_resource(tags=tags), policy=policy, accounts=[an_account(environment=environment)])

    assert (Verdict.REPORT, None) == (verdict(found), expiration(found))


def test_another_form_is_made_canonical_in_production_too() -> None:
    """S2: that changes no meaning."""
    scope = {"accounts": {"names": ["aws-dev"]}, "environments": ["production"]}
    policy = a_policy(scope=scope, rules={"canonical": "Rewrite"})
    resource = a_resource(created=NOW, tags={"owner": "alice", "expires": "2026-09-02T19:00:00Z"})

    found = judged(resource, policy=policy, accounts=[an_account(environment=Environment.PRODUCTION)])

    assert (Verdict.FIX, "2026-09-02T19:00:00Z") == (verdict(found), expiration(found))


@pytest.mark.parametrize("tags", [{"expiratoin": "2026-08-01T12:00:00Z"}, {"expiration": "asap", "ttl": "1h"}])
def test_a_doubtful_expiry_is_written_in_production_as_it_was_read(tags: dict[str, str]) -> None:
    """S2: an instant that nobody wrote is supposed in test alone."""
    policy = a_policy(scope={"accounts": {"names": ["aws-dev"]}, "environments": ["production"]})
    resource = a_resource(created=at("2026-08-01T11:00:00"), tags={"owner": "alice", **tags})

    found = judged(resource, policy=policy, accounts=[an_account(environment=Environment.PRODUCTION)])

    assert (Verdict.FIX, "2026-08-01T12:00:00Z") == (verdict(found), expiration(found))


def test_without_a_maximum_nothing_is_too_long() -> None:
    """Not even never."""
    for expires in ("never", "2099-01-01T00:00:00Z"):
        found = judged(a_resource(tags={"owner": "a", "expiration": expires}), policy=a_policy(lifetime={}))

        assert Verdict.COMPLIANT is verdict(found)


@pytest.mark.parametrize(
    ("created", "written"),
    [
        ("2026-09-01T11:00:00", "2026-09-02T19:00:00Z"),
        ("2026-09-02T19:00:00", "2026-09-09T19:00:00Z"),
    ],
)
def test_the_weekly_cutoff_is_a_maximum(created: str, written: str) -> None:
    """Of the week of creation; what is made after it lives until the next."""
    policy = a_policy(
        timeZone="Etc/GMT",
        lifetime={"weeklyCutoff": {"weekday": "Wednesday", "time": "19:00"}},
        grace={"repaired": "1h"},
    )
    resource = a_resource(created=at(created), tags={"owner": "alice", "expiration": "never"})

    assert written == expiration(judged(resource, policy=policy, now=max(NOW, at(created))))


def test_an_expiry_on_the_last_moment_of_the_maximum_is_kept() -> None:
    """The maximum itself is allowed."""
    resource = a_resource(created=NOW, tags={"owner": "alice", "expiration": "2026-09-03T12:00:00Z"})

    assert Verdict.COMPLIANT is verdict(judged(resource))


@pytest.mark.parametrize(
    ("lifetime", "created", "written"),
    [
        ({"max": "48h"}, "2026-09-01T11:00:00", "2026-09-03T11:00:00Z"),
        ({"max": "48h", "default": "30h"}, "2026-09-01T11:00:00", "2026-09-02T17:00:00Z"),
        ({"max": "48h", "default": "24h"}, "2026-08-20T11:00:00", "2026-09-02T12:00:00Z"),
        ({"default": "72h"}, "2026-09-01T11:00:00", "2026-09-04T11:00:00Z"),
        ({}, "2026-09-01T11:00:00", None),
    ],
)
def test_an_owned_resource_without_an_expiry_gets_the_default(
    lifetime: dict[str, Any], created: str, written: str | None
) -> None:
    """Counted from creation, never earlier than now + grace.repaired, and nothing where the policy has no default."""
    found = judged(a_resource(created=at(created), tags={"owner": "alice"}), policy=a_policy(lifetime=lifetime))

    assert (Verdict.FIX if written else Verdict.REPORT, written) == (verdict(found), expiration(found))
    assert [Reason.MissingExpiry] == reasons(found)


@pytest.mark.parametrize("value", ["whenever", "2026-02-30", "May", "-2d", "25:00", "1e9", "soon™", "01/02/2026"])
def test_a_value_nobody_can_read_becomes_the_maximum(value: str) -> None:
    """And the original is kept."""
    found = judged(a_resource(created=NOW, tags={"owner": "alice", "expiration": value}))

    assert (Verdict.FIX, "2026-09-03T12:00:00Z") == (verdict(found), expiration(found))
    assert found is not None
    assert found.changes is not None
    assert value in found.changes.set.values()


@pytest.mark.parametrize(
    "policy", [a_policy(lifetime={}), a_policy(rules={"malformed": "Report", "expired": "Delete"})]
)
def test_a_value_nobody_can_read_is_reported_where_nothing_may_be_written(policy: Any) -> None:
    """Without a maximum, or by rule."""
    resource = a_resource(tags={"owner": "alice", "expiration": "whenever"})

    found = judged(resource, policy=policy, history=seen_before(Reason.Expired, agreed=9))

    assert (Verdict.REPORT, None) == (verdict(found), expiration(found))


GUESSED: list[dict[str, str]] = [
    {"valid-until": "2030-01-01"},
    {"expiraton": "blue"},
    {"expiraton": "2d", "expiratoin": "3d"},
]
"""What resembles an expiry and is not read as one."""


@pytest.mark.parametrize("tags", GUESSED)
@pytest.mark.parametrize(
    "policy",
    [
        a_policy(expiry={"required": False}, observations=1),
        a_policy(rules={"missingExpiry": "Report"}, observations=1),
        a_policy(rules={"missingExpiry": "Delete", "untagged": "Delete"}, observations=1, grace={"untagged": "0s"}),
    ],
)
def test_what_only_resembles_an_expiry_is_pointed_out(policy: Any, tags: dict[str, str]) -> None:
    """Nobody knows what it means, so it neither claims a deadline nor lacks one."""
    found = judged(a_resource(tags={"owner": "alice", **tags}), policy=policy)

    assert (Verdict.REPORT, None) == (verdict(found), expiration(found))


@pytest.mark.parametrize("tags", GUESSED)
def test_what_only_resembles_an_expiry_does_not_escape_the_maximum(tags: dict[str, str]) -> None:
    """Where a missing expiry is filled in it gets what all others get, and the next pass has nothing to do."""
    resource = a_resource(created=NOW, tags={"owner": "alice", **tags})

    found = judged(resource)

    assert (Verdict.FIX, "2026-09-03T12:00:00Z") == (verdict(found), expiration(found))
    assert found is not None
    assert [(None, ("expiration", "2026-09-03T12:00:00Z"))] == [each[:2] for each in found.repairs]
    assert Verdict.COMPLIANT is verdict(judged(replace(resource, tags=after(resource, found))))


def test_what_only_resembles_an_expiry_leaves_a_child_with_its_parent() -> None:
    """It gets no earlier end of its own."""
    parent = a_resource(id="i-1", tags={"owner": "alice", "expiration": "2026-09-02T11:00:00Z"})
    child = a_resource(id="vol-1", kind="aws_ec2_volume", tags={"valid-until": "2027-01-01"})

    found = judged(child, parent, edges=[owns(parent, child)])

    assert (Verdict.REPORT, None) == (verdict(found), expiration(found))


@pytest.mark.parametrize("malformed", ["Fix", "Report"])
def test_a_typing_error_in_the_key_never_makes_deletable(malformed: str) -> None:
    """The repaired expiry has passed; it is written with the grace, and until then nothing happens."""
    policy = a_policy(rules={"malformed": malformed, "expired": "Delete"}, observations=1)
    resource = a_resource(tags={"owner": "alice", "expiratoin": "2026-08-31T19:00:00Z"})

    found = judged(resource, policy=policy, history=seen_before(Reason.Expired, agreed=9))

    assert found is not None
    assert None is found.deletion
    assert (Verdict.FIX if malformed == "Fix" else Verdict.REPORT) is found.verdict
    assert ("2026-09-02T12:00:00Z" if malformed == "Fix" else None) == expiration(found)


@pytest.mark.parametrize("malformed", ["Fix", "Report"])
@pytest.mark.parametrize("tags", [{"expires": "2026-08-31T19:00:00Z"}, {"ttl": "2h"}, {"expiration": "2h"}])
def test_a_documented_form_counts_as_written(tags: dict[str, str], malformed: str) -> None:
    """An alias or another form that reads without doubt may be expired at once."""
    policy = a_policy(rules={"malformed": malformed, "expired": "Delete"})

    found = judged(a_resource(tags={"owner": "alice", **tags}), policy=policy, history=seen_before(Reason.Expired))

    assert Verdict.DELETE is verdict(found)


def test_what_is_not_canonical_may_only_be_reported() -> None:
    """By rule; it holds as written."""
    resource = a_resource(created=NOW, tags={"owner": "alice", "ttl": "2h"})

    found = judged(resource, policy=a_policy(rules={"malformed": "Report", "canonical": "Rewrite"}))

    assert (Verdict.REPORT, None) == (verdict(found), expiration(found))
    assert found is not None
    assert NOW + timedelta(hours=2) == found.expires


def test_a_lifetime_of_unknown_beginning_begins_when_it_is_first_seen() -> None:
    """The pass that sees first what tells no creation time counts from itself, so nothing is cut shorter than that."""
    resource = a_resource(created=None, tags={"owner": "alice", "expiration": "2027-01-01T00:00:00Z"})

    found = judged(resource)

    assert (Verdict.SHORTEN, [Reason.TooLong]) == (verdict(found), reasons(found))
    assert found is not None
    assert NOW + timedelta(hours=48) <= (found.expires or NOW)


def test_the_first_sight_stands_for_the_creation() -> None:
    """From the second pass on the maximum counts from there."""
    resource = a_resource(created=None, tags={"owner": "alice", "expiration": "2027-01-01T00:00:00Z"})

    found = judged(resource, history=History(first_seen=NOW - timedelta(hours=1)))

    assert (Verdict.SHORTEN, "2026-09-03T11:00:00Z") == (verdict(found), expiration(found))


@pytest.mark.parametrize("tags", [{"owner": "alice"}, {"owner": "alice", "expiration": "2027-01-01T00:00:00Z"}])
def test_what_the_first_sight_wrote_is_right_for_the_next_pass(tags: dict[str, str]) -> None:
    """A pass judges some seconds after its snapshot was taken, and remembers the very instant it counted from."""
    policy = a_policy(lifetime={"max": "48h"})
    resource = a_resource(created=None, tags=tags)
    snapshot = a_snapshot(resource, taken=NOW - timedelta(seconds=40))

    first = judged_snapshots(snapshot, policy=policy)[resource.uid]

    assert first.changes
    written = a_resource(created=None, tags=first.changes.applied_to(tags))
    later = NOW + timedelta(hours=1)
    second = judged_snapshots(
        a_snapshot(written, id="snapshot-3", taken=later),
        policy=policy,
        histories={resource.uid: observed(None, resource, first, snapshot, NOW)},
        now=later,
    )[resource.uid]
    assert (Verdict.COMPLIANT, None) == (second.verdict, second.changes)


def test_a_relative_expiry_of_unknown_beginning_counts_from_first_sight() -> None:
    """`2h` from a creation that nobody knows is two hours from now on the first pass, and is written so."""
    resource = a_resource(created=None, tags={"owner": "alice", "expiration": "2h"})

    found = judged(resource, history=None)

    assert Verdict.FIX is verdict(found)
    assert found is not None
    assert NOW + timedelta(hours=2) == found.expires


def test_a_full_set_of_tags_is_reported_and_nothing_is_trimmed() -> None:
    """AWS takes fifty."""
    tags = {"owner": "alice", **{f"tag{number}": "x" for number in range(49)}}

    found = judged(a_resource(tags=tags))

    assert (Verdict.REPORT, None) == (verdict(found), expiration(found))
    assert [Reason.MissingExpiry, Reason.NoFreeTagSlot] == reasons(found)
    assert found is not None
    assert found.withheld is not None
    assert Reason.NoFreeTagSlot is found.withheld.reason


@pytest.mark.parametrize("malformed", ["Fix", "Report"])
@pytest.mark.parametrize(
    "tags",
    [
        {"ttl": "never"},
        {"ttl": "soon"},
        {"ttl": "30d"},
        {"Owner": "alice", "ttl": "30d"},
        {"expires": "May", "ttl": "soon"},
        {"expires": "2026-08-31T19:00:00Z", "ttl": "soon"},
        {"expiration": "asap", "ttl": "1h"},
        {"expiration": "2026-09-30T00:00:00Z", "ttl": "30d"},
        {"expiration": "2026-09-01T19:00:00Z", "ttl": "30d"},
        {"expiration": "30d", "janitor/ttl": "1d", "expires": "2026-09-30T00:00:00Z"},
    ],
)
def test_repairs_name_every_tag_that_is_written_or_removed(tags: dict[str, str], malformed: str) -> None:
    """Each with what stood there and what stands there in the end; nothing goes unsaid, and nothing is said in vain."""
    values = tags if "Owner" in tags else {"owner": "alice", **tags}
    policy = a_policy(rules={"malformed": malformed})

    found = judged(a_resource(created=NOW - timedelta(hours=3), tags=values), policy=policy)

    assert found is not None
    if found.changes is None:
        assert () == found.repairs
        return
    written = {key: value for key, value in found.changes.set.items() if not key.startswith("tagwarden.io/was-")}
    overwritten = {key for key in written if key in values}
    told = [repair.before for repair in found.repairs if repair.before is not None]
    assert sorted((key, values[key]) for key in {*overwritten, *found.changes.remove}) == sorted(told)
    assert {key: written.get(key, values.get(key)) for key, _ in (repair.after for repair in found.repairs)} == dict(
        repair.after for repair in found.repairs
    )


def test_shortening_and_fixing_go_into_one_write() -> None:
    """The graver verdict names it."""
    resource = a_resource(created=NOW, tags={"Owner": "alice", "ttl": "30d"})

    found = judged(resource)

    assert (Verdict.SHORTEN, "2026-09-03T12:00:00Z") == (verdict(found), expiration(found))
    assert found is not None
    assert found.changes is not None
    assert "alice" == found.changes.set["owner"]
    assert {"Owner", "ttl"} <= set(found.changes.remove)


@pytest.mark.parametrize(
    ("tags", "created", "verdict"),
    [
        ({"Owner": "alice", "ttl": "36h"}, NOW, Verdict.COMPLIANT),
        ({"Owner": "alice", "ttl": "36h"}, None, Verdict.FIX),
        ({"ownr": "alice", "expiration": "2026-09-02T12:00:00Z"}, NOW, Verdict.FIX),
    ],
)
def test_what_another_tool_would_write_again_is_left_alone(
    tags: dict[str, str], created: datetime | None, verdict: Verdict
) -> None:
    """Another documented form is as good; a key with a typing error, or a term without a beginning, is not."""
    found = judged(a_resource(tags=tags, created=created))

    assert found is not None
    assert verdict is found.verdict


def test_a_fix_that_the_object_has_no_room_for_is_withheld() -> None:
    """The API server refuses annotations of more than 256 KiB together, so that no write is tried."""
    notes = {"owner": "alice", "ttl": "2 dyas", "notes": "x" * (256 * 1024 - 24)}
    policy = a_policy(rules={"malformed": "Fix"})
    found = judged(a_resource(provider=ProviderName.KUBERNETES, namespace="dev", tags=notes), policy=policy)
    assert found is not None
    assert found.changes is None
    assert Reason.TagNotWritable in reasons(found)
