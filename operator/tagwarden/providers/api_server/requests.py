"""Counts requests to an API server by API group, method and status."""

from tagwarden.providers.catalogue.request_totals import RequestTotals

TOO_MANY = "429"

_CORE_GROUP = "core"


class RequestCounter(RequestTotals):
    """Counts the requests of one connection; the service is the API group, the operation the HTTP method."""

    def __init__(self) -> None:
        super().__init__((TOO_MANY,))

    def count(self, method: str, path: str, code: str, seconds: float) -> None:
        """Count a request with its response status, or the name of its error."""
        self.add(_group_of(path), method, code, seconds)


def _group_of(path: str) -> str:
    """Name the API group of a path such as /apis/apps/v1/deployments."""
    parts = path.strip("/").split("/")
    return parts[1] if parts[0] == "apis" and len(parts) > 1 else _CORE_GROUP
