"""S19: what cannot be made again is not deleted for being unnamed, unless the policy names it."""

from datetime import timedelta
from typing import Any

import pytest

from tagwarden.errors import InvalidField
from tagwarden.judging import compile_account, compile_policy, judge
from tagwarden.judging.irreplaceable import CATEGORIES, by_category
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Manager, ProviderName, Resource
from tagwarden.model.verdict import Judgement, Verdict
from tagwarden.pipeline.catalogues import can_back_up, is_irreplaceable
from tagwarden.pipeline.validation import check_kinds
from tests.support.builders import NOW, a_policy, a_resource, a_snapshot, a_world, an_account
from tests.support.evaluation import judged, judged_all, owns, reasons, seen_before

DELETING = {"untagged": "Delete", "expired": "Delete", "missingOwner": "Delete", "missingExpiry": "Delete"}
LONG_AGO = NOW - timedelta(days=3)
EXPIRED = {"owner": "alice", "expiration": "2026-08-31T19:00:00Z"}


def a_bucket(**changes: Any) -> Resource:
    """Give a bucket without tags that is three days old."""
    return a_resource(**{"kind": "aws_s3_bucket", "category": "bucket", "id": "data", "created": LONG_AGO, **changes})


def a_volume(**changes: Any) -> Resource:
    """Give a volume without tags that is three days old."""
    return a_resource(**{"kind": "aws_ec2_volume", "category": "volume", "id": "vol-1", "created": LONG_AGO, **changes})


def ruling(resource: Resource, rule: Reason = Reason.Untagged, **spec: Any) -> Judgement:
    """Judge a resource for which earlier passes agreed on the rule."""
    rules = {**DELETING, **spec.pop("rules", {})}
    found = judged(resource, policy=a_policy(rules=rules, **spec), history=seen_before(rule, since=LONG_AGO))
    assert found is not None
    return found


def is_deleted(resource: Resource, rule: Reason = Reason.Untagged, **spec: Any) -> bool:
    """Whether its own verdict deletes it."""
    return ruling(resource, rule, **spec).verdict is Verdict.DELETE


@pytest.mark.parametrize(
    ("tags", "rule"),
    [
        ({}, Reason.Untagged),
        ({"Name": "data"}, Reason.Untagged),
        ({"owner": "alice"}, Reason.MissingExpiry),
        ({"expiration": "2026-09-01T13:00:00Z"}, Reason.MissingOwner),
    ],
)
def test_a_bucket_is_not_deleted_for_a_missing_tag(tags: dict[str, str], rule: Reason) -> None:
    """S19: nobody named it, which says nothing of the worth of its contents; the message says what to write."""
    found = ruling(a_bucket(tags=tags), rule, lifetime={})

    assert Verdict.REPORT is found.verdict
    assert [rule, Reason.Irreplaceable] == reasons(found)
    assert found.withheld is not None
    assert Reason.Irreplaceable is found.withheld.reason
    assert "bucket or aws_s3_bucket to spec.rules.irreplaceable.kinds" in found.withheld.message


@pytest.mark.parametrize("named", ["bucket", "aws_s3_bucket", "aws_s3_*", "*"])
def test_a_policy_that_names_it_deletes_it(named: str) -> None:
    """S19: the word that it takes is a kind, a category or a glob."""
    assert is_deleted(a_bucket(), rules={"irreplaceable": {"kinds": [named]}})


def test_naming_one_kind_names_no_other() -> None:
    """S19: whoever gives up volumes has not given up buckets."""
    assert not is_deleted(a_bucket(), rules={"irreplaceable": {"kinds": ["volume"]}})


def test_an_expired_bucket_goes_as_before() -> None:
    """S19: somebody named its end."""
    assert is_deleted(a_bucket(tags=EXPIRED), Reason.Expired)


def test_an_instance_goes_as_before() -> None:
    """S19: what a template makes again needs no word."""
    assert is_deleted(a_resource(created=LONG_AGO))


@pytest.mark.parametrize("category", sorted(CATEGORIES))
def test_each_irreplaceable_category_of_a_cloud_needs_a_word(category: str) -> None:
    """S19: data, keys, and names that others know."""
    assert not is_deleted(a_resource(kind=f"aws_some_{category}", category=category, created=LONG_AGO))


def test_a_claim_in_a_cluster_needs_a_word() -> None:
    """S19: deleting a claim deletes its data."""
    claim = a_resource(
        provider=ProviderName.KUBERNETES, kind="k8s_persistentvolumeclaim", category="volume", created=LONG_AGO
    )

    assert not is_deleted(claim)


def _by_the_pipeline(resource: Resource, kept: list[str]) -> Judgement:
    policy = a_policy(rules=DELETING, backup={"kinds": kept, "keep": "168h"})
    world, account = a_world(a_snapshot(resource)), an_account()
    found = judge(
        resource,
        world,
        {account.name: compile_account(account)},
        compile_policy(policy, is_irreplaceable=is_irreplaceable, can_back_up=can_back_up),
        [],
        seen_before(Reason.Untagged, since=LONG_AGO),
        NOW,
    )
    assert found is not None
    return found


def test_what_is_backed_up_first_may_go() -> None:
    """S19: a snapshot of the volume is made before it is deleted."""
    assert Verdict.DELETE is _by_the_pipeline(a_volume(), ["volume"]).verdict


def test_a_backup_that_cannot_be_made_spares_nothing() -> None:
    """S19: `backup` with a glob for everything keeps no bucket, so the bucket stays."""
    assert Verdict.REPORT is _by_the_pipeline(a_bucket(), ["*"]).verdict


def test_the_volume_of_an_untagged_instance_counts_by_itself() -> None:
    """S19: closure is no way around; planning sees the reason and keeps the volume."""
    instance, volume = a_resource(created=LONG_AGO), a_volume()

    found = judged_all(instance, volume, edges=[owns(instance, volume)], policy=a_policy(rules=DELETING))

    assert Reason.Irreplaceable in reasons(found[volume.uid])


def test_a_volume_that_is_deleted_on_termination_ends_with_its_instance() -> None:
    """S19: whoever launched the instance said that the volume dies with it, so it withholds no untagged instance."""
    instance = a_resource(created=LONG_AGO)
    volume = a_volume(manager=Manager("aws_ec2_instance", "web", instance.uid))

    found = judged_all(instance, volume, edges=[owns(instance, volume)], policy=a_policy(rules=DELETING))

    assert Verdict.MANAGED is found[volume.uid].verdict
    assert [Reason.Managed] == reasons(found[volume.uid])


def test_a_database_of_an_untagged_stack_counts_by_itself() -> None:
    """S19: it is Managed, since its stack takes it along, and bears the reason all the same."""
    stack = a_resource(kind="aws_cloudformation_stack", category="stack", id="shop", created=LONG_AGO)
    manager = Manager("aws_cloudformation_stack", "shop", stack.uid)
    database = a_resource(kind="aws_rds_instance", category="database", id="db-1", created=LONG_AGO, manager=manager)

    found = judged_all(stack, database, edges=[owns(stack, database)], policy=a_policy(rules=DELETING))

    assert Verdict.MANAGED is found[database.uid].verdict
    assert [Reason.Irreplaceable, Reason.Managed] == reasons(found[database.uid])


@pytest.mark.parametrize("manager", [None, Manager("aws_ec2_instance", "web")])
def test_the_volume_of_an_expired_instance_goes_with_it(manager: Manager | None) -> None:
    """S19: the instance's owner named the end of both, so nothing is said of the volume."""
    instance = a_resource(created=LONG_AGO, tags=EXPIRED)
    volume = a_volume(manager=manager)

    found = judged_all(instance, volume, edges=[owns(instance, volume)], policy=a_policy(rules=DELETING))

    assert Reason.Irreplaceable not in reasons(found[volume.uid])


def test_the_reason_is_given_where_another_rule_deletes_the_parent() -> None:
    """S19: an instance that goes for its missing owner does not take a volume along that is only to be reported."""
    rules = {"untagged": "Report", "missingOwner": "Delete"}
    found = judged(a_volume(), policy=a_policy(rules=rules))

    assert [Reason.Untagged, Reason.Irreplaceable] == reasons(found)
    assert found is not None
    assert found.withheld is None


def test_a_policy_that_deletes_nothing_unnamed_says_nothing_of_it() -> None:
    """S19: where nothing is at stake the reason would be noise."""
    assert [Reason.Untagged] == reasons(judged(a_bucket(), policy=a_policy(rules={"expired": "Delete"})))


def test_nothing_is_said_of_it_in_production() -> None:
    """S2: there the environment is the reason, and naming the kind would not help."""
    policy = a_policy(rules=DELETING, scope={"accounts": {"names": ["aws-dev"]}, "environments": ["production"]})
    found = judged(a_bucket(), policy=policy, accounts=[an_account(environment=Environment.PRODUCTION)])

    assert [Reason.Untagged, Reason.Production] == reasons(found)


def test_a_kind_that_does_not_exist_is_an_error() -> None:
    """S24: a typing error in the list would name nothing."""
    with pytest.raises(InvalidField, match=r"spec\.rules\.irreplaceable\.kinds\[0\].*did you mean aws_s3_bucket"):
        check_kinds(a_policy(rules={"irreplaceable": {"kinds": ["aws_s3_buckets"]}}))


def test_what_is_irreplaceable_differs_by_provider() -> None:
    """Certificates of a cluster are issued again; those of a cloud may have been imported."""
    assert by_category(ProviderName.AWS, "aws_acm_certificate", "certificate")
    assert not by_category(ProviderName.KUBERNETES, "k8s_certificate.cert-manager.io", "certificate")
