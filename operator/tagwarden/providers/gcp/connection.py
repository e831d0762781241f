"""Sends requests to Google's APIs: one session for each thread, with credentials, retries and counts.

Requests are built from the rows, which come from Google's own descriptions; the official client builds the same ones
(a test compares them) and takes several times the processor time.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import AuthorizedSession, Request
from requests.adapters import HTTPAdapter

from tagwarden import __version__
from tagwarden.errors import CredentialsInvalid, ServerFault, Throttled, Unreachable
from tagwarden.model.messages import provider_messages as messages
from tagwarden.providers.catalogue.paging import follow_pages
from tagwarden.providers.catalogue.request_totals import RequestTotals
from tagwarden.providers.gcp.faults import fault_of
from tagwarden.providers.gcp.pace import FIRST_PAUSE, LONGEST_PAUSE, Pace

Json = dict[str, Any]

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
ATTEMPTS = 5
"""Attempts of a read that fails by a fault of the server."""
_THROTTLED_ATTEMPTS = 8
"""Attempts of a throttled read: their pauses add up to the minute after which Google counts anew."""
_WRITE_ATTEMPTS = 3
"""Attempts of a throttled write, few because a permission to write may end meanwhile."""
_LATEST_WRITE = 10.0
"""Maximum seconds between the last read of a resource and a write that rests on the read (S5, S17)."""
_TIMEOUT = (10.0, 60.0)
_HOSTS = 32
"""Hosts to which a thread keeps its connection."""
_AGENT = f"tagwarden/{__version__} (gzip)"
"""Google compresses responses only for agents that name gzip: https://cloud.google.com/storage/docs/json_api/v1/how-tos/performance"""
_REQUEST_ID = "x-guploader-uploadid"


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request; `operation` is the method as Google names it."""

    method: str
    host: str
    path: str
    operation: str
    params: Mapping[str, str] | None = None
    body: Json | None = None
    headers: Mapping[str, str] | None = None


class Connection:
    """Requests with one identity; shared by threads, each with its own connections, all at one pace.

    `endpoint` receives the requests of every API instead of its own host, each with that host in the header `Host`.

    Reads are repeated after throttling and faults of the server, writes only after throttling: whether a write arrived
    is otherwise unknown. Raises a `ProviderError` for every failure.
    """

    def __init__(
        self, credentials: Credentials, endpoint: str = "", sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._credentials = credentials
        self._endpoint = endpoint.rstrip("/")
        self._sleep = sleep
        self._pace = Pace(sleep)
        self._sessions = threading.local()
        self._refreshing = threading.Lock()
        self.totals = RequestTotals({"429", "rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
        self.answered_at = ""
        """The `Date` header of the latest response."""

    @property
    def caller(self) -> str:
        """The e-mail address of the identity; empty where the credentials do not tell it."""
        return str(getattr(self._credentials, "service_account_email", "") or "")

    def get(
        self,
        host: str,
        path: str,
        params: Mapping[str, str] | None = None,
        operation: str = "",
        *,
        body: Json | None = None,
    ) -> Json:
        """Read, with repetitions; with a body by POST, as a few methods that read want it."""
        sent = _Sent("GET" if body is None else "POST", host, path, operation, params, body)
        pause = FIRST_PAUSE
        for _ in range(ATTEMPTS - 1):
            try:
                return self._paced(sent, _THROTTLED_ATTEMPTS)
            except (Unreachable, ServerFault):
                self._sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        return self._paced(sent, _THROTTLED_ATTEMPTS)

    def write(
        self,
        method: str,
        host: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Json | None = None,
        headers: Mapping[str, str] | None = None,
        operation: str = "",
    ) -> Json:
        """Write once, and again only when Google asked to slow down; raise Throttled rather than write too late."""
        latest = time.monotonic() + _LATEST_WRITE
        return self._paced(_Sent(method, host, path, operation, params, body, headers), _WRITE_ATTEMPTS, latest)

    def pages(
        self, host: str, path: str, params: Mapping[str, str] | None = None, operation: str = ""
    ) -> Iterator[Json]:
        """Read every page of a listing."""

        def fetch(token: str | None) -> Json:
            asked = {**(params or {}), "pageToken": token} if token else params
            return self.get(host, path, asked, operation)

        return follow_pages(fetch, lambda page: page.get("nextPageToken") or None, operation, "Google Cloud")

    def _paced(self, sent: _Sent, attempts: int, latest: float = float("inf")) -> Json:
        """Send at the common pace, and again what Google throttled."""
        for attempt in range(1, attempts + 1):
            turn = self._pace.take_turn(sent.host, latest)
            try:
                found = self._send(sent)
            except Throttled:
                self._pace.throttled(sent.host, turn, self._told_pause())
                if attempt == attempts:
                    raise
            else:
                self._pace.went_well(sent.host)
                return found
        raise AssertionError("every attempt returns or raises")

    def _told_pause(self) -> float:
        """Give the seconds of the header `Retry-After` of this thread's latest response."""
        told: str = getattr(self._sessions, "retry_after", "")
        return float(told) if told.isdigit() else 0.0

    def _send(self, sent: _Sent) -> Json:
        url = f"{self._endpoint or f'https://{sent.host}'}/{sent.path}"
        headers = dict(sent.headers or {})
        if self._endpoint:
            headers["Host"] = sent.host
        if sent.body is not None:
            headers["Content-Type"] = "application/json"
        # Some services have a host for each location, such as `europe-west1-cloudresourcemanager.googleapis.com`.
        service = sent.host.removesuffix(".googleapis.com").rpartition("-")[2]
        operation = sent.operation
        began = time.monotonic()
        code = "unreachable"
        try:
            response = self._session.request(  # type: ignore[no-untyped-call]
                sent.method,
                url,
                params=sent.params,
                data=orjson.dumps(sent.body) if sent.body is not None else None,
                headers=headers,
                timeout=_TIMEOUT,
                allow_redirects=False,
            )
            code = str(response.status_code)
            self.answered_at = response.headers.get("Date", self.answered_at)
            self._sessions.retry_after = response.headers.get("Retry-After", "")
            if not response.ok:
                fault = fault_of(
                    response.status_code, response.content, operation, response.headers.get(_REQUEST_ID, "")
                )
                code = fault.code or code
                raise fault
            return _parsed(response.content, operation)
        except TransportError as error:
            raise Unreachable(str(error), operation=operation) from error
        except GoogleAuthError as error:
            raise CredentialsInvalid(str(error), operation=operation) from error
        except requests.RequestException as error:
            raise Unreachable(f"{type(error).__name__}: {error}", operation=operation) from error
        finally:
            self.totals.add(service, operation, code, time.monotonic() - began)

    @property
    def _session(self) -> AuthorizedSession:
        session = getattr(self._sessions, "session", None)
        if session is None:
            session = AuthorizedSession(self._credentials, max_refresh_attempts=1)  # type: ignore[no-untyped-call]
            session.trust_env = False
            session.headers["User-Agent"] = _AGENT
            session.mount("https://", HTTPAdapter(pool_connections=_HOSTS, pool_maxsize=1))
            self._sessions.session = session
        with self._refreshing:
            if not self._credentials.valid:
                try:
                    self._credentials.refresh(Request())  # type: ignore[no-untyped-call]
                except TransportError as error:
                    raise Unreachable(str(error), operation="refresh the access token") from error
                except GoogleAuthError as error:
                    raise CredentialsInvalid(str(error), operation="refresh the access token") from error
        return session


def _parsed(content: bytes, operation: str) -> Json:
    if not content:
        return {}
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Unreachable(messages.NO_JSON(error=error), operation=operation) from error
    if not isinstance(found, dict):
        raise Unreachable(messages.NO_JSON_OBJECT(), operation=operation)
    return found
