"""Accounts of a fake vendor, with all that a pass works with."""

import weakref
from datetime import datetime
from pathlib import Path

from tagwarden.inventory import PlanStore, SnapshotStore
from tagwarden.pipeline import PassDependencies
from tagwarden.providers import aws
from tagwarden.state import Database
from tests.support.builders import NOW
from tests.support.fake_provider import FakeProvider, FakeWorld


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


EVERY_KIND = tuple(row.kind for row in aws.catalogue())
"""What a provider of AWS looks for, so that nothing counts as never looked for (S3)."""


class Stage:
    """A world of some accounts, and tools that keep what they keep in a folder."""

    def __init__(self, folder: Path, *accounts: str) -> None:
        self.clock = Clock()
        self.world = FakeWorld(self.clock)
        self.providers = {name: FakeProvider(self.world, name, kinds=EVERY_KIND) for name in accounts}
        database = Database(f"sqlite:///{folder}/state.db")
        weakref.finalize(self, database.close)
        self.tools = PassDependencies(
            SnapshotStore(folder),
            PlanStore(folder),
            database,
            lambda account: self.providers[account.name],
            self.clock,
        )

    def collect(self, name: str) -> None:
        """Store what an account shows now."""
        self.tools.snapshots.save(self.providers[name].collect(self.clock.now))
