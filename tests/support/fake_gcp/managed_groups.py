"""Managed instance groups: they create their members and make a deleted one again.

https://cloud.google.com/compute/docs/instance-groups/about-igs
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from tests.support.fake_gcp.births import self_link
from tests.support.fake_gcp.creating import Add, Drop
from tests.support.fake_gcp.state import State
from tests.support.fake_gcp.store import REGIONS, Record, compute_key


def after_group(state: State, manager: Record, add: Add) -> None:
    """Create the instance group and the members of a new manager."""
    place = manager.key.rpartition("/instanceGroupManagers/")[0]
    regional = "/regions/" in manager.key
    method = "compute.regionInstanceGroups.insert" if regional else "compute.instanceGroups.insert"
    if regional:  # no client may insert one; the manager does
        group = Record(
            "compute",
            f"{place}/instanceGroups/{manager.name}",
            manager.project,
            manager.document,
            "InstanceGroup",
            {"name": manager.name, "selfLink": self_link("compute", f"{place}/instanceGroups/{manager.name}")},
        )
        state.store.add(group)
    else:
        group = add(state, method, place, {"name": manager.name})
    size = int(manager.body.get("targetSize", 0))
    group.body["size"] = size
    manager.body["instanceGroup"] = self_link("compute", group.key)
    manager.body.setdefault("baseInstanceName", manager.name)
    manager.body["status"] = {"isStable": True}
    for index in range(size):
        suffix = sha256(f"{manager.key}{index}".encode()).hexdigest()[:4]
        _add_member(state, manager, f"{manager.body['baseInstanceName']}-{suffix}", index, add)


def after_group_is_gone(state: State, manager: Record, drop: Drop) -> None:
    """Delete the members and the instance group of a deleted manager."""
    for member in members(state, manager):
        drop(state, member)
    group = state.store.find("compute", manager.key.replace("/instanceGroupManagers/", "/instanceGroups/"))
    if group is not None:
        state.store.remove(group)


def make_member_again(state: State, instance: Record, add: Add) -> None:
    """Create a deleted member anew: the same name, another id and time."""
    key = _manager_key(state, instance)
    manager = state.store.find("compute", key) if key else None
    if manager is not None:
        zone = instance.key.split("/")[3]
        _add_member(state, manager, instance.name, 0, add, zone=zone)


def members(state: State, manager: Record) -> list[Record]:
    """Return the instances of a managed group."""
    instances = state.store.of_types(frozenset({"compute.instances"}), manager.project)
    return [each for each in instances if _manager_key(state, each) == manager.key]


def _manager_key(state: State, instance: Record) -> str:
    items = (instance.body.get("metadata") or {}).get("items", [])
    stated = next((item["value"] for item in items if item["key"] == "created-by"), "")
    return state.store.canonical("compute", stated)


def _add_member(state: State, manager: Record, name: str, index: int, add: Add, *, zone: str = "") -> None:
    place = re.sub(r"/instanceGroupManagers/.*", "", manager.key)
    region = place.rpartition("/")[2]
    zone = zone or (region if "/zones/" in place else REGIONS[region][index % len(REGIONS[region])])
    versions = manager.body.get("versions", [{}])
    link = manager.body.get("instanceTemplate") or versions[0].get("instanceTemplate", "")
    template = state.store.get("compute", compute_key(manager.project, link))
    wanted = template.body.get("properties", {})
    number = state.store.projects[manager.project].number
    created_by = manager.key.replace(f"projects/{manager.project}", f"projects/{number}", 1)
    items = [
        {"key": "created-by", "value": created_by},
        {"key": "instance-template", "value": template.key.replace(manager.project, number, 1)},
    ]
    body = {
        "name": name,
        "machineType": f"zones/{zone}/machineTypes/{wanted.get('machineType', 'e2-small')}",
        "disks": [_disk(each) for each in wanted.get("disks", [])],
        "networkInterfaces": wanted.get("networkInterfaces", []),
        "labels": wanted.get("labels", {}),
        "metadata": {"items": [*(wanted.get("metadata") or {}).get("items", []), *items]},
        "serviceAccounts": wanted.get("serviceAccounts", []),
    }
    add(state, "compute.instances.insert", f"projects/{manager.project}/zones/{zone}", body)


def _disk(wanted: Mapping[str, Any]) -> dict[str, Any]:
    return dict(wanted) | {"initializeParams": dict(wanted.get("initializeParams", {}))}
