"""The health port: alive while it turns, ready while nothing is missing."""

import asyncio
from collections.abc import Callable

import aiohttp
from prometheus_client import CollectorRegistry, Gauge

from tagwarden.controller.health import HealthServer, Pulse


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def ask(path: str, prepare: Callable[[Pulse, Clock], None]) -> tuple[int, str, str]:
    """Give status, type and text of one answer."""

    async def scene() -> tuple[int, str, str]:
        clock = Clock()
        pulse = Pulse(15, clock)
        registry = CollectorRegistry()
        Gauge("tagwarden_leader", "Whether this operator acts.", registry=registry).set(1)
        server = HealthServer(pulse, registry)
        await server.start("127.0.0.1", 0)
        try:
            prepare(pulse, clock)
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{server.port}{path}") as answer,
            ):
                return answer.status, answer.content_type, await answer.text()
        finally:
            await server.close()

    return asyncio.run(scene())


def beat_and_pass(seconds: float, obstacle: str = "") -> Callable[[Pulse, Clock], None]:
    def prepare(pulse: Pulse, clock: Clock) -> None:
        assert pulse.age >= 0
        pulse.beat(obstacle)
        clock.now += seconds

    return prepare


def test_alive_while_it_turns() -> None:
    """A few late ticks are no reason to be restarted."""
    assert 200 == ask("/healthz", beat_and_pass(59))[0]


def test_dead_when_it_no_longer_turns() -> None:
    """A loop that hangs is restarted by the kubelet."""
    assert 503 == ask("/healthz", beat_and_pass(61))[0]


def test_not_ready_before_the_first_tick() -> None:
    """It has not looked at anything yet."""
    assert (503, "not ready: starting\n") == ask("/readyz", lambda *_: None)[::2]


def test_ready_after_a_tick() -> None:
    """Everything is in place."""
    assert (200, "ready\n") == ask("/readyz", beat_and_pass(0))[::2]


def test_alive_but_not_ready_without_crds() -> None:
    """A restart would not bring the CRDs."""
    prepare = beat_and_pass(0, "the CRDs are not installed")

    assert (503, "not ready: the CRDs are not installed\n") == ask("/readyz", prepare)[::2]
    assert 200 == ask("/healthz", prepare)[0]


def test_metrics_are_served_beside() -> None:
    """Prometheus reads the same port."""
    status, content_type, text = ask("/metrics", beat_and_pass(0))

    assert (200, "text/plain") == (status, content_type)
    assert "tagwarden_leader 1.0" in text
