"""The simulated Google Cloud on a bad day: each fault in the words of the real one, and healed again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.integration.gcp_clients import Google, finished, refused
from tests.support.fake_gcp import FakeGCP, Refusal
from tests.support.fake_gcp.world import PROJECT, ZONE, messy_project

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
TOPICS = "pubsub.googleapis.com/v1/projects/dev-a/topics"
REDIS = "redis.googleapis.com/v1/projects/dev-a/locations/-/instances"


@pytest.fixture
def cloud(fake_gcp: FakeGCP) -> Iterator[Google]:
    messy_project(fake_gcp, NOW)
    with Google(fake_gcp, PROJECT) as client:
        yield client


def test_a_disabled_api_names_the_project_whose_switch_is_off(cloud: Google) -> None:
    """Ours, or the caller's."""
    cloud.gcp.disable("redis.googleapis.com", "dev-a")
    error = cloud.get(REDIS).json()["error"]
    assert (error["code"], error["status"]) == (403, "PERMISSION_DENIED")
    assert error["details"][0]["reason"] == "SERVICE_DISABLED"
    assert error["details"][0]["metadata"]["consumer"] == "projects/481516234200"
    assert "has not been used in project 481516234200 before or it is disabled" in error["message"]

    cloud.gcp.disable("compute.googleapis.com", "dev-a", consumer="99")
    error = cloud.get("compute.googleapis.com/compute/v1/projects/dev-a/global/networks").json()["error"]
    assert error["errors"][0]["reason"] == "accessNotConfigured"
    assert error["details"][0]["metadata"]["consumer"] == "projects/99"
    services = cloud.client("serviceusage").services().list(parent="projects/dev-a", filter="state:ENABLED").execute()
    assert "redis.googleapis.com" not in {each["config"]["name"] for each in services["services"]}


def test_a_missing_permission_is_named(cloud: Google) -> None:
    """403 with the permission in the message."""
    cloud.gcp.deny("compute.instances.delete")
    instances = cloud.client("compute").instances()

    status, reason, message = refused(instances.delete(project="dev-a", zone=ZONE, instance="expired").execute)

    assert (status, reason) == (403, "forbidden")
    assert "compute.instances.delete" in message
    assert instances.list(project="dev-a", zone=ZONE).execute()["items"]
    cloud.gcp.heal()
    assert instances.delete(project="dev-a", zone=ZONE, instance="expired").execute()["status"] == "RUNNING"


@pytest.mark.parametrize("http", [403, 429])
def test_quota_runs_out_for_some_requests(cloud: Google, http: int) -> None:
    """By either status, with the same reason."""
    cloud.gcp.throttle("compute.networks.*", times=2, http=http)
    listing = cloud.client("compute").networks().list(project="dev-a")

    assert [refused(listing.execute)[:2] for _ in range(2)] == [(http, "rateLimitExceeded")] * 2
    assert listing.execute()["items"]


def test_a_service_that_is_down_answers_503(cloud: Google) -> None:
    """Until it is up again."""
    cloud.gcp.break_down("pubsub.*", times=1)

    assert [cloud.get(TOPICS).status_code for _ in range(2)] == [503, 200]


def test_listings_say_which_places_they_did_not_reach(cloud: Google) -> None:
    """By `unreachable`, by a scope's warning, by `missingZones`: and show nothing of them."""
    for pattern in ("redis.*.list", "compute.*.aggregatedList", "container.*.list"):
        cloud.gcp.cut_off(pattern, "europe-west1")
        cloud.gcp.cut_off(pattern, ZONE)

    redis = cloud.get(REDIS).json()
    instances = cloud.client("compute").instances().aggregatedList(project="dev-a").execute()["items"]
    clusters = cloud.client("container").projects().locations().clusters().list(parent="projects/dev-a/locations/-")

    assert redis == {"unreachable": [f"projects/dev-a/locations/{each}" for each in ("europe-west1", ZONE)]}
    assert instances[f"zones/{ZONE}"]["warning"]["code"] == "UNREACHABLE"
    assert clusters.execute() == {"missingZones": ["europe-west1", ZONE]}


def test_a_page_token_may_come_back_for_ever(cloud: Google) -> None:
    """A client that follows it never ends."""
    cloud.gcp.repeat_page_tokens("pubsub.projects.topics.list")
    token = cloud.get(TOPICS, pageSize=1).json()["nextPageToken"]

    tokens = [cloud.get(TOPICS, pageSize=1, pageToken=token).json()["nextPageToken"] for _ in range(3)]

    assert tokens == [token] * 3


def test_a_slow_answer_holds_up_nobody_else(cloud: Google) -> None:
    """Only the methods that the fault names."""
    networks = "compute.googleapis.com/compute/v1/projects/dev-a/global/networks"
    cloud.get(networks)  # reads the document
    cloud.gcp.slow_down("pubsub.*", 2)

    with ThreadPoolExecutor() as pool:
        slow = pool.submit(cloud.get, TOPICS)
        quick = cloud.get(networks)
        assert (quick.status_code, slow.done()) == (200, False)
        assert slow.result().status_code == 200


def test_an_operation_may_fail_and_the_resource_is_as_before(cloud: Google) -> None:
    """Accepted, then refused inside."""
    wrong = Refusal("FAILED_PRECONDITION", "The instance is being maintained.")
    cloud.gcp.fail_inside("redis.*.delete", wrong, times=1)
    redis = cloud.client("redis").projects().locations()
    name = "projects/dev-a/locations/europe-west1/instances/cache"

    operation = redis.instances().delete(name=name).execute()
    assert redis.instances().get(name=name).execute()["state"] == "DELETING"
    ended = finished(lambda: redis.operations().get(name=operation["name"]))

    assert (ended["error"]["code"], ended["error"]["message"]) == (9, "The instance is being maintained.")
    assert redis.instances().get(name=name).execute()["state"] == "READY"


def test_a_change_may_fail_inside_and_leaves_the_resource_as_it_was(cloud: Google) -> None:
    """The state comes back, the labels stay."""
    cloud.gcp.fail_inside("redis.*.patch", Refusal("UNAVAILABLE", "Try again."), times=1)
    name = "projects/dev-a/locations/europe-west1/instances/cache"
    before = cloud.gcp.body("redis", name)

    cloud.client("redis").projects().locations().instances().patch(
        name=name, updateMask="labels", body={"labels": {"owner": "carol"}}
    ).execute()
    assert cloud.gcp.body("redis", name)["state"] == "UPDATING"
    cloud.gcp.settle()

    assert cloud.gcp.body("redis", name) == before


def test_a_revoked_token_is_refused(cloud: Google) -> None:
    """401 UNAUTHENTICATED."""
    cloud.gcp.state.tokens.revoke("tester@example.com")

    error = cloud.get(TOPICS).json()["error"]

    assert (error["code"], error["status"]) == (401, "UNAUTHENTICATED")
