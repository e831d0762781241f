"""The operator on a real API server and a simulated Google Cloud over HTTP, through kubectl alone."""

import json
from collections.abc import Iterator

import pytest
import yaml

from tests.support.cluster import Cluster
from tests.support.control_plane import new_control_plane
from tests.support.declared import deleting_policy, manifest
from tests.support.fake_gcp import FakeGCP
from tests.support.installed_crds import install_crds
from tests.support.processes import wait_until
from tests.support.running_operator import RunningOperator, status_of, wait_for_condition

POLICY, ACCOUNT = "cleanuppolicies.tagwarden.io", "cloudaccounts.tagwarden.io"
PROJECT = "my-dev-123"
TOPICS = {
    "claimed": {"owner": "alice", "expiration": "2099-01-01t000000z"},
    "expired": {"owner": "bob", "expiration": "2020-01-01t000000z"},
    "unclaimed": {},
}


@pytest.fixture
def gcp() -> Iterator[FakeGCP]:
    """A cloud with a project of three topics."""
    with FakeGCP() as cloud:
        cloud.new_project(PROJECT, "123456789012")
        for name, labels in TOPICS.items():
            cloud.add("pubsub.projects.topics.create", f"projects/{PROJECT}/topics/{name}", {"labels": labels})
        yield cloud


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Yield a cluster with an operator of its own."""
    with new_control_plane() as cluster:
        install_crds(cluster)
        with RunningOperator(cluster, tmp_path_factory.mktemp("operator"), forks=True) as operator:
            yield cluster
            print(operator.log)  # noqa: T201 - pytest shows it when a test of this file fails


def topics(gcp: FakeGCP) -> set[str]:
    return {key.rpartition("/")[2] for key in gcp.keys_of("pubsub.*")}


def declare_project(cluster: Cluster, gcp: FakeGCP, name: str, project: str) -> str:
    """Apply an account with its Secret, which holds the key file of a service account, and give that account."""
    key = gcp.key_file(f"tagwarden@{PROJECT}.iam.gserviceaccount.com", PROJECT)
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "default"}}
    cluster.apply(yaml.safe_dump({**secret, "stringData": {"key.json": json.dumps(key)}}))
    block = {"projectID": project, "credentialsSecret": {"name": name}, "endpointURL": gcp.endpoint}
    cluster.apply(manifest("CloudAccount", name, {"provider": "GCP", "environment": "test", "gcp": block}))
    return key["client_email"]


def test_a_project_with_a_key_file_is_collected_and_cleaned(gcp: FakeGCP, cluster: Cluster, unique_name: str) -> None:
    """A policy in Enforce shows its plan, and acts on request."""
    caller = declare_project(cluster, gcp, unique_name, PROJECT)
    wait_for_condition(cluster, ACCOUNT, unique_name, "Ready", status="True")
    identity = status_of(cluster, ACCOUNT, unique_name)["identity"]
    assert (PROJECT, caller) == (identity["account"], identity["caller"])

    scope = {"accounts": {"names": [unique_name]}, "kinds": ["gcp_pubsub_topic"]}
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(unique_name, scope=scope)))
    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True")
    assert 2 == status_of(cluster, POLICY, unique_name)["pendingPlan"]["deletions"]
    assert TOPICS.keys() == topics(gcp)

    cluster.kubectl("annotate", "--overwrite", POLICY, unique_name, "tagwarden.io/requestedAt=now")

    wait_until(lambda: topics(gcp) == {"claimed"}, what="the topics are gone", seconds=90)
    wait_until(
        lambda: status_of(cluster, POLICY, unique_name).get("summary", {}).get("deleted") == 2,
        what="the status counts the deletions",
    )


def test_a_project_that_the_identity_does_not_see_is_refused(gcp: FakeGCP, cluster: Cluster, unique_name: str) -> None:
    """S10: the condition names the project, and nothing is collected."""
    declare_project(cluster, gcp, unique_name, "other-dev-123")

    found = wait_for_condition(cluster, ACCOUNT, unique_name, "Ready", status="False", reason="AccessDenied")

    assert "other-dev-123" in found["message"]
    assert "lastSnapshot" not in status_of(cluster, ACCOUNT, unique_name)
