"""The real parts of the demo: a control plane, a simulated AWS, the operator, and what is declared to it."""

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
from tests.support.running_operator import RunningOperator
from tests.support.story import Story

ROOT = Path(__file__).parents[3]
CRDS = ROOT / "crds"
EXAMPLES = ROOT / "examples" / "demo"

NAMESPACE = "tagwarden"
POLICIES = ("test-accounts", "pull-requests")
ACCOUNTS = ("aws-dev", "this-cluster")

_OWN_NAMESPACE = f"""
apiVersion: v1
kind: Namespace
metadata:
  name: {NAMESPACE}
  labels: {{app.kubernetes.io/part-of: tagwarden}}
"""

Report = Callable[[str], None]


@dataclass
class Stage:
    """Everything that runs; stories say what was made in it and what must become of that."""

    cluster: ControlPlane
    aws: FakeAWS
    operator: RunningOperator
    folder: Path
    aws_story: Story
    cluster_story: Story

    @property
    def inventory(self) -> Path:
        """Where the operator keeps snapshots and plans."""
        return self.folder / "inventory"

    @property
    def state(self) -> str:
        """The URL of the operator's journal."""
        return f"sqlite:///{self.folder / 'state.db'}"

    def policy(self, name: str) -> dict[str, Any]:
        """Give a policy as the API server has it now."""
        return dict(self.cluster.get("cleanuppolicies.tagwarden.io", name))

    def status(self, name: str) -> dict[str, Any]:
        """Give what the operator says of a policy."""
        return dict(self.policy(name).get("status", {}))


@contextmanager
def stage(report: Report) -> Iterator[Stage]:
    """Start everything but the operator, fill the account and the cluster; end and remove all of it afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tagwarden-demo-")))
        cluster = stack.enter_context(new_control_plane(report))
        version = json.loads(cluster.kubectl("get", "--raw", "/version"))["gitVersion"]
        report(f"a Kubernetes API server, {version}, at {cluster.server}")
        aws = stack.enter_context(FakeAWS())
        report(f"a simulated AWS at {aws.endpoint}")
        now = datetime.now(UTC)
        aws_story = messy_account.populate(aws, now, report=report)
        report(f"account {DEFAULT_LOGIN.account_id}: {_in_words(aws_story)}")
        cluster_story = messy_cluster.fill(cluster, now)
        report(f"cluster: {_in_words(cluster_story)}")
        aws.forget_calls()
        cluster.apply(_OWN_NAMESPACE)
        operator = RunningOperator(
            cluster,
            folder,
            namespace=NAMESPACE,
            # Longer than the tests have them: a busy laptop must not lose its Lease in the middle of the show.
            environment={
                "POD_NAMESPACE": NAMESPACE,
                "TAGWARDEN_LEASE_SECONDS": "30",
                "TAGWARDEN_LEASE_MARGIN_SECONDS": "10",
            },
        )
        stack.callback(operator.__exit__, None, None, None)
        yield Stage(cluster, aws, operator, folder, aws_story, cluster_story)


def declarations(aws: FakeAWS, name: str) -> str:
    """Give one file of examples/demo with everything filled in."""
    return Template((EXAMPLES / name).read_text(encoding="utf-8")).substitute(
        NAMESPACE=NAMESPACE,
        ACCESS_KEY_ID=DEFAULT_LOGIN.access_key_id,
        SECRET_ACCESS_KEY=DEFAULT_LOGIN.secret_access_key,
        ACCOUNT_ID=DEFAULT_LOGIN.account_id,
        ENDPOINT=aws.endpoint,
    )


def _in_words(story: Story) -> str:
    return (
        f"{len(story.members)} resources of {len(story.kinds())} kinds,"
        f" {len(story.doomed())} of which are to go and {len(story.survivors())} to stay"
    )
