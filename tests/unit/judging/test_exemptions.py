"""What keeps hands off, each with an attempt to get past it."""

from datetime import timedelta

import pytest

from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Judgement, Verdict
from tests.support.builders import NOW, a_policy, a_resource, an_account
from tests.support.evaluation import judged, reasons, seen_before

EXPIRED = {"owner": "alice", "expiration": "2026-08-31T19:00:00Z"}
READY = seen_before(Reason.Expired, agreed=5)


def verdict_of(found: Judgement | None) -> Verdict:
    assert found is not None
    if found.verdict is not Verdict.DELETE:
        assert (None, None) == (found.changes, found.deletion)
    return found.verdict


def test_the_resource_of_these_tests_would_be_deleted() -> None:
    """Without anything that keeps hands off, it goes."""
    assert Verdict.DELETE is verdict_of(judged(a_resource(tags=EXPIRED), history=READY))


def test_tags_that_could_not_be_read_are_not_missing() -> None:
    """S1: not even a history that agrees on Untagged lets it go."""
    resource = a_resource(tags=Tags.unreadable("AccessDenied: not authorised"))

    found = judged(resource, history=seen_before(Reason.Untagged, agreed=99))

    assert Verdict.UNDECIDABLE is verdict_of(found)
    assert [Reason.TagsUnreadable] == reasons(found)
    assert found is not None
    assert "AccessDenied: not authorised" in found.findings[0].message


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("tagwarden.io/protect", "true", Verdict.PROTECTED),
        ("tagwarden.io/protect", "", Verdict.PROTECTED),
        ("tagwarden.io/protect", "no", Verdict.DELETE),
        ("tagwarden.io/protect", "0", Verdict.DELETE),
        ("Tagwarden.io/Protect", "yes please", Verdict.PROTECTED),
        (" tagwarden.io/protect ", "true", Verdict.PROTECTED),
        ("tagwarden.io/protected", "true", Verdict.PROTECTED),
        ("tagwarden-io-protect", "true", Verdict.PROTECTED),
        ("tagwarden.io/protect", "false", Verdict.DELETE),
        ("tagwarden.io/protect", " FALSE ", Verdict.DELETE),
        ("protect", "true", Verdict.PROTECTED),
        ("cloud-nuke-excluded", "true", Verdict.PROTECTED),
        ("cloud-nuke-excluded", "false", Verdict.DELETE),
    ],
)
def test_a_tag_protects_with_any_value_but_a_denial(key: str, value: str, expected: Verdict) -> None:
    """S7: a slip in case, blanks or separators does not cost the resource."""
    found = judged(a_resource(tags={**EXPIRED, key: value}), history=READY)

    assert expected is verdict_of(found)
    assert (expected is Verdict.PROTECTED) == (Reason.ProtectedByTag in reasons(found))


def test_a_tag_that_forbids_protection_does_not_outweigh_one_that_protects() -> None:
    """S7: two spellings at once protect."""
    tags = {**EXPIRED, "tagwarden.io/protect": "false", "Tagwarden.io/Protect": "true"}

    assert Verdict.PROTECTED is verdict_of(judged(a_resource(tags=tags), history=READY))


def test_a_label_of_google_cloud_protects_as_it_has_to_be_written_there() -> None:
    """S7: its alphabet has neither dots nor slashes."""
    for key in ("tagwarden_io_protect", "tagwarden__2eio__2fprotect"):
        resource = a_resource(provider=ProviderName.GCP, tags={**EXPIRED, key: "true"})

        found = judged(resource, history=READY, accounts=[an_account(provider=ProviderName.GCP)])

        assert Verdict.PROTECTED is verdict_of(found)


def test_the_vendor_protects() -> None:
    """S7: a default VPC stays, whatever its tags say."""
    found = judged(a_resource(tags=EXPIRED, protection="the default VPC of the region"), history=READY)

    assert Verdict.PROTECTED is verdict_of(found)
    assert found is not None
    assert (Reason.ProtectedByVendor, "the default VPC of the region") == found.findings[0]


@pytest.mark.parametrize(
    "resource",
    [
        a_resource(provider=ProviderName.KUBERNETES, tags={**EXPIRED, "app.kubernetes.io/part-of": "tagwarden"}),
        a_resource(provider=ProviderName.KUBERNETES, tags={**EXPIRED, "app.kubernetes.io/name": "Tagwarden"}),
        a_resource(provider=ProviderName.KUBERNETES, tags=EXPIRED, kind="k8s_cleanuppolicy.tagwarden.io"),
        a_resource(tags={**EXPIRED, "app.kubernetes.io/part-of": "tagwarden"}),
    ],
)
def test_a_janitor_does_not_delete_itself(resource: Resource) -> None:
    """S7: our own parts are protected, in clusters and in accounts."""
    found = judged(resource, history=READY)

    assert Verdict.PROTECTED is verdict_of(found)
    assert Reason.ProtectedSelf in reasons(found)


def test_a_protected_resource_is_still_told_what_its_tags_lack() -> None:
    """Findings are gathered beyond the one that decides."""
    assert [Reason.ProtectedByTag, Reason.Expired] == reasons(
        judged(a_resource(tags={**EXPIRED, "tagwarden.io/protect": "true"}), history=READY)
    )


def test_what_a_manager_would_make_again_is_left_to_the_manager() -> None:
    """S13: a member of an Auto Scaling group is not judged itself."""
    manager = Manager("aws_autoscaling_group", "web")

    found = judged(a_resource(tags={}, manager=manager), history=seen_before(Reason.Untagged, agreed=9))

    assert Verdict.MANAGED is verdict_of(found)
    assert [Reason.Managed] == reasons(found)
    assert found is not None
    assert "managed by aws_autoscaling_group web, which would recreate the resource" == found.findings[0].message


def test_what_came_back_after_a_deletion_is_left_alone() -> None:
    """S13: a loop is reported, with what the policy would have done."""
    history = READY.__class__(
        first_seen=READY.first_seen,
        deletion=Reason.Expired,
        since=READY.since,
        agreed=5,
        snapshot="snapshot-1",
        deletions=1,
    )

    found = judged(a_resource(tags=EXPIRED), history=history)

    assert Verdict.MANAGED is verdict_of(found)
    assert [Reason.Expired, Reason.RecreateLoop] == reasons(found)
    assert found is not None
    assert found.withheld is not None
    assert Reason.RecreateLoop is found.withheld.reason


def test_what_came_back_with_good_tags_is_compliant() -> None:
    """S13: someone may use a name again."""
    history = READY.__class__(first_seen=READY.first_seen, deletions=3)
    tags = {"owner": "alice", "expiration": "2026-09-01T19:00:00Z"}

    assert Verdict.COMPLIANT is verdict_of(judged(a_resource(tags=tags), history=history))


@pytest.mark.parametrize("rule", ["untagged", "expired", "missingOwner", "missingExpiry"])
def test_what_cannot_have_tags_is_never_deleted_for_their_lack(rule: str) -> None:
    """It shares the fate of what it belongs to; alone it is reported."""
    policy = a_policy(rules={rule: "Delete"}, grace={"untagged": "0s"}, observations=1)
    resource = a_resource(tags=Tags.untaggable(), created=NOW - timedelta(days=900))

    found = judged(resource, policy=policy)

    assert Verdict.REPORT is verdict_of(found)
    assert [Reason.Untaggable] == reasons(found)
