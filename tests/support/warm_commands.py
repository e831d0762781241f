"""Runs our command line in processes that are forked from one that has imported everything.

A test file runs dozens of commands, and most of the time of each goes into imports. What is forked has its own
environment, folder and files, and ends as any process does.
"""

import atexit
import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

_LOST = 255


def run(
    arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str], stdin: str, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end; raise TimeoutError, and kill it, where that takes longer than so many seconds."""
    with tempfile.TemporaryDirectory() as temporary:
        files = [str(Path(temporary) / name) for name in ("in", "out", "err")]
        Path(files[0]).write_text(stdin, encoding="utf-8")
        with socket.socket(socket.AF_UNIX) as asked:
            asked.connect(_address())
            request = {"arguments": arguments, "folder": str(folder), "environment": dict(environment), "files": files}
            asked.sendall(json.dumps(request).encode() + b"\n")
            asked.settimeout(seconds)
            with asked.makefile() as lines:
                process = int(lines.readline())
                try:
                    status = int(lines.readline() or _LOST)
                except TimeoutError:
                    os.kill(process, signal.SIGKILL)
                    raise
        out, err = (Path(file).read_text(encoding="utf-8") for file in files[1:])
        return subprocess.CompletedProcess(arguments, status, out, err)


@cache
def _address() -> str:
    """Start the process that has imported everything; it ends with this one, whose end of a pipe it watches."""
    folder = tempfile.mkdtemp(prefix="tagwarden-warm-")
    address = f"{folder}/socket"
    process = subprocess.Popen(
        [sys.executable, __file__, address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    atexit.register(process.communicate)
    return address


def _serve(address: str) -> None:
    from tagwarden.cli.commands import COMMANDS

    for name, (place, _) in COMMANDS.items():
        if name != "operator":
            import_module(place.partition(":")[0])
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(128)
    running: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(listening, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            for key, _ in selector.select(timeout=0.01 if running else None):
                if key.fileobj is sys.stdin:
                    return
                connection = listening.accept()[0]
                with connection.makefile() as asked:
                    request = json.loads(asked.readline())
                process = os.fork()
                if process == 0:
                    _become(request)
                    return
                connection.sendall(f"{process}\n".encode())
                running[process] = connection
            while running and (ended := os.waitpid(-1, os.WNOHANG))[0]:
                connection = running.pop(ended[0])
                with contextlib.suppress(OSError):
                    connection.sendall(f"{os.waitstatus_to_exitcode(ended[1])}\n".encode())
                connection.close()


def _become(request: Mapping[str, Any]) -> None:
    """Go on as the command; leaves by SystemExit, as the interpreter itself would."""
    from tagwarden.cli.main import main

    for number, file in enumerate(request["files"]):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT if number else os.O_RDONLY, 0o600), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.argv = ["tagwarden", *request["arguments"]]
    try:
        main()
    except Exception:  # noqa: BLE001 - as the interpreter does it
        traceback.print_exc()
        sys.exit(1)


if __name__ == "__main__":
    _serve(sys.argv[1])
