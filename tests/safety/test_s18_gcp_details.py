"""S18: users that only a detail names, which no listing shows: a record, a query, a binding."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.snapshot import Snapshot
from tagwarden.providers.base import Access
from tagwarden.providers.gcp.dependents import dependents_of
from tests.integration.test_gcp_provider import NUMBER, PROJECT, collected, provider_of
from tests.support.command_line import a_policy, a_project, on_project
from tests.support.fake_gcp import FakeGCP

REGION = f"projects/{PROJECT}/regions/europe-west1"
OTHER = "my-shop-456"
BOT = f"bot@{PROJECT}.iam.gserviceaccount.com"


@pytest.fixture
def cloud() -> Iterator[FakeGCP]:
    with FakeGCP() as gcp:
        gcp.new_project(PROJECT, NUMBER)
        yield gcp


def uses(snapshot: Snapshot, source: str) -> set[str]:
    """Give the names of all that the resource of a name uses."""
    names = {each.uid: each.name for each in snapshot.resources}
    return {
        names.get(each.target, each.target)
        for each in snapshot.edges
        if each.meaning is EdgeMeaning.USES and names.get(each.source) == source
    }


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("A", ["192.0.2.1", "34.77.1.2"]),
        ("CNAME", ["shop-4k2hq3-ew.a.run.app."]),
    ],
)
def test_s18_a_zone_uses_what_its_records_lead_to(cloud: FakeGCP, kind: str, data: list[str]) -> None:
    cloud.add("compute.addresses.insert", REGION, {"name": "front", "address": "34.77.1.2"})
    place = f"projects/{PROJECT}/locations/europe-west1"
    body = {"template": {"containers": [{"image": "nginx"}]}}
    cloud.add("run.projects.locations.services.create", place, body, serviceId="shop")
    cloud.change("run", f"{place}/services/shop", uri="https://shop-4k2hq3-ew.a.run.app")
    cloud.add("dns.managedZones.create", f"projects/{PROJECT}", {"name": "corp", "dnsName": "corp.example."})
    record = {"name": "www.corp.example.", "type": kind, "ttl": 300, "rrdatas": data}
    cloud.add("dns.resourceRecordSets.create", f"projects/{PROJECT}/managedZones/corp", record)

    snapshot = collected(provider_of(cloud), "gcp_compute_address", "gcp_dns_managed_zone", "gcp_run_service")

    assert ({"shop"} if kind == "CNAME" else {"front"}) == uses(snapshot, "corp")
    assert "gcp_dns_managed_zone" in dependents_of("gcp_compute_address") & dependents_of("gcp_run_service")


def test_s18_a_zone_uses_the_bucket_that_serves_its_domain(cloud: FakeGCP) -> None:
    """The bucket has the name of the record, whose data is the same for all buckets."""
    for name in ("www.corp.example", "mail.corp.example"):
        cloud.add("storage.buckets.insert", "", {"name": name}, project=PROJECT)
    cloud.add("dns.managedZones.create", f"projects/{PROJECT}", {"name": "corp", "dnsName": "corp.example."})
    for name, kind, data in (
        ("www.corp.example.", "CNAME", "c.storage.googleapis.com."),
        ("mail.corp.example.", "A", "192.0.2.1"),
    ):
        record = {"name": name, "type": kind, "ttl": 300, "rrdatas": [data]}
        cloud.add("dns.resourceRecordSets.create", f"projects/{PROJECT}/managedZones/corp", record)

    assert {"www.corp.example"} == uses(
        collected(provider_of(cloud), "gcp_dns_managed_zone", "gcp_storage_bucket"), "corp"
    )


def test_s3_records_that_cannot_be_listed_make_the_zones_incomplete(cloud: FakeGCP) -> None:
    """The zone itself is collected."""
    cloud.add("dns.managedZones.create", f"projects/{PROJECT}", {"name": "corp", "dnsName": "corp.example."})
    cloud.deny("dns.resourceRecordSets.list")

    snapshot = collected(provider_of(cloud), "gcp_dns_managed_zone")

    assert ["corp"] == [each.name for each in snapshot.resources]
    assert {"gcp_dns_managed_zone"} == snapshot.incomplete_kinds


@pytest.mark.parametrize(
    ("made", "used"),
    [
        ({"view": {"query": f"SELECT * FROM `{PROJECT}.sales.orders` WHERE paid"}}, {"orders", "sales"}),
        ({"materializedView": {"query": "SELECT id FROM sales.orders"}}, {"orders"}),
        ({"externalDataConfiguration": {"sourceUris": ["gs://shop-uploads/*.csv"]}}, {"shop-uploads"}),
        ({}, set()),
    ],
)  # fmt: skip
def test_s18_a_view_uses_the_tables_of_its_query(cloud: FakeGCP, made: dict[str, Any], used: set[str]) -> None:
    """A listing of tables leaves out queries and sources; plain tables cost no request."""
    cloud.add("storage.buckets.insert", "", {"name": "shop-uploads"}, project=PROJECT)
    for dataset, table, more in (("sales", "orders", {}), ("reports", "daily", made)):
        reference = {"projectId": PROJECT, "datasetId": dataset}
        cloud.add("bigquery.datasets.insert", f"projects/{PROJECT}", {"datasetReference": reference})
        body = {"tableReference": {**reference, "tableId": table}, **more}
        cloud.add("bigquery.tables.insert", f"projects/{PROJECT}/datasets/{dataset}", body)

    snapshot = collected(provider_of(cloud), "gcp_bigquery_table", "gcp_storage_bucket")

    assert used == uses(snapshot, "daily")
    assert (1 if made else 0) == len(cloud.calls("bigquery.tables.get"))


@pytest.mark.parametrize("bound", [True, False])
def test_s18_an_account_that_the_policy_of_another_project_binds_stays(
    cloud: FakeGCP, tmp_path: Path, bound: bool
) -> None:
    """It expired here, and acts there."""
    cloud.new_project(OTHER, "987654321098")
    account = {"description": "owner=bob expiration=2026-01-31"}
    body = {"accountId": "bot", "serviceAccount": account}
    cloud.add("iam.projects.serviceAccounts.create", f"projects/{PROJECT}", body)
    if bound:
        cloud.bind_role(OTHER, "roles/viewer", f"serviceAccount:{BOT}")
    shell = on_project(cloud, PROJECT, tmp_path)
    policy = a_policy(scope={"accounts": {"names": ["gcp-dev"]}, "kinds": ["identity"]})
    shell.declare("declared/all.yaml", policy, a_project(cloud, PROJECT), a_project(cloud, OTHER, "gcp-shop"))
    shell.run("collect", "-f", "declared")

    done = shell.run("plan", "-f", "declared", "-o", "json")

    (bot,) = (each for each in done.json["resources"] if each["name"] == BOT)
    assert ([] if bound else ["Delete"]) == [each["type"] for each in bot["actions"]]


def test_s18_a_project_uses_the_service_accounts_of_others_that_its_policy_binds(cloud: FakeGCP) -> None:
    """A role in its own project is no use of an account, nor is the policy of a single declared project read."""
    cloud.new_project(OTHER, "987654321098")
    for project in (PROJECT, OTHER):
        cloud.bind_role(project, "roles/viewer", f"serviceAccount:{BOT}")

    both = Access(has_neighbours=True)

    own, other, alone = (
        collected(provider_of(cloud, project, access), "gcp_cloudresourcemanager_project")
        for project, access in ((PROJECT, both), (OTHER, both), (OTHER, Access()))
    )

    assert set() == uses(own, PROJECT)
    assert {f"//iam.googleapis.com/projects/{PROJECT}/serviceAccounts/{BOT}"} == uses(other, OTHER)
    assert set() == uses(alone, OTHER)
    assert 2 == len(cloud.calls("*.getIamPolicy"))
