"""From an HTTP request line to the method that a discovery document names for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.fake_gcp.documents import Document, Method, document, versions
from tests.support.fake_gcp.errors import Refusal

HOST_SUFFIX = ".googleapis.com"


@dataclass(frozen=True, slots=True)
class Address:
    """A request's address: API, path below the host without a leading slash, and query."""

    api: str
    path: str
    query: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and the values of its path parameters."""

    method: Method
    values: Mapping[str, str]


def address_of(target: str, host_header: str) -> Address:
    """Read a request target; the first path element, else the Host header, names the API.

    Raises Refusal where several APIs or none have the path.
    """
    parts = urlsplit(target)
    path = parts.path.lstrip("/")
    query = {name: tuple(values) for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    first, _, rest = path.partition("/")
    if first.endswith(HOST_SUFFIX):
        return Address(_api(first), rest, query)
    host = host_header.partition(":")[0]
    if host.endswith(HOST_SUFFIX) and host != f"www{HOST_SUFFIX}":
        return Address(_api(host), path, query)
    if first in versions():  # compute/v1/…, storage/v1/…, bigquery/v2/…, dns/v1/…
        return Address(first, path, query)
    raise Refusal(
        "NOT_FOUND",
        f"/{path} belongs to several APIs; write the API's host before it: /redis.googleapis.com/{path}",
    )


def route(api: str, http: str, path: str) -> Route:
    """Return the method of a path; raises Refusal (404), as Google for an address that no method has."""
    found = _route(api, http, path)
    if found is None:
        raise Refusal("NOT_FOUND", f"The requested URL /{path} was not found on this server ({http} {api}).")
    return found


@lru_cache(maxsize=65536)
def _route(api: str, http: str, path: str) -> Route | None:
    for each in _candidates(api, path):
        for method in each.by_http.get(http, ()):
            if match := method.pattern.fullmatch(path):
                values = [unquote(value) for value in match.groups()]
                return Route(method, dict(zip(method.path_parameters, values, strict=True)))
    return None


def _candidates(api: str, path: str) -> list[Document]:
    """Return the documents whose version the path names; an API's version stands in its path."""
    head = path.split("/", 3)[:3]
    return [document(api, version) for version in versions().get(api, ()) if version in head]


def _api(host: str) -> str:
    """Return the API of a host, also of a regional one such as compute.europe-west1.rep.googleapis.com."""
    name = host.removesuffix(HOST_SUFFIX).removesuffix(".rep").split(".")[0]
    zonal = [api for api in versions() if name.endswith(f"-{api}")]  # europe-west1-aiplatform.googleapis.com
    if name not in versions() and not zonal:
        raise Refusal("NOT_FOUND", f"{host} is no API of the discovery documents")
    return name if name in versions() else max(zonal, key=len)
