"""What graph and plan cost in processor time and memory, from a world the size of an account to a million resources.

    python benchmarks/planning.py [--nodes 16000 100000] [--rounds 5] [--million]

Each size runs in a process of its own, so that its memory is its own. A world is made of environments as teams build
them: a network with subnets, security groups that reference one another, instances with volumes and interfaces, load
balancers and roles; some four edges a resource. `--million` adds a million resources, which takes a minute.
"""

import argparse
import gc
import json
import random
import resource as rusage
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tagwarden.model.account import CloudAccount
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.plan import ActionType
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.snapshot import Identity, Snapshot
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Finding, Judgement, Verdict
from tagwarden.planning import Budget, make_plan
from tagwarden.providers import linking

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
CREATED = NOW - timedelta(days=3)
OWNS, NEEDS, USES = EdgeMeaning
MILLION = 1_000_000
UNTANGLED = "aws_ec2_security_group"

INSTANCES = 12
"""Instances in one environment, each with a volume and an interface."""
GROUPS = 6
SUBNETS = 3
OF_ONE_ENVIRONMENT = 1 + SUBNETS + GROUPS + 3 * INSTANCES + 3


@dataclass(frozen=True, slots=True)
class Measured:
    """One size: processor seconds of the best round, peak megabytes (of the input alone, too), and what was planned."""

    nodes: int
    edges: int
    graph_seconds: float
    plan_seconds: float
    megabytes: float
    values_megabytes: float
    deletions: int
    withheld: int


CATEGORIES = {"aws_ec2_vpc": "network", "aws_ec2_subnet": "subnet"}
"""The categories that planning asks about: these hold other things."""


def environments(size: int) -> Iterator[tuple[list[tuple[str, str]], list[Edge]]]:
    """Give (kind, uid) and edges, environment by environment, until there are at least that many resources."""
    for number in range(-(-size // OF_ONE_ENVIRONMENT)):
        prefix = f"arn:aws:ec2:eu-central-1:123456789012:e{number:06d}"
        network = f"{prefix}/vpc"
        subnets = [f"{prefix}/subnet-{place}" for place in range(SUBNETS)]
        groups = [f"{prefix}/sg-{place}" for place in range(GROUPS)]
        balancer, targets, role = f"{prefix}/lb", f"{prefix}/tg", f"{prefix}/role"
        found = [("aws_ec2_vpc", network), ("aws_elbv2_load_balancer", balancer), ("aws_iam_role", role)]
        found += [("aws_elbv2_target_group", targets)]
        found += [("aws_ec2_subnet", subnet) for subnet in subnets] + [(UNTANGLED, group) for group in groups]
        edges = [Edge(balancer, OWNS, targets), Edge(balancer, NEEDS, targets)]
        for subnet in subnets:
            edges += [Edge(subnet, NEEDS, network), Edge(network, OWNS, subnet), Edge(balancer, NEEDS, subnet)]
        for place, group in enumerate(groups):
            edges += [Edge(group, NEEDS, network), Edge(group, NEEDS, groups[(place + 1) % GROUPS])]
        for place in range(INSTANCES):
            instance, volume, interface = (f"{prefix}/{part}-{place}" for part in ("i", "vol", "eni"))
            found += [("aws_ec2_instance", instance), ("aws_ec2_volume", volume)]
            found += [("aws_ec2_network_interface", interface)]
            subnet, group = subnets[place % SUBNETS], groups[place % GROUPS]
            edges += [
                Edge(instance, OWNS, volume),
                Edge(instance, NEEDS, volume),
                Edge(instance, OWNS, interface),
                Edge(instance, NEEDS, interface),
                Edge(instance, NEEDS, subnet),
                Edge(instance, NEEDS, group),
                Edge(instance, NEEDS, groups[(place + 2) % GROUPS]),
                Edge(instance, USES, role),
                Edge(instance, USES, "aws_ec2_key_pair/default"),
                Edge(instance, USES, f"aws_ec2_image/ami-{number % 40}"),
                Edge(interface, NEEDS, subnet),
                Edge(interface, NEEDS, group),
                Edge(interface, NEEDS, groups[(place + 2) % GROUPS]),
                Edge(volume, USES, "aws_kms_key/default"),
                Edge(targets, USES, instance),
            ]
        yield found, edges


def world_of(size: int) -> tuple[Snapshot, list[Judgement]]:
    """Give a snapshot and the verdicts: half of the environments are to go, of some of which a part is claimed."""
    chance = random.Random(42)
    resources: list[Resource] = []
    judgements: list[Judgement] = []
    edges: list[Edge] = []
    nothing, mine = Tags.known({}), Tags.known({"owner": "bob", "expiration": "2026-09-02T12:00:00Z"})
    untagged = (Finding(Reason.Untagged, "neither owner nor expiry"),)
    for found, links in environments(size):
        edges += links
        goes, is_held = chance.random() < 0.5, chance.random() < 0.2
        for kind, uid in found:
            claimed = not goes or (is_held and uid.endswith("i-0"))
            resources.append(
                Resource(
                    uid,
                    ProviderName.AWS,
                    "dev",
                    "eu-central-1",
                    kind,
                    CATEGORIES.get(kind, "other"),
                    uid,
                    "",
                    CREATED,
                    mine if claimed else nothing,
                )
            )
            if claimed:
                said = Judgement(
                    uid, Verdict.COMPLIANT, (), "bob", NOW + timedelta(days=1), environment=Environment.TEST
                )
            else:
                said = Judgement(uid, Verdict.DELETE, untagged, deletion=Reason.Untagged, environment=Environment.TEST)
            judgements.append(said)
    kinds = tuple(sorted({resource.kind for resource in resources}))
    identity = Identity("123456789012")
    snapshot = Snapshot("now", "dev", ProviderName.AWS, identity, NOW, 1.0, kinds, tuple(resources), tuple(edges))
    return snapshot, judgements


def measure(size: int, rounds: int) -> Measured:
    """Build the graph and the plan of one world, and take the best of the rounds."""
    account = CloudAccount.model_validate(
        {"name": "dev", "spec": {"provider": "AWS", "environment": "test", "aws": {"accountID": "123456789012"}}}
    )
    policy = CleanupPolicy.model_validate({"name": "bench", "spec": {"scope": {"accounts": {"names": ["dev"]}}}})
    snapshot, judgements = world_of(size)
    values = _peak()
    graph_seconds = plan_seconds = float("inf")
    deletions = withheld = edges = 0
    for _ in range(rounds):
        gc.collect()
        begin = time.process_time()
        world = linking.world_of([snapshot], [account])
        built = time.process_time()
        plan = make_plan(
            world,
            policy,
            judgements,
            dependents_of=lambda _provider, _kind: frozenset(),
            can_delete=lambda _provider, _kind: True,
            can_tag=lambda _provider, _kind: True,
            budget=Budget(),
            now=NOW,
            untangles=lambda _provider, kind: kind == UNTANGLED,
        )
        graph_seconds = min(graph_seconds, built - begin)
        plan_seconds = min(plan_seconds, time.process_time() - built)
        deletions = plan.count(ActionType.DELETE)
        withheld = sum(planned.withheld is not None for planned in plan.resources)
        edges = len(snapshot.edges)
        del world, plan
    return Measured(len(snapshot.resources), edges, graph_seconds, plan_seconds, _peak(), values, deletions, withheld)


def _peak() -> float:
    return rusage.getrusage(rusage.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Read the arguments, measure each size in a process of its own, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, nargs="+", default=[16_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        one = measure(arguments.one, arguments.rounds)
        print(json.dumps([getattr(one, name) for name in one.__slots__]))
        return
    sizes = [(nodes, arguments.rounds) for nodes in arguments.nodes]
    sizes += [(MILLION, 1)] if arguments.million else []
    print("     nodes      edges   graph s    plan s    both s   peak MB   input MB  planned")
    for nodes, rounds in sizes:
        command = [sys.executable, __file__, "--one", str(nodes), "--rounds", str(rounds)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        one = Measured(*json.loads(answer))
        print(
            f"{one.nodes:>10,} {one.edges:>10,} {one.graph_seconds:>9.3f} {one.plan_seconds:>9.3f}"
            f" {one.graph_seconds + one.plan_seconds:>9.3f} {one.megabytes:>9,.0f} {one.values_megabytes:>10,.0f}"
            f"  {one.deletions:,} deletions, {one.withheld:,} withheld"
        )


if __name__ == "__main__":
    main()
