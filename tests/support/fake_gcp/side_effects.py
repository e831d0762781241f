"""Google's own doing: resources that come, go and come again with others."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from tests.support.fake_gcp import creating
from tests.support.fake_gcp.births import self_link
from tests.support.fake_gcp.creating import Add
from tests.support.fake_gcp.gke import after_cluster, after_cluster_is_gone, after_node_pool, after_node_pool_is_gone
from tests.support.fake_gcp.managed_groups import after_group, after_group_is_gone, make_member_again
from tests.support.fake_gcp.references import values_at
from tests.support.fake_gcp.state import State
from tests.support.fake_gcp.store import REGIONS, Record, compute_key


def add(
    state: State, method_id: str, place: str, body: Mapping[str, Any], *, at: datetime | None = None, **query: str
) -> Record:
    """Create a resource as Google does for itself, with all that comes with it, now or at a time in the past."""
    at = at or state.clock()
    record = creating.make_at(state, method_id, place, body, at, **query)
    after_creation(state, record, at)
    return record


def drop(state: State, record: Record) -> None:
    """Delete a resource as Google does for itself, with all that goes with it."""
    state.store.remove(record)
    after_deletion(state, record)


def after_creation(state: State, record: Record, at: datetime) -> None:
    """Create the resources that come with a new one, at its time."""
    effect = _ON_CREATION.get(record.type)
    if effect is not None:
        effect(state, record, partial(add, at=at))


def after_deletion(state: State, record: Record) -> None:
    """Delete the resources that go with a deleted one, and make again what is kept up."""
    effect = _ON_DELETION.get(record.type)
    if effect is not None:
        effect(state, record)


def _network(state: State, network: Record, add: Add) -> None:
    project = f"projects/{network.project}"
    link = self_link("compute", network.key)
    route = {
        "name": f"default-route-{network.name}-internet"[:63],
        "network": link,
        "destRange": "0.0.0.0/0",
        "priority": 1000,
        "nextHopGateway": f"{project}/global/gateways/default-internet-gateway",
        "description": "Default route to the Internet.",
    }
    add(state, "compute.routes.insert", f"{project}/global", route)
    if network.body.get("autoCreateSubnetworks"):
        for index, region in enumerate(REGIONS):
            subnetwork = {"name": network.name, "network": link, "ipCidrRange": f"10.{128 + index * 4}.0.0/20"}
            add(state, "compute.subnetworks.insert", f"{project}/regions/{region}", subnetwork)


def _network_is_gone(state: State, network: Record) -> None:
    for route in [*state.store.of_types(frozenset({"compute.routes"}), network.project)]:
        if compute_key(network.project, str(route.body.get("network"))) == network.key:
            state.store.remove(route)


def _instance(state: State, instance: Record, add: Add) -> None:
    place = instance.key.rpartition("/instances/")[0]
    for index, disk in enumerate(instance.body.get("disks", [])):
        wanted = disk.pop("initializeParams", None)
        if wanted is not None:
            name = wanted.get("diskName") or (instance.name if index == 0 else f"{instance.name}-{index}")
            body = {"name": name, "sizeGb": str(wanted.get("diskSizeGb", 10)), "labels": wanted.get("labels", {})}
            disk["source"] = self_link("compute", add(state, "compute.disks.insert", place, body).key)
        disk.setdefault("deviceName", f"persistent-disk-{index}")
    for index, interface in enumerate(instance.body.get("networkInterfaces", [])):
        interface.setdefault("name", f"nic{index}")
        interface.setdefault("networkIP", f"10.132.0.{2 + int(instance.body['id']) % 250}")


def _instance_is_gone(state: State, instance: Record) -> None:
    for disk in instance.body.get("disks", []):
        source = state.store.find("compute", compute_key(instance.project, str(disk.get("source"))))
        if disk.get("autoDelete") and source is not None:
            state.store.remove(source)
    make_member_again(state, instance, add)


def _group_is_gone(state: State, manager: Record) -> None:
    after_group_is_gone(state, manager, drop)


def _cluster_is_gone(state: State, cluster: Record) -> None:
    after_cluster_is_gone(state, cluster, drop)


def _node_pool_is_gone(state: State, pool: Record) -> None:
    after_node_pool_is_gone(state, pool, drop)


def _zone(state: State, zone: Record, add: Add) -> None:
    domain = zone.body.get("dnsName", "")
    for kind, data in (("NS", ["ns-cloud-a1.googledomains.com."]), ("SOA", [f"ns-cloud-a1. hostmaster.{domain} 1"])):
        body = {"name": domain, "type": kind, "ttl": 21600, "rrdatas": data}
        add(state, "dns.resourceRecordSets.create", zone.key, body)


def _key(state: State, key: Record, add: Add) -> None:
    """A new key has its first version."""
    version = Record("cloudkms", f"{key.key}/cryptoKeyVersions/1", key.project, key.document, "CryptoKeyVersion", {})
    version.body = {"name": version.key, "state": "ENABLED", "createTime": key.body["createTime"]}
    state.store.add(version)
    key.body["primary"] = version.body


def _topic_is_gone(state: State, topic: Record) -> None:
    for subscription in state.store.of_types(frozenset({"pubsub.subscriptions"}), topic.project):
        if topic.key in values_at(subscription.body, "topic"):
            subscription.body["topic"] = "_deleted-topic_"


def _function(state: State, function: Record, add: Add) -> None:
    """A function of the second generation is a service of Cloud Run."""
    if function.body.get("environment") == "GEN_2":
        place = function.key.partition("/functions/")[0]
        labels = {"goog-managed-by": "cloudfunctions"} | function.body.get("labels", {})
        body = {"labels": labels, "template": {"containers": [{"image": "gcf-artifacts"}]}}
        add(state, "run.projects.locations.services.create", place, body, serviceId=function.name)


def _function_is_gone(state: State, function: Record) -> None:
    place, _, name = function.key.partition("/functions/")
    service = state.store.find("run", f"{place}/services/{name}")
    if service is not None:
        state.store.remove(service)


_ON_CREATION: dict[str, Callable[[State, Record, Add], None]] = {
    "cloudfunctions.functions": _function,
    "cloudkms.cryptoKeys": _key,
    "compute.instanceGroupManagers": after_group,
    "compute.instances": _instance,
    "compute.networks": _network,
    "container.clusters": after_cluster,
    "container.nodePools": after_node_pool,
    "dns.managedZones": _zone,
}
_ON_DELETION: dict[str, Callable[[State, Record], None]] = {
    "cloudfunctions.functions": _function_is_gone,
    "compute.instanceGroupManagers": _group_is_gone,
    "compute.instances": _instance_is_gone,
    "compute.networks": _network_is_gone,
    "container.clusters": _cluster_is_gone,
    "container.nodePools": _node_pool_is_gone,
    "pubsub.topics": _topic_is_gone,
}
