"""How resources of Google Cloud belong together as collected, and with the objects of clusters that run on them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.snapshot import Identity, Snapshot
from tagwarden.model.tags import Tags
from tagwarden.providers.kubernetes import cloud_links
from tagwarden.providers.kubernetes.row import ForeignEnd
from tagwarden.providers.linking import world_of
from tests.integration.test_gcp_provider import PROJECT, collected, provider_of, the
from tests.support.fake_gcp import FakeGCP
from tests.support.fake_gcp.seeds import EXPIRED
from tests.support.fake_gcp.world import messy_project

NOW = datetime.now(UTC)
OWNS, NEEDS, USES = EdgeMeaning.OWNS, EdgeMeaning.NEEDS, EdgeMeaning.USES
ANY = (OWNS, NEEDS, USES)
ZONE = f"projects/{PROJECT}/zones/europe-west1-b"
REGION = f"projects/{PROJECT}/regions/europe-west1"
PLACE = f"projects/{PROJECT}/locations/europe-west1"
GLOBAL = f"projects/{PROJECT}/global"
KEY = f"{PLACE}/keyRings/ring/cryptoKeys/disk-key"
DEPLOYER = f"deployer@{PROJECT}.iam.gserviceaccount.com"
IMAGE = f"europe-west1-docker.pkg.dev/{PROJECT}/images/app"


@pytest.fixture(scope="module")
def snapshot() -> Iterator[Snapshot]:
    """The messy project with some more links."""
    with FakeGCP() as cloud:
        messy_project(cloud, NOW, project=PROJECT, number="123456789012")
        link(cloud)
        yield collected(provider_of(cloud))


def link(cloud: FakeGCP) -> None:
    """Create what the messy project does not have."""
    cloud.add("compute.addresses.insert", REGION, {"name": "vip", "address": "34.76.1.1"})
    web = {
        "name": "linked",
        "machineType": f"{ZONE}/machineTypes/e2-small",
        "disks": [{"boot": True, "autoDelete": True, "initializeParams": {"labels": EXPIRED}}],
        "networkInterfaces": [
            {
                "network": f"{GLOBAL}/networks/legacy",
                "subnetwork": f"{REGION}/subnetworks/legacy-apps",
                "accessConfigs": [{"natIP": "34.76.1.1"}],
            }
        ],
        "serviceAccounts": [{"email": DEPLOYER}],
    }
    cloud.add("compute.instances.insert", ZONE, web)
    user = f"https://www.googleapis.com/compute/v1/{ZONE}/instances/linked"
    cloud.change("compute", f"{REGION}/addresses/vip", users=[user])
    sealed = {"name": "sealed", "sizeGb": "10", "diskEncryptionKey": {"kmsKeyName": f"{KEY}/cryptoKeyVersions/1"}}
    cloud.add("compute.disks.insert", ZONE, sealed)
    cloud.add("compute.snapshots.insert", GLOBAL, {"name": "of-sealed", "sourceDisk": f"{ZONE}/disks/sealed"})
    cloud.add(
        "compute.images.insert", GLOBAL, {"name": "from-snapshot", "sourceSnapshot": f"{GLOBAL}/snapshots/of-sealed"}
    )
    topic = f"projects/{PROJECT}/topics/sealed"
    cloud.add("pubsub.projects.topics.create", topic, {"kmsKeyName": KEY})
    bucket = {"name": "sealed-1", "encryption": {"defaultKmsKeyName": KEY}}
    cloud.add("storage.buckets.insert", "", bucket, project=PROJECT)
    function = {
        "buildConfig": {
            "source": {"storageSource": {"bucket": "sealed-1"}},
            "dockerRepository": f"{PLACE}/repositories/images",
        },
        "eventTrigger": {"pubsubTopic": topic},
        "environment": "GEN_2",
    }
    cloud.add("cloudfunctions.projects.locations.functions.create", PLACE, function, functionId="linked")
    # Google tells the service that it deployed.
    deployed = {"service": f"{PLACE}/services/linked"}
    cloud.change("cloudfunctions", f"{PLACE}/functions/linked", serviceConfig=deployed)
    service = {"template": {"containers": [{"image": IMAGE}]}}
    cloud.add("run.projects.locations.services.create", PLACE, service, serviceId="imaged")
    cloud.put("sqladmin", f"projects/{PROJECT}/instances/db-kept/backupRuns/17", "BackupRun",
              {"id": "17", "type": "ON_DEMAND", "status": "SUCCESSFUL", "instance": "db-kept"})  # fmt: skip


LINKS = [
    # An instance, its disk, network, subnetwork, address and service account.
    ("instance linked", OWNS, "disk linked"),
    ("instance linked", NEEDS, "network legacy"),
    ("instance linked", NEEDS, "subnetwork legacy-apps"),
    ("instance linked", NEEDS, "address vip"),
    ("instance linked", USES, f"service_account {DEPLOYER}"),
    # A forwarding rule down to the health check.
    ("global_forwarding_rule web-rule", NEEDS, "target_http_proxy web-proxy"),
    ("target_http_proxy web-proxy", NEEDS, "url_map web-map"),
    ("url_map web-map", NEEDS, "backend_service web-backend"),
    ("backend_service web-backend", NEEDS, "instance_group web"),
    ("backend_service web-backend", NEEDS, "instance_group_manager web"),
    ("backend_service web-backend", NEEDS, "health_check web-alive"),
    # A managed group, its template, group and instances.
    ("instance_group_manager web", NEEDS, "instance_template web-template"),
    ("instance_group_manager web", OWNS, "instance_group web"),
    ("instance_group_manager web", OWNS, "instance web-*"),
    ("instance_group_manager web", OWNS, "autoscaler web-scaler"),
    # A cluster, its pools, their groups, machines and disks.
    ("cluster playground", OWNS, "node_pool small"),
    ("node_pool small", OWNS, "instance_group_manager gke-playground-small-*"),
    ("instance_group_manager gke-playground-small-*", OWNS, "instance gke-playground-small-*"),
    ("instance gke-playground-small-*", OWNS, "disk gke-playground-small-*"),
    # Databases with their replicas and backups.
    ("instance db-kept", OWNS, "instance db-replica"),
    ("instance db-kept", OWNS, "backup_run 17"),
    # Snapshots and images.
    ("image from-snapshot", USES, "snapshot of-sealed"),
    # Functions, their services, images and buckets.
    ("function linked", OWNS, "service linked"),
    ("function linked", USES, "repository images"),
    ("function linked", USES, "bucket sealed-1"),
    ("service imaged", USES, "repository images"),
    # Topics.
    ("subscription orders-worker", USES, "topic orders"),
    ("function linked", USES, "topic sealed"),
    # Whatever a key encrypts, also by a version of it.
    ("disk sealed", USES, "crypto_key disk-key"),
    ("topic sealed", USES, "crypto_key disk-key"),
    ("bucket sealed-1", USES, "crypto_key disk-key"),
    # The network.
    ("network legacy", OWNS, "subnetwork legacy-apps"),
    ("network legacy", OWNS, "firewall legacy-allow-web"),
    ("router legacy-router", NEEDS, "network legacy"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "meaning", "target"), LINKS)
def test_resources_are_linked(snapshot: Snapshot, source: str, meaning: EdgeMeaning, target: str) -> None:
    """By whatever names them in Google's responses."""
    pairs = [(each.source, each.target) for each in snapshot.edges if each.meaning is meaning]

    sources, targets = uids(snapshot, source), uids(snapshot, target)
    assert sources, source
    assert targets, target
    assert [pair for pair in pairs if pair[0] in sources and pair[1] in targets]


def uids(snapshot: Snapshot, named: str) -> set[str]:
    """Give the uids for a short kind and a name, which may end in `*`."""
    kind, _, name = named.partition(" ")
    return {
        each.uid
        for each in snapshot.resources
        if each.kind.endswith(f"_{kind}")
        and (each.name.startswith(name.removesuffix("*")) if name.endswith("*") else each.name == name)
    }


def test_rules_of_a_cluster_are_its_own(snapshot: Snapshot) -> None:
    """GKE creates them under the name of the cluster, and deletes them with it (S13)."""
    rules = [each for each in snapshot.resources if each.name.startswith("gke-playground-") and "firewall" in each.kind]

    assert rules
    assert {"gcp_container_cluster playground"} == {str(each.manager) for each in rules}


def the_object(kind: str, name: str, uid: str) -> Resource:
    return Resource(uid, ProviderName.KUBERNETES, "shop", "", kind, "x", name, name, None, Tags.known({}))


def a_cluster(resource: Resource, ends: Iterable[tuple[EdgeMeaning, str]], issuer: str = "") -> Snapshot:
    """Give a Kubernetes account with one object and what it says about a cloud."""
    edges = tuple(Edge(resource.uid, meaning, end) for meaning, end in ends)
    identity = Identity("shop", issuer=issuer)
    return Snapshot("s", "shop", ProviderName.KUBERNETES, identity, NOW, 0.0, (), (resource,), edges)


def linked(snapshot: Snapshot, cluster: Snapshot, source: str, target: str) -> set[EdgeMeaning]:
    graph = world_of([snapshot, cluster], ()).graph
    return {meaning for meaning in ANY if target in graph.targets(source, meaning)}


def test_a_volume_needs_its_disk(snapshot: Snapshot) -> None:
    """And owns it where the volume takes the disk along."""
    handle = f"{ZONE}/disks/sealed"
    spec = {
        "csi": {"driver": "pd.csi.storage.gke.io", "volumeHandle": handle},
        "persistentVolumeReclaimPolicy": "Delete",
    }
    volume = the_object("k8s_persistentvolume", "pvc-1", "pv-1")

    cluster = a_cluster(volume, cloud_links.of_persistent_volume({"spec": spec}))

    assert {NEEDS, OWNS} == linked(snapshot, cluster, volume.uid, f"//compute.googleapis.com/{handle}")


def test_a_node_is_its_instance(snapshot: Snapshot) -> None:
    """Of its own project: `gce://dev-a/…/X` and `gce://dev-b/…/X` are two machines."""
    node = the_object("k8s_node", "linked", "node-1")

    def links(project: str) -> set[EdgeMeaning]:
        told = {"spec": {"providerID": f"gce://{project}/europe-west1-b/linked"}}
        cluster = a_cluster(node, cloud_links.of_node(told))
        return linked(snapshot, cluster, node.uid, f"//compute.googleapis.com/{ZONE}/instances/linked")

    assert {USES} == links(PROJECT)
    assert set() == links("other-dev-456")


def test_a_service_account_of_a_cluster_uses_the_one_of_google(snapshot: Snapshot) -> None:
    """By Workload Identity."""
    account = the_object("k8s_serviceaccount", "shop/app", "sa-1")
    told = {"metadata": {"annotations": {"iam.gke.io/gcp-service-account": DEPLOYER}}}

    cluster = a_cluster(account, cloud_links.of_service_account(told))

    uid = f"//iam.googleapis.com/projects/{PROJECT}/serviceAccounts/{DEPLOYER}"
    assert {USES} == linked(snapshot, cluster, account.uid, uid)


def balanced(*addresses: str) -> dict[str, Any]:
    return {"status": {"loadBalancer": {"ingress": [{"ip": address} for address in addresses]}}}


def test_a_service_owns_the_rule_with_its_address() -> None:
    """GKE's controller writes the Service into the description of the rule; the address proves the cluster (S13)."""
    with FakeGCP() as cloud:
        cloud.new_project(PROJECT, "123456789012")
        rule = {
            "name": "a1b2",
            "IPAddress": "34.77.1.2",
            "description": '{"kubernetes.io/service-name":"shop/front"}',
        }
        cloud.add("compute.forwardingRules.insert", REGION, rule)
        snapshot = collected(provider_of(cloud), "gcp_compute_forwarding_rule")
    service = the_object("k8s_service", "shop/front", "svc-1")
    uid = the(snapshot, "a1b2").uid

    mine = a_cluster(service, cloud_links.of_service(balanced("34.77.1.2")))
    others = a_cluster(service, cloud_links.of_service(balanced("34.77.9.9")))

    assert {OWNS} == linked(snapshot, mine, service.uid, uid)
    manager = world_of([snapshot, mine], ()).graph.resources[uid].manager
    assert ("Service shop/front", "svc-1") == (str(manager), getattr(manager, "reference", ""))
    assert set() == linked(snapshot, others, service.uid, uid)


def test_an_ingress_uses_the_rule_with_its_address(snapshot: Snapshot) -> None:
    """Several Ingresses may share one."""
    ingress = the_object("k8s_ingress", "shop/web", "ing-1")

    cluster = a_cluster(ingress, cloud_links.of_ingress(balanced("34.120.0.7")))

    uid = f"//compute.googleapis.com/{GLOBAL}/forwardingRules/web-rule"
    assert {USES} == linked(snapshot, cluster, ingress.uid, uid)


@pytest.mark.parametrize("links", [cloud_links.of_ingress, cloud_links.of_service])
def test_s18_all_rules_with_one_address_are_used(links: Callable[[dict[str, Any]], Iterable[ForeignEnd]]) -> None:
    """HTTP and HTTPS have a rule each; none of them belongs to nobody."""
    with FakeGCP() as cloud:
        cloud.new_project(PROJECT, "123456789012")
        for name in ("http", "https"):
            cloud.add("compute.forwardingRules.insert", REGION, {"name": name, "IPAddress": "34.77.1.2"})
        snapshot = collected(provider_of(cloud), "gcp_compute_forwarding_rule")
    front = the_object("k8s_ingress", "shop/front", "front-1")

    cluster = a_cluster(front, links(balanced("34.77.1.2")))

    for name in ("http", "https"):
        assert {USES} == linked(snapshot, cluster, front.uid, the(snapshot, name).uid)


def test_s18_the_issuer_of_an_api_server_names_its_cluster(snapshot: Snapshot) -> None:
    """A cluster with objects that somebody claims is in use."""
    name = f"projects/{PROJECT}/locations/europe-west1-b/clusters/playground"
    workload = replace(the_object("k8s_deployment", "shop/app", "dep-1"), namespace="shop")

    cluster = a_cluster(workload, (), issuer=f"https://container.googleapis.com/v1/{name}")

    assert {USES} == linked(snapshot, cluster, workload.uid, f"//container.googleapis.com/{name}")
