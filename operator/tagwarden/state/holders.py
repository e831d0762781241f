"""The name of a process that holds a reservation, from which another one on this machine sees that it is dead.

A process id alone would do for a while only: it is given again. Where nothing can be told, as of other machines, the
holder counts as alive, and its reservation lapses by itself.
"""

import hashlib
import os
import socket
import uuid
from pathlib import Path

_PROCESSES = Path("/proc")
_BOOT = _PROCESSES / "sys/kernel/random/boot_id"
_START_TIME = 19
"""The field of /proc/PID/stat after the name of the program: when it started, in ticks since the machine did."""


def new_holder() -> str:
    """Give a name that no other run has, now or later: 64 characters at most."""
    return f"{uuid.uuid4().hex[:16]}.{_machine()}.{os.getpid()}.{_started(os.getpid())}"


def is_dead(holder: str) -> bool:
    """Whether the process behind a name is known to have ended."""
    parts = holder.split(".")
    if len(parts) != 4 or parts[1] != _machine() or not parts[3]:
        return False
    return _started(int(parts[2])) != parts[3]


def _machine() -> str:
    """Name this machine since it started; a Pod is a machine of its own."""
    boot = _BOOT.read_text(encoding="ascii") if _BOOT.exists() else ""
    return hashlib.sha256(f"{socket.gethostname()} {boot}".encode()).hexdigest()[:12]


def _started(pid: int) -> str:
    """Say when a process started; empty where there is none, or nobody can tell."""
    try:
        stat = (_PROCESSES / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The name of the program may hold blanks and brackets.
    return stat.rpartition(")")[2].split()[_START_TIME]
