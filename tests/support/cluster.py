"""A Kubernetes cluster that the demo and the tests may do anything to, whoever started it and however it runs."""

import json
import subprocess
from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import kubernetes

from tests.support.processes import clean_environment


class KubectlError(Exception):
    """kubectl failed; the message is what it printed for a person."""

    def __init__(self, arguments: tuple[str, ...], exit_code: int, message: str) -> None:
        super().__init__(f"kubectl {' '.join(arguments)}: {message.strip()}")
        self.exit_code = exit_code
        self.message = message.strip()


class Cluster:
    """The way into a running cluster, as its administrator."""

    def __init__(self, folder: Path, kubectl_path: Path) -> None:
        """Keep what belongs to this cluster in `folder`, an existing temporary one."""
        self.folder = folder
        self.kubectl_path = kubectl_path
        self.kubeconfig = folder / "kubeconfig.yaml"

    @property
    def server(self) -> str:
        """The URL of the API server."""
        return str(self._connection()["server"])

    def environment(self, kubeconfig: Path | None = None, **extra: str) -> dict[str, str]:
        """Return the variables for a program that shall use this cluster, and can find no other."""
        return clean_environment(
            KUBECONFIG=str(kubeconfig or self.kubeconfig), KUBECACHEDIR=str(self.folder / "kubectl-cache"), **extra
        )

    def kubectl(
        self, *arguments: str, stdin: str | None = None, kubeconfig: Path | None = None, seconds: float = 60
    ) -> str:
        """Run kubectl with `stdin` as its input and return what it printed.

        Runs as the administrator unless another `kubeconfig` is given. Raises KubectlError when it fails, and
        subprocess.TimeoutExpired after `seconds`.
        """
        answer = subprocess.run(
            [self.kubectl_path, *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=seconds,
            cwd=self.folder,
            env=self.environment(kubeconfig),
            **({"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}),
        )
        if answer.returncode != 0:
            raise KubectlError(arguments, answer.returncode, answer.stderr)
        return answer.stdout

    def get(self, *arguments: str) -> Any:
        """Return what `kubectl get` finds, as JSON values: one object, or a list with `items`."""
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))

    @cached_property
    def client(self) -> Any:
        """The administrator's client, for conditions that are checked repeatedly: kubectl takes 80 ms to start."""
        return kubernetes.config.new_client_from_config(str(self.kubeconfig))  # type: ignore[no-untyped-call]

    def apply(self, manifests: str) -> str:
        """Apply YAML manifests as `kubectl apply` does; raises KubectlError with the API server's reason."""
        return self.kubectl("apply", "-f", "-", stdin=manifests)

    def kubeconfig_for(self, service_account: str, namespace: str = "default") -> Path:
        """Return a kubeconfig that logs in as an existing service account, bound to what RBAC grants it."""
        token = self.kubectl("create", "token", service_account, "--namespace", namespace, "--duration", "24h").strip()
        path = self.folder / f"kubeconfig-{namespace}-{service_account}.yaml"
        write_kubeconfig(path, self._connection(), {"token": token}, namespace=namespace)
        return path

    def _connection(self) -> dict[str, Any]:
        config = json.loads(self.kubectl("config", "view", "--raw", "--flatten", "--minify", "-o", "json"))
        return dict(config["clusters"][0]["cluster"])


class ControlPlane(Cluster, ABC):
    """A cluster that is ours to start, stop and disturb; a `with` block does the first two."""

    @abstractmethod
    def start(self) -> None:
        """Return when the API server answers and the controllers work; raises StartError."""

    @abstractmethod
    def stop(self) -> None:
        """End the cluster and leave nothing behind; stopping twice is fine."""

    @abstractmethod
    def restart_api_server(self) -> None:
        """End the API server while clients are connected, and return when it answers again at the same URL."""

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def write_kubeconfig(path: Path, cluster: dict[str, Any], user: dict[str, Any], *, namespace: str = "default") -> None:
    """Write a kubeconfig of one cluster and one user, which nobody else can read."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "tagwarden", "cluster": cluster}],
        "users": [{"name": "tagwarden", "user": user}],
        "contexts": [
            {"name": "tagwarden", "context": {"cluster": "tagwarden", "user": "tagwarden", "namespace": namespace}}
        ],
        "current-context": "tagwarden",
    }
    path.touch(mode=0o600)
    # JSON is YAML.
    path.write_text(json.dumps(config, indent=1))
