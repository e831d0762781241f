"""A cluster's API over HTTP: credentials, time limits, retries of reads, and raw JSON."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import orjson
import urllib3
from kubernetes import config
from kubernetes.client import Configuration
from kubernetes.client.rest import RESTClientObject

from tagwarden import __version__
from tagwarden.errors import CredentialsInvalid, ProviderError, ServerFault, Unreachable
from tagwarden.providers.api_server.faults import error_of, error_of_transport, read_refusal
from tagwarden.providers.api_server.kubeconfigs import parse_kubeconfig
from tagwarden.providers.api_server.requests import RequestCounter
from tagwarden.providers.base import Receipt
from tagwarden.providers.dates import instant_of

WORKERS = 8
"""Maximum concurrent requests; the API server's own fairness queues hold far more."""

CONNECT_SECONDS = 5.0
READ_SECONDS = 60.0

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"

# The client has types for only a part of itself.
_load_from_pod: Any = config.load_incluster_config
_load: Any = config.load_kube_config_from_dict

# Pauses before a read is repeated, in seconds. A busy API server asks for one second (`Retry-After`).
PAUSES = (0.5, 1.0, 2.0)
_BUSY = frozenset({429, 500, 502, 503, 504})

# Not urllib3's retries, which would print a warning for each attempt, and repeat writes. Whether a write arrived is
# determined by a read, never by another write.
_ONCE = urllib3.Retry(total=False, redirect=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A request. `operation` is the name in errors: `list pods`."""

    method: str
    path: str
    operation: str
    query: Mapping[str, str] | None = None
    body: Any = None
    content_type: str = JSON
    accept: str = JSON


class Connection:
    """A connection to a cluster; threads may share it."""

    def __init__(
        self, kubeconfig: str | None, pause: Callable[[float], None] = time.sleep, *, is_trusted: bool = False
    ) -> None:
        """Read a kubeconfig (YAML text), or the Pod's own service account without a kubeconfig.

        Only a kubeconfig that `is_trusted` may run programs and name files. `pause` waits for a number of seconds.
        Raises CredentialsInvalid, naming the mistake in the kubeconfig.
        """
        self._pause = pause
        self._configuration = _configuration(kubeconfig, is_trusted=is_trusted)
        self._configuration.connection_pool_maxsize = WORKERS
        self.server = str(self._configuration.host)
        # The official client configures TLS and proxies; its models and retries are not used.
        self._pool = _pool(self._configuration)
        self._authentication = threading.Lock()
        self.counter = RequestCounter()
        self.answered_at: datetime | None = None
        """Time of the last response, by the API server's clock; None before the first, or without a date."""

    @property
    def api_calls(self) -> int:
        """The number of requests so far."""
        return self.counter.total

    def send(self, call: Call) -> Any:
        """Make a request and give the JSON of the response; every failure is a ProviderError."""
        return self._read(self._accepted(call), call)

    def write(self, call: Call) -> Receipt:
        """Make a write request, and give the id in the audit log."""
        answer = self._accepted(call)
        self._read(answer, call)
        return Receipt(answer.headers.get("Audit-Id", ""))

    def _accepted(self, call: Call) -> urllib3.BaseHTTPResponse:
        answer = self._send(call)
        if answer.status >= 300:
            refusal = read_refusal(answer.status, answer.data)
            raise error_of(refusal, operation=call.operation, request_id=answer.headers.get("Audit-Id", ""))
        return answer

    def _read(self, answer: urllib3.BaseHTTPResponse, call: Call) -> Any:
        try:
            return orjson.loads(answer.data)
        except orjson.JSONDecodeError:
            raise ServerFault(f"{self.server} returned a response that is not JSON", operation=call.operation) from None

    def _send(self, call: Call) -> urllib3.BaseHTTPResponse:
        """Send a request; retry a read after each pause while the server is busy or does not respond."""
        for pause in PAUSES if call.method == "GET" else ():
            try:
                answer = self._send_once(call)
            except Unreachable:
                self._pause(pause)
                continue
            if answer.status not in _BUSY:
                return answer
            self._pause(pause)
        return self._send_once(call)

    def _send_once(self, call: Call) -> urllib3.BaseHTTPResponse:
        headers = {"Accept": call.accept, "User-Agent": f"tagwarden/{__version__}", **self._authorization(call)}
        body = None
        if call.body is not None:
            body = orjson.dumps(call.body)
            headers["Content-Type"] = call.content_type
        url = self.server + call.path + (f"?{urlencode(call.query)}" if call.query else "")
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        code, began = "", time.monotonic()
        try:
            answer = self._pool.request(call.method, url, body=body, headers=headers, retries=_ONCE, timeout=timeout)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            code = type(error).__name__
            raise error_of_transport(error, server=self.server, operation=call.operation) from error
        else:
            code = str(answer.status)
            self.answered_at = instant_of(answer.headers.get("Date"))
            return answer
        finally:
            self.counter.count(call.method, call.path, code, time.monotonic() - began)

    def _authorization(self, call: Call) -> dict[str, str]:
        # The lock: only one thread renews an expired token, possibly by running a program.
        try:
            with self._authentication:
                settings: Mapping[str, Any] = self._configuration.auth_settings()
        except ProviderError:
            raise
        except Exception as error:  # any exception of a kubeconfig's plugin
            raise CredentialsInvalid(f"cannot renew the token: {error}", operation=call.operation) from error
        return {str(setting["key"]): str(setting["value"]) for setting in settings.values() if setting["value"]}


def _pool(configuration: Configuration) -> urllib3.PoolManager:
    if not configuration.verify_ssl:
        # The kubeconfig requests this (`insecure-skip-tls-verify`): a warning for each request would add nothing.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    try:
        pool: urllib3.PoolManager = RESTClientObject(configuration).pool_manager
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise CredentialsInvalid(f"invalid kubeconfig: {error}") from error
    return pool


def _configuration(kubeconfig: str | None, *, is_trusted: bool) -> Configuration:
    configuration = Configuration()
    try:
        if kubeconfig is None:
            _load_from_pod(client_configuration=configuration)
        else:
            _load(
                parse_kubeconfig(kubeconfig, is_trusted=is_trusted),
                client_configuration=configuration,
                persist_config=False,
            )
    except CredentialsInvalid:
        raise
    except config.ConfigException as error:
        if kubeconfig is None:
            raise CredentialsInvalid(
                f"no kubeconfig given, and not running in a Pod; set KUBECONFIG, or write --kubeconfig FILE ({error})"
            ) from error
        raise CredentialsInvalid(f"the kubeconfig: {error}") from error
    except Exception as error:  # the loader trips over wrong types and wrong base64 in its own ways
        raise CredentialsInvalid(f"the kubeconfig cannot be used: {error or type(error).__name__}") from error
    return configuration
