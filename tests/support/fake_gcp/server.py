"""The HTTP server on loopback: keeps connections, answers the token endpoint, hands the rest to the gateway."""

import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import orjson

from tests.support.fake_gcp import metadata
from tests.support.fake_gcp.gateway import Arrival, Gateway
from tests.support.fake_gcp.metadata import ROOT, Machine
from tests.support.fake_gcp.tokens import Tokens

TOKEN_PATHS = frozenset({"/token", "/oauth2.googleapis.com/token", "/sts.googleapis.com/v1/token"})


class Server:
    """A server for one gateway, in threads of this process."""

    def __init__(self, gateway: Gateway, tokens: Tokens, machine: Callable[[], Machine | None]) -> None:
        """Listen at once, on a free port of 127.0.0.1."""
        lock = threading.Lock()

        class Handler(_Handler):
            def answered(self, body: bytes) -> tuple[int, bytes]:
                if self.path == "/" or self.path.startswith(ROOT):
                    status, answer = metadata.answer(machine(), tokens, self.path)
                    return status, answer.encode() if isinstance(answer, str) else orjson.dumps(answer)
                if self.path in TOKEN_PATHS and self.command == "POST":
                    status, answer = tokens.exchange(dict(parse_qsl(body.decode())))
                    return status, orjson.dumps(answer)
                arrival = _arrival(self, body)
                gateway.delay(arrival)
                if other := gateway.other(arrival):
                    return other(arrival)
                with lock:
                    return gateway.answer(arrival)

        self._server = _QuietServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def endpoint(self) -> str:
        """The URL without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """End it and its connections."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else headers and body wait for each other
    wbufsize = -1

    def answered(self, body: bytes) -> tuple[int, bytes]:
        raise NotImplementedError

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        status, content = self.answered(self.rfile.read(length) if length else b"")
        status = 204 if status == 200 and not content else status
        self.send_response(status)
        kind = "application/json" if content[:1] in b"{[" else "application/text"  # texts of the metadata server
        self.send_header("Content-Type", f"{kind}; charset=UTF-8")
        if self.path == "/" or self.path.startswith(ROOT):
            self.send_header("Metadata-Flavor", "Google")
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - http.server looks for these names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server names it
        """Say nothing: the calls are in the log."""


def _arrival(handler: BaseHTTPRequestHandler, body: bytes) -> Arrival:
    headers = handler.headers
    http, target = handler.command, handler.path
    override = headers.get("X-HTTP-Method-Override")  # long queries come as a form
    if override:
        http, target, body = override, f"{target}?{body.decode()}", b""
    authorization, if_match = headers.get("Authorization", ""), headers.get("If-Match", "")
    return Arrival(http, target, headers.get("Host", ""), authorization, body, if_match)
