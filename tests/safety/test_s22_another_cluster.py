"""A kubeconfig that leads to another cluster than before, on real API servers (S22)."""

from pathlib import Path

import pytest
import yaml

from tagwarden.cli.context import CommandContext
from tagwarden.errors import IdentityChanged
from tagwarden.model.outcome import ActionState
from tagwarden.model.reasons import Reason
from tagwarden.pipeline import carry_out, make_pass
from tests.support.cluster import Cluster, ControlPlane

ACCOUNT, POLICY = "cluster", "config-maps"


def declare(folder: Path, namespace: str) -> Path:
    """Declare one namespace as a test account, and a policy that deletes its expired ConfigMaps at once."""
    account = {
        "provider": "Kubernetes",
        "environment": "test",
        "kubernetes": {"namespaces": {"include": [namespace]}},
    }
    policy = {
        "mode": "Enforce",
        "scope": {"accounts": {"names": [ACCOUNT]}, "kinds": ["k8s_configmap"]},
        "rules": {"expired": "Delete"},
        "observations": 1,
        "limits": {"deletionsPercent": 100},
    }
    documents = [
        {"apiVersion": "tagwarden.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
        for kind, name, spec in (("CloudAccount", ACCOUNT, account), ("CleanupPolicy", POLICY, policy))
    ]
    file = folder / "declared.yaml"
    file.write_text(yaml.safe_dump_all(documents))
    return file


def fill(cluster: Cluster, namespace: str) -> None:
    """Put an expired ConfigMap into the namespace."""
    cluster.kubectl("create", "configmap", "old", "--namespace", namespace)
    stamps = ("owner=alice", "expiration=2020-01-01T00:00:00Z")
    cluster.kubectl("annotate", "configmap", "old", "--namespace", namespace, *stamps)


def names(cluster: Cluster, namespace: str) -> set[str]:
    """Name the ConfigMaps that are there."""
    return {item["metadata"]["name"] for item in cluster.get("configmaps", "--namespace", namespace)["items"]}


def test_a_kubeconfig_that_leads_to_another_cluster_is_refused(
    tmp_path: Path, control_plane: Cluster, own_control_plane: ControlPlane, namespace: str
) -> None:
    """S22, real: plans of one cluster are not carried out on another, nor is that one judged, until it is accepted."""
    own_control_plane.kubectl("create", "namespace", namespace)
    for cluster in (control_plane, own_control_plane):
        fill(cluster, namespace)
    file = declare(tmp_path, namespace)

    def context(cluster: Cluster, accepted: dict[str, str] | None = None) -> CommandContext:
        state = f"sqlite:///{tmp_path}/state.db"
        return CommandContext([str(file)], tmp_path, state, cluster.kubeconfig, quiet=True, accepted=accepted or {})

    right, wrong = context(control_plane), context(own_control_plane)
    planned = make_pass(right.declarations, POLICY, right.tools)
    assert any(action.type == "Delete" for action in planned.plan.actions)

    done = carry_out(wrong.declarations, planned, wrong.tools)
    with pytest.raises(IdentityChanged) as raised:
        make_pass(wrong.declarations, POLICY, wrong.tools)

    uid = own_control_plane.get("namespace", "kube-system")["metadata"]["uid"]
    assert {(ActionState.WITHHELD, Reason.IdentityChanged)} == {(each.state, each.reason) for each in done.outcomes}
    assert f"--accept-identity {ACCOUNT}={uid}" in str(raised.value)
    assert "old" in names(control_plane, namespace) & names(own_control_plane, namespace)

    accepting = context(own_control_plane, {ACCOUNT: uid})
    carry_out(accepting.declarations, make_pass(accepting.declarations, POLICY, accepting.tools), accepting.tools)

    assert "old" not in names(own_control_plane, namespace)
    assert "old" in names(control_plane, namespace)
    with pytest.raises(IdentityChanged):
        make_pass(right.declarations, POLICY, context(control_plane).tools)
