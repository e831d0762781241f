"""Kubernetes objects that were deleted come back from the journal, on a real API server."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tagwarden.enforcing import EnforceSettings, execute, recreate, remakable
from tagwarden.model.account import CloudAccount
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType, Plan, PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.model.verdict import Judgement, Verdict
from tagwarden.providers.kubernetes.provider import KubernetesProvider
from tagwarden.state import Database, Journal
from tests.support.builders import NOW
from tests.support.cluster import Cluster
from tests.support.enforcement import a_plan, planned_deletion
from tests.support.processes import wait_until

THINGS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {team: data}, annotations: {owner: alice}}
data: {greeting: hello}
---
apiVersion: v1
kind: Secret
metadata: {name: password}
stringData: {password: s3cret}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  suspend: true
  template:
    metadata: {labels: {app: once}}
    spec: {restartPolicy: Never, containers: [{name: once, image: once}]}
"""


@pytest.fixture
def provider(control_plane: Cluster, namespace: str) -> KubernetesProvider:
    only = {"namespaces": {"include": [namespace]}}
    account = CloudAccount.model_validate(
        {"name": "cluster", "spec": {"provider": "Kubernetes", "environment": "test", "kubernetes": only}}
    )
    return KubernetesProvider(account, control_plane.kubeconfig.read_text())


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Database(f"sqlite:///{tmp_path / 'state.db'}") as database:
        yield Journal(database)


def found(snapshot: Snapshot, kind: str, name: str, namespace: str = "") -> Resource:
    (resource,) = (
        each for each in snapshot.resources if (each.kind, each.name, each.namespace) == (kind, name, namespace)
    )
    return resource


def apply(cluster: Cluster, namespace: str, manifests: str) -> None:
    cluster.kubectl("apply", "--namespace", namespace, "-f", "-", stdin=manifests)


def carry_out(plan: Plan, provider: KubernetesProvider, journal: Journal) -> list[ActionState]:
    judgements = {planned.resource.uid: planned.judgement for planned in plan.resources}
    outcomes = execute(
        plan,
        providers={"cluster": provider},
        rejudge=lambda resource: judgements[resource.uid],
        environment_of=lambda _: Environment.TEST,
        journal=journal,
        may_act=lambda: True,
        clock=lambda: NOW,
        settings=EnforceSettings(calls_per_second=1000),
    )
    return [outcome.state for outcome in outcomes]


def test_objects_come_back_as_they_were(
    control_plane: Cluster, namespace: str, provider: KubernetesProvider, journal: Journal
) -> None:
    """What was deleted is made again with its labels, annotations and content, under the owners of now."""
    apply(control_plane, namespace, THINGS)
    owner = yaml.safe_load(control_plane.kubectl("get", "configmap", "settings", "-n", namespace, "-o", "yaml"))
    child = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "child",
            "ownerReferences": [
                {"apiVersion": "v1", "kind": "ConfigMap", "name": "settings", "uid": owner["metadata"]["uid"]}
            ],
        },
    }
    apply(control_plane, namespace, yaml.safe_dump(child))
    # Its controller has written all it has to, so that nothing changes between reading and deleting.
    wait_until(
        lambda: "conditions" in control_plane.get("job", "once", "-n", namespace).get("status", {}), what="a condition"
    )
    snapshot = provider.collect(NOW)
    doomed = [
        found(snapshot, kind, name, namespace)
        for kind, name in (
            ("k8s_configmap", "settings"),
            ("k8s_service", "web"),
            ("k8s_job", "once"),
            ("k8s_secret", "password"),
        )
    ]
    taken = PlannedResource(
        found(snapshot, "k8s_configmap", "child", namespace),
        Judgement("", Verdict.REPORT),
        taken_by=doomed[0].uid,
    )
    taken = replace(taken, judgement=Judgement(taken.resource.uid, Verdict.REPORT))

    states = carry_out(a_plan(*map(planned_deletion, doomed), taken), provider, journal)

    assert {ActionState.VERIFIED} == set(states)
    wait_until(
        lambda: "child" not in control_plane.kubectl("get", "configmaps", "-n", namespace, "-o", "name"),
        what="the garbage collector has taken the child",
    )
    entries = journal.entries()
    wanted, left = remakable(entries, {"cluster": provider}, journal)

    remade = recreate(wanted, {"cluster": provider}, journal, clock=lambda: NOW, run="restore-1")

    assert ["k8s_secret"] == [entry.kind for entry, _ in left]
    assert [ActionState.VERIFIED] * 4 == [each.state for each in remade], [each.message for each in remade]
    now = yaml.safe_load(control_plane.kubectl("get", "configmap", "settings", "-n", namespace, "-o", "yaml"))
    assert {"greeting": "hello"} == now["data"]
    assert {"team": "data"} == now["metadata"]["labels"]
    assert "alice" == now["metadata"]["annotations"]["owner"]
    assert owner["metadata"]["uid"] != now["metadata"]["uid"]
    again = yaml.safe_load(control_plane.kubectl("get", "configmap", "child", "-n", namespace, "-o", "yaml"))
    assert [now["metadata"]["uid"]] == [each["uid"] for each in again["metadata"]["ownerReferences"]]
    created = [entry for entry in journal.entries() if entry.action is ActionType.CREATE]
    assert [(ActionState.VERIFIED, Reason.Restored)] * 4 == [(entry.state, entry.rule) for entry in created]


def test_what_stands_there_by_now_is_left_alone(
    control_plane: Cluster, namespace: str, provider: KubernetesProvider, journal: Journal
) -> None:
    """An object that somebody made under the same name meanwhile is not touched, and the refusal is told."""
    apply(control_plane, namespace, THINGS)
    settings = found(provider.collect(NOW), "k8s_configmap", "settings", namespace)
    carry_out(a_plan(planned_deletion(settings)), provider, journal)
    control_plane.kubectl("create", "configmap", "settings", "-n", namespace, "--from-literal=greeting=moin")
    wanted, _ = remakable(journal.entries(), {"cluster": provider}, journal)

    (remade,) = recreate(wanted, {"cluster": provider}, journal, clock=lambda: NOW, run="restore-1")

    assert ActionState.FAILED == remade.state
    assert "already exists" in remade.message
    assert "moin" in control_plane.kubectl("get", "configmap", "settings", "-n", namespace, "-o", "yaml")


def test_a_dry_run_makes_nothing(
    control_plane: Cluster, namespace: str, provider: KubernetesProvider, journal: Journal
) -> None:
    """A dry run tells what would be made again (S15)."""
    apply(control_plane, namespace, THINGS)
    settings = found(provider.collect(NOW), "k8s_configmap", "settings", namespace)
    carry_out(a_plan(planned_deletion(settings)), provider, journal)
    wanted, _ = remakable(journal.entries(), {"cluster": provider}, journal)

    (remade,) = recreate(wanted, {"cluster": provider}, journal, clock=lambda: NOW, run="r", dry_run=True)

    assert (ActionState.SKIPPED, Reason.AuditMode) == (remade.state, remade.reason)
    assert [ActionType.DELETE] == [entry.action for entry in journal.entries()]
