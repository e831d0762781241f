"""The simulated Google Cloud refuses to delete what the real one keeps, and deletes or makes again what it does."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.integration.gcp_clients import Google, finished, refused
from tests.support.fake_gcp import FakeGCP
from tests.support.fake_gcp.world import ZONE, messy_project

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
GLOBAL = "projects/dev-a/global"
ZONAL = f"projects/dev-a/zones/{ZONE}"
REGIONAL = "projects/dev-a/regions/europe-west1"
LOCAL = "projects/dev-a/locations/europe-west1"
COMPUTE = "compute.googleapis.com/compute/v1"


@pytest.fixture
def cloud(fake_gcp: FakeGCP) -> Iterator[Google]:
    messy_project(fake_gcp, NOW)
    fake_gcp.let_operations_take(polls=0)
    with Google(fake_gcp, "dev-a") as client:
        yield client


def deleted(cloud: Google, path: str) -> str:
    """Delete by a plain request; return the message of the refusal, or "" where all went well."""
    answer = cloud.send("DELETE", path)
    body = answer.json() if answer.content else {}
    if answer.status_code >= 400:
        return str(body["error"]["message"])
    inside = body.get("error", {})
    return str(inside["errors"][0]["message"] if "errors" in inside else inside.get("message", ""))


@pytest.mark.parametrize(
    ("path", "user"),
    [
        (f"{GLOBAL}/networks/legacy", "projects/dev-a/"),
        (f"{REGIONAL}/subnetworks/legacy-apps", f"{ZONAL}/instances/legacy-app"),
        (f"{ZONAL}/disks/attached", f"{ZONAL}/instances/kept"),
        (f"{GLOBAL}/healthChecks/web-alive", f"{ZONAL}/instanceGroupManagers/web"),
        (f"{GLOBAL}/instanceTemplates/web-template", f"{ZONAL}/instanceGroupManagers/web"),
        (f"{ZONAL}/instanceGroupManagers/web", f"{ZONAL}/autoscalers/web-scaler"),
        (f"{GLOBAL}/backendServices/web-backend", f"{GLOBAL}/urlMaps/web-map"),
        (f"{GLOBAL}/urlMaps/web-map", f"{GLOBAL}/targetHttpProxies/web-proxy"),
        (f"{GLOBAL}/targetHttpProxies/web-proxy", f"{GLOBAL}/forwardingRules/web-rule"),
        (f"{GLOBAL}/addresses/web-address", f"{GLOBAL}/forwardingRules/web-rule"),
    ],
)
def test_a_resource_in_use_names_its_user(cloud: Google, path: str, user: str) -> None:
    """`resourceInUseByAnotherResource`, with both names."""
    message = deleted(cloud, f"{COMPUTE}/{path}")

    assert message.startswith("The ")
    assert f"'{path}' is already being used by '{user}" in message
    assert cloud.gcp.exists("compute", path)


def test_a_network_in_use_is_refused_inside_the_operation(cloud: Google) -> None:
    """The deletion answers 200; its operation ends with an error."""
    networks = cloud.client("compute").networks()
    cloud.gcp.let_operations_take(polls=1)

    operation = networks.delete(project="dev-a", network="legacy").execute()
    assert operation["status"] == "RUNNING"
    operations = cloud.client("compute").globalOperations()
    ended = finished(lambda: operations.get(project="dev-a", operation=operation["name"]))

    assert ended["error"]["errors"][0]["code"] == "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE"
    assert ended["httpErrorStatusCode"] == 400
    disk = cloud.client("compute").disks().delete(project="dev-a", zone=ZONE, disk="attached")
    assert refused(disk.execute)[:2] == (400, "resourceInUseByAnotherResource")


def test_a_network_goes_when_its_users_went_in_order(cloud: Google) -> None:
    """The default route goes along; the order is the one of a teardown by hand."""
    cloud.send("DELETE", f"{COMPUTE}/{ZONAL}/instances/legacy-app")
    order = [
        f"{GLOBAL}/forwardingRules/web-rule",
        f"{GLOBAL}/targetHttpProxies/web-proxy",
        f"{GLOBAL}/urlMaps/web-map",
        f"{GLOBAL}/backendServices/web-backend",
        f"{ZONAL}/autoscalers/web-scaler",
        f"{ZONAL}/instanceGroupManagers/web",
        f"{GLOBAL}/instanceTemplates/web-template",
        f"{GLOBAL}/healthChecks/web-alive",
        f"{GLOBAL}/routes/legacy-route",
        f"{GLOBAL}/firewalls/legacy-allow-web",
        f"{REGIONAL}/routers/legacy-router",
        f"{REGIONAL}/subnetworks/legacy-apps",
        f"{GLOBAL}/networks/legacy",
    ]

    assert {path: deleted(cloud, f"{COMPUTE}/{path}") for path in order} == dict.fromkeys(order, "")
    assert [key for key in cloud.gcp.keys_of("compute.*") if "legacy" in key or "/web" in key] == [
        f"{GLOBAL}/addresses/web-address"
    ]


@pytest.mark.parametrize(
    ("path", "word"),
    [
        (f"{COMPUTE}/{ZONAL}/instances/precious", "protected against deletion"),
        ("sqladmin.googleapis.com/v1/projects/dev-a/instances/db-protected", "deletionProtectionEnabled"),
        ("sqladmin.googleapis.com/v1/projects/dev-a/instances/db-kept", "db-replica"),
        ("storage.googleapis.com/storage/v1/b/dev-a-full", "not empty"),
        ("bigquery.googleapis.com/bigquery/v2/projects/dev-a/datasets/sales", "not empty"),
        ("dns.googleapis.com/dns/v1/projects/dev-a/managedZones/internal", "not empty"),
        ("logging.googleapis.com/v2/projects/dev-a/locations/global/buckets/_Default", "cannot be deleted"),
    ],
)
def test_protected_and_filled_resources_stay(cloud: Google, path: str, word: str) -> None:
    """Each API in its own words."""
    before = cloud.gcp.keys_of()

    assert word in deleted(cloud, path)
    assert cloud.gcp.keys_of() == before


def test_a_protected_resource_goes_when_its_protection_went(cloud: Google) -> None:
    """An instance by its own method, a database by its settings, a dataset with its tables on request."""
    compute = cloud.client("compute").instances()
    compute.setDeletionProtection(project="dev-a", zone=ZONE, resource="precious", deletionProtection=False).execute()
    body = {"settings": {"deletionProtectionEnabled": False}}
    cloud.client("sqladmin").instances().patch(project="dev-a", instance="db-protected", body=body).execute()

    assert deleted(cloud, f"{COMPUTE}/{ZONAL}/instances/precious") == ""
    assert deleted(cloud, "sqladmin.googleapis.com/v1/projects/dev-a/instances/db-protected") == ""
    datasets = cloud.client("bigquery", "v2").datasets()
    datasets.delete(projectId="dev-a", datasetId="sales", deleteContents=True).execute()
    assert cloud.gcp.keys_of("bigquery.*") == []
    full = cloud.client("storage").buckets().delete(bucket="dev-a-full")
    assert refused(full.execute)[:2] == (409, "conflict")
    cloud.client("storage").objects().delete(bucket="dev-a-full", object="reports/2025.csv").execute()
    full.execute()


def test_the_last_node_pool_stays_and_the_cluster_takes_everything_along(cloud: Google) -> None:
    """Node pools, managed groups, nodes, their disks and the cluster's firewall rules."""
    name = f"projects/dev-a/locations/{ZONE}/clusters/playground"
    clusters = cloud.client("container").projects().locations().clusters()

    clusters.nodePools().delete(name=f"{name}/nodePools/small").execute()
    last = refused(clusters.nodePools().delete(name=f"{name}/nodePools/big").execute)
    assert (last[0], "node pool" in last[2]) == (400, True)
    assert len([key for key in cloud.gcp.keys_of("compute.instances") if "gke-" in key]) == 2
    clusters.delete(name=name).execute()

    assert [key for key in cloud.gcp.keys_of() if "gke-" in key or "playground" in key] == []


def test_a_stale_etag_is_refused(cloud: Google) -> None:
    """409 ABORTED, or 412 of the older APIs; a deletion may carry one too."""
    services = cloud.client("run", "v2").projects().locations().services()
    service = services.get(name=f"{LOCAL}/services/api").execute()
    services.patch(name=service["name"], updateMask="labels", body={"labels": {"a": "b"}}).execute()

    assert refused(services.delete(name=service["name"], etag=service["etag"]).execute)[:2] == (409, "ABORTED")
    backends = cloud.client("compute").backendServices()
    stale = backends.patch(project="dev-a", backendService="web-backend", body={"fingerprint": "AAAAAAAAAAA="})
    assert refused(stale.execute)[:2] == (412, "conditionNotMet")


def test_a_database_and_a_cluster_take_one_operation_at_a_time(cloud: Google) -> None:
    """409 operationInProgress of Cloud SQL, 400 of GKE."""
    cloud.gcp.let_operations_take(polls=1, seconds=3600)
    databases = cloud.client("sqladmin").instances()
    body = {"settings": {"userLabels": {"a": "b"}}}
    databases.patch(project="dev-a", instance="db-expired", body=body).execute()
    delete = databases.delete(project="dev-a", instance="db-expired")
    assert refused(delete.execute)[:2] == (409, "operationInProgress")

    name = f"projects/dev-a/locations/{ZONE}/clusters/playground"
    clusters = cloud.client("container").projects().locations().clusters()
    clusters.nodePools().delete(name=f"{name}/nodePools/small").execute()
    assert refused(clusters.delete(name=name).execute)[:2] == (400, "FAILED_PRECONDITION")
    cloud.gcp.settle()
    assert clusters.delete(name=name).execute()["status"] == "RUNNING"


def test_derived_fields_are_shown(cloud: Google) -> None:
    """A network names its subnetworks, a cluster its node pools with their groups, a function has its service."""
    network = cloud.get(f"{COMPUTE}/{GLOBAL}/networks/legacy").json()
    cluster = cloud.get(f"container.googleapis.com/v1/projects/dev-a/locations/{ZONE}/clusters/playground").json()

    assert network["subnetworks"] == [f"https://www.googleapis.com/compute/v1/{REGIONAL}/subnetworks/legacy-apps"]
    assert [(each["name"], len(each["instanceGroupUrls"])) for each in cluster["nodePools"]] == [
        ("big", 1),
        ("small", 1),
    ]
    service = cloud.gcp.body("run", f"{LOCAL}/services/resize")
    assert service["labels"]["goog-managed-by"] == "cloudfunctions"
    cloud.client("cloudfunctions", "v2").projects().locations().functions().delete(
        name=f"{LOCAL}/functions/resize"
    ).execute()
    assert not cloud.gcp.exists("run", f"{LOCAL}/services/resize")


def test_google_keeps_its_agents(cloud: Google) -> None:
    """A default service account goes, a service agent is Google's."""
    accounts = "iam.googleapis.com/v1/projects/dev-a/serviceAccounts"
    agent = "service-481516234200@compute-system.iam.gserviceaccount.com"

    assert "denied" in deleted(cloud, f"{accounts}/{agent}")
    assert deleted(cloud, f"{accounts}/deployer@dev-a.iam.gserviceaccount.com") == ""


def test_a_managed_group_makes_a_deleted_member_again(cloud: Google) -> None:
    """The same name, another id."""
    members = cloud.client("compute").instanceGroupManagers()
    listed = members.listManagedInstances(project="dev-a", zone=ZONE, instanceGroupManager="web")
    before = {each["name"]: each["id"] for each in listed.execute()["managedInstances"]}
    name = min(before)

    assert deleted(cloud, f"{COMPUTE}/{ZONAL}/instances/{name}") == ""
    after = {each["name"]: each["id"] for each in listed.execute()["managedInstances"]}

    assert set(after) == set(before)
    assert after[name] != before[name]


def test_an_instance_takes_only_its_auto_delete_disks_along(cloud: Google) -> None:
    """The others stay, unused."""
    assert deleted(cloud, f"{COMPUTE}/{ZONAL}/instances/kept") == ""

    assert not cloud.gcp.exists("compute", f"{ZONAL}/disks/kept")
    left = cloud.get(f"{COMPUTE}/{ZONAL}/disks/attached").json()
    assert "users" not in left
    used = cloud.get(f"{COMPUTE}/{ZONAL}/disks/expired").json()
    assert used["users"] == [f"https://www.googleapis.com/compute/v1/{ZONAL}/instances/expired"]


def test_a_subscription_outlives_its_topic(cloud: Google) -> None:
    """Its topic reads `_deleted-topic_`."""
    cloud.client("pubsub").projects().topics().delete(topic="projects/dev-a/topics/orders").execute()

    assert cloud.gcp.body("pubsub", "projects/dev-a/subscriptions/orders-worker")["topic"] == "_deleted-topic_"


def test_what_refers_to_nothing_is_not_created(cloud: Google) -> None:
    """A link must lead somewhere, a name must be free, and a parent must exist."""
    compute = cloud.client("compute")
    lost = {"name": "lost", "network": "global/networks/nowhere"}
    assert refused(compute.firewalls().insert(project="dev-a", body=lost).execute)[:2] == (400, "invalid")
    twice = compute.disks().insert(project="dev-a", zone=ZONE, body={"name": "attached"})
    assert refused(twice.execute)[:2] == (409, "alreadyExists")
    orphan = cloud.client("spanner").projects().instances().databases()
    body = {"createStatement": "CREATE DATABASE d"}
    assert refused(orphan.create(parent="projects/dev-a/instances/nowhere", body=body).execute)[0] == 404
