"""Faults on demand: what Google's APIs do on a bad day."""

import time
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from tests.support.fake_gcp.errors import Refusal, error_info


@dataclass(slots=True)
class Fault:
    """A refusal of the methods that a pattern such as "redis.*.list" names, some times or until `heal`."""

    pattern: str
    refusal: Refusal
    times: int = -1


@dataclass(slots=True)
class Faults:
    """The faults that are in force; patterns are of method ids, `*` stands for anything."""

    refusals: list[Fault] = field(default_factory=list)
    inside: list[Fault] = field(default_factory=list)  # errors of operations
    unreachable: list[tuple[str, str]] = field(default_factory=list)  # pattern, location
    repeated_tokens: list[str] = field(default_factory=list)
    delays: list[tuple[str, float]] = field(default_factory=list)  # pattern, seconds
    denied: set[str] = field(default_factory=set)  # permissions

    def refuse(self, method_id: str) -> None:
        """Raise the Refusal that is due, if any."""
        _raise_due(self.refusals, method_id)

    def refuse_inside(self, method_id: str) -> None:
        """Raise the Refusal that is due inside the operation, if any."""
        _raise_due(self.inside, method_id)

    def unreachable_places(self, method_id: str) -> frozenset[str]:
        """Return the zones, regions and locations that a listing cannot reach."""
        return frozenset(place for pattern, place in self.unreachable if fnmatchcase(method_id, pattern))

    def repeats_token(self, method_id: str) -> bool:
        """Tell whether a listing answers the same page token for ever."""
        return any(fnmatchcase(method_id, pattern) for pattern in self.repeated_tokens)

    def denies(self, permission: str) -> bool:
        """Tell whether callers lack a permission."""
        return any(fnmatchcase(permission, pattern) for pattern in self.denied)

    def wait(self, method_id: str) -> None:
        """Be slow."""
        for pattern, seconds in self.delays:
            if fnmatchcase(method_id, pattern):
                time.sleep(seconds)


def service_disabled(host: str, consumer: str) -> Refusal:
    """Return the refusal of an API that is off in a project, named by its number or id."""
    message = (
        f"{host} has not been used in project {consumer} before or it is disabled. Enable it by visiting "
        f"https://console.developers.google.com/apis/api/{host}/overview?project={consumer} then retry. If you enabled "
        "this API recently, wait a few minutes for the action to propagate to our systems and retry."
    )
    detail = error_info("SERVICE_DISABLED", host, consumer=f"projects/{consumer}", serviceTitle=host)
    return Refusal("PERMISSION_DENIED", message, reason="accessNotConfigured", details=(detail,))


def permission_denied(permission: str, resource: str) -> Refusal:
    """Return the refusal of a caller without a permission."""
    message = f"Permission '{permission}' denied on resource '//{resource}' (or it may not exist)."
    host = f"{permission.partition('.')[0]}.googleapis.com"
    detail = error_info("IAM_PERMISSION_DENIED", host, permission=permission, resource=resource)
    return Refusal("PERMISSION_DENIED", message, details=(detail,))


def throttled(host: str, http: int) -> Refusal:
    """Return the refusal of a caller who is too fast: 429 or, from older APIs, 403."""
    message = f"Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service '{host}'."
    detail = error_info("RATE_LIMIT_EXCEEDED", host, quota_limit="defaultPerMinutePerProject")
    return Refusal("RESOURCE_EXHAUSTED", message, http=http, reason="rateLimitExceeded", details=(detail,))


def unavailable() -> Refusal:
    """Return the answer of a service that is down."""
    return Refusal("UNAVAILABLE", "The service is currently unavailable.")


def _raise_due(faults: list[Fault], method_id: str) -> None:
    for fault in faults:
        if fault.times != 0 and fnmatchcase(method_id, fault.pattern):
            fault.times -= 1
            raise replace(fault.refusal)  # each client gets an error of its own
