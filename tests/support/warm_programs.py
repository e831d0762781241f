"""Forks programs from processes that have imported everything: most of the time of a short program goes into imports.

One process for each module of `ENVIRONMENTS` waits during a test run. With the first request it imports the module and
calls `prepare()`; each request is a fork that goes on with `main()`. A forked program has arguments, folder,
environment and standard files of its own, and ends as any process does. Whoever asked holds a connection: it tells the
process id and then the exit status, and closing it kills the program.

Run as a script, `warm_programs.py MODULE ARGUMENT…` is such a program for those who can only start a process: it hands
on its files, environment and signals, and ends as the forked program does. It needs only the standard library and
starts in some 30 ms.
"""

import contextlib
import gc
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import IO, Any, NoReturn

TAGWARDEN, FAKE_AWS = "tests.support.warm_tagwarden", "tests.support.fake_aws_server"

ENVIRONMENTS: Mapping[str, Mapping[str, str]] = {
    TAGWARDEN: {},
    FAKE_AWS: {
        # moto itself calls boto3 here and there.
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-central-1",
        # A new account of the real AWS lists no images of its own; moto would invent some hundred.
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    },
}
"""What each module needs in the environment when it is imported."""

FOLDER = "WARM_PROGRAMS"
"""The variable that names the folder of the sockets to every process of the test run."""

_WAIT = "--wait"
_LOST = 255


class WarmPrograms:
    """The processes that wait for requests; until `close`, the environment of this process leads to them."""

    def __init__(self) -> None:
        from tests.support.processes import clean_environment

        self._folder = tempfile.mkdtemp(prefix="tagwarden-warm-")
        self._before = os.environ.get(FOLDER)
        os.environ[FOLDER] = self._folder
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-W", "ignore", __file__, _WAIT, module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=clean_environment(**environment),
                process_group=0,  # Ctrl-C at the terminal reaches only the tests
            )
            for module, environment in ENVIRONMENTS.items()
        ]
        for process in self._processes:
            assert process.stdout is not None
            process.stdout.readline()
            process.stdout.close()

    def close(self) -> None:
        """End the processes and every program they forked."""
        for process in self._processes:
            process.communicate()
        del os.environ[FOLDER]
        if self._before is not None:
            os.environ[FOLDER] = self._before


def are_waiting() -> bool:
    """Whether this is a test run; a user's demo starts its programs anew."""
    return FOLDER in os.environ


def command_of(module: str, *arguments: str) -> list[str]:
    """Give the command line that stands for a forked program."""
    return [sys.executable, "-I", "-S", __file__, module, *arguments]


@contextlib.contextmanager
def forked(
    module: str, arguments: Sequence[str], folder: str, environment: Mapping[str, str], files: Sequence[int]
) -> Iterator[tuple[int, socket.socket, IO[str]]]:
    """Fork a program with these descriptors as standard files; give its process id, the connection and its lines.

    The next line is the exit status, negative for a signal.
    """
    request = {"arguments": list(arguments), "folder": folder, "environment": dict(environment)}
    with socket.socket(socket.AF_UNIX) as connection, connection.makefile() as lines:
        connection.connect(_address(module))
        socket.send_fds(connection, [b"\n"], list(files))
        connection.sendall(json.dumps(request).encode() + b"\n")
        yield int(lines.readline()), connection, lines


def status_from(lines: IO[str]) -> int:
    """Wait for the exit status of a forked program."""
    return int(lines.readline() or _LOST)


def _address(module: str) -> str:
    return f"{os.environ[FOLDER]}/{module}"


def _stand_for(module: str, arguments: Sequence[str]) -> NoReturn:
    """Be the forked program for whoever started this process."""
    with forked(module, arguments, str(Path.cwd()), os.environ, (0, 1, 2)) as (process, _, lines):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda received, _: os.kill(process, received))
        status = status_from(lines)
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


class _Forking:
    """One waiting process; `wait` returns only in a forked program, with its module."""

    def __init__(self, module: str) -> None:
        self._name = module
        self._module: ModuleType | None = None
        self._selector = selectors.DefaultSelector()
        self._running: dict[int, socket.socket] = {}

    def wait(self) -> ModuleType | None:
        """Fork whatever is asked for; None when the test run ends."""
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(_address(self._name))
            listening.listen(128)
            self._selector.register(listening, selectors.EVENT_READ)
            self._selector.register(sys.stdin, selectors.EVENT_READ)
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            while True:
                for key, _ in self._selector.select():
                    if key.fileobj is sys.stdin:
                        self._kill_all()
                        return None
                    if key.fileobj is listening:
                        if self._fork(listening.accept()[0]):
                            return self._module
                    elif isinstance(key.fileobj, socket.socket):
                        # Nobody says anything after the request: the connection is closed.
                        self._selector.unregister(key.fileobj)
                        os.kill(key.data, signal.SIGKILL)
                    else:
                        self._tell_end(key.data, key.fd)

    def _fork(self, connection: socket.socket) -> bool:
        """Fork one program; true in the forked one."""
        if self._module is None:
            # Modules and what they read stay: searches for garbage would find none, and copy pages of each fork.
            gc.disable()
            self._module = import_module(self._name)
            self._module.prepare()
            gc.freeze()
            gc.enable()
        try:
            files = socket.recv_fds(connection, 1, 3)[1]
            with connection.makefile() as lines:
                request = json.loads(lines.readline())
        except (OSError, ValueError):  # whoever asked was killed meanwhile, as some tests do
            connection.close()
            return False
        process = os.fork()
        if process == 0:
            for other in self._running.values():
                other.close()
            self._selector.close()
            _become(request, files)
            return True
        for file in files:
            os.close(file)
        self._running[process] = connection
        self._selector.register(os.pidfd_open(process), selectors.EVENT_READ, process)
        self._selector.register(connection, selectors.EVENT_READ, process)
        with contextlib.suppress(OSError):  # whoever asked is gone: the closed connection ends the program
            connection.sendall(f"{process}\n".encode())
        return False

    def _tell_end(self, process: int, watched: int) -> None:
        self._selector.unregister(watched)
        os.close(watched)
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        with self._running.pop(process) as connection:
            with contextlib.suppress(KeyError):
                self._selector.unregister(connection)
            with contextlib.suppress(OSError):
                connection.sendall(f"{status}\n".encode())

    def _kill_all(self) -> None:
        for process in self._running:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _become(request: Mapping[str, Any], files: Sequence[int]) -> None:
    """Take on everything that a request says."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.argv[1:] = request["arguments"]


def _serve(module: str) -> None:
    # Run as a script, Python puts this folder on the path instead of the checkout.
    sys.path[0] = str(Path(__file__).parents[2])
    program = _Forking(module).wait()
    if program is None:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)
        return
    try:
        program.main()
    except Exception:  # noqa: BLE001 - as the interpreter does it
        traceback.print_exc()
        sys.exit(1)


if __name__ == "__main__":
    if sys.argv[1] == _WAIT:
        _serve(sys.argv[2])
    else:
        _stand_for(sys.argv[1], sys.argv[2:])
