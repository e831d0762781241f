"""What a cluster serves is found whether its API server is new or old."""

from typing import Any

import pytest

from tagwarden.errors import AccessDenied
from tagwarden.model.reasons import Reason
from tagwarden.providers.kubernetes import dependents_of
from tagwarden.providers.kubernetes.discovery import discover
from tests.unit.providers.kubernetes.objects import ALL_VERBS, ApiServer, status


def resource(
    kind: str, plural: str, *, scope: str = "Namespaced", verbs: tuple[str, ...] = ALL_VERBS
) -> dict[str, Any]:
    return {"resource": plural, "responseKind": {"kind": kind}, "scope": scope, "verbs": list(verbs)}


def version(name: str, *resources: dict[str, Any], freshness: str = "Current") -> dict[str, Any]:
    return {"version": name, "freshness": freshness, "resources": list(resources)}


def aggregated(**groups: list[dict[str, Any]]) -> dict[str, Any]:
    items = [{"metadata": {"name": name.replace("_", ".")}, "versions": versions} for name, versions in groups.items()]
    return {"kind": "APIGroupDiscoveryList", "items": items}


CORE = aggregated(**{"": [version("v1", resource("Pod", "pods"), resource("Event", "events"))]})


class TestAggregated:
    def test_two_requests_tell_everything(self, api_server: ApiServer) -> None:
        """Each kind knows its group, version, plural and scope."""
        api_server.give("/api", CORE)
        api_server.give("/apis", aggregated(apps=[version("v1", resource("Deployment", "deployments"))]))

        found = discover(api_server.connection())

        assert ["k8s_deployment", "k8s_pod"] == sorted(found.apis)
        assert "/apis/apps/v1/namespaces/shop/deployments/web" == found.apis["k8s_deployment"].path("shop", "web")
        assert "/api/v1/pods" == found.apis["k8s_pod"].path()
        assert 2 == len(api_server.requests)

    def test_what_cannot_be_listed_and_deleted_is_no_resource(self, api_server: ApiServer) -> None:
        """Reviews, bindings and noise are left out."""
        bindings = resource("Binding", "bindings", verbs=("create",))
        kept = resource("Widget", "widgets", verbs=("get", "list"))
        api_server.give("/api", aggregated(**{"": [version("v1", bindings, resource("Event", "events"))]}))
        api_server.give("/apis", aggregated(example_com=[version("v1", kept)]))

        assert {} == discover(api_server.connection()).apis

    def test_the_preferred_version_counts(self, api_server: ApiServer) -> None:
        """A kind that several versions serve is listed once; one that only an older version serves is listed too."""
        versions = [
            version("v2", resource("Widget", "widgets")),
            version("v1", resource("Widget", "widgets"), resource("Gadget", "gadgets", scope="Cluster")),
        ]
        api_server.give("/api", CORE)
        api_server.give("/apis", aggregated(example_com=versions))

        apis = discover(api_server.connection()).apis

        assert "/apis/example.com/v2/widgets" == apis["k8s_widget.example.com"].path()
        assert "/apis/example.com/v1/gadgets/g" == apis["k8s_gadget.example.com"].path("", "g")

    def test_one_kind_in_two_built_in_groups_is_listed_once(self, api_server: ApiServer) -> None:
        """Ingresses come from the newest group that serves them."""
        ingresses = [version("v1", resource("Ingress", "ingresses"))]
        old = [version("v1beta1", resource("Ingress", "ingresses"))]
        api_server.give("/api", CORE)
        api_server.give("/apis", aggregated(extensions=old, networking_k8s_io=ingresses))

        apis = discover(api_server.connection()).apis

        assert "networking.k8s.io" == apis["k8s_ingress"].group

    def test_kinds_of_other_groups_carry_the_group(self, api_server: ApiServer) -> None:
        """A custom Service is not the built-in one."""
        api_server.give("/api", aggregated(**{"": [version("v1", resource("Service", "services"))]}))
        api_server.give("/apis", aggregated(serving_knative_dev=[version("v1", resource("Service", "services"))]))

        assert {"k8s_service", "k8s_service.serving.knative.dev"} == set(discover(api_server.connection()).apis)

    def test_a_stale_group_is_incomplete(self, api_server: ApiServer) -> None:
        """A group whose server is down has kinds that nobody knows (S3), and leaves the others alone (S12)."""
        api_server.give("/api", CORE)
        api_server.give("/apis", aggregated(example_com=[version("v1", freshness="Stale")]))

        found = discover(api_server.connection())

        assert [("k8s_*.example.com", Reason.Unsupported)] == [(each.kind, each.reason) for each in found.failures]
        assert ["k8s_pod"] == list(found.apis)

    def test_a_stale_group_that_rows_describe_names_its_kinds(self, api_server: ApiServer) -> None:
        """Known kinds of a group that does not answer are incomplete by name (S3)."""
        api_server.give("/api", CORE)
        api_server.give("/apis", aggregated(cert__manager_io=[]))
        stale = {"metadata": {"name": "cert-manager.io"}, "versions": [version("v1", freshness="Stale")]}
        api_server.give("/apis", {"kind": "APIGroupDiscoveryList", "items": [stale]})

        failures = {failure.kind for failure in discover(api_server.connection()).failures}

        assert {
            "k8s_*.cert-manager.io",
            "k8s_certificate.cert-manager.io",
            "k8s_clusterissuer.cert-manager.io",
        } == failures

    def test_measurements_that_are_down_hold_namespaces(self, api_server: ApiServer) -> None:
        """A metrics server stores nothing that could be missed, and no namespace is emptied without it (S22)."""
        api_server.give("/api", CORE)
        api_server.give("/apis", aggregated(metrics_k8s_io=[version("v1beta1", freshness="Stale")]))

        failures = discover(api_server.connection()).failures

        assert ["k8s_*.metrics.k8s.io"] == [failure.kind for failure in failures]
        assert "k8s_*.metrics.k8s.io" in dependents_of("k8s_namespace", ["k8s_*.metrics.k8s.io"])
        assert "k8s_*.metrics.k8s.io" not in dependents_of("k8s_widget.example.com", ["k8s_*.metrics.k8s.io"])


class TestOldServers:
    @pytest.fixture
    def old_server(self, api_server: ApiServer) -> ApiServer:
        api_server.give("/api", {"kind": "APIVersions", "versions": ["v1"]})
        pods = {"name": "pods", "kind": "Pod", "namespaced": True, "verbs": list(ALL_VERBS)}
        api_server.give("/api/v1", {"resources": [pods, {**pods, "name": "pods/log"}]})
        groups = [
            {
                "name": "example.com",
                "versions": [{"groupVersion": "example.com/v1"}, {"groupVersion": "example.com/v2"}],
                "preferredVersion": {"groupVersion": "example.com/v2"},
            },
            {"name": "metrics.k8s.io", "versions": [{"groupVersion": "metrics.k8s.io/v1beta1"}]},
        ]
        api_server.give("/apis", {"kind": "APIGroupList", "groups": groups})
        widgets = {"name": "widgets", "kind": "Widget", "namespaced": False, "verbs": list(ALL_VERBS)}
        api_server.give("/apis/metrics.k8s.io/v1beta1", {"resources": [{**pods, "verbs": ["get", "list"]}]})
        for path in ("/apis/example.com/v1", "/apis/example.com/v2"):
            api_server.give(path, {"resources": [widgets]})
        return api_server

    def test_every_version_is_asked(self, old_server: ApiServer) -> None:
        """Servers that cannot aggregate are asked group by group; the preferred version counts."""
        apis = discover(old_server.connection()).apis

        assert "/apis/example.com/v2/widgets/w" == apis["k8s_widget.example.com"].path("", "w")
        assert {"k8s_pod", "k8s_widget.example.com"} == set(apis)

    def test_a_version_that_fails_makes_its_group_incomplete(self, old_server: ApiServer) -> None:
        """What another version serves is found all the same (S3, S12)."""
        old_server.give("/apis/example.com/v2", status(503, "ServiceUnavailable", "down"))

        found = discover(old_server.connection())

        assert ["k8s_*.example.com"] == [failure.kind for failure in found.failures]
        assert "/apis/example.com/v1/widgets" == found.apis["k8s_widget.example.com"].path()

    def test_a_denied_discovery_raises(self, api_server: ApiServer) -> None:
        """Where not even the groups may be read, nothing can be known."""
        api_server.give("/api", status(403, "Forbidden", "no"))

        with pytest.raises(AccessDenied, match="discover /api"):
            discover(api_server.connection())
