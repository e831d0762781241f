"""Through the command line with `source: AssetInventory`: an inventory of an hour ago decides nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, a_policy, a_project, on_project
from tests.support.fake_gcp import FakeGCP

DEV = "my-dev-123"
TOPICS = f"projects/{DEV}/topics"
SUBSCRIPTIONS = f"projects/{DEV}/subscriptions"
YESTERDAY = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
LATER = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%dt000000z}"
EXPIRED = {"owner": "alice", "expiration": YESTERDAY}
CLAIMED = {"owner": "alice", "expiration": LATER}


@pytest.fixture
def gcp() -> Iterator[FakeGCP]:
    """A project whose inventory is old: meanwhile an owner answered, a user came, and two topics came and went."""
    with FakeGCP() as cloud:
        cloud.new_project(DEV, "123456789012")
        for name in ("expired", "extended", "gone", "used"):
            cloud.add("pubsub.projects.topics.create", f"{TOPICS}/{name}", {"labels": EXPIRED})
        cloud.freeze_inventory()
        cloud.change("pubsub", f"{TOPICS}/extended", labels=CLAIMED)
        cloud.vanish("pubsub", f"{TOPICS}/gone")
        cloud.add("pubsub.projects.topics.create", f"{TOPICS}/new", {})
        reader = {"topic": f"{TOPICS}/used", "labels": CLAIMED}
        cloud.add("pubsub.projects.subscriptions.create", f"{SUBSCRIPTIONS}/reader", reader)
        cloud.forget_calls()
        yield cloud


@pytest.fixture
def shell(gcp: FakeGCP, tmp_path: Path) -> CommandLine:
    line = on_project(gcp, DEV, tmp_path)
    line.declare(
        "declared/all.yaml",
        a_policy(scope={"accounts": {"names": ["gcp-dev"]}}),
        a_project(gcp, DEV, source="AssetInventory"),
    )
    return line


def test_the_age_of_the_inventory_is_shown(shell: CommandLine) -> None:
    """In the table as in JSON."""
    table = shell.run("collect", "-f", "declared")
    shown = shell.run("collect", "-f", "declared", "-o", "json").json["accounts"][0]["inventory"]

    assert 0 == table.status, table.err
    assert "resources as of 20" in " ".join(table.out.split())
    assert "Cloud Asset Inventory" == shown["name"]
    assert shown["latestUpdateTime"] <= shown["readTime"]


def test_s5_s17_an_old_inventory_decides_nothing(gcp: FakeGCP, shell: CommandLine) -> None:
    """Only the topic that really expired and really has no user is deleted; the rest says why it stays."""
    done = shell.run("apply", "--yes", "-f", "declared", "-o", "json")

    deleted = [call.path.rpartition("/")[2] for call in gcp.calls("*.delete")]
    assert ["expired"] == deleted, (done.out, done.err)
    outcomes = {each["uid"].rpartition("/")[2]: each["reason"] for each in done.json["outcomes"]}
    assert {
        "expired": "Expired",
        "extended": "Changed",
        "gone": "NotFound",
        "used": "DependentInUse",
    } == outcomes
    assert {"extended", "new", "used"} == {key.rpartition("/")[2] for key in gcp.keys_of("pubsub.topics")}


def test_an_unknown_source_is_refused(gcp: FakeGCP, shell: CommandLine) -> None:
    """With the values that exist."""
    shell.declare("declared/all.yaml", a_policy(), a_project(gcp, DEV, source="Inventory"))

    refused = shell.run("validate", "-f", "declared")

    assert 2 == refused.status
    assert "spec.gcp.source" in refused.err + refused.out
    assert "AssetInventory" in refused.err + refused.out
