"""Which items of Google's price list a resource costs, as rows.

An item is the description of a SKU without its place: `E2 Instance Core` for `E2 Instance Core running in Belgium`. A
charge that depends on usage, on other resources, or on facts that the API does not show has no row, and its kind is
unknown: https://cloud.google.com/skus
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tagwarden.model.billing import Unit
from tagwarden.providers.gcp.machines import CORES, MEMORIES


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that decides a charge: the value at `path`, of a link its last part.

    `words` translate values: "" is a missing one, "*" any other; None means free of charge. A value outside of `words`
    makes the cost unknown.
    """

    path: str
    words: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Billed:
    """A charge for the existence of a resource, never for its usage.

    `service` is the display name of the service in the catalogue. `item` may contain the words of named `facts`;
    `quantity` is the path to a number, one where it is empty.
    """

    service: str
    item: str
    unit: Unit
    quantity: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


_COMPUTE = "Compute Engine"
_SQL = "Cloud SQL"


REDIS_SIZES: Mapping[str, float] = {"M1": 4, "M2": 10, "M3": 35, "M4": 100, "M5": 300}
"""The most GiB of each class: https://cloud.google.com/memorystore/docs/redis/pricing"""


def _same(words: Iterable[str]) -> Mapping[str, str]:
    return {word: word for word in words}


def _only(path: str, *values: str, free: tuple[str, ...] = ()) -> Fact:
    """Give a fact that only allows these values, "" for a missing one; with the values of `free` nothing is charged."""
    return Fact(path, {**dict.fromkeys(values, ""), **dict.fromkeys(free)})


def _shared(path: str, item_of: Mapping[str, str]) -> tuple[Fact, Fact]:
    """Give the fact of machines with an item of their own, and the fact of all others."""
    return Fact(path, {**item_of, "*": None}), Fact(path, {**dict.fromkeys(item_of), "*": ""})


_RUNNING = {
    "state": _only("status", "PROVISIONING", "STAGING", "RUNNING", "STOPPING", "REPAIRING", free=("TERMINATED",)),
    "model": _only("scheduling.provisioningModel", "", "STANDARD"),
    "spot": _only("scheduling.preemptible", "", "False"),
    "extra": _only("extra", ""),
}
_SMALL, _LARGE = _shared(
    "machineType", {"f1-micro": "Micro Instance with burstable CPU", "g1-small": "Small Instance with 1 VCPU"}
)
_PRIMITIVE, _DEDICATED = _shared("settings.tier", {"db-f1-micro": "Micro instance", "db-g1-small": "Small instance"})
_DATABASE = {
    "engine": Fact("engine", {"POSTGRES": "Cloud SQL for PostgreSQL", "MYSQL": "Cloud SQL for MySQL"}),
    "where": Fact("settings.availabilityType", {"": "Zonal", "ZONAL": "Zonal", "REGIONAL": "Regional"}),
    "edition": _only("settings.edition", "", "ENTERPRISE", "EDITION_UNSPECIFIED"),
}
_SERVING = {**_DATABASE, "policy": _only("settings.activationPolicy", "", "ALWAYS", free=("NEVER",))}


def _disk(scope: str) -> tuple[Billed, ...]:
    types = {"pd-standard": "Storage PD", "pd-ssd": "SSD backed PD", "pd-balanced": "Balanced PD"}
    return (Billed(_COMPUTE, scope + "{type} Capacity", Unit.GIB_MONTH, "sizeGb", {"type": Fact("type", types)}),)


_OUTER = {
    "version": _only("ipVersion", "", "IPV4"),
    "kind": _only("addressType", "", "EXTERNAL", free=("INTERNAL",)),
}
_LOAD_BALANCED = Fact("users[?contains(@, '/forwardingRules/')] | [0]", {"": "", "*": None})
_OTHERWISE_USED = _only("users[?!contains(@, '/forwardingRules/') && !contains(@, '/instances/')] | [0]", "")

RULES: Mapping[str, tuple[Billed, ...]] = {
    "gcp_compute_instance": (
        Billed(_COMPUTE, "{small}", Unit.HOUR, "", {**_RUNNING, "small": _SMALL}),
        Billed(_COMPUTE, "{core}", Unit.HOUR, "machine.vcpus",
               {**_RUNNING, "large": _LARGE, "core": Fact("machine.core", _same(CORES))}),
        Billed(_COMPUTE, "{ram}", Unit.GIB_MONTH, "machine.gib",
               {**_RUNNING, "large": _LARGE, "ram": Fact("machine.ram", _same(MEMORIES))}),
    ),
    "gcp_compute_disk": _disk(""),
    "gcp_compute_region_disk": _disk("Regional "),
    "gcp_compute_address": (
        Billed(_COMPUTE, "Static Ip Charge", Unit.HOUR, "",
               {**_OUTER, "state": _only("status", "RESERVED", free=("IN_USE",))}),
        Billed(_COMPUTE, "External IP Charge on a Standard VM", Unit.HOUR, "",
               {**_OUTER, "state": _only("status", "IN_USE", free=("RESERVED",)), "balanced": _LOAD_BALANCED,
                "other": _OTHERWISE_USED}),
    ),
    "gcp_sqladmin_instance": (
        Billed(_SQL, "{engine}: {where} - {primitive}", Unit.HOUR, "", {**_SERVING, "primitive": _PRIMITIVE}),
        Billed(_SQL, "{engine}: {where} - vCPU", Unit.HOUR, "machine.vcpus", {**_SERVING, "dedicated": _DEDICATED}),
        Billed(_SQL, "{engine}: {where} - RAM", Unit.GIB_MONTH, "machine.gib", {**_SERVING, "dedicated": _DEDICATED}),
        Billed(_SQL, "{engine}: {where} - {disk} storage", Unit.GIB_MONTH, "settings.dataDiskSizeGb",
               {**_DATABASE, "disk": Fact("settings.dataDiskType",
                                          {"": "Standard", "PD_SSD": "Standard", "PD_HDD": "Low cost"})}),
    ),
    # Nodes are instances, with charges of their own.
    "gcp_container_cluster": (
        Billed("Kubernetes Engine", "{mode} Kubernetes Clusters", Unit.HOUR, "",
               {"mode": Fact("mode", {"Zonal": "Zonal", "Regional": "Regional", "Autopilot": "Autopilot"})}),
    ),
    "gcp_redis_instance": (
        Billed("Cloud Memorystore for Redis", "Redis Capacity {tier} {size}", Unit.GIB_MONTH, "memorySizeGb",
               {"tier": Fact("tier", {"BASIC": "Basic", "STANDARD_HA": "Standard"}),
                "size": Fact("size", _same(REDIS_SIZES)),
                "replicas": _only("readReplicasMode", "", "READ_REPLICAS_DISABLED", "READ_REPLICAS_MODE_UNSPECIFIED")}),
    ),
    "gcp_file_instance": (
        Billed("Cloud Filestore", "Filestore Capacity {tier}", Unit.GIB_MONTH, "fileShares[0].capacityGb",
               {"tier": Fact("tier", {"STANDARD": "Basic HDD (Standard)", "BASIC_HDD": "Basic HDD (Standard)",
                                      "PREMIUM": "Basic SSD (Premium)", "BASIC_SSD": "Basic SSD (Premium)"})}),
    ),
}  # fmt: skip
"""By kind."""

_FREE = """
    cloudtasks_queue compute_autoscaler compute_backend_bucket compute_backend_service compute_firewall
    compute_health_check compute_http_health_check compute_https_health_check compute_instance_group
    compute_instance_group_manager compute_instance_template compute_network compute_network_endpoint_group
    compute_node_template compute_region_autoscaler compute_region_backend_service compute_region_health_check
    compute_region_instance_group_manager compute_region_instance_template compute_region_ssl_certificate
    compute_region_ssl_policy compute_region_target_http_proxy compute_region_target_https_proxy
    compute_region_target_tcp_proxy compute_region_url_map compute_resource_policy compute_route
    compute_ssl_certificate compute_ssl_policy compute_subnetwork compute_target_grpc_proxy
    compute_target_http_proxy compute_target_https_proxy compute_target_instance compute_target_pool
    compute_target_ssl_proxy compute_target_tcp_proxy compute_url_map container_node_pool iam_role
    iam_service_account logging_sink monitoring_dashboard pubsub_schema
"""
FREE = frozenset(f"gcp_{name}" for name in _FREE.split())
"""Kinds that are free by themselves; their contents and their usage may cost."""
