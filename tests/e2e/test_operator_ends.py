"""How operators end, and what others make of it: kills, stops, restarts of the API server, rivals."""

import contextlib
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tagwarden.model.outcome import ActionState
from tagwarden.state import Database, Journal
from tests.support.cluster import ControlPlane
from tests.support.control_plane import new_control_plane
from tests.support.declared import config_maps_of, declare_cluster, deleting_policy, make_config_maps, manifest
from tests.support.installed_crds import install_crds
from tests.support.processes import wait_until
from tests.support.running_operator import RunningOperator, condition_of, status_of, wait_for_condition

CLAIMED = {"owner": "alice", "expiration": "2099-01-01T00:00:00Z"}
EXPIRED = {"owner": "bob", "expiration": "2020-01-01T00:00:00Z"}

POLICY, ACCOUNT, NAME = "cleanuppolicies.tagwarden.io", "cloudaccounts.tagwarden.io", "test"


@pytest.fixture(scope="module")
def _cluster() -> Iterator[ControlPlane]:
    with new_control_plane() as cluster:
        install_crds(cluster)
        yield cluster


@pytest.fixture
def cluster(_cluster: ControlPlane) -> Iterator[ControlPlane]:
    """Yield a cluster in which nobody has declared anything, and nobody holds the Lease."""
    yield _cluster
    _cluster.kubectl("delete", f"{POLICY},{ACCOUNT}", "--all")
    _cluster.kubectl("delete", "lease", "tagwarden", "--ignore-not-found")
    if left := config_maps_of(_cluster):
        _cluster.kubectl("delete", "configmap", *left)


@pytest.fixture
def operator(cluster: ControlPlane, tmp_path: Path) -> Iterator[RunningOperator]:
    """Yield an operator that is not started yet."""
    with an_operator(cluster, tmp_path) as operator:
        yield operator


@pytest.fixture
def forking_operator(cluster: ControlPlane, tmp_path: Path) -> Iterator[RunningOperator]:
    """Yield the same for tests that kill nothing: its children are forked from a warm process."""
    with an_operator(cluster, tmp_path, forks=True) as operator:
        yield operator


@contextlib.contextmanager
def an_operator(cluster: ControlPlane, folder: Path, *, forks: bool = False) -> Iterator[RunningOperator]:
    settings = {
        # In earnest, so that a pass lasts long enough to be met in its middle.
        "TAGWARDEN_CALLS_PER_SECOND": "10",
        # Who follows one that was killed waits for so long.
        "TAGWARDEN_LEASE_SECONDS": "6",
        "TAGWARDEN_LEASE_MARGIN_SECONDS": "2",
    }
    operator = RunningOperator(cluster, folder, environment=settings, forks=forks)
    with operator.kept():
        yield operator
        print(operator.log)  # noqa: T201 - pytest shows it when the test fails


def declare(cluster: ControlPlane) -> None:
    declare_cluster(cluster, NAME)
    cluster.apply(manifest("CleanupPolicy", NAME, deleting_policy(NAME)))


def request(cluster: ControlPlane, value: str) -> None:
    cluster.kubectl("annotate", "--overwrite", POLICY, NAME, f"tagwarden.io/requestedAt={value}")


def wait_for_child(operator: RunningOperator, command: str) -> None:
    """Wait until the operator runs this command of ours."""
    wait_until(
        lambda: any(f"tagwarden {command} " in line for line in operator.child_commands()),
        what=f"tagwarden {command} runs",
        seconds=60,
        pause=0.01,
    )


def test_crds_that_are_missing_and_an_api_server_that_restarts_are_waited_for(
    own_control_plane: ControlPlane, tmp_path: Path
) -> None:
    """Started too early the operator says what is missing and how to get it, and goes on when it is there.

    And a control plane is upgraded now and then; nobody has to restart the operator after that.
    """
    cluster = own_control_plane
    with an_operator(cluster, tmp_path) as operator:
        operator.start()
        wait_until(lambda: "not installed" in (operator.get("/readyz") or (0, ""))[1], what="it says what is missing")
        assert 200 == (operator.get("/healthz") or (0,))[0]

        install_crds(cluster)
        cluster.apply(manifest("CleanupPolicy", NAME, deleting_policy(NAME)))

        wait_for_condition(cluster, POLICY, NAME, "Ready", status="False", reason="AccountNotFound")
        assert (200, "ready\n") == operator.get("/readyz")
        assert "tagwarden crds | kubectl apply" in operator.log

        claimed, _expired = make_config_maps(cluster, CLAIMED, EXPIRED)
        declare_cluster(cluster, NAME)
        wait_for_condition(cluster, POLICY, NAME, "Ready", status="True", seconds=120)

        cluster.restart_api_server()
        request(cluster, "after the restart")

        wait_until(lambda: {claimed} == config_maps_of(cluster), what="the pass has run", seconds=120)
        assert operator.is_running


@pytest.mark.parametrize("command", ["collect", "apply"])
def test_an_operator_that_is_killed_is_followed_by_the_next(
    cluster: ControlPlane, operator: RunningOperator, tmp_path: Path, command: str
) -> None:
    """S11: killed in the middle of a pass nothing is lost: the next one looks what was done and does the rest."""
    claimed, *_ = make_config_maps(cluster, CLAIMED, *[EXPIRED] * 12)
    declare(cluster)
    operator.start()
    wait_for_condition(cluster, POLICY, NAME, "Ready", status="True", seconds=120)
    request(cluster, "now")
    wait_for_child(operator, command)

    operator.kill_with_children()
    operator.start()

    wait_until(
        lambda: status_of(cluster, POLICY, NAME).get("lastHandledRunRequest") == "now", what="the pass", seconds=120
    )
    assert {claimed} == config_maps_of(cluster)
    assert "False" == condition_of(cluster, POLICY, NAME, "Reconciling")["status"]
    with Database(f"sqlite:///{tmp_path / 'state.db'}") as database:
        journal = Journal(database)
        deleted = Counter(entry.uid for entry in journal.entries() if entry.state is ActionState.VERIFIED)
        assert [] == journal.open_entries()
    assert 1 == max(deleted.values())


def test_told_to_stop_it_ends_within_ten_seconds(cluster: ControlPlane, operator: RunningOperator) -> None:
    """SIGTERM in the middle of a pass: the child finishes its action, nothing is left running, the Lease is free."""
    make_config_maps(cluster, *[EXPIRED] * 12)
    declare(cluster)
    operator.start()
    wait_for_condition(cluster, POLICY, NAME, "Ready", status="True", seconds=120)
    request(cluster, "now")
    wait_for_child(operator, "apply")
    children = operator.children()

    began = time.monotonic()
    status = operator.stop()
    took = time.monotonic() - began

    assert (0, True) == (status, took < 10)
    assert [] == [pid for pid in children if Path(f"/proc/{pid}").exists()]
    lease = cluster.get("lease", "tagwarden", "--namespace", "default")
    assert "" == lease["spec"].get("holderIdentity", "")
    assert "Traceback" not in operator.log


def test_of_two_operators_one_acts(cluster: ControlPlane, tmp_path: Path) -> None:
    """S11: the second waits without touching anything, and takes over once the first has given the Lease back."""
    claimed, _expired = make_config_maps(cluster, CLAIMED, EXPIRED)
    with RunningOperator(cluster, tmp_path / "first") as first, RunningOperator(cluster, tmp_path / "second") as second:
        wait_until(lambda: leads(first), what="the first holds the Lease")
        wait_until(lambda: (second.get("/readyz") or (0,))[0] == 200, what="the second is ready to take over")
        declare(cluster)
        wait_for_condition(cluster, POLICY, NAME, "Ready", status="True", seconds=120)
        assert (True, False) == (leads(first), leads(second))
        assert not (tmp_path / "second" / "inventory").exists()

        first.stop()
        request(cluster, "now")

        wait_until(lambda: {claimed} == config_maps_of(cluster), what="the second has taken over", seconds=120)
        assert leads(second)


def leads(operator: RunningOperator) -> bool:
    """Ask its metrics whether an operator acts."""
    return "tagwarden_leader 1.0" in (operator.get("/metrics") or (0, ""))[1]


def test_a_child_outlives_its_operator_only_as_long_as_the_lease(
    cluster: ControlPlane, operator: RunningOperator
) -> None:
    """S11: when only the operator is killed, what it has started stops acting before anybody else may begin."""
    make_config_maps(cluster, *[EXPIRED] * 12)
    declare(cluster)
    operator.start()
    wait_for_condition(cluster, POLICY, NAME, "Ready", status="True", seconds=120)
    request(cluster, "now")
    wait_for_child(operator, "apply")
    children = operator.children()

    operator.stop(signal.SIGKILL)

    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), what="the child has ended")


@pytest.mark.parametrize(
    "arguments",
    [
        ("patch", POLICY, NAME, "--type=merge", '--patch={"spec": {"suspend": true}}'),
        ("patch", POLICY, NAME, "--type=merge", '--patch={"spec": {"mode": "Audit"}}'),
        ("delete", POLICY, NAME),
        ("patch", ACCOUNT, NAME, "--type=merge", '--patch={"spec": {"environment": "production"}}'),
    ],
    ids=["suspended", "audit", "deleted", "production"],
)
def test_s2_a_pass_stops_when_what_it_acts_upon_is_withdrawn(
    cluster: ControlPlane, forking_operator: RunningOperator, arguments: tuple[str, ...]
) -> None:
    """Who sees a deletion go wrong changes the policy or the account: nothing more is begun under the old word."""
    made = make_config_maps(cluster, *[EXPIRED] * 40)
    declare(cluster)
    forking_operator.start()
    wait_for_condition(cluster, POLICY, NAME, "Ready", status="True", seconds=120)
    request(cluster, "now")
    wait_until(lambda: len(config_maps_of(cluster)) < len(made), what="a deletion", seconds=60, pause=0.05)

    cluster.kubectl(*arguments)

    wait_until(
        lambda: not any("tagwarden apply " in line for line in forking_operator.child_commands()),
        what="the pass has ended",
        seconds=60,
    )
    assert config_maps_of(cluster)


def counted(operator: RunningOperator) -> float:
    """Give how many deletions its metrics tell of."""
    lines = (operator.get("/metrics") or (0, ""))[1].splitlines()
    series = 'tagwarden_actions_total{action="Delete",kind="k8s_configmap",outcome="Verified"'
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(series))


def rival(name: str) -> str:
    """Give a policy of higher priority, in Audit, that governs the same resources."""
    return manifest("CleanupPolicy", name, deleting_policy(NAME, mode="Audit", priority=9))


def twin(name: str) -> str:
    """Give a second declaration of the same cluster."""
    return manifest("CloudAccount", name, {"provider": "Kubernetes", "environment": "test", "kubernetes": {}})


@pytest.mark.parametrize("another", [rival, twin])
def test_s17_a_pass_stops_when_another_declaration_speaks_of_what_it_deletes(
    cluster: ControlPlane, forking_operator: RunningOperator, tmp_path: Path, another: Callable[[str], str]
) -> None:
    """S17: its own policy and account stand as they were; it is interrupted, and goes on by the new word."""
    made = make_config_maps(cluster, *[EXPIRED] * 40)
    declare(cluster)
    forking_operator.start()
    wait_for_condition(cluster, POLICY, NAME, "Ready", status="True", seconds=120)
    request(cluster, "now")
    wait_until(lambda: len(config_maps_of(cluster)) < len(made), what="a deletion", seconds=60, pause=0.05)

    cluster.apply(another("another"))

    wait_until(
        lambda: status_of(cluster, POLICY, NAME).get("lastHandledRunRequest") == "now",
        what="the next pass",
        seconds=120,
    )
    assert config_maps_of(cluster)
    events = cluster.kubectl("describe", POLICY, NAME).partition("Events:")[2]
    assert "Interrupted" in events
    run, summary = (status_of(cluster, POLICY, NAME)[field] for field in ("lastRun", "summary"))
    assert ("Succeeded", 0) == (run["outcome"], summary["deleted"])
    with Database(f"sqlite:///{tmp_path / 'state.db'}") as database:
        entries = Journal(database).entries()
    deleted = sum(entry.state is ActionState.VERIFIED for entry in entries)
    assert len(made) - len(config_maps_of(cluster)) == deleted
    wait_until(lambda: deleted == counted(forking_operator), what="the metrics tell what the journal tells")


def test_s2_a_request_whose_pass_was_stopped_acts_no_more(
    cluster: ControlPlane, forking_operator: RunningOperator
) -> None:
    """It was for the spec of then: once the policy is resumed nothing is deleted that nobody asked for."""
    made = make_config_maps(cluster, *[EXPIRED] * 40)
    declare(cluster)
    forking_operator.start()
    wait_for_condition(cluster, POLICY, NAME, "Ready", status="True", seconds=120)
    request(cluster, "now")
    wait_until(lambda: len(config_maps_of(cluster)) < len(made), what="a deletion", seconds=60, pause=0.05)

    cluster.kubectl("patch", POLICY, NAME, "--type=merge", '--patch={"spec": {"suspend": true}}')
    wait_until(
        lambda: (
            status_of(cluster, POLICY, NAME).get("lastHandledRunRequest") == "now"
            and not any("tagwarden apply " in line for line in forking_operator.child_commands())
        ),
        what="the pass has ended",
        seconds=60,
    )
    left = config_maps_of(cluster)
    cluster.kubectl("patch", POLICY, NAME, "--type=merge", '--patch={"spec": {"suspend": false}}')
    generation = cluster.get(POLICY, NAME)["metadata"]["generation"]
    wait_until(
        lambda: status_of(cluster, POLICY, NAME).get("observedGeneration") == generation, what="a look", seconds=120
    )

    assert left
    assert left == config_maps_of(cluster)
