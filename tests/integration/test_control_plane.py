"""The control plane of the tests is a real one, keeps to itself, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.built_control_plane import BuiltControlPlane
from tests.support.cluster import Cluster, ControlPlane, KubectlError
from tests.support.control_plane import new_control_plane
from tests.support.processes import clean_environment, wait_until

CHECKOUT = Path(__file__).parents[2]

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: example.invalid/web}]}
"""

READER = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: reader}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: reader}]
"""

# Starts a control plane, says where it is, and waits to be killed.
VICTIM = """
import signal, sys
# As at a terminal: whatever runs in the background of a script begins with it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
from tests.support.built_control_plane import BuiltControlPlane
with BuiltControlPlane() as control_plane:
    print(control_plane.folder, *control_plane.process_ids.values(), flush=True)
    sys.stdin.read()
"""


def names(cluster: Cluster, kind: str, namespace: str) -> list[str]:
    return [item["metadata"]["name"] for item in cluster.get(kind, "--namespace", namespace)["items"]]


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_deployment_becomes_a_replica_set_and_pods(control_plane: Cluster, namespace: str) -> None:
    """The controllers work: what a deployment describes is made, and is gone with it."""
    control_plane.kubectl("apply", "--namespace", namespace, "-f", "-", stdin=DEPLOYMENT)
    wait_until(lambda: len(names(control_plane, "pods", namespace)) == 2, what="two pods")
    (replica_set,) = control_plane.get("replicasets", "--namespace", namespace)["items"]
    control_plane.kubectl("delete", "deployment", "web", "--namespace", namespace, "--cascade=background")
    wait_until(lambda: names(control_plane, "pods", namespace) == [], what="no pods")

    assert "web" == replica_set["metadata"]["ownerReferences"][0]["name"]
    assert [] == names(control_plane, "replicasets", namespace)


def test_a_namespace_takes_its_contents_with_it(control_plane: Cluster, unique_name: str) -> None:
    """A deleted namespace ends when it is empty."""
    control_plane.kubectl("create", "namespace", unique_name)
    control_plane.kubectl("create", "configmap", "notes", "--namespace", unique_name)
    control_plane.kubectl("delete", "namespace", unique_name, "--timeout=30s")

    with pytest.raises(KubectlError, match="not found"):
        control_plane.kubectl("get", "namespace", unique_name)


def test_rbac_decides_what_a_service_account_may_do(control_plane: Cluster, namespace: str) -> None:
    """A kubeconfig for a service account can do what its role says and nothing else."""
    control_plane.kubectl("apply", "--namespace", namespace, "-f", "-", stdin=READER)
    reader = control_plane.kubeconfig_for("reader", namespace)

    control_plane.kubectl("get", "configmaps", kubeconfig=reader)
    with pytest.raises(KubectlError, match=r"cannot list resource .secrets"):
        control_plane.kubectl("get", "secrets", kubeconfig=reader)


def test_the_api_server_explains_what_is_wrong_with_a_manifest(control_plane: Cluster) -> None:
    """A refused manifest fails with the reason that a person would see."""
    with pytest.raises(KubectlError, match=r"spec\.replicas"):
        control_plane.apply(DEPLOYMENT.replace("replicas: 2", "replicas: many"))


def test_a_restarted_api_server_knows_what_it_knew(own_control_plane: ControlPlane) -> None:
    """The API server comes back at the same address with the same objects, and the controllers find it again."""
    before = own_control_plane.server
    own_control_plane.kubectl("create", "namespace", "kept")
    own_control_plane.restart_api_server()

    assert before == own_control_plane.server
    assert "kept" == own_control_plane.get("namespace", "kept")["metadata"]["name"]
    own_control_plane.kubectl("apply", "--namespace", "kept", "-f", "-", stdin=DEPLOYMENT)
    wait_until(lambda: len(names(own_control_plane, "pods", "kept")) == 2, what="two pods after the restart")


def test_two_control_planes_do_not_see_each_other(control_plane: Cluster, unique_name: str) -> None:
    """Each has its own address and its own objects."""
    with new_control_plane() as other:
        other.kubectl("create", "namespace", unique_name)

        assert control_plane.server != other.server
        with pytest.raises(KubectlError, match="not found"):
            control_plane.kubectl("get", "namespace", unique_name)
    assert not other.folder.exists()


@pytest.fixture
def victim() -> Iterator[subprocess.Popen[str]]:
    """Yield another Python process that starts a control plane of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", VICTIM],
        cwd=CHECKOUT,
        env=clean_environment(PYTHONPATH=str(CHECKOUT)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_the_process_that_started_it(victim: subprocess.Popen[str], end: signal.Signals) -> None:
    """However the process that started it ends, its programs end too and its folder is removed."""
    assert victim.stdout is not None
    folder, *pids = victim.stdout.readline().split()
    running = [exists(int(pid)) for pid in pids]
    victim.send_signal(end)
    victim.wait(30)

    assert [True, True, True] == running
    wait_until(lambda: not any(exists(int(pid)) for pid in pids), what="the programs have ended")
    wait_until(lambda: not Path(folder).exists(), what="the folder is removed")


def test_ports_that_others_take_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that is taken between finding and using it costs a second attempt, not the start."""
    with BuiltControlPlane() as first:
        taken = int(first.server.rsplit(":", 1)[1])
        answers = iter([taken, taken, taken])
        original = sys.modules["tests.support.built_control_plane"].free_port
        monkeypatch.setattr("tests.support.built_control_plane.free_port", lambda: next(answers, None) or original())
        with BuiltControlPlane() as second:
            assert first.server != second.server


def test_the_users_login_is_out_of_reach(control_plane: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is started for the cluster gets no variable that leads to another cluster or cloud."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("KUBECONFIG", "/home/somebody/.kube/config")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/home/somebody/key.json")
    environment = control_plane.environment()

    assert str(control_plane.kubeconfig) == environment["KUBECONFIG"]
    assert "/dev/null" == environment["AWS_SHARED_CREDENTIALS_FILE"]
    assert set() == {"AWS_PROFILE", "GOOGLE_APPLICATION_CREDENTIALS"} & environment.keys()


def test_the_kubeconfig_is_private(control_plane: Cluster) -> None:
    """Only this user can read the administrator's token."""
    assert 0o600 == control_plane.kubeconfig.stat().st_mode & 0o777
    assert 1 == len(json.loads(control_plane.kubectl("config", "view", "-o", "json"))["users"])
