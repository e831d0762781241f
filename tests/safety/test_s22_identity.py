"""One identity, one declaration; and the identity behind a declaration is pinned (S22)."""

from pathlib import Path
from typing import Any

import pytest

from tagwarden.errors import BadInput
from tagwarden.judging.account_identities import Pin
from tagwarden.model.account import CloudAccount
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, ProviderName
from tagwarden.model.snapshot import Identity
from tagwarden.model.verdict import Verdict
from tagwarden.pipeline import Declarations, adopt_plan, carry_out, make_pass
from tests.support.builders import ACCOUNT, a_policy, a_resource, account_id_of, an_account
from tests.unit.pipeline.stage import Stage

EXPIRED = {"owner": "ann", "expiration": "2026-08-31T00:00:00Z"}
TWIN = "aws-twin"
SAME = {"aws": {"accountID": account_id_of(ACCOUNT)}}
CLUSTER = Identity("uid-of-kube-system")
POLICY = a_policy(observations=1, limits={"deletionsPerRun": 50, "deletionsPercent": 100, "deletionsPerHour": 100})


def declarations(*accounts: CloudAccount, **more: Any) -> Declarations:
    """Give these accounts and the one policy, which names the account of the stage alone."""
    return Declarations(policies={POLICY.name: POLICY}, accounts={each.name: each for each in accounts}, **more)


def stage_of(folder: Path, *, provider: ProviderName = ProviderName.AWS) -> Stage:
    """Set a stage with one expired resource in the account that the policy names."""
    stage = Stage(folder, ACCOUNT, TWIN)
    namespace = "shop" if provider is ProviderName.KUBERNETES else ""
    stage.world.add(a_resource(provider=provider, tags=EXPIRED, namespace=namespace))
    return stage


def test_two_declarations_of_one_account_hold_it(tmp_path: Path) -> None:
    """S22: until somebody says which of the two is meant, nothing is deleted, though both say test."""
    stage = stage_of(tmp_path)
    declared = declarations(an_account(), an_account(TWIN, **SAME))

    made = carry_out(declared, make_pass(declared, POLICY.name, stage.tools), stage.tools)

    judgement = made.plan.resources[0].judgement
    assert [] == stage.world.state.deleted
    assert Verdict.UNDECIDABLE is judgement.verdict
    assert [Reason.DuplicateIdentity] == [finding.reason for finding in judgement.findings]
    assert (
        "account aws-dev: CloudAccount aws-twin declares the same account or cluster; keep one of them, until"
        " then nothing is changed or deleted there"
    ) == made.problems[0]


@pytest.mark.parametrize("stricter", [Environment.STAGING, Environment.PRODUCTION])
def test_the_stricter_of_two_declarations_holds_for_both(tmp_path: Path, stricter: Environment) -> None:
    """S2, S22: a second declaration that says test cannot open what the first one calls production."""
    stage = stage_of(tmp_path)
    declared = declarations(an_account(), an_account(TWIN, environment=stricter, **SAME))

    made = make_pass(declared, POLICY.name, stage.tools)

    resource = next(iter(stage.world.state.living.values())).resource
    assert stricter is made.decision.environment_of(resource, stage.clock.now)
    assert () == made.plan.resources
    assert made.problems


def test_a_plan_from_before_a_second_declaration_is_refused(tmp_path: Path) -> None:
    """S17, S22: what was planned rests on there being one declaration."""
    stage = stage_of(tmp_path)
    alone = declarations(an_account())
    plan = make_pass(alone, POLICY.name, stage.tools).plan
    doubled = declarations(an_account(), an_account(TWIN, environment=Environment.PRODUCTION, **SAME))

    with pytest.raises(BadInput, match="CloudAccount aws-dev changed since the plan was created"):
        adopt_plan(doubled, plan, stage.tools)


def test_a_rule_of_the_other_declaration_counts_too(tmp_path: Path) -> None:
    """S2, S22: environments of single resources are a part of what is declared."""
    stage = stage_of(tmp_path)
    rule = {"where": 'resource.name == "web"', "environment": "production"}
    declared = declarations(an_account(), an_account(TWIN, environments=[rule], **SAME))

    made = make_pass(declared, POLICY.name, stage.tools)

    resource = next(iter(stage.world.state.living.values())).resource
    assert Environment.PRODUCTION is made.decision.environment_of(resource, stage.clock.now)


def test_two_declarations_of_one_cluster_hold_it(tmp_path: Path) -> None:
    """S22: two kubeconfigs lead to one cluster, which its uid tells."""
    stage = stage_of(tmp_path, provider=ProviderName.KUBERNETES)
    secrets = ({"kubeconfigSecret": {"name": name}} for name in ("one", "two"))
    one, two = (
        an_account(name, provider=ProviderName.KUBERNETES, kubernetes=secret)
        for name, secret in zip((ACCOUNT, TWIN), secrets, strict=True)
    )
    for provider in stage.providers.values():
        provider.identity = CLUSTER
    stage.collect(TWIN)

    made = make_pass(declarations(one, two), POLICY.name, stage.tools)

    assert Reason.DuplicateIdentity is made.plan.resources[0].judgement.findings[0].reason


def test_two_declarations_of_one_kubeconfig_hold_it_before_both_were_collected(tmp_path: Path) -> None:
    """S22: the same way in leads to the same cluster, seen or not."""
    stage = stage_of(tmp_path, provider=ProviderName.KUBERNETES)
    one, two = (an_account(name, provider=ProviderName.KUBERNETES) for name in (ACCOUNT, TWIN))

    made = make_pass(declarations(one, two), POLICY.name, stage.tools)

    assert Reason.DuplicateIdentity is made.plan.resources[0].judgement.findings[0].reason


def test_accounts_of_their_own_hold_nothing(tmp_path: Path) -> None:
    """S22: the guard asks for the identity and not for the number of accounts."""
    stage = stage_of(tmp_path)
    declared = declarations(an_account(), an_account(TWIN, environment=Environment.PRODUCTION))

    carry_out(declared, make_pass(declared, POLICY.name, stage.tools), stage.tools)

    assert 1 == len(stage.world.state.deleted)


def test_what_was_collected_of_another_cluster_is_not_judged(tmp_path: Path) -> None:
    """S22: the account is pinned to another cluster than its snapshot shows."""
    stage = stage_of(tmp_path, provider=ProviderName.KUBERNETES)
    stage.providers[ACCOUNT].identity = CLUSTER
    account = an_account(provider=ProviderName.KUBERNETES)
    pinned = declarations(account, pins={ACCOUNT: Pin("uid-of-another")})

    made = carry_out(pinned, make_pass(pinned, POLICY.name, stage.tools), stage.tools)

    assert [] == stage.world.state.deleted
    assert Reason.IdentityChanged is made.plan.resources[0].judgement.findings[0].reason


@pytest.mark.parametrize("pin", [Pin(CLUSTER.account), Pin("uid-of-another", CLUSTER.account)])
def test_the_pinned_and_the_accepted_identity_are_judged(tmp_path: Path, pin: Pin) -> None:
    """S22: what a person accepted is as good as what was seen first."""
    stage = stage_of(tmp_path, provider=ProviderName.KUBERNETES)
    stage.providers[ACCOUNT].identity = CLUSTER
    declared = declarations(an_account(provider=ProviderName.KUBERNETES), pins={ACCOUNT: pin})

    made = make_pass(declared, POLICY.name, stage.tools)

    assert Verdict.DELETE is made.plan.resources[0].judgement.verdict


def test_an_account_id_that_was_edited_does_not_judge_what_was_seen_before(tmp_path: Path) -> None:
    """S10, S22: a stored snapshot is of the account that was declared when it was taken."""
    stage = stage_of(tmp_path)
    stage.collect(ACCOUNT)
    declared = declarations(an_account(aws={"accountID": "210987654321"}))

    made = make_pass(declared, POLICY.name, stage.tools, stored=True)

    assert Reason.IdentityChanged is made.plan.resources[0].judgement.findings[0].reason
