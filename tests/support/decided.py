"""Decides on a few resources by the whole pipeline, judging and planning, and tells the fate of each by its id."""

from collections.abc import Iterable
from typing import Any

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.plan import Plan
from tagwarden.model.resource import Environment, Manager, ProviderName, Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.pipeline.compiling import compile_policies
from tagwarden.pipeline.deciding import Decision, decide
from tagwarden.pipeline.declarations import Declarations
from tagwarden.planning import Budget
from tagwarden.providers import aws, kubernetes
from tests.support.builders import ACCOUNT, NOW, a_policy, a_resource, a_snapshot, an_account

CLUSTER = "dev-cluster"
EXPIRED = {"owner": "alice", "expiration": "2026-08-31T11:00:00Z"}
CLAIMED = {"owner": "bob", "expiration": "2026-09-02T12:00:00Z"}
PROTECTED = {**EXPIRED, "tagwarden.io/protect": "true"}
UNTAGGED: dict[str, str] = {}

_KINDS = {
    ACCOUNT: tuple(row.kind for row in aws.catalogue()),
    CLUSTER: tuple(row.kind for row in kubernetes.catalogue()),
}
_CATEGORIES = {
    "vpc": ("aws_ec2_vpc", "network"),
    "subnet": ("aws_ec2_subnet", "subnet"),
    "sg": ("aws_ec2_security_group", "firewall"),
    "nat": ("aws_ec2_nat_gateway", "gateway"),
    "i": ("aws_ec2_instance", "instance"),
    "vol": ("aws_ec2_volume", "volume"),
    "asg": ("aws_autoscaling_group", "instance_group"),
    "stack": ("aws_cloudformation_stack", "stack"),
    "aurora": ("aws_rds_cluster", "database"),
    "db": ("aws_rds_instance", "database"),
    "queue": ("aws_sqs_queue", "queue"),
    "function": ("aws_lambda_function", "function"),
    "mapping": ("aws_lambda_event_source_mapping", "trigger"),
    "table": ("aws_dynamodb_table", "database"),
    "ns": ("k8s_namespace", "namespace"),
    "web": ("k8s_deployment", "workload"),
    "config": ("k8s_configmap", "config"),
    "cron": ("k8s_cronjob", "workload"),
}


def made(name: str, tags: dict[str, str], **fields: Any) -> Resource:
    """Give a resource whose uid is its name; the word before the first hyphen says of which kind it is.

    What is of a cluster lies in the namespace `ns-1`, unless it is one.
    """
    kind, category = _CATEGORIES[name.partition("-")[0]]
    usual: dict[str, Any] = {"uid": name, "id": name, "name": name, "kind": kind, "category": category, "tags": tags}
    if kind.startswith("k8s_"):
        usual |= {"provider": ProviderName.KUBERNETES, "account": CLUSTER, "region": ""}
        usual |= {"namespace": "" if category == "namespace" else "ns-1", "state": ""}
    return a_resource(**{**usual, **fields})


def member(name: str, tags: dict[str, str], of: Resource, **fields: Any) -> Resource:
    """Give a resource that another one makes, and would make again."""
    return made(name, tags, manager=Manager(of.kind, of.name, of.uid), **fields)


def decided(
    *resources: Resource, edges: Iterable[str] = (), account: dict[str, Any] | None = None, **spec: Any
) -> Decision:
    """Decide under one policy that deletes what is untagged or expired at once; edges read `i-1 needs vpc-1`."""
    words = (sentence.split() for sentence in edges)
    ties = tuple(Edge(source, EdgeMeaning(meaning), target) for source, meaning, target in words)
    by_account: dict[str, list[Resource]] = {}
    for resource in resources:
        by_account.setdefault(resource.account, []).append(resource)
    snapshots: list[Snapshot] = []
    for name, found in by_account.items():
        kinds = {*(resource.kind for resource in found), *_KINDS[name]}
        snapshots.append(a_snapshot(*found, edges=ties if not snapshots else (), kinds=kinds, id=f"{name}-1"))
    policy = a_policy(
        **{
            "scope": {"accounts": {"names": list(by_account)}},
            "observations": 1,
            "grace": {"untagged": "0s", "expired": "0s"},
            "limits": {"deletionsPerRun": 1000, "deletionsPercent": 100, "deletionsPerHour": 1000},
            **spec,
        }
    )
    accounts = {
        snapshot.account: an_account(
            snapshot.account, **{"environment": Environment.TEST, "provider": snapshot.provider, **(account or {})}
        )
        for snapshot in snapshots
    }
    declared = Declarations({policy.name: policy}, accounts)
    return decide(declared, compile_policies(declared, policy.name), snapshots, lambda _name, _found: {}, Budget(), NOW)


def fates(plan: Plan) -> dict[str, str]:
    """Say of each resource by id whether it goes, why it is withheld, or its verdict."""
    return {
        each.resource.id: "goes" if each.goes else each.withheld.reason if each.withheld else each.judgement.verdict
        for each in plan.resources
    }


def fate(name: str, decision: Decision) -> str:
    """Say what becomes of one."""
    return fates(decision.plan)[name]
