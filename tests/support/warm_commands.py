"""Runs our command line in forked processes: a test file runs dozens of commands."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from tests.support.warm_programs import TAGWARDEN, forked, status_from


def run(
    arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str], stdin: str, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end; raise TimeoutError, and kill it, where that takes longer than so many seconds."""
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8")) for _ in range(3)]
        files[0].write(stdin)
        files[0].seek(0)
        descriptors = [file.fileno() for file in files]
        process, connection, lines = stack.enter_context(
            forked(TAGWARDEN, arguments, str(folder), environment, descriptors)
        )
        connection.settimeout(seconds)
        try:
            status = status_from(lines)
        except TimeoutError:
            os.kill(process, signal.SIGKILL)
            raise
        for file in files[1:]:
            file.seek(0)
        return subprocess.CompletedProcess(arguments, status, files[1].read(), files[2].read())
