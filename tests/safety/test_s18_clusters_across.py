"""A cluster of EKS is in use by whatever its own Kubernetes account shows (S18)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tagwarden.model.clusters import ISSUER
from tagwarden.model.evidence import FreshEvidence, Look
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.plan import ActionType
from tagwarden.model.resource import Environment, Manager, ProviderName, Resource
from tagwarden.model.snapshot import Identity, Snapshot
from tagwarden.model.tags import Tags
from tagwarden.pipeline.compiling import compile_policies
from tagwarden.pipeline.deciding import Decision, decide
from tagwarden.pipeline.declarations import Declarations
from tagwarden.pipeline.reviewing import review
from tagwarden.planning import Budget
from tagwarden.providers import aws, kubernetes
from tests.support.builders import ACCOUNT, NOW, a_policy, a_resource, a_snapshot, an_account

INSIDE = "dev-cluster"
CLAIMED = {"owner": "alice", "expiration": "2026-09-02T12:00:00Z"}
EXPIRED = {"owner": "alice", "expiration": "2026-08-31T11:00:00Z"}
OIDC = "https://oidc.eks.eu-central-1.amazonaws.com/id/"


def eks(name: str = "dev", issuer: str = f"{OIDC}DEV", **fields: Any) -> Resource:
    attributes = {ISSUER: issuer} if issuer else {}
    return a_resource(kind="aws_eks_cluster", category="cluster", id=name, name=name, attributes=attributes, **fields)


def thing(kind: str, name: str, namespace: str = "shop", tags: Mapping[str, str] = {}, **fields: Any) -> Resource:
    category = {"k8s_namespace": "namespace", "k8s_node": "instance"}.get(kind, "workload")
    place = "" if category != "workload" else namespace
    usual = {"namespace": place, "state": "", "category": category, "id": f"{place}/{name}" if place else name}
    return a_resource(
        provider=ProviderName.KUBERNETES,
        account=INSIDE,
        kind=kind,
        name=name,
        tags=Tags.known(tags),
        **{**usual, **fields},
    )


SHOP = thing("k8s_namespace", "shop")
WEB = thing("k8s_deployment", "web", tags=CLAIMED)
NODE = thing("k8s_node", "ip-10-0-0-1", protection="cluster infrastructure: workloads run on it")
SYSTEM = thing("k8s_namespace", "kube-system", protection="a namespace of Kubernetes, on which the cluster depends")
DNS = thing("k8s_deployment", "coredns", "kube-system", protection="in kube-system, a namespace of Kubernetes")
DEFAULT = thing("k8s_namespace", "default", protection="the namespace default cannot be deleted")
CERTIFICATES = thing(
    "k8s_configmap", "kube-root-ca.crt", "default", manager=Manager("k8s_namespace", "default", DEFAULT.uid)
)
API = thing("k8s_service", "kubernetes", "default", protection="the Service of the API server")
FRESH = (NODE, SYSTEM, DNS, DEFAULT, CERTIFICATES, API)
"""Objects that every cluster has."""
NAMESPACED = tuple(Edge(SHOP.uid, EdgeMeaning.OWNS, one.uid) for one in (WEB,))
RUNS_ON = Edge(NODE.uid, EdgeMeaning.USES, "aws_ec2_instance/i-1")


def inside(*found: Resource, issuer: str = "", edges: Iterable[Edge] = NAMESPACED) -> Snapshot:
    return a_snapshot(
        *FRESH,
        *found,
        edges=edges,
        kinds=[row.kind for row in kubernetes.catalogue()],
        id="inside-1",
        identity=Identity("uid-of-kube-system", issuer=issuer),
    )


def outside(*found: Resource) -> Snapshot:
    return a_snapshot(*found, kinds=[row.kind for row in aws.catalogue()], id="outside-1")


def decided(*snapshots: Snapshot, environment: Environment = Environment.TEST) -> Decision:
    policy = a_policy(
        scope={"accounts": {"names": [ACCOUNT, INSIDE]}, "environments": ["test", "production"]},
        observations=1,
        grace={"untagged": "0s", "expired": "0s"},
        limits={"deletionsPerRun": 1000, "deletionsPercent": 100, "deletionsPerHour": 1000},
    )
    accounts = {
        ACCOUNT: an_account(ACCOUNT),
        INSIDE: an_account(INSIDE, provider=ProviderName.KUBERNETES, environment=environment),
    }
    declared = Declarations({policy.name: policy}, accounts)
    return decide(declared, compile_policies(declared, policy.name), snapshots, lambda _name, _found: {}, Budget(), NOW)


def why(decision: Decision, name: str = "dev") -> str:
    """Say why a cluster of EKS stays; empty when it goes."""
    planned = next(one for one in decision.plan.resources if one.resource.id == name)
    if planned.goes:
        return ""
    return f"{planned.withheld.reason}: {planned.withheld.message}" if planned.withheld else str(planned.judgement)


def instance(**tags: str) -> Resource:
    return a_resource(id="i-1", tags={**CLAIMED, **tags})


@pytest.mark.parametrize("cluster", [eks(), eks(tags=EXPIRED)])
def test_a_cluster_with_a_claimed_workload_stays(cluster: Resource) -> None:
    """An untagged cluster of EKS went although its own Kubernetes account showed claimed workloads (S18, S8)."""
    told = why(decided(outside(cluster), inside(SHOP, WEB, issuer=f"{OIDC}DEV")))

    assert told.startswith("DependentInUse")
    assert "k8s_deployment web" in told
    assert "belongs to alice" in told


@pytest.mark.parametrize(
    "tags",
    [
        {"eks:cluster-name": "dev"},
        {"aws:eks:cluster-name": "dev"},
        {"kubernetes.io/cluster/dev": "owned"},
        {"alpha.eksctl.io/cluster-name": "dev"},
    ],
)
def test_the_instances_behind_the_nodes_tell_the_cluster(tags: dict[str, str]) -> None:
    """The API server does not say which cluster it is: its nodes run on instances that name it (S18)."""
    cloud = outside(eks(), eks("other", f"{OIDC}OTHER"), a_resource(id="i-1", tags={**CLAIMED, **tags}))

    decision = decided(cloud, inside(SHOP, WEB, edges=[*NAMESPACED, RUNS_ON]))

    assert why(decision).startswith("DependentInUse")
    assert not why(decision, "other")


@pytest.mark.parametrize(
    "contents",
    [
        (),
        (SHOP, replace(WEB, tags=Tags.known({}))),
        (thing("k8s_namespace", "shop", tags=EXPIRED), replace(WEB, tags=Tags.known({}))),
    ],
)
def test_a_cluster_that_nobody_uses_goes(contents: tuple[Resource, ...]) -> None:
    """What every cluster has is no use of it, and leftovers go before it."""
    decision = decided(outside(eks()), inside(*contents, issuer=f"{OIDC}DEV"))
    deleted = [action.uid for action in decision.plan.actions if action.type is ActionType.DELETE]

    assert not why(decision)
    assert eks().uid == deleted[-1]


def test_a_claimed_namespace_and_a_claimed_pod_keep_their_cluster() -> None:
    """Somebody claims an empty namespace, or labels the Pods and not the workload (S18)."""
    owner = thing("k8s_deployment", "web")
    pod = thing("k8s_pod", "web-1", tags=CLAIMED, manager=Manager("k8s_deployment", "web", owner.uid))

    for contents in ((thing("k8s_namespace", "shop", tags=CLAIMED),), (SHOP, owner, pod)):
        assert "alice" in why(decided(outside(eks()), inside(*contents, issuer=f"{OIDC}DEV", edges=())))


def test_a_cluster_declared_as_production_stays() -> None:
    """The AWS account is for tests, its cluster is declared as production (S2, S18)."""
    cluster = inside(SHOP, replace(WEB, tags=Tags.known({})), issuer=f"{OIDC}DEV")

    told = why(decided(outside(eks()), cluster, environment=Environment.PRODUCTION))

    assert told.startswith("ProtectedByGraph")
    assert "environment production" in told


def test_the_cluster_in_which_tagwarden_runs_stays() -> None:
    """Nobody tagged it, and the namespace of Tagwarden is protected and holds nothing else (S7, S18)."""
    home = thing("k8s_namespace", "tagwarden", protection="the namespace of Tagwarden")
    ours = thing(
        "k8s_deployment", "tagwarden", "tagwarden", {"app.kubernetes.io/part-of": "tagwarden"},
        protection="part of Tagwarden",
    )  # fmt: skip

    assert "part of Tagwarden" in why(decided(outside(eks()), inside(home, ours, issuer=f"{OIDC}DEV")))


def test_a_cluster_stays_while_nobody_knows_which_account_it_is() -> None:
    """The API server tells nothing and there are no nodes: unknown is not unused (S18)."""
    told = why(decided(outside(eks()), inside(SHOP, WEB)))

    assert told.startswith("DependentUnknown")
    assert f"CloudAccount {INSIDE} may be this cluster" in told


@pytest.mark.parametrize(
    "known",
    [
        inside(SHOP, WEB, issuer="https://kubernetes.default.svc.cluster.local"),
        inside(SHOP, WEB, issuer=f"{OIDC}ELSEWHERE"),
        inside(SHOP, WEB, edges=[Edge(NODE.uid, EdgeMeaning.USES, "gcp_compute_instance/node-1")]),
        inside(SHOP, WEB, edges=[RUNS_ON]),
    ],
)
def test_a_declared_cluster_that_is_another_one_keeps_nothing(known: Snapshot) -> None:
    """An account that is surely another cluster says nothing of this one."""
    other = a_resource(id="i-1", tags={**CLAIMED, "eks:cluster-name": "other"})

    assert not why(decided(outside(eks(), other), known))


def test_a_workload_that_appears_after_the_plan_keeps_the_cluster() -> None:
    """Alice deploys between plan and act: the cluster is looked through again right before it goes (S17, S18)."""
    decision = decided(outside(eks()), inside(issuer=f"{OIDC}DEV"))
    planned = next(one for one in decision.plan.resources if one.resource.id == "dev")

    assert planned.evidence is not None
    searches = {search.account: search for search in planned.evidence.searches}
    looks = [
        Look(searches[ACCOUNT], outside(eks())),
        # A look says nothing of the issuer, and lists the nodes' instances no more.
        Look(searches[INSIDE], inside(SHOP, WEB)),
    ]
    unchanged = [looks[0], Look(searches[INSIDE], inside())]
    read: dict[str, Resource | None] = {planned.resource.uid: planned.resource}

    assert review(decision, planned, FreshEvidence(read, tuple(unchanged)), NOW) is None
    withheld = review(decision, planned, FreshEvidence(read, tuple(looks)), NOW)
    assert withheld is not None
    assert "belongs to alice" in withheld.message
