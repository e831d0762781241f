"""Ends a run early on a signal: no further action begins, and the outcomes so far are still shown."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tagwarden.model.outcome import Outcome


class Stopping:
    """Whether this run may begin another action: until SIGTERM or Ctrl-C, and while the lease lasts (S11).

    `lease_file` holds the time until which changes are allowed, None without a lease; `clock` gives aware UTC. SIGTERM
    is handled from now on, Ctrl-C only `while_acting`: before, Ctrl-C ends the process as usual.
    """

    def __init__(self, lease_file: Path | None, clock: Callable[[], datetime]) -> None:
        self._lease_file = lease_file
        self._clock = clock
        self._total: int | None = None
        self._ended = self._done = 0
        self._word = "done"
        self.stopped = False
        self.interrupted = False
        signal.signal(signal.SIGTERM, self._stop)

    def may_act(self) -> bool:
        """Whether another action may begin."""
        if self.stopped or self._lease_file is None:
            return not self.stopped
        try:
            return self._clock() < datetime.fromisoformat(self._lease_file.read_text(encoding="utf-8").strip())
        except (OSError, ValueError, TypeError):
            return False

    @contextmanager
    def while_acting(self, total: int, *, dry_run: bool) -> Iterator[None]:
        """Handle Ctrl-C too while this number of actions is carried out."""
        self._total = total
        self._word = "checked" if dry_run else "done"
        before = signal.signal(signal.SIGINT, self._interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def note(self, outcome: Outcome) -> None:
        """Count an action that ended."""
        self._ended += 1
        self._done += outcome.succeeded

    def _interrupt(self, number: int, frame: object) -> None:
        self.interrupted = True
        # A second Ctrl-C ends the process without waiting for the current action.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._stop(number, frame)

    def _stop(self, _number: int, _frame: object) -> None:
        if self.stopped:
            return
        self.stopped = True
        told = "no action had begun"
        if self._total is not None:
            told = f"{self._done} {self._word}, {self._total - self._ended} left"
        # Not through the stream: a write during an interrupted write is an error.
        os.write(sys.stderr.fileno(), f"stopping: {told}\n".encode())
