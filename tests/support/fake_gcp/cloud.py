"""The simulated cloud as tests use it: projects, resources, faults, calls, and an endpoint for clients."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.fake_gcp import documents, faults, projects
from tests.support.fake_gcp.births import touch
from tests.support.fake_gcp.calls import Call
from tests.support.fake_gcp.creating import make_at
from tests.support.fake_gcp.errors import Refusal
from tests.support.fake_gcp.faults import Fault, Faults
from tests.support.fake_gcp.gateway import Answering, Gateway
from tests.support.fake_gcp.metadata import Machine
from tests.support.fake_gcp.operations import Duration, Operations
from tests.support.fake_gcp.server import Server
from tests.support.fake_gcp.side_effects import after_creation
from tests.support.fake_gcp.state import State
from tests.support.fake_gcp.store import Project, Record, Store
from tests.support.fake_gcp.tokens import Tokens
from tests.support.fake_gcp.writing import remove

TOKEN = "ya29.tester"
TESTER = "tester@example.com"


def _now() -> datetime:
    return datetime.now(UTC)


class FakeGCP:
    """One simulated Google Cloud with any number of projects; a `with` block starts and stops it."""

    def __init__(self, *, clock: Callable[[], datetime] = _now, tokens: Mapping[str, str] | None = None) -> None:
        """Take the clock of all times, and access tokens with the accounts that they stand for."""
        given = {TOKEN: TESTER} if tokens is None else tokens
        self.state = State(Store(), Operations(clock), Faults(), Tokens(given), clock)
        self._gateway = Gateway(self.state)
        self._server: Server | None = None
        self._machine: Machine | None = None

    def __enter__(self) -> Self:
        self._server = Server(self._gateway, self.state.tokens, lambda: self._machine)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.stop()

    @property
    def endpoint(self) -> str:
        """The URL for `endpointURL` of an account."""
        if self._server is None:
            raise RuntimeError("the simulated Google Cloud is not started")
        return self._server.endpoint

    def endpoint_of(self, api: str, version: str) -> str:
        """Return the `api_endpoint` of the official client, which wants the service path in it."""
        document = documents.document(api, version)
        return f"{self.endpoint}/{document.host}/{document.service_path}"

    def key_file(self, email: str, project: str) -> dict[str, str]:
        """Return a key file of a service account whose tokens this cloud issues."""
        return self.state.tokens.key_file(email, project, f"{self.endpoint}/token")

    def environment(self, folder: Path, project: str) -> dict[str, str]:
        """Write a key file into a folder and return the variables by which Google's libraries find it."""
        file = folder / "key.json"
        file.write_text(json.dumps(self.key_file(f"tester@{project}.iam.gserviceaccount.com", project)))
        return {"GOOGLE_APPLICATION_CREDENTIALS": str(file), "GOOGLE_CLOUD_PROJECT": project}

    def be_machine(self, email: str, project: str) -> dict[str, str]:
        """Be the metadata server of a machine with a service account; returns the variables that lead there."""
        self._machine = Machine(email, project, self.state.store.projects[project].number)
        host = self.endpoint.removeprefix("http://")
        return {"GCE_METADATA_HOST": host, "GCE_METADATA_IP": host, "GCE_METADATA_ROOT": host, "NO_GCE_CHECK": "false"}

    def hand_over(self, api: str, answering: Answering) -> None:
        """Let another server answer an API, such as "storage"; everything else is answered here."""
        self._gateway.elsewhere[api] = answering

    # Projects and resources.

    def new_project(
        self, project: str, number: str, *, at: datetime | None = None, enabled: tuple[str, ...] = projects.ENABLED
    ) -> Project:
        """Create a project with the default network and service accounts of a new one."""
        return projects.new_project(self.state, project, number, at=at or self.state.clock(), enabled=enabled)

    def add(
        self, method_id: str, place: str, body: Mapping[str, Any], *, at: datetime | None = None, **query: str
    ) -> Record:
        """Create a resource at once, such as `add("compute.disks.insert", "projects/p/zones/z", {"name": "d"})`."""
        at = at or self.state.clock()
        record = make_at(self.state, method_id, place, deepcopy(body), at, **query)
        after_creation(self.state, record, at)
        return record

    def put(self, api: str, key: str, schema: str, body: Mapping[str, Any]) -> Record:
        """Keep what no method creates, as it is: a price, a revision, a service agent."""
        project = self.state.store.project_of(key)
        document = documents.newest_stable(api)
        record = Record(api, key, project.id if project else "", document, schema, dict(body))
        self.state.store.add(record)
        return record

    def exists(self, api: str, key: str) -> bool:
        """Tell whether a resource is there, without a request."""
        return self.state.store.find(api, key) is not None

    def body(self, api: str, key: str) -> dict[str, Any]:
        """Return the fields of a resource, without a request; raises Refusal where it is not there."""
        return deepcopy(self.state.store.get(api, key).body)

    def keys_of(self, pattern: str = "*") -> list[str]:
        """Return the keys of all resources of types such as "compute.*", in order."""
        return sorted(each.key for each in self.state.store.all() if fnmatchcase(each.type, pattern))

    def change(self, api: str, key: str, **fields: Any) -> None:
        """Write fields of a resource behind everybody's back; its etag and fingerprints change."""
        record = self.state.store.get(api, key)
        record.body.update(fields)
        touch(record, self.state.clock())

    def vanish(self, api: str, key: str) -> None:
        """Delete a resource behind everybody's back."""
        remove(self.state, self.state.store.get(api, key))

    def bind_tag(self, full_name: str, key: str, value: str) -> None:
        """Bind a Resource Manager tag, such as "123/protect" and "yes", to a full resource name ("//compute.…")."""
        binding = {
            "name": f"tagBindings/{full_name.replace('/', '%2F')}/tagValues/{value}",
            "parent": full_name,
            "tagValue": f"tagValues/{value}",
            "tagValueNamespacedName": f"{key}/{value}",
            "namespacedTagValue": f"{key}/{value}",
            "namespacedTagKey": key,
            "inherited": False,
        }
        self.state.tag_bindings.setdefault(full_name, []).append(binding)

    def bind_role(self, project: str, role: str, member: str) -> None:
        """Give a role in a project to a member, such as "user:alice@example.com"."""
        self.state.bindings.setdefault(project, []).append({"role": role, "members": [member]})

    def add_lien(self, project: str, reason: str) -> None:
        """Keep a project from being deleted."""
        number = self.state.store.projects[project].number
        name = f"liens/p{number}-l{len(self.state.liens)}"
        restrictions = ["resourcemanager.projects.delete"]
        lien = {"name": name, "parent": f"projects/{number}", "restrictions": restrictions, "reason": reason}
        self.state.liens.append(lien)

    def freeze_inventory(self) -> None:
        """Let Cloud Asset Inventory show the resources of now for ever: it lags, some types for hours."""
        self.state.inventory = deepcopy(self.state.store.all())

    # Operations.

    def let_operations_take(self, *, polls: int = 1, seconds: float = 2.0) -> None:
        """Let operations end after some looks at them or some seconds, whichever comes first; 0 polls: at once."""
        self.state.operations.duration = Duration(polls, seconds)

    def settle(self) -> None:
        """End all operations."""
        self.state.operations.settle(everything=True)

    def prune_operations(self) -> None:
        """Forget the operations that have ended: asked for, they answer 404."""
        self.state.operations.prune()

    # Faults. Patterns are of method ids, such as "redis.*.list".

    def disable(self, host: str, project: str, *, consumer: str = "") -> None:
        """Switch an API off in a project; `consumer` names another project in the message, the caller's."""
        found = self.state.store.projects[project]
        found.enabled.discard(host)
        found.consumer[host] = consumer or found.number

    def deny(self, permission: str) -> None:
        """Take a permission from every caller: "compute.instances.delete", "redis.*"."""
        self.state.faults.denied.add(permission)

    def throttle(self, pattern: str, *, times: int = -1, http: int = 429) -> None:
        """Refuse the next requests for their rate, by 429 or by 403 rateLimitExceeded."""
        self.fail(pattern, faults.throttled(f"{pattern.partition('.')[0]}.googleapis.com", http), times=times)

    def break_down(self, pattern: str, *, times: int = -1) -> None:
        """Answer 503."""
        self.fail(pattern, faults.unavailable(), times=times)

    def fail(self, pattern: str, refusal: Refusal, *, times: int = -1) -> None:
        """Refuse requests as stated."""
        self.state.faults.refusals.append(Fault(pattern, refusal, times))

    def fail_inside(self, pattern: str, refusal: Refusal, *, times: int = -1) -> None:
        """Accept requests and let their operations end with an error."""
        self.state.faults.inside.append(Fault(pattern, refusal, times))

    def cut_off(self, pattern: str, location: str) -> None:
        """Let listings not reach a zone, region or location, and say so in their way."""
        self.state.faults.unreachable.append((pattern, location))

    def repeat_page_tokens(self, pattern: str) -> None:
        """Let listings answer the page token that they were asked with."""
        self.state.faults.repeated_tokens.append(pattern)

    def slow_down(self, pattern: str, seconds: float) -> None:
        """Answer late."""
        self.state.faults.delays.append((pattern, seconds))

    def heal(self) -> None:
        """End all faults but the switched-off APIs."""
        self.state.faults = Faults()

    # Calls.

    def calls(self, pattern: str = "*") -> list[Call]:
        """Return the requests since the last `forget_calls`, to methods such as "compute.*.delete"."""
        return self._gateway.calls.of(pattern)

    def counts(self) -> Mapping[str, int]:
        """Return the number of requests by method id."""
        return self._gateway.calls.counts()

    def forget_calls(self) -> None:
        """Start counting anew."""
        self._gateway.calls.forget()
