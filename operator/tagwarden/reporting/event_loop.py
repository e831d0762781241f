"""Measures the delay of timers in an event loop, the first sign of blocking code."""

import asyncio
from collections.abc import Callable

PAUSE = 0.5
"""Seconds between two measurements."""


async def measure_lag(observe: Callable[[float], None], pause: float = PAUSE) -> None:
    """Report the lag in seconds to `observe`, repeatedly, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + pause
        await asyncio.sleep(pause)
        observe(loop.time() - due)
