"""Objects become resources with managers and edges."""

from collections.abc import Iterable

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Manager, Resource
from tagwarden.providers.kubernetes.assembling import assemble
from tagwarden.providers.kubernetes.reading import Seen
from tests.unit.providers.kubernetes.objects import (
    APPLICATIONS,
    CLAIMS,
    CONFIG_MAPS,
    DEPLOYMENTS,
    NAMESPACES,
    PODS,
    REPLICA_SETS,
    SERVICES,
    VOLUMES,
    api_of,
    owner_reference,
    seen_of,
)

OWNS, NEEDS, USES = EdgeMeaning.OWNS, EdgeMeaning.NEEDS, EdgeMeaning.USES
WIDGETS = api_of("example.com", "Widget", "widgets")

SPACE = seen_of(NAMESPACES, "shop")
WEB = seen_of(DEPLOYMENTS, "web")
SET = seen_of(REPLICA_SETS, "web-1", metadata={"ownerReferences": [owner_reference(DEPLOYMENTS, "web", WEB.uid)]})
POD = seen_of(PODS, "web-1-a", metadata={"ownerReferences": [owner_reference(REPLICA_SETS, "web-1", SET.uid)]})


def assembled(*objects: Seen) -> tuple[dict[str, Resource], set[Edge]]:
    resources, edges = assemble("dev", objects)
    return {resource.uid: resource for resource in resources}, set(edges)


def ends(edges: Iterable[Edge], source: Seen) -> set[tuple[EdgeMeaning, str]]:
    return {(edge.meaning, edge.target) for edge in edges if edge.source == source.uid}


def test_the_root_is_the_manager_of_all_below() -> None:
    """The chain of controllers is followed to its top; each owns the next."""
    resources, edges = assembled(POD, SET, WEB, SPACE)
    root = Manager("k8s_deployment", "web", WEB.uid)

    assert (None, root, root) == tuple(resources[seen.uid].manager for seen in (WEB, SET, POD))
    assert {(OWNS, WEB.uid)} == ends(edges, SPACE)
    assert {(OWNS, SET.uid)} == ends(edges, WEB)
    assert {(OWNS, POD.uid)} == ends(edges, SET)


def test_a_root_that_was_not_collected_is_named_all_the_same() -> None:
    """What is known of it stands in the owner reference (S13)."""
    resources, edges = assembled(POD, SPACE)

    assert Manager("k8s_replicaset", "web-1", SET.uid) == resources[POD.uid].manager
    assert Edge(SET.uid, OWNS, POD.uid) in edges
    assert (OWNS, POD.uid) in ends(edges, SPACE)


def test_a_ring_of_owners_ends() -> None:
    """Two objects that claim to own one another are a mistake and no endless loop."""
    one = seen_of(WIDGETS, "one", metadata={"ownerReferences": [owner_reference(WIDGETS, "two", "uid-shop-two")]})
    two = seen_of(WIDGETS, "two", metadata={"ownerReferences": [owner_reference(WIDGETS, "one", "uid-shop-one")]})

    resources, _ = assembled(one, two)

    assert all(resource.manager is not None for resource in resources.values())


def test_an_owner_that_is_no_controller_takes_along_and_does_not_restore() -> None:
    """The garbage collector follows every owner; only a controller makes its objects again."""
    reference = owner_reference(WIDGETS, "w", "uid-w", controller=False)
    settings = seen_of(CONFIG_MAPS, "c", metadata={"ownerReferences": [reference]})

    resources, edges = assembled(settings)

    assert None is resources[settings.uid].manager
    assert {Edge("uid-w", OWNS, settings.uid)} == edges


def test_each_of_several_owners_owns() -> None:
    """What is to become of their object when one goes is for the plan to say; its namespace holds it as well."""
    references = [owner_reference(WIDGETS, "a", "uid-a"), owner_reference(WIDGETS, "b", "uid-b", controller=False)]
    shared = seen_of(CONFIG_MAPS, "c", metadata={"ownerReferences": references})

    _, edges = assembled(shared, SPACE)

    assert {"uid-a", "uid-b", SPACE.uid} == {edge.source for edge in edges if edge.target == shared.uid}
    assert {OWNS} == {edge.meaning for edge in edges}


def test_names_are_links_only_to_what_is_there() -> None:
    """An optional ConfigMap that does not exist is no edge: elsewhere its name means another object."""
    spec = {"volumes": [{"configMap": {"name": "there"}}, {"configMap": {"name": "missing"}}]}
    pod = seen_of(PODS, "p", spec=spec)
    there = seen_of(CONFIG_MAPS, "there")

    _, edges = assembled(pod, there)

    assert {(USES, there.uid)} == ends(edges, pod)


def test_a_claim_takes_its_volume_along() -> None:
    """With Delete the volume dies with its claim; with Retain it stays, and cannot go before."""
    claim = seen_of(CLAIMS, "data")
    reference = {"namespace": "shop", "name": "data", "uid": claim.uid}

    def edges_with(policy: str) -> set[tuple[EdgeMeaning, str]]:
        spec = {"claimRef": reference, "persistentVolumeReclaimPolicy": policy}
        volume = seen_of(VOLUMES, "pv", spec=spec, status={"phase": "Bound"})
        return ends(assembled(claim, volume)[1], claim)

    assert {(NEEDS, "uid--pv"), (OWNS, "uid--pv")} == edges_with("Delete")
    assert {(NEEDS, "uid--pv")} == edges_with("Retain")


def test_what_would_leak_needs_its_namespace() -> None:
    """A load balancer and a claim hold the namespace until they are gone."""
    front = seen_of(SERVICES, "front", spec={"type": "LoadBalancer"})
    inner = seen_of(SERVICES, "inner", spec={"type": "ClusterIP"})
    claim = seen_of(CLAIMS, "data")

    _, edges = assembled(SPACE, front, inner, claim)

    assert {front.uid, claim.uid} == {edge.source for edge in edges if edge.meaning is NEEDS}


def test_two_views_of_one_object_are_one_resource() -> None:
    """The same uid under two kinds is listed once."""
    other = api_of("view.example.com", "Config", "configs")

    resources, _ = assembled(seen_of(other, "c"), seen_of(CONFIG_MAPS, "c"))

    assert ["k8s_configmap"] == [resource.kind for resource in resources.values()]


class TestArgo:
    TRACKED = {"annotations": {"argocd.argoproj.io/tracking-id": "web:apps/Deployment:shop/web"}}  # noqa: RUF012

    def test_the_one_application_of_that_name_is_the_manager(self) -> None:
        """Its uid is put in where no other application has the name."""
        application = seen_of(APPLICATIONS, "web", "argocd")
        tracked = seen_of(DEPLOYMENTS, "web", metadata=self.TRACKED)

        resources, _ = assembled(application, tracked)

        assert Manager("k8s_application.argoproj.io", "web", application.uid) == resources[tracked.uid].manager

    def test_two_applications_of_that_name_leave_it_open(self) -> None:
        """Which one it is cannot be told; that it is managed can."""
        one, two = seen_of(APPLICATIONS, "web", "argocd"), seen_of(APPLICATIONS, "web", "team")
        tracked = seen_of(DEPLOYMENTS, "web", metadata=self.TRACKED)

        resources, _ = assembled(one, two, tracked)

        assert Manager("k8s_application.argoproj.io", "web", "") == resources[tracked.uid].manager

    def test_an_application_names_what_carries_no_mark(self) -> None:
        """Where Argo CD tracks by label, its own status is what is certain."""
        listed = [{"group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web"}]
        application = seen_of(APPLICATIONS, "web", "argocd", status={"resources": listed})

        resources, _ = assembled(application, WEB, SET)

        assert Manager("k8s_application.argoproj.io", "web", application.uid) == resources[WEB.uid].manager
        assert Manager("k8s_deployment", "web", WEB.uid) == resources[SET.uid].manager
