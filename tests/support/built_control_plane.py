"""A control plane of processes on this machine: etcd, the API server and the controller manager, without any node.

Everything the API server itself does is real: storage, validation, admission, RBAC, CRDs, watches, finalizers. The
controllers make replica sets and pods of deployments, collect garbage and empty namespaces; no pod ever runs.
"""

import contextlib
import secrets
import signal
import ssl
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.cluster import ControlPlane, KubectlError, write_kubeconfig
from tests.support.control_plane_programs import programs
from tests.support.go_toolchain import Report, to_stderr
from tests.support.processes import PortTakenError, ProcessGroup, clean_environment, free_port

# What a test or the demo can see the effect of; the rest would only cost memory and time to start.
CONTROLLERS = (
    "clusterrole-aggregation-controller",
    "cronjob-controller",
    "daemonset-controller",
    "deployment-controller",
    "endpointslice-controller",
    "garbage-collector-controller",
    "job-controller",
    "namespace-controller",
    "persistentvolume-protection-controller",
    "persistentvolumeclaim-protection-controller",
    "replicaset-controller",
    "root-ca-certificate-publisher-controller",
    "serviceaccount-controller",
    "statefulset-controller",
    "ttl-after-finished-controller",
)

SERVICE_ACCOUNT_ISSUER = "https://kubernetes.default.svc"

# How often to try again with other ports.
ATTEMPTS = 5


class BuiltControlPlane(ControlPlane):
    """The built programs on free loopback ports, with all their files in one temporary folder."""

    def __init__(self, report: Report = to_stderr) -> None:
        """Build the programs if need be; nothing is started yet."""
        self._programs = programs(report)
        self._processes = ProcessGroup("control-plane")
        super().__init__(self._processes.folder, self._programs / "kubectl")
        self._token = secrets.token_urlsafe(32)
        self._port = 0
        self._etcd_port = 0

    def start(self) -> None:
        self._write_secrets()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._start_etcd()
                self._start_api_server(free_port())
                break
            except PortTakenError:
                self._processes.stop_all()
                if attempt == ATTEMPTS:
                    raise
        self._start_controller_manager()

    def stop(self) -> None:
        self._kill_api_server()
        self._processes.close()

    def restart_api_server(self) -> None:
        self._kill_api_server()
        self._start_api_server(self._port)

    def _kill_api_server(self) -> None:
        # Asked politely, it waits for the watches of its clients, which do not think of leaving.
        self._processes.stop("kube-apiserver", with_signal=signal.SIGKILL)

    @property
    def process_ids(self) -> dict[str, int]:
        """The process id of each program, by its name."""
        return {name: self._processes.pid_of(name) for name in self._programs_started()}

    def log_of(self, program: str) -> Path:
        """Return the file with what `etcd`, `kube-apiserver` or `kube-controller-manager` has printed."""
        return self._processes.log_of(program)

    def _programs_started(self) -> list[str]:
        names = ("etcd", "kube-apiserver", "kube-controller-manager")
        return [name for name in names if self._processes.is_running(name)]

    def _write_secrets(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        self._key.touch(mode=0o600)
        self._key.write_bytes(private)
        self._tokens.touch(mode=0o600)
        self._tokens.write_text(f"{self._token},admin,admin,system:masters\n")

    @property
    def _key(self) -> Path:
        return self.folder / "service-accounts.key"

    @property
    def _tokens(self) -> Path:
        return self.folder / "tokens.csv"

    @property
    def _certificate(self) -> Path:
        # The API server signs one for itself, and puts the signing certificate into the same file.
        return self.folder / "certificates" / "apiserver.crt"

    def _start_etcd(self) -> None:
        self._etcd_port, peer_port = free_port(), free_port()
        client, peer = f"http://127.0.0.1:{self._etcd_port}", f"http://127.0.0.1:{peer_port}"
        command = [
            str(self._programs / "etcd"),
            f"--data-dir={self.folder / f'etcd-{self._etcd_port}'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            # Throw-away data: waiting for the disk would only slow the tests down.
            "--unsafe-no-fsync",
            "--log-level=warn",
        ]
        self._processes.start("etcd", command, clean_environment())
        self._processes.wait_ready("etcd", lambda: _answers(f"{client}/readyz"))

    def _start_api_server(self, port: int) -> None:
        self._port = port
        url = f"https://127.0.0.1:{port}"
        command = [
            str(self._programs / "kube-apiserver"),
            f"--etcd-servers=http://127.0.0.1:{self._etcd_port}",
            f"--cert-dir={self._certificate.parent}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            f"--secure-port={port}",
            # The endpoint of the service `kubernetes` must not be a loopback address, and nobody here would use it.
            "--endpoint-reconciler-type=none",
            f"--service-account-key-file={self._key}",
            f"--service-account-signing-key-file={self._key}",
            f"--service-account-issuer={SERVICE_ACCOUNT_ISSUER}",
            f"--token-auth-file={self._tokens}",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.0.0.0/16",
        ]
        self._processes.start("kube-apiserver", command, clean_environment())
        self._processes.wait_ready("kube-apiserver", lambda: _answers(f"{url}/readyz", self._certificate, self._token))
        connection = {"server": url, "certificate-authority-data": b64encode(self._certificate.read_bytes()).decode()}
        write_kubeconfig(self.kubeconfig, connection, {"token": self._token})

    def _start_controller_manager(self) -> None:
        command = [
            str(self._programs / "kube-controller-manager"),
            f"--kubeconfig={self.kubeconfig}",
            f"--controllers={','.join(CONTROLLERS)}",
            f"--root-ca-file={self._certificate}",
            "--leader-elect=false",
            # Nobody scrapes it, and one port less can be taken.
            "--secure-port=0",
        ]
        self._processes.start("kube-controller-manager", command, self.environment())
        self._processes.wait_ready("kube-controller-manager", self._has_service_accounts)

    def _has_service_accounts(self) -> bool:
        # The first thing a controller makes, and what every pod needs.
        try:
            self.kubectl("get", "serviceaccount", "default", "--namespace", "default")
        except KubectlError:
            return False
        return True


def _answers(url: str, authority: Path | None = None, token: str = "") -> bool:
    """Say whether `url` answers with success."""
    with contextlib.suppress(OSError, urllib.error.URLError):
        context = ssl.create_default_context(cafile=str(authority)) if authority else None
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), *([urllib.request.HTTPSHandler(context=context)] if context else [])
        )
        with opener.open(request, timeout=5):
            return True
    return False
