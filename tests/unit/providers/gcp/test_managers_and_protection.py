"""What a service of Google recreates, and what must never go: one example for each manager and each protection."""

from typing import Any

import pytest

from tagwarden.model.resource import Resource
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.gcp.names import Project
from tagwarden.providers.gcp.reading import Reader
from tagwarden.providers.gcp.row import rows

PROJECT = Project("my-dev-123", "123456789012")
COMPUTE = "https://www.googleapis.com/compute/v1/projects/my-dev-123"
REGION = "projects/my-dev-123/locations/europe-west1"


def resource(kind: str, item: dict[str, Any], collection: str = "") -> Resource:
    row = rows()[f"gcp_{kind}"]
    place = collection or f"{row.prefix}{REGION}/{row.collection}"
    return Reader("dev", PROJECT, Shared()).read(row, item, place).resource


def an_instance(**more: Any) -> Resource:
    link = f"{COMPUTE}/zones/europe-west1-b/instances/web"
    return resource("compute_instance", {"name": "web", "selfLink": link, **more})


def a_disk(**more: Any) -> Resource:
    return resource("compute_disk", {"name": "d", "selfLink": f"{COMPUTE}/zones/europe-west1-b/disks/d", **more})


def of_compute(kind: str, collection: str, name: str, **more: Any) -> Resource:
    return resource(f"compute_{kind}", {"name": name, "selfLink": f"{COMPUTE}/{collection}/{name}", **more})


@pytest.mark.parametrize(
    ("labels", "manager", "reference"),
    [
        (
            {"goog-k8s-cluster-name": "shop", "goog-k8s-cluster-location": "europe-west1-b", "goog-gke-node": ""},
            "gcp_container_cluster shop",
            "//container.googleapis.com/projects/my-dev-123/locations/europe-west1-b/clusters/shop",
        ),
        ({"goog-gke-node": ""}, "gcp_container_cluster goog-gke-", ""),
        (
            {
                "goog-composer-environment": "air",
                "goog-composer-location": "europe-west1",
                "goog-composer-version": "2",
            },
            "gcp_composer_environment air",
            f"//composer.googleapis.com/{REGION}/environments/air",
        ),
        (
            {"goog-dataproc-cluster-name": "etl", "goog-dataproc-location": "europe-west1"},
            "gcp_dataproc_cluster etl",
            "//dataproc.googleapis.com/projects/my-dev-123/regions/europe-west1/clusters/etl",
        ),
        ({"goog-dataflow-job-id": "2026-11-30_1", "goog-dataflow-job-name": "x"}, "gcp_dataflow_job 2026-11-30_1", ""),
        ({"goog-datafusion-instance": "f"}, "gcp_datafusion_instance goog-datafusion-", ""),
        ({"goog-batch-job-uid": "b-1"}, "gcp_batch_job b-1", ""),
        ({"goog-caip-notebook": ""}, "gcp_notebooks_instance goog-caip-notebook", ""),
        (
            {"goog-dm": "stack"},
            "gcp_deploymentmanager_deployment stack",
            "//deploymentmanager.googleapis.com/projects/my-dev-123/global/deployments/stack",
        ),
        ({"goog-config-deployment": "infra"}, "gcp_config_deployment infra", ""),
        ({"managed-by-cnrm": "true"}, "Config Connector true", ""),
    ],
)
def test_s13_labels_of_services_name_the_manager(labels: dict[str, str], manager: str, reference: str) -> None:
    """With its place, where the labels tell it, so that an orphan is recognised."""
    found = an_instance(labels=labels).manager

    assert (manager, reference) == (str(found), getattr(found, "reference", None))


def test_s13_the_mark_of_terraform_is_no_manager() -> None:
    """Terraform acts only when a person runs it."""
    assert an_instance(labels={"goog-terraform-provisioned": "true"}).manager is None


def test_s13_a_service_of_a_function_is_managed() -> None:
    """Cloud Functions would deploy it again."""
    item = {"name": f"{REGION}/services/resize", "labels": {"goog-managed-by": "cloudfunctions"}}

    assert "Google's service cloudfunctions" == str(resource("run_service", item).manager)


@pytest.mark.parametrize(
    ("kind", "collection", "name", "manager"),
    [
        ("firewall", "global/firewalls", "gke-shop-1a2b3c4d-all", "gcp_container_cluster shop"),
        ("firewall", "global/firewalls", "k8s-fw-a1b2", "GKE controller k8s-fw-a1b2"),
        ("instance_group_manager", "zones/z/instanceGroupManagers", "gke-shop-default-pool-1a2b3c4d-grp",
         "gcp_container_cluster shop-default-pool"),
        ("url_map", "global/urlMaps", "k8s2-um-x", "GKE controller k8s2-um-x"),
        ("firewall", "global/firewalls", "allow-web", "None"),
        ("network", "global/networks", "k8s-net", "None"),
    ],
)  # fmt: skip
def test_s13_parts_of_gke_have_names_of_its_own(kind: str, collection: str, name: str, manager: str) -> None:
    """Rules, groups and load balancers take no labels."""
    assert manager == str(of_compute(kind, collection, name).manager)


@pytest.mark.parametrize(
    ("description", "manager"),
    [
        ('{"kubernetes.io/service-name":"shop/front"}', "Service shop/front"),
        ('{"kubernetes.io/ingress-name": "shop/web"}', "Ingress shop/web"),
        ('{"cluster-uid":"1","namespace":"shop","service-name":"front","port":"80"}', "Service shop/front"),
        ('{"not": json', "None"),
        ("the rule of the shop", "None"),
    ],
)
def test_s13_controllers_write_the_object_into_descriptions(description: str, manager: str) -> None:
    """Of load balancers, their groups and their rules."""
    rule = of_compute("forwarding_rule", "regions/europe-west1/forwardingRules", "a1b2", description=description)

    assert manager == str(rule.manager)


def test_s13_a_disk_of_a_cluster_names_its_volume_or_its_cluster() -> None:
    """The cluster, where its labels tell it, since only that can be looked for."""
    description = '{"kubernetes.io/created-for/pv/name":"pvc-1","kubernetes.io/created-for/pvc/name":"data"}'
    labels = {"goog-gke-volume": "", "goog-k8s-cluster-name": "shop", "goog-k8s-cluster-location": "europe-west1"}

    assert "PersistentVolume pvc-1" == str(a_disk(description=description).manager)
    assert "gcp_container_cluster shop" == str(a_disk(description=description, labels=labels).manager)


@pytest.mark.parametrize(
    ("kind", "collection", "name", "why"),
    [
        ("network", "global/networks", "default", "default network"),
        ("subnetwork", "regions/europe-west1/subnetworks", "default", "default network"),
        ("firewall", "global/firewalls", "default-allow-ssh", "default network"),
        ("network", "global/networks", "mine", ""),
        ("firewall", "global/firewalls", "allow-ssh", ""),
    ],
)
def test_s20_the_default_network_is_protected(kind: str, collection: str, name: str, why: str) -> None:
    """Every project has it from its birth, and its routes go with it."""
    found = of_compute(kind, collection, name).protection

    assert why in found
    assert bool(why) == bool(found)


@pytest.mark.parametrize(
    ("email", "is_protected"),
    [
        ("123456789012-compute@developer.gserviceaccount.com", True),
        ("my-dev-123@appspot.gserviceaccount.com", True),
        ("123456789012@cloudbuild.gserviceaccount.com", True),
        ("123456789012@cloudservices.gserviceaccount.com", True),
        ("service-123456789012@container-engine-robot.iam.gserviceaccount.com", True),
        ("service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com", True),
        ("firebase-adminsdk-x1y2z@my-dev-123.iam.gserviceaccount.com", True),
        ("deployer@my-dev-123.iam.gserviceaccount.com", False),
    ],
)
def test_s20_service_accounts_of_google_are_protected(email: str, is_protected: bool) -> None:
    """Default accounts and the agents of services."""
    item = {"name": f"projects/my-dev-123/serviceAccounts/{email}", "email": email}

    assert is_protected == bool(resource("iam_service_account", item).protection)


@pytest.mark.parametrize(
    ("name", "is_protected"),
    [
        ("gcf-v2-sources-123456789012-europe-west1", True),
        ("gcf-sources-123456789012-europe-west1", True),
        ("my-dev-123_cloudbuild", True),
        ("staging.my-dev-123.appspot.com", True),
        ("my-dev-123.appspot.com", True),
        ("eu.artifacts.my-dev-123.appspot.com", True),
        ("dataproc-staging-europe-west1-123456789012-abc", True),
        ("dataflow-staging-europe-west1-123456789012", True),
        ("firebaseapphosting-sources-123456789012-europe-west4", True),
        ("1a2b3c4d_clouddeploy", True),
        ("123456789012-europe-west1-blueprint-config", True),
        ("acme-tfstate", True),
        ("acme-data", False),
    ],
)
def test_s20_buckets_of_services_are_protected(name: str, is_protected: bool) -> None:
    """A service keeps its sources, images or state there."""
    item = {"name": name, "selfLink": f"https://www.googleapis.com/storage/v1/b/{name}"}

    assert is_protected == bool(resource("storage_bucket", item, "storage/v1/b").protection)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("artifactregistry_repository", "projects/p/locations/europe-west1/repositories/cloud-run-source-deploy"),
        ("artifactregistry_repository", "projects/p/locations/europe-west1/repositories/gcf-artifacts"),
        ("pubsub_topic", "projects/p/topics/container-analysis-occurrences-v1"),
        ("servicedirectory_namespace", "projects/p/locations/europe-west1/namespaces/goog-psc-default"),
    ],
)
def test_s20_what_a_service_creates_for_itself_is_protected(kind: str, name: str) -> None:
    """Without a label that would tell."""
    own = f"{name}-of-mine".replace("container-analysis-", "my-").replace("goog-", "my-")

    assert "Google service" in resource(kind, {"name": name}).protection
    assert "" == resource(kind, {"name": own}).protection


@pytest.mark.parametrize(
    ("kind", "item"),
    [
        ("storage_bucket", {"name": "b", "retentionPolicy": {"isLocked": True}}),
        ("storage_bucket", {"name": "b", "defaultEventBasedHold": True}),
        ("sqladmin_instance", {"name": "db", "settings": {"deletionProtectionEnabled": True}}),
        ("spanner_database", {"name": "projects/p/instances/i/databases/d", "enableDropProtection": True}),
        ("bigtableadmin_table", {"name": "projects/p/instances/i/tables/t", "deletionProtection": True}),
        (
            "firestore_database",
            {"name": "projects/p/databases/d", "deleteProtectionState": "DELETE_PROTECTION_ENABLED"},
        ),
        ("redis_cluster", {"name": f"{REGION}/clusters/c", "deletionProtectionEnabled": True}),
        ("file_instance", {"name": f"{REGION}/instances/i", "deletionProtectionEnabled": True}),
        ("notebooks_instance", {"name": f"{REGION}/instances/i", "enableDeletionProtection": True}),
        ("metastore_service", {"name": f"{REGION}/services/s", "deletionProtection": True}),
        ("logging_bucket", {"name": f"{REGION}/buckets/b", "locked": True}),
        ("logging_bucket", {"name": f"{REGION}/buckets/_Default"}),
        ("logging_sink", {"name": "_Required"}),
        ("artifactregistry_repository", {"name": f"{REGION}/repositories/gcf-artifacts"}),
        ("artifactregistry_repository", {"name": f"{REGION}/repositories/eu.gcr.io"}),
        ("cloudkms_crypto_key", {"name": f"{REGION}/keyRings/r/cryptoKeys/k"}),
        ("cloudresourcemanager_project", {"name": "projects/123456789012"}),
    ],
)
def test_s7_protections_of_google_are_honoured(kind: str, item: dict[str, Any]) -> None:
    """Deletion protection under each of its names, locks, holds, and resources that every project has."""
    assert resource(kind, item).protection


def test_s7_deletion_protection_of_an_instance() -> None:
    """And none without it."""
    assert an_instance(deletionProtection=True).protection
    assert not an_instance(deletionProtection=False).protection
