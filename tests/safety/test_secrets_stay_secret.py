"""Credentials never appear in anything that the operator writes or starts (issue Trust, Security)."""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import pytest
import yaml

from tagwarden.errors import BadInput, StateError
from tagwarden.state import Database
from tagwarden.state.tables import METADATA
from tests.support.cluster import Cluster
from tests.support.control_plane import new_control_plane
from tests.support.declared import declare_account, deleting_policy, make_volumes, manifest, new_login
from tests.support.fake_aws import FakeAWS
from tests.support.installed_crds import install_crds
from tests.support.postgres import Postgres
from tests.support.processes import wait_until
from tests.support.running_operator import RunningOperator, wait_for_condition

POLICY, ACCOUNT = "cleanuppolicies.tagwarden.io", "cloudaccounts.tagwarden.io"
EXPIRED = {"owner": "bob", "expiration": "2020-01-01T00:00:00Z"}
PASSWORD, TOKEN, LOGIN = "hunter2-of-the-database", "hunter2-of-the-cluster", "hunter2-of-the-endpoint"


@dataclass
class Onlooker:
    """Notes the command lines of all that an operator starts, as any user of the machine can."""

    operator: RunningOperator
    seen: set[str] = field(default_factory=set)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.1):
            self.seen.update(self.operator.child_commands())


@pytest.fixture
def database() -> Iterator[str]:
    """Yield the URL of a database, with a password in it."""
    with Postgres() as server:
        yield server.new_database().replace("tagwarden@", f"tagwarden:{PASSWORD}@")


def test_an_operator_that_deletes_and_fails_tells_no_secret(tmp_path: Path, database: str) -> None:
    """One account is cleaned up, two others fail: logs, status, events, state, inventory and arguments stay clean."""
    assert PASSWORD in database
    environment = {"TAGWARDEN_STATE": database, "TAGWARDEN_LOG_LEVEL": "DEBUG"}
    with new_control_plane() as cluster, FakeAWS() as aws:
        install_crds(cluster)
        login = new_login(aws)
        make_volumes(aws, login, EXPIRED)
        declare_account(cluster, aws, "clean", login)
        declare_account(cluster, aws, "elsewhere", new_login(aws), endpointURL=f"https://user:{LOGIN}@aws.example.com")
        declare_unreachable_cluster(cluster)
        cluster.apply(manifest("CleanupPolicy", "clean", deleting_policy("clean")))
        with RunningOperator(cluster, tmp_path, environment=environment) as operator, Onlooker(operator) as onlooker:
            wait_for_condition(cluster, ACCOUNT, "elsewhere", "Ready", status="False", reason="EndpointNotAllowed")
            wait_for_condition(cluster, ACCOUNT, "unreachable", "Ready", status="False", seconds=120)
            cluster.kubectl("annotate", POLICY, "clean", "tagwarden.io/requestedAt=now")
            wait_until(lambda: "tagwarden apply" in "\n".join(onlooker.seen), what="the policy is applied", seconds=120)
            wait_for_condition(cluster, POLICY, "clean", "Ready", status="True", reason="Succeeded", seconds=120)
            written = {"log": operator.log, "arguments": "\n".join(onlooker.seen), **told(cluster)}
        with Database(database) as state:
            written["state"] = dump(state)
    secrets = {login.secret_access_key, str(login.session_token), PASSWORD, TOKEN, LOGIN}
    files = {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    assert "tagwarden apply" in written["arguments"]
    assert [] == [(name, secret) for name, text in written.items() for secret in secrets if secret in text]
    assert [] == [(name, secret) for name, data in files.items() for secret in secrets if secret.encode() in data]


def declare_unreachable_cluster(cluster: Cluster) -> None:
    """Declare a cluster by a kubeconfig with a token, at an address where nobody answers."""
    kubeconfig = {
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:9"}}],
        "users": [{"name": "u", "user": {"token": TOKEN}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    secret = {"kubeconfig": yaml.safe_dump(kubeconfig)}
    metadata = {"name": "unreachable", "namespace": "default"}
    cluster.apply(yaml.safe_dump({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": secret}))
    spec = {"provider": "Kubernetes", "kubernetes": {"kubeconfigSecret": {"name": "unreachable"}}}
    cluster.apply(manifest("CloudAccount", "unreachable", spec))


def told(cluster: Cluster) -> Mapping[str, str]:
    """Give what the API server was told: status, conditions and events. The spec is what its author wrote."""
    policies, accounts = (cluster.get(resource)["items"] for resource in (POLICY, ACCOUNT))
    return {
        "status": json.dumps([one.get("status") for one in (*policies, *accounts)]),
        "events": json.dumps(cluster.get("events", "--namespace", "default")),
    }


def dump(state: Database) -> str:
    """Give everything in the tables of the state."""
    with state.reading() as connection:
        return "\n".join(repr(row) for table in METADATA.sorted_tables for row in connection.execute(table.select()))


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://tagwarden:{PASSWORD}@127.0.0.1:9/state",
        f"mysql://tagwarden:{PASSWORD}@127.0.0.1:9/state",
        f"postgresql+psycopg://tagwarden:{PASSWORD}@127.0.0.1:port/state",
        f"postgresql//tagwarden:{PASSWORD}@127.0.0.1/state",
    ],
)
def test_a_state_that_cannot_be_opened_tells_no_password(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes wrong with a URL is said without its password."""
    monkeypatch.chdir(tmp_path)

    with pytest.raises((StateError, BadInput)) as raised:
        Database(url)

    assert PASSWORD not in str(raised.value)
