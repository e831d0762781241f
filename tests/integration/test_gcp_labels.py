"""Writing labels in a simulated Google Cloud: each way that the APIs have, and what happens in between (S5)."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tagwarden.errors import PreconditionFailed, ProviderError
from tagwarden.model.tags import TagChanges
from tests.integration.test_gcp_provider import NUMBER, PROJECT, ZONE, collected, provider_of, the
from tests.support.fake_gcp import FakeGCP
from tests.support.fake_gcp.errors import Refusal

REGION = f"projects/{PROJECT}/locations/europe-west1"
OWNER = TagChanges({"owner": "alice"})
Birth = tuple[str, str, dict[str, Any], dict[str, str], str]
DISK: Birth = ("compute.disks.insert", ZONE, {"name": "thing", "sizeGb": "10"}, {}, "gcp_compute_disk")
STALE = Refusal("FAILED_PRECONDITION", "Labels fingerprint is stale.", reason="conditionNotMet", http=412)


@pytest.fixture
def gcp() -> Iterator[FakeGCP]:
    """A cloud with one project."""
    with FakeGCP() as cloud:
        cloud.new_project(PROJECT, NUMBER)
        yield cloud


def add(gcp: FakeGCP, birth: Birth) -> str:
    """Create a resource; give its kind."""
    method, place, body, query, kind = birth
    gcp.add(method, place, body, **query)
    gcp.settle()
    return kind


BIRTHS: list[Birth] = [
    DISK,
    ("pubsub.projects.subscriptions.create", f"projects/{PROJECT}/subscriptions/thing",
     {"topic": f"projects/{PROJECT}/topics/orders"}, {}, "gcp_pubsub_subscription"),
    ("storage.buckets.insert", "", {"name": "thing"}, {"project": PROJECT}, "gcp_storage_bucket"),
    ("bigquery.datasets.insert", f"projects/{PROJECT}", {"datasetReference": {"datasetId": "thing"}}, {},
     "gcp_bigquery_dataset"),
    ("sql.instances.insert", f"projects/{PROJECT}",
     {"name": "thing", "databaseVersion": "POSTGRES_15", "settings": {"tier": "db-f1-micro"}}, {},
     "gcp_sqladmin_instance"),
    ("container.projects.locations.clusters.create", REGION, {"cluster": {"name": "thing", "initialNodeCount": 1}}, {},
     "gcp_container_cluster"),
    ("run.projects.locations.jobs.create", REGION,
     {"template": {"template": {"containers": [{"image": "europe-docker.pkg.dev/p/r/i"}]}}}, {"jobId": "thing"},
     "gcp_run_job"),
    ("redis.projects.locations.instances.create", REGION, {"tier": "BASIC", "memorySizeGb": 1},
     {"instanceId": "thing"}, "gcp_redis_instance"),
    ("dns.managedZones.create", f"projects/{PROJECT}", {"name": "thing", "dnsName": "example.com.", "description": "d"},
     {}, "gcp_dns_managed_zone"),
]  # fmt: skip


@pytest.mark.parametrize("birth", BIRTHS, ids=[birth[-1] for birth in BIRTHS])
def test_only_the_labels_change(gcp: FakeGCP, birth: Birth) -> None:
    """A label is added, another one is changed, a third one is removed; everything else stays."""
    gcp.add("pubsub.projects.topics.create", f"projects/{PROJECT}/topics/orders", {})
    kind = add(gcp, birth)
    provider = provider_of(gcp)
    thing = the(collected(provider, kind), "thing")
    provider.set_tags(thing, TagChanges({"team": "data", "ttl": "2d"}))
    gcp.settle()
    before = provider.read(thing)
    assert before is not None
    (record,) = (each for each in gcp.state.store.all() if each.key.rpartition("/")[2] == "thing")
    others = {name: value for name, value in record.body.items() if name in birth[2] or name == "template"}

    provider.set_tags(before, TagChanges({"owner": "alice", "team": "ml"}, ("ttl",)))
    gcp.settle()

    fresh = provider.read(thing)
    assert fresh is not None
    assert {"team": "ml", "owner": "alice"} == fresh.tags.values
    settings = record.body.get("settings")
    now = {name: value for name, value in record.body.items() if name in others}
    assert {**now, "settings": None} == {**others, "settings": None}
    assert settings is None or "db-f1-micro" == settings["tier"]


@pytest.mark.parametrize(
    ("birth", "refusal"),
    [
        (DISK, STALE),
        (BIRTHS[5], Refusal("INVALID_ARGUMENT", "Labels fingerprint either invalid or resource labels have changed")),
        (BIRTHS[2], Refusal("FAILED_PRECONDITION", "At least one of the pre-conditions you specified did not hold.",
                            reason="conditionNotMet", http=412)),
        (BIRTHS[4], Refusal("FAILED_PRECONDITION", "Settings version is stale.", reason="staleData", http=412)),
        (BIRTHS[6], Refusal("ABORTED", "Conflict for resource 'thing': version was specified but current is other.")),
    ],
    ids=["compute 412", "GKE 400", "storage 412", "SQL 412", "Run 409"],
)  # fmt: skip
def test_s5_a_write_that_came_too_late_is_made_once_more(gcp: FakeGCP, birth: Birth, refusal: Refusal) -> None:
    """Only the token changed: the resource is read again, and the labels are merged into the fresh ones."""
    kind = add(gcp, birth)
    provider = provider_of(gcp)
    thing = the(collected(provider, kind), "thing")
    gcp.fail("*.setLabels", refusal, times=1)
    gcp.fail("*.setResourceLabels", refusal, times=1)
    gcp.fail("*.patch", refusal, times=1)

    provider.set_tags(thing, OWNER)
    gcp.settle()

    fresh = provider.read(thing)
    assert fresh is not None
    assert {"owner": "alice"} == fresh.tags.values


def test_s5_a_write_that_comes_too_late_twice_is_withheld(gcp: FakeGCP) -> None:
    """Somebody else goes on writing; the next pass looks again."""
    kind = add(gcp, DISK)
    provider = provider_of(gcp)
    thing = the(collected(provider, kind), "thing")
    gcp.fail("compute.disks.setLabels", STALE)

    with pytest.raises(PreconditionFailed):
        provider.set_tags(thing, OWNER)

    assert 2 == len(gcp.calls("compute.disks.setLabels"))


@pytest.mark.parametrize("theirs", [{"owner": "bob"}, {"keep": "true"}])
def test_s5_labels_that_change_during_the_write_are_kept(gcp: FakeGCP, theirs: dict[str, str]) -> None:
    """Somebody answers, or protects the disk, while the request is under way: nothing is written over that."""
    kind = add(gcp, DISK)
    provider = provider_of(gcp)
    thing = the(collected(provider, kind), "thing")
    gcp.slow_down("compute.disks.setLabels", 0.5)

    def answer() -> None:
        time.sleep(0.2)
        gcp.change("compute", thing.id, labels=theirs)

    answering = threading.Thread(target=answer)
    answering.start()

    with pytest.raises(PreconditionFailed):
        provider.set_tags(thing, OWNER)

    answering.join()
    fresh = provider.read(thing)
    assert fresh is not None
    assert theirs == fresh.tags.values
    assert 1 == len(gcp.calls("compute.disks.setLabels"))


def test_labels_that_google_writes_meanwhile_stay(gcp: FakeGCP) -> None:
    """No decision rests on the labels of Google's services, and they are merged in."""
    kind = add(gcp, DISK)
    provider = provider_of(gcp)
    thing = the(collected(provider, kind), "thing")
    gcp.change("compute", thing.id, labels={"goog-terraform-provisioned": "true"})

    provider.set_tags(thing, OWNER)
    gcp.settle()

    fresh = provider.read(thing)
    assert fresh is not None
    assert {"goog-terraform-provisioned": "true", "owner": "alice"} == fresh.tags.values


def test_the_settings_of_a_notification_channel_are_no_labels(gcp: FakeGCP) -> None:
    """Its `labels` are its settings; people's labels are `userLabels`."""
    body = {"type": "slack", "displayName": "thing", "labels": {"channel_name": "alerts"}}
    gcp.add("monitoring.projects.notificationChannels.create", f"projects/{PROJECT}", body)
    provider = provider_of(gcp)
    (channel,) = collected(provider, "gcp_monitoring_notification_channel").resources

    provider.set_tags(channel, OWNER)

    found = gcp.body("monitoring", channel.id)
    assert ({"channel_name": "alerts"}, {"owner": "alice"}) == (found["labels"], found["userLabels"])


def test_an_operation_that_ends_at_once_with_an_error_fails_the_write(gcp: FakeGCP) -> None:
    """The status of the response is 200."""
    kind = add(gcp, DISK)
    provider = provider_of(gcp)
    thing = the(collected(provider, kind), "thing")
    gcp.let_operations_take(polls=0)
    gcp.fail_inside("compute.disks.setLabels", Refusal("INVALID_ARGUMENT", "no such disk"))

    with pytest.raises(ProviderError, match="no such disk"):
        provider.set_tags(thing, OWNER)
