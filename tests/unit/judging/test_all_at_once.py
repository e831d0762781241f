"""Judging a whole world says of each resource what judging it alone says, in the order of uid."""

from itertools import product

from tagwarden.judging import compile_account, compile_policy, judge, judge_all
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.resource import Environment, Resource
from tagwarden.model.verdict import Judgement, Verdict
from tagwarden.providers.linking import world_of
from tests.support.builders import NOW, a_policy, a_resource, a_snapshot, an_account

KINDS = (("aws_ec2_instance", "instance"), ("aws_sqs_queue", "queue"))
REGIONS = ("eu-central-1", "us-east-1")
PREVIEWS = [{"where": 'resource.name.startsWith("pr-")', "environment": "test"}]
TAGS: tuple[dict[str, str], ...] = (
    {"owner": "alice", "expiration": "2026-08-27T12:00:00Z"},
    {},
    {"Owner": "bob", "ttl": "300h"},
)
ACCOUNTS = {
    "aws-dev": an_account("aws-dev"),
    "aws-mixed": an_account("aws-mixed", environment=Environment.PRODUCTION, environments=PREVIEWS),
    "aws-other": an_account("aws-other"),
}


def interleaved() -> list[Resource]:
    """Give resources of which no two neighbours by uid are alike in all of account, region, kind and environment."""
    found = []
    situations = product(TAGS, ("pr-1", "shop"), KINDS, REGIONS, ACCOUNTS)
    for number, (tags, name, (kind, category), region, account) in enumerate(situations):
        place = {"account": account, "region": region, "kind": kind, "category": category}
        found.append(a_resource(uid=f"{number:04}", id=f"{number:04}", name=name, tags=tags, **place))
    return found


def judged(policy: CleanupPolicy, resources: list[Resource]) -> tuple[list[Judgement], list[Judgement]]:
    """Judge all at once, and one by one."""
    snapshots = [
        a_snapshot(*(resource for resource in resources if resource.account == name), account=name) for name in ACCOUNTS
    ]
    world = world_of(snapshots, list(ACCOUNTS.values()))
    accounts = {name: compile_account(account) for name, account in ACCOUNTS.items()}
    compiled = compile_policy(policy)
    alone = [judge(resource, world, accounts, compiled, [], None, NOW) for resource in world.graph.nodes]
    together = judge_all(world, accounts, compiled, [], {}, NOW)
    return together, [judgement for judgement in alone if judgement is not None]


def policy_of(**scope: object) -> CleanupPolicy:
    everything = {"accounts": {"names": ["aws-dev", "aws-mixed"]}, "environments": ["test", "production"]}
    return a_policy(scope={**everything, **scope}, expiry={"aliases": ["ttl"]})


def test_neighbours_that_differ_do_not_lend_one_another_what_holds_for_their_kind() -> None:
    """S2: above all not the environment, where an account has some of test and some of production."""
    together, alone = judged(policy_of(), interleaved())

    assert alone == together
    assert {Environment.TEST, Environment.PRODUCTION} == {judgement.environment for judgement in together}


def test_resources_of_one_kind_that_follow_one_another_are_told_apart_by_environment() -> None:
    """S2: an account with rules of its own for environments is asked for every resource."""
    alike = [
        a_resource(uid=f"{number}", id=f"{number}", name=name, account="aws-mixed", tags=tags)
        for number, (tags, name) in enumerate(product(TAGS, ("pr-1", "shop", "pr-2")))
    ]
    together, alone = judged(policy_of(), alike)

    assert alone == together
    assert ["test", "production", "test"] * len(TAGS) == [judgement.environment for judgement in together]


def test_resources_of_one_kind_that_follow_one_another_are_told_apart_by_region() -> None:
    """S7: an exclusion of a region holds there, and nowhere else."""
    alike = [
        a_resource(uid=f"{number}", id=f"{number}", region=region, tags=tags)
        for number, (tags, region) in enumerate(product(TAGS, REGIONS))
    ]
    together, alone = judged(policy_of(exclude=[{"regions": ["us-*"]}]), alike)

    assert alone == together
    assert [False, True] * len(TAGS) == [judgement.verdict is Verdict.PROTECTED for judgement in together]


def test_an_expression_and_an_exclusion_are_asked_for_each() -> None:
    """What is governed by nobody is left out, and nothing else moves."""
    for scope in ({"where": 'resource.name != "shop"'}, {"exclude": [{"regions": ["us-*"], "names": ["shop"]}]}):
        together, alone = judged(policy_of(**scope), interleaved())

        assert alone == together
