"""The Lease that only one operator holds, and the file that shares its expiry with acting processes (S11).

An operator that sees a Lease unchanged for the whole duration, by its own clock, may take it: clocks
of different machines are never compared. The holder stops acting a margin earlier, even if the API server is
unreachable or the holder was killed, since an acting process reads the time limit from the lease file.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from tagwarden.errors import NotFound, ProviderError

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
STARTING = "starting"
"""The message before the first read of the Lease."""


class LeaseStore(Protocol):
    """The API of the Lease; every failure is a ProviderError."""

    async def read_lease(self, name: str) -> dict[str, Any]:
        """Give the Lease; raise NotFound."""
        ...

    async def create_lease(self, name: str, spec: dict[str, Any]) -> dict[str, Any]:
        """Create the Lease; fail if another process created it first."""
        ...

    async def replace_lease(self, lease: dict[str, Any]) -> dict[str, Any]:
        """Replace the Lease; fail if it changed since it was read."""
        ...


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """The Lease, the candidate and the durations, in seconds."""

    name: str
    identity: str
    seconds: int
    margin: float

    @property
    def pause(self) -> float:
        """The interval of renewals, and of checks for a free Lease."""
        return self.seconds / 6


def write_until(file: Path, instant: datetime) -> None:
    """Write the time until which a process may act; a reader sees the old or the new time, never a part."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    temporary.write_text(f"{instant.astimezone(UTC).isoformat()}\n", encoding="utf-8")
    temporary.replace(file)


class Leadership:
    """Holds the Lease or waits for it until cancelled; then releases it."""

    def __init__(self, store: LeaseStore, terms: LeaseTerms, file: Path, clock: Clock) -> None:
        self._store = store
        self._terms = terms
        self._file = file
        self._clock = clock
        self._lease: dict[str, Any] = {}
        self._seen: tuple[str, float] = ("", 0.0)
        self._held_until = 0.0
        self.obstacle = ""
        """The error of the last attempt to read or renew the Lease; empty without an error."""
        self.changed = asyncio.Event()
        """Set whenever the Lease is acquired or lost."""

    @property
    def file(self) -> Path:
        """The lease file."""
        return self._file

    @property
    def is_held(self) -> bool:
        """Whether this process may act now."""
        return _monotonic() < self._held_until

    @property
    def reason_without_leader(self) -> str:
        """The reason why no process is known to lead; empty while a process leads."""
        if self.is_held or self.obstacle:
            return self.obstacle
        if not self._lease:
            return STARTING
        if self.holder in {"", self._terms.identity}:
            return f"no leader: the Lease {self._terms.name}, last held by {self.holder or 'nobody'}, has expired"
        return ""

    @property
    def holder(self) -> str:
        """The last known holder of the Lease."""
        return str(self._lease.get("spec", {}).get("holderIdentity") or "")

    async def keep(self) -> None:
        """Acquire the Lease when free and renew it while held; runs until cancelled."""
        held = False
        try:
            while True:
                try:
                    await self._try()
                    self.obstacle = ""
                except ProviderError as error:
                    self.obstacle = f"cannot renew the Lease {self._terms.name}: {error}"
                    logger.warning("%s", self.obstacle)
                if self.is_held != held:
                    held = self.is_held
                    logger.info("the Lease %s is %s", self._terms.name, "ours" if held else self._lost_to())
                    self.changed.set()
                await asyncio.sleep(self._pause())
        finally:
            self.forbid()

    async def give_back(self) -> None:
        """Release the Lease, so that another operator can take it at once."""
        self.forbid()
        if self.holder != self._terms.identity:
            return
        spec = {**self._lease["spec"], "holderIdentity": "", "leaseDurationSeconds": 1}
        with contextlib.suppress(ProviderError):
            self._lease = await self._store.replace_lease({**self._lease, "spec": spec})

    def forbid(self) -> None:
        """Stop every acting process before its next action."""
        self._held_until = 0.0
        with contextlib.suppress(OSError):
            write_until(self._file, self._clock() - timedelta(seconds=1))

    def _lost_to(self) -> str:
        # The holder is unknown while the API server does not answer: the Lease may still name this process.
        return "lost" if self.holder == self._terms.identity else f"held by {self.holder}"

    def _pause(self) -> float:
        """Check again in time, so that a lost Lease is noticed early."""
        left = self._held_until - _monotonic()
        return min(self._terms.pause, max(left, 0.05)) if left > 0 else self._terms.pause

    async def _try(self) -> None:
        # The time before the request counts: the API server may have written at that moment.
        asked, started = self._clock(), _monotonic()
        try:
            self._lease = await self._store.read_lease(self._terms.name)
        except NotFound:
            self._lease = await self._store.create_lease(self._terms.name, self._spec(asked, 0))
            self._hold(asked, started)
            return
        spec = self._lease.get("spec", {})
        mine = spec.get("holderIdentity") == self._terms.identity
        if not mine and not self._is_free(started):
            return
        transitions = int(spec.get("leaseTransitions") or 0) + (0 if mine else 1)
        acquired = spec.get("acquireTime") if mine else None
        self._lease = await self._store.replace_lease({**self._lease, "spec": self._spec(asked, transitions, acquired)})
        self._hold(asked, started)

    def _is_free(self, now: float) -> bool:
        spec = self._lease.get("spec", {})
        if not spec.get("holderIdentity"):
            return True
        version = str(self._lease["metadata"].get("resourceVersion"))
        if version != self._seen[0]:
            self._seen = (version, now)
            return False
        return now - self._seen[1] > float(spec.get("leaseDurationSeconds") or self._terms.seconds)

    def _hold(self, asked: datetime, started: float) -> None:
        acting = self._terms.seconds - self._terms.margin
        write_until(self._file, asked + timedelta(seconds=acting))
        self._held_until = started + acting

    def _spec(self, now: datetime, transitions: int, acquired: str | None = None) -> dict[str, Any]:
        written = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return {
            "holderIdentity": self._terms.identity,
            "leaseDurationSeconds": self._terms.seconds,
            "acquireTime": acquired or written,
            "renewTime": written,
            "leaseTransitions": transitions,
        }


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
