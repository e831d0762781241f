"""The tags of a resource that no snapshot holds are judged as those of any other resource."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagwarden.judging import (
    CompiledPolicy,
    TaggedResource,
    TagJudgement,
    TagSource,
    compile_account,
    compile_policy,
    judge_all,
    judge_tags,
)
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, ProviderName
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.model.verdict import Confidence, Verdict
from tagwarden.providers.linking import world_of
from tests.support.builders import ACCOUNT, NOW, a_policy, a_resource, a_snapshot, an_account

CREATED = NOW - timedelta(hours=1)
EVERYWHERE = {"accounts": {"names": [ACCOUNT]}, "environments": ["test", "staging", "production"]}


def tagged(tags: Tags | Mapping[str, str], **changes: Any) -> TaggedResource:
    """Give an EC2 instance of a test account, an hour old."""
    known = tags if isinstance(tags, Tags) else Tags.known(tags)
    fields: dict[str, Any] = {
        "provider": ProviderName.AWS,
        "kind": "aws_ec2_instance",
        "category": "instance",
        "environment": Environment.TEST,
        "created": CREATED,
    }
    return TaggedResource(tags=known, **{**fields, **changes})


def judged(tags: Tags | Mapping[str, str], policy: CompiledPolicy | None = None, **changes: Any) -> TagJudgement:
    found = judge_tags(policy or compile_policy(a_policy(lifetime={"max": "48h"})), tagged(tags, **changes), NOW)
    assert found is not None
    return found


def test_canonical_tags_are_compliant_and_their_own_source() -> None:
    found = judged({"owner": "alice", "expiration": "2026-09-02T11:00:00Z", "Name": "web"})

    assert found.is_compliant
    assert ("alice", datetime(2026, 9, 2, 11, tzinfo=UTC)) == (found.owner, found.expires)
    assert TagSource(("owner", "alice"), Confidence.CERTAIN) == found.owner_source
    assert TagSource(("expiration", "2026-09-02T11:00:00Z"), Confidence.CERTAIN) == found.expiry_source
    assert (None, ()) == (found.changes, found.repairs)


def test_an_alias_in_another_form_is_the_source() -> None:
    """A documented form is left alone, and says where the values come from."""
    found = judged({"created-by": "alice", "ttl": "2h"})

    assert found.is_compliant
    assert TagSource(("created-by", "alice"), Confidence.CERTAIN) == found.owner_source
    assert TagSource(("ttl", "2h"), Confidence.CERTAIN) == found.expiry_source
    assert CREATED + timedelta(hours=2) == found.expires


def test_a_corrected_typing_error_is_only_likely() -> None:
    found = judged({"owner": "alice", "expiratoin": "2026-09-02T20:00:00Z"})

    assert (Verdict.FIX, False) == (found.verdict, found.is_compliant)
    assert TagSource(("expiratoin", "2026-09-02T20:00:00Z"), Confidence.LIKELY) == found.expiry_source
    assert found.changes is not None
    assert "2026-09-02T20:00:00Z" == found.changes.set["expiration"]
    assert "expiratoin" in found.changes.remove


def test_the_time_that_a_repair_leaves_is_assumed() -> None:
    """Nobody wrote that the resource is needed for another day."""
    found = judged({"owner": "alice", "expiratoin": "2026-09-01T13:00:00Z"})

    assert NOW + timedelta(hours=24) == found.expires
    assert TagSource(("expiratoin", "2026-09-01T13:00:00Z"), Confidence.ASSUMED) == found.expiry_source


def test_the_maximum_replaces_a_malformed_expiry() -> None:
    """The maximum leaves at least the time that every repair leaves."""
    found = judged({"owner": "alice", "expiration": "banana"})

    assert TagSource(("expiration", "banana"), Confidence.ASSUMED) == found.expiry_source
    assert CREATED + timedelta(hours=48) == found.expires == found.allowed_until


def test_a_default_expiry_has_no_tag() -> None:
    found = judged({"owner": "alice"}, compile_policy(a_policy(lifetime={"max": "48h", "default": "24h"})))

    assert Verdict.FIX is found.verdict
    assert TagSource(None, Confidence.ASSUMED) == found.expiry_source
    assert TagChanges({"expiration": "2026-09-02T12:00:00Z"}) == found.changes


def test_the_tag_that_holds_is_the_source_and_not_the_one_that_it_supersedes() -> None:
    found = judged({"owner": "alice", "ttl": "9h", "expiration": "2026-09-02T11:00:00Z"})

    assert TagSource(("expiration", "2026-09-02T11:00:00Z"), Confidence.CERTAIN) == found.expiry_source


def test_an_owner_that_replaces_a_placeholder_is_the_source() -> None:
    found = judged({"owner": "none", "created-by": "alice", "expiration": "2026-09-02T11:00:00Z"})

    assert ("alice", TagSource(("created-by", "alice"), Confidence.LIKELY)) == (found.owner, found.owner_source)


def test_never_is_no_instant() -> None:
    found = judged({"owner": "alice", "expiration": "never"}, compile_policy(a_policy(lifetime={})))

    assert (None, None, True) == (found.expires, found.expiry_source, found.never_expires)
    assert found.allowed_until is None


def test_a_missing_expiry_is_not_never() -> None:
    assert not judged({"owner": "alice"}, compile_policy(a_policy(lifetime={}))).never_expires


def test_missing_tags_are_not_compliant() -> None:
    """A report is enough for an admission to refuse; nothing can be written."""
    found = judged({}, compile_policy(a_policy()))

    assert not found.is_compliant
    assert (None, None, None) == (found.owner_source, found.expiry_source, found.changes)
    assert Reason.Untagged in {finding.reason for finding in found.findings}


def test_a_protected_resource_is_compliant() -> None:
    assert judged({"tagwarden.io/protect": "true"}).is_compliant


@pytest.mark.parametrize(
    ("scope", "changes"),
    [
        ({"kinds": ["aws_s3_*"]}, {}),
        ({"environments": ["test"]}, {"environment": Environment.PRODUCTION}),
        ({"where": 'resource.region == "eu-west-1"'}, {"region": "us-east-1"}),
    ],
)
def test_a_policy_that_does_not_govern_the_resource_does_not_judge_it(
    scope: dict[str, Any], changes: dict[str, Any]
) -> None:
    policy = compile_policy(a_policy(scope={**EVERYWHERE, **scope}))

    assert judge_tags(policy, tagged({}, **changes), NOW) is None


def test_an_exclusion_by_name_keeps_the_resource() -> None:
    policy = compile_policy(a_policy(scope={**EVERYWHERE, "exclude": [{"names": ["keep-*"]}]}))

    assert Verdict.PROTECTED is judged({}, policy, name="keep-this").verdict
    assert Verdict.PROTECTED is not judged({}, policy, name="web").verdict


keys = st.sampled_from(
    [
        "owner", "Owner", "created-by", "ownr", "expiration", "expires", "ttl", "Expiration", "expiratoin",
        "janitor/ttl", "Name", "tagwarden.io/protect", "app.kubernetes.io/part-of", "keep",
    ]
)  # fmt: skip
values = st.one_of(
    st.sampled_from(
        [
            "alice", "Bob", "carol@example.com", "none", "", "48h", "2d", "friday", "2026-09-02T11:00:00Z",
            "2099-01-01", "2026-08-31T19:00:00Z", "01/02/2026", "never", "banana", "true", "tagwarden",
        ]
    ),
    st.text(max_size=12),
)  # fmt: skip
tag_sets = st.one_of(
    st.dictionaries(keys, values, max_size=6).flatmap(
        lambda found: st.builds(
            Tags.known, st.just(found), st.sets(st.sampled_from(sorted(found) or [""])).map(frozenset)
        )
    ),
    st.just(Tags.unreadable("AccessDenied")),
    st.just(Tags.untaggable()),
)
policies = st.builds(
    lambda rules, lifetime, observations, environments: compile_policy(
        a_policy(
            rules=rules,
            lifetime=lifetime,
            observations=observations,
            grace={"untagged": "0s"},
            scope={**EVERYWHERE, "environments": environments},
        )
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "malformed": st.sampled_from(["Fix", "Report"]),
            "canonical": st.sampled_from(["Keep", "Rewrite"]),
            "tooLong": st.sampled_from(["Shorten", "Report"]),
            "missingExpiry": st.sampled_from(["Fix", "Report", "Delete"]),
            "missingOwner": st.sampled_from(["Report", "Delete"]),
            "untagged": st.just("Delete"),
            "expired": st.just("Delete"),
        },
    ),
    st.sampled_from([{}, {"max": "48h"}, {"weeklyCutoff": {"weekday": "Friday", "time": "19:00"}, "default": "9h"}]),
    st.integers(1, 2),
    st.sampled_from([["test"], ["test", "production"]]),
)


@given(
    tag_sets,
    policies,
    st.sampled_from(ProviderName),
    st.sampled_from(Environment),
    st.sampled_from([None, CREATED, NOW - timedelta(days=30), NOW + timedelta(minutes=1)]),
)
@settings(deadline=None, max_examples=300)
def test_the_judgement_is_that_of_a_root_resource_in_a_world_of_its_own(
    tags: Tags, policy: CompiledPolicy, provider: ProviderName, environment: Environment, created: datetime | None
) -> None:
    """For any tags, in every place, environment and age."""
    resource = a_resource(provider=provider, tags=tags, created=created)
    world = world_of([a_snapshot(resource)], [an_account(environment=environment)])
    accounts = {name: compile_account(account) for name, account in world.accounts.items()}
    expected = judge_all(world, accounts, policy, [], {}, NOW)
    subject = tagged(
        tags,
        provider=provider,
        kind=resource.kind,
        category=resource.category,
        environment=environment,
        created=created,
        account=resource.account,
        region=resource.region,
        name=resource.name,
    )
    found = judge_tags(policy, subject, NOW)

    assert [(one.verdict, one.findings, one.owner, one.expires, one.repairs, one.changes) for one in expected] == [
        (one.verdict, one.findings, one.owner, one.expires, one.repairs, one.changes) for one in (found,) if one
    ]
    assert all((one.owner is None) is (one.owner_source is None) for one in (found,) if one)
    assert all((one.expires is None) is (one.expiry_source is None) for one in (found,) if one)
