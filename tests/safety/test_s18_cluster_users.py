"""In a cluster, what others name, select or are bound by is in use (S18)."""

import pytest

from tagwarden.model.resource import ProviderName
from tagwarden.model.snapshot import CollectFailure
from tagwarden.planning.completeness import Completeness
from tagwarden.providers.kubernetes import dependents_of
from tests.support.builders import EVERY_KIND_GOES, a_resource, a_snapshot, a_world
from tests.support.cluster_world import CLAIM, taken_from

LABELS = "{app: web}"
POD = "{metadata: {labels: {app: web}}, spec: {serviceAccountName: web, containers: []}}"

CLAIMED = f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: shop, annotations: {CLAIM}}}
spec: {{template: {POD}}}
"""
UNTAGGED = CLAIMED.replace(CLAIM, "{}")


def beside(deployment: str, *manifests: str) -> str:
    return "\n---\n".join((deployment, *manifests))


def serving(api_version: str, kind: str, spec: str) -> str:
    return f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: x, namespace: shop}}, spec: {spec}}}"


SERVING = {
    "k8s_service": serving("v1", "Service", f"{{selector: {LABELS}}}"),
    "k8s_poddisruptionbudget": serving("policy/v1", "PodDisruptionBudget", f"{{selector: {{matchLabels: {LABELS}}}}}"),
    "k8s_networkpolicy": serving("networking.k8s.io/v1", "NetworkPolicy", "{podSelector: {}}"),
    "k8s_horizontalpodautoscaler": serving(
        "autoscaling/v2", "HorizontalPodAutoscaler", "{scaleTargetRef: {kind: Deployment, name: web}}"
    ),
    "k8s_scaledobject.keda.sh": serving("keda.sh/v1alpha1", "ScaledObject", "{scaleTargetRef: {name: web}}"),
}


@pytest.mark.parametrize("kind", SERVING)
def test_what_exists_for_a_claimed_workload_stays(kind: str) -> None:
    """A Service, a disruption budget, a network policy and what scales exist for the Pods of somebody (S18)."""
    taken = taken_from(beside(CLAIMED, SERVING[kind]))

    assert not taken.ids
    assert "belongs to alice" in taken.why(f"{kind}/shop/x")


@pytest.mark.parametrize("kind", SERVING)
def test_what_exists_for_a_leftover_goes_with_it(kind: str) -> None:
    """Nobody claims either of them."""
    assert {f"{kind}/shop/x", "k8s_deployment/shop/web"} == taken_from(beside(UNTAGGED, SERVING[kind])).ids


def test_a_selector_of_other_pods_means_nobody() -> None:
    """A Service whose Pods are gone is a leftover beside a claimed workload."""
    other = SERVING["k8s_service"].replace("app: web", "app: gone")

    assert {"k8s_service/shop/x"} == taken_from(beside(CLAIMED, other)).ids


def test_a_claimed_service_keeps_the_workload_behind_it() -> None:
    """Its owner loses what answers when the untagged Deployment goes (S18)."""
    service = SERVING["k8s_service"].replace("name: x,", f"name: x, annotations: {CLAIM},")

    assert not taken_from(beside(UNTAGGED, service)).ids


STATEFUL_SET = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop, annotations: ANNOTATIONS}
spec:
  replicas: 0
  template: {metadata: {labels: {app: db}}, spec: {containers: []}}
  volumeClaimTemplates: [{metadata: {name: data}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-db-0, namespace: shop}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-db-old, namespace: shop}
"""


def test_claims_of_a_stateful_set_scaled_to_zero_stay() -> None:
    """It takes them up again by name as soon as it is scaled up; a claim that no template names is free (S18)."""
    taken = taken_from(STATEFUL_SET.replace("ANNOTATIONS", CLAIM), rules=EVERY_KIND_GOES)

    assert "k8s_persistentvolumeclaim/shop/data-db-0" not in taken.ids
    assert "k8s_statefulset db" in taken.why("k8s_persistentvolumeclaim/shop/data-db-0")


BINDING = f"""
apiVersion: batch/v1
kind: CronJob
metadata: {{name: nightly, namespace: shop, annotations: {CLAIM}}}
spec: {{jobTemplate: {{spec: {{template: {{spec: {{serviceAccountName: nightly, containers: []}}}}}}}}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: nightly, namespace: shop}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: nightly, namespace: shop}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: nightly, namespace: shop}}
roleRef: {{kind: Role, name: nightly}}
subjects: [{{kind: ServiceAccount, name: nightly, namespace: shop}}]
"""


@pytest.mark.parametrize("kinds", [(), ("k8s_rolebinding",), ("k8s_role", "k8s_rolebinding"), ("k8s_role",)])
def test_the_binding_of_a_claimed_cron_jobs_service_account_stays(kinds: tuple[str, ...]) -> None:
    """The CronJob names the account, the account is bound, and the binding names the role (S18)."""
    assert not taken_from(BINDING, kinds=kinds).ids


def database(spec: str, namespace: str = ", namespace: shop") -> str:
    return f"""
apiVersion: db.example.com/v1
kind: Cluster
metadata: {{name: main{namespace}, annotations: {CLAIM}}}
spec: {spec}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: tuning, namespace: shop}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: free, namespace: shop}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: default, namespace: shop}}
"""


@pytest.mark.parametrize(
    "spec",
    [
        "{configMapRef: {name: tuning}}",
        "{parts: [{deep: {settings: tuning}}]}",
        "{from: shop/tuning}",
        "{configMapName: tuning}",
    ],
)
def test_what_a_claimed_custom_resource_names_is_in_use(spec: str) -> None:
    """No catalogue knows the fields of every operator: any text that is the name of an object counts (S18)."""
    assert {"k8s_configmap/shop/free"} == taken_from(database(spec)).ids


@pytest.mark.parametrize(
    "spec", ["{ref: {name: tuning, namespace: shop}}", "{settingsConfigMap: tuning}", "{configMapRef: {name: tuning}}"]
)
def test_what_lives_in_no_namespace_names_objects_too(spec: str) -> None:
    """The namespace stands beside the name, or the operator looks in its own one (S18)."""
    assert {"k8s_configmap/shop/free"} == taken_from(database(spec, namespace="")).ids


def test_a_custom_resource_in_another_namespace_names_others() -> None:
    """The same name there is another object."""
    elsewhere = database("{configMapRef: {name: tuning}}", namespace=", namespace: other")

    assert {"k8s_configmap/shop/free", "k8s_configmap/shop/tuning"} == taken_from(elsewhere).ids


def test_a_webhook_keeps_its_service() -> None:
    """Without the Service, the API server refuses all that the webhook is asked about (S18)."""
    webhook = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: w}
webhooks: [{clientConfig: {service: {namespace: shop, name: x}}}]
"""
    service = serving("v1", "Service", "{}")

    assert not taken_from(beside(service, webhook)).ids
    assert taken_from(service).ids


def test_a_custom_resource_that_could_not_be_listed_may_name_anything() -> None:
    """Unknown is not unused: a ConfigMap stays while a group does not answer, and a quota does not care (S3, S18)."""
    manifests = """
apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: shop}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: q, namespace: shop}
"""
    denied = CollectFailure("k8s_cluster.db.example.com", "", "AccessDenied", "list clusters: forbidden")

    assert {"k8s_resourcequota/shop/q"} == taken_from(manifests, failures=[denied]).ids


def test_pods_name_secrets_of_drivers_and_of_ephemeral_containers() -> None:
    """Every volume of a driver, and a container for debugging, may name what it logs in with (S18)."""
    pod = f"""
apiVersion: v1
kind: Pod
metadata: {{name: p, namespace: shop, annotations: {CLAIM}}}
spec:
  serviceAccountName: sa
  containers: []
  volumes: [{{csi: {{driver: d, nodePublishSecretRef: {{name: csi}}}}}}, {{cephfs: {{secretRef: {{name: ceph}}}}}}]
  ephemeralContainers: [{{envFrom: [{{configMapRef: {{name: debug}}}}]}}]
"""
    names = {"csi": "Secret", "ceph": "Secret", "debug": "ConfigMap"}
    others = [
        f"{{apiVersion: v1, kind: {kind}, metadata: {{name: {name}, namespace: shop}}}}" for name, kind in names.items()
    ]

    assert not taken_from(beside(pod, *others)).ids


def test_the_workload_behind_a_load_balancer_goes_with_the_namespace() -> None:
    """The load balancer is given back first; that Pods use it holds nothing of that (S18)."""
    balancer = serving("v1", "Service", f"{{type: LoadBalancer, selector: {LABELS}}}")
    space = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"

    taken = taken_from(beside(UNTAGGED, balancer, space))

    assert {"k8s_service/shop/x", "k8s_namespace/shop"} == taken.acted_on
    assert "k8s_deployment/shop/web" in taken.ids


def test_custom_resources_of_another_cluster_are_nothing_to_this_one() -> None:
    """Each cluster says itself what it serves: one that serves nothing of a kind has no users of that kind (S18)."""
    config_map = a_resource(
        provider=ProviderName.KUBERNETES, account="one", kind="k8s_configmap", category="config", id="s/c"
    )
    known = sorted(dependents_of("k8s_configmap") | {"k8s_configmap"})
    one = a_snapshot(config_map, kinds=known)
    other = a_snapshot(kinds=[*known, "k8s_widget.example.com"], account="two", provider=ProviderName.KUBERNETES)
    completeness = Completeness(a_world(one, other), lambda _, kind: dependents_of(kind, ["k8s_widget.example.com"]))

    assert completeness.gap_for(config_map) is None
