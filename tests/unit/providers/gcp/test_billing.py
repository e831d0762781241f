"""The charges of Google Cloud resources, as they exist: known, free or unknown, and never guessed."""

from typing import Any

import pytest

from tagwarden.model.billing import Charge, Unit
from tagwarden.providers.gcp.billing import billing_of
from tagwarden.providers.gcp.billing_rules import FREE, RULES
from tagwarden.providers.gcp.pricing import _items_of
from tagwarden.providers.gcp.row import rows

_LICENCE = "https://www.googleapis.com/compute/v1/projects/{}/global/licenses/x"


def an_instance(machine: str = "e2-medium", **more: Any) -> dict[str, Any]:
    link = f"https://www.googleapis.com/compute/v1/projects/p/zones/z/machineTypes/{machine}"
    return {"machineType": link, "status": "RUNNING", **more}


def a_database(tier: str, **settings: Any) -> dict[str, Any]:
    told = {"tier": tier, "dataDiskSizeGb": "20", "dataDiskType": "PD_HDD", **settings}
    return {"databaseVersion": "MYSQL_8_0", "settings": told}


@pytest.mark.parametrize(
    ("machine", "series", "vcpus", "gib"),
    [
        ("e2-micro", "E2 Instance", 0.25, 1),
        ("e2-highcpu-8", "E2 Instance", 8, 8),
        ("n1-standard-4", "N1 Predefined Instance", 4, 15),
        ("n2d-highmem-2", "N2D AMD Instance", 2, 16),
        ("c2-standard-8", "Compute optimized", 8, 32),
    ],
)
def test_a_machine_costs_its_cores_and_its_memory(machine: str, series: str, vcpus: float, gib: float) -> None:
    """By the items of its series."""
    assert (
        Charge(f"{series} Core", Unit.HOUR, vcpus),
        Charge(f"{series} Ram", Unit.GIB_MONTH, gib),
    ) == billing_of("gcp_compute_instance", an_instance(machine))


@pytest.mark.parametrize(
    "more",
    [
        {"scheduling": {"preemptible": True}},
        {"scheduling": {"provisioningModel": "SPOT"}},
        {"scheduling": {"nodeAffinities": [{"key": "compute.googleapis.com/node-group-name"}]}},
        {"guestAccelerators": [{"acceleratorType": "nvidia-l4", "acceleratorCount": 1}]},
        {"disks": [{"type": "SCRATCH"}]},
        {"disks": [{"licenses": [_LICENCE.format("windows-cloud")]}]},
        {"status": "SUSPENDED"},
    ],
)
def test_an_instance_with_a_price_of_its_own_is_unknown(more: dict[str, Any]) -> None:
    """Spot prices, sole tenancy, GPUs, local disks, licences, and a suspended memory are no list price of the type."""
    assert None is billing_of("gcp_compute_instance", an_instance(**more))


@pytest.mark.parametrize("machine", ["e2-custom-4-8192", "n2-highmem-128", "a2-highgpu-1g", "x9-standard-4", ""])
def test_an_unknown_machine_type_is_unknown(machine: str) -> None:
    """A type of a series that nobody described here, or unlike its series."""
    assert None is billing_of("gcp_compute_instance", an_instance(machine))


def test_a_stopped_instance_is_free() -> None:
    """Its disks are counted by themselves."""
    assert () == billing_of("gcp_compute_instance", an_instance(status="TERMINATED"))
    assert () == billing_of("gcp_compute_instance", an_instance("f1-micro", status="TERMINATED"))


def test_free_licences_cost_nothing() -> None:
    """Debian is free, whatever else is attached."""
    disks = [{"licenses": [_LICENCE.format("debian-cloud")]}, {"boot": False}]

    assert 2 == len(billing_of("gcp_compute_instance", an_instance(disks=disks)) or ())


@pytest.mark.parametrize(
    ("address", "items"),
    [
        ({"status": "RESERVED"}, ["Static Ip Charge"]),
        ({"status": "IN_USE", "users": ["https://g/zones/z/instances/web"]}, ["External IP Charge on a Standard VM"]),
        ({"status": "IN_USE", "users": ["https://g/regions/r/forwardingRules/web"]}, []),
        ({"status": "RESERVED", "addressType": "INTERNAL"}, []),
        ({"status": "IN_USE", "users": ["https://g/regions/r/routers/nat"]}, None),
        ({"status": "RESERVED", "ipVersion": "IPV6"}, None),
        ({}, None),
    ],
)
def test_an_address_costs_by_its_use(address: dict[str, Any], items: list[str] | None) -> None:
    """Idle ones cost, those of load balancers do not, and those of other users are unknown."""
    found = billing_of("gcp_compute_address", address)

    assert items == ([charge.item for charge in found] if found is not None else None)


def test_a_database_costs_its_machine_and_its_storage() -> None:
    """By engine and availability; while it is stopped, only its storage."""
    zonal = "Cloud SQL for MySQL: Zonal -"
    storage = Charge(f"{zonal} Low cost storage", Unit.GIB_MONTH, 20)

    assert (
        Charge(f"{zonal} vCPU", Unit.HOUR, 2),
        Charge(f"{zonal} RAM", Unit.GIB_MONTH, 7.5),
        storage,
    ) == billing_of("gcp_sqladmin_instance", a_database("db-custom-2-7680"))
    assert (Charge(f"{zonal} Small instance", Unit.HOUR, 1), storage) == billing_of(
        "gcp_sqladmin_instance", a_database("db-g1-small")
    )
    assert (storage,) == billing_of("gcp_sqladmin_instance", a_database("db-g1-small", activationPolicy="NEVER"))
    assert None is billing_of("gcp_sqladmin_instance", a_database("db-n1-standard-1"))
    assert None is billing_of("gcp_sqladmin_instance", a_database("db-g1-small", edition="ENTERPRISE_PLUS"))


@pytest.mark.parametrize(
    ("kind", "item", "charge"),
    [
        (
            "gcp_compute_region_disk",
            {"type": "https://g/regions/r/diskTypes/pd-ssd", "sizeGb": "200"},
            Charge("Regional SSD backed PD Capacity", Unit.GIB_MONTH, 200),
        ),
        ("gcp_container_cluster", {"location": "europe-west1-b"}, Charge("Zonal Kubernetes Clusters", Unit.HOUR, 1)),
        ("gcp_container_cluster", {"location": "europe-west1"}, Charge("Regional Kubernetes Clusters", Unit.HOUR, 1)),
        (
            "gcp_container_cluster",
            {"location": "europe-west1", "autopilot": {"enabled": True}},
            Charge("Autopilot Kubernetes Clusters", Unit.HOUR, 1),
        ),
        (
            "gcp_redis_instance",
            {"tier": "STANDARD_HA", "memorySizeGb": 11},
            Charge("Redis Capacity Standard M3", Unit.GIB_MONTH, 11),
        ),
        (
            "gcp_file_instance",
            {"tier": "BASIC_HDD", "fileShares": [{"capacityGb": "1024"}]},
            Charge("Filestore Capacity Basic HDD (Standard)", Unit.GIB_MONTH, 1024),
        ),
    ],
)
def test_a_charge_of_another_kind(kind: str, item: dict[str, Any], charge: Charge) -> None:
    """One charge, whose size the item tells."""
    assert (charge,) == billing_of(kind, item)


@pytest.mark.parametrize("kind", sorted(RULES))
@pytest.mark.parametrize("item", [{}, {"machineType": 7, "disks": "x", "scheduling": [], "settings": 3, "users": {}}])
def test_an_item_that_tells_too_little_is_unknown(kind: str, item: dict[str, Any]) -> None:
    """Never free, and never an error."""
    assert None is billing_of(kind, item)


def test_every_kind_is_known_free_or_priced() -> None:
    """And no item of a rule could be another one with a place behind it."""
    assert set() == (RULES.keys() | FREE) - rows().keys()
    assert set() == RULES.keys() & FREE
    items = [item for rules in RULES.values() for rule in rules for item in _items_of(rule)]
    assert [] == [item for item in set(items) for other in set(items) if other.startswith(f"{item} ")]


@pytest.mark.parametrize(
    ("kind", "item"),
    [
        ("gcp_compute_address", {"addressType": "EXTERNAL", "status": "RESERVED", "address": "203.0.113.1"}),
        ("gcp_container_cluster", {"location": "europe-west1"}),
    ],
)
def test_a_plan_with_the_charge_is_read_as_it_was_stored(kind: str, item: dict[str, Any]) -> None:
    """Quantities are stored as decimal numbers: an integer would come back as another text, as if edited (S6)."""
    found = billing_of(kind, item)

    assert found
    assert [float] == [type(charge.quantity) for charge in found]
