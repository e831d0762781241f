"""How long a search takes, beside the same question in DuckDB's own SQL: `python benchmarks/searching.py [RESOURCES]`.

Seconds from an open lake to the answer, of one process; the start of Python and of the command comes on top.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tagwarden.inventory.lake import Lake
from tagwarden.inventory.lake.sql import connected
from tagwarden.inventory.search import search
from tagwarden.model.graph import Edge, EdgeMeaning
from tests.support.builders import NOW, a_resource, a_snapshot

PER_ACCOUNT = 50_000
SEARCHES = (
    "ami-17 t7",
    'tags.team == "t7" && attributes.cores > 4',
    'kind == "aws_ec2_instance" && name.matches("9$")',
    'age > duration("12h") | sum cost by owner',
    'id == "vpc-7" >> 1..3',
    'tags.team == "t7" << 1..3 | count by kind',
)
RECURSIVE = """with recursive reached as (
  select uid, 0 as hops from resources_now where id = 'vpc-7'
  union select source, hops + 1 from reached join edges_now on target = reached.uid
  where hops < 3 and meaning <> 'owns'
) select count(distinct uid) from reached"""


def filled(folder: Path, count: int) -> Lake:
    """Write a lake of so many resources, each with one edge."""
    chance = random.Random(1)
    lake = Lake(folder)
    for first in range(0, count, PER_ACCOUNT):
        account = f"account-{first // PER_ACCOUNT}"
        networks = [a_resource(account=account, kind="aws_ec2_vpc", id=f"vpc-{n}", name="") for n in range(500)]
        servers = [
            a_resource(
                account=account,
                id=f"i-{first + number:017x}",
                name=f"web-{first + number}",
                tags={"owner": f"p{number % 200}", "team": f"t{number % 40}"},
                attributes={"cores": number % 9, "image": f"ami-{number % 50}"},
            )
            for number in range(min(PER_ACCOUNT, count - first) - len(networks))
        ]
        edges = [Edge(each.uid, EdgeMeaning.NEEDS, chance.choice(networks).uid) for each in servers]
        lake.record(a_snapshot(*networks, *servers, edges=edges), lambda _: 70.0)
    return lake


def timed(what: str, work: Callable[[], object]) -> None:
    """Print the seconds of the second of two runs, so that files are in the cache of the system."""
    work()
    begin = time.perf_counter()
    found = work()
    sys.stdout.write(f"{time.perf_counter() - begin:8.2f} s  {what}  ({found})\n")


def main() -> None:
    """Time every search, and the walk as one recursive query."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        lake = filled(Path(folder), count)
        sys.stdout.write(f"{count} resources\n")
        for text in SEARCHES:
            timed(text, lambda text=text: len(search(lake, text, NOW).answer.rows))  # type: ignore[misc]

        def recursive() -> int:
            with connected(lake, walks=True) as connection:
                (number,) = connection.execute(RECURSIVE).fetchone() or (0,)
                return int(number)

        timed("the walk of three hops as recursive SQL", recursive)


if __name__ == "__main__":
    main()
