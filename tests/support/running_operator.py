"""Runs the operator as a process of its own, against a cluster and perhaps a simulated AWS."""

import contextlib
import os
import re
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kubernetes.client import CustomObjectsApi

from tests.support.cluster import Cluster
from tests.support.processes import ProcessGroup, wait_until

NAME = "operator"
OF_FORKS = Path(__file__).with_name("operator_of_forks.py")


class RunningOperator:
    """One operator; a `with` block starts and stops it. What it remembers is in `folder`, and outlives a restart."""

    def __init__(
        self,
        cluster: Cluster,
        folder: Path,
        *,
        namespace: str = "default",
        kubeconfig: Path | None = None,
        environment: dict[str, str] | None = None,
        forks: bool = False,
    ) -> None:
        """Start nothing yet. Several operators of one cluster are rivals when they share the namespace.

        With `forks` its children are forked from a warm process of the test run, which saves a second of each. Whoever
        kills or looks into processes wants the children that it really starts.
        """
        self.port = 0
        self._cluster = cluster
        self._folder = folder
        self._namespace = namespace
        self._kubeconfig = kubeconfig
        self._environment = environment or {}
        self._command = [str(OF_FORKS)] if forks else ["-m", "tagwarden"]
        self._processes = ProcessGroup("operator")

    def start(self) -> None:
        """Return when it serves its health port; raises StartError."""
        so_far = len(self._ports())
        settings = {
            "TAGWARDEN_NAMESPACE": self._namespace,
            "TAGWARDEN_INVENTORY": str(self._folder / "inventory"),
            "TAGWARDEN_STATE": f"sqlite:///{self._folder / 'state.db'}",
            "TAGWARDEN_HEALTH_ADDRESS": "127.0.0.1",
            "TAGWARDEN_HEALTH_PORT": "0",
            "TAGWARDEN_TICK_SECONDS": "1",
            "TAGWARDEN_JITTER_SECONDS": "0",
            "TAGWARDEN_LOG_FORMAT": "text",
            **self._environment,
        }
        environment = self._cluster.environment(self._kubeconfig, **settings)
        self._processes.start(NAME, [sys.executable, *self._command, "operator"], environment)
        self._processes.wait_ready(NAME, lambda: len(self._ports()) > so_far)
        self.port = self._ports()[-1]
        self._processes.wait_ready(NAME, lambda: self.get("/healthz") is not None)

    def _ports(self) -> list[int]:
        """Give the port of each start, which the system picks and the log tells."""
        log = self._processes.log_of(NAME)
        text = log.read_text(errors="replace") if log.exists() else ""
        return [int(port) for port in re.findall(r"health on port (\d+)\b", text)]

    @contextlib.contextmanager
    def kept(self) -> Iterator[Self]:
        """End it for good after the block; it may be started and stopped within."""
        try:
            yield self
        finally:
            self._processes.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._processes.close()

    @property
    def log(self) -> str:
        """Everything it has printed, over restarts."""
        return self._processes.log_of(NAME).read_text(errors="replace")

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._processes.is_running(NAME)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._processes.pid_of(NAME)

    def get(self, path: str) -> tuple[int, str] | None:
        """Give status and text of its health port; None when nobody answers."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return None

    def children(self) -> list[int]:
        """Give the process ids of what it has started."""
        pid = self._processes.pid_of(NAME)
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(stat.parent.name))
        return found

    def child_commands(self) -> list[str]:
        """Give the command lines of what it has started."""
        found = []
        for pid in self.children():
            with contextlib.suppress(OSError):
                found.append(Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "))
        return found

    def stop(self, with_signal: signal.Signals = signal.SIGTERM, seconds: float = 15) -> int:
        """End it with a signal, wait for its end, and give its exit status."""
        return self._processes.stop(NAME, with_signal=with_signal, seconds=seconds)

    def kill_with_children(self) -> None:
        """End it and everything it has started as a node that loses power would."""
        children = self.children()
        self.stop(signal.SIGKILL)
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def status_of(cluster: Cluster, resource: str, name: str) -> dict[str, Any]:
    """Give the status of a policy or an account; empty before the operator has said anything."""
    return dict(declared(cluster, resource, name).get("status", {}))


def declared(cluster: Cluster, resource: str, name: str) -> dict[str, Any]:
    """Give a policy or an account; `resource` is such as `cleanuppolicies.tagwarden.io`."""
    plural, _, group = resource.partition(".")
    found: Any = CustomObjectsApi(cluster.client).get_cluster_custom_object(group, "v1alpha1", plural, name)
    return dict(found)


def condition_of(cluster: Cluster, resource: str, name: str, type_: str) -> dict[str, str]:
    """Give one condition; empty while it is not there."""
    conditions = status_of(cluster, resource, name).get("conditions", [])
    return next((dict(condition) for condition in conditions if condition["type"] == type_), {})


def wait_for_condition(
    cluster: Cluster,
    resource: str,
    name: str,
    type_: str,
    *,
    status: str,
    reason: str | None = None,
    seconds: float = 60,
) -> dict[str, str]:
    """Wait until a condition has this status (and reason), and give it."""

    def holds() -> bool:
        found = condition_of(cluster, resource, name, type_)
        return found.get("status") == status and (reason is None or found.get("reason") == reason)

    wait_until(holds, what=f"{resource} {name} is {type_}={status} {reason or ''}".strip(), seconds=seconds)
    return condition_of(cluster, resource, name, type_)
