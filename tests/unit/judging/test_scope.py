"""Which resources a policy governs."""

from typing import Any

import pytest

from tagwarden.judging import CompiledPolicy, compile_policy
from tagwarden.model.account import CloudAccount
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Verdict
from tests.support.builders import a_policy, a_resource, a_snapshot, an_account
from tests.support.evaluation import judged, judged_snapshots, reasons

ACCOUNTS = {"names": ["aws-dev"]}


def is_governed(resource: Resource, account: CloudAccount | None = None, **scope: Any) -> bool:
    policy = a_policy(scope={"accounts": ACCOUNTS, **scope})
    return judged(resource, policy=policy, accounts=[account] if account else None) is not None


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ({"names": ["aws-dev"]}, True),
        ({"names": ["aws"]}, False),
        ({"labels": {"team": "data"}}, True),
        ({"labels": {"team": "data", "tier": "dev"}}, True),
        ({"labels": {"team": "data", "tier": "prod"}}, False),
        ({"names": ["other"], "labels": {"team": "data"}}, True),
        ({"names": ["aws-dev"], "labels": {"team": "web"}}, True),
    ],
)
def test_accounts_are_those_named_and_those_with_all_labels(accounts: dict[str, Any], expected: bool) -> None:
    """Names and labels add up, and of labels all must be there."""
    account = an_account(labels={"team": "data", "tier": "dev"})

    assert expected == is_governed(a_resource(), account, accounts=accounts)


def test_no_accounts_means_no_resources() -> None:
    """A selector that is empty, though the schema refuses it, selects nothing and never everything."""
    policy = a_policy()
    empty = policy.spec.scope.accounts.model_copy(update={"names": (), "labels": {}})
    scope = policy.spec.scope.model_copy(update={"accounts": empty})
    policy = policy.model_copy(update={"spec": policy.spec.model_copy(update={"scope": scope})})

    assert None is judged(a_resource(), policy=policy)


def test_a_snapshot_of_an_undeclared_account_is_nobodys() -> None:
    """What no CloudAccount declares is governed by no policy."""
    assert {} == judged_snapshots(a_snapshot(a_resource()), accounts=[])


@pytest.mark.parametrize("environment", [Environment.STAGING, Environment.PRODUCTION])
def test_a_policy_governs_test_unless_it_says_otherwise(environment: Environment) -> None:
    """The default scope is test."""
    account = an_account(environment=environment)

    assert not is_governed(a_resource(), account)
    assert is_governed(a_resource(), account, environments=["test", environment])


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["aws_ec2_*"], True),
        (["instance"], True),
        (["inst*"], True),
        (["aws_rds_*", "aws_ec2_instance"], True),
        (["aws_ec2"], False),
        (["volume", "AWS_EC2_INSTANCE"], False),
        ([], True),
    ],
)
def test_kinds_are_globs_over_kind_or_category(kinds: list[str], expected: bool) -> None:
    """Either of the two may match."""
    assert expected == is_governed(a_resource(), kinds=kinds)


def test_without_kinds_a_policy_governs_what_can_be_deleted() -> None:
    """The catalogue tells which kinds these are; a kind that is named is governed all the same."""

    def can_delete(provider: ProviderName, kind: str) -> bool:
        return (provider, kind) == (ProviderName.AWS, "aws_ec2_volume")

    def covers(policy: CompiledPolicy, kind: str) -> bool:
        return policy.scope.covers_kind(a_resource(kind=kind))

    anything = compile_policy(a_policy(), can_delete=can_delete)
    named = compile_policy(a_policy(scope={"accounts": ACCOUNTS, "kinds": ["aws_ec2_*"]}), can_delete=can_delete)

    assert [True, False] == [covers(anything, "aws_ec2_volume"), covers(anything, "aws_ec2_instance")]
    assert [True, True] == [covers(named, "aws_ec2_volume"), covers(named, "aws_ec2_instance")]


def test_where_narrows_the_scope() -> None:
    """What the expression denies belongs to somebody else."""
    assert is_governed(a_resource(), where='resource.region == "eu-central-1"')
    assert not is_governed(a_resource(), where='resource.region == "us-east-1"')


def test_a_where_that_fails_keeps_hands_off() -> None:
    """Nobody knows whether the policy means it, so it is reported and nothing happens."""
    policy = a_policy(scope={"accounts": ACCOUNTS, "where": 'resource.tags.team == "data"'})

    found = judged(a_resource(), policy=policy)

    assert [Reason.InvalidExpression] == reasons(found)
    assert found is not None
    assert (Verdict.UNDECIDABLE, None, None) == (found.verdict, found.changes, found.deletion)


@pytest.mark.parametrize(
    ("exclusion", "expected"),
    [
        ({"kinds": ["aws_ec2_*"]}, True),
        ({"kinds": ["instance"]}, True),
        ({"kinds": ["volume"]}, False),
        ({"regions": ["eu-*"]}, True),
        ({"regions": ["us-*"]}, False),
        ({"namespaces": ["kube-*"]}, False),
        ({"names": ["we?"]}, True),
        ({"names": ["i-0123*"]}, True),
        ({"names": ["w"]}, False),
        ({"tags": {"stay": "*"}}, True),
        ({"tags": {"stay": "y*"}}, True),
        ({"tags": {"stay": "no"}}, False),
        ({"tags": {"stay": "*", "team": "*"}}, False),
        ({"where": 'resource.state == "running"'}, True),
        ({"kinds": ["instance"], "regions": ["us-*"]}, False),
        ({"kinds": ["instance"], "regions": ["eu-*"], "where": "resource.name != 'web'"}, False),
    ],
)
def test_an_exclusion_protects_what_matches_every_field(exclusion: dict[str, Any], expected: bool) -> None:
    """S7: excluded resources are protected, though still shown."""
    policy = a_policy(scope={"accounts": ACCOUNTS, "exclude": [{"names": ["nothing"]}, exclusion]})

    found = judged(a_resource(tags={"stay": "yes"}), policy=policy)

    assert found is not None
    assert expected == (found.verdict is Verdict.PROTECTED)
    assert expected == (Reason.Excluded in reasons(found))


def test_an_exclusion_that_fails_keeps_hands_off() -> None:
    """It might have protected the resource."""
    policy = a_policy(scope={"accounts": ACCOUNTS, "exclude": [{"where": 'resource.tags.keep == "yes"'}]})

    found = judged(a_resource(), policy=policy)

    assert found is not None
    assert (Verdict.UNDECIDABLE, None) == (found.verdict, found.deletion)


def test_an_exclusion_that_holds_outweighs_one_that_fails() -> None:
    """Either way hands are off; the known reason is the better one."""
    exclusions = [{"where": 'resource.tags.keep == "yes"'}, {"names": ["web"]}]
    policy = a_policy(scope={"accounts": ACCOUNTS, "exclude": exclusions})

    found = judged(a_resource(tags=Tags.known({})), policy=policy)

    assert found is not None
    assert found.verdict in (Verdict.PROTECTED, Verdict.UNDECIDABLE)
    assert None is found.deletion


@pytest.mark.parametrize(
    ("globs", "expected"),
    [
        ([], False),
        (["*"], False),
        (["k8s_*"], False),
        (["k*"], False),
        (["[a-z]*"], False),
        (["k8s_*.*"], False),
        (["access"], False),
        (["k8s_clusterrole"], True),
        (["k8s_clusterrole*"], True),
        (["k8s_*", "*clusterrole*"], True),
    ],
)
def test_foundations_are_governed_by_name_only(globs: list[str], expected: bool) -> None:
    """A glob that would match any kind names none, and a category is not the name of a kind (S20)."""
    policy = compile_policy(
        a_policy(scope={"accounts": {"names": ["aws-dev"]}, "kinds": globs}), named_only=lambda _: True
    )

    assert expected is policy.scope.covers_kind(a_resource(kind="k8s_clusterrole", category="access"))
