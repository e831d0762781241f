"""Sends requests to Google's APIs: one session for each thread, with credentials, retries and counts.

Requests are built from the rows, which come from Google's own descriptions; the official client builds the same ones
(a test compares them) and takes several times the processor time.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import AuthorizedSession, Request

from tagwarden.errors import CredentialsInvalid, ProviderError, ServerFault, Throttled, Unreachable
from tagwarden.providers.catalogue.paging import follow_pages
from tagwarden.providers.catalogue.request_totals import RequestTotals
from tagwarden.providers.gcp.faults import fault_of

Json = dict[str, Any]

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
ATTEMPTS = 5
_PAUSE = 0.5
"""Seconds before the first repetition; each further one takes twice as long."""
_LONGEST_PAUSE = 30.0
_TIMEOUT = (10.0, 60.0)
_REQUEST_ID = "x-guploader-uploadid"


class Connection:
    """Requests with one identity; shared by threads.

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
        self._sessions = threading.local()
        self._refreshing = threading.Lock()
        self.totals = RequestTotals({"429", "rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
        self.answered_at = ""
        """The `Date` header of the latest response."""

    @property
    def caller(self) -> str:
        """The e-mail address of the identity; empty where the credentials do not tell it."""
        return str(getattr(self._credentials, "service_account_email", "") or "")

    def get(self, host: str, path: str, params: Mapping[str, str] | None = None, operation: str = "") -> Json:
        """Read, with repetitions."""
        return self._repeated(
            lambda: self._send("GET", host, path, params, None, operation), Throttled, Unreachable, ServerFault
        )

    def write(
        self,
        method: str,
        host: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Json | None = None,
        operation: str = "",
    ) -> Json:
        """Write once, and again only when Google asked to slow down."""
        return self._repeated(lambda: self._send(method, host, path, params, body, operation), Throttled)

    def pages(
        self, host: str, path: str, params: Mapping[str, str] | None = None, operation: str = ""
    ) -> Iterator[Json]:
        """Read every page of a listing."""

        def fetch(token: str | None) -> Json:
            asked = {**(params or {}), "pageToken": token} if token else params
            return self.get(host, path, asked, operation)

        return follow_pages(fetch, lambda page: page.get("nextPageToken") or None, operation, "Google Cloud")

    def _repeated(self, attempt: Callable[[], Json], *passing: type[ProviderError]) -> Json:
        """Attempt again, after a growing pause, what failed with an error that passes by itself."""
        pause = _PAUSE
        for _ in range(ATTEMPTS - 1):
            try:
                return attempt()
            except passing:
                self._sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        return attempt()

    def _send(
        self, method: str, host: str, path: str, params: Mapping[str, str] | None, body: Json | None, operation: str
    ) -> Json:
        url = f"{self._endpoint or f'https://{host}'}/{path}"
        headers = {"Host": host} if self._endpoint else {}
        service = host.removesuffix(".googleapis.com")
        began = time.monotonic()
        code = "unreachable"
        try:
            response = self._session.request(  # type: ignore[no-untyped-call]
                method,
                url,
                params=params,
                data=orjson.dumps(body) if body is not None else None,
                headers=headers if body is None else {**headers, "Content-Type": "application/json"},
                timeout=_TIMEOUT,
                allow_redirects=False,
            )
            code = str(response.status_code)
            self.answered_at = response.headers.get("Date", self.answered_at)
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
        raise Unreachable(f"the response is not JSON: {error}", operation=operation) from error
    if not isinstance(found, dict):
        raise Unreachable("the response is not a JSON object", operation=operation)
    return found
