"""S3: nothing is known about a kind that its cloud's catalogue lacks, and nothing is guessed."""

import pytest

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.plan import ActionType, Plan
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.pipeline import catalogues
from tagwarden.pipeline.compiling import compile_policies
from tagwarden.pipeline.deciding import decide
from tagwarden.pipeline.declarations import Declarations
from tagwarden.planning import Budget
from tagwarden.providers import registry
from tests.support.builders import NOW, a_policy, a_resource, a_snapshot, an_account

KNOWN = {ProviderName.AWS: "aws_sqs_queue", ProviderName.GCP: "gcp_pubsub_topic"}
UNKNOWN = {ProviderName.AWS: "aws_new_thing", ProviderName.GCP: "gcp_new_thing"}
"""Clusters are missing: each custom resource is a kind that no catalogue lists, and a policy may name it."""

each_cloud = pytest.mark.parametrize("provider", UNKNOWN)


def planned(*resources: Resource, edges: tuple[Edge, ...] = ()) -> Plan:
    """Plan by the strongest policy for untagged resources, all of whose kinds were listed."""
    provider = resources[0].provider
    policy = a_policy(
        rules={"untagged": "Delete", "irreplaceable": {"kinds": ["*"]}}, grace={"untagged": "0s"}, observations=1
    )
    account = an_account(provider=provider)
    declarations = Declarations({policy.name: policy}, {account.name: account})
    kinds = {row.kind for catalogue in registry.catalogues() for row in catalogue.kinds()}
    snapshot = a_snapshot(*resources, edges=edges, kinds={*kinds, *UNKNOWN.values()})
    policies = compile_policies(declarations, policy.name)
    return decide(declarations, policies, [snapshot], lambda _policy, _resources: {}, Budget(), NOW).plan


@each_cloud
def test_s3_an_unknown_kind_cannot_be_deleted(provider: ProviderName) -> None:
    """Its API may delete more than the resource, and no step of a deletion is known."""
    assert not catalogues.can_delete(provider, UNKNOWN[provider])
    assert not catalogues.untangles(provider, UNKNOWN[provider])


@each_cloud
def test_s3_a_policy_for_every_kind_does_not_govern_an_unknown_one(provider: ProviderName) -> None:
    """Another version may have collected it."""
    assert () == planned(a_resource(provider=provider, kind=UNKNOWN[provider], category="queue")).resources


@each_cloud
def test_s3_nothing_that_an_unknown_kind_needs_is_deleted(provider: ProviderName) -> None:
    """The unknown one would have to go first."""
    queue = a_resource(provider=provider, kind=KNOWN[provider], category="queue", id="queue")
    thing = a_resource(provider=provider, kind=UNKNOWN[provider], category="queue", id="thing")

    alone = planned(queue)
    needed = planned(queue, thing, edges=(Edge(thing.uid, EdgeMeaning.NEEDS, queue.uid),))

    assert (1, 0) == (alone.count(ActionType.DELETE), needed.count(ActionType.DELETE))
