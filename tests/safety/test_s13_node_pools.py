"""S13: the machines of a node pool that is gone from a cluster that lives are judged by their own tags."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tagwarden.model.clusters import ISSUER
from tagwarden.model.evidence import FreshEvidence, Look
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.history import History
from tagwarden.model.plan import PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Manager, Presence, ProviderName, Resource
from tagwarden.model.snapshot import CollectFailure, Identity, Snapshot
from tagwarden.model.verdict import Verdict, Withheld
from tagwarden.pipeline.compiling import compile_policies
from tagwarden.pipeline.deciding import Decision, decide, remembered
from tagwarden.pipeline.declarations import Declarations
from tagwarden.pipeline.reviewing import review
from tagwarden.planning import Budget
from tagwarden.providers import aws, kubernetes
from tagwarden.providers.linking.vendor_rows import KARPENTER
from tests.support.builders import ACCOUNT, NOW, a_policy, a_resource, a_snapshot, an_account

INSIDE = "dev-cluster"
OIDC = "https://oidc.eks.eu-central-1.amazonaws.com/id/DEV"
OF_KARPENTER = {"karpenter.sh/nodepool": "spot", "kubernetes.io/cluster/dev": "owned", "eks:eks-cluster-name": "dev"}
EXPIRED = {"owner": "alice", "expiration": "2026-08-31T19:00:00Z"}
CLAIMED = {"owner": "alice", "expiration": "2026-09-02T12:00:00Z"}
CLUSTER = a_resource(
    kind="aws_eks_cluster", category="cluster", id="dev", name="dev", tags=CLAIMED, attributes={ISSUER: OIDC}
)


def machine(tags: dict[str, str] = EXPIRED, **more: str) -> Resource:
    return a_resource(id="i-1", manager=Manager(KARPENTER.manager, "spot"), tags={**OF_KARPENTER, **tags, **more})


def inside_thing(kind: str, name: str) -> Resource:
    return a_resource(
        provider=ProviderName.KUBERNETES,
        account=INSIDE,
        kind=kind,
        category="instance",
        id=name,
        name=name,
        protection="cluster infrastructure",
    )


def inside(*found: Resource, number: int = 1, issuer: str = OIDC, served: bool = True, **fields: Any) -> Snapshot:
    kinds = {row.kind for row in kubernetes.catalogue()} - (set() if served else {KARPENTER.pool})
    snapshot = a_snapshot(
        *found, kinds=kinds, account=INSIDE, provider=ProviderName.KUBERNETES, identity=Identity("uid", issuer=issuer)
    )
    return replace(snapshot, id=f"inside-{number}", taken=NOW + timedelta(hours=number), **fields)


def outside(*found: Resource, number: int = 1) -> Snapshot:
    snapshot = a_snapshot(CLUSTER, *found, kinds=[row.kind for row in aws.catalogue()])
    return replace(snapshot, id=f"outside-{number}", taken=NOW + timedelta(hours=number))


def passes(*worlds: Iterable[Snapshot]) -> list[Decision]:
    """Decide once an hour, each time with what the passes before left in memory."""
    policy = a_policy(
        scope={"accounts": {"names": [ACCOUNT]}},
        grace={"untagged": "0s", "expired": "0s"},
        limits={"deletionsPerRun": 1000, "deletionsPercent": 100, "deletionsPerHour": 1000},
    )
    accounts = {ACCOUNT: an_account(), INSIDE: an_account(INSIDE, provider=ProviderName.KUBERNETES)}
    declared = Declarations({policy.name: policy}, accounts)
    policy_set = compile_policies(declared, policy.name)
    known: dict[str, History] = {}
    found = []
    for number, snapshots in enumerate(worlds, 1):
        now = NOW + timedelta(hours=number)
        decision = decide(declared, policy_set, tuple(snapshots), lambda _name, _found: dict(known), Budget(), now)
        known.update(remembered(decision, now))
        found.append(decision)
    return found


def twice(member: Resource, *there: Resource, **fields: Any) -> Decision:
    """Give the second of two passes over the same world."""
    return passes(*((outside(member, number=each), inside(*there, number=each, **fields)) for each in (1, 2)))[-1]


def fate(decision: Decision) -> PlannedResource:
    return next(one for one in decision.plan.resources if one.resource.id == "i-1")


def verdict_in(decision: Decision) -> Verdict:
    return fate(decision).judgement.verdict


@pytest.mark.parametrize("tags", [EXPIRED, {}])
def test_the_machine_of_a_pool_that_is_gone_goes_after_two_looks(tags: dict[str, str]) -> None:
    """Machines of a deleted NodePool stayed Managed for ever; one look without it may be wrong (S4, S13)."""
    first, second = passes(*((outside(machine(tags), number=each), inside(number=each)) for each in (1, 2)))

    assert [Verdict.PENDING, Verdict.DELETE] == [verdict_in(first), verdict_in(second)]
    assert Reason.Orphaned is fate(second).judgement.findings[0].reason
    assert fate(second).goes


def test_a_claimed_machine_stays_and_is_reported() -> None:
    """Somebody has to know that nothing looks after it any more."""
    found = twice(machine(CLAIMED))

    assert Reason.Orphaned in {finding.reason for finding in fate(found).judgement.findings}
    assert not fate(found).goes


UNKNOWN = [
    pytest.param({"issuer": "https://oidc.example.com/other"}, id="the account is another cluster"),
    pytest.param({"served": False}, id="NodePools are not listed"),
    pytest.param({"failures": (CollectFailure(KARPENTER.pool, "", "AccessDenied", "no"),)}, id="NodePools are denied"),
    pytest.param({"failures": (CollectFailure("k8s_*.karpenter.sh", "", "Unsupported", "no"),), "served": False},
                 id="the group cannot be discovered"),
]  # fmt: skip


@pytest.mark.parametrize("fields", UNKNOWN)
def test_a_pool_that_nobody_could_look_for_still_manages(fields: dict[str, Any]) -> None:
    """Unknown is not gone (S3, S13)."""
    assert Verdict.MANAGED is verdict_in(twice(machine(), **fields))


def test_a_cluster_that_was_not_collected_tells_nothing() -> None:
    """The account is declared, and has no snapshot (S3, S13)."""
    (found,) = passes((outside(machine()),))

    assert Verdict.MANAGED is verdict_in(found)


def test_a_pool_that_exists_manages() -> None:
    """Karpenter would start another machine (S13); so would a pool of the same name in the same cluster again."""
    pool = inside_thing(KARPENTER.pool, "spot")

    assert Verdict.MANAGED is verdict_in(twice(machine(), pool))


@pytest.mark.parametrize("other", [{"kubernetes.io/cluster/prod": "owned"}, {"aws:cloudformation:stack-name": "nodes"}])
def test_a_machine_that_names_another_maker_too_is_managed(other: dict[str, str]) -> None:
    """Nobody knows which of two clusters has the pool, and a stack makes its members again (S13)."""
    assert Verdict.MANAGED is verdict_in(twice(machine(**other)))


def test_a_machine_that_is_still_a_node_stays() -> None:
    """Pods run on it, whatever became of the pool (S18)."""
    node = inside_thing("k8s_node", "ip-10-0-0-1")
    runs_on = (Edge(node.uid, EdgeMeaning.USES, "aws_ec2_instance/i-1"),)

    found = fate(twice(machine(), node, edges=runs_on))

    assert not found.goes
    assert found.withheld is not None
    assert "k8s_node ip-10-0-0-1" in found.withheld.message


def reviewed(fresh_inside: Snapshot) -> Withheld | None:
    """Look again right before the deletion: AWS tells of the pool what it always told."""
    decision = twice(machine())
    planned = fate(decision)
    assert planned.goes
    assert planned.evidence is not None
    fresh = {ACCOUNT: outside(machine(), number=3), INSIDE: fresh_inside}
    looks = tuple(Look(search, fresh[search.account]) for search in planned.evidence.searches)
    assert KARPENTER.pool in {kind for look in looks for kind in look.search.extent.kinds}
    read = machine()
    return review(decision, planned, FreshEvidence({read.uid: read}, looks), NOW + timedelta(hours=2))


def test_the_cluster_is_asked_again_right_before_the_deletion() -> None:
    """The pool was made again, or listing pools fails meanwhile (S17)."""
    back = reviewed(inside(inside_thing(KARPENTER.pool, "spot"), number=3))
    denied = reviewed(inside(number=3, failures=(CollectFailure(KARPENTER.pool, "", "AccessDenied", "no"),)))

    assert reviewed(inside(number=3)) is None
    assert back is not None
    assert "managed by NodePool spot" in back.message
    assert denied is not None


def test_whatever_a_pool_makes_is_looked_for_in_clusters() -> None:
    """A pool that is made again after the plan is seen (S17)."""
    assert all(KARPENTER.pool in aws.dependents_of(kind) for kind in KARPENTER.made)


def test_a_pool_of_another_cluster_is_not_taken_for_it() -> None:
    """Both clusters may have a pool of that name."""
    other = replace(inside_thing(KARPENTER.pool, "spot"), account="other", uid="other-pool")
    kinds = [row.kind for row in kubernetes.catalogue()]
    there = a_snapshot(other, kinds=kinds, account="other", provider=ProviderName.KUBERNETES)
    worlds = ((outside(machine(), number=each), inside(number=each), there) for each in (1, 2))

    found = fate(passes(*worlds)[-1])

    assert found.goes
    assert Presence.GONE is (found.resource.manager and found.resource.manager.presence)
