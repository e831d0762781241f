"""Who uses what in a cluster, and a part of an account listed again, on a real API server (S17, S18)."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tagwarden.enforcing import EnforceSettings, execute
from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment
from tagwarden.model.snapshot import Extent, Snapshot
from tagwarden.providers.kubernetes.provider import KubernetesProvider
from tagwarden.state import Database, Journal
from tests.support.cluster import Cluster
from tests.support.enforcement import a_plan, planned_deletion
from tests.support.processes import wait_until
from tests.unit.providers.kubernetes.objects import account_of

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
USES, NEEDS, OWNS = EdgeMeaning.USES, EdgeMeaning.NEEDS, EdgeMeaning.OWNS

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: databases.{group}}}
spec:
  group: {group}
  scope: Namespaced
  names: {{plural: databases, singular: database, kind: Database}}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}
"""

SHOP = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 0
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {serviceAccountName: db, containers: [{name: db, image: db}]}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-db-0}
spec: {accessModes: [ReadWriteOnce], storageClassName: "", resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {ports: [{port: 80}], selector: {app: db}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: db}
spec: {minAvailable: 1, selector: {matchLabels: {app: db}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec: {podSelector: {}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: db}
spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: db}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: db}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: db}
rules: []
---
apiVersion: v1
kind: Secret
metadata: {name: password}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: tuning}
"""

BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: db}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: db}}
subjects: [{{kind: ServiceAccount, name: db, namespace: {namespace}}}]
---
apiVersion: {group}/v1
kind: Database
metadata: {{name: main}}
spec: {{superuser: {{secretRef: {{name: password}}}}, parameters: [{{from: tuning}}]}}
"""


@pytest.fixture
def group(unique_name: str) -> str:
    return f"{unique_name}.example.com"


@pytest.fixture
def shop(control_plane: Cluster, namespace: str, group: str) -> Iterator[str]:
    control_plane.apply(DEFINITION.format(group=group))
    control_plane.kubectl("wait", "--for=condition=Established", f"crd/databases.{group}")
    control_plane.kubectl("apply", "--namespace", namespace, "-f", "-", stdin=SHOP)
    manifest = BINDING.format(namespace=namespace, group=group)
    wait_until(lambda: bool(control_plane.get(f"databases.{group}", "--namespace", namespace)), what="it is served")
    control_plane.kubectl("apply", "--namespace", namespace, "-f", "-", stdin=manifest)
    yield namespace
    control_plane.kubectl("delete", "crd", f"databases.{group}")


@pytest.fixture
def provider(control_plane: Cluster, shop: str) -> KubernetesProvider:
    return KubernetesProvider(account_of(shop), control_plane.kubeconfig.read_text(), environ={})


def edges_of(snapshot: Snapshot) -> set[tuple[str, EdgeMeaning, str]]:
    """Give the edges between objects of the namespace, as `kind/name`."""
    named = {resource.uid: f"{resource.kind.removeprefix('k8s_')}/{resource.name}" for resource in snapshot.resources}
    return {
        (named[edge.source], edge.meaning, named[edge.target])
        for edge in snapshot.edges
        if edge.source in named and edge.target in named
    }


def test_users_are_found_in_what_a_cluster_says(provider: KubernetesProvider, group: str) -> None:
    """Selectors, templates of claims, subjects and names in custom resources are links (S18)."""
    snapshot = provider.collect(NOW)
    database = f"database.{group}/main"

    assert snapshot.is_complete
    assert {
        ("statefulset/db", USES, "persistentvolumeclaim/data-db-0"),
        ("statefulset/db", USES, "service/db"),
        ("statefulset/db", USES, "poddisruptionbudget/db"),
        ("statefulset/db", USES, "networkpolicy/deny"),
        ("statefulset/db", USES, "horizontalpodautoscaler/db"),
        ("statefulset/db", USES, "serviceaccount/db"),
        ("serviceaccount/db", NEEDS, "rolebinding/db"),
        ("rolebinding/db", NEEDS, "role/db"),
        (database, USES, "secret/password"),
        (database, USES, "configmap/tuning"),
    } <= edges_of(snapshot)


def test_values_of_secrets_stay_where_they_are(provider: KubernetesProvider, shop: str) -> None:
    """Custom resources are read whole, Secrets never are."""
    served = provider._discovery.apis

    assert not served["k8s_secret"].row.needs_whole_object
    assert not served["k8s_configmap"].row.needs_whole_object


class TestExtents:
    def test_only_the_kinds_of_the_extent_are_listed(self, provider: KubernetesProvider) -> None:
        """The snapshot names as asked for what was asked for, and the namespaces that say what is protected (S17)."""
        snapshot = provider.collect(NOW, extent=Extent(frozenset({"k8s_configmap"})))

        assert ("k8s_configmap", "k8s_namespace") == snapshot.kinds
        assert {"k8s_configmap", "k8s_namespace"} == {resource.kind for resource in snapshot.resources}
        assert not snapshot.is_complete_for(["k8s_secret"])

    def test_users_are_found_by_a_fresh_look(self, provider: KubernetesProvider, group: str) -> None:
        """To see who names a Secret, custom resources are enough: names are looked up along with them (S17, S18)."""
        extent = Extent(frozenset({f"k8s_database.{group}"}))

        edges = edges_of(provider.collect(NOW, extent=extent))

        assert (f"database.{group}/main", USES, "secret/password") in edges

    def test_a_fresh_look_agrees_with_the_whole(self, provider: KubernetesProvider, shop: str) -> None:
        """What is listed again has the same tags, protection and version as in a look at everything."""
        whole = {resource.uid: resource for resource in provider.collect(NOW).resources}

        fresh = provider.collect(NOW, extent=Extent(frozenset({"k8s_secret", "k8s_service"}), None, frozenset({shop})))

        assert fresh.resources
        assert all(resource == whole[resource.uid] for resource in fresh.resources)

    def test_what_makes_a_pod_is_known_in_a_fresh_look(self, control_plane: Cluster, shop: str) -> None:
        """The chain of controllers is followed to its top, as in a look at everything (S13, S17)."""
        control_plane.kubectl("create", "deployment", "web", "--image=web", "--namespace", shop)
        wait_until(lambda: bool(control_plane.get("pods", "--namespace", shop)["items"]), what="the pod of web exists")
        provider = KubernetesProvider(account_of(shop), control_plane.kubeconfig.read_text(), environ={})

        snapshot = provider.collect(NOW, extent=Extent(frozenset({"k8s_pod"})))

        managers = {each.manager.kind for each in snapshot.resources if each.kind == "k8s_pod" and each.manager}
        assert {"k8s_deployment"} == managers

    def test_other_namespaces_are_not_listed(self, control_plane: Cluster, shop: str) -> None:
        """All namespaces are known, since they protect, and one of them is listed."""
        provider = KubernetesProvider(account_of(), control_plane.kubeconfig.read_text(), environ={})

        extent = Extent(frozenset({"k8s_configmap", "k8s_node"}), namespaces=frozenset({shop}))
        snapshot = provider.collect(NOW, extent=extent)

        assert {shop} == {resource.namespace for resource in snapshot.resources if resource.kind == "k8s_configmap"}
        assert len([resource for resource in snapshot.resources if resource.kind == "k8s_namespace"]) > 1
        assert "k8s_node" in snapshot.kinds

    def test_a_namespace_outside_of_the_account_stays_out(self, provider: KubernetesProvider) -> None:
        """An extent never widens what the account declares."""
        extent = Extent(frozenset({"k8s_configmap"}), namespaces=frozenset({"kube-system"}))

        assert not [each for each in provider.collect(NOW, extent=extent).resources if each.kind == "k8s_configmap"]


def test_an_object_that_hangs_on_a_finalizer_is_told_and_left_to_the_next_pass(
    control_plane: Cluster, namespace: str, tmp_path: Path
) -> None:
    """It took the whole wait of three minutes in each pass; the finalizer is named and stays where it is (S22)."""
    metadata = f"{{name: c, namespace: {namespace}, finalizers: [example.com/x]}}"
    control_plane.apply(f"{{apiVersion: v1, kind: ConfigMap, metadata: {metadata}}}")
    provider = KubernetesProvider(account_of(namespace), control_plane.kubeconfig.read_text(), environ={})
    found = next(each for each in provider.collect(NOW).resources if each.id == f"{namespace}/c")
    planned = planned_deletion(found)

    with Database(f"sqlite:///{tmp_path / 'state.db'}") as database:
        began = time.monotonic()
        (outcome,) = execute(
            a_plan(planned),
            providers={found.account: provider},
            rejudge=lambda _: planned.judgement,
            environment_of=lambda _: Environment.TEST,
            journal=Journal(database),
            may_act=lambda: True,
            clock=lambda: datetime.now(UTC),
            settings=EnforceSettings(finalizer_limit=timedelta(seconds=1), backoff=timedelta(milliseconds=200)),
        )

    assert Reason.BlockedByFinalizer == outcome.reason
    assert "example.com/x" in outcome.message
    assert time.monotonic() - began < 60
    assert ["example.com/x"] == control_plane.get("configmap", "c", "--namespace", namespace)["metadata"]["finalizers"]
    control_plane.kubectl(
        "patch", "configmap", "c", "--namespace", namespace, "--type=merge", "-p", '{"metadata": {"finalizers": null}}'
    )
