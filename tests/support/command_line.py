"""The command line as a user runs it: its own process, its own folders, declarations in files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support import warm_commands
from tests.support.fake_aws import FakeAWS, Login
from tests.support.fake_gcp import FakeGCP
from tests.support.processes import clean_environment

STRONGEST_RULES: Mapping[str, Any] = {
    "mode": "Enforce",
    "scope": {"accounts": {"names": ["aws-dev"]}},
    "lifetime": {"max": "48h"},
    "rules": {"untagged": "Delete", "expired": "Delete", "irreplaceable": {"kinds": ["*"]}, "canonical": "Rewrite"},
    "grace": {"untagged": "0s"},
    "observations": 1,
    "limits": {"deletionsPerRun": 500, "deletionsPercent": 100, "deletionsPerHour": 1000},
}
"""What the expectations of the messy account assume."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a command wrote and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its answer."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """`tagwarden` with state and declarations below one folder."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, stdin: str = "", seconds: float = 300) -> Answered:
        """Run one command to its end."""
        environment = {**self.environment, "XDG_STATE_HOME": str(self.folder / "state")}
        done = warm_commands.run(arguments, self.folder, environment, stdin, seconds)
        return Answered(done.returncode, done.stdout, done.stderr)

    def declare(self, name: str, *documents: Mapping[str, Any]) -> Path:
        """Write declarations to a file and give it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump_all(documents, sort_keys=False), encoding="utf-8")
        return path


def on(aws: FakeAWS, login: Login, folder: Path) -> CommandLine:
    """Give the command line of somebody who is logged in to the simulated AWS."""
    return CommandLine(folder, clean_environment(**aws.environment(login)))


def an_account(aws: FakeAWS, login: Login, **changes: Any) -> dict[str, Any]:
    """Declare the simulated account as a test account."""
    spec = {
        "provider": "AWS",
        "environment": "test",
        "aws": {
            "accountID": login.account_id,
            "regions": ["eu-central-1", "us-east-1"],
            "endpointURL": aws.endpoint,
        },
        **changes,
    }
    return {
        "apiVersion": "tagwarden.io/v1alpha1",
        "kind": "CloudAccount",
        "metadata": {"name": "aws-dev", "labels": {"team": "data"}},
        "spec": spec,
    }


def on_project(gcp: FakeGCP, project: str, folder: Path) -> CommandLine:
    """Give the command line of somebody who is logged in, and may send that identity to the simulated cloud only."""
    login = gcp.environment(folder, project)
    return CommandLine(folder, clean_environment(**login, TAGWARDEN_ALLOWED_ENDPOINTS=gcp.endpoint))


def a_project(
    gcp: FakeGCP, project: str, name: str = "gcp-dev", *, environment: str = "test", **more: str
) -> dict[str, Any]:
    """Declare a project; without an environment it is production. Further words are fields of `spec.gcp`."""
    declared = {"environment": environment} if environment else {}
    return {
        "apiVersion": "tagwarden.io/v1alpha1",
        "kind": "CloudAccount",
        "metadata": {"name": name},
        "spec": {"provider": "GCP", **declared, "gcp": {"projectID": project, "endpointURL": gcp.endpoint, **more}},
    }


def a_policy(name: str = "test-accounts", **changes: Any) -> dict[str, Any]:
    """Declare a policy with the strongest rules, changed at the top of its spec."""
    return {
        "apiVersion": "tagwarden.io/v1alpha1",
        "kind": "CleanupPolicy",
        "metadata": {"name": name},
        "spec": {**STRONGEST_RULES, **changes},
    }
