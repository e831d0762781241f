"""What acts outside of its cluster, and what keeps a namespace from ever being gone (S22)."""

import pytest

from tagwarden.model.snapshot import CollectFailure
from tagwarden.providers.kubernetes.outside_targets import REMOTES, effect_of
from tests.support.cluster_world import taken_from


def an_object(kind: str, group: str, *, finalizer: str = "", spec: str = "{}") -> str:
    finalizers = f", finalizers: [{finalizer}]" if finalizer else ""
    return f"""
apiVersion: {group}/v1
kind: {kind}
metadata: {{name: x, namespace: shop{finalizers}}}
spec: {spec}
"""


PRODUCTION = "{destination: {server: 'https://production.example.com'}}"

ELSEWHERE = [
    an_object("Application", "argoproj.io", spec=PRODUCTION),
    an_object("Application", "argoproj.io", spec="{destination: {name: production}}"),
    an_object("ApplicationSet", "argoproj.io"),
    an_object("AppProject", "argoproj.io"),
    an_object("Bucket", "s3.aws.upbound.io"),
    an_object("RDSInstance", "database.aws.crossplane.io"),
    an_object("DBInstance", "rds.services.k8s.aws"),
    an_object("SQLInstance", "sql.cnrm.cloud.google.com"),
    an_object("ResourceGroup", "resources.azure.com"),
    an_object("Cluster", "cluster.x-k8s.io"),
    an_object("AWSCluster", "infrastructure.cluster.x-k8s.io"),
    an_object("Terraform", "infra.contrib.fluxcd.io"),
    an_object("Workspace", "app.terraform.io"),
    an_object("Stack", "pulumi.com"),
    an_object("DNSEndpoint", "externaldns.k8s.io"),
    an_object("GitRepo", "fleet.cattle.io"),
    an_object("ManifestWork", "work.open-cluster-management.io"),
    an_object("Kustomization", "kustomize.toolkit.fluxcd.io", spec="{kubeConfig: {secretRef: {name: production}}}"),
    # Kinds that no table can know, by what their controller left on them.
    an_object("Database", "platform.example.org", finalizer="finalizer.apiextensions.crossplane.io"),
    an_object("Network", "example.org", finalizer="finalizers.ec2.services.k8s.aws/VPC"),
    an_object("Thing", "example.org", finalizer="cnrm.cloud.google.com/finalizer"),
]

HERE = [
    an_object("Application", "argoproj.io", spec="{destination: {server: 'https://kubernetes.default.svc'}}"),
    an_object("Application", "argoproj.io", finalizer="resources-finalizer.argocd.argoproj.io"),
    an_object("Kustomization", "kustomize.toolkit.fluxcd.io"),
    an_object("Certificate", "cert-manager.io"),
    an_object("Widget", "example.com", finalizer="example.com/clean-up"),
    an_object("InnoDBCluster", "mysql.oracle.com"),
]

NAMESPACE = "\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"


@pytest.mark.parametrize("manifest", ELSEWHERE)
def test_what_acts_elsewhere_stays_and_so_does_its_namespace(manifest: str) -> None:
    """An untagged Application was deleted that deploys to a production cluster; nobody knows what it acts on (S22)."""
    assert not taken_from(manifest + NAMESPACE).ids
    assert not taken_from(manifest, kinds=["k8s_*", "k8s_*.argoproj.io"]).ids


@pytest.mark.parametrize("manifest", HERE)
def test_what_acts_within_its_cluster_goes(manifest: str) -> None:
    """It is judged by its tags like anything else."""
    assert 2 == len(taken_from(manifest + NAMESPACE).ids)


def test_every_controller_has_a_source() -> None:
    """Each row says where it is written that the controller acts elsewhere (S22)."""
    assert all(remote.source.startswith("https://") for remote in REMOTES)
    effect = effect_of("k8s_applicationset.argoproj.io", {})

    assert effect is not None
    assert "Argo CD acts outside of this cluster" in effect.why


def test_a_namespace_stays_while_a_group_cannot_be_discovered() -> None:
    """It would hang in Terminating until somebody mends metrics.k8s.io; what is in it goes by itself (S22)."""
    config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}"
    broken = CollectFailure("k8s_*.metrics.k8s.io", "", "Unsupported", "the server behind it does not answer")

    taken = taken_from(config_map + NAMESPACE, failures=[broken])

    assert {"k8s_configmap/shop/c"} == taken.ids
    assert "metrics.k8s.io" in taken.why("k8s_namespace/shop")
