"""The in-cluster process: assembles the parts, runs until stopped, and stops the parts in order."""

import asyncio
import contextlib
import functools
import logging
import os
import secrets
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tagwarden import __version__
from tagwarden.controller.account_pass import AccountPass
from tagwarden.controller.action_counts import ActionCounts
from tagwarden.controller.children import Children
from tagwarden.controller.cluster import Cluster
from tagwarden.controller.events import EventRecorder
from tagwarden.controller.health import HealthServer, Pulse
from tagwarden.controller.inventory_pages import InventoryReport, keep_pages
from tagwarden.controller.leases import Leadership, LeaseTerms
from tagwarden.controller.pass_context import PassContext
from tagwarden.controller.policy_check import PolicyCheck
from tagwarden.controller.policy_pass import PolicyPass
from tagwarden.controller.scheduler import Scheduler
from tagwarden.controller.watch import Watch
from tagwarden.providers.api_server.connection import Connection
from tagwarden.reporting import measure_lag
from tagwarden.reporting.metrics import Metrics
from tagwarden.settings import Settings

logger = logging.getLogger(__name__)

_GIVE_BACK_SECONDS = 1.5
"""The time limit for releasing the Lease, which otherwise expires."""
_WATCH_SECONDS = 1.0
"""The time limit for ending the watch, which holds no lock."""


async def run_operator(settings: Settings, kubeconfig: str | None) -> None:
    """Run until SIGTERM or SIGINT. `kubeconfig` is YAML text; None: the Pod's own service account.

    Raises ProviderError if the cluster cannot be accessed, OSError if the health port is in use.
    """
    stop = asyncio.Event()
    identity = settings.identity or f"{socket.gethostname()}_{secrets.token_hex(4)}"
    cluster = Cluster(Connection(kubeconfig, is_trusted=True), settings.namespace, settings.lease_namespace)
    pulse = Pulse(settings.tick_seconds, time.monotonic)
    metrics = Metrics()
    health = HealthServer(pulse, metrics.registry)
    await health.start(settings.health_address, settings.health_port)
    logger.info("tagwarden %s started as %s, health on port %d", __version__, identity, health.port)
    with tempfile.TemporaryDirectory(prefix="tagwarden-") as folder, _signals(stop.set):
        terms = LeaseTerms(settings.lease_name, identity, settings.lease_seconds, settings.lease_margin_seconds)
        leadership = Leadership(cluster, terms, Path(folder) / "lease", _now)
        context = PassContext(
            cluster=cluster,
            # The URL may contain a password, which arguments would show to every process of the node.
            children=Children(settings.stop_seconds, environment={"TAGWARDEN_STATE": settings.state}),
            recorder=EventRecorder(cluster, identity, _now),
            leadership=leadership,
            metrics=metrics,
            settings=settings,
            clock=_now,
        )
        checks = PolicyCheck(context)
        scheduler = Scheduler(
            cluster=cluster,
            leadership=leadership,
            accounts=AccountPass(context),
            checks=checks,
            policies=PolicyPass(context, checks, InventoryReport(context.children, metrics, settings)),
            pulse=pulse,
            metrics=metrics,
            clock=_now,
            tick_seconds=settings.tick_seconds,
        )
        counts = ActionCounts(settings.state, leadership, metrics, _now)
        loop = asyncio.get_running_loop()
        watch = Watch(functools.partial(loop.call_soon_threadsafe, scheduler.wake))
        watch.start()
        tasks = [
            asyncio.create_task(leadership.keep(), name="lease"),
            asyncio.create_task(_wake_on_change(leadership, scheduler), name="lease changes"),
            asyncio.create_task(measure_lag(metrics.lagged), name="lag"),
            asyncio.create_task(counts.keep(settings.tick_seconds), name="action counts"),
            asyncio.create_task(keep_pages(context.children, settings), name="pages"),
            asyncio.create_task(scheduler.run(), name="scheduler"),
        ]
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
            logger.info("stopping")
        finally:
            stopping.cancel()
            # The Lease is renewed until the last pass has ended, so that no other operator acts before.
            for task in reversed(tasks):
                task.cancel()
                await asyncio.wait([task])
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(leadership.give_back(), _GIVE_BACK_SECONDS)
            cluster.close()
            counts.close()
            await asyncio.to_thread(watch.stop, _WATCH_SECONDS)
            await health.close()
            logger.info("stopped")
        for task in tasks:
            # A task that ended without being cancelled is a failure of the operator.
            if not task.cancelled():
                task.result()


async def _wake_on_change(leadership: Leadership, scheduler: Scheduler) -> None:
    while True:
        await leadership.changed.wait()
        leadership.changed.clear()
        scheduler.wake()


@contextlib.contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def _now() -> datetime:
    return datetime.now(UTC)


def read_kubeconfig(path: Path | None) -> str | None:
    """Give the kubeconfig of the cluster; None in a Pod, which uses its service account."""
    if path is not None:
        return path.expanduser().read_text(encoding="utf-8")
    return None if "KUBERNETES_SERVICE_HOST" in os.environ else (Path.home() / ".kube" / "config").read_text("utf-8")
