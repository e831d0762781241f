"""A simulated Google Cloud over HTTP on loopback, driven by Google's own discovery documents.

Every API is served under one port. Paths of several APIs collide (`v1/projects/…`), so an address names the API:

- by its host as the first path element, `http://127.0.0.1:PORT/redis.googleapis.com/v1/projects/…`:
  the form of a client that has one endpoint for all APIs, endpoint + "/" + host + "/" + path;
- by the Host header, where it names a host of Google's;
- by the path alone where it begins with the API's name: `compute/v1/…`, `storage/v1/…`, `bigquery/v2/…`, `dns/v1/…`.

The official client takes `client_options={"api_endpoint": gcp.endpoint_of("redis", "v1")}`.
Access tokens come from `http://127.0.0.1:PORT/token` for the key files of `gcp.key_file(…)`, or are given: `TOKEN`.

The simulation knows no row of the provider: paths, parameters, bodies and answers come from the documents,
what Google refuses and does by itself comes from the tables of `references`, `protections` and `side_effects`.
"""

from tests.support.fake_gcp.cloud import TOKEN, FakeGCP
from tests.support.fake_gcp.errors import Refusal

__all__ = ["TOKEN", "FakeGCP", "Refusal"]
