"""The endpoints that accounts may name besides the vendors' own.

The server at an endpoint states the account's identity and resources, and may reuse signed requests. Authors of
accounts must not choose an endpoint alone, so a setting of the operator lists the endpoints (S22).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from tagwarden.errors import BadInput, EndpointNotAllowed
from tagwarden.model.account import CloudAccount

ENDPOINTS_VARIABLE = "TAGWARDEN_ALLOWED_ENDPOINTS"
_PATTERN = re.compile(r"(?P<scheme>https?)://(?P<host>[a-z0-9.*-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]+|\*))?/?")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class AllowedEndpoint:
    """A scheme, a host with `*` for any text, and a port, None for any."""

    scheme: str
    host: str
    port: int | None

    @property
    def names_its_host(self) -> bool:
        """Whether the entry allows only one host."""
        return "*" not in self.host

    def allows(self, url: str) -> bool:
        """Whether a URL matches, regardless of the path."""
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme)
        except ValueError:
            return False
        host = (parts.hostname or "").lower()
        return parts.scheme == self.scheme and fnmatchcase(host, self.host) and self.port in {port, None}


def read_endpoints(text: str) -> tuple[AllowedEndpoint, ...]:
    """Parse the setting: comma-separated URLs; raise BadInput for an invalid URL."""
    return tuple(_read(part.strip()) for part in text.split(",") if part.strip())


def check_endpoint(account: CloudAccount, allowed: Sequence[AllowedEndpoint]) -> None:
    """Raise EndpointNotAllowed when an account names an endpoint that the setting does not list.

    Ambient credentials belong to the operator, not to the author of the account: they are only sent to a host listed by
    its full name.
    """
    block = account.spec.aws or account.spec.gcp
    url = block.endpoint_url if block is not None else None
    if block is None or url is None:
        return
    matching = [each for each in allowed if each.allows(url)]
    if not matching:
        raise EndpointNotAllowed(
            f"account {account.name}: endpointURL {_shown(url)} is not allowed; add it to {ENDPOINTS_VARIABLE}"
            " (operator.allowedEndpoints of the chart), or remove endpointURL"
        )
    if block.credentials_secret is None and not any(each.names_its_host for each in matching):
        raise EndpointNotAllowed(
            f"account {account.name}: ambient credentials are not sent to endpointURL {_shown(url)}; name a"
            f" credentialsSecret, or list the host in full in {ENDPOINTS_VARIABLE}"
        )


def _read(text: str) -> AllowedEndpoint:
    found = _PATTERN.fullmatch(text.lower())
    if found is None:
        raise BadInput(
            f"{ENDPOINTS_VARIABLE}: {_shown(text)!r} is not an endpoint; write https://HOST or https://HOST:PORT,"
            " with * for any port or within the host"
        )
    scheme, port = found["scheme"], found["port"]
    number = None if port == "*" else int(port) if port else _PORTS[scheme]
    return AllowedEndpoint(scheme, found["host"].strip("[]"), number)


def _shown(url: str) -> str:
    """Give a URL without the login."""
    return re.sub(r"//[^/@]*@", "//", url)
