"""From Google's Cloud Billing Catalog over HTTP to the costs in a plan."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine, a_policy
from tests.support.fake_gcp import FakeGCP
from tests.support.gcp_price_list import REGION, some_skus
from tests.support.processes import clean_environment

DEV = "my-dev-123"
ZONE = f"projects/{DEV}/zones/{REGION}-b"
EXPIRED = {"owner": "alice", "expiration": "2026-01-31"}
EXPECTED = """\
provider,region,kind,item,unit,usd
GCP,europe-west1,gcp_compute_disk,Balanced PD Capacity,GiB-month,0.1
GCP,europe-west1,gcp_compute_disk,Storage PD Capacity,GiB-month,0.04
GCP,europe-west1,gcp_compute_instance,E2 Instance Core,hour,0.02
GCP,europe-west1,gcp_compute_instance,E2 Instance Ram,GiB-month,2.19
GCP,europe-west1,gcp_compute_region_disk,Regional Storage PD Capacity,GiB-month,0.08
GCP,europe-west1,gcp_container_cluster,Zonal Kubernetes Clusters,hour,0.1
GCP,europe-west1,gcp_redis_instance,Redis Capacity Basic M1,GiB-month,35.77
GCP,europe-west1,gcp_sqladmin_instance,Cloud SQL for PostgreSQL: Zonal - Micro instance,hour,0.0105
GCP,europe-west1,gcp_sqladmin_instance,Cloud SQL for PostgreSQL: Zonal - Standard storage,GiB-month,0.17
"""


@pytest.fixture
def gcp() -> Iterator[FakeGCP]:
    """A project, and a catalogue of prices."""
    with FakeGCP() as cloud:
        cloud.new_project(DEV, "123456789012")
        some_skus(cloud)
        yield cloud


@pytest.fixture
def shell(gcp: FakeGCP, tmp_path: Path) -> CommandLine:
    """The command line of somebody who is logged in to Google Cloud, and to no other cloud."""
    login = gcp.environment(tmp_path, DEV)
    endpoints = {
        "TAGWARDEN_ALLOWED_ENDPOINTS": gcp.endpoint,
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDBILLING": f"{gcp.endpoint}/",
    }
    line = CommandLine(tmp_path, clean_environment(**login, **endpoints))
    line.declare("declared/all.yaml", a_policy(scope={"accounts": {"names": ["gcp-dev"]}}), an_account(gcp))
    return line


def an_account(gcp: FakeGCP) -> dict[str, Any]:
    return {
        "apiVersion": "tagwarden.io/v1alpha1",
        "kind": "CloudAccount",
        "metadata": {"name": "gcp-dev"},
        "spec": {
            "provider": "GCP",
            "environment": "test",
            "gcp": {"projectID": DEV, "endpointURL": gcp.endpoint},
        },
    }


def an_instance(name: str, machine: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "machineType": f"{ZONE}/machineTypes/{machine}",
        "labels": EXPIRED,
        "disks": [{"boot": True, "autoDelete": True, "initializeParams": {"diskSizeGb": "10"}}],
        "networkInterfaces": [{"network": "global/networks/default"}],
        **more,
    }


def test_prices_of_a_region_become_a_price_list(shell: CommandLine, gcp: FakeGCP) -> None:
    """One line an item; tiers, two prices of one item, other currencies and other ways of buying are left out."""
    answered = shell.run("prices", "--region", REGION)

    assert (0, EXPECTED) == (answered.status, answered.out), answered.err
    assert "Cloud Billing Catalog: Compute Engine" in answered.err.splitlines()
    assert 1 == len(gcp.calls("cloudbilling.services.list"))


def test_only_the_services_of_the_wanted_kinds_are_asked(shell: CommandLine, gcp: FakeGCP) -> None:
    """A glob narrows the requests, too."""
    answered = shell.run("prices", "--region", REGION, "--kind", "gcp_container_*", "-q")

    assert ["gcp_container_cluster"] == [line.split(",")[2] for line in answered.out.splitlines()[1:]]
    assert ["CCD8-9BF1-090E"] == [call.path.split("/")[-2] for call in gcp.calls("cloudbilling.services.skus.list")]


def test_a_region_of_another_vendor_asks_google_nothing(shell: CommandLine, gcp: FakeGCP) -> None:
    """And a region that no vendor has is bad input."""
    refused = shell.run("prices", "--region", "europe-wst-1", "-q")

    assert 2 == refused.status
    assert "no vendor has prices for europe-wst-1" in refused.err
    assert [] == gcp.calls("cloudbilling.*")


def test_a_plan_shows_what_a_project_costs(shell: CommandLine, gcp: FakeGCP) -> None:
    """Cores and memory by the machine type, disks by size; what has no known price is unknown, and never zero."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    gcp.add("compute.instances.insert", ZONE, an_instance("small", "e2-small"), at=at)
    gcp.add("compute.instances.insert", ZONE, an_instance("custom", "e2-custom-4-8192"), at=at)
    gcp.add("compute.instances.insert", ZONE, an_instance("spot", "e2-small", scheduling={"preemptible": True}), at=at)
    gcp.add("compute.instances.insert", ZONE, an_instance("other", "n2-standard-2"), at=at)
    for kind in ("balanced", "ssd"):
        disk = {"name": kind, "sizeGb": "100", "labels": EXPIRED, "type": f"{ZONE}/diskTypes/pd-{kind}"}
        gcp.add("compute.disks.insert", ZONE, disk, at=at)
    settings = {"tier": "db-f1-micro", "userLabels": EXPIRED, "dataDiskSizeGb": "10"}
    database = {"name": "db", "region": REGION, "databaseVersion": "POSTGRES_16", "settings": settings}
    gcp.add("sql.instances.insert", f"projects/{DEV}", database, at=at)
    (shell.folder / "prices.csv").write_text(shell.run("prices", "--region", REGION, "-q").out)

    shown = shell.run("plan", "-f", "declared", "--prices", "prices.csv", "-o", "json")

    assert 0 == shown.status, shown.err
    costs = {f"{each['kind']} {each['name']}": each["costPerMonth"] for each in shown.json["resources"]}
    assert 0.5 * 0.02 * 730 + 2 * 2.19 == pytest.approx(costs["gcp_compute_instance small"])
    assert 10 == costs["gcp_compute_disk balanced"]
    assert 0.0105 * 730 + 10 * 0.17 == pytest.approx(costs["gcp_sqladmin_instance db"])
    assert 0 == costs["gcp_compute_network default"]
    unknown = ("gcp_compute_instance custom", "gcp_compute_instance spot", "gcp_compute_instance other")
    assert {None} == {costs[name] for name in (*unknown, "gcp_compute_disk ssd")}
    assert "with a known price" in shown.json["report"]["pending"]["savedPerMonth"]


def test_prices_of_the_stored_snapshots_make_a_small_file(shell: CommandLine, gcp: FakeGCP) -> None:
    """Only the items that the project has, in its regions."""
    gcp.add("compute.instances.insert", ZONE, an_instance("small", "e2-small"))
    assert 0 == shell.run("collect", "-f", "declared").status

    stored = shell.run("prices", "--stored", "-q")

    assert {"E2 Instance Core", "E2 Instance Ram"} == {line.split(",")[3] for line in stored.out.splitlines()[1:]}
