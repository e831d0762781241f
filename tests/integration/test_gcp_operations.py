"""Deletions end with their operations, of every family that Google's APIs have."""

from collections.abc import Iterator
from typing import Any

import pytest

from tagwarden.errors import DeletionFailed, DependencyViolation, InvalidState, VendorProtection
from tagwarden.providers.gcp.operations import started_by
from tagwarden.providers.gcp.row import rows
from tests.integration.test_gcp_provider import NUMBER, PROJECT, ZONE, collected, ended, provider_of, the
from tests.support.fake_gcp import FakeGCP
from tests.support.fake_gcp.errors import Refusal
from tests.support.fake_gcp.projects import ENABLED

PLACE = f"projects/{PROJECT}"
REGION = f"{PLACE}/locations/europe-west1"
Birth = tuple[str, str, dict[str, Any], dict[str, str], str]

FAMILIES: dict[str, Birth] = {
    "compute of a zone": ("compute.disks.insert", ZONE, {"name": "thing", "sizeGb": "10"}, {}, "gcp_compute_disk"),
    "compute of a region": ("compute.addresses.insert", f"{PLACE}/regions/europe-west1", {"name": "thing"}, {},
                            "gcp_compute_address"),
    "compute of the project": ("compute.networks.insert", f"{PLACE}/global",
                               {"name": "thing", "autoCreateSubnetworks": False}, {}, "gcp_compute_network"),
    "longrunning of a location": ("redis.projects.locations.instances.create", REGION,
                                  {"tier": "BASIC", "memorySizeGb": 1}, {"instanceId": "thing"}, "gcp_redis_instance"),
    "longrunning of a resource": ("firestore.projects.databases.create", PLACE,
                                  {"locationId": "eur3", "type": "FIRESTORE_NATIVE"}, {"databaseId": "thing"},
                                  "gcp_firestore_database"),
    "Cloud SQL": ("sql.instances.insert", PLACE,
                  {"name": "thing", "databaseVersion": "POSTGRES_15", "settings": {"tier": "db-f1-micro"}}, {},
                  "gcp_sqladmin_instance"),
    "GKE": ("container.projects.locations.clusters.create", REGION,
            {"cluster": {"name": "thing", "initialNodeCount": 1}}, {}, "gcp_container_cluster"),
    "at once": ("pubsub.projects.topics.create", f"{PLACE}/topics/thing", {}, {}, "gcp_pubsub_topic"),
}  # fmt: skip


@pytest.fixture
def gcp() -> Iterator[FakeGCP]:
    """A cloud with one project, whose operations end with the second look."""
    with FakeGCP() as cloud:
        cloud.new_project(PROJECT, NUMBER, enabled=(*ENABLED, "deploymentmanager.googleapis.com"))
        cloud.let_operations_take(polls=2, seconds=600)
        yield cloud


def add(gcp: FakeGCP, birth: Birth) -> str:
    method, place, body, query, kind = birth
    gcp.add(method, place, body, **query)
    gcp.state.operations.settle(everything=True)
    return kind


@pytest.mark.parametrize("family", FAMILIES)
def test_a_deletion_is_done_when_its_operation_has_ended(gcp: FakeGCP, family: str) -> None:
    """The operation is asked for, at the place where its family has it."""
    kind = add(gcp, FAMILIES[family])
    provider = provider_of(gcp)
    thing = the(collected(provider, kind), "thing")

    receipt = provider.delete(thing)

    assert family == "at once" or not provider.is_gone(thing)
    assert ended(provider, thing)
    assert bool(receipt.request_id) == (family != "at once")


@pytest.mark.parametrize("family", [name for name in FAMILIES if name != "at once"])
def test_an_operation_that_fails_says_why(gcp: FakeGCP, family: str) -> None:
    """With Google's words, in whichever form the family writes them."""
    kind = add(gcp, FAMILIES[family])
    provider = provider_of(gcp)
    thing = the(collected(provider, kind), "thing")
    gcp.fail_inside("*.delete", Refusal("FAILED_PRECONDITION", "the backup of last night is under way"))

    provider.delete(thing)

    with pytest.raises(DeletionFailed, match="the backup of last night is under way"):
        ended(provider, thing)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_next_pass_goes_on_waiting(gcp: FakeGCP, family: str) -> None:
    """It knows the resource and not the operation: gone is what a fresh read does not find."""
    kind = add(gcp, FAMILIES[family])
    thing = the(collected(provider_of(gcp), kind), "thing")
    provider_of(gcp).delete(thing)
    next_pass = provider_of(gcp)

    assert family == "at once" or not next_pass.is_gone(thing)
    gcp.state.operations.settle(everything=True)
    assert next_pass.is_gone(thing)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_operation_that_google_forgot_has_ended(gcp: FakeGCP, family: str) -> None:
    """The resource tells how."""
    kind = add(gcp, FAMILIES[family])
    provider = provider_of(gcp)
    thing = the(collected(provider, kind), "thing")
    provider.delete(thing)
    gcp.state.operations.settle(everything=True)
    gcp.prune_operations()

    assert provider.is_gone(thing)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_resource_that_is_gone_already_is_a_success(gcp: FakeGCP, family: str) -> None:
    """Somebody was faster than the request, or than its operation."""
    kind = add(gcp, FAMILIES[family])
    provider = provider_of(gcp)
    thing = the(collected(provider, kind), "thing")
    gcp.fail("*.delete", Refusal("NOT_FOUND", "thing was not found"), times=1)
    provider.delete(thing)

    gcp.fail_inside("*.delete", Refusal("NOT_FOUND", "thing was not found"), times=1)
    provider.delete(thing)
    host = rows()[kind].host.partition(".")[0]
    for record in [each for each in gcp.state.store.all() if each.key.endswith("/thing")]:
        gcp.vanish({"sql": "sqladmin"}.get(host, host), record.key)

    assert ended(provider, thing)


@pytest.mark.parametrize(
    "name",
    ["organizations/123/locations/global/operations/o-1", "operations/acat.p2-1-2", f"{REGION}/operations/o-1"],
)
def test_longrunning_operations_are_read_by_the_name_that_they_have(name: str) -> None:
    """Of an organisation, of no place, or of a location."""
    row = rows()["gcp_redis_instance"]

    operation = started_by(row, {"name": name}, f"{REGION}/instances/thing", "delete")

    assert operation is not None
    assert ("redis.googleapis.com", f"v1/{name}") == (operation.host, operation.path)


def test_operations_of_deployment_manager_are_read_by_their_link() -> None:
    """They are those of compute in another API."""
    row = rows()["gcp_deploymentmanager_deployment"]
    link = f"https://www.googleapis.com/deploymentmanager/v2/{PLACE}/global/operations/operation-1"
    response = {"name": "operation-1", "operationType": "delete", "selfLink": link}

    operation = started_by(row, response, f"{PLACE}/global/deployments/thing", "delete")

    assert operation is not None
    wanted = f"{row.host}/deploymentmanager/v2/{PLACE}/global/operations/operation-1"
    assert wanted == f"{operation.host}/{operation.path}"


def test_the_resource_in_the_way_is_named_by_a_fresh_look(gcp: FakeGCP) -> None:
    """Google's refusal names it by its link."""
    add(gcp, FAMILIES["compute of the project"])
    link = f"https://www.googleapis.com/compute/v1/{PLACE}/global/networks/thing"
    gcp.add("compute.subnetworks.insert", f"{PLACE}/regions/europe-west1",
            {"name": "mine", "network": link, "ipCidrRange": "10.9.0.0/24"})  # fmt: skip
    gcp.state.operations.settle(everything=True)
    provider = provider_of(gcp)
    network = the(collected(provider, "gcp_compute_network"), "thing")

    provider.delete(network)

    with pytest.raises(DeletionFailed, match="blocked by gcp_compute_subnetwork mine"):
        ended(provider, network)


def test_what_is_within_the_resource_is_named_by_a_fresh_look(gcp: FakeGCP) -> None:
    """Where Google's refusal names nothing."""
    body = {"instanceId": "ledger", "instance": {"displayName": "Ledger", "nodeCount": 1}}
    gcp.add("spanner.projects.instances.create", PLACE, body)
    gcp.state.operations.settle(everything=True)
    key = f"{PLACE}/instances/ledger/databases/orders"
    gcp.put("spanner", key, "Database", {"name": key, "state": "READY"})
    provider = provider_of(gcp)
    instance = the(collected(provider, "gcp_spanner_instance"), "ledger")
    gcp.fail("spanner.projects.instances.delete", Refusal("FAILED_PRECONDITION", "The instance is not empty."))

    with pytest.raises(DependencyViolation, match="blocked by gcp_spanner_database orders"):
        provider.delete(instance)


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (Refusal("FAILED_PRECONDITION", "Instance i has nested resources."), DependencyViolation),
        (Refusal("FAILED_PRECONDITION", "The instance is being created."), InvalidState),
        (Refusal("ABORTED", "another operation was in progress", reason="operationInProgress"), InvalidState),
        (Refusal("FAILED_PRECONDITION", "deletion protection is enabled"), VendorProtection),
        (Refusal("FAILED_PRECONDITION", "cannot delete", details=[{"violations": [{"subject": "projects/p/x/y",
                 "description": "still attached, in use by it"}]}]), DependencyViolation),
    ],
)  # fmt: skip
def test_refusals_have_reasons(gcp: FakeGCP, refusal: Refusal, kind: type[Exception]) -> None:
    """By Google's reason, the words of the message, or the details of the failed precondition."""
    add(gcp, FAMILIES["longrunning of a location"])
    provider = provider_of(gcp)
    thing = the(collected(provider, "gcp_redis_instance"), "thing")
    gcp.fail("redis.*.delete", refusal)

    with pytest.raises(kind):
        provider.delete(thing)
