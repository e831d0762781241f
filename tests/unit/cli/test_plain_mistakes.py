"""Mistakes that would quietly do nothing: each is named, with what was probably meant."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from tagwarden.cli.main import main
from tagwarden.inventory import SnapshotStore
from tests.support.builders import a_resource, a_snapshot
from tests.support.command_line import STRONGEST_RULES

ACCOUNT = {
    "apiVersion": "tagwarden.io/v1alpha1",
    "kind": "CloudAccount",
    "metadata": {"name": "aws-dev"},
    "spec": {"provider": "AWS", "environment": "test", "aws": {"accountID": "123456789012"}},
}


def a_policy(name: str = "test-accounts", **spec: Any) -> dict[str, Any]:
    return {**ACCOUNT, "kind": "CleanupPolicy", "metadata": {"name": name}, "spec": {**STRONGEST_RULES, **spec}}


class Shell:
    """The command line in this process, on a stored snapshot and without any cloud."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys
        tags = {"owner": "alice", "expiration": "2099-01-01"}
        SnapshotStore(folder / "inventory").save(a_snapshot(a_resource(tags=tags), taken=datetime.now(UTC)))

    def run(self, command: str, *arguments: str, declared: list[dict[str, Any]]) -> tuple[Any, str]:
        """Give the exit status and what was said on standard error."""
        file = self._folder / "all.yaml"
        file.write_text(yaml.safe_dump_all(declared), encoding="utf-8")
        places = ("--inventory", str(self._folder / "inventory"), "--state", f"sqlite:///{self._folder}/state.db")
        with pytest.raises(SystemExit) as ended:
            main([command, "-f", str(file), *places, "--stored", "-o", "json", "-q", *arguments])
        return ended.value.code, self._capsys.readouterr().err


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def in_scope(*kinds: str, **scope: Any) -> dict[str, Any]:
    return {"scope": {"accounts": {"names": ["aws-dev"]}, "kinds": list(kinds), **scope}}


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (
            in_scope("aws_ec2_*", "aws_ec2_instnace"),
            "spec.scope.kinds[1]: unknown kind 'aws_ec2_instnace'; did you mean aws_ec2_instance?",
        ),
        (in_scope("AWS_EC2_Instance"), "unknown kind 'AWS_EC2_Instance'; did you mean aws_ec2_instance?"),
        (in_scope("aws_frobnicator"), "unknown kind 'aws_frobnicator'; list all kinds with: tagwarden kinds"),
        (
            in_scope("gcp_compute_dsik"),
            "spec.scope.kinds[0]: unknown kind 'gcp_compute_dsik'; did you mean gcp_compute_disk?",
        ),
        (
            in_scope(exclude=[{"kinds": ["aws_rds_instnace"]}]),
            "spec.scope.exclude[0].kinds[0]: unknown kind 'aws_rds_instnace'; did you mean aws_rds_instance?",
        ),
    ],
)
def test_a_kind_that_its_cloud_lacks_is_a_mistake(shell: Shell, spec: dict[str, Any], said: str) -> None:
    """In a scope it would govern nothing, in an exclusion it would protect nothing."""
    status, err = shell.run("plan", declared=[ACCOUNT, a_policy(**spec)])

    assert status == 2
    assert f"CleanupPolicy test-accounts: {said if said.startswith('spec') else 'spec.scope.kinds[0]: ' + said}" in err


@pytest.mark.parametrize(
    "kinds", [("k8s_certificate.cert-manager.io",), ("aws_ec2_instanc*",), ("instance",), ("gcp_compute_disk",)]
)
def test_what_may_exist_one_day_is_no_mistake(shell: Shell, kinds: tuple[str, ...]) -> None:
    """Globs, categories, and kinds of clusters and of providers without an account."""
    assert (0, "") == shell.run("plan", declared=[ACCOUNT, a_policy(**in_scope(*kinds))])


def test_a_rival_with_a_misspelt_kind_still_keeps_its_resources(shell: Shell) -> None:
    """Nobody knows what it meant, so what it could govern is held, and reported (S16, S22)."""
    rival = a_policy("rival", priority=7, **in_scope("aws_ec2_instnace"))

    status, _ = shell.run("plan", "--check", "--policy", "test-accounts", declared=[ACCOUNT, a_policy(), rival])

    assert status == 3  # it is in conflict with a policy that cannot be read, and so not compliant


def owners(text: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "owners"}, "data": {"list": text}}


KNOWN = {"owner": {"known": {"configMap": {"name": "owners", "key": "list"}}}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# nobody yet\n", "spec.owner.known: the list is empty; write one name per line"),
        ("", "spec.owner.known: the list is empty; write one name per line"),
        ("bob\n- alice\n", "spec.owner.known: line 2: '- alice' cannot be read; start with the name"),
    ],
)
def test_a_list_of_owners_that_cannot_be_meant_keeps_a_policy_from_acting(shell: Shell, text: str, said: str) -> None:
    """Every owner would be malformed, or one who is meant to be known."""
    status, err = shell.run("apply", declared=[ACCOUNT, a_policy(**KNOWN), owners(text)])

    assert status == 2
    assert said in err


def test_a_rival_with_an_empty_list_of_owners_still_keeps_its_resources(shell: Shell) -> None:
    """A mistake in one policy hands nothing to another (S16)."""
    rival = a_policy("rival", priority=7, **KNOWN)
    declared = [ACCOUNT, a_policy(lifetime={"max": "1h"}), rival, owners("")]

    assert shell.run("plan", "--check", "--policy", "test-accounts", declared=declared)[0] == 3


@pytest.mark.parametrize("name", ["Test", "test_accounts", "-test", "test.", "a" * 254, "tést"])
@pytest.mark.parametrize("kind", ["CleanupPolicy", "CloudAccount", "ConfigMap"])
def test_names_that_the_api_server_refuses_are_refused_in_files(shell: Shell, kind: str, name: str) -> None:
    """What works here must work in a cluster."""
    version = "v1" if kind == "ConfigMap" else "tagwarden.io/v1alpha1"
    wrong = {**(ACCOUNT if kind == "CloudAccount" else a_policy()), "kind": kind, "apiVersion": version}

    status, err = shell.run("plan", declared=[ACCOUNT, {**wrong, "metadata": {"name": name}}])

    assert status == 2
    assert f"{kind} {name}: metadata.name: invalid name" in err


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"approval": "Required"}, "no plan is pending; the current plan "),
        ({"approval": "None"}, "the policy requires no approval"),
        ({"mode": "Audit", "approval": "Required"}, "the policy is in Audit"),
    ],
)
def test_an_approval_that_nothing_waits_for_is_told(shell: Shell, spec: dict[str, Any], why: str) -> None:
    """It was meant for a plan that is not this one."""
    status, err = shell.run("apply", "--approve", "0" * 64, declared=[ACCOUNT, a_policy(**spec)])

    assert status == 0
    assert f"tagwarden: test-accounts: --approve {'0' * 64} had no effect: {why}" in err
