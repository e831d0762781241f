"""The cluster's own parts and ours are never deleted (S7)."""

from collections.abc import Mapping

import pytest

from tagwarden.providers.kubernetes import catalogue
from tagwarden.providers.kubernetes.protected_objects import Protections

ROWS = {row.kind: row for row in catalogue()}
OURS = {"app.kubernetes.io/part-of": "tagwarden"}


def why(
    kind: str, namespace: str = "", name: str = "x", labels: Mapping[str, str] | None = None, *, own: str = ""
) -> str:
    protections = Protections.of({"POD_NAMESPACE": own}).with_homes({"labelled"})
    return protections.why(ROWS[kind], namespace, name, labels or {})


@pytest.mark.parametrize(
    ("kind", "namespace", "name"),
    [
        ("k8s_namespace", "", "default"),
        ("k8s_namespace", "", "kube-system"),
        ("k8s_namespace", "", "kube-public"),
        ("k8s_namespace", "", "kube-node-lease"),
        ("k8s_namespace", "", "openshift-etcd"),
        ("k8s_namespace", "", "labelled"),
        ("k8s_namespace", "", "ours"),
        ("k8s_configmap", "kube-system", "x"),
        ("k8s_deployment", "kube-system", "coredns"),
        ("k8s_secret", "ours", "x"),
        ("k8s_secret", "labelled", "x"),
        ("k8s_service", "default", "kubernetes"),
        ("k8s_clusterrole", "", "system:node"),
        ("k8s_clusterrolebinding", "", "system:node"),
        ("k8s_node", "", "node-1"),
        ("k8s_customresourcedefinition", "", "widgets.example.com"),
        ("k8s_storageclass", "", "standard"),
        ("k8s_cleanuppolicy.tagwarden.io", "", "test"),
        ("k8s_cloudaccount.tagwarden.io", "", "dev"),
    ],
)
def test_protected_parts(kind: str, namespace: str, name: str) -> None:
    """Each says why, whatever its tags say."""
    assert why(kind, namespace, name, own="ours")


@pytest.mark.parametrize(
    ("kind", "namespace", "name"),
    [
        ("k8s_namespace", "", "pr-1"),
        ("k8s_namespace", "", "my-kube-system"),
        ("k8s_configmap", "default", "settings"),
        ("k8s_service", "default", "web"),
        ("k8s_service", "pr-1", "kubernetes"),
        ("k8s_clusterrole", "", "shop-reader"),
        ("k8s_persistentvolume", "", "pv-1"),
        ("k8s_deployment", "pr-1", "web"),
    ],
)
def test_unprotected_parts(kind: str, namespace: str, name: str) -> None:
    """People's own objects are judged by their tags, those in the default namespace too."""
    assert "" == why(kind, namespace, name)


def test_our_label_protects_wherever_it_is() -> None:
    """Roles and settings of Tagwarden may live outside of its namespace."""
    assert "part of Tagwarden" == why("k8s_clusterrole", labels=OURS)
    assert "part of Tagwarden" == why("k8s_configmap", "pr-1", labels=OURS)


def test_roles_that_come_with_the_cluster_are_protected() -> None:
    """cluster-admin, admin, edit and view carry a label of the API server."""
    assert why("k8s_clusterrole", name="admin", labels={"kubernetes.io/bootstrapping": "rbac-defaults"})


def test_without_a_namespace_of_our_own_nothing_more_is_protected() -> None:
    """An operator outside of the cluster has no namespace in it."""
    assert "" == Protections.of({}).why(ROWS["k8s_configmap"], "shop", "c", {})
