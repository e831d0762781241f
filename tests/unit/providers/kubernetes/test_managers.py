"""The marks that tools leave say who would make an object again (S13)."""

from collections.abc import Mapping
from typing import Any

import pytest

from tagwarden.model.resource import Manager
from tagwarden.providers.kubernetes.discovery import Api
from tests.unit.providers.kubernetes.objects import (
    APPLICATIONS,
    CONFIG_MAPS,
    DEPLOYMENTS,
    NAMESPACES,
    SECRETS,
    SERVICE_ACCOUNTS,
    seen_of,
)

APPLICATION = "k8s_application.argoproj.io"
TRACKING = "argocd.argoproj.io/tracking-id"


def manager_of(
    api: Api, name: str, labels: Mapping[str, str] | None = None, annotations: Mapping[str, str] | None = None
) -> Manager | None:
    metadata: dict[str, Any] = {"labels": dict(labels or {}), "annotations": dict(annotations or {})}
    return seen_of(api, name, metadata=metadata).manager


class TestArgo:
    @pytest.mark.parametrize(
        ("tracking", "expected"),
        [
            ("web:apps/Deployment:shop/web", Manager(APPLICATION, "web", "")),
            ("web:extensions/Deployment:shop/web", Manager(APPLICATION, "web", "")),
            ("team_web:apps/Deployment:shop/web", Manager(APPLICATION, "web", f"{APPLICATION}/team/web")),
            ("web:apps/Deployment:shop/other", None),
            ("web:apps/Deployment:other/web", None),
            ("web:apps/StatefulSet:shop/web", None),
            ("web", None),
            ("", None),
            (":::", None),
        ],
    )
    def test_the_tracking_id_must_name_the_object_itself(self, tracking: str, expected: Manager | None) -> None:
        """An id that was copied from another object proves nothing."""
        assert expected == manager_of(DEPLOYMENTS, "web", annotations={TRACKING: tracking})

    def test_what_lives_in_no_namespace_is_tracked_too(self) -> None:
        """Argo CD notes the namespace it deploys to."""
        manager = manager_of(NAMESPACES, "shop", annotations={TRACKING: "web:/Namespace:anything/shop"})

        assert Manager(APPLICATION, "web", "") == manager

    def test_the_instance_label_proves_nothing(self) -> None:
        """Helm charts set it as well."""
        assert None is manager_of(DEPLOYMENTS, "web", labels={"app.kubernetes.io/instance": "web"})

    @pytest.mark.parametrize(
        ("destination", "expected"),
        [
            ({"server": "https://kubernetes.default.svc"}, ("k8s_deployment/shop/web",)),
            ({"name": "in-cluster"}, ("k8s_deployment/shop/web",)),
            ({"server": "https://elsewhere.example.com"}, ()),
            ({"name": "elsewhere"}, ()),
        ],
    )
    def test_an_application_lists_what_it_manages_here(
        self, destination: Mapping[str, str], expected: tuple[str, ...]
    ) -> None:
        """What it deploys to another cluster, and what has gone from Git, does not count."""
        resources = [
            {"group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web"},
            {"kind": "ConfigMap", "namespace": "shop", "name": "old", "requiresPruning": True},
        ]
        spec = {"destination": destination}

        assert expected == seen_of(APPLICATIONS, "web", "argocd", spec=spec, status={"resources": resources}).manages


class TestHelm:
    LABELS = {"app.kubernetes.io/managed-by": "Helm"}  # noqa: RUF012

    def test_a_release_manages_what_it_installed(self) -> None:
        """Label and annotation together name the release and its namespace."""
        annotations = {"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "releases"}

        expected = Manager("k8s_helm_release", "shop", "k8s_helm_release/releases/shop")

        assert expected == manager_of(DEPLOYMENTS, "web", self.LABELS, annotations)

    @pytest.mark.parametrize(
        ("labels", "annotations"),
        [
            (LABELS, {}),
            ({}, {"meta.helm.sh/release-name": "shop"}),
            ({"app.kubernetes.io/managed-by": "kustomize"}, {}),
        ],
    )
    def test_half_a_mark_proves_nothing(self, labels: Mapping[str, str], annotations: Mapping[str, str]) -> None:
        """People copy labels; Helm itself checks both."""
        assert None is manager_of(DEPLOYMENTS, "web", labels, annotations)

    def test_the_record_of_a_release_belongs_to_it(self) -> None:
        """The Secret in which Helm keeps a release is not somebody named helm's."""
        labels = {"owner": "helm", "name": "shop", "status": "deployed"}

        expected = Manager("k8s_helm_release", "shop", "k8s_helm_release/shop/shop")

        assert expected == manager_of(SECRETS, "sh.helm.release.v1.shop.v1", labels)
        assert None is manager_of(SECRETS, "password", {"owner": "helm"})


def test_flux_names_itself_in_labels() -> None:
    """Kustomizations and HelmReleases are resources of their own."""
    prefix = "kustomize.toolkit.fluxcd.io"
    kind = f"k8s_kustomization.{prefix}"
    labels = {f"{prefix}/name": "apps", f"{prefix}/namespace": "flux-system"}

    assert Manager(kind, "apps", f"{kind}/flux-system/apps") == manager_of(CONFIG_MAPS, "c", labels)


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (
            "cert-manager.io/certificate-name",
            Manager("k8s_certificate.cert-manager.io", "web", "k8s_certificate.cert-manager.io/shop/web"),
        ),
        ("kubernetes.io/service-account.name", Manager("k8s_serviceaccount", "web", "k8s_serviceaccount/shop/web")),
    ],
)
def test_controllers_make_secrets_again(annotation: str, expected: Manager) -> None:
    """A certificate's key and a service account's token come back; other objects with the mark are copies."""
    assert expected == manager_of(SECRETS, "s", annotations={annotation: "web"})
    assert None is manager_of(CONFIG_MAPS, "c", annotations={annotation: "web"})


@pytest.mark.parametrize(("api", "name"), [(SERVICE_ACCOUNTS, "default"), (CONFIG_MAPS, "kube-root-ca.crt")])
def test_what_every_namespace_has_is_its_own(api: Api, name: str) -> None:
    """Controllers put it back as long as the namespace is there."""
    assert Manager("k8s_namespace", "shop", "k8s_namespace/shop") == manager_of(api, name)
    assert None is manager_of(api, "something-else")
