"""What a pass leaves in the inventory: snapshots and plans whole, and their states in the lake."""

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
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

KEPT = timedelta(days=90)
"""How long whole snapshots and plans are kept for later explanations (S14)."""
STATES_KEPT = timedelta(days=400)
"""How long the lake keeps states that ended."""


def make_room(dependencies: PassDependencies) -> None:
    """Remove what the inventory no longer keeps, before anything is written: a full volume heals itself.

    What cannot be removed stays: the write that follows says what is wrong with the volume.
    """
    now = dependencies.clock()
    with contextlib.suppress(OSError):
        for policy in dependencies.plans.policies():
            dependencies.plans.prune(policy, now - KEPT)
        for account in dependencies.snapshots.accounts():
            dependencies.snapshots.prune(account, now - KEPT)
    _in_lake(dependencies, lambda lake: lake.prune(now - STATES_KEPT))


def keeper_of(dependencies: PassDependencies) -> Keep:
    """Make room, and give the writer of snapshots.

    Raises StateError at once where the inventory cannot be written.
    """
    make_room(dependencies)
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


def _in_lake(dependencies: PassDependencies, write: Callable[[Lake], object]) -> None:
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
