"""Programs that the demo and the tests start: on free ports, away from the user's logins, never left behind."""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

GUARD = Path(__file__).with_name("guard.py")

# Whatever could lead a client to the user's own cluster or cloud.
LOGIN_PREFIXES = ("AWS_", "KUBE", "GOOGLE_", "CLOUDSDK_", "GCLOUD_", "GCE_", "BOTO", "HELM_", "TAGWARDEN_")

# /dev/null instead of nothing: without a setting the clients fall back to the files in the home folder.
NO_LOGIN = {
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
    "CLOUDSDK_CONFIG": "/dev/null",
    "NO_GCE_CHECK": "true",
    "KUBECONFIG": "/dev/null",
    # A proxy of the user's would be asked for 127.0.0.1 too.
    "NO_PROXY": "127.0.0.1,localhost",
    "no_proxy": "127.0.0.1,localhost",
}

# What is simulated need not be spared.
UNSPARING = {"TAGWARDEN_CALLS_PER_SECOND": "1000"}

# Simulators are endpoints that accounts name, on any port of this machine.
SIMULATORS = {"TAGWARDEN_ALLOWED_ENDPOINTS": "http://127.0.0.1:*"}

# How soon a condition is looked at again, seconds, at first and at last: each look costs others the processor.
POLL, LONGEST_POLL = 0.05, 0.4


class StartError(Exception):
    """A program did not become ready; the message ends with the last lines of its log."""


class PortTakenError(StartError):
    """Another process took the port between finding it free and using it: try again with another."""


def is_login(variable: str) -> bool:
    """Say whether an environment variable can hold a login, or the way to one."""
    return variable.startswith(LOGIN_PREFIXES)


def clean_environment(**extra: str) -> dict[str, str]:
    """Return this process's environment without any login to a cluster or cloud, plus `extra`."""
    return (
        {key: value for key, value in os.environ.items() if not is_login(key)}
        | NO_LOGIN
        | UNSPARING
        | SIMULATORS
        | extra
    )


@contextlib.contextmanager
def one_at_a_time(path: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Let one process of this machine through; the others wait for the lock on `path`, and say so by `waiting`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def free_port() -> int:
    """Return a loopback port that nobody listens on now; somebody else may take it before it is used."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], *, what: str, seconds: float = 30, pause: float | None = None) -> None:
    """Return as soon as `condition()` holds; raise TimeoutError naming `what` after `seconds`.

    `pause` is how long to wait between two looks, seconds; None: longer and longer.
    """
    deadline = time.monotonic() + seconds
    rest = POLL if pause is None else pause
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not so after {seconds:g} s")
        time.sleep(rest)
        if pause is None:
            rest = min(rest * 1.5, LONGEST_POLL)


class ProcessGroup:
    """Programs that share a temporary folder and one end.

    `close` (or leaving the `with` block) stops them in reverse order and removes the folder. When this process ends
    in any other way, SIGKILL included, the guard does both.
    """

    def __init__(self, name: str, when_abandoned: Sequence[str] = ()) -> None:
        """Start the guard; `when_abandoned` is a command it runs first when this process dies without closing."""
        self.folder = Path(tempfile.mkdtemp(prefix=f"tagwarden-{name}-"))
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._guard = subprocess.Popen(
            # -I and -S: nothing of the user's environment is imported, and it starts in 10 ms.
            [sys.executable, "-I", "-S", str(GUARD), str(self.folder), *when_abandoned],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=clean_environment(),
            # A group of their own: Ctrl-C at the terminal reaches only us, and we stop them in order.
            process_group=0,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start `command` in the folder, without input, its output appended to `log_of(name)`.

        Without an `environment` it gets `clean_environment()`.
        """
        with self.log_of(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                list(command),
                cwd=self.folder,
                env=clean_environment() if environment is None else dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=self._guard.pid,
            )

    def pid_of(self, name: str) -> int:
        """Return the process id of a program that was started."""
        return self._running[name].pid

    def is_running(self, name: str) -> bool:
        """Say whether the program was started and has not ended yet."""
        return name in self._running and self._running[name].poll() is None

    def log_of(self, name: str) -> Path:
        """Return the file that holds everything the program has printed."""
        return self.folder / f"{name}.log"

    def wait_ready(self, name: str, condition: Callable[[], bool], *, seconds: float = 60) -> None:
        """Return as soon as `condition()` holds.

        Raises PortTakenError when the program ended because its port was taken, StartError when it ended for another
        reason or is not ready after `seconds`.
        """
        try:
            wait_until(lambda: not self.is_running(name) or condition(), what=f"{name} is ready", seconds=seconds)
        except TimeoutError as error:
            raise StartError(f"{error}\n{self._last_lines(name)}") from error
        if not self.is_running(name):
            lines = self._last_lines(name)
            kind = PortTakenError if "address already in use" in lines.lower() else StartError
            raise kind(f"{name} ended with exit code {self._running[name].returncode} while starting\n{lines}")

    def stop(self, name: str, *, with_signal: signal.Signals = signal.SIGTERM, seconds: float = 10) -> int:
        """End one program, wait for it, and return its exit code; one that still runs after `seconds` is killed."""
        process = self._running.pop(name, None)
        if process is None:
            return 0
        process.send_signal(with_signal)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return process.returncode

    def stop_all(self) -> None:
        """End every program, the last one started first."""
        for name in reversed(list(self._running)):
            self.stop(name)

    def close(self) -> None:
        """End everything and remove the folder; closing twice is fine."""
        if self._guard.stdin is None or self._guard.stdin.closed:
            return
        self.stop_all()
        shutil.rmtree(self.folder, ignore_errors=True)
        # Killed, because its command is meant for the case that nobody closes.
        self._guard.kill()
        self._guard.wait()
        self._guard.stdin.close()

    def _last_lines(self, name: str, lines: int = 15) -> str:
        log = self.log_of(name)
        text = log.read_text(errors="replace") if log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])
