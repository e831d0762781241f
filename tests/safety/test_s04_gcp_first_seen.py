"""S4: the age of a resource whose kind has no creation time counts from the first pass that saw it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine, a_policy, a_project, on_project
from tests.support.fake_gcp import FakeGCP

DEV = "my-dev-123"
TOPIC = f"projects/{DEV}/topics/orders"


@pytest.fixture
def gcp() -> Iterator[FakeGCP]:
    with FakeGCP() as cloud:
        cloud.new_project(DEV, "123456789012")
        yield cloud


@pytest.fixture
def shell(gcp: FakeGCP, tmp_path: Path) -> CommandLine:
    line = on_project(gcp, DEV, tmp_path)
    policy = a_policy(scope={"accounts": {"names": ["gcp-dev"]}, "kinds": ["topic"]}, grace={"untagged": "24h"})
    line.declare("declared/all.yaml", policy, a_project(gcp, DEV))
    return line


def planned(shell: CommandLine, *arguments: str) -> dict[str, Any]:
    done = shell.run("plan", "-f", "declared", "-o", "json", *arguments)
    assert done.out, done.err
    (topic,) = (each for each in done.json["resources"] if each["id"] == TOPIC)
    return dict(topic)


def a_day_after(at: datetime, **later: int) -> str:
    return f"{at + timedelta(days=1, **later):%Y-%m-%dT%H:%M:%SZ}"


def test_s4_a_topic_is_as_old_as_its_first_sight(gcp: FakeGCP, shell: CommandLine) -> None:
    """Pub/Sub states no creation time: a topic may be a minute old when it is seen first, however often it is seen."""
    gcp.add("pubsub.projects.topics.create", TOPIC, {})
    began = datetime.now(UTC)

    assert "Pending" == planned(shell)["verdict"]
    assert "Pending" == planned(shell, "--now", a_day_after(began, minutes=-1))["verdict"]
    assert "Delete" == planned(shell, "--now", a_day_after(began, minutes=5))["verdict"]


@pytest.mark.parametrize(("again", "verdict"), [(True, "Pending"), (False, "Delete")])
def test_s4_a_topic_that_was_made_again_is_new(gcp: FakeGCP, shell: CommandLine, again: bool, verdict: str) -> None:
    """A pass that does not see a topic forgets its age; another topic of the name has been there for seconds."""
    gcp.add("pubsub.projects.topics.create", TOPIC, {})
    planned(shell)
    if again:
        gcp.vanish("pubsub", TOPIC)
    shell.run("plan", "-f", "declared")
    if again:
        gcp.add("pubsub.projects.topics.create", TOPIC, {})
    began = datetime.now(UTC)

    assert verdict == planned(shell, "--now", a_day_after(began, seconds=-1))["verdict"]
