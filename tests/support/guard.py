"""Ends a group of processes when the process that started them is gone, however it went.

Runs as a process of its own that leads the group: `guard.py FOLDER [COMMAND…]`. Its standard input is a pipe that only
its parent holds. End of file means that the parent has finished, crashed or was killed with SIGKILL, which no handler
inside the parent could notice. The guard then runs COMMAND (for what lives outside the group, such as containers),
kills the group and removes FOLDER. Uses nothing beyond the standard library, because it starts without site-packages.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys


def main() -> None:
    folder, *command = sys.argv[1:]
    for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    while os.read(0, 1024):
        pass
    if command:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(command, check=False, timeout=120, stdin=subprocess.DEVNULL, capture_output=True)
    group = os.getpgrp()
    # Only a process outside the group can outlive its end and sweep up.
    if os.fork() == 0:
        os.setsid()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    main()
