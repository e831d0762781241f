"""Watches policies and accounts through kopf, only for speed: each change wakes the scheduler.

Correctness does not depend on the watch: the scheduler checks every object at each tick, since a watch can freeze
silently. kopf runs in a separate thread with handlers for raw events only: timers, daemons and change handlers would
add finalizers and annotations to objects that people keep in Git.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import kopf

from tagwarden.model.crd import KINDS
from tagwarden.model.policy import API_GROUP, API_VERSION

logger = logging.getLogger(__name__)

_SHORTEST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0


class Watch:
    """Runs kopf until stopped, and restarts it after a failure."""

    def __init__(self, wake: Callable[[], object]) -> None:
        """`wake` is called from another thread, once per change."""
        self._wake = wake
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Start watching."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Stop watching; a thread that does not end in time ends with the process."""
        self._stop.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        pause = _SHORTEST_PAUSE
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                kopf.run(
                    registry=self._registry(),
                    settings=_settings(),
                    standalone=True,
                    clusterwide=True,
                    stop_flag=self._stop,
                )
            except Exception as error:  # noqa: BLE001 - the scheduler works without a watch
                logger.warning("the watch failed, changes are noticed at the next tick: %s", error)
            has_worked = time.monotonic() - began > _LONGEST_PAUSE
            pause = _SHORTEST_PAUSE if has_worked else min(2 * pause, _LONGEST_PAUSE)
            self._stop.wait(pause)

    def _registry(self) -> kopf.OperatorRegistry:
        registry = kopf.OperatorRegistry()
        kopf.on.login(registry=registry)(kopf.login_via_client)

        def wake(**_: Any) -> None:
            # The loop may have ended before this thread.
            with contextlib.suppress(RuntimeError):
                self._wake()

        for kind in KINDS:
            kopf.on.event(API_GROUP, API_VERSION, kind.plural, registry=registry, id=f"wake-{kind.plural}")(wake)
        return registry


def _settings() -> kopf.OperatorSettings:
    settings = kopf.OperatorSettings()
    # The operator records events itself: kopf writes events of cluster-scoped objects where kubectl does not look.
    settings.posting.enabled = False
    settings.peering.standalone = True
    # A silent watch is restarted, since some watches freeze.
    settings.watching.server_timeout = 300
    settings.watching.client_timeout = 310
    settings.watching.connect_timeout = 30
    # The process ends by itself; kopf would kill it.
    settings.process.ultimate_exiting_timeout = None
    settings.persistence.finalizer = f"{API_GROUP}/unused"
    return settings
