"""Tells the metrics how many actions ended, from the journal: a pass that was killed tells nobody what it did."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tagwarden.controller.leases import Leadership
from tagwarden.enforcing import Database, Journal
from tagwarden.errors import StateError
from tagwarden.reporting.metrics import Metrics

logger = logging.getLogger(__name__)


@dataclass
class ActionCounts:
    """Counts what ended since this operator leads: before that it was in the metrics of another one."""

    state: str
    leadership: Leadership
    metrics: Metrics
    clock: Callable[[], datetime]
    _since: datetime | None = None
    _database: Database | None = None

    async def keep(self, pause: float) -> None:
        """Count again and again, until cancelled; `pause` is in seconds."""
        while True:
            await self.count()
            await asyncio.sleep(pause)

    async def count(self) -> None:
        """Count once; a database that is away is asked again the next time."""
        if not self.leadership.is_held:
            self._since = None
            return
        self._since = self._since or self.clock()
        try:
            found = await asyncio.to_thread(self._read, self._since)
        except StateError as error:
            logger.warning("actions are not counted: %s", error)
            return
        self.metrics.actions_are(found)

    def close(self) -> None:
        """Let go of the database."""
        if self._database is not None:
            self._database.close()

    def _read(self, since: datetime) -> dict[tuple[str, ...], int]:
        self._database = self._database or Database(self.state)
        return Journal(self._database).count_ended(since)
