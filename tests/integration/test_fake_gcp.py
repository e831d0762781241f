"""The simulated Google Cloud beside Google's own client: lists, creations, labels, deletions, operations."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from tests.integration.gcp_clients import Google, finished, refused
from tests.support.fake_gcp import FakeGCP

ZONE = "europe-west1-b"
COMPUTE = "compute.googleapis.com/compute/v1/projects/dev-a"


@pytest.fixture
def cloud(fake_gcp: FakeGCP) -> Iterator[Google]:
    fake_gcp.new_project("dev-a", "481516234200")
    with Google(fake_gcp, "dev-a") as client:
        yield client


def test_a_new_project_has_the_default_network_with_its_rules_and_routes(cloud: Google) -> None:
    """Google creates them in each new project."""
    compute = cloud.client("compute")

    networks = compute.networks().list(project="dev-a").execute()["items"]
    subnetworks = compute.subnetworks().list(project="dev-a", region="us-east1").execute()["items"]
    firewalls = compute.firewalls().list(project="dev-a").execute()["items"]
    routes = compute.routes().list(project="dev-a").execute()["items"]
    accounts = cloud.client("iam").projects().serviceAccounts().list(name="projects/dev-a").execute()["accounts"]

    assert [each["name"] for each in networks] == ["default"]
    assert [each["network"] for each in subnetworks] == [networks[0]["selfLink"]]
    assert len(firewalls) == 4
    assert all(each["name"].startswith("default-") for each in firewalls + routes)
    assert "481516234200-compute@developer.gserviceaccount.com" in {each["email"] for each in accounts}


def test_a_disk_is_created_listed_labelled_and_deleted(cloud: Google) -> None:
    """The whole life of a Compute Engine resource, by zone operations."""
    compute = cloud.client("compute")
    where = {"project": "dev-a", "zone": ZONE}

    def wait(operation: dict[str, str]) -> dict[str, object]:
        return finished(lambda: compute.zoneOperations().get(**where, operation=operation["name"]))

    operation = compute.disks().insert(**where, body={"name": "data", "sizeGb": "10"}).execute()
    assert (operation["status"], compute.disks().get(**where, disk="data").execute()["status"]) == (
        "RUNNING",
        "CREATING",
    )
    wait(operation)
    disk = compute.disks().get(**where, disk="data").execute()
    assert disk["status"] == "READY"
    assert disk["zone"].endswith(f"/projects/dev-a/zones/{ZONE}")
    assert disk["creationTimestamp"].endswith("-08:00")

    body = {"labels": {"owner": "alice"}, "labelFingerprint": disk["labelFingerprint"]}
    wait(compute.disks().setLabels(**where, resource="data", body=body).execute())
    labelled = compute.disks().get(**where, disk="data").execute()
    assert labelled["labels"] == {"owner": "alice"}
    assert labelled["labelFingerprint"] != disk["labelFingerprint"]
    assert refused(compute.disks().setLabels(**where, resource="data", body=body).execute)[:2] == (
        412,
        "conditionNotMet",
    )

    operation = compute.disks().delete(**where, disk="data").execute()
    assert compute.disks().get(**where, disk="data").execute()["status"] == "DELETING"
    assert "error" not in wait(operation)
    assert refused(compute.disks().get(**where, disk="data").execute)[:2] == (404, "notFound")


def test_aggregated_lists_show_every_scope(cloud: Google) -> None:
    """A scope without results says so."""
    cloud.gcp.add("compute.addresses.insert", "projects/dev-a/regions/us-east1", {"name": "a", "address": "34.1.1.1"})
    cloud.gcp.add("compute.globalAddresses.insert", "projects/dev-a/global", {"name": "b", "address": "34.1.1.2"})

    scopes = cloud.client("compute").addresses().aggregatedList(project="dev-a").execute()["items"]

    found = {
        scope: [each["name"] for each in items["addresses"]] for scope, items in scopes.items() if "addresses" in items
    }
    assert found == {"global": ["b"], "regions/us-east1": ["a"]}
    assert scopes["regions/europe-west1"]["warning"]["code"] == "NO_RESULTS_ON_PAGE"


def test_pages_follow_each_other_to_the_end(cloud: Google) -> None:
    """Page sizes hold, and a token is good for its own listing only."""
    topics = cloud.client("pubsub").projects().topics()
    for index in range(5):
        topics.create(name=f"projects/dev-a/topics/t{index}", body={"labels": {"n": str(index)}}).execute()

    names, sizes, tokens, request = [], [], [], topics.list(project="projects/dev-a", pageSize=2)
    while request is not None:
        page = request.execute()
        names += [each["name"] for each in page["topics"]]
        sizes.append(len(page["topics"]))
        tokens.append(page.get("nextPageToken", ""))
        request = topics.list_next(request, page)

    assert names == [f"projects/dev-a/topics/t{index}" for index in range(5)]
    assert sizes == [2, 2, 1]
    subscriptions = cloud.client("pubsub").projects().subscriptions()
    assert refused(subscriptions.list(project="projects/dev-a", pageToken=tokens[0]).execute)[0] == 400


def test_a_patch_writes_what_its_mask_names(cloud: Google) -> None:
    """Without a mask a patch of such an API replaces; a mask must name fields that exist."""
    secrets = cloud.client("secretmanager").projects().secrets()
    body = {"replication": {"automatic": {}}, "labels": {"a": "1"}, "annotations": {"note": "x"}}
    secret = secrets.create(parent="projects/dev-a", secretId="token", body=body).execute()
    assert secret["name"] == "projects/481516234200/secrets/token"

    change = {"labels": {"b": "2"}, "etag": secret["etag"]}
    patched = secrets.patch(name=secret["name"], updateMask="labels", body=change).execute()

    assert (patched["labels"], patched["annotations"]) == ({"b": "2"}, {"note": "x"})
    cloud.gcp.change("secretmanager", "projects/dev-a/secrets/token", labels={"c": "3"})
    somebody_elses = secrets.get(name="projects/dev-a/secrets/token").execute()
    assert (somebody_elses["labels"], somebody_elses["etag"] == patched["etag"]) == ({"c": "3"}, False)
    assert refused(secrets.patch(name=secret["name"], updateMask="labels", body=change).execute)[:2] == (409, "ABORTED")
    assert refused(secrets.patch(name=secret["name"], updateMask="colour", body={}).execute)[0] == 400


def test_a_patch_without_a_mask_replaces(cloud: Google) -> None:
    """Cloud Run's jobs know no mask; Composer takes one field at a time; BigQuery reads If-Match."""
    place = "projects/dev-a/locations/us-east1"
    template = {"template": {"containers": [{"image": "app"}]}}
    body = {"labels": {"a": "1"}, "annotations": {"note": "x"}, "template": template}
    cloud.gcp.add("run.projects.locations.jobs.create", place, body, jobId="j")
    cloud.gcp.let_operations_take(polls=0)
    jobs = cloud.client("run", "v2").projects().locations().jobs()
    jobs.patch(name=f"{place}/jobs/j", body={"labels": {"b": "2"}}).execute()
    job = jobs.get(name=f"{place}/jobs/j").execute()
    assert (job["labels"], "annotations" in job, "template" in job) == ({"b": "2"}, False, False)

    name = f"{place}/environments/e"
    cloud.gcp.add("composer.projects.locations.environments.create", place, {"name": name, "labels": {"a": "1"}})
    environments = cloud.client("composer").projects().locations().environments()
    both = environments.patch(name=name, updateMask="labels,config", body={"labels": {}})
    assert "Only one type of update" in refused(both.execute)[2]

    reference = {"datasetReference": {"projectId": "dev-a", "datasetId": "d"}}
    cloud.gcp.add("bigquery.datasets.insert", "projects/dev-a", reference)
    patch = (
        cloud.client("bigquery", "v2").datasets().patch(projectId="dev-a", datasetId="d", body={"labels": {"a": "b"}})
    )
    patch.headers["If-Match"] = "stale"
    assert refused(patch.execute)[0] == 412


def test_buckets_and_instances_of_cloud_sql_merge_their_labels(cloud: Google) -> None:
    """Their patch is a JSON merge patch: null removes a label."""
    buckets = cloud.client("storage").buckets()
    bucket = buckets.insert(project="dev-a", body={"name": "b-1", "labels": {"a": "1", "b": "2"}}).execute()
    patched = buckets.patch(
        bucket="b-1", ifMetagenerationMatch=bucket["metageneration"], body={"labels": {"a": None, "c": "3"}}
    ).execute()
    assert patched["labels"] == {"b": "2", "c": "3"}
    assert patched["metageneration"] != bucket["metageneration"]
    stale = buckets.patch(bucket="b-1", ifMetagenerationMatch=bucket["metageneration"], body={"labels": {}})
    assert refused(stale.execute)[:2] == (412, "conditionNotMet")

    sql = cloud.client("sqladmin")
    body = {"name": "db", "settings": {"tier": "db-f1-micro", "userLabels": {"a": "1"}}}
    operation = sql.instances().insert(project="dev-a", body=body).execute()
    finished(lambda: sql.operations().get(project="dev-a", operation=operation["name"]))
    change = {"settings": {"userLabels": {"b": "2"}}}
    operation = sql.instances().patch(project="dev-a", instance="db", body=change).execute()
    finished(lambda: sql.operations().get(project="dev-a", operation=operation["name"]))
    settings = sql.instances().get(project="dev-a", instance="db").execute()["settings"]
    assert (settings["userLabels"], settings["tier"]) == ({"a": "1", "b": "2"}, "db-f1-micro")


def test_a_cluster_takes_labels_under_its_fingerprint(cloud: Google) -> None:
    """GKE answers 400, not 412, to a stale one; its zones are its locations."""
    cloud.gcp.add(
        "container.projects.locations.clusters.create", f"projects/dev-a/locations/{ZONE}", {"cluster": {"name": "c"}}
    )
    clusters = cloud.client("container").projects().locations().clusters()
    name = f"projects/dev-a/locations/{ZONE}/clusters/c"
    body = {
        "resourceLabels": {"owner": "alice"},
        "labelFingerprint": clusters.get(name=name).execute()["labelFingerprint"],
    }

    operation = clusters.setResourceLabels(name=name, body=body).execute()
    operations = cloud.client("container").projects().zones().operations()
    finished(lambda: operations.get(projectId="dev-a", zone=ZONE, operationId=operation["name"]))

    assert f"/zones/{ZONE}/clusters/c" in clusters.get(name=name).execute()["selfLink"]
    everywhere = clusters.list(parent="projects/dev-a/locations/-").execute()["clusters"]
    assert [each["resourceLabels"] for each in everywhere] == [{"owner": "alice"}]
    assert refused(clusters.setResourceLabels(name=name, body=body).execute)[0] == 400


def test_operations_of_google_longrunning_take_their_time(cloud: Google) -> None:
    """By polls, or by seconds where nobody looks."""
    cloud.gcp.let_operations_take(polls=3, seconds=3600)
    redis = cloud.client("redis").projects().locations()
    create = redis.instances().create(
        parent="projects/dev-a/locations/us-east1", instanceId="r", body={"tier": "BASIC", "memorySizeGb": 1}
    )
    operation = create.execute()

    polls = [redis.operations().get(name=operation["name"]).execute().get("done", False) for _ in range(3)]

    assert polls == [False, False, True]
    assert redis.instances().get(name="projects/dev-a/locations/us-east1/instances/r").execute()["state"] == "READY"
    cloud.gcp.prune_operations()
    assert refused(redis.operations().get(name=operation["name"]).execute)[0] == 404


@pytest.mark.parametrize(
    ("http", "path", "body", "status", "words"),
    [
        ("GET", "pubsub.googleapis.com/v1/projects/dev-a/topics?colour=red", None, 400, "colour"),
        ("GET", "pubsub.googleapis.com/v1/projects/dev-a/topics?pageSize=many", None, 400, "pageSize"),
        ("GET", "pubsub.googleapis.com/v1/projects/dev-a/themes", None, 404, "not found"),
        ("GET", "storage.googleapis.com/storage/v1/b", None, 400, "project"),
        ("POST", "pubsub.googleapis.com/v1/projects/dev-a/topics", {}, 404, "not found"),
        ("PUT", "pubsub.googleapis.com/v1/projects/dev-a/topics/t", {"colour": "red"}, 400, 'Unknown name "colour"'),
        ("PUT", "pubsub.googleapis.com/v1/projects/dev-a/topics/t", {"labels": {"a": 1}}, 400, "labels"),
        ("PUT", "pubsub.googleapis.com/v1/projects/dev-a/topics/t", {"labels": {"Owner": "x"}}, 400, "Owner"),
        ("GET", "run.googleapis.com/v2/projects/dev-a/locations/-/services", None, 400, "wildcard"),
        ("GET", "pubsub.googleapis.com/v1/projects/dev-z/topics", None, 403, "dev-z"),
        ("GET", f"{COMPUTE}/zones/mars-a/disks", None, 400, "Unknown zone"),
        ("GET", f"{COMPUTE}/global/networks?maxResults=501", None, 400, "at most 500"),
        ("GET", f"{COMPUTE}/global/networks?returnPartialSuccess=maybe", None, 400, "returnPartialSuccess"),
        ("GET", "v1/projects/dev-a/topics", None, 404, "several APIs"),
        ("GET", "pubsub.googleapis.com/v1/projects/dev-a/topics?fields=topics(colour)", None, 400, "field selection"),
    ],
)
def test_requests_that_google_would_not_take_are_refused(
    cloud: Google, http: str, path: str, body: object, status: int, words: str
) -> None:
    """Path, method, parameters, body, labels and field selection are checked against the document."""
    answer = cloud.send(http, path, body)

    assert (answer.status_code, words in answer.json()["error"]["message"]) == (status, True), answer.text


def test_fields_select_from_an_answer(cloud: Google) -> None:
    """Only what is named crosses the wire."""
    url = "compute.googleapis.com/compute/v1/projects/dev-a/global/firewalls"

    answer = cloud.get(url, fields="items(name,allowed/IPProtocol)", maxResults=1).json()

    assert answer == {"items": [{"name": "default-allow-icmp", "allowed": [{"IPProtocol": "icmp"}]}]}


def test_requests_find_their_api_by_the_host_header_too(cloud: Google) -> None:
    """A client whose proxy leads here needs no prefix."""
    headers = {"Authorization": "Bearer ya29.tester", "Host": "pubsub.googleapis.com"}

    answer = requests.get(f"{cloud.gcp.endpoint}/v1/projects/dev-a/topics", headers=headers, timeout=30)

    assert (answer.status_code, answer.json()) == (200, {})


def test_prices_are_listed_as_they_were_put(cloud: Google) -> None:
    """Cloud Billing's catalogue belongs to no project."""
    for index in range(3):
        cloud.gcp.put(
            "cloudbilling", f"services/6F81/skus/{index}", "Sku", {"skuId": str(index), "description": "N1 core"}
        )

    skus = cloud.client("cloudbilling").services().skus()
    first = skus.list(parent="services/6F81", pageSize=2).execute()

    assert [each["skuId"] for each in first["skus"]] == ["0", "1"]
    assert skus.list(parent="services/6F81", pageToken=first["nextPageToken"]).execute() == {
        "skus": [{"skuId": "2", "description": "N1 core"}]
    }


def test_calls_are_counted_and_kept(cloud: Google) -> None:
    """With method, path, query and body."""
    cloud.client("pubsub").projects().topics().create(
        name="projects/dev-a/topics/t", body={"labels": {"a": "b"}}
    ).execute()
    cloud.get("pubsub.googleapis.com/v1/projects/dev-a/topics", pageSize=5)

    created, listed = cloud.gcp.calls("pubsub.*")

    assert cloud.gcp.counts() == {"pubsub.projects.topics.create": 1, "pubsub.projects.topics.list": 1}
    assert (created.http, created.path, created.body) == ("PUT", "v1/projects/dev-a/topics/t", {"labels": {"a": "b"}})
    assert (listed.query, listed.status) == ({"pageSize": ("5",)}, 200)
    cloud.gcp.forget_calls()
    assert cloud.gcp.calls() == []


def test_creation_times_come_in_each_apis_own_form(cloud: Google) -> None:
    """Pacific time, milliseconds as text, RFC 3339."""
    at = datetime(2026, 3, 1, 12, 0, 0, 250000, tzinfo=UTC)
    reference = {"projectId": "dev-a", "datasetId": "sales"}
    disk = cloud.gcp.add("compute.disks.insert", f"projects/dev-a/zones/{ZONE}", {"name": "d"}, at=at)
    dataset = cloud.gcp.add("bigquery.datasets.insert", "projects/dev-a", {"datasetReference": reference}, at=at)
    bucket = cloud.gcp.add("storage.buckets.insert", "", {"name": "b"}, at=at, project="dev-a")

    assert disk.body["creationTimestamp"] == "2026-03-01T04:00:00.250-08:00"
    assert dataset.body["creationTime"] == "1772366400250"
    assert bucket.body["timeCreated"] == "2026-03-01T12:00:00.250Z"
    listed = cloud.client("bigquery", "v2").datasets().list(projectId="dev-a").execute()["datasets"]
    assert "creationTime" not in listed[0]  # only `get` shows it
