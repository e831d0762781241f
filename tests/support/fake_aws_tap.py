"""Stands before the simulated AWS: notes every call, and fails those that a test wants to see failing.

A WSGI application around another. What it is told arrives under `/tagwarden/`, see `Tap.__call__`; everything else is
a call of an AWS client. A call is known by the signing name of its service (`states` for Step Functions), its region
and its operation, which is read from the request as each of AWS's protocols writes it.
"""

import io
import json
import re
import threading
import urllib.parse
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import botocore.session

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([^/]*)/([^/]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class Call:
    """One request of an AWS client; `operation` is empty where the request is none that botocore knows."""

    service: str
    region: str
    operation: str


@dataclass(slots=True)
class Fault:
    """Fail the calls of an operation, in all regions when `region` is empty, `times` times, for ever when negative."""

    service: str
    operation: str
    region: str
    code: str
    status: int
    times: int

    def hits(self, call: Call) -> bool:
        """Say whether the call is to fail, and count it."""
        meant = self.times and (self.service, self.operation) == (call.service, call.operation)
        if not meant or self.region not in {"", call.region}:
            return False
        self.times -= 1
        return True


class Tap:
    """The application around the application; safe for many threads."""

    def __init__(self, application: Application) -> None:
        """Note and fail nothing yet."""
        self._application = application
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._faults: list[Fault] = []

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request.

        `POST /tagwarden/faults` adds a Fault given as JSON, `DELETE` forgets all; `GET /tagwarden/calls` returns the
        calls since the last `DELETE` of them.
        """
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path.startswith("/tagwarden/"):
            return self._answer(f"{method} {path}", _body(environ), start_response)
        call = read_call(environ)
        with self._lock:
            if call is not None:
                self._calls.append(call)
            fault = next((each for each in self._faults if call is not None and each.hits(call)), None)
        if fault is None:
            return self._application(environ, start_response)
        return _fail(fault, environ, start_response)

    def _answer(self, request: str, body: bytes, start_response: StartResponse) -> Iterable[bytes]:
        with self._lock:
            answer: object = {}
            match request:
                case "POST /tagwarden/faults":
                    self._faults.append(Fault(**json.loads(body)))
                case "DELETE /tagwarden/faults":
                    self._faults.clear()
                case "GET /tagwarden/calls":
                    answer = [asdict(call) for call in self._calls]
                case "DELETE /tagwarden/calls":
                    self._calls.clear()
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]


def read_call(environ: Environ) -> Call | None:
    """Return what a request asks for, or None when it is not signed by an AWS client."""
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if scope is None:
        return None
    region, service = scope.groups()
    return Call(service, region, _operation(service, environ))


def _operation(service: str, environ: Environ) -> str:
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        form = urllib.parse.parse_qs(_body(environ).decode())
        return form.get("Action", [""])[0]
    path = environ["PATH_INFO"].rstrip("/") or "/"
    query = urllib.parse.parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True).keys()
    fitting = [
        (len(words), len(pattern.pattern), -len(operation), operation)
        for method, pattern, words, operation in _routes(service)
        if method == environ["REQUEST_METHOD"] and words <= query and pattern.fullmatch(path)
    ]
    # The more a route says of the request, the better it fits: GET /bucket?tagging is no ListObjects. Of equals the
    # plainest name: GET / is ListBuckets, and ListDirectoryBuckets is signed for another service.
    return max(fitting, default=(0, 0, 0, ""))[-1]


@cache
def _routes(signing_name: str) -> list[tuple[str, re.Pattern[str], frozenset[str], str]]:
    """Return method, path, words of the query and name of each operation of the REST services signed like this."""
    session = botocore.session.get_session()
    routes = []
    for name in session.get_available_services():
        # Loading every model takes a minute; the names of the two that differ are these.
        if name not in {signing_name, {"elasticfilesystem": "efs"}.get(signing_name), f"{signing_name}v2"}:
            continue
        model = session.get_service_model(name)
        for operation in model.operation_names:
            http = model.operation_model(operation).http
            path, _, query = str(http.get("requestUri", "/")).partition("?")
            parts = (_pattern(part) for part in re.split(r"(\{[^}]+\})", path.rstrip("/") or "/"))
            words = frozenset(urllib.parse.parse_qs(query, keep_blank_values=True)) - {"x-id"}
            routes.append((str(http.get("method", "POST")), re.compile("".join(parts)), words, operation))
    return routes


def _pattern(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    return ".+" if part.endswith("+}") else "[^/]+"


def _body(environ: Environ) -> bytes:
    """Return the body, and put it back for whoever reads it next."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _fail(fault: Fault, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with an error in the protocol of the request, which every client of that protocol reads."""
    _body(environ)
    message = f"{fault.operation} fails because a test wants it to"
    error = f"<Error><Code>{fault.code}</Code><Message>{message}</Message></Error>"
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        ec2 = fault.service == "ec2"
        text = f"<Response><Errors>{error}</Errors></Response>" if ec2 else f"<ErrorResponse>{error}</ErrorResponse>"
    elif fault.service in {"s3", "route53"}:
        text = error if fault.service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>"
    else:
        text = json.dumps({"__type": fault.code, "message": message})
    start_response(f"{fault.status} Failed", [("Content-Type", "text/plain"), ("x-amzn-errortype", fault.code)])
    return [text.encode()]
