"""Which endpoints accounts may name besides the vendors' own.

Who answers at an endpoint says whose account this is and what is in it, and may use what is signed for it. Whoever may
write accounts must not choose that alone, so a setting of the operator lists the endpoints (S22).
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
    """A scheme, a host in which `*` stands for any text, and a port, None for any."""

    scheme: str
    host: str
    port: int | None

    @property
    def names_its_host(self) -> bool:
        """Whether it allows one host alone."""
        return "*" not in self.host

    def allows(self, url: str) -> bool:
        """Whether a URL leads there, whatever its path."""
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme)
        except ValueError:
            return False
        host = (parts.hostname or "").lower()
        return parts.scheme == self.scheme and fnmatchcase(host, self.host) and self.port in {port, None}


def read_endpoints(text: str) -> tuple[AllowedEndpoint, ...]:
    """Read the setting: URLs with commas between them; raise BadInput for one that is none."""
    return tuple(_read(part.strip()) for part in text.split(",") if part.strip())


def check_endpoint(account: CloudAccount, allowed: Sequence[AllowedEndpoint]) -> None:
    """Raise EndpointNotAllowed where an account names an endpoint that no setting lists.

    Ambient credentials are those of the operator and not of whoever wrote the account: they only go to a host that is
    listed by its full name.
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
            f"{ENDPOINTS_VARIABLE}: {_shown(text)!r} is no endpoint; write https://HOST or https://HOST:PORT, with *"
            " for any port or within the host"
        )
    scheme, port = found["scheme"], found["port"]
    number = None if port == "*" else int(port) if port else _PORTS[scheme]
    return AllowedEndpoint(scheme, found["host"].strip("[]"), number)


def _shown(url: str) -> str:
    """Give a URL without a login that may stand in it."""
    return re.sub(r"//[^/@]*@", "//", url)
