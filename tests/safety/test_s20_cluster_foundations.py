"""The foundations of a cluster are nobody's leftovers (S20)."""

from urllib.parse import urlsplit

import pytest

from tagwarden.providers.kubernetes.foundations import FOUNDATIONS, Foundation, foundation_of
from tests.support.cluster_world import CLAIM, taken_from

# fmt: off
VENDORS = [
    "kube-system", "kube-public", "kube-node-lease", "openshift-etcd", "calico-system", "tigera-operator",
    "cilium-secrets", "istio-system", "linkerd-viz", "knative-serving", "cert-manager", "argocd", "flux-system",
    "gatekeeper-system", "kyverno", "velero", "rook-ceph", "longhorn-system", "metallb-system", "ingress-nginx",
    "gke-managed-system", "gmp-system", "amazon-cloudwatch", "aws-observability", "azure-arc", "cattle-system",
    "fleet-default", "local-path-storage", "monitoring", "crossplane-system", "capi-system", "tekton-pipelines",
    "kubernetes-dashboard", "external-secrets", "keda", "cnpg-system", "olm", "gke-connect", "amazon-guardduty",
    "aks-istio-ingress", "p-7xk2z", "nsx-system", "kgateway-system", "teleport-agent", "argo-rollouts", "vela-system",
    "falcon-system", "twistlock", "castai-agent", "volcano-system", "spark-operator", "observability", "logging",
    "eksa-system", "ovn-kubernetes", "config-control", "redhat-ods-operator", "kommander", "ntnx-system", "k0smotron",
    "frr-k8s-system", "openelb-system", "envoy-ai-gateway-system", "higress-system", "kuadrant-system",
    "infisical-operator-system", "doppler-operator-system", "topolvm-system", "volsync-system", "linbit-sds", "kargo",
    "projectsveltos", "devtroncd", "kro-system", "capo-system", "caph-system", "arc-runners", "kubearmor",
    "snyk-monitor", "victoria-metrics", "odigos-system", "coroot", "runai", "kb-system", "tidb-admin", "everest-system",
]
# fmt: on

CONTENTS = """
apiVersion: v1
kind: Namespace
metadata: {{name: {namespace}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: controller, namespace: {namespace}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings, namespace: {namespace}}}
"""

AT_LARGE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: kindnet}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: kubeadm:get-nodes}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: kindnet}
roleRef: {kind: ClusterRole, name: kindnet}
subjects: [{kind: ServiceAccount, name: kindnet, namespace: kube-system}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: kubeadm:get-nodes}
roleRef: {kind: ClusterRole, name: kubeadm:get-nodes}
subjects: [{kind: Group, name: "system:bootstrappers:kubeadm:default-node-token"}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: kindnet, namespace: kube-system}
---
apiVersion: crd.projectcalico.org/v1
kind: IPPool
metadata: {name: default-ipv4-ippool}
---
apiVersion: config.openshift.io/v1
kind: ClusterVersion
metadata: {name: version}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: left-over}
"""

ACCESS = """
apiVersion: v1
kind: Namespace
metadata: {name: shop, annotations: ANNOTATIONS}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: shop-reader}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: shop-reader}
roleRef: {kind: ClusterRole, name: shop-reader}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
"""
BY_NAME = ("k8s_clusterrole*", "namespace", "k8s_serviceaccount")


@pytest.mark.parametrize("namespace", VENDORS)
def test_namespaces_of_vendors_stay_with_all_that_is_in_them(namespace: str) -> None:
    """Nobody tags what an installer made; 21 of 23 vendors' namespaces went (S20)."""
    assert not taken_from(CONTENTS.format(namespace=namespace)).ids


@pytest.mark.parametrize(
    "namespace",
    [
        "shop",
        "pr-1",
        "my-istio-system",
        "team-monitoring",
        "demo",
        "p-alice",
        "user-maria",
        "gke-test",
        "eks-demo",
        "csi-trial",
        "argo-demo",
        "tracing",
        "kargo-demo",
        "runai-alice",
        "capture-system",
        "cap-trial",
        "ray-of-bob",
    ],
)
def test_namespaces_of_people_go(namespace: str) -> None:
    """What is plainly a leftover is deleted with its contents (S20)."""
    assert f"k8s_namespace/{namespace}" in taken_from(CONTENTS.format(namespace=namespace)).ids


@pytest.mark.parametrize("row", FOUNDATIONS, ids=lambda row: row.vendor)
def test_a_source_is_a_page_that_can_be_opened(row: Foundation) -> None:
    """A person can look up where the names of a vendor come from (S20)."""
    source = urlsplit(row.source)

    assert "https" == source.scheme
    assert "." in source.netloc
    assert source.path.strip("/"), row.source


def test_every_vendor_has_its_own_namespaces() -> None:
    """No row hides another one (S20)."""
    assert len({each.vendor for each in FOUNDATIONS}) == len(FOUNDATIONS) > 200
    assert not foundation_of("default")


@pytest.mark.parametrize("kinds", [(), ("*",), ("k8s_*",), ("k8s_*", "k8s_*.*"), ("custom_resource", "access")])
def test_what_serves_the_whole_cluster_is_not_included_by_a_glob(kinds: tuple[str, ...]) -> None:
    """Roles of kind and kubeadm, Calico's IPPool and OpenShift's ClusterVersion live in no namespace (S20)."""
    assert not taken_from(AT_LARGE, kinds=kinds).ids


def test_what_a_policy_names_is_judged() -> None:
    """A role that nobody is bound to is a leftover where the policy names its kind (S20)."""
    taken = taken_from(AT_LARGE, kinds=["k8s_clusterrole", "k8s_clusterrolebinding"])

    assert {"k8s_clusterrole/left-over"} == taken.ids
    assert "k8s_serviceaccount" in taken.why("k8s_clusterrolebinding/kindnet")
    assert "users" in taken.why("k8s_clusterrolebinding/kubeadm:get-nodes")


def test_a_binding_by_which_a_service_account_lives_stays() -> None:
    """The namespace is claimed, so its service account stays, and so do the binding and the role (S18, S20)."""
    assert not taken_from(ACCESS.replace("ANNOTATIONS", CLAIM), kinds=BY_NAME).ids


def test_a_binding_goes_with_its_subjects() -> None:
    """Namespace, service account, binding and role are all nobody's (S20)."""
    expected = {
        "k8s_namespace/shop",
        "k8s_serviceaccount/shop/web",
        "k8s_clusterrolebinding/shop-reader",
        "k8s_clusterrole/shop-reader",
    }

    assert expected == taken_from(ACCESS.replace("ANNOTATIONS", "{}"), kinds=BY_NAME).ids
