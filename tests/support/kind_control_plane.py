"""A control plane in a container, made by kind, where a Docker daemon answers."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.cluster import ControlPlane, KubectlError
from tests.support.control_plane_programs import programs
from tests.support.go_toolchain import Report, ToolchainError, cache_folder, find_go, to_stderr
from tests.support.processes import ProcessGroup, StartError, clean_environment, wait_until

# Its own node image is used, the only one that is certain to fit: Kubernetes 1.34.
KIND_VERSION = "v0.30.0"


@dataclass(frozen=True, slots=True)
class PassDependencies:
    """The programs that a cluster in kind needs."""

    kind: Path
    kubectl: Path


def docker_answers() -> bool:
    """Say whether a Docker daemon can be used from here."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    try:
        return subprocess.run([docker, "info"], check=False, capture_output=True, timeout=20).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def tools(report: Report = to_stderr) -> PassDependencies:
    """Return kind and kubectl from PATH, building what is missing with Go; raises ToolchainError."""
    kind, kubectl = shutil.which("kind"), shutil.which("kubectl")
    return PassDependencies(
        Path(kind) if kind else _install_kind(report), Path(kubectl) if kubectl else programs(report) / "kubectl"
    )


def _install_kind(report: Report) -> Path:
    folder = cache_folder() / f"kind-{KIND_VERSION}"
    program = folder / "kind"
    if not program.exists():
        go = find_go(report)
        report(f"a Docker daemon answers, but there is no kind on PATH: building {KIND_VERSION} into {folder}")
        environment = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", **go.environment, "GOBIN": str(folder)}
        command = [str(go.program), "install", f"sigs.k8s.io/kind@{KIND_VERSION}"]
        answer = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
        if answer.returncode != 0:
            raise ToolchainError(f"building kind failed:\n{answer.stderr[-1500:]}\nInstall kind, or stop Docker.")
    return program


class KindControlPlane(ControlPlane):
    """A cluster of one node under a name of its own; the user's kubeconfig is never read or written."""

    def __init__(self, report: Report = to_stderr) -> None:
        """Get kind and kubectl if need be; nothing is started yet."""
        found = tools(report)
        self._kind = found.kind
        self._name = f"tagwarden-{secrets.token_hex(4)}"
        self._report = report
        # Containers belong to the daemon, so no process group holds them: the guard must ask kind.
        self._processes = ProcessGroup("kind", [str(found.kind), "delete", "cluster", "--name", self._name])
        super().__init__(self._processes.folder, found.kubectl)

    def start(self) -> None:
        self._report("starting a Kubernetes cluster in Docker with kind: about a minute, longer the first time")
        self._run_kind(
            *("create", "cluster", "--name", self._name, "--wait", "180s"), *("--kubeconfig", str(self.kubeconfig))
        )
        wait_until(self._has_service_accounts, what="the controllers of the kind cluster work", seconds=120)

    def stop(self) -> None:
        if self.folder.exists():
            self._run_kind("delete", "cluster", "--name", self._name, "--kubeconfig", str(self.kubeconfig))
        self._processes.close()

    def restart_api_server(self) -> None:
        # The kubelet of the node starts it again.
        command = ["docker", "exec", f"{self._name}-control-plane", "pkill", "-x", "kube-apiserver"]
        self._run(command)
        wait_until(self._is_ready, what="the API server answers again", seconds=120)

    def _run_kind(self, *arguments: str) -> None:
        self._run([str(self._kind), *arguments])

    def _run(self, command: Sequence[str]) -> None:
        answer = subprocess.run(command, check=False, capture_output=True, text=True, env=clean_environment())
        if answer.returncode != 0:
            raise StartError(f"{' '.join(command)}\n{answer.stderr[-1500:]}")

    def _is_ready(self) -> bool:
        try:
            return self.kubectl("get", "--raw", "/readyz") == "ok"
        except KubectlError:
            return False

    def _has_service_accounts(self) -> bool:
        try:
            self.kubectl("get", "serviceaccount", "default", "--namespace", "default")
        except KubectlError:
            return False
        return True
