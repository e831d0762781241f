"""fake-gcs-server, another project's idea of Cloud Storage, in place of the simulation of that API.

It answers buckets and objects, and nothing else of Google: the project, its enabled APIs and its tags come from
`FakeGCP`, in front of it. It keeps no labels of buckets. Two of its answers are not Google's, and are passed on as
Google gives them: 412 for a bucket that is not empty, and the text `null` for a deletion.
"""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import orjson
import requests

from tests.support.fake_gcp.errors import Refusal
from tests.support.fake_gcp.gateway import Arrival
from tests.support.go_program import built_program
from tests.support.processes import ProcessGroup, free_port

MODULE = Path(__file__).with_name("fakegcsserver")
_NOT_EMPTY = Refusal("ABORTED", "The bucket you tried to delete is not empty.", reason="conflict")
"""https://cloud.google.com/storage/docs/json_api/v1/status-codes#409-conflict"""


@dataclass(frozen=True)
class FakeGCS:
    """The running server."""

    endpoint: str

    def answer(self, arrival: Arrival) -> tuple[int, bytes]:
        """Pass a request on, and the answer back."""
        address = urlsplit(self.endpoint)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        try:
            headers = {"Content-Type": "application/json"}
            connection.request(arrival.http, arrival.target, arrival.body or None, headers)
            response = connection.getresponse()
            status, content = response.status, response.read()
        finally:
            connection.close()
        if arrival.http != "DELETE":
            return status, content
        if status == http.client.PRECONDITION_FAILED:
            return _NOT_EMPTY.http_status, orjson.dumps(_NOT_EMPTY.body("storage"))
        return status, b"" if status == http.client.OK else content

    def make_bucket(self, name: str, project: str, *, versioned: bool = False) -> None:
        """Create a bucket."""
        body = {"name": name, "versioning": {"enabled": versioned}}
        self._post("storage/v1/b", {"project": project}, body)

    def upload(self, bucket: str, name: str, content: str = "x") -> None:
        """Create an object, or a new version of it."""
        self._post(f"upload/storage/v1/b/{bucket}/o", {"uploadType": "media", "name": name}, content)

    def has_bucket(self, name: str) -> bool:
        """Tell whether a bucket exists."""
        return requests.get(f"{self.endpoint}/storage/v1/b/{quote(name)}", timeout=30).ok

    def _post(self, path: str, query: dict[str, str], body: object) -> None:
        content = body if isinstance(body, str) else orjson.dumps(body)
        requests.post(f"{self.endpoint}/{path}", content, params=query, timeout=30).raise_for_status()


@contextmanager
def fake_gcs() -> Iterator[FakeGCS]:
    """Start the server, with all objects in memory; raise ToolchainError where it cannot be built."""
    program = built_program("fake-gcs-server", MODULE, "github.com/fsouza/fake-gcs-server")
    with ProcessGroup("fake-gcs") as processes:
        server = FakeGCS(f"http://127.0.0.1:{(port := free_port())}")
        command = [str(program), "-scheme=http", "-host=127.0.0.1", f"-port={port}", "-backend=memory"]
        processes.start("fake-gcs-server", command)
        processes.wait_ready("fake-gcs-server", lambda: _answers(server.endpoint))
        yield server


def _answers(endpoint: str) -> bool:
    try:
        return requests.get(f"{endpoint}/_internal/healthcheck", timeout=5).ok
    except requests.ConnectionError:
        return False
