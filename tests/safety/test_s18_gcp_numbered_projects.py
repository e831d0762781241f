"""S18: a user in another declared project is a user, also where it names the project by its number."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tagwarden.model.evidence import FreshEvidence, Look, Search
from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.snapshot import Extent, Snapshot
from tagwarden.pipeline.refreshing import refreshed
from tagwarden.providers.linking import world_of
from tests.integration.test_gcp_provider import NUMBER, PROJECT, an_account, provider_of
from tests.support.fake_gcp import FakeGCP

OTHER, OTHER_NUMBER = "my-shop-456", "987654321098"
TOPIC = f"//pubsub.googleapis.com/projects/{PROJECT}/topics/orders"
READER = f"//pubsub.googleapis.com/projects/{OTHER}/subscriptions/reader"


@pytest.fixture
def cloud() -> Iterator[FakeGCP]:
    """A topic in one project, and in another one a subscription of it by the number of the first."""
    with FakeGCP() as gcp:
        gcp.new_project(PROJECT, NUMBER)
        gcp.new_project(OTHER, OTHER_NUMBER)
        gcp.add("pubsub.projects.topics.create", f"projects/{PROJECT}/topics/orders", {})
        body = {"name": f"projects/{OTHER}/subscriptions/reader", "topic": f"projects/{NUMBER}/topics/orders"}
        gcp.put("pubsub", f"projects/{OTHER}/subscriptions/reader", "Subscription", body)
        yield gcp


def collected(cloud: FakeGCP, project: str, **extent: Any) -> Snapshot:
    """Give a snapshot of the account that is named like its project."""
    kinds = frozenset({"gcp_pubsub_topic", "gcp_pubsub_subscription"})
    found = provider_of(cloud, project).collect(datetime.now(UTC), extent=Extent(kinds, **extent))
    resources = tuple(replace(each, account=project) for each in found.resources)
    return replace(found, account=project, resources=resources)


def test_s18_a_subscription_in_another_project_uses_the_topic(cloud: FakeGCP) -> None:
    accounts = [an_account(cloud, each).model_copy(update={"name": each}) for each in (PROJECT, OTHER)]

    world = world_of([collected(cloud, each) for each in (PROJECT, OTHER)], accounts)

    assert [READER] == [*world.graph.sources(TOPIC, EdgeMeaning.USES)]


def test_s17_a_new_subscription_in_another_project_uses_the_topic(cloud: FakeGCP) -> None:
    """Seen only by the listing right before the deletion of the topic."""
    accounts = [an_account(cloud, each).model_copy(update={"name": each}) for each in (PROJECT, OTHER)]
    fresh = collected(cloud, OTHER)
    cloud.vanish("pubsub", f"projects/{OTHER}/subscriptions/reader")
    before = world_of([collected(cloud, each) for each in (PROJECT, OTHER)], accounts)
    assert [] == [*before.graph.sources(TOPIC, EdgeMeaning.USES)]
    look = Look(Search(OTHER, Extent(frozenset({"gcp_pubsub_subscription"}))), fresh)

    world = refreshed(before, FreshEvidence({}, (look,)), (TOPIC,), ())

    assert [READER] == [*world.graph.sources(TOPIC, EdgeMeaning.USES)]
