"""`tagwarden init` on what a newcomer has: credentials of AWS, a kubeconfig, both, or neither."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.cluster import Cluster
from tests.support.command_line import Answered, CommandLine
from tests.support.fake_aws import FakeAWS
from tests.support.installed_crds import install_crds
from tests.support.processes import clean_environment


@pytest.fixture
def nobody(tmp_path: Path) -> CommandLine:
    """Return the command line of somebody who is logged in nowhere, with an empty home folder."""
    environment = clean_environment(HOME=str(tmp_path / "home"))
    del environment["KUBECONFIG"]
    return CommandLine(tmp_path, environment)


def logged_in(shell: CommandLine, **variables: str) -> CommandLine:
    return CommandLine(shell.folder, {**shell.environment, **variables})


@pytest.fixture
def with_aws(nobody: CommandLine, fake_aws: FakeAWS) -> CommandLine:
    return logged_in(nobody, **{key: fake_aws.environment()[key] for key in fake_aws.environment() if "AWS" in key})


def declared(shell: CommandLine, file: str) -> dict[str, object]:
    return dict(yaml.safe_load((shell.folder / file).read_text(encoding="utf-8")))


def written(shell: CommandLine) -> list[str]:
    return sorted(str(path.relative_to(shell.folder)) for path in shell.folder.rglob("*.yaml"))


def next_commands(answered: Answered) -> list[list[str]]:
    """Give the commands that the output recommends, without their comments."""
    lines = (line.strip() for line in answered.out.partition("Next:")[2].splitlines())
    return [line.partition("#")[0].split()[1:] for line in lines if line.startswith("tagwarden ")]


def succeeds(shell: CommandLine, commands: list[list[str]]) -> None:
    assert [command[0] for command in commands] == ["validate", "plan"]
    for command in commands:
        done = shell.run(*command)
        assert (0, command) == (done.status, command), done.err


class TestAws:
    def test_what_it_writes_can_be_planned_at_once(self, with_aws: CommandLine, fake_aws: FakeAWS) -> None:
        """The account bears its alias, is production, and each command of the output works as it stands."""
        fake_aws.client("iam").create_account_alias(AccountAlias="acme-dev")

        answered = with_aws.run("init")

        assert 0 == answered.status, answered.err
        assert ["tagwarden/account-acme-dev.yaml", "tagwarden/policy.yaml"] == written(with_aws)
        account = declared(with_aws, "tagwarden/account-acme-dev.yaml")
        assert {"accountID": "123456789012"} == account["spec"]["aws"]
        assert "production" == account["spec"]["environment"]
        succeeds(with_aws, next_commands(answered))

    def test_an_account_without_an_alias_bears_its_number(self, with_aws: CommandLine, fake_aws: FakeAWS) -> None:
        """So does one whose alias nobody may read."""
        fake_aws.fail("iam", "ListAccountAliases")

        assert 0 == with_aws.run("init").status
        assert "tagwarden/account-aws-123456789012.yaml" in written(with_aws)

    def test_options_are_written(self, with_aws: CommandLine) -> None:
        """Name, environment, domain and lifetime."""
        options = "--name dev --environment test --owner-domain example.com --max-lifetime 3d --provider AWS"
        assert 0 == with_aws.run("init", "here", *options.split()).status

        policy = declared(with_aws, "here/policy.yaml")
        assert "test" == declared(with_aws, "here/account-dev.yaml")["spec"]["environment"]
        assert ["dev"] == policy["spec"]["scope"]["accounts"]["names"]
        assert "3d" == policy["spec"]["lifetime"]["max"]
        assert r"^[a-z0-9._-]+(@example\.com)?$" == policy["spec"]["owner"]["pattern"]

    def test_nothing_is_overwritten(self, with_aws: CommandLine) -> None:
        """A changed policy stays as it is, and without it nothing else is written either."""
        policy = with_aws.declare("tagwarden/policy.yaml", {"mine": True})

        refused = with_aws.run("init")

        assert 2 == refused.status
        assert "tagwarden/policy.yaml: already exists; name another folder, or replace it with --force" in refused.err
        assert ["tagwarden/policy.yaml"] == written(with_aws)
        assert "mine: true\n" == policy.read_text(encoding="utf-8")
        assert 0 == with_aws.run("init", "--force").status
        assert "CleanupPolicy" in policy.read_text(encoding="utf-8")

    def test_credentials_that_aws_refuses(self, with_aws: CommandLine, fake_aws: FakeAWS) -> None:
        """The line holds AWS's own reason, and how to log in."""
        fake_aws.fail("sts", "GetCallerIdentity", code="ExpiredToken", times=1)

        refused = with_aws.run("init", "--provider", "AWS")

        assert 2 == refused.status
        assert "ExpiredToken" in refused.err
        assert "aws sso login" in refused.err
        assert [] == written(with_aws)


class TestTheEnvironment:
    def test_it_is_asked_at_a_terminal(self, with_aws: CommandLine) -> None:
        """A word that is no environment is refused, and the question comes again."""
        master, slave = pty.openpty()
        command = [sys.executable, "-m", "tagwarden", "init", "--provider", "AWS"]
        asked = subprocess.Popen(
            command, cwd=with_aws.folder, env=dict(with_aws.environment), stdin=slave, stderr=subprocess.PIPE, text=True
        )
        os.write(master, b"prod\ntest\n")

        _, shown = asked.communicate(timeout=60)

        os.close(slave)
        os.close(master)
        assert 0 == asked.returncode, shown
        assert "in production no resource is deleted (test, staging, production) [production]" in shown
        assert "Error: write test, staging, production" in shown
        account = declared(with_aws, "tagwarden/account-aws-123456789012.yaml")
        assert "test" == account["spec"]["environment"]


class TestKubernetes:
    def test_the_current_context(self, nobody: CommandLine, control_plane: Cluster) -> None:
        """KUBECONFIG leads to the cluster, as for kubectl."""
        shell = logged_in(nobody, KUBECONFIG=str(control_plane.kubeconfig))

        answered = shell.run("init")

        assert 0 == answered.status, answered.err
        assert ["tagwarden/account-tagwarden.yaml", "tagwarden/policy.yaml"] == written(shell)
        assert "skipped AWS: no credentials found" in answered.err
        succeeds(shell, next_commands(answered))

    def test_the_usual_file(self, nobody: CommandLine, control_plane: Cluster) -> None:
        """Other commands read no kubeconfig that nobody named, so the output names the file."""
        usual = nobody.folder / "home" / ".kube" / "config"
        usual.parent.mkdir(parents=True)
        usual.write_text(control_plane.kubeconfig.read_text(encoding="utf-8"), encoding="utf-8")

        answered = nobody.run("init")

        assert 0 == answered.status, answered.err
        assert ["plan", "-f", "tagwarden", "--kubeconfig", "~/.kube/config"] in next_commands(answered)
        succeeds(nobody, next_commands(answered))

    def test_a_kubeconfig_without_a_current_context(self, nobody: CommandLine) -> None:
        """The line says which command chooses one."""
        (nobody.folder / "kubeconfig").write_text("{contexts: [], clusters: [], users: []}", encoding="utf-8")

        refused = nobody.run("init", "--provider", "Kubernetes", "--kubeconfig", "kubeconfig")

        assert 2 == refused.status
        assert "no current context; run kubectl config use-context NAME" in refused.err


def test_both_identities_are_one_policy_with_two_accounts(
    with_aws: CommandLine, fake_aws: FakeAWS, control_plane: Cluster
) -> None:
    """Where the alias and the context are the same, the provider tells them apart."""
    fake_aws.client("iam").create_account_alias(AccountAlias="tagwarden")
    shell = logged_in(with_aws, KUBECONFIG=str(control_plane.kubeconfig))

    answered = shell.run("init")

    assert 0 == answered.status, answered.err
    names = declared(shell, "tagwarden/policy.yaml")["spec"]["scope"]["accounts"]["names"]
    assert ["tagwarden-aws", "tagwarden-kubernetes"] == names
    succeeds(shell, next_commands(answered))


def test_the_api_server_accepts_the_files(with_aws: CommandLine, control_plane: Cluster) -> None:
    """The same files are for the operator: kubectl applies them."""
    install_crds(control_plane)
    shell = logged_in(with_aws, KUBECONFIG=str(control_plane.kubeconfig))
    assert 0 == shell.run("init").status

    applied = control_plane.kubectl("apply", "--dry-run=server", "-f", str(shell.folder / "tagwarden"))

    assert 3 == applied.count("created (server dry run)")


def test_without_an_identity_one_line_says_how_to_get_one(nobody: CommandLine) -> None:
    """For each provider, and no file is written."""
    refused = nobody.run("init")

    assert 2 == refused.status
    assert (
        "tagwarden: no identity at hand, so no files were written:"
        " AWS: no credentials found; log in with aws configure or aws sso login, or set AWS_PROFILE."
        " GCP: no credentials found; log in with gcloud auth application-default login, or set"
        " GOOGLE_APPLICATION_CREDENTIALS."
        " Kubernetes: no kubeconfig found; set KUBECONFIG, or write --kubeconfig FILE\n"
    ) == refused.err
    assert [] == written(nobody)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--name Dev", "--name: 'Dev' is not a name; write up to 63 lower-case letters, digits and -"),
        ("--owner-domain example", "--owner-domain: 'example' is not a domain; write one such as example.com"),
        ("--max-lifetime 2x", "--max-lifetime: '2x' is not a duration"),
        ("--max-lifetime 0s", "--max-lifetime: must be at least 1s"),
    ],
)
def test_a_wrong_option_is_one_line_before_any_request(nobody: CommandLine, arguments: str, message: str) -> None:
    refused = nobody.run("init", *arguments.split())

    assert 2 == refused.status
    assert message in refused.err
    assert 1 == len(refused.err.splitlines())
