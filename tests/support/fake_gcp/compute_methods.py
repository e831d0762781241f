"""Methods of Compute Engine, GKE and Cloud KMS that are neither reading, writing nor deleting."""

from collections.abc import Mapping
from typing import Any

from tests.support.fake_gcp.births import self_link, timestamp
from tests.support.fake_gcp.errors import Refusal, not_found
from tests.support.fake_gcp.managed_groups import members
from tests.support.fake_gcp.state import Request, State
from tests.support.fake_gcp.store import REGIONS, Record, compute_key


def _changed(state: State, request: Request, record: Record, change: Mapping[str, Any]) -> dict[str, Any]:
    """Answer an operation that writes some fields."""

    def finish() -> Mapping[str, Any]:
        state.faults.refuse_inside(request.method.id)
        record.body.update(change)
        return record.body

    return state.operations.start(request.method, record, "update", finish)


def _instance(state: State, request: Request) -> Record:
    return state.store.get("compute", request.parent_key(state))


def set_deletion_protection(state: State, request: Request) -> dict[str, Any]:
    """Protect an instance, or no longer."""
    wanted = request.first("deletionProtection", "true") == "true"
    record = state.store.get("compute", request.parent_key(state))
    return _changed(state, request, record, {"deletionProtection": wanted})


def start(state: State, request: Request) -> dict[str, Any]:
    """Start an instance."""
    return _changed(state, request, _instance(state, request), {"status": "RUNNING"})


def stop(state: State, request: Request) -> dict[str, Any]:
    """Stop an instance."""
    return _changed(state, request, _instance(state, request), {"status": "TERMINATED"})


def attach_disk(state: State, request: Request) -> dict[str, Any]:
    """Attach a disk to an instance; a disk in write mode serves one instance."""
    instance = _instance(state, request)
    key = compute_key(instance.project, request.body.get("source", ""))
    disk = state.store.get("compute", key)
    for other in state.store.of_types(frozenset({"compute.instances"}), instance.project):
        if any(each.get("source") == self_link("compute", key) for each in other.body.get("disks", [])):
            message = f"The disk resource '{disk.key}' is already being used by '{other.key}'"
            raise Refusal("FAILED_PRECONDITION", message, reason="resourceInUseByAnotherResource")
    attached = dict(request.body) | {"source": self_link("compute", key)}
    attached.setdefault("deviceName", disk.name)
    return _changed(state, request, instance, {"disks": [*instance.body.get("disks", []), attached]})


def detach_disk(state: State, request: Request) -> dict[str, Any]:
    """Detach a disk, named by its device name."""
    instance = _instance(state, request)
    kept = [each for each in instance.body.get("disks", []) if each.get("deviceName") != request.first("deviceName")]
    if len(kept) == len(instance.body.get("disks", [])):
        raise not_found("compute", request.first("deviceName"))
    return _changed(state, request, instance, {"disks": kept})


def set_disk_auto_delete(state: State, request: Request) -> dict[str, Any]:
    """Let a disk go with its instance, or stay."""
    instance = _instance(state, request)
    wanted = request.first("autoDelete") == "true"
    disks = [
        each | ({"autoDelete": wanted} if each.get("deviceName") == request.first("deviceName") else {})
        for each in instance.body.get("disks", [])
    ]
    return _changed(state, request, instance, {"disks": disks})


def managed_instances(state: State, request: Request) -> dict[str, Any]:
    """Answer the members of a managed group."""
    manager = state.store.get("compute", request.parent_key(state))
    found = [
        {
            "instance": self_link("compute", each.key),
            "name": each.name,
            "id": each.body["id"],
            "instanceStatus": each.body["status"],
            "currentAction": "NONE",
        }
        for each in members(state, manager)
    ]
    return {"managedInstances": found} if found else {}


def group_instances(state: State, request: Request) -> dict[str, Any]:
    """Answer the instances of an instance group."""
    group = state.store.get("compute", request.parent_key(state))
    manager = state.store.find("compute", group.key.replace("/instanceGroups/", "/instanceGroupManagers/"))
    found = members(state, manager) if manager is not None else []
    items = [{"instance": self_link("compute", each.key), "status": each.body["status"]} for each in found]
    return {"kind": "compute#instanceGroupsListInstances"} | ({"items": items} if items else {})


def zones(state: State, request: Request) -> dict[str, Any]:
    """Answer the zones of a project."""
    project = request.key(state).rpartition("/")[0]
    found = [(region, zone) for region, zones_ in REGIONS.items() for zone in zones_]
    items = [
        {
            "kind": "compute#zone",
            "name": zone,
            "status": "UP",
            "region": self_link("compute", f"{project}/regions/{region}"),
            "selfLink": self_link("compute", f"{project}/zones/{zone}"),
        }
        for region, zone in found
    ]
    return {"kind": "compute#zoneList", "items": items}


def regions(state: State, request: Request) -> dict[str, Any]:
    """Answer the regions of a project."""
    project = request.key(state).rpartition("/")[0]
    items = [
        {
            "kind": "compute#region",
            "name": region,
            "status": "UP",
            "selfLink": self_link("compute", f"{project}/regions/{region}"),
            "zones": [self_link("compute", f"{project}/zones/{zone}") for zone in zones_],
        }
        for region, zones_ in REGIONS.items()
    ]
    return {"kind": "compute#regionList", "items": items}


def compute_project(state: State, request: Request) -> dict[str, Any]:
    """Answer Compute Engine's `projects.get`."""
    project = state.store.project_of(request.key(state))
    if project is None:
        raise not_found("compute", request.key(state))
    return {
        "kind": "compute#project",
        "id": project.number,
        "name": project.id,
        "defaultServiceAccount": f"{project.number}-compute@developer.gserviceaccount.com",
        "selfLink": self_link("compute", f"projects/{project.id}"),
    }


def locations(state: State, request: Request) -> dict[str, Any]:
    """Answer an API's `locations.list`: the regions and "global"."""
    parent = request.key(state).removesuffix("/locations")
    return {"locations": [{"name": f"{parent}/locations/{each}", "locationId": each} for each in (*REGIONS, "global")]}


def add_association(state: State, request: Request) -> dict[str, Any]:
    """Associate a firewall policy with a network."""
    policy = state.store.get("compute", request.parent_key(state))
    return _changed(state, request, policy, {"associations": [*policy.body.get("associations", []), request.body]})


def remove_association(state: State, request: Request) -> dict[str, Any]:
    """End the association of a firewall policy."""
    policy = state.store.get("compute", request.parent_key(state))
    kept = [each for each in policy.body.get("associations", []) if each.get("name") != request.first("name")]
    return _changed(state, request, policy, {"associations": kept})


def add_peering(state: State, request: Request) -> dict[str, Any]:
    """Connect a network with another one."""
    network = state.store.get("compute", request.parent_key(state))
    peering = request.body.get("networkPeering", {})
    return _changed(state, request, network, {"peerings": [*network.body.get("peerings", []), peering]})


def remove_peering(state: State, request: Request) -> dict[str, Any]:
    """End a connection with another network."""
    network = state.store.get("compute", request.parent_key(state))
    kept = [each for each in network.body.get("peerings", []) if each.get("name") != request.body.get("name")]
    return _changed(state, request, network, {"peerings": kept})


def update_node_pool(state: State, request: Request) -> dict[str, Any]:
    """Change a node pool; labels of its nodes' resources are replaced as a whole."""
    pool = request.record(state)
    state.operations.check_idle(pool)
    etag = request.body.get("etag")
    if etag and etag != pool.body.get("etag"):
        raise Refusal("ABORTED", f"etag '{etag}' of node pool {pool.name} is not the current one.")
    config = dict(pool.body.get("config", {}))
    if "resourceLabels" in request.body:
        config["resourceLabels"] = request.body["resourceLabels"].get("labels", {})
    return _changed(state, request, pool, {"config": config})


def destroy_key_version(state: State, request: Request) -> dict[str, Any]:
    """Schedule the destruction of a version of a key."""
    version = state.store.get("cloudkms", request.key(state))
    version.body |= {"state": "DESTROY_SCHEDULED", "destroyTime": timestamp("cloudkms", {}, state.clock())}
    return version.body
