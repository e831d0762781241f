"""How many resources one core judges in a second, by the full chain, on a believable mix.

    python benchmarks/judging.py [--resources 100000] [--rounds 5] [--custodian] [--memory]

Nothing is kept from one round to the next: the policy is compiled again for each. Processor time of the fastest round
counts. `--custodian` puts Cloud Custodian beside it, installed into a folder of its own, with filters that ask for as
much of the same as it can.

`--memory` measures what judging takes beside the world and its judgements instead: one policy, compiled once, judges
accounts of several sizes in which no value occurs twice, pass after pass.
"""

import argparse
import gc
import json
import platform
import random
import subprocess
import sys
import tempfile
import time
import tracemalloc
import venv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from tagwarden.judging import CompiledAccount, CompiledPolicy, compile_account, compile_policy, judge_all
from tagwarden.model.account import CloudAccount
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.history import History
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.snapshot import Identity, Snapshot
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Judgement
from tagwarden.model.world import World
from tagwarden.providers import linking

PARTS = 3
"""How many others one resource owns, as an instance its volumes and interfaces."""
NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
REGIONS = ("eu-central-1", "eu-west-1", "us-east-1", "us-west-2")
KINDS = tuple(
    (f"aws_{kind}", category)
    for kind, category in (
        ("ec2_instance", "instance"),
        ("ec2_volume", "volume"),
        ("ec2_snapshot", "snapshot"),
        ("ec2_network_interface", "network"),
        ("ec2_security_group", "network"),
        ("s3_bucket", "bucket"),
        ("sqs_queue", "queue"),
        ("lambda_function", "function"),
        ("dynamodb_table", "database"),
        ("rds_instance", "database"),
        ("logs_group", "log"),
        ("cloudwatch_alarm", "alarm"),
    )
)
# What a test account holds, in percent: in the hour in which owners and expiries are first asked for, and in any later
# one, when what could be repaired is repaired.
MIXES = {
    "first pass over a messy account": {
        "good": 40,
        "owned by another": 10,
        "another form": 12,
        "too long": 10,
        "expired": 6,
        "untagged": 12,
        "no expiry": 5,
        "malformed": 3,
        "managed": 1,
        "protected": 1,
    },
    "any later pass": {
        "good": 78,
        "owned by another": 10,
        "another form": 2,
        "too long": 2,
        "expired": 2,
        "untagged": 3,
        "managed": 2,
        "protected": 1,
    },
}
POLICY = {
    "mode": "Enforce",
    "timeZone": "Europe/Berlin",
    "scope": {"accounts": {"names": ["aws-dev"]}, "kinds": ["aws_*"], "exclude": [{"regions": ["ap-*"]}]},
    "lifetime": {"max": "48h", "weeklyCutoff": {"weekday": "Friday", "time": "19:00"}},
    "rules": {"untagged": "Delete", "expired": "Delete"},
    "limits": {"deletionsPerRun": 50, "deletionsPercent": 20, "deletionsPerHour": 100},
}
WHERE = 'resource.region != "us-east-1" || resource.category == "instance"'
WITH_WHERE = {**POLICY, "scope": {"accounts": {"names": ["aws-dev"]}, "where": WHERE}}


def tags_of(situation: str, number: int, *, distinct: bool, chance: random.Random) -> dict[str, str]:
    """Give the tags of one resource."""
    owner = f"dev{number}" if distinct else f"dev{number % 40}"
    ends = NOW + (timedelta(seconds=1 + number % 86_000) if distinct else timedelta(hours=1 + number % 20))
    tags = {"Name": f"app-{number}", "team": f"team{number % 12}", "env": "dev", "cost-center": str(number % 7)}
    match situation:
        case "untagged" | "owned by another" | "managed":
            return tags
        case "no expiry":
            return {**tags, "owner": owner}
        case "malformed":
            return {**tags, "owner": owner, "expiration": f"until {number} or so"}
        case "another form":
            hours = f"{30 + number % 15}h{number % 60}m" if distinct else f"{30 + number % 15}h"
            return {**tags, chance.choice(("Owner", "created-by")): owner, chance.choice(("ttl", "expires")): hours}
        case "too long":
            ends += timedelta(days=90)
        case "expired":
            ends -= timedelta(days=4)
        case "protected":
            tags["tagwarden.io/protect"] = "true"
    return {**tags, "owner": owner, "expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}


def resources_of(size: int, mix: dict[str, int], *, distinct: bool) -> Iterator[tuple[Resource, str]]:
    """Give resources with the situation each is in, the same on every machine."""
    chance = random.Random(42)
    situations = chance.choices(list(mix), weights=list(mix.values()), k=size)
    for number, situation in enumerate(situations):
        # One kind after another and region by region, as a collector finds them.
        kind, category = KINDS[number * len(KINDS) // size]
        region = REGIONS[number * len(KINDS) * len(REGIONS) // size % len(REGIONS)]
        created = NOW - timedelta(hours=20, seconds=number % 14_000 if distinct else 0)
        resource = Resource(
            uid=f"arn:aws:{kind}:{region}:123456789012:{number:08d}",
            provider=ProviderName.AWS,
            account="aws-dev",
            region=region,
            kind=kind,
            category=category,
            id=f"{number:08d}",
            name=f"app-{number}",
            created=created,
            tags=Tags.known(tags_of(situation, number, distinct=distinct, chance=chance)),
            state="available",
            manager=Manager("aws_autoscaling_group", f"group-{number}") if situation == "managed" else None,
        )
        yield resource, situation


def world_of(size: int, mix: dict[str, int], *, distinct: bool) -> tuple[World, dict[str, History]]:
    """Give a world of one account, and what an earlier pass remembers of each resource."""
    found = list(resources_of(size, mix, distinct=distinct))
    owners = [resource for resource, situation in found if situation == "good"]
    owned = [resource for resource, situation in found if situation == "owned by another"]
    edges = [Edge(owners[number // PARTS].uid, EdgeMeaning.OWNS, resource.uid) for number, resource in enumerate(owned)]
    rules = {"expired": Reason.Expired, "untagged": Reason.Untagged}
    histories = {}
    for resource, situation in found:
        begin = resource.created or NOW
        rule = rules.get(situation)
        histories[resource.uid] = History(
            begin, rule, begin if rule else None, int(bool(rule)), "earlier", None, 0, begin
        )
    snapshot = Snapshot(
        id="now",
        account="aws-dev",
        provider=ProviderName.AWS,
        identity=Identity("123456789012"),
        taken=NOW,
        duration_seconds=60,
        kinds=tuple(kind for kind, _ in KINDS),
        resources=tuple(resource for resource, _ in found),
        edges=tuple(edges),
    )
    account = CloudAccount.model_validate(
        {
            "name": "aws-dev",
            "spec": {"provider": "AWS", "environment": "test", "aws": {"accountID": "123456789012"}},
        }
    )
    return linking.world_of([snapshot], [account]), histories


def best_of(rounds: int, run: Callable[[], object]) -> float:
    """Give the seconds of processor time of the fastest round; other programs only ever make a round slower."""
    best = float("inf")
    for _ in range(rounds):
        gc.collect()
        begin = time.process_time()
        run()
        best = min(best, time.process_time() - begin)
    return best


def compiled_for(world: World, spec: Mapping[str, object]) -> tuple[CompiledPolicy, dict[str, CompiledAccount]]:
    """Compile the policy and the accounts."""
    policy = compile_policy(CleanupPolicy.model_validate({"name": "bench", "spec": spec}))
    return policy, {name: compile_account(account) for name, account in world.accounts.items()}


def judge_world(world: World, histories: dict[str, History], spec: Mapping[str, object]) -> list[Judgement]:
    """Compile everything and judge the world once."""
    policy, accounts = compiled_for(world, spec)
    return judge_all(world, accounts, policy, [], histories, NOW)


def bench(size: int, rounds: int) -> None:
    """Measure and print."""
    for mix, shares in MIXES.items():
        for values, distinct, spec in (
            ("few distinct values", False, POLICY),
            ("all values distinct", True, POLICY),
            ("few distinct values, and a CEL expression", False, WITH_WHERE),
        ):
            world, histories = world_of(size, shares, distinct=distinct)
            verdicts = Counter(str(judgement.verdict) for judgement in judge_world(world, histories, spec))
            seconds = best_of(rounds, partial(judge_world, world, histories, spec))
            print(f"  {mix}, {values}: {size / seconds:,.0f} resources/s ({seconds * 1e6 / size:.2f} µs each)")
            print(f"    {', '.join(f'{name} {count:,}' for name, count in verdicts.most_common())}")


def bench_custodian(size: int, rounds: int) -> None:
    """Install Cloud Custodian into a folder of its own and time its filters on the same tags."""
    instances = [
        {
            "InstanceId": f"i-{number:017x}",
            "State": {"Name": "running"},
            "Placement": {"AvailabilityZone": f"{resource.region}a"},
            "LaunchTime": resource.created.isoformat() if resource.created else "",
            "Tags": [{"Key": key, "Value": value} for key, value in resource.tags.values.items()],
        }
        for number, (resource, _) in enumerate(resources_of(size, MIXES["any later pass"], distinct=False))
    ]
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "c7n"], check=True)
        path = Path(folder) / "resources.json"
        path.write_text(json.dumps(instances), encoding="utf-8")
        script = Path(__file__).with_name("custodian_filters.py")
        subprocess.run([python, script, path, str(rounds)], check=True)


def bench_memory(sizes: Sequence[int], passes: int) -> None:
    """Print what judgements take, what judging takes beside them while it runs, and the most that is kept after one."""
    for mix, shares in MIXES.items():
        for size in sizes:
            world, histories = world_of(size, shares, distinct=True)
            judge_world(world, histories, POLICY)  # Modules and time zones that are loaded once are not counted.
            tracemalloc.start()
            compiled, accounts = compiled_for(world, POLICY)
            gc.collect()
            before, _ = tracemalloc.get_traced_memory()
            answers = working = kept = 0
            for hour in range(passes):
                tracemalloc.reset_peak()
                judgements = judge_all(world, accounts, compiled, [], histories, NOW + timedelta(hours=hour))
                held, most = tracemalloc.get_traced_memory()
                del judgements
                gc.collect()
                after, _ = tracemalloc.get_traced_memory()
                answers = max(answers, held - after)
                working = max(working, most - held)
                kept = max(kept, after - before)
            tracemalloc.stop()
            print(
                f"  {mix}, {size:,} resources: {answers / size:,.0f} bytes a judgement, {working / size:.0f} bytes a"
                f" resource beside them; at most {kept / 1024:,.0f} KiB kept after any of {passes} passes",
                flush=True,
            )


def turn() -> float:
    """Give the nanoseconds that a turn of a plain loop takes, by which machines can be compared."""
    turns = 1_000_000

    def loop() -> None:
        total = 0
        for number in range(turns):
            total += number

    return best_of(9, loop) * 1e9 / turns


def processor() -> str:
    """Name the processor as the system does."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--custodian", action="store_true")
    parser.add_argument("--memory", action="store_true")
    arguments = parser.parse_args()
    size, rounds = arguments.resources, arguments.rounds
    if arguments.memory:
        bench_memory((size // 10, size, 3 * size), rounds)
        return
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{size:,} resources; {python}; {processor()}, {turn():.0f} ns for a turn of a plain loop", flush=True)
    bench(size, rounds)
    if arguments.custodian:
        sys.stdout.flush()
        bench_custodian(size, rounds)


if __name__ == "__main__":
    main()
