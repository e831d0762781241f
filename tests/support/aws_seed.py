"""What a recipe for AWS resources is made of: a region to make them in, a maker and a look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.fake_aws import DEFAULT_LOGIN, FakeAWS, Login

Tags = Mapping[str, str]

Look = Callable[["Region", str], bool]
"""Says whether a resource is there; may also raise the vendor's error for what does not exist."""


@dataclass(slots=True)
class Region:
    """One region of the account, and the network and role that resources are made with."""

    aws: FakeAWS
    name: str
    login: Login = DEFAULT_LOGIN
    subnets: list[str] = field(default_factory=list)
    role: str = ""
    image: str = ""

    def client(self, service: str) -> Any:
        """Return the client of a service."""
        return self.aws.client(service, self.name, self.login)


@dataclass(frozen=True, slots=True)
class Seed:
    """A kind: `make(region, name, tags)` returns the id that `is_there(region, id)` looks for."""

    kind: str
    make: Callable[[Region, str, Tags], str]
    is_there: Look


def pairs(tags: Tags) -> list[dict[str, str]]:
    """Return tags as most services want them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def lower_pairs(tags: Tags) -> list[dict[str, str]]:
    """Return tags as ECS, Step Functions and a few others want them."""
    return [{"key": key, "value": value} for key, value in tags.items()]


def described(service: str, operation: str, parameter: str) -> Look:
    """Look with a call that takes one id and fails for what does not exist."""

    def is_there(region: Region, resource_id: str) -> bool:
        getattr(region.client(service), operation)(**{parameter: resource_id})
        return True

    return is_there


def listed(service: str, operation: str, parameter: str, result: str) -> Look:
    """Look with a call that takes a list of ids and returns what it finds."""

    def is_there(region: Region, resource_id: str) -> bool:
        return bool(getattr(region.client(service), operation)(**{parameter: [resource_id]})[result])

    return is_there
