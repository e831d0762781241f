"""What a deletion in Google Cloud takes after Google refused it, and what keeps it from taking anything (S23)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from tagwarden.errors import (
    DeletionFailed,
    DependencyViolation,
    InvalidState,
    MayNotAct,
    PreconditionFailed,
    Unsupported,
    VendorProtection,
)
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.providers.base import PolicyNeeds, RoleRequest, Taken
from tagwarden.providers.gcp.connection import Connection
from tagwarden.providers.registry import catalogue_of
from tests.integration.test_gcp_provider import PROJECT, collected, ended, gcp, provider_of, the
from tests.support.fake_gcp import FakeGCP, Refusal
from tests.support.fake_gcp.errors import in_use

__all__ = ["gcp"]

PLACE = f"projects/{PROJECT}/locations/europe-west1"


def a_bucket(gcp: FakeGCP, *objects: str, **held: Any) -> None:
    gcp.add("storage.buckets.insert", "", {"name": "full"}, project=PROJECT)
    for name in objects:
        gcp.add("storage.objects.insert", "b/full", {"name": name, "generation": "7", **held})


def a_zone(gcp: FakeGCP) -> None:
    gcp.add("dns.managedZones.create", f"projects/{PROJECT}", {"name": "corp", "dnsName": "corp.example."})
    for name, kind in (("www.corp.example.", "A"), ("dev.corp.example.", "NS")):
        record = {"name": name, "type": kind, "ttl": 300, "rrdatas": ["10.9.0.5"]}
        gcp.add("dns.resourceRecordSets.create", f"projects/{PROJECT}/managedZones/corp", record)


def a_dataset(gcp: FakeGCP) -> None:
    reference = {"projectId": PROJECT, "datasetId": "sales"}
    gcp.add("bigquery.datasets.insert", f"projects/{PROJECT}", {"datasetReference": reference, "location": "EU"})
    table = {"tableReference": {**reference, "tableId": "orders"}}
    gcp.add("bigquery.tables.insert", f"projects/{PROJECT}/datasets/sales", table)


def test_a_bucket_is_emptied_only_after_google_refused(gcp: FakeGCP) -> None:
    """Each object in each version, with names that have slashes; the journal hears of it first."""
    a_bucket(gcp, "reports/2025 (1).csv", "b.txt")
    taken: list[Taken] = []
    provider = provider_of(gcp)
    bucket = the(collected(provider, "gcp_storage_bucket"), "full")

    provider.delete(bucket, taken.append)

    assert ended(provider, bucket)
    assert {"storage.objects.delete of all in full"} == {each.step for each in taken}
    assert [] == gcp.keys_of("storage.*")


def test_an_object_on_hold_keeps_the_bucket_whole(gcp: FakeGCP) -> None:
    """A deletion that is refused in the end leaves everything as it was."""
    a_bucket(gcp, "a.txt", "b.txt", temporaryHold=True)
    provider = provider_of(gcp)
    bucket = the(collected(provider, "gcp_storage_bucket"), "full")

    with pytest.raises(VendorProtection, match="on hold"):
        provider.delete(bucket)

    assert 3 == len(gcp.keys_of("storage.*"))


@pytest.mark.parametrize("ahead", [True, False])
def test_a_retained_object_keeps_the_bucket_whole(gcp: FakeGCP, ahead: bool) -> None:
    """The objects whose time has passed would go before Google refuses the first of the others."""
    until = datetime.now(UTC) + (1 if ahead else -1) * timedelta(days=1)
    a_bucket(gcp, "old.txt")
    new = {"name": "z.txt", "generation": "7", "retentionExpirationTime": f"{until:%Y-%m-%dT%H:%M:%SZ}"}
    gcp.add("storage.objects.insert", "b/full", new)
    provider = provider_of(gcp)
    bucket = the(collected(provider, "gcp_storage_bucket"), "full")

    if ahead:
        with pytest.raises(VendorProtection, match="must be retained"):
            provider.delete(bucket)
    else:
        provider.delete(bucket)

    assert (3 if ahead else 0) == len(gcp.keys_of("storage.*"))


@pytest.mark.parametrize("change", [{"labels": {"expiration": "2099-01-01"}}, {"defaultEventBasedHold": True}])
def test_s5_a_bucket_that_changes_during_the_look_at_its_objects_is_not_emptied(
    gcp: FakeGCP, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    """S5: a look at a million objects takes minutes, in which somebody may extend the expiry."""
    a_bucket(gcp, "a.txt", "b.txt")
    provider = provider_of(gcp)
    bucket = the(collected(provider, "gcp_storage_bucket"), "full")
    pages = Connection.pages

    def slow(self: Connection, *asked: Any) -> Iterator[dict[str, Any]]:
        if asked[-1] == "storage.objects.list":
            gcp.change("storage", "b/full", **change)
        return pages(self, *asked)

    monkeypatch.setattr(Connection, "pages", slow)

    with pytest.raises(PreconditionFailed):
        provider.delete(bucket)

    assert 3 == len(gcp.keys_of("storage.*"))


def test_s5_a_bucket_is_read_again_while_it_is_emptied(gcp: FakeGCP, monkeypatch: pytest.MonkeyPatch) -> None:
    """S5: whoever sees objects disappear can stop it with a label."""
    monkeypatch.setattr("tagwarden.providers.gcp.deleting._FRESH", 0.0)
    a_bucket(gcp, "a.txt", "b.txt", "c.txt")
    provider = provider_of(gcp)
    bucket = the(collected(provider, "gcp_storage_bucket"), "full")

    with pytest.raises(PreconditionFailed):
        provider.delete(bucket, lambda _: gcp.change("storage", "b/full", labels={"protect": "yes"}))

    assert ["b/full", "b/full/o/b.txt", "b/full/o/c.txt"] == sorted(gcp.keys_of("storage.*"))


def test_s5_a_bucket_that_changed_since_it_was_read_is_not_deleted(gcp: FakeGCP) -> None:
    """S5: the request names the metageneration that was read, so that Google itself refuses."""
    a_bucket(gcp)
    provider = provider_of(gcp)
    bucket = the(collected(provider, "gcp_storage_bucket"), "full")
    gcp.change("storage", "b/full", labels={"expiration": "2099-01-01"})

    with pytest.raises(PreconditionFailed):
        provider.delete(bucket)

    assert gcp.exists("storage", "b/full")


def test_s5_an_object_that_changed_since_it_was_listed_stays(gcp: FakeGCP) -> None:
    """S5: its generation and metageneration are named in the request."""
    a_bucket(gcp, "a.txt")
    provider = provider_of(gcp)
    bucket = the(collected(provider, "gcp_storage_bucket"), "full")

    with pytest.raises(PreconditionFailed):
        provider.delete(bucket, lambda _: gcp.change("storage", "b/full/o/a.txt", metadata={"keep": "yes"}))

    assert gcp.exists("storage", "b/full/o/a.txt")


def test_s11_emptying_a_bucket_stops_when_acting_is_no_longer_allowed(gcp: FakeGCP) -> None:
    """S11: the note is given before each object, and an exception prevents its deletion."""
    a_bucket(gcp, "a.txt", "b.txt", "c.txt")
    provider = provider_of(gcp)
    bucket = the(collected(provider, "gcp_storage_bucket"), "full")
    noted: list[Taken] = []

    def note(taken: Taken) -> None:
        if noted:
            raise MayNotAct("the lease is lost")
        noted.append(taken)

    with pytest.raises(MayNotAct):
        provider.delete(bucket, note)

    assert ["b/full", "b/full/o/b.txt", "b/full/o/c.txt"] == sorted(gcp.keys_of("storage.*"))


def test_s5_contents_go_only_with_the_container_that_was_decided(gcp: FakeGCP) -> None:
    """S5: it is read again after Google refused to delete it with its contents."""
    a_dataset(gcp)
    provider = provider_of(gcp)
    dataset = the(collected(provider, "gcp_bigquery_dataset"), "sales")
    gcp.change("bigquery", dataset.id, labels={"expiration": "2099-01-01"})

    with pytest.raises(PreconditionFailed):
        provider.delete(dataset)

    assert gcp.exists("bigquery", dataset.id)


@pytest.mark.parametrize("kind", ["gcp_storage_bucket", "gcp_dns_managed_zone"])
def test_s23_what_is_refused_for_another_reason_is_not_emptied(gcp: FakeGCP, kind: str) -> None:
    """S23: a zone that a policy uses would lose its records, and stay."""
    a_bucket(gcp, "a.txt")
    a_zone(gcp)
    provider = provider_of(gcp)
    (found,) = (each for each in collected(provider, kind).resources if each.name in {"full", "corp"})
    before = gcp.keys_of()
    gcp.fail("*.delete", in_use(f"x/{found.id}", "another"), times=1)

    with pytest.raises(DependencyViolation):
        provider.delete(found)

    assert before == gcp.keys_of()


def test_s23_the_records_of_a_zone_that_stays_are_put_back(gcp: FakeGCP) -> None:
    """S23: each as it was."""
    a_zone(gcp)
    provider = provider_of(gcp)
    zone = the(collected(provider, "gcp_dns_managed_zone"), "corp")
    before = {key: gcp.body("dns", key) for key in gcp.keys_of("dns.rrsets")}
    taken: list[Taken] = []

    def note(each: Taken) -> None:
        taken.append(each)
        gcp.fail("dns.managedZones.delete", in_use("managedZones/corp", "a policy"))

    with pytest.raises(DependencyViolation):
        provider.delete(zone, note)
    for each in taken:
        provider.undo(zone, each)

    assert before == {key: gcp.body("dns", key) for key in gcp.keys_of("dns.rrsets")}


def test_a_zone_loses_its_records_and_keeps_those_that_it_was_born_with(gcp: FakeGCP) -> None:
    """The delegation of a subdomain is a record like others; Google deletes SOA and NS of the zone itself."""
    a_zone(gcp)
    provider = provider_of(gcp)
    zone = the(collected(provider, "gcp_dns_managed_zone"), "corp")

    provider.delete(zone)

    assert ended(provider, zone)
    deleted = [call.path.rpartition("/rrsets/")[2] for call in gcp.calls("dns.resourceRecordSets.delete")]
    assert {"dev.corp.example./NS", "www.corp.example./A"} == set(deleted)


@pytest.mark.parametrize(
    ("kind", "name", "parameter"),
    [("gcp_bigquery_dataset", "sales", "deleteContents"), ("gcp_alloydb_cluster", "pg", "force")],
)
def test_contents_go_by_the_parameter_of_the_api(gcp: FakeGCP, kind: str, name: str, parameter: str) -> None:
    """First without it: an empty container needs none."""
    a_dataset(gcp)
    gcp.add("alloydb.projects.locations.clusters.create", PLACE, {}, clusterId="pg")
    gcp.add("alloydb.projects.locations.clusters.instances.create", f"{PLACE}/clusters/pg", {}, instanceId="one")
    taken: list[Taken] = []
    provider = provider_of(gcp)
    container = the(collected(provider, kind), name)
    gcp.forget_calls()

    provider.delete(container, taken.append)

    assert ended(provider, container)
    deletions = gcp.calls(f"*.{kind.rpartition('_')[2]}s.delete")
    assert [None, "true"] == [call.query.get(parameter, (None,))[0] for call in deletions]
    assert 1 == len(taken)


def test_a_job_of_dataflow_is_cancelled(gcp: FakeGCP) -> None:
    """Google deletes no job: an ended one is only history."""
    body = {"name": "stream", "id": "2026-11-30_1", "currentState": "JOB_STATE_RUNNING", "location": "europe-west1"}
    key = f"{PLACE}/jobs/2026-11-30_1"
    gcp.put("dataflow", key, "Job", {**body, "createTime": "2026-11-01T10:00:00Z", "labels": {"owner": "alice"}})
    provider = provider_of(gcp)
    job = next(iter(collected(provider, "gcp_dataflow_job").resources))

    provider.delete(job)

    assert {"owner": "alice"} == job.tags.values
    assert provider.is_gone(job)
    assert "JOB_STATE_CANCELLED" == gcp.body("dataflow", key)["currentState"]


def test_s7_the_project_itself_stays_with_the_reasons_of_its_liens(gcp: FakeGCP) -> None:
    """A lien protects the project, and nothing in it."""
    gcp.add_lien(PROJECT, "billing export")
    provider = provider_of(gcp)
    project = next(iter(collected(provider, "gcp_cloudresourcemanager_project").resources))

    assert "it is the project itself" == project.protection
    assert "billing export" == project.attributes["liens"]
    with pytest.raises(Unsupported):
        provider.delete(project)


def test_a_role_allows_the_steps_of_a_deletion() -> None:
    """Of the kinds that a policy deletes."""
    needs = PolicyNeeds(("gcp_storage_bucket",), acts=True, tags=True, deletes=True, associated=False)
    role = yaml.safe_load(catalogue_of(ProviderName.GCP).permissions((needs,), RoleRequest("yaml")))

    assert {"storage.objects.delete", "storage.objects.list"} <= set(role["includedPermissions"])
    assert "dns.changes.create" not in role["includedPermissions"]


def test_a_resource_in_use_elsewhere_is_not_forced(gcp: FakeGCP) -> None:
    """A refusal that no step answers stands."""
    gcp.add("compute.healthChecks.insert", f"projects/{PROJECT}/global", {"name": "alive", "type": "HTTP"})
    service = {"name": "web", "healthChecks": ["global/healthChecks/alive"]}
    gcp.add("compute.backendServices.insert", f"projects/{PROJECT}/global", service)
    provider = provider_of(gcp)
    check = the(collected(provider, "gcp_compute_health_check"), "alive")

    with pytest.raises(DependencyViolation):
        provider.delete(check)


def test_a_step_can_be_taken_back(gcp: FakeGCP) -> None:
    """The association of a firewall policy, whose deletion fails after it."""
    taken: list[Taken] = []
    policy = a_policy_of_a_network(gcp)
    provider = provider_of(gcp)

    gcp.fail_inside("compute.networkFirewallPolicies.delete", in_use(policy.id, "another network"))

    provider.delete(policy, taken.append)
    with pytest.raises(DeletionFailed):
        ended(provider, policy)
    for each in taken:
        provider.undo(policy, each)
    gcp.settle()

    assert ["on-default"] == [each["name"] for each in gcp.body("compute", policy.id)["associations"]]


def a_peered_network(gcp: FakeGCP) -> Resource:
    place = f"projects/{PROJECT}/global"
    gcp.add("compute.networks.insert", place, {"name": "mine", "autoCreateSubnetworks": False})
    peering = {"name": "to-default", "network": f"https://www.googleapis.com/compute/v1/{place}/networks/default"}
    gcp.change("compute", f"{place}/networks/mine", peerings=[{**peering, "exchangeSubnetRoutes": True}])
    return the(collected(provider_of(gcp), "gcp_compute_network"), "mine")


def test_a_network_loses_its_peerings_after_the_refusal_inside_its_operation(gcp: FakeGCP) -> None:
    """Google accepts the deletion of a network, and refuses it inside the operation."""
    network, taken = a_peered_network(gcp), list[Taken]()
    provider = provider_of(gcp)

    provider.delete(network, taken.append)

    assert ended(provider, network)
    assert ["compute.networks.removePeering to-default"] == [each.step for each in taken]
    assert 2 == len(gcp.calls("compute.networks.delete"))


def test_s23_the_peering_of_a_network_that_stays_is_put_back(gcp: FakeGCP) -> None:
    """S23: with its settings, after the second deletion failed too."""
    network, taken = a_peered_network(gcp), list[Taken]()
    before = gcp.body("compute", network.id)["peerings"]
    subnet = {"name": "front", "network": f"projects/{PROJECT}/global/networks/mine", "ipCidrRange": "10.1.0.0/24"}
    gcp.add("compute.subnetworks.insert", f"projects/{PROJECT}/regions/europe-west1", subnet)
    provider = provider_of(gcp)

    provider.delete(network, taken.append)
    with pytest.raises(DeletionFailed, match="subnetworks/front"):
        ended(provider, network)
    for each in taken:
        provider.undo(network, each)
    gcp.settle()

    assert before == gcp.body("compute", network.id)["peerings"]


def test_s5_a_peered_network_that_changed_keeps_its_peering(gcp: FakeGCP) -> None:
    """S5: it is read again before the step."""
    network = a_peered_network(gcp)
    gcp.change("compute", network.id, description="owner=alice expiration=2099-01-01")

    with pytest.raises(PreconditionFailed):
        provider_of(gcp).delete(network)

    assert gcp.body("compute", network.id)["peerings"]


def test_s23_a_step_back_that_fails_in_its_operation_was_not_taken(gcp: FakeGCP) -> None:
    """S23: the journal keeps the step, for the next pass to try again."""
    taken: list[Taken] = []
    policy = a_policy_of_a_network(gcp)
    provider = provider_of(gcp)
    gcp.fail("compute.networkFirewallPolicies.delete", in_use(policy.id, "another network"))
    busy = Refusal("FAILED_PRECONDITION", "The resource is not ready", reason="resourceNotReady")
    gcp.fail_inside("compute.networkFirewallPolicies.addAssociation", busy, times=1)
    with pytest.raises(DependencyViolation):
        provider.delete(policy, taken.append)

    with pytest.raises(InvalidState):
        provider.undo(policy, taken[0])
    provider.undo(policy, taken[0])

    assert ["on-default"] == [each["name"] for each in gcp.body("compute", policy.id)["associations"]]


def a_policy_of_a_network(gcp: FakeGCP) -> Resource:
    network = f"https://www.googleapis.com/compute/v1/projects/{PROJECT}/global/networks/default"
    association = {"name": "on-default", "attachmentTarget": network}
    body = {"name": "rules", "associations": [association]}
    gcp.add("compute.networkFirewallPolicies.insert", f"projects/{PROJECT}/global", body)
    return the(collected(provider_of(gcp), "gcp_compute_network_firewall_policy"), "rules")
