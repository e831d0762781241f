"""Google's own Python client and plain requests, as the tests of the simulated Google Cloud use them."""

import json
from collections.abc import Callable
from typing import Any, Self

import google.oauth2.credentials
import google_auth_httplib2
import httplib2
import pytest
import requests
from googleapiclient import discovery
from googleapiclient.errors import HttpError

from tests.support.fake_gcp import TOKEN, FakeGCP


class Google:
    """One project of a simulated Google Cloud, through the official client with nothing patched."""

    def __init__(self, gcp: FakeGCP, project: str, token: str = TOKEN) -> None:
        self.gcp = gcp
        self.project = project
        self._token = token
        self._clients: list[Any] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.close()

    def client(self, api: str, version: str = "v1") -> Any:
        """Return the official client of an API."""
        http = google_auth_httplib2.AuthorizedHttp(
            google.oauth2.credentials.Credentials(self._token), http=httplib2.Http(timeout=30)
        )
        options = {"api_endpoint": self.gcp.endpoint_of(api, version)}
        client = discovery.build(api, version, static_discovery=True, client_options=options, http=http)
        self._clients.append(client)
        return client

    def get(self, path: str, **query: Any) -> requests.Response:
        """Send a plain request; the path begins with the API's host."""
        return self.send("GET", path, **query)

    def send(self, http: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        """Send a plain request with a body."""
        headers = {"Authorization": f"Bearer {self._token}"}
        return requests.request(
            http, f"{self.gcp.endpoint}/{path}", json=body, params=query, headers=headers, timeout=30
        )


def refused(call: Callable[[], Any]) -> tuple[int, str, str]:
    """Return status, reason and message of the error that the official client raises."""
    with pytest.raises(HttpError) as caught:
        call()
    return caught.value.status_code, str(_reason(caught.value)), str(caught.value.reason)


def _reason(error: HttpError) -> Any:
    content = json.loads(error.content)["error"]
    inner = content.get("errors")
    return inner[0]["reason"] if inner else content.get("status")


def finished(poll: Callable[[], Any]) -> dict[str, Any]:
    """Poll an operation until it is done and return it."""
    for _ in range(20):
        operation = poll().execute()
        if operation.get("done") or operation.get("status") == "DONE":
            return dict(operation)
    raise AssertionError(f"the operation does not end: {operation}")
