"""What a pass leaves in the inventory: snapshots and plans whole, and their states in the lake."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from tagwarden.errors import StateError
from tagwarden.inventory import Lake
from tagwarden.model.disabled_kinds import with_hidden_kinds
from tagwarden.model.messages import lake_messages as messages
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.pipeline.deciding import Decision
from tagwarden.pipeline.pass_values import PassDependencies
from tagwarden.pipeline.sources import Keep
from tagwarden.state import Entry, Journal, Selection


def keeper_of(dependencies: PassDependencies) -> Keep:
    """Give the writer of snapshots; raise StateError at once where the inventory cannot be written."""
    dependencies.snapshots.prepare()
    return partial(keep_snapshot, dependencies)


def keep_snapshot(dependencies: PassDependencies, snapshot: Snapshot) -> Snapshot:
    """Store a snapshot, and the states that it begins and ends.

    The newest stored snapshot tells which kinds of disabled APIs had resources; these are incomplete in the new one.
    """
    if snapshot.disabled_kinds:
        snapshot = with_hidden_kinds(snapshot, dependencies.snapshots.kinds_seen(snapshot.account))
    dependencies.snapshots.save(snapshot)
    _in_lake(dependencies, lambda lake: lake.record(snapshot, partial(_cost_of, dependencies)))
    return snapshot


def keep_decision(dependencies: PassDependencies, decision: Decision) -> None:
    """Store a plan, and the states that its judgements begin and end."""
    dependencies.plans.save(decision.plan)
    _in_lake(dependencies, lambda lake: lake.judge(decision.plan, decision.world.joins.edges))


def keep_actions(dependencies: PassDependencies, journal: Journal) -> None:
    """Copy the latest actions from the journal to the lake."""

    def since(first: datetime) -> Sequence[Entry]:
        return journal.entries(Selection(since=first))

    _in_lake(dependencies, lambda lake: lake.keep_actions(since, dependencies.clock()))


def _in_lake(dependencies: PassDependencies, write: Callable[[Lake], None]) -> None:
    """Write to the lake, which decides nothing: a fault is reported and never stops a pass (S12)."""
    lake = dependencies.lake
    if lake is None:
        return
    try:
        write(lake)
    except StateError as error:
        lake.problems.append(str(error))
    for problem in lake.told():
        if dependencies.progress is not None:
            dependencies.progress(messages.LAKE_PROBLEM(problem=problem))


def _cost_of(dependencies: PassDependencies, resource: Resource) -> float | None:
    return dependencies.prices.cost_of(resource) if dependencies.prices is not None else None
