"""Counts ended actions for the metrics, from the journal, since a killed pass cannot report."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tagwarden.controller.leases import Leadership
from tagwarden.errors import StateError
from tagwarden.reporting.metrics import Metrics
from tagwarden.state import Database, Journal

logger = logging.getLogger(__name__)


@dataclass
class ActionCounts:
    """Counts actions that ended since this operator leads: metrics of another operator contain earlier actions."""

    state: str
    leadership: Leadership
    metrics: Metrics
    clock: Callable[[], datetime]
    _since: datetime | None = None
    _database: Database | None = None

    async def keep(self, pause: float) -> None:
        """Count repeatedly until cancelled; `pause` is in seconds."""
        while True:
            await self.count()
            await asyncio.sleep(pause)

    async def count(self) -> None:
        """Count once; an unavailable database is queried again the next time."""
        if not self.leadership.is_held:
            self._since = None
            return
        self._since = self._since or self.clock()
        try:
            found = await asyncio.to_thread(self._read, self._since)
        except StateError as error:
            logger.warning("cannot count actions for the metrics: %s", error)
            return
        self.metrics.actions_are(found)

    def close(self) -> None:
        """Close the database connection."""
        if self._database is not None:
            self._database.close()

    def _read(self, since: datetime) -> dict[tuple[str, ...], int]:
        self._database = self._database or Database(self.state)
        return Journal(self._database).count_ended(since)
