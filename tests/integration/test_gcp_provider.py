"""The provider of Google Cloud against a simulated one over HTTP, which knows nothing of its rows."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.auth.credentials import Credentials

from tagwarden.errors import (
    AccessDenied,
    DeletionFailed,
    PreconditionFailed,
    Throttled,
    Unreachable,
    Unsupported,
    WrongAccount,
)
from tagwarden.model.account import CloudAccount
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.snapshot import Extent, Snapshot
from tagwarden.model.tags import TagChanges, TagState
from tagwarden.providers.base import Access, Provider
from tagwarden.providers.gcp.ambient import ambient_account
from tagwarden.providers.gcp.connection import Connection
from tagwarden.providers.registry import catalogue_of
from tests.support.builders import a_resource
from tests.support.fake_gcp import FakeGCP

PROJECT, NUMBER = "my-dev-123", "123456789012"
ZONE = f"projects/{PROJECT}/zones/europe-west1-b"
EMAIL = f"tester@{PROJECT}.iam.gserviceaccount.com"


@pytest.fixture
def gcp() -> Iterator[FakeGCP]:
    """A cloud with one project, whose operations end with the first look at them."""
    with FakeGCP() as cloud:
        cloud.new_project(PROJECT, NUMBER)
        cloud.let_operations_take(polls=1)
        yield cloud


def an_account(gcp: FakeGCP, project: str = PROJECT) -> CloudAccount:
    return CloudAccount.model_validate(
        {
            "name": "gcp-dev",
            "spec": {
                "provider": "GCP",
                "environment": "test",
                "gcp": {
                    "projectID": project,
                    "credentialsSecret": {"name": "gcp-key"},
                    "endpointURL": gcp.endpoint,
                },
            },
        }
    )


def provider_of(gcp: FakeGCP, project: str = PROJECT, access: Access = Access()) -> Provider:  # noqa: B008 - frozen
    account = an_account(gcp, project)
    secrets = {"gcp-key": {"key.json": json.dumps(gcp.key_file(EMAIL, PROJECT))}}
    return catalogue_of(account.spec.provider).open(account, secrets, access)


def collected(provider: Provider, *kinds: str) -> Snapshot:
    extent = Extent(frozenset(kinds)) if kinds else None
    return provider.collect(datetime.now(UTC), extent=extent)


def the(snapshot: Snapshot, name: str) -> Resource:
    (found,) = (resource for resource in snapshot.resources if resource.name == name)
    return found


def an_instance(gcp: FakeGCP, name: str = "web", **more: Any) -> None:
    """Create an instance with a disk of its own."""
    gcp.add("compute.disks.insert", ZONE, {"name": f"{name}-disk", "sizeGb": "10"})
    body = {
        "name": name,
        "machineType": f"{ZONE}/machineTypes/e2-small",
        "disks": [{"source": f"https://www.googleapis.com/compute/v1/{ZONE}/disks/{name}-disk", "boot": True}],
        "networkInterfaces": [{"network": "global/networks/default"}],
        **more,
    }
    gcp.add("compute.instances.insert", ZONE, body)


def ended(provider: Provider, resource: Resource) -> bool:
    """Look until the operation has ended; whether the resource is gone then."""
    return any(provider.is_gone(resource) for _ in range(5))


def test_the_whole_project_is_collected_to_its_end(gcp: FakeGCP) -> None:
    """Every kind of every enabled API is asked for, and nothing is incomplete."""
    an_instance(gcp, labels={"owner": "alice"})
    gcp.add("pubsub.projects.topics.create", f"projects/{PROJECT}/topics/orders", {"labels": {"team": "data"}})

    snapshot = collected(provider_of(gcp))

    assert () == snapshot.failures
    assert {"owner": "alice"} == the(snapshot, "web").tags.values
    assert {"team": "data"} == the(snapshot, "orders").tags.values
    assert "europe-west1" == the(snapshot, "web").region
    assert {key.rpartition("/")[2] for key in gcp.keys_of("compute.instances")} == {"web"}


def test_edges_come_from_every_name_in_a_response(gcp: FakeGCP) -> None:
    """An instance uses its disk and needs its network, which the vendor does not delete before it."""
    an_instance(gcp)

    snapshot = collected(provider_of(gcp))

    web, disk = the(snapshot, "web").uid, the(snapshot, "web-disk").uid
    network = f"//compute.googleapis.com/projects/{PROJECT}/global/networks/default"
    assert Edge(web, EdgeMeaning.USES, disk) in snapshot.edges
    assert Edge(web, EdgeMeaning.NEEDS, network) in snapshot.edges


def test_s3_a_zone_that_did_not_answer_makes_the_kind_incomplete(gcp: FakeGCP) -> None:
    """An aggregated listing says so in a warning of that zone, with the status 200."""
    an_instance(gcp)
    gcp.cut_off("compute.instances.*", "europe-west1-b")

    snapshot = collected(provider_of(gcp), "gcp_compute_instance")

    assert "gcp_compute_instance" in snapshot.incomplete_kinds


def test_s3_an_unreachable_location_makes_the_kind_incomplete(gcp: FakeGCP) -> None:
    """Newer APIs name it in the field `unreachable`."""
    gcp.cut_off("redis.*.list", "europe-west1")

    snapshot = collected(provider_of(gcp), "gcp_redis_instance")

    assert "gcp_redis_instance" in snapshot.incomplete_kinds


def test_s3_a_missing_permission_is_no_empty_list(gcp: FakeGCP) -> None:
    """The kind is incomplete with the reason AccessDenied; other kinds are listed."""
    gcp.deny("pubsub.topics.list")

    snapshot = collected(provider_of(gcp), "gcp_pubsub_topic", "gcp_compute_network")

    assert [("gcp_pubsub_topic", Reason.AccessDenied)] == [(each.kind, each.reason) for each in snapshot.failures]
    assert the(snapshot, "default")


def test_an_api_that_is_not_enabled_is_empty(gcp: FakeGCP) -> None:
    """Nothing is asked, and nothing is incomplete."""
    gcp.disable("redis.googleapis.com", PROJECT)
    gcp.forget_calls()

    snapshot = collected(provider_of(gcp), "gcp_redis_instance")

    assert () == snapshot.failures
    assert [] == gcp.calls("redis.*")


def test_s3_a_page_token_that_repeats_ends_the_listing_as_incomplete(
    gcp: FakeGCP, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A listing without an end would never be complete; each resource that it gave is there once."""
    monkeypatch.setattr("tagwarden.providers.gcp.listing._PAGE_SIZE", "1")
    for number in range(3):
        gcp.add("pubsub.projects.topics.create", f"projects/{PROJECT}/topics/topic-{number}", {})
    gcp.repeat_page_tokens("pubsub.projects.topics.list")

    snapshot = collected(provider_of(gcp), "gcp_pubsub_topic")

    assert ["gcp_pubsub_topic"] == [failure.kind for failure in snapshot.failures]
    assert "page token twice" in snapshot.failures[0].message
    names = [resource.name for resource in snapshot.resources]
    assert names
    assert len(set(names)) == len(names)


def test_throttled_requests_are_repeated(gcp: FakeGCP, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a pause, and counted."""
    monkeypatch.setattr("tagwarden.providers.gcp.pace.FIRST_PAUSE", 0.01)
    gcp.throttle("pubsub.projects.topics.list", times=2)
    provider = provider_of(gcp)

    snapshot = collected(provider, "gcp_pubsub_topic")

    assert () == snapshot.failures
    assert 2 == sum(each.count for each in provider.requests if each.throttled)


def test_s17_a_throttled_deletion_is_not_sent_when_its_evidence_is_old(
    gcp: FakeGCP, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S17: somebody may claim the topic during the pause; whoever deletes reads everything again."""
    gcp.add("pubsub.projects.topics.create", f"projects/{PROJECT}/topics/orders", {})
    provider = provider_of(gcp)
    topic = the(collected(provider, "gcp_pubsub_topic"), "orders")
    monkeypatch.setattr("tagwarden.providers.gcp.pace.FIRST_PAUSE", 12.0)
    gcp.throttle("pubsub.projects.topics.delete", times=1)

    with pytest.raises(Throttled):
        provider.delete(topic)

    assert 1 == len(gcp.calls("pubsub.projects.topics.delete"))
    assert gcp.exists("pubsub", topic.id)


def test_s3_a_list_of_services_that_lacks_its_own_is_not_whole(gcp: FakeGCP, monkeypatch: pytest.MonkeyPatch) -> None:
    """S3: otherwise every kind of the missing services would be empty, and complete."""
    gcp.add("pubsub.projects.topics.create", f"projects/{PROJECT}/topics/orders", {})
    monkeypatch.setattr(Connection, "pages", lambda *_: iter([{}]))

    with pytest.raises(Unreachable, match="is missing"):
        collected(provider_of(gcp), "gcp_pubsub_topic")


def test_s10_the_project_must_be_the_declared_one(gcp: FakeGCP) -> None:
    """Another project under the credentials is refused, as is one that nobody may see."""
    with pytest.raises((WrongAccount, AccessDenied)):
        provider_of(gcp, "other-dev-123").identify()


def test_the_ambient_account_is_the_project_of_the_credentials(
    gcp: FakeGCP, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`tagwarden init` declares it; GOOGLE_CLOUD_PROJECT names another one."""
    file = gcp.environment(tmp_path, PROJECT)["GOOGLE_APPLICATION_CREDENTIALS"]
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", file)

    def connect(credentials: Credentials) -> Connection:
        return Connection(credentials, gcp.endpoint)

    found = ambient_account(os.environ, connect)

    assert (PROJECT, f"project {PROJECT} (number {NUMBER}), as {EMAIL}") == (found.name, found.description)
    assert {"gcp": {"projectID": PROJECT}} == yaml.safe_load(found.block)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "other-dev-123")
    with pytest.raises((WrongAccount, AccessDenied)):
        ambient_account(os.environ, connect)


@pytest.mark.parametrize(
    ("method", "place", "body", "kind"),
    [
        ("compute.disks.insert", ZONE, {"name": "thing", "sizeGb": "10"}, "gcp_compute_disk"),
        ("pubsub.projects.topics.create", f"projects/{PROJECT}/topics/thing", {}, "gcp_pubsub_topic"),
        ("storage.buckets.insert", "", {"name": "thing"}, "gcp_storage_bucket"),
    ],
)
def test_labels_are_merged(gcp: FakeGCP, method: str, place: str, body: dict[str, Any], kind: str) -> None:
    """Google replaces the whole map; labels of others stay, and a removed one is gone."""
    query = {"project": PROJECT} if method.startswith("storage") else {}
    gcp.add(method, place, {**body, "labels": {"team": "data", "ttl": "2d"}}, **query)
    provider = provider_of(gcp)
    thing = the(collected(provider, kind), "thing")

    provider.set_tags(thing, TagChanges({"owner": "alice"}, ("ttl",)))
    gcp.settle()

    fresh = provider.read(thing)
    assert fresh is not None
    assert {"team": "data", "owner": "alice"} == fresh.tags.values


def test_s5_labels_that_changed_since_they_were_read_are_not_written(gcp: FakeGCP) -> None:
    """The owner answered in between."""
    gcp.add("compute.disks.insert", ZONE, {"name": "thing", "sizeGb": "10"})
    provider = provider_of(gcp)
    thing = the(collected(provider, "gcp_compute_disk"), "thing")
    provider.set_tags(thing, TagChanges({"owner": "bob"}))
    gcp.settle()

    with pytest.raises(PreconditionFailed):
        provider.set_tags(thing, TagChanges({"owner": "alice"}))


@pytest.mark.parametrize("name", ["web", "web-disk"])
def test_a_deletion_ends_with_its_operation(gcp: FakeGCP, name: str) -> None:
    """It is accepted at once and under way until the operation has ended."""
    an_instance(gcp)
    provider = provider_of(gcp)
    snapshot = collected(provider, "gcp_compute_instance", "gcp_compute_disk")
    if name == "web-disk":
        provider.delete(the(snapshot, "web"))
        assert ended(provider, the(snapshot, "web"))

    provider.delete(the(snapshot, name))

    assert ended(provider, the(snapshot, name))


def test_a_deletion_that_fails_inside_its_operation_says_why(gcp: FakeGCP) -> None:
    """A network in use answers 200, and its operation ends with an error."""
    an_instance(gcp)
    gcp.add("compute.networks.insert", f"projects/{PROJECT}/global", {"name": "mine", "autoCreateSubnetworks": False})
    subnet = {
        "name": "mine",
        "network": f"https://www.googleapis.com/compute/v1/projects/{PROJECT}/global/networks/mine",
        "ipCidrRange": "10.9.0.0/24",
    }
    gcp.add("compute.subnetworks.insert", f"projects/{PROJECT}/regions/europe-west1", subnet)
    provider = provider_of(gcp)
    snapshot = collected(provider, "gcp_compute_network")
    (network,) = (each for each in snapshot.resources if each.name == "mine")

    provider.delete(network)

    with pytest.raises(DeletionFailed, match="mine"):
        ended(provider, network)


@pytest.mark.parametrize("kind", ["gcp_cloudkms_key_ring", "gcp_config_deployment", "gcp_new_thing"])
def test_s3_a_kind_that_is_never_deleted_or_unknown_is_refused(gcp: FakeGCP, kind: str) -> None:
    """Also where a policy names it: the refusal is the provider's own."""
    provider = provider_of(gcp)
    thing = a_resource(provider=ProviderName.GCP, kind=kind, id=f"projects/{PROJECT}/locations/global/things/thing")
    gcp.forget_calls()

    with pytest.raises(Unsupported):
        provider.delete(thing)

    assert [] == gcp.calls()


def test_a_resource_that_is_gone_already_is_a_success(gcp: FakeGCP) -> None:
    """Somebody was faster."""
    gcp.add("pubsub.projects.topics.create", f"projects/{PROJECT}/topics/orders", {})
    provider = provider_of(gcp)
    topic = the(collected(provider, "gcp_pubsub_topic"), "orders")
    gcp.vanish("pubsub", topic.id)

    provider.delete(topic)

    assert provider.is_gone(topic)


def test_s7_resources_that_google_creates_are_protected(gcp: FakeGCP) -> None:
    """The default network with its firewall rules and subnets, service accounts and log buckets of every project."""
    snapshot = collected(provider_of(gcp))

    unprotected = {
        resource.id.rpartition("/")[2]
        for resource in snapshot.resources
        if not resource.protection and resource.tags.state is not TagState.UNTAGGABLE
    }
    assert set() == unprotected
