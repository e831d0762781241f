"""JSON of Kubernetes objects as an API server gives it, and an HTTP server that gives it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tagwarden.model.account import CloudAccount
from tagwarden.providers.api_server.connection import Connection
from tagwarden.providers.kubernetes.catalogue import row_of
from tagwarden.providers.kubernetes.discovery import Api
from tagwarden.providers.kubernetes.protected_objects import Protections
from tagwarden.providers.kubernetes.reading import Seen, read_object

ALL_VERBS = ("create", "delete", "get", "list", "patch", "update", "watch")


def account_of(*include: str, exclude: tuple[str, ...] = ()) -> CloudAccount:
    """Return a cluster, or the namespaces of it that globs name."""
    kubernetes = {"namespaces": {"include": include, "exclude": exclude}}
    spec = {"provider": "Kubernetes", "environment": "test", "kubernetes": kubernetes}
    return CloudAccount.model_validate({"name": "kind", "spec": spec})


def api_of(group: str, object_kind: str, plural: str, *, namespaced: bool = True) -> Api:
    row = row_of(group, object_kind, plural, namespaced=namespaced)
    return Api(row, group, "v1", plural, object_kind, namespaced, frozenset(ALL_VERBS))


CONFIG_MAPS = api_of("", "ConfigMap", "configmaps")
NAMESPACES = api_of("", "Namespace", "namespaces", namespaced=False)
PODS = api_of("", "Pod", "pods")
SECRETS = api_of("", "Secret", "secrets")
SERVICE_ACCOUNTS = api_of("", "ServiceAccount", "serviceaccounts")
SERVICES = api_of("", "Service", "services")
VOLUMES = api_of("", "PersistentVolume", "persistentvolumes", namespaced=False)
CLAIMS = api_of("", "PersistentVolumeClaim", "persistentvolumeclaims")
DEPLOYMENTS = api_of("apps", "Deployment", "deployments")
REPLICA_SETS = api_of("apps", "ReplicaSet", "replicasets")
APPLICATIONS = api_of("argoproj.io", "Application", "applications")


def item_of(name: str, namespace: str = "shop", **parts: Any) -> dict[str, Any]:
    """Return an object; `metadata` of `parts` is added to its own."""
    metadata = {
        "name": name,
        "uid": f"uid-{namespace}-{name}",
        "resourceVersion": "7",
        "creationTimestamp": "2026-09-01T10:00:00Z",
        **({"namespace": namespace} if namespace else {}),
        **parts.pop("metadata", {}),
    }
    return {"metadata": metadata, **parts}


def seen_of(api: Api, name: str, namespace: str = "shop", **parts: Any) -> Seen:
    seen = read_object(api, item_of(name, namespace if api.namespaced else "", **parts), Protections())
    assert seen is not None
    return seen


def owner_reference(api: Api, name: str, uid: str, *, controller: bool = True) -> dict[str, Any]:
    version = f"{api.group}/{api.version}" if api.group else api.version
    return {"apiVersion": version, "kind": api.object_kind, "name": name, "uid": uid, "controller": controller}


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass(slots=True)
class Answer:
    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def status(code: int, reason: str, message: str, **details: Any) -> Answer:
    return Answer({"kind": "Status", "code": code, "reason": reason, "message": message, "details": details}, code)


class ApiServer:
    """Answers each path with what it was given: the answers in order, the last one again and again."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.requests: list[Request] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Stay silent."""

            def answer(self) -> None:
                parts = urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                query = {key: values[0] for key, values in parse_qs(parts.query).items()}
                outer.requests.append(Request(self.command, parts.path, query, dict(self.headers), body))
                prepared = outer.answers.get(parts.path)
                if prepared is None:
                    given = status(404, "NotFound", "the server could not find the requested resource")
                else:
                    given = prepared.pop(0) if len(prepared) > 1 else prepared[0]
                content = given.body if isinstance(given.body, bytes) else json.dumps(given.body).encode()
                self.send_response(given.status)
                for name, value in {"Content-Length": str(len(content)), **given.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def kubeconfig(self) -> str:
        return kubeconfig_of(self.url)

    def give(self, path: str, *answers: Any) -> None:
        self.answers[path] = [answer if isinstance(answer, Answer) else Answer(answer) for answer in answers]

    def connection(self) -> Connection:
        """Return a connection that does not wait between its attempts."""
        return Connection(self.kubeconfig, pause=lambda _: None)


def kubeconfig_of(url: str, user: Mapping[str, Any] | None = None, **cluster: Any) -> str:
    return json.dumps(
        {
            "clusters": [{"name": "c", "cluster": {"server": url, **cluster}}],
            "users": [{"name": "u", "user": {"token": "secret-token"} if user is None else user}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }
    )
