"""A door in front of the simulated AWS that answers some calls by itself: refused, throttled, cut short, looping."""

import http.client
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request: the operation (`DescribeVolumes`), for REST the method and the path, and its text."""

    operation: str
    text: str


@dataclass(frozen=True)
class Answer:
    """What the door answers instead."""

    status: int
    body: str
    content_type: str = "text/xml"


def refused(code: str = "AccessDenied", status: int = 403, message: str = "not for you") -> Answer:
    """Give a refusal as services with XML write it."""
    return Answer(
        status,
        f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        f"<Error><Code>{code}</Code><Message>{message}</Message></Error><RequestId>r-1</RequestId></Response>",
    )


RESET = Answer(0, "")
"""No answer at all: the connection is reset."""
PROXY_PAGE = Answer(502, "<html><body>Bad gateway</body></html>", "text/html")


@dataclass
class Door:
    """Rules are asked in their order; the first that gives an answer is taken, else the simulated AWS answers.

    Witnesses are called when it has, before the answer is on its way.
    """

    endpoint: str = ""
    asked: list[Asked] = field(default_factory=list)
    rules: list[Callable[[Asked], Answer | None]] = field(default_factory=list)
    witnesses: list[Callable[[Asked], None]] = field(default_factory=list)

    def on(self, operation: str, *answers: Answer, times: int | None = None, holding: str = "") -> None:
        """Answer calls of an operation whose text holds `holding`; the last answer stays, `times`: only so often."""
        left = [times]

        def rule(asked: Asked) -> Answer | None:
            if asked.operation != operation or holding not in asked.text or left[0] == 0:
                return None
            if left[0] is not None:
                left[0] -= 1
            return answers[0]

        self.rules.append(rule)

    def operations(self) -> list[str]:
        """Give the operations that were asked for, in their order."""
        return [asked.operation for asked in self.asked]


@contextmanager
def door_to(target: str) -> Iterator[Door]:
    """Yield a door in front of the endpoint."""
    door, address = Door(), urlsplit(target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(_operation(self, body), f"{self.path} {body.decode(errors='replace')}")
            door.asked.append(asked)
            answer = next((found for rule in list(door.rules) if (found := rule(asked)) is not None), None)
            if answer is None:
                self._pass_on(asked, body)
            elif answer is RESET:
                _reset(self)
            else:
                self._write(answer.status, answer.content_type, answer.body.encode())

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = handle_any  # noqa: N815

        def _pass_on(self, asked: Asked, body: bytes) -> None:
            headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            # Closed also where the client was killed meanwhile.
            with closing(http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)) as connection:
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                told = answer.read()
            for witness in door.witnesses:
                witness(asked)
            self._write(answer.status, answer.headers.get("Content-Type", ""), told, answer.headers)

        def _write(self, status: int, content_type: str, body: bytes, more: Any = None) -> None:
            self.send_response(status)
            for name, value in (more or {}).items():
                if name.lower().startswith("x-amz") or name.lower() in ("etag", "location"):
                    self.send_header(name, value)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    door.endpoint = f"http://127.0.0.1:{server.server_port}"
    try:
        yield door
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    # More than ask at once: with the usual five, a busy machine drops connections, which clients count and try again.
    request_queue_size = 128

    def handle_error(self, *_: Any) -> None:
        """Say nothing of clients that were killed."""


def _reset(request: BaseHTTPRequestHandler) -> None:
    # To linger for no time is to say nothing more, not even that this is the end.
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.close_connection = True


def _operation(request: BaseHTTPRequestHandler, body: bytes) -> str:
    target = request.headers.get("X-Amz-Target", "")
    if target:
        return target.rsplit(".", 1)[-1]
    action = parse_qs(body.decode(errors="replace")).get("Action")
    if action:
        return action[0]
    path = urlsplit(request.path)
    keys = "&".join(pair.split("=")[0] for pair in path.query.split("&") if pair)
    return f"{request.command} {path.path}" + (f"?{keys}" if keys else "")
