"""The name of a process that holds a reservation, from which other processes on the machine detect its death.

A process id alone is not enough, since ids are re-used. Where the state is unknown, as on other machines, the holder
counts as alive, and the reservation lapses by itself.
"""

import hashlib
import os
import socket
import uuid
from pathlib import Path

_PROCESSES = Path("/proc")
_BOOT = _PROCESSES / "sys/kernel/random/boot_id"
_START_TIME = 19
"""The field of /proc/PID/stat, after the program name, with the start time in ticks since the boot."""


def new_holder() -> str:
    """Give a unique name for this run: 64 characters at most."""
    return f"{uuid.uuid4().hex[:16]}.{_machine()}.{os.getpid()}.{_started(os.getpid())}"


def is_dead(holder: str) -> bool:
    """Whether the process behind a name is known to have ended."""
    parts = holder.split(".")
    if len(parts) != 4 or parts[1] != _machine() or not parts[3]:
        return False
    return _started(int(parts[2])) != parts[3]


def _machine() -> str:
    """Name this machine and boot; a Pod counts as a machine."""
    boot = _BOOT.read_text(encoding="ascii") if _BOOT.exists() else ""
    return hashlib.sha256(f"{socket.gethostname()} {boot}".encode()).hexdigest()[:12]


def _started(pid: int) -> str:
    """Give the start time of a process; empty if there is no such process, or the time is unknown."""
    try:
        stat = (_PROCESSES / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The program name may contain blanks and brackets.
    return stat.rpartition(")")[2].split()[_START_TIME]
