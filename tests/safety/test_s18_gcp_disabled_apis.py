"""S18: disabling an API hides its resources and deletes none, so that what they use stays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine, a_policy, a_project, on_project
from tests.support.fake_gcp import FakeGCP
from tests.support.fake_gcp.seeds import EXPIRED, KEPT

DEV = "my-dev-123"
PLACE = f"projects/{DEV}/locations/europe-west1"
TOPIC = f"projects/{DEV}/topics/orders"
RUN = "run.googleapis.com"


@pytest.fixture
def gcp() -> Iterator[FakeGCP]:
    """A project with an expired topic that a service names."""
    with FakeGCP() as cloud:
        cloud.new_project(DEV, "123456789012")
        cloud.add("pubsub.projects.topics.create", TOPIC, {"labels": dict(EXPIRED)})
        container = {"image": "nginx", "env": [{"name": "TOPIC", "value": "orders"}]}
        body = {"labels": dict(KEPT), "template": {"containers": [container]}}
        cloud.add("run.projects.locations.services.create", PLACE, body, serviceId="shop")
        cloud.settle()
        yield cloud


@pytest.fixture
def shell(gcp: FakeGCP, tmp_path: Path) -> CommandLine:
    line = on_project(gcp, DEV, tmp_path)
    policy = a_policy(scope={"accounts": {"names": ["gcp-dev"]}, "kinds": ["topic"]})
    line.declare("declared/all.yaml", policy, a_project(gcp, DEV))
    return line


def planned(shell: CommandLine) -> dict[str, Any]:
    """Plan, and give the topic with its deletion or the reason against it."""
    done = shell.run("plan", "-f", "declared", "-o", "json")
    assert done.out, done.err
    (topic,) = (each for each in done.json["resources"] if each["id"] == TOPIC)
    return dict(topic)


def test_s18_a_user_whose_api_was_disabled_is_still_a_user(gcp: FakeGCP, shell: CommandLine) -> None:
    """In this pass and in the next one; once the API is enabled, the listing tells again."""
    assert "InUse" in str(planned(shell))
    gcp.disable(RUN, DEV)

    for _ in range(2):
        topic = planned(shell)
        assert ([], True) == (topic["actions"], "SnapshotIncomplete" in str(topic))
        assert "API of gcp_run_service was disabled" in str(topic)

    gcp.state.store.projects[DEV].enabled.add(RUN)
    gcp.vanish("run", f"{PLACE}/services/shop")
    assert ["Delete"] == [each["type"] for each in planned(shell)["actions"]]


def test_an_api_that_held_nothing_is_no_gap(gcp: FakeGCP, shell: CommandLine) -> None:
    """Hundreds of APIs are disabled in every project."""
    gcp.vanish("run", f"{PLACE}/services/shop")
    planned(shell)
    gcp.disable(RUN, DEV)

    assert ["Delete"] == [each["type"] for each in planned(shell)["actions"]]
