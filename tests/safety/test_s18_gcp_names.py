"""A user that names a resource of Google Cloud by its short name or address is a user (S18)."""

from collections.abc import Iterator
from typing import Any

import pytest

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.snapshot import Snapshot
from tests.integration.test_gcp_provider import NUMBER, PROJECT, collected, provider_of
from tests.support.fake_gcp import FakeGCP

PLACE = f"projects/{PROJECT}/locations/europe-west1"
ZONE = f"projects/{PROJECT}/zones/europe-west1-b"
SHOP = "shop-4k2hq3-ew.a.run.app"
FUNCTIONS = f"europe-west1-{PROJECT}.cloudfunctions.net"
KINDS = (
    "gcp_bigquery_dataset", "gcp_bigquery_table", "gcp_cloudfunctions_function", "gcp_cloudscheduler_job",
    "gcp_compute_disk", "gcp_compute_instance", "gcp_compute_instance_template", "gcp_container_cluster",
    "gcp_pubsub_subscription", "gcp_pubsub_topic", "gcp_redis_instance", "gcp_run_service", "gcp_secretmanager_secret",
    "gcp_sqladmin_instance", "gcp_storage_bucket",
)  # fmt: skip


@pytest.fixture
def cloud() -> Iterator[FakeGCP]:
    with FakeGCP() as gcp:
        gcp.new_project(PROJECT, NUMBER)
        yield gcp


def a_bucket(cloud: FakeGCP) -> None:
    cloud.add("storage.buckets.insert", "", {"name": "shop-uploads"}, project=PROJECT)


def a_topic(cloud: FakeGCP) -> None:
    cloud.add("pubsub.projects.topics.create", f"projects/{PROJECT}/topics/orders-created", {})


def a_secret(cloud: FakeGCP) -> None:
    body: dict[str, Any] = {"replication": {"automatic": {}}}
    cloud.add("secretmanager.projects.secrets.create", f"projects/{PROJECT}", body, secretId="db-password")


def a_service(cloud: FakeGCP, **container: Any) -> None:
    body = {"template": {"containers": [{"image": "nginx", **container}]}}
    cloud.add("run.projects.locations.services.create", PLACE, body, serviceId="shop")


def a_function(cloud: FakeGCP, name: str) -> None:
    path = "cloudfunctions.projects.locations.functions.create"
    cloud.add(path, PLACE, {"environment": "GEN_2"}, functionId=name)
    cloud.change("cloudfunctions", f"{PLACE}/functions/{name}", url=f"https://{FUNCTIONS}/{name}")


def a_schedule(cloud: FakeGCP, uri: str) -> None:
    body = {"name": f"{PLACE}/jobs/nightly", "httpTarget": {"uri": uri}}
    cloud.add("cloudscheduler.projects.locations.jobs.create", PLACE, body)


def listed(cloud: FakeGCP) -> Snapshot:
    return collected(provider_of(cloud), *KINDS)


def users_of(snapshot: Snapshot, name: str) -> set[str]:
    """Give the names of all that use the resources of a name."""
    names = {each.uid: each.name for each in snapshot.resources}
    return {
        names[each.source]
        for each in snapshot.edges
        if each.meaning is EdgeMeaning.USES and each.source in names and names.get(each.target) == name
    }


@pytest.mark.parametrize(
    "container",
    [
        {"env": [{"name": "UPLOADS", "value": "shop-uploads"}]},
        {"args": ["--bucket=shop-uploads"]},
        {"command": ["sh", "-c", "gsutil rsync /data gs://shop-uploads/x"]},
        {"env": [{"name": "URL", "value": "https://shop-uploads.storage.googleapis.com/x"}]},
        {"env": [{"name": "URL", "value": "https://storage.cloud.google.com/shop-uploads/x"}]},
        {"env": [{"name": "ASSET", "value": "//storage.googleapis.com/projects/_/buckets/shop-uploads"}]},
    ],
)
def test_s18_a_service_uses_the_bucket_in_its_settings(cloud: FakeGCP, container: dict[str, Any]) -> None:
    a_bucket(cloud)
    a_service(cloud, **container)

    assert {"shop"} == users_of(listed(cloud), "shop-uploads")


def test_s18_a_service_uses_the_topic_and_the_secret_that_it_names(cloud: FakeGCP) -> None:
    """Google takes a secret of the same project by its name alone."""
    a_topic(cloud)
    a_secret(cloud)
    password = {"name": "PASSWORD", "valueSource": {"secretKeyRef": {"secret": "db-password", "version": "latest"}}}
    a_service(cloud, env=[password, {"name": "TOPIC", "value": "orders-created"}])

    snapshot = listed(cloud)

    assert {"shop"} == users_of(snapshot, "orders-created")
    assert {"shop"} == users_of(snapshot, "db-password")


@pytest.mark.parametrize("host", [SHOP, f"blue---{SHOP}"])
def test_s18_a_schedule_uses_the_service_that_it_calls(cloud: FakeGCP, host: str) -> None:
    """By the address of the service, or of one of its revisions."""
    a_service(cloud)
    cloud.change("run", f"{PLACE}/services/shop", uri=f"https://{SHOP}", urls=[f"https://{SHOP}"])
    a_schedule(cloud, f"https://{host}/clean?all=1")

    assert {"nightly"} == users_of(listed(cloud), "shop")


def test_s18_a_schedule_uses_the_function_that_it_calls_and_no_other(cloud: FakeGCP) -> None:
    """All functions of a region have one host."""
    a_function(cloud, "clean")
    a_function(cloud, "other")
    a_schedule(cloud, f"https://{FUNCTIONS}/clean")

    snapshot = listed(cloud)

    assert {"nightly"} == users_of(snapshot, "clean")
    assert set() == users_of(snapshot, "other")


@pytest.mark.parametrize("value", ["10.0.0.7", "10.0.0.7:6379", "redis://:secret@10.0.0.7:6379/0"])
def test_s18_a_service_uses_the_cache_whose_address_it_has(cloud: FakeGCP, value: str) -> None:
    cloud.add(
        "redis.projects.locations.instances.create",
        PLACE,
        {"tier": "BASIC", "memorySizeGb": 1},
        instanceId="sessions",
    )
    cloud.change("redis", f"{PLACE}/instances/sessions", host="10.0.0.7")
    a_service(cloud, env=[{"name": "CACHE", "value": value}])

    assert {"shop"} == users_of(listed(cloud), "sessions")


@pytest.mark.parametrize("value", [f"{PROJECT}.sales.orders", f"{PROJECT}:sales.orders"])
def test_s18_a_subscription_uses_the_table_that_it_writes_to(cloud: FakeGCP, value: str) -> None:
    """Tables are named with their project and data set, and no slash."""
    reference = {"projectId": PROJECT, "datasetId": "sales"}
    path = f"projects/{PROJECT}"
    cloud.add("bigquery.datasets.insert", path, {"datasetReference": reference})
    table = {"tableReference": {**reference, "tableId": "orders"}}
    cloud.add("bigquery.tables.insert", f"{path}/datasets/sales", table)
    a_topic(cloud)
    topic = f"projects/{PROJECT}/topics/orders-created"
    body = {"topic": topic, "bigqueryConfig": {"table": value}}
    cloud.add("pubsub.projects.subscriptions.create", f"projects/{PROJECT}/subscriptions/to-sales", body)

    snapshot = listed(cloud)

    assert {"to-sales"} == users_of(snapshot, "orders")
    assert {"to-sales"} == users_of(snapshot, "sales")


@pytest.mark.parametrize("value", ["/cloudsql/{}", "-instances={}=tcp:5432", "postgres://u@/shop?host=/cloudsql/{}"])
def test_s18_a_service_uses_the_database_to_whose_socket_it_connects(cloud: FakeGCP, value: str) -> None:
    cloud.add(
        "sql.instances.insert",
        f"projects/{PROJECT}",
        {"name": "orders-db", "region": "europe-west1", "databaseVersion": "POSTGRES_16", "settings": {"tier": "t"}},
    )
    a_service(cloud, env=[{"name": "DB", "value": value.format(f"{PROJECT}:europe-west1:orders-db")}])

    assert {"shop"} == users_of(listed(cloud), "orders-db")


def test_s18_a_template_uses_the_disk_that_it_names_for_each_zone(cloud: FakeGCP) -> None:
    """Compute Engine takes no full name of a zonal disk there."""
    cloud.add("compute.disks.insert", ZONE, {"name": "shared-data", "sizeGb": "10"})
    body = {"name": "web", "properties": {"machineType": "e2-small", "disks": [{"source": "shared-data"}]}}
    cloud.put("compute", f"projects/{PROJECT}/global/instanceTemplates/web", "InstanceTemplate", body)

    assert {"web"} == users_of(listed(cloud), "shared-data")


@pytest.mark.parametrize("purpose", ["VPC_PEERING", "PRIVATE_SERVICE_CONNECT"])
def test_s18_a_network_uses_the_range_of_the_services_that_it_is_peered_with(cloud: FakeGCP, purpose: str) -> None:
    """Databases with a private address are in it, and name nothing but the network."""
    name = f"projects/{PROJECT}/global/addresses/for-services"
    network = f"https://www.googleapis.com/compute/v1/projects/{PROJECT}/global/networks/default"
    address = {"name": "for-services", "purpose": purpose, "network": network}
    cloud.put("compute", name, "Address", address)

    snapshot = collected(provider_of(cloud), "gcp_compute_global_address", "gcp_compute_network")

    assert ({"default"} if purpose == "VPC_PEERING" else set()) == users_of(snapshot, "for-services")


def test_s18_a_label_that_equals_a_name_is_no_use(cloud: FakeGCP) -> None:
    """A word that only resembles a name holds nothing: labels often have the name of the application."""
    a_topic(cloud)
    body = {"labels": {"app": "orders-created"}, "template": {"containers": [{"image": "nginx"}]}}
    cloud.add("run.projects.locations.services.create", PLACE, body, serviceId="shop")

    assert set() == users_of(listed(cloud), "orders-created")


def test_s18_a_name_adds_no_use_where_an_edge_links_two_already(cloud: FakeGCP) -> None:
    """A function owns its service: a use in the other direction would hold both."""
    a_function(cloud, "clean")
    container = {"image": "clean", "env": [{"name": "URL", "value": f"https://{FUNCTIONS}/clean"}]}
    cloud.change("run", f"{PLACE}/services/clean", template={"containers": [container]})
    cloud.change("cloudfunctions", f"{PLACE}/functions/clean", serviceConfig={"service": f"{PLACE}/services/clean"})
    function = f"//cloudfunctions.googleapis.com/{PLACE}/functions/clean"
    service = f"//run.googleapis.com/{PLACE}/services/clean"

    edges = listed(cloud).edges

    assert Edge(function, EdgeMeaning.OWNS, service) in edges
    assert Edge(service, EdgeMeaning.USES, function) not in edges


def test_s18_a_node_does_not_hold_the_cluster_that_made_it(cloud: FakeGCP) -> None:
    """Its metadata have the name of the cluster; a machine of somebody else with that name uses it."""
    cluster = {"name": "playground", "initialNodeCount": 1}
    cloud.put("container", f"{PLACE}/clusters/playground", "Cluster", cluster)
    told = {"metadata": {"items": [{"key": "cluster-name", "value": "playground"}]}}
    for name, labels in (("gke-playground-1", {"goog-k8s-cluster-name": "playground"}), ("admin", {})):
        cloud.put("compute", f"{ZONE}/instances/{name}", "Instance", {"name": name, "labels": labels, **told})

    assert {"admin"} == users_of(listed(cloud), "playground")
