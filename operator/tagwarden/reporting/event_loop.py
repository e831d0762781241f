"""Measures how late an event loop comes back to a timer: what blocks it shows here first."""

import asyncio
from collections.abc import Callable

PAUSE = 0.5
"""Seconds between two looks."""


async def measure_lag(observe: Callable[[float], None], pause: float = PAUSE) -> None:
    """Tell `observe` the lag in seconds, again and again, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + pause
        await asyncio.sleep(pause)
        observe(loop.time() - due)
