"""The parts of the demo: a simulated AWS and Google Cloud, a control plane, the operator, and its declarations."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import Any

from tests.support import messy_account, messy_cluster
from tests.support.cluster import ControlPlane
from tests.support.control_plane import new_control_plane
from tests.support.fake_aws import DEFAULT_LOGIN, FakeAWS
from tests.support.fake_gcp import FakeGCP
from tests.support.fake_gcp.world import messy_project
from tests.support.running_operator import RunningOperator, declared
from tests.support.story import Story

ROOT = Path(__file__).parents[3]
CRDS = ROOT / "crds"
EXAMPLES = ROOT / "examples" / "demo"

NAMESPACE = "tagwarden"
POLICIES = ("test-accounts", "pull-requests", "gcp-projects")
ACCOUNTS = ("aws-dev", "this-cluster", "gcp-dev")
FILES = ("aws-dev.yaml", "this-cluster.yaml", "test-accounts.yaml", "pull-requests.yaml", "gcp-dev.yaml")
"""The files of examples/demo; each is applied once its placeholders are filled in."""

PROJECT, NUMBER = "messy-dev-1", "481516234200"
"""The Google Cloud project."""

_OWN_NAMESPACE = f"""
apiVersion: v1
kind: Namespace
metadata:
  name: {NAMESPACE}
  labels: {{app.kubernetes.io/part-of: tagwarden}}
"""

Report = Callable[[str], None]


@dataclass
class Cloud:
    """Simulated clouds: a messy AWS account, whose story tells the result for each resource, and a messy project."""

    aws: FakeAWS
    gcp: FakeGCP
    folder: Path
    aws_story: Story


@dataclass
class Stage(Cloud):
    """All parts of the demo: the clouds, and the cluster that the operator runs against."""

    cluster: ControlPlane
    operator: RunningOperator
    cluster_story: Story

    @property
    def inventory(self) -> Path:
        """The folder of the operator's snapshots and plans."""
        return self.folder / "inventory"

    @property
    def state(self) -> str:
        """The URL of the operator's journal."""
        return f"sqlite:///{self.folder / 'state.db'}"

    def policy(self, name: str) -> dict[str, Any]:
        """Get a policy from the API server."""
        return declared(self.cluster, "cleanuppolicies.tagwarden.io", name)

    def status(self, name: str) -> dict[str, Any]:
        """Get the status of a policy."""
        return dict(self.policy(name).get("status", {}))


@contextmanager
def cloud(report: Report) -> Iterator[Cloud]:
    """Start the simulated clouds and fill an account and a project; stop and remove everything afterwards."""
    with tempfile.TemporaryDirectory(prefix="tagwarden-demo-") as folder, FakeAWS() as aws, FakeGCP() as gcp:
        report(f"simulated AWS at {aws.endpoint}")
        story = messy_account.populate(aws, datetime.now(UTC), report=report)
        report(f"account {DEFAULT_LOGIN.account_id}: {_in_words(story)}")
        aws.forget_calls()
        made = messy_project(gcp, datetime.now(UTC), project=PROJECT, number=NUMBER)
        report(f"simulated Google Cloud at {gcp.endpoint}")
        report(f"project {PROJECT}: {len(made)} resources")
        yield Cloud(aws, gcp, Path(folder), story)


@contextmanager
def stage(parts: Cloud, report: Report) -> Iterator[Stage]:
    """Start a control plane and fill it; the operator is not started yet. Everything is removed afterwards."""
    with ExitStack() as stack:
        cluster = stack.enter_context(new_control_plane(report))
        version = json.loads(cluster.kubectl("get", "--raw", "/version"))["gitVersion"]
        report(f"Kubernetes API server {version} at {cluster.server}")
        story = messy_cluster.fill(cluster, datetime.now(UTC))
        report(f"cluster: {_in_words(story)}")
        cluster.apply(_OWN_NAMESPACE)
        operator = RunningOperator(
            cluster,
            parts.folder,
            namespace=NAMESPACE,
            # Longer than in the tests: on a busy laptop the operator must not lose its Lease in the middle of the demo.
            environment={
                "POD_NAMESPACE": NAMESPACE,
                "TAGWARDEN_LEASE_SECONDS": "30",
                "TAGWARDEN_LEASE_MARGIN_SECONDS": "10",
            },
        )
        stack.callback(operator.__exit__, None, None, None)
        yield Stage(parts.aws, parts.gcp, parts.folder, parts.aws_story, cluster, operator, story)


def declarations(parts: Cloud, name: str) -> str:
    """Give one file of examples/demo with its placeholders filled in."""
    key = parts.gcp.key_file(f"tagwarden@{PROJECT}.iam.gserviceaccount.com", PROJECT)
    return Template((EXAMPLES / name).read_text(encoding="utf-8")).substitute(
        NAMESPACE=NAMESPACE,
        ACCESS_KEY_ID=DEFAULT_LOGIN.access_key_id,
        SECRET_ACCESS_KEY=DEFAULT_LOGIN.secret_access_key,
        ACCOUNT_ID=DEFAULT_LOGIN.account_id,
        AWS_ENDPOINT=parts.aws.endpoint,
        KEY=json.dumps(key).replace("'", "''"),
        PROJECT_ID=PROJECT,
        GOOGLE_ENDPOINT=parts.gcp.endpoint,
    )


def _in_words(story: Story) -> str:
    return (
        f"{len(story.members)} resources of {len(story.kinds())} kinds,"
        f" {len(story.doomed())} to delete and {len(story.survivors())} to keep"
    )
