"""Listing a simulated project: few requests, and what one place that does not answer means (S3)."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tagwarden.model.reasons import Reason
from tests.integration.test_gcp_provider import NUMBER, PROJECT, an_instance, collected, provider_of, the
from tests.support.fake_gcp import FakeGCP, Refusal
from tests.support.fake_gcp.calls import Call
from tests.support.fake_gcp.fewest import Cost, costs_of
from tests.support.fake_gcp.world import instances, messy_project

LOCATION = f"projects/{PROJECT}/locations"


@pytest.fixture
def gcp(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGCP]:
    """A cloud with one project, whose faults are tried again at once."""
    monkeypatch.setattr("tagwarden.providers.gcp.connection.FIRST_PAUSE", 0.001)
    monkeypatch.setattr("tagwarden.providers.gcp.pace.FIRST_PAUSE", 0.001)
    with FakeGCP() as cloud:
        cloud.new_project(PROJECT, NUMBER)
        yield cloud


def test_nothing_is_asked_twice(gcp: FakeGCP) -> None:
    """Also the locations of an API, which many threads need at the same time."""
    gcp.forget_calls()

    collected(provider_of(gcp))

    asked = Counter(
        (call.host, call.path, tuple(sorted(call.query.items()))) for call in gcp.calls() if call.status == 200
    )
    assert [] == [request for request, times in asked.items() if times > 1]


def test_a_pass_takes_hardly_more_requests_than_the_fewest(gcp: FakeGCP) -> None:
    """Of a messy project with several pages of instances and disks, counted by Google's documents alone."""
    messy, now = "messy-dev-1", datetime.now(UTC)
    messy_project(gcp, now, project=messy, number="481516234200")
    instances(gcp, 600, now, project=messy)
    provider = provider_of(gcp, messy)
    gcp.forget_calls()

    snapshot = collected(provider)

    costs = costs_of(gcp.calls())
    made, fewest = sum(cost.made for cost in costs.values()), sum(cost.fewest for cost in costs.values())
    assert made == snapshot.api_calls
    assert made <= 1.02 * fewest
    assert Cost(2, 2) == costs["compute.instances"]


@pytest.mark.parametrize(
    ("method", "paths", "cost"),
    [
        ("compute.regionDisks.list", ("regions/a/disks", "regions/b/disks"), {"compute.disks": Cost(2, 1)}),
        ("redis.projects.locations.instances.list", ("a", "b"), {"redis.projects.locations.instances": Cost(2, 1)}),
        ("run.projects.locations.services.list", ("a", "b"), {"run.projects.locations.services": Cost(2, 2)}),
        ("run.projects.locations.services.list", ("a", "a"), {"run.projects.locations.services": Cost(2, 1)}),
    ],
)
def test_the_fewest_requests_follow_from_the_documents(
    method: str, paths: tuple[str, ...], cost: dict[str, Cost]
) -> None:
    """One for all places where a document says so, else one for each place."""
    calls = [Call(method, "GET", "", path, {}, None, "", 200) for path in paths]

    assert cost == costs_of(calls)


def test_zones_and_regions_take_one_request(gcp: FakeGCP) -> None:
    """Also for regional siblings, such as regional disks."""
    an_instance(gcp)
    provider = provider_of(gcp)
    provider.identify()
    gcp.forget_calls()

    collected(provider, "gcp_compute_region_disk", "gcp_compute_disk")

    assert ["aggregatedList"] == [call.method_id.rpartition(".")[2] for call in gcp.calls("compute.*")]


def test_s3_siblings_of_an_incomplete_listing_are_incomplete_too(gcp: FakeGCP) -> None:
    """They are in the same response; the disks of the other zones are kept."""
    an_instance(gcp)
    gcp.cut_off("compute.disks.*", "us-central1-a")

    snapshot = collected(provider_of(gcp), "gcp_compute_region_disk")

    assert {"gcp_compute_disk", "gcp_compute_region_disk"} == set(snapshot.incomplete_kinds)
    assert the(snapshot, "web-disk")


def test_s3_what_the_other_locations_hold_is_kept(gcp: FakeGCP) -> None:
    """The kind is incomplete, with the place that did not answer, and so are the kinds within it."""
    for place in ("europe-west1", "us-central1"):
        gcp.add("cloudscheduler.projects.locations.jobs.create", f"{LOCATION}/{place}",
                {"name": f"{LOCATION}/{place}/jobs/job-{place}", "schedule": "* * * * *"})  # fmt: skip
    gcp.break_down("cloudscheduler.projects.locations.jobs.list", times=5)

    snapshot = collected(provider_of(gcp), "gcp_cloudscheduler_job")

    assert 1 <= len(snapshot.resources)
    (failure,) = snapshot.failures
    assert ("gcp_cloudscheduler_job", Reason.ServerFault) == (failure.kind, failure.reason)
    assert failure.region


def test_s3_children_of_an_unlisted_parent_are_incomplete(gcp: FakeGCP) -> None:
    """Nobody looked for them."""
    gcp.deny("container.clusters.list")

    snapshot = collected(provider_of(gcp), "gcp_container_node_pool")

    assert {"gcp_container_cluster", "gcp_container_node_pool"} == set(snapshot.incomplete_kinds)


def test_a_listing_without_creation_times_is_completed(gcp: FakeGCP) -> None:
    """BigQuery's listing has names and labels only; a data set must be the same one when it is read again (S5)."""
    gcp.add("bigquery.datasets.insert", f"projects/{PROJECT}", {"datasetReference": {"datasetId": "sales"}})
    provider = provider_of(gcp)

    dataset = the(collected(provider, "gcp_bigquery_dataset"), "sales")

    assert dataset.created is not None
    assert dataset == provider.read(dataset)
    assert not provider.is_gone(dataset)


def test_s3_details_that_cannot_be_read_make_the_kind_incomplete(gcp: FakeGCP) -> None:
    """The resource stays in the snapshot."""
    gcp.add("bigquery.datasets.insert", f"projects/{PROJECT}", {"datasetReference": {"datasetId": "sales"}})
    gcp.deny("bigquery.datasets.get")

    snapshot = collected(provider_of(gcp), "gcp_bigquery_dataset")

    assert the(snapshot, "sales")
    assert [Reason.AccessDenied] == [failure.reason for failure in snapshot.failures]


@pytest.mark.parametrize("http", [429, 403])
def test_throttling_is_waited_out(gcp: FakeGCP, http: int) -> None:
    """Newer APIs answer 429, older ones 403 with a reason."""
    an_instance(gcp)
    gcp.throttle("compute.instances.aggregatedList", times=6, http=http)

    snapshot = collected(provider_of(gcp), "gcp_compute_instance")

    assert () == snapshot.failures
    assert the(snapshot, "web")


def test_the_clusters_of_all_bigtable_instances_take_one_request(gcp: FakeGCP) -> None:
    """The document says that `-` stands for every instance; with one instance, it is asked by its name."""
    for name in ("first", "second"):
        key = f"projects/{PROJECT}/instances/{name}"
        gcp.put("bigtableadmin", key, "Instance", {"name": key})
        gcp.put("bigtableadmin", f"{key}/clusters/{name}-1", "Cluster", {"name": f"{key}/clusters/{name}-1"})

    snapshot = collected(provider_of(gcp), "gcp_bigtableadmin_cluster")

    assert () == snapshot.failures
    assert {"first-1", "second-1"} <= {resource.name for resource in snapshot.resources}
    assert [f"v2/projects/{PROJECT}/instances/-/clusters"] == [
        call.path for call in gcp.calls("bigtableadmin.projects.instances.clusters.list")
    ]


@pytest.mark.parametrize(("message", "failures"), [("no instances/-", 0), ("no such page", 1)])
def test_s3_children_of_all_parents_are_not_missing_when_one_request_finds_nothing(
    gcp: FakeGCP, message: str, failures: int
) -> None:
    """S3: one parent may be deleted meanwhile, not all; where `-` is unknown, each is asked."""
    for name in ("first", "second"):
        key = f"projects/{PROJECT}/instances/{name}"
        gcp.put("bigtableadmin", key, "Instance", {"name": key})
        gcp.put("bigtableadmin", f"{key}/clusters/{name}-1", "Cluster", {"name": f"{key}/clusters/{name}-1"})
    gcp.fail("bigtableadmin.projects.instances.clusters.list", Refusal("NOT_FOUND", message), times=1)

    snapshot = collected(provider_of(gcp), "gcp_bigtableadmin_cluster")

    assert failures == len(snapshot.failures)
    assert failures or {"first-1", "second-1"} <= {resource.name for resource in snapshot.resources}


def test_no_wildcard_is_sent_where_the_document_forbids_it(gcp: FakeGCP) -> None:
    """Cloud Run asks for a region."""
    collected(provider_of(gcp), "gcp_run_service")

    assert [] == [call for call in gcp.calls("run.*") if call.status != 200]
