"""Reads, writes and deletions as requests to an API server that misbehaves."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tagwarden.errors import NotFound, PreconditionFailed, ServerFault, Throttled, Unsupported
from tagwarden.model.resource import Manager, Resource
from tagwarden.model.tags import TagChanges
from tagwarden.providers.api_server import connection as connections
from tagwarden.providers.base import Provider, Receipt
from tagwarden.providers.kubernetes import BlockedByFinalizer
from tagwarden.providers.kubernetes.assembling import resource_of
from tagwarden.providers.kubernetes.provider import KubernetesProvider
from tests.unit.providers.kubernetes.objects import (
    ALL_VERBS,
    CONFIG_MAPS,
    DEPLOYMENTS,
    Answer,
    ApiServer,
    account_of,
    item_of,
    owner_reference,
    seen_of,
    status,
)

PATH = "/api/v1/namespaces/shop/configmaps/c"
GONE = status(404, "NotFound", 'configmaps "c" not found', name="c")
CONFLICT = status(409, "Conflict", "Precondition failed")
SETTINGS = resource_of("dev", seen_of(CONFIG_MAPS, "c"), None)


def serves(*kinds: tuple[str, str], verbs: tuple[str, ...] = ALL_VERBS) -> dict[str, Any]:
    resources = [
        {"resource": plural, "responseKind": {"kind": kind}, "scope": "Namespaced", "verbs": list(verbs)}
        for kind, plural in kinds
    ]
    return {
        "kind": "APIGroupDiscoveryList",
        "items": [{"metadata": {"name": ""}, "versions": [{"version": "v1", "resources": resources}]}],
    }


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PAUSES", (0.0,))


@pytest.fixture
def provider(api_server: ApiServer) -> KubernetesProvider:
    api_server.give("/api", serves(("ConfigMap", "configmaps"), ("Pod", "pods")))
    apps = {
        "resource": "deployments",
        "responseKind": {"kind": "Deployment"},
        "scope": "Namespaced",
        "verbs": ALL_VERBS,
    }
    versions = [{"version": "v1", "resources": [apps]}]
    items = [{"metadata": {"name": "apps"}, "versions": versions}]
    api_server.give("/apis", {"kind": "APIGroupDiscoveryList", "items": items})
    return KubernetesProvider(account_of(), api_server.kubeconfig, environ={})


def sent(server: ApiServer, method: str) -> list[Any]:
    return [request.body for request in server.requests if request.method == method]


def test_it_is_a_provider(provider: KubernetesProvider) -> None:
    """It has what the protocol asks for."""
    typed: Provider = provider

    assert "k8s_deployment" in typed.kinds


class TestRead:
    def test_the_object_as_it_is_now(self, provider: KubernetesProvider, api_server: ApiServer) -> None:
        """Tags and version are fresh."""
        api_server.give(PATH, item_of("c", metadata={"resourceVersion": "8", "annotations": {"owner": "alice"}}))

        fresh = provider.read(SETTINGS)

        assert fresh is not None
        assert ("8", {"owner": "alice"}) == (fresh.version, dict(fresh.tags.values))

    @pytest.mark.parametrize("answer", [GONE, item_of("c", metadata={"uid": "another"})])
    def test_gone_or_replaced_is_none(self, provider: KubernetesProvider, api_server: ApiServer, answer: Any) -> None:
        """Another object under the same name is not this one (S5)."""
        api_server.give(PATH, answer)

        assert None is provider.read(SETTINGS)
        assert provider.is_gone(SETTINGS)

    @pytest.mark.parametrize("answer", [status(503, "", "down"), status(403, "Forbidden", "no"), Answer(b"<html>")])
    def test_an_answer_that_says_nothing_is_not_gone(
        self, provider: KubernetesProvider, api_server: ApiServer, answer: Answer
    ) -> None:
        """Only a clear answer counts as gone."""
        api_server.give(PATH, answer)

        with pytest.raises(Exception, match="get configmaps c"):
            provider.is_gone(SETTINGS)

    def test_a_server_that_is_just_starting_is_not_gone(
        self, provider: KubernetesProvider, api_server: ApiServer
    ) -> None:
        """A path that is not known although the kind is served means nothing about the object."""
        with pytest.raises(NotFound, match="could not find the requested resource"):
            provider.is_gone(SETTINGS)

        assert len([request for request in api_server.requests if request.path == "/apis"]) > 1

    def test_a_kind_that_is_not_served_any_more_is_gone(
        self, provider: KubernetesProvider, api_server: ApiServer
    ) -> None:
        """With its definition every object of a kind has gone."""
        assert provider.is_gone(replace(SETTINGS, kind="k8s_widget.example.com"))

    def test_a_kind_whose_group_does_not_answer_is_not_gone(
        self, provider: KubernetesProvider, api_server: ApiServer
    ) -> None:
        """Nobody can say what a group holds whose server is down (S3)."""
        stale = {"metadata": {"name": "example.com"}, "versions": [{"version": "v1", "freshness": "Stale"}]}
        api_server.give("/apis", {"kind": "APIGroupDiscoveryList", "items": [stale]})

        with pytest.raises(Unsupported, match=r"example\.com"):
            provider.is_gone(replace(SETTINGS, kind="k8s_widget.example.com"))

    def test_a_manager_stays_the_same(self, provider: KubernetesProvider, api_server: ApiServer) -> None:
        """The root that was found with all objects at hand is kept, while the object has a controller."""
        path = "/apis/apps/v1/namespaces/shop/deployments/web"
        root = Manager("k8s_widget.example.com", "w", "uid-w")
        owned = item_of("web", metadata={"ownerReferences": [owner_reference(CONFIG_MAPS, "x", "uid-x")]})
        before = resource_of("dev", seen_of(DEPLOYMENTS, "web"), root)

        managers = []
        for answer in (owned, item_of("web")):
            api_server.give(path, answer)
            fresh = provider.read(before)
            assert fresh is not None
            managers.append(fresh.manager)

        assert [root, None] == managers


class TestSetTags:
    def test_the_patch_names_the_object_as_it_was_read(
        self, provider: KubernetesProvider, api_server: ApiServer
    ) -> None:
        """uid and resourceVersion are the preconditions, null removes, and our name is given (S5)."""
        api_server.give(PATH, item_of("c"))

        provider.set_tags(SETTINGS, TagChanges({"owner": "alice"}, ("Owner",)))

        metadata = {"uid": "uid-shop-c", "resourceVersion": "7", "annotations": {"owner": "alice", "Owner": None}}
        assert [{"metadata": metadata}] == sent(api_server, "PATCH")
        assert "tagwarden" == api_server.requests[-1].query["fieldManager"]

    def test_a_kind_that_cannot_be_patched_is_unsupported(
        self, provider: KubernetesProvider, api_server: ApiServer
    ) -> None:
        """Some aggregated APIs know no PATCH."""
        api_server.give("/api", serves(("ConfigMap", "configmaps"), verbs=("get", "list", "delete")))

        with pytest.raises(Unsupported):
            provider.set_tags(SETTINGS, TagChanges({"owner": "alice"}))

    def test_a_write_is_sent_once(self, provider: KubernetesProvider, api_server: ApiServer) -> None:
        """A busy server is left alone; the caller decides (S11)."""
        api_server.give(PATH, status(429, "TooManyRequests", "later"))

        with pytest.raises(Throttled):
            provider.set_tags(SETTINGS, TagChanges({"owner": "alice"}))

        assert 1 == len(sent(api_server, "PATCH"))


class TestDelete:
    def test_the_deletion_names_the_object_as_it_was_read(
        self, provider: KubernetesProvider, api_server: ApiServer
    ) -> None:
        """uid and resourceVersion are the preconditions (S5)."""
        api_server.give(PATH, {"kind": "Status", "status": "Success"})

        provider.delete(SETTINGS)

        [body] = sent(api_server, "DELETE")
        assert {"uid": "uid-shop-c", "resourceVersion": "7"} == body["preconditions"]
        assert "Background" == body["propagationPolicy"]

    def test_s14_what_was_accepted_is_known_by_its_audit_id(
        self, provider: KubernetesProvider, api_server: ApiServer
    ) -> None:
        """S14: the audit log of the cluster finds a write under the id that the journal keeps."""
        api_server.give(PATH, Answer(item_of("c"), headers={"Audit-Id": "a-1"}))

        tagged = provider.set_tags(SETTINGS, TagChanges({"owner": "alice"}))
        deleted = provider.delete(SETTINGS)

        assert [Receipt("a-1")] * 2 == [tagged, deleted]
        assert Receipt() == provider.set_tags(SETTINGS, TagChanges())

    def test_workloads_are_deleted_in_the_foreground(self, provider: KubernetesProvider, api_server: ApiServer) -> None:
        """Gone means that their Pods are gone."""
        api_server.give("/apis/apps/v1/namespaces/shop/deployments/web", {"kind": "Status", "status": "Success"})

        provider.delete(resource_of("dev", seen_of(DEPLOYMENTS, "web"), None))

        assert ["Foreground"] == [body["propagationPolicy"] for body in sent(api_server, "DELETE")]

    def test_not_found_is_success(self, provider: KubernetesProvider, api_server: ApiServer) -> None:
        """Somebody was faster."""
        api_server.give(PATH, GONE)

        provider.delete(SETTINGS)

    def test_a_conflict_with_a_changed_object_stops(self, provider: KubernetesProvider, api_server: ApiServer) -> None:
        """It was changed since it was read (S5)."""
        api_server.give(PATH, CONFLICT, item_of("c", metadata={"resourceVersion": "8"}))

        with pytest.raises(PreconditionFailed):
            provider.delete(SETTINGS)

        assert 1 == len(sent(api_server, "DELETE"))

    @pytest.mark.parametrize(
        "now",
        [
            GONE,
            item_of("c", metadata={"uid": "another"}),
            item_of("c", metadata={"deletionTimestamp": "2026-09-01T11:00:00Z"}),
        ],
    )
    def test_a_conflict_with_what_is_on_its_way_out_is_success(
        self, provider: KubernetesProvider, api_server: ApiServer, now: Any
    ) -> None:
        """A look tells that nothing is left to ask for."""
        api_server.give(PATH, CONFLICT, now)

        provider.delete(SETTINGS)

    def test_what_a_finalizer_holds_is_named(self, provider: KubernetesProvider, api_server: ApiServer) -> None:
        """The second deletion is not even sent."""
        metadata = {"deletionTimestamp": "2026-09-01T11:00:00Z", "finalizers": ["example.com/guard"]}
        api_server.give(PATH, item_of("c", metadata=metadata))
        terminating = replace(SETTINGS, state="Terminating")

        with pytest.raises(BlockedByFinalizer, match=r"since 2026-09-01T11:00:00Z, blocked by example\.com/guard"):
            provider.delete(terminating)

        assert [] == sent(api_server, "DELETE")

    @pytest.mark.parametrize(
        "ask",
        [
            lambda provider, resource: provider.delete(resource),
            lambda provider, resource: provider.set_tags(resource, TagChanges({"a": "b"})),
        ],
    )
    def test_a_server_that_fails_leaves_it_open(
        self, provider: KubernetesProvider, api_server: ApiServer, ask: Callable[[KubernetesProvider, Resource], None]
    ) -> None:
        """Whether the write arrived is not known, and is not guessed (S11)."""
        api_server.give(PATH, status(500, "InternalError", "etcdserver: request timed out"))

        with pytest.raises(ServerFault):
            ask(provider, SETTINGS)
