"""The port for the kubelet and Prometheus: `/healthz`, `/readyz` and `/metrics`."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

_TICKS_MISSED = 4


@dataclass
class Pulse:
    """The time of the scheduler's last tick, by a monotonic clock, and whether there was one."""

    tick_seconds: float
    clock: Callable[[], float]
    last: float | None = None
    started: float | None = None
    obstacle: str = "starting"
    """The scheduler's obstacle, such as missing CRDs; empty without an obstacle."""

    def beat(self, obstacle: str = "") -> None:
        """Record a tick of the scheduler."""
        self.last = self.clock()
        self.obstacle = obstacle

    @property
    def age(self) -> float:
        """Seconds since the last tick, or since the start."""
        if self.started is None:
            self.started = self.clock()
        return self.clock() - (self.last if self.last is not None else self.started)

    @property
    def is_alive(self) -> bool:
        """Whether the scheduler ticks. Obstacles are ignored: a restart would not install missing CRDs."""
        return self.age < max(_TICKS_MISSED * self.tick_seconds, 60)


class HealthServer:
    """Serves until closed."""

    def __init__(self, pulse: Pulse, registry: CollectorRegistry) -> None:
        self._pulse = pulse
        self._registry = registry
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self, address: str, port: int) -> None:
        """Listen; raises OSError if the port is taken."""
        application = web.Application()
        application.router.add_get("/healthz", self._healthz)
        application.router.add_get("/readyz", self._readyz)
        application.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, address, port)
        await site.start()
        self.port = int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, request: web.Request) -> web.Response:
        del request
        text = f"last tick {self._pulse.age:.1f} s ago\n"
        return web.Response(text=text, status=200 if self._pulse.is_alive else 503)

    async def _readyz(self, request: web.Request) -> web.Response:
        del request
        if self._pulse.last is None or self._pulse.obstacle:
            return web.Response(text=f"not ready: {self._pulse.obstacle or 'starting'}\n", status=503)
        return web.Response(text="ready\n")

    async def _metrics(self, request: web.Request) -> web.Response:
        encoder, content_type = choose_encoder(request.headers.get("Accept", ""))
        # Metric collectors may read files.
        body = await asyncio.to_thread(encoder, self._registry)
        return web.Response(body=body, headers={"Content-Type": content_type})
