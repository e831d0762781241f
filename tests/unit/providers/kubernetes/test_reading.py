"""What is kept of an object."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.resource import Manager
from tagwarden.providers.kubernetes import catalogue
from tagwarden.providers.kubernetes.protected_objects import Protections
from tagwarden.providers.kubernetes.reading import read_object
from tests.unit.providers.kubernetes.objects import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    NAMESPACES,
    PODS,
    SERVICES,
    VOLUMES,
    Api,
    api_of,
    item_of,
    seen_of,
)

POD_SPEC = {
    "serviceAccountName": "runner",
    "nodeName": "node-1",
    "imagePullSecrets": [{"name": "registry"}],
    "volumes": [
        {"name": "a", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "b", "configMap": {"name": "settings"}},
        {"name": "c", "secret": {"secretName": "tls"}},
        {"name": "d", "projected": {"sources": [{"configMap": {"name": "more"}}, {"secret": {"name": "token"}}]}},
        {"name": "e", "emptyDir": {}},
    ],
    "initContainers": [{"name": "i", "image": "busybox", "env": [{"name": "X", "value": "1"}]}],
    "containers": [
        {
            "name": "c",
            "image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/web@sha256:00",
            "envFrom": [{"configMapRef": {"name": "environment"}}, {"secretRef": {"name": "passwords"}}],
            "env": [{"name": "K", "valueFrom": {"secretKeyRef": {"name": "key", "key": "k"}}}],
        }
    ],
}


def test_times_and_versions_are_read() -> None:
    """Creation is an aware UTC instant, the resourceVersion the precondition of writes."""
    seen = seen_of(CONFIG_MAPS, "c")

    assert datetime(2026, 9, 1, 10, tzinfo=UTC) == seen.created
    assert ("7", "shop/c", "shop", "uid-shop-c") == (seen.version, seen.id, seen.namespace, seen.uid)


def test_an_annotation_lies_over_the_label_of_its_name() -> None:
    """It can be written, which the label cannot: selectors depend on that."""
    metadata = {"labels": {"app": "web", "expiration": "2d"}, "annotations": {"expiration": "3d", "owner": "alice"}}
    seen = seen_of(CONFIG_MAPS, "c", metadata=metadata)

    assert {"app": "web", "expiration": "3d", "owner": "alice"} == dict(seen.tags.values)
    assert {"app"} == seen.tags.fixed


def test_what_is_being_deleted_says_so() -> None:
    """State, since when, and the finalizers of others; the garbage collector's own do not count."""
    finalizers = ["example.com/guard", "foregroundDeletion"]
    metadata = {"deletionTimestamp": "2026-09-01T11:00:00Z", "finalizers": finalizers}
    seen = seen_of(PODS, "p", metadata=metadata, status={"phase": "Running"})

    assert "Terminating" == seen.state
    assert {"deleting_since": "2026-09-01T11:00:00Z", "finalizers": "example.com/guard"} == dict(seen.attributes)


def test_a_namespace_says_what_remains_in_it() -> None:
    """Its conditions name the finalizers of its contents."""
    conditions = [
        {"type": "NamespaceFinalizersRemaining", "status": "True", "message": "Some content has finalizers: x"},
        {"type": "NamespaceDeletionDiscoveryFailure", "status": "False", "message": "All resources discovered"},
    ]
    metadata = {"deletionTimestamp": "2026-09-01T11:00:00Z"}
    seen = seen_of(NAMESPACES, "shop", metadata=metadata, spec={"finalizers": ["kubernetes"]},
                   status={"phase": "Terminating", "conditions": conditions})  # fmt: skip

    assert "Some content has finalizers: x" == seen.attributes["finalizers"]


@pytest.mark.parametrize(
    ("service_type", "category", "first"), [("LoadBalancer", "load_balancer", True), ("ClusterIP", "network", False)]
)
def test_the_type_of_a_service_decides_its_category(service_type: str, category: str, first: bool) -> None:
    """A load balancer is one in every cloud, and goes before its namespace."""
    seen = seen_of(SERVICES, "s", spec={"type": service_type})

    assert (category, first) == (seen.category, seen.precedes_namespace)


def test_a_pod_names_what_it_makes_use_of() -> None:
    """Volumes, configuration, secrets, identity, node and images, each once."""
    seen = seen_of(PODS, "p", spec=POD_SPEC)
    uses = {target for meaning, target in seen.links if meaning is EdgeMeaning.USES}
    needs = {target for meaning, target in seen.links if meaning is EdgeMeaning.NEEDS}

    assert {
        "k8s_serviceaccount/shop/runner",
        "k8s_node/node-1",
        "k8s_node/shop/node-1",
        *(f"k8s_secret/shop/{name}" for name in ("registry", "tls", "token", "passwords", "key")),
        *(f"k8s_configmap/shop/{name}" for name in ("settings", "more", "environment")),
    } == uses
    assert {"k8s_persistentvolumeclaim/shop/data"} == needs
    assert ((EdgeMeaning.USES, "arn:aws:ecr:eu-central-1:123456789012:repository/web"),) == seen.foreign


def test_a_workload_uses_what_its_pods_would_hold() -> None:
    """A deployment that is scaled to nothing would break without its claim, and does not hold it."""
    seen = seen_of(DEPLOYMENTS, "web", spec={"replicas": 0, "template": {"spec": POD_SPEC}})

    assert (EdgeMeaning.USES, "k8s_persistentvolumeclaim/shop/data") in seen.links
    assert 0 == seen.attributes["replicas"]


def test_a_bound_volume_belongs_to_its_claim() -> None:
    """The claim is what people own; a volume that is released is on its own."""
    claim = {"namespace": "shop", "name": "data", "uid": "uid-shop-data"}
    spec = {"claimRef": claim, "persistentVolumeReclaimPolicy": "Delete"}

    bound = seen_of(VOLUMES, "pv", spec=spec, status={"phase": "Bound"})
    released = seen_of(VOLUMES, "pv", spec=spec, status={"phase": "Released"})

    assert Manager("k8s_persistentvolumeclaim", "shop/data", "uid-shop-data") == bound.manager
    assert None is released.manager


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["spec", "status", "template", "containers", "volumes", "name", "env", "csi", "loadBalancer", "ingress"]
    ), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.sampled_from(catalogue()), JSON, JSON)
def test_foreign_shapes_fail_in_the_ways_that_are_caught(row: Any, spec: Any, state: Any) -> None:
    """Whatever an object holds, it is read or refused, and never ends a collection (S12)."""
    api: Api = api_of(row.group, row.object_kind, row.plural, namespaced=row.namespaced)

    try:
        seen = read_object(api, item_of("x", spec=spec, status=state), Protections())
    except (KeyError, TypeError, ValueError, AttributeError):
        return

    assert seen is not None
    assert "x" == seen.name


def test_many_annotations_say_how_much_they_hold() -> None:
    """All of them, the copies that are no tags too, since their sum has a limit."""
    copy = "kubectl.kubernetes.io/last-applied-configuration"
    seen = seen_of(CONFIG_MAPS, "c", metadata={"annotations": {copy: "x" * 100_000, "note": "ü"}})

    assert len(copy) + 100_000 + len("note") + 2 == seen.attributes["annotation_bytes"]
