"""S24: a name in a scope or an exclusion that matches nothing that exists stops deletions."""

from typing import Any

import pytest

from tagwarden.judging.unmatched import unmatched
from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.verdict import Verdict, Withheld
from tagwarden.model.world import World
from tagwarden.pipeline.catalogues import vocabulary
from tests.support.builders import a_policy, a_resource, a_snapshot, a_world, an_account
from tests.unit.planning.scenes import doomed, plan_of

ACCOUNTS = {"names": ["aws-dev"]}


def the_world() -> World:
    """Give an account of AWS with an instance, and a cluster with a Deployment in its namespace."""
    namespace = a_resource(
        provider=ProviderName.KUBERNETES,
        account="cluster",
        kind="k8s_namespace",
        category="namespace",
        id="shop",
        name="shop",
    )
    deployment = a_resource(provider=ProviderName.KUBERNETES, account="cluster", id="shop/web", namespace="shop")
    widget = a_resource(
        provider=ProviderName.KUBERNETES,
        account="cluster",
        kind="k8s_widget.example.com",
        category="custom_resource",
        id="w",
    )
    return a_world(
        a_snapshot(a_resource()),
        a_snapshot(namespace, deployment, widget),
        accounts=[
            an_account(labels={"team": "data"}),
            an_account("cluster", provider=ProviderName.KUBERNETES),
        ],
    )


def doubts(world: World | None = None, **scope: Any) -> tuple[str, ...]:
    """Name what matches nothing."""
    return unmatched(a_policy(scope={"accounts": ACCOUNTS, **scope}).spec.scope, world or the_world(), vocabulary())


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        ({"kinds": ["instance", "buckets"]}, "spec.scope.kinds[1]: 'buckets' matches no kind or category"),
        ({"kinds": ["aws_ec3_*"]}, "spec.scope.kinds[0]: 'aws_ec3_*' matches no kind or category"),
        (
            {"kinds": ["k8s_gadget.example.com"]},
            "spec.scope.kinds[0]: 'k8s_gadget.example.com' matches no kind or category",
        ),
        (
            {"accounts": {"names": ["aws-dev", "aws-dv"]}},
            "spec.scope.accounts.names[1]: account 'aws-dv' does not exist",
        ),
        (
            {"accounts": {"names": ["aws-dev"], "labels": {"team": "dta"}}},
            "spec.scope.accounts.labels: no account has the labels team: dta",
        ),
        (
            {"kinds": ["gcp_compute_disks*"]},
            "spec.scope.kinds[0]: 'gcp_compute_disks*' matches no kind or category",
        ),
        (
            {"exclude": [{"kinds": ["databases"]}]},
            "spec.scope.exclude[0].kinds[0]: 'databases' matches no kind or category",
        ),
        (
            {"exclude": [{"regions": ["eu-centrl-1"]}]},
            "spec.scope.exclude[0].regions[0]: 'eu-centrl-1' matches no region",
        ),
        ({"exclude": [{"namespaces": ["shp"]}]}, "spec.scope.exclude[0].namespaces[0]: 'shp' matches no namespace"),
    ],
)
def test_a_name_that_matches_nothing_is_told_with_its_place(scope: dict[str, Any], message: str) -> None:
    """S24: an exclusion with a typing error protects nothing, without a word."""
    assert (message,) == doubts(**scope)


@pytest.mark.parametrize(
    "scope",
    [
        {},
        {"kinds": ["instance", "aws_rds_*", "database", "k8s_*", "load_balancer", "k8s_widget.example.com", "gcp_*"]},
        {"accounts": {"names": [], "labels": {"team": "data"}}},
        {"exclude": [{"regions": ["us-*", "eu-central-1", "cn-north-1"]}, {"namespaces": ["sh*"]}]},
        {"exclude": [{"tags": {"keep": "*"}}, {"names": ["nothing-of-this-name"]}]},
    ],
)
def test_what_exists_raises_no_doubt_though_no_resource_has_it_today(scope: dict[str, Any]) -> None:
    """A false alarm would stop every deletion: kinds and regions that vendors know are enough."""
    assert () == doubts(**scope)


def test_a_cluster_that_was_not_collected_leaves_its_names_open() -> None:
    """Nobody knows its namespaces and custom resources, and nothing of it is deleted anyway."""
    world = a_world(
        a_snapshot(a_resource()), accounts=[an_account(), an_account("cluster", provider=ProviderName.KUBERNETES)]
    )

    assert () == doubts(world, kinds=["k8s_gadget.example.com"], exclude=[{"namespaces": ["shop"]}])


def test_a_doubt_takes_every_deletion_out_of_the_plan() -> None:
    """S24: it is a condition that stops deletions, not a shrug."""
    why = Withheld(Reason.ScopeMatchesNothing, "spec.scope.kinds[0]: 'buckets' matches no kind or category")

    plan = plan_of([doomed("old")], doubt=why)

    assert why == plan.stopped
    assert 0 == plan.count(ActionType.DELETE)
    assert [(Verdict.DELETE, why)] == [(each.judgement.verdict, each.withheld) for each in plan.resources]
