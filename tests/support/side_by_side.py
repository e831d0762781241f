"""Runs that go side by side under one limit of the operator, each with a world of its own and the same database.

`python -m tests.support.side_by_side URL FOLDER NUMBER OF` is one of so many processes. It deletes three instances and
answers with their states. Right before its first deletion it waits until every other has begun to delete, or has ended.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tagwarden.model.resource import Resource
from tagwarden.model.verdict import Withheld
from tagwarden.planning import hourly_limit_reached
from tagwarden.state import Database, Spent, budget_of
from tests.support.enforcement import Bench, a_plan, expired, planned_deletion
from tests.support.processes import wait_until

WANTED = 3
ALLOWED = 10


def at_most(allowed: int) -> Callable[[Mapping[str, int], Spent], Withheld | None]:
    """Give the operator's limit for the hour."""

    def limit(wanted: Mapping[str, int], spent: Spent) -> Withheld | None:
        return hourly_limit_reached(wanted, None, budget_of(spent, "test-accounts", operator_per_hour=allowed))

    return limit


def delete_beside_others(url: str, folder: Path, number: int, of: int) -> list[str]:
    """Delete three instances, and give what became of each."""
    instances = [expired(10 * number + place) for place in range(WANTED)]
    has_arrived = folder / str(number)

    def wait(operation: str, _: Resource | None) -> None:
        if operation == "delete":
            has_arrived.touch()
            wait_until(lambda: len(list(folder.iterdir())) == of, seconds=60, what="the other runs")

    with Database(url) as database:
        bench = Bench(database)
        bench.add(*instances)
        bench.world.before = wait
        outcomes = bench.run(a_plan(*map(planned_deletion, instances)), run=f"run-{number}", limit=at_most(ALLOWED))
    has_arrived.touch()
    return [f"{outcome.state}:{outcome.reason}" for outcome in outcomes]


if __name__ == "__main__":
    told = delete_beside_others(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    sys.stdout.write(" ".join(told))
