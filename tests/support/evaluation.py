"""Judges what a test lays before it: one policy, the other policies, and a world of a few resources."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from tagwarden.judging import compile_account, compile_policy, judge_all, observed
from tagwarden.model.account import CloudAccount
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.history import History
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import CollectFailure, Snapshot
from tagwarden.model.verdict import Judgement
from tests.support.builders import NOW, a_policy, a_snapshot, a_world

LONG_AGO = NOW - timedelta(days=30)


def owns(owner: Resource, owned: Resource) -> Edge:
    """Give the edge by which one resource owns another."""
    return Edge(owner.uid, EdgeMeaning.OWNS, owned.uid)


def judged_snapshots(
    *snapshots: Snapshot,
    policy: CleanupPolicy | None = None,
    other_policies: Iterable[CleanupPolicy] = (),
    histories: Mapping[str, History] | None = None,
    accounts: Iterable[CloudAccount] | None = None,
    now: datetime = NOW,
) -> dict[str, Judgement]:
    """Judge whole snapshots; the answer is by uid."""
    world = a_world(*snapshots, accounts=accounts)
    found = judge_all(
        world,
        {name: compile_account(account) for name, account in world.accounts.items()},
        compile_policy(policy or a_policy()),
        [compile_policy(other) for other in other_policies],
        histories or {},
        now,
    )
    return {judgement.uid: judgement for judgement in found}


def judged_all(
    *resources: Resource,
    edges: Iterable[Edge] = (),
    failures: Iterable[CollectFailure] = (),
    kinds: Iterable[str] | None = None,
    policy: CleanupPolicy | None = None,
    other_policies: Iterable[CleanupPolicy] = (),
    histories: Mapping[str, History] | None = None,
    accounts: Iterable[CloudAccount] | None = None,
    now: datetime = NOW,
) -> dict[str, Judgement]:
    """Judge the resources of one snapshot."""
    return judged_snapshots(
        a_snapshot(*resources, edges=edges, failures=failures, kinds=kinds),
        policy=policy,
        other_policies=other_policies,
        histories=histories,
        accounts=accounts,
        now=now,
    )


def judged(
    resource: Resource,
    *others: Resource,
    edges: Iterable[Edge] = (),
    failures: Iterable[CollectFailure] = (),
    kinds: Iterable[str] | None = None,
    policy: CleanupPolicy | None = None,
    other_policies: Iterable[CleanupPolicy] = (),
    history: History | None = None,
    accounts: Iterable[CloudAccount] | None = None,
    now: datetime = NOW,
) -> Judgement | None:
    """Judge one resource in the company of others; None where the policy does not govern it."""
    return judged_all(
        resource,
        *others,
        edges=edges,
        failures=failures,
        kinds=kinds,
        policy=policy,
        other_policies=other_policies,
        histories={resource.uid: history} if history else {},
        accounts=accounts,
        now=now,
    ).get(resource.uid)


def seen_before(rule: Reason, *, agreed: int = 1, since: datetime | None = None) -> History:
    """Give a history in which earlier passes agreed on a deletion from the first sight on."""
    begin = since or NOW - timedelta(hours=1)
    return History(first_seen=begin, deletion=rule, since=begin, agreed=agreed, snapshot="snapshot-1")


def over_passes(snapshots: Iterable[Snapshot], policy: CleanupPolicy | None = None) -> list[dict[str, Judgement]]:
    """Judge one snapshot after the other, each at its own time, with what the earlier ones left in memory."""
    histories: dict[str, History] = {}
    passes = []
    for snapshot in snapshots:
        found = judged_snapshots(snapshot, policy=policy, histories=histories, now=snapshot.taken)
        for resource in snapshot.resources:
            if resource.uid in found:
                histories[resource.uid] = observed(
                    histories.get(resource.uid), resource, found[resource.uid], snapshot, snapshot.taken
                )
        passes.append(found)
    return passes


def reasons(judgement: Judgement | None) -> list[Reason]:
    """Name the reasons of the findings."""
    assert judgement is not None
    return [finding.reason for finding in judgement.findings]
