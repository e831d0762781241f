"""S17 on a real API server: what changes between the plan and its deletions keeps them back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.cluster import Cluster
from tests.support.pass_in_cluster import PassInCluster, doomed

EXPIRED = "{owner: alice, expiration: '2026-01-02T00:00:00Z'}"

STATEFUL_SET = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: store, namespace: {namespace}}}
spec:
  replicas: 0
  serviceName: store
  selector: {{matchLabels: {{app: store}}}}
  template:
    metadata: {{labels: {{app: store}}}}
    spec: {{containers: [{{name: store, image: "store:1"}}]}}
"""

CONFIG_MAP = """
apiVersion: v1
kind: ConfigMap
metadata: {{name: leftover, namespace: {namespace}}}
"""

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: {namespace}, annotations: {{owner: bob, expiration: "{soon}"}}}}
spec:
  replicas: 0
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers: [{{name: web, image: "web:1", envFrom: [{{configMapRef: {{name: leftover}}}}]}}]
"""


def soon() -> str:
    return f"{datetime.now(UTC) + timedelta(hours=5):%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def space(control_plane: Cluster, unique_name: str) -> Iterator[str]:
    """Give a namespace of this test; it is removed in the end."""
    control_plane.kubectl("create", "namespace", unique_name)
    yield unique_name
    control_plane.kubectl("delete", "namespace", unique_name, "--wait=false", "--ignore-not-found")


def exists(cluster: Cluster, *arguments: str) -> bool:
    """Whether an object is there and stays."""
    found = cluster.kubectl("get", *arguments, "--ignore-not-found", "-o", "jsonpath={.metadata.deletionTimestamp}")
    name = cluster.kubectl("get", *arguments, "--ignore-not-found", "-o", "name")
    return bool(name) and not found


@pytest.mark.parametrize(
    "change",
    [
        ("annotate", "expiration={soon}", "--overwrite"),
        ("annotate", "tagwarden.io/protect=true"),
    ],
    ids=["extended", "protected"],
)
def test_a_namespace_that_changes_after_the_plan_keeps_its_stateful_set(
    control_plane: Cluster, space: str, tmp_path: Path, change: tuple[str, ...]
) -> None:
    """The expiry of the namespace is extended, or it is protected, between plan and act: its StatefulSet stays."""
    control_plane.kubectl("annotate", "namespace", space, "owner=alice", "expiration=2026-01-02T00:00:00Z")
    control_plane.apply(STATEFUL_SET.format(namespace=space))
    story = PassInCluster(control_plane, tmp_path, space)
    made = story.plan()
    verb, *rest = change
    control_plane.kubectl(verb, "namespace", space, *(word.format(soon=soon()) for word in rest))

    outcomes = story.act(made)

    assert {"k8s_statefulset/store", f"k8s_namespace/{space}"} & doomed(made), made.plan.resources
    assert exists(control_plane, "statefulset", "store", "-n", space), outcomes
    assert exists(control_plane, "namespace", space), outcomes


def test_a_claimed_deployment_that_appears_after_the_plan_keeps_its_namespace(
    control_plane: Cluster, space: str, tmp_path: Path
) -> None:
    """Bob's Deployment appears in an untagged namespace after the snapshot: the namespace stays."""
    story = PassInCluster(control_plane, tmp_path, space)
    made = story.plan()
    control_plane.apply(CONFIG_MAP.format(namespace=space) + "---" + DEPLOYMENT.format(namespace=space, soon=soon()))

    outcomes = story.act(made)

    assert f"k8s_namespace/{space}" in doomed(made)
    assert exists(control_plane, "namespace", space), outcomes
    assert exists(control_plane, "deployment", "web", "-n", space)


def test_a_config_map_that_comes_into_use_after_the_plan_stays(
    control_plane: Cluster, space: str, tmp_path: Path
) -> None:
    """Bob's Deployment begins to read an untagged ConfigMap after the snapshot: the ConfigMap stays."""
    control_plane.kubectl("annotate", "namespace", space, "note=x")
    control_plane.apply(CONFIG_MAP.format(namespace=space))
    story = PassInCluster(
        control_plane, tmp_path, space, scope={"accounts": {"names": ["cluster"]}, "kinds": ["k8s_configmap"]}
    )
    made = story.plan()
    control_plane.apply(DEPLOYMENT.format(namespace=space, soon=soon()))

    outcomes = story.act(made)

    assert "k8s_configmap/leftover" in doomed(made)
    assert exists(control_plane, "configmap", "leftover", "-n", space), outcomes


def test_an_untouched_namespace_goes_as_planned(control_plane: Cluster, space: str, tmp_path: Path) -> None:
    """Nothing changes between plan and act: the namespace goes with what is in it."""
    control_plane.apply(CONFIG_MAP.format(namespace=space))
    story = PassInCluster(control_plane, tmp_path, space)

    outcomes = story.act(story.plan())

    assert not exists(control_plane, "namespace", space), outcomes
