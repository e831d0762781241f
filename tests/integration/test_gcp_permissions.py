"""The custom role of `tagwarden permissions` allows each request that the provider sends to Google Cloud."""

import pytest
import yaml

from tagwarden.model.resource import ProviderName
from tagwarden.model.tags import TagChanges
from tagwarden.providers.base import MakesBackups, PolicyNeeds, RoleRequest
from tagwarden.providers.registry import catalogue_of
from tests.integration.test_gcp_provider import PROJECT, an_instance, collected, ended, gcp, provider_of, the
from tests.support.fake_gcp import FakeGCP

__all__ = ["gcp"]

# Where a permission has another service or verb than the method: https://cloud.google.com/iam/docs/permissions-reference
SERVICES = {
    "bigtableadmin": "bigtable",
    "cloudresourcemanager": "resourcemanager",
    "firestore": "datastore",
    "sql": "cloudsql",
}
COLLECTIONS = {
    "apigateway.configs": "apigateway.apiconfigs",
    "cloudbuild.triggers": "cloudbuild.builds",
    "cloudbuild.workerPools": "cloudbuild.workerpools",
}
VERBS = {"aggregated": "list", "aggregatedList": "list", "search": "get", "patch": "update", "insert": "create"}

READS = PolicyNeeds((), acts=False, tags=False, deletes=False, associated=True)
ACTS = PolicyNeeds(
    ("gcp_compute_*", "gcp_pubsub_topic", "gcp_redis_*"), acts=True, tags=True, deletes=True, associated=False
)


def allowed(*needs: PolicyNeeds) -> set[str]:
    role = yaml.safe_load(catalogue_of(ProviderName.GCP).permissions(needs, RoleRequest("yaml")))
    return set(role["includedPermissions"])


def asked(cloud: FakeGCP) -> set[str]:
    """Name the permission for each request that reached a method of Google."""
    found = set()
    for call in cloud.calls():
        if call.method_id == "cloudresourcemanager.effectiveTags.list":
            _, _, host, *name = call.query["parent"][0].split("/")
            found.add(f"{host.partition('.')[0]}.{name[-2]}.listEffectiveTags")
        elif call.method_id:
            service, *_, collection, verb = call.method_id.split(".")
            if call.method_id == "cloudresourcemanager.liens.list":
                continue  # takes resourcemanager.projects.get
            stem = f"{SERVICES.get(service, service)}.{collection}"
            found.add(f"{COLLECTIONS.get(stem, stem)}.{VERBS.get(verb, verb)}")
    return found


def test_a_role_for_audit_allows_to_collect(gcp: FakeGCP) -> None:
    """Every kind, with the zones, regions and locations in which each API is asked."""
    gcp.forget_calls()

    collected(provider_of(gcp))

    assert set() == asked(gcp) - allowed(READS)


def test_a_role_for_enforce_allows_to_label_and_delete(gcp: FakeGCP) -> None:
    """With the operations by which a deletion ends, of compute and of newer APIs."""
    an_instance(gcp)
    place = f"projects/{PROJECT}/locations/europe-west1"
    gcp.add(
        "redis.projects.locations.instances.create", place, {"tier": "BASIC", "memorySizeGb": 1}, instanceId="cache"
    )
    gcp.add("pubsub.projects.topics.create", f"projects/{PROJECT}/topics/orders", {})
    provider = provider_of(gcp)
    snapshot = collected(provider)
    gcp.forget_calls()

    for name in ("web", "orders", "cache"):
        assert provider.read(the(snapshot, name))
        provider.set_tags(the(snapshot, name), TagChanges({"owner": "alice"}))
        gcp.settle()
        provider.delete(the(snapshot, name))
        assert ended(provider, the(snapshot, name))

    assert set() == asked(gcp) - allowed(ACTS)


@pytest.mark.parametrize("verb", ["delete", "setLabels", "update"])
def test_a_role_for_audit_allows_no_write(verb: str) -> None:
    """Not for any kind."""
    assert not [permission for permission in allowed(READS) if permission.endswith(f".{verb}")]


def test_a_role_for_backups_allows_to_make_them(gcp: FakeGCP) -> None:
    """Of the kinds that the policy backs up, with their operations, and of no others."""
    needs = PolicyNeeds(("*",), acts=True, tags=False, deletes=True, associated=False, backed_up=("volume",))
    without = PolicyNeeds(("*",), acts=True, tags=False, deletes=True, associated=False)
    an_instance(gcp)
    provider = provider_of(gcp)
    disk = the(collected(provider, "gcp_compute_disk"), "web-disk")
    gcp.forget_calls()
    assert isinstance(provider, MakesBackups)

    provider.back_up(disk, {"owner": "alice"})
    provider.backups_of(disk)

    assert "compute.snapshots.create" in asked(gcp)
    assert set() == asked(gcp) - allowed(needs)
    assert {"compute.disks.createSnapshot", "compute.snapshots.create", "compute.snapshots.setLabels"} == (
        allowed(needs) - allowed(without)
    )
