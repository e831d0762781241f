"""Items of Google's listings become resources."""

from typing import Any

import pytest

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.tags import TagState
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.gcp.names import Project
from tagwarden.providers.gcp.reading import Read, Reader
from tagwarden.providers.gcp.row import rows

LINK = "https://www.googleapis.com/compute/v1/projects"
ZONE = f"{LINK}/my-dev-123/zones/europe-west1-b"


def read(kind: str, item: dict[str, Any], collection: str = "") -> Read:
    row = rows()[kind]
    return Reader("dev", Project("my-dev-123", "123456789012"), Shared()).read(row, item, collection)


def an_instance(**more: Any) -> dict[str, Any]:
    return {
        "name": "web",
        "selfLink": f"{ZONE}/instances/web",
        "creationTimestamp": "2026-11-01T10:00:00.123-07:00",
        **more,
    }


def test_a_member_of_a_managed_group_has_the_group_as_its_manager() -> None:
    """Its metadata names the group with the number of the project."""
    group = "projects/123456789012/zones/europe-west1-b/instanceGroupManagers/web"
    item = an_instance(metadata={"items": [{"key": "created-by", "value": group}]})

    manager = read("gcp_compute_instance", item).resource.manager

    assert manager is not None
    assert "gcp_compute_instance_group_manager web" == str(manager)
    assert f"//compute.googleapis.com/{group.replace('123456789012', 'my-dev-123')}" == manager.reference


@pytest.mark.parametrize(
    ("labels", "manager"),
    [
        ({"goog-k8s-cluster-name": "prod"}, "gcp_container_cluster prod"),
        ({"goog-dataproc-cluster-name": "etl"}, "gcp_dataproc_cluster etl"),
        ({"goog-terraform-provisioned": "true"}, "None"),
        ({}, "None"),
    ],
)
def test_s13_labels_of_google_name_the_manager(labels: dict[str, str], manager: str) -> None:
    """A service recreates its parts; Terraform acts only when a person runs it."""
    assert manager == str(read("gcp_compute_instance", an_instance(labels=labels)).resource.manager)


def test_s13_the_load_balancer_of_a_service_is_managed() -> None:
    """GKE's controller writes the Service into the description."""
    item = {
        "name": "a1b2",
        "selfLink": f"{LINK}/my-dev-123/regions/europe-west1/forwardingRules/a1b2",
        "description": '{"kubernetes.io/service-name":"shop/front"}',
    }

    assert "Service shop/front" == str(read("gcp_compute_forwarding_rule", item).resource.manager)


def test_s18_every_name_in_an_item_is_a_use() -> None:
    """Also in a script, with the number of the project, and in the short form of buckets."""
    script = "gsutil cp gs://config-1/app.tgz . && curl projects/123456789012/topics/orders"
    item = an_instance(metadata={"items": [{"key": "startup-script", "value": script}]})

    edges = read("gcp_compute_instance", item).edges

    uid = "//compute.googleapis.com/projects/my-dev-123/zones/europe-west1-b/instances/web"
    assert Edge(uid, EdgeMeaning.USES, "//storage.googleapis.com/b/config-1") in edges
    assert Edge(uid, EdgeMeaning.USES, "//pubsub.googleapis.com/projects/my-dev-123/topics/orders") in edges


def test_gke_clusters_have_one_name_in_zones_and_locations() -> None:
    """Their self links have zones, their requests locations."""
    item = {
        "name": "c",
        "selfLink": "https://container.googleapis.com/v1/projects/my-dev-123/zones/europe-west1-b/clusters/c",
        "resourceLabels": {"owner": "alice"},
    }

    cluster = read("gcp_container_cluster", item).resource

    assert "projects/my-dev-123/locations/europe-west1-b/clusters/c" == cluster.id
    assert {"owner": "alice"} == cluster.tags.values


def test_a_kind_without_labels_is_untaggable() -> None:
    """Nothing is missing on a route."""
    item = {
        "name": "r",
        "selfLink": f"{LINK}/my-dev-123/global/routes/r",
        "network": f"{LINK}/my-dev-123/global/networks/n",
    }

    assert read("gcp_compute_route", item).resource.tags.state is TagState.UNTAGGABLE


@pytest.mark.parametrize("field", ["deletionProtection"])
def test_s7_deletion_protection_protects(field: str) -> None:
    """Google's own switch is honoured."""
    assert read("gcp_compute_instance", an_instance(**{field: True})).resource.protection


@pytest.mark.parametrize(
    ("description", "values"),
    [
        ("owner=alice expiration=2026-09-01", {"owner": "alice", "expiration": "2026-09-01"}),
        ("of the shop; expiration=2026-09-01T10:00:00Z, owner=a.b@c.de.", {"owner": "a.b@c.de",
                                                                          "expiration": "2026-09-01T10:00:00Z"}),
        ("owner=alice", {}),
        ("owner=alice expiration=never", {}),
        ("owner=alice expiration=2026-09-011", {}),
        ("expiration=2026-09-01", {}),
        ("coowner=alice expiration=2026-09-01", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_a_description_states_owner_and_expiry_where_labels_cannot(description: str, values: dict[str, str]) -> None:
    """Networks take no labels; a description that states only one of both states nothing."""
    link = f"{LINK}/my-dev-123/global/networks/n"

    tags = read("gcp_compute_network", {"name": "n", "selfLink": link, "description": description}).resource.tags

    assert (values, TagState.KNOWN if values else TagState.UNTAGGABLE) == (tags.values, tags.state)


def test_a_disk_of_a_node_goes_with_the_machine_and_that_of_a_volume_is_looked_for_at_the_cluster() -> None:
    """GKE deletes its machines with their boot disks; a volume outlives the cluster until somebody deletes it."""
    labels = {"goog-k8s-cluster-name": "shop", "goog-k8s-cluster-location": "europe-west1-b"}
    disk = {"name": "d", "selfLink": f"{ZONE}/disks/d", "users": [f"{ZONE}/instances/gke-1"]}
    cluster = "//container.googleapis.com/projects/my-dev-123/locations/europe-west1-b/clusters/shop"

    def reference(**more: Any) -> str:
        manager = read("gcp_compute_disk", {**disk, "labels": labels, **more}).resource.manager
        assert manager is not None
        return manager.reference

    assert reference() == ""
    assert cluster == reference(users=[])
    assert cluster == reference(labels={**labels, "goog-gke-volume": ""})


def test_s18_a_version_of_a_key_stands_for_the_key() -> None:
    """What is encrypted with it needs the key."""
    key = "projects/my-dev-123/locations/europe-west1/keyRings/r/cryptoKeys/k"
    disk = {
        "name": "d",
        "selfLink": f"{ZONE}/disks/d",
        "diskEncryptionKey": {"kmsKeyName": f"{key}/cryptoKeyVersions/1"},
    }

    edges = read("gcp_compute_disk", disk).edges

    assert f"//cloudkms.googleapis.com/{key}" in {edge.target for edge in edges}
