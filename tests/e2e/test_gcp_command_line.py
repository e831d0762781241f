"""Google Cloud over HTTP, as a user without a cluster goes it: collect, plan, apply, and what remains."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine, a_policy, a_project, on_project
from tests.support.fake_gcp import FakeGCP

DEV, PROD = "my-dev-123", "my-prod-123"
ZONE = f"projects/{DEV}/zones/europe-west1-b"
READS = ("get", "list", "aggregated", "aggregatedList", "search", "getIamPolicy")
YESTERDAY = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
LATER = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%dt000000z}"
EXPIRED = {"owner": "alice", "expiration": YESTERDAY}
CLAIMED = {"owner": "alice", "expiration": LATER}
MISTYPED = {"owner": "alice", "expiraton": LATER}

OUTCOMES = {
    "compute_instance web": "Delete",  # expired
    "compute_disk web-boot": "Delete",  # goes with the instance, since its autoDelete is on
    "compute_disk web-data": "Compliant",  # outlives the instance, and has an owner and an expiry
    "compute_disk pvc-1": "Managed",  # a volume of the cluster
    "pubsub_topic unclaimed": "Delete",
    "pubsub_topic mistyped": "Fix",
    "pubsub_topic claimed": "Compliant",
    "container_cluster shop": "Compliant",
    "compute_network default": "Protected",
}
"""The verdict on each resource that the test describes."""


@pytest.fixture
def gcp() -> Iterator[FakeGCP]:
    """A cloud with a test project and a production project, whose operations end with the second look."""
    with FakeGCP() as cloud:
        cloud.new_project(DEV, "123456789012")
        cloud.new_project(PROD, "210987654321")
        cloud.let_operations_take(polls=2)
        populate(cloud)
        cloud.forget_calls()
        yield cloud


@pytest.fixture
def shell(gcp: FakeGCP, tmp_path: Path) -> CommandLine:
    """The command line of somebody who is logged in, and may send that identity to the simulated cloud only."""
    line = on_project(gcp, DEV, tmp_path)
    policy = a_policy(scope={"accounts": {"names": ["gcp-dev", "gcp-prod"]}}, lifetime={"max": "1w"})
    line.declare("declared/all.yaml", policy, a_project(gcp, DEV), a_project(gcp, PROD, "gcp-prod", environment=""))
    return line


def a_topic(gcp: FakeGCP, name: str, labels: dict[str, str] | None = None, project: str = DEV) -> None:
    body = {"labels": labels} if labels else {}
    gcp.add("pubsub.projects.topics.create", f"projects/{project}/topics/{name}", body)


def a_disk(gcp: FakeGCP, name: str, labels: dict[str, str] | None = None) -> str:
    gcp.add("compute.disks.insert", ZONE, {"name": name, "sizeGb": "10", "labels": labels or {}})
    return f"https://www.googleapis.com/compute/v1/{ZONE}/disks/{name}"


def populate(gcp: FakeGCP) -> None:
    """Fill the projects with a resource for each outcome."""
    web = {
        "name": "web",
        "machineType": f"{ZONE}/machineTypes/e2-small",
        "labels": EXPIRED,
        "disks": [
            {"source": a_disk(gcp, "web-boot"), "boot": True, "autoDelete": True},
            {"source": a_disk(gcp, "web-data", CLAIMED), "autoDelete": False},
        ],
        "networkInterfaces": [{"network": "global/networks/default"}],
    }
    gcp.add("compute.instances.insert", ZONE, web)
    a_topic(gcp, "unclaimed")
    a_topic(gcp, "mistyped", MISTYPED)
    a_topic(gcp, "claimed", CLAIMED)
    a_topic(gcp, "unclaimed", project=PROD)
    a_topic(gcp, "expired", EXPIRED, project=PROD)
    cluster = {"name": "shop", "initialNodeCount": 1, "resourceLabels": CLAIMED}
    place = f"projects/{DEV}/locations/europe-west1-b"
    gcp.add("container.projects.locations.clusters.create", place, {"cluster": cluster})
    a_disk(gcp, "pvc-1", {"goog-gke-volume": "", "goog-k8s-cluster-name": "shop"})


def writes(gcp: FakeGCP) -> set[tuple[str, str]]:
    """Give method and resource of each request that is no read, whether it was accepted or not."""
    return {
        (call.method_id, call.path[call.path.index("projects/") :])
        for call in gcp.calls()
        if call.method_id and not call.method_id.endswith(READS)
    }


def names(gcp: FakeGCP, pattern: str, project: str = DEV) -> list[str]:
    return [key.rpartition("/")[2] for key in gcp.keys_of(pattern) if f"projects/{project}/" in key]


def verdicts(shown: Any) -> dict[str, str]:
    """Give the verdict on each resource of a plan, by its kind and name."""
    return {f"{entry['kind'].removeprefix('gcp_')} {entry['name']}": entry["verdict"] for entry in shown["resources"]}


def test_a_project_is_cleaned_as_the_plan_said(gcp: FakeGCP, shell: CommandLine) -> None:
    """Collect and plan only read; apply does what the plan says, and a second plan has nothing left to do."""
    collected = shell.run("collect", "-f", "declared", "-o", "json")
    shown = shell.run("plan", "-f", "declared", "-o", "json")

    assert (0, 0) == (collected.status, shown.status), (collected.err, shown.err)
    assert [] == shown.json["report"]["problems"]
    assert set() == writes(gcp)  # S15
    assert OUTCOMES == {name: verdict for name, verdict in verdicts(shown.json).items() if name in OUTCOMES}
    others = {verdict for name, verdict in verdicts(shown.json).items() if name not in OUTCOMES}
    assert others <= {"Compliant", "Managed", "Protected", "Report"}

    (shell.folder / "plan.json").write_text(shown.out)
    done = shell.run("apply", "--yes", "-f", "declared", "plan.json", "-o", "json")

    assert 0 == done.status, (done.err, done.out)
    assert shown.json["hash"] == done.json["hash"]  # S6
    assert {
        ("compute.instances.delete", f"{ZONE}/instances/web"),
        ("pubsub.projects.topics.delete", f"projects/{DEV}/topics/unclaimed"),
        ("pubsub.projects.topics.patch", f"projects/{DEV}/topics/mistyped"),
    } == writes(gcp)
    assert ["claimed", "mistyped"] == names(gcp, "pubsub.*")
    assert {"pvc-1", "web-data"} == {name for name in names(gcp, "compute.disks") if not name.startswith("gke-")}
    kept = {"tagwarden__2eio__2fwas-expiraton": LATER}  # the original, by which `restore` undoes the correction
    assert {**CLAIMED, **kept} == gcp.body("pubsub", f"projects/{DEV}/topics/mistyped")["labels"]
    assert ["expired", "unclaimed"] == names(gcp, "pubsub.*", PROD)

    again = shell.run("plan", "-f", "declared", "-o", "json")

    assert again.json["report"]["pending"] is None


def test_s7_a_tag_that_is_bound_to_a_resource_keeps_it(gcp: FakeGCP, shell: CommandLine) -> None:
    """It is read right before the deletion, and the outcome names it; everything else is done."""
    gcp.bind_tag(f"//pubsub.googleapis.com/projects/{DEV}/topics/unclaimed", "123456789012/do-not-delete", "true")

    done = shell.run("apply", "--yes", "-f", "declared", "-o", "json")

    (why,) = [each["message"] for each in done.json["outcomes"] if each["state"] == "Withheld"]
    assert "now protected: bound tag 123456789012/do-not-delete=true" == why
    assert "unclaimed" in names(gcp, "pubsub.*")
    assert "web" not in names(gcp, "compute.instances")


def test_a_corrected_label_is_restored_from_the_journal(gcp: FakeGCP, shell: CommandLine) -> None:
    """As it was written by its owner, without the label that kept the original."""
    done = shell.run("apply", "--yes", "-f", "declared", "-o", "json")
    assert 0 == done.status, (done.err, done.out)
    gcp.forget_calls()

    (correction,) = [each["entry"] for each in done.json["outcomes"] if each["type"] == "SetTags"]
    gcp.forget_calls()

    restored = shell.run("restore", "-f", "declared", "--action", correction)

    assert 0 == restored.status, (restored.out, restored.err)
    assert {("pubsub.projects.topics.patch", f"projects/{DEV}/topics/mistyped")} == writes(gcp)
    assert MISTYPED == gcp.body("pubsub", f"projects/{DEV}/topics/mistyped")["labels"]


def test_no_token_is_sent_to_an_endpoint_that_the_setting_does_not_list(gcp: FakeGCP, shell: CommandLine) -> None:
    """The author of an account does not choose where the identity of the operator goes (S22)."""
    environment = {**shell.environment, "TAGWARDEN_ALLOWED_ENDPOINTS": "http://127.0.0.1:1"}

    refused = CommandLine(shell.folder, environment).run("collect", "-f", "declared")

    assert 0 != refused.status
    assert f"endpointURL {gcp.endpoint} is not allowed" in refused.err
    assert [] == gcp.calls()
