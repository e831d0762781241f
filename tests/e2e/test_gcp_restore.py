"""Labels of Google Cloud that a run changed come back from the journal, whatever way each API writes them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine, a_policy, a_project, on_project
from tests.support.fake_gcp import FakeGCP

DEV = "my-dev-123"
PROJECT = f"projects/{DEV}"
ZONE, LOCATION = f"{PROJECT}/zones/europe-west1-b", f"{PROJECT}/locations/europe-west1"
LATER = f"{datetime.now(UTC) + timedelta(hours=40):%Y-%m-%dt%H%M%Sz}"
MISTYPED = {"owner": "alice", "expiraton": LATER, "team": "data"}

LABELLED = {
    ("compute", f"{ZONE}/disks/data"): "labels",  # setLabels with the fingerprint
    ("pubsub", f"{PROJECT}/topics/orders"): "labels",  # patch, wrapped
    ("storage", f"b/{DEV}-files"): "labels",  # merge patch: null removes a label
    ("sqladmin", f"{PROJECT}/instances/db"): "settings",  # userLabels within the settings
    ("redis", f"{LOCATION}/instances/cache"): "labels",  # patch with a mask
    ("container", f"{LOCATION}/clusters/shop"): "resourceLabels",  # setResourceLabels with the fingerprint
}
"""A resource for each way of writing labels, with the field that holds them."""


@pytest.fixture
def gcp() -> Iterator[FakeGCP]:
    """A project whose labels all have the same typing error."""
    with FakeGCP() as cloud:
        cloud.new_project(DEV, "123456789012")
        cloud.add("compute.disks.insert", ZONE, {"name": "data", "sizeGb": "10", "labels": MISTYPED})
        cloud.add("pubsub.projects.topics.create", f"{PROJECT}/topics/orders", {"labels": MISTYPED})
        cloud.add("storage.buckets.insert", "", {"name": f"{DEV}-files", "labels": MISTYPED}, project=DEV)
        settings = {"tier": "db-f1-micro", "userLabels": MISTYPED}
        cloud.add("sql.instances.insert", PROJECT, {"name": "db", "region": "europe-west1", "settings": settings})
        cache = {"tier": "BASIC", "memorySizeGb": 1, "labels": MISTYPED}
        cloud.add("redis.projects.locations.instances.create", LOCATION, cache, instanceId="cache")
        cluster = {"name": "shop", "initialNodeCount": 1, "resourceLabels": MISTYPED}
        cloud.add("container.projects.locations.clusters.create", LOCATION, {"cluster": cluster})
        cloud.let_operations_take(polls=1)
        yield cloud


@pytest.fixture
def shell(gcp: FakeGCP, tmp_path: Path) -> CommandLine:
    line = on_project(gcp, DEV, tmp_path)
    line.declare("declared/all.yaml", a_policy(scope={"accounts": {"names": ["gcp-dev"]}}), a_project(gcp, DEV))
    return line


def labels(gcp: FakeGCP) -> dict[str, Any]:
    """Give the labels of each resource, by its name."""
    found = {}
    for (api, name), field in LABELLED.items():
        told = gcp.body(api, name)[field]
        found[name] = told["userLabels"] if field == "settings" else told
    return found


def run_of(shell: CommandLine) -> str:
    """Give the only run in the journal."""
    (run,) = {each["run"] for each in shell.run("journal", "-o", "json").json["entries"]}
    return str(run)


def test_a_whole_run_is_restored(gcp: FakeGCP, shell: CommandLine) -> None:
    """Every label is as its owner wrote it, labels of others stay, and the kept originals are gone."""
    done = shell.run("apply", "--yes", "-f", "declared", "-o", "json")
    assert 0 == done.status, (done.err, done.out)
    assert {LATER} == {each.get("expiration") for each in labels(gcp).values()}

    restored = shell.run("restore", "-f", "declared", "--run", run_of(shell))

    assert 0 == restored.status, (restored.out, restored.err)
    assert dict.fromkeys(labels(gcp), MISTYPED) == labels(gcp)


def test_s5_labels_that_changed_since_are_not_restored(gcp: FakeGCP, shell: CommandLine) -> None:
    """The owner has extended the topic in between; the others are restored."""
    shell.run("apply", "--yes", "-f", "declared", "-o", "json")
    extended = {"owner": "alice", "expiration": "2099-01-01t000000z"}
    gcp.change("pubsub", f"{PROJECT}/topics/orders", labels=extended)

    restored = shell.run("restore", "-f", "declared", "--run", run_of(shell))

    assert 0 != restored.status
    assert extended == labels(gcp)[f"{PROJECT}/topics/orders"]
    assert MISTYPED == labels(gcp)[f"{ZONE}/disks/data"]
