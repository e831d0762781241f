"""A policy or an account that this version cannot read holds everything that it might govern (S22)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tagwarden.controller.child_input import assemble, with_mistake
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Verdict
from tagwarden.pipeline import Declarations, Pass, carry_out, load_declarations, make_pass
from tests.support.builders import ACCOUNT, a_resource, account_id_of
from tests.unit.pipeline.stage import Stage

EXPIRED = {"owner": "ann", "expiration": "2026-08-31T00:00:00Z"}
OTHER = "aws-other"


def policy(name: str, **spec: Any) -> dict[str, Any]:
    """Give the manifest of a policy that deletes at once what has expired."""
    usual = {
        "mode": "Enforce",
        "scope": {"accounts": {"names": [ACCOUNT]}},
        "rules": {"expired": "Delete"},
        "observations": 1,
        "limits": {"deletionsPercent": 100},
    }
    return manifest("CleanupPolicy", name, {**usual, **spec})


def account(name: str, **spec: Any) -> dict[str, Any]:
    """Give the manifest of a test account."""
    block = {"accountID": account_id_of(name), **spec.pop("aws", {})}
    return manifest("CloudAccount", name, {"provider": "AWS", "environment": "test", "aws": block, **spec})


def manifest(kind: str, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Give an object as the API server does."""
    return {"apiVersion": "tagwarden.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": dict(spec)}


def declared(folder: Path, *readable: Mapping[str, Any], unreadable: Mapping[str, Any] | None = None) -> Declarations:
    """Give the declarations as the operator tells them its children."""
    file = folder / "declared.yaml"
    marked = [with_mistake(unreadable, "spec.newerField: unknown field")] if unreadable else []
    file.write_bytes(assemble([*readable, *marked]))
    return load_declarations([file])


def made(folder: Path, *others: Mapping[str, Any], unreadable: Mapping[str, Any] | None = None) -> Pass:
    """Make and carry out one pass of the policy `low` over an account with one expired instance."""
    stage = Stage(folder, ACCOUNT)
    stage.world.add(a_resource(tags=EXPIRED))
    declarations = declared(folder, policy("low"), account(ACCOUNT), *others, unreadable=unreadable)
    done = carry_out(declarations, make_pass(declarations, "low", stage.tools), stage.tools)
    if unreadable is None:
        assert stage.world.state.deleted, "without the unreadable object the instance goes"
    else:
        assert [] == stage.world.state.deleted
    return done


def test_without_an_unreadable_object_what_has_expired_goes(tmp_path: Path) -> None:
    """S22: the guard holds nothing by itself."""
    assert () == made(tmp_path).problems


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"priority": 9, "newerField": 1}, id="of higher priority"),
        pytest.param({"newerField": 1}, id="of the same priority"),
        pytest.param({"priority": "high"}, id="of a priority in another form"),
        pytest.param({"scope": {"organizations": ["o-1"]}}, id="of a scope in another form"),
        pytest.param({"scope": {"accounts": {"names": ["x"]}, "organizations": ["o"]}}, id="of a wider scope"),
        pytest.param({"scope": "all of them"}, id="of a scope that is no scope"),
        pytest.param(
            {"newerField": 1, "scope": {"accounts": {"names": [ACCOUNT]}, "kinds": ["newer_category"]}},
            id="of a category of a newer version",
        ),
        pytest.param(
            {"newerField": 1, "scope": {"accounts": {"names": [ACCOUNT]}, "where": "resource.newer == 1"}},
            id="of an expression of a newer version",
        ),
    ],
)
def test_an_unreadable_policy_holds_what_it_might_govern(tmp_path: Path, spec: dict[str, Any]) -> None:
    """S22: the lower policy deleted what a policy with a newer field would have kept."""
    done = made(tmp_path, unreadable=policy("newer", **spec))

    judgement = done.plan.resources[0].judgement
    assert Verdict.CONFLICT is judgement.verdict
    assert Reason.PolicyUnreadable is judgement.findings[0].reason
    assert "newer: spec.newerField: unknown field" in judgement.findings[0].message
    assert ("CleanupPolicy newer is unreadable: spec.newerField: unknown field",) == done.problems


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"priority": -1, "newerField": 1}, id="of lower priority"),
        pytest.param({"newerField": 1, "scope": {"accounts": {"names": ["elsewhere"]}}}, id="of another account"),
    ],
)
def test_an_unreadable_policy_holds_nothing_else(tmp_path: Path, spec: dict[str, Any]) -> None:
    """S12, S22: one mistake does not stop every policy."""
    stage = Stage(tmp_path, ACCOUNT)
    stage.world.add(a_resource(tags=EXPIRED))
    declarations = declared(tmp_path, policy("low"), account(ACCOUNT), unreadable=policy("newer", **spec))

    carry_out(declarations, make_pass(declarations, "low", stage.tools), stage.tools)

    assert 1 == len(stage.world.state.deleted)


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": {"accounts": {"names": [ACCOUNT]}, "kinds": ["aws_ec2_instanse"]}},
        {"scope": {"accounts": {"names": [ACCOUNT]}, "where": "resource.("}},
        {"timeZone": "Europe/Atlantis"},
        {"owner": {"known": {"configMap": {"name": "missing", "key": "owners"}}}},
    ],
)
@pytest.mark.parametrize("priority", [0, 9])
def test_a_rival_that_does_not_compile_holds_what_it_might_govern(
    tmp_path: Path, wrong: dict[str, Any], priority: int
) -> None:
    """S16, S22: a mistake in one policy never hands its resources to another."""
    stage = Stage(tmp_path, ACCOUNT)
    stage.world.add(a_resource(tags=EXPIRED))
    declarations = declared(tmp_path, policy("low"), account(ACCOUNT), policy("wrong", priority=priority, **wrong))

    done = carry_out(declarations, make_pass(declarations, "low", stage.tools), stage.tools)

    assert [] == stage.world.state.deleted
    assert Reason.PolicyUnreadable is done.plan.resources[0].judgement.findings[0].reason


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        pytest.param(OTHER, {"newerField": 1, "aws": {"accountID": account_id_of(ACCOUNT)}}, id="of the same id"),
        pytest.param(OTHER, {"aws": {"accountID": 123}, "provider": "Azure"}, id="of a provider nobody knows"),
        pytest.param(OTHER, {"aws": {"accountID": ""}}, id="without an id"),
    ],
)
def test_an_unreadable_account_holds_what_it_might_declare(tmp_path: Path, name: str, spec: dict[str, Any]) -> None:
    """S2, S22: it may say that the very account is production."""
    unreadable = account(name, **spec)
    if spec.get("provider"):
        del unreadable["spec"]["aws"]

    done = made(tmp_path, unreadable=unreadable)

    judgement = done.plan.resources[0].judgement
    assert Verdict.UNDECIDABLE is judgement.verdict
    assert Reason.AccountUnreadable is judgement.findings[0].reason
    assert f"unreadable CloudAccount {name}" in done.problems[0]


def test_an_unreadable_account_of_another_id_holds_nothing(tmp_path: Path) -> None:
    """S12: what it declares is known to be something else."""
    stage = Stage(tmp_path, ACCOUNT)
    stage.world.add(a_resource(tags=EXPIRED))
    declarations = declared(tmp_path, policy("low"), account(ACCOUNT), unreadable=account(OTHER, newerField=1))

    carry_out(declarations, make_pass(declarations, "low", stage.tools), stage.tools)

    assert 1 == len(stage.world.state.deleted)
