"""The report after each pass, and the live pages: children of the command line, since both read many tables."""

import asyncio
import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from tagwarden.controller.children import Children
from tagwarden.reporting.metrics import Metrics
from tagwarden.settings import Settings

logger = logging.getLogger(__name__)

_AGAIN_SECONDS = 30.0
"""The pause before the pages are served again, as when the inventory is still empty."""
_DONE = 0


class InventoryReport:
    """Writes the report of the inventory; passes that end meanwhile share the next one."""

    def __init__(self, children: Children, metrics: Metrics, settings: Settings) -> None:
        self._children = children
        self._metrics = metrics
        self._settings = settings
        self._turn = asyncio.Lock()
        self._is_next_waiting = False

    async def write(self) -> None:
        """Write the report and update the metrics of the inventory; a failure is only logged (S12)."""
        file = self._settings.report
        if file is None or self._is_next_waiting:
            return
        self._is_next_waiting = True
        async with self._turn:
            self._is_next_waiting = False
            finished = await self._children.run(
                ["report", "--out", str(file), "--output", "json", "--inventory", str(self._settings.inventory)],
                b"",
                name="report",
                seconds=self._settings.pass_seconds,
            )
        if finished.status != _DONE:
            logger.warning("the report was not written: %s", finished.complaint)
            return
        indicators = cast("Mapping[str, Sequence[Mapping[str, Any]]]", finished.answer.get("indicators") or {})
        self._metrics.indicators_are(indicators)


async def keep_pages(children: Children, settings: Settings) -> None:
    """Serve the live pages until cancelled; without a port in the settings, wait."""
    if not settings.pages_port:
        await asyncio.Event().wait()
    where = ["--address", settings.pages_address, "--port", str(settings.pages_port)]
    while True:
        finished = await children.run(
            ["serve", *where, "--inventory", str(settings.inventory)], b"", name="pages", seconds=math.inf
        )
        logger.info("the pages are not served: %s; trying again in %g s", finished.complaint, _AGAIN_SECONDS)
        await asyncio.sleep(_AGAIN_SECONDS)
