"""The state of the simulated cloud, and a request as its handlers see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from tests.support.fake_gcp.documents import Method
from tests.support.fake_gcp.faults import Faults
from tests.support.fake_gcp.operations import Operations
from tests.support.fake_gcp.store import Record, Store
from tests.support.fake_gcp.tokens import Tokens


@dataclass(slots=True)
class State:
    """Everything that requests read and change."""

    store: Store
    operations: Operations
    faults: Faults
    tokens: Tokens
    clock: Callable[[], datetime]
    page_size: int = 0  # where a request states none; 0 is the one that the document states
    tag_bindings: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by full resource name
    bindings: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # of the policies of projects, by their ids
    liens: list[dict[str, Any]] = field(default_factory=list)
    inventory: list[Record] | None = None  # the resources of an earlier time, where Cloud Asset Inventory lags


@dataclass(frozen=True, slots=True)
class Request:
    """A request that its discovery document accepts."""

    method: Method
    values: Mapping[str, str]  # of the path parameters
    path: str  # below the host, as it was sent
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    if_match: str = ""  # the If-Match header

    def first(self, name: str, default: str = "") -> str:
        """Return the value of a query parameter."""
        return self.query.get(name, (default,))[0]

    def key(self, state: State) -> str:
        """Return the key that the path names, without a custom verb such as ":setLabels"."""
        segments = [unquote(segment).replace("/", "%2F") for segment in self.path.split("/")]
        verb = self.method.template.rpartition("}")[2]
        if verb.startswith(":"):
            segments[-1] = segments[-1].removesuffix(verb)
        return state.store.canonical(self.method.api, "/".join(segments))

    def parent_key(self, state: State) -> str:
        """Return the key without the custom method's last element, such as "/setLabels"."""
        key = self.key(state)
        return key if ":" in self.method.template.rpartition("}")[2] else key.rpartition("/")[0]

    def record(self, state: State) -> Record:
        """Return the resource that the path names; raises Refusal (404)."""
        return state.store.get(self.method.api, self.key(state))
