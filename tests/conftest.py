"""What every test may ask for: a real cluster, a simulated AWS, names of its own, and no way to the user's logins."""

import os
import re
import secrets
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext

import pytest
from hypothesis import settings

from tests.support.cluster import Cluster, ControlPlane
from tests.support.control_plane import new_control_plane
from tests.support.fake_aws import FakeAWS
from tests.support.fake_gcp import FakeGCP
from tests.support.processes import NO_LOGIN, is_login
from tests.support.shared_cluster import shared_cluster
from tests.support.warm_programs import WarmPrograms

# A shell ignores Ctrl-C for programs in its background, and every process of the tests would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Speed is shown by benchmarks: on a busy machine a deadline fails what is right.
settings.register_profile("tagwarden", deadline=None, print_blob=True)
settings.load_profile("tagwarden")


def pytest_configure(config: pytest.Config) -> None:
    """Let the programs of this run be forked; the workers of pytest-xdist find them by the environment."""
    if not hasattr(config, "workerinput"):
        config.add_cleanup(WarmPrograms().close)


@pytest.fixture(scope="session", autouse=True)
def clean_environment() -> Iterator[None]:
    """Keep the user's cluster and cloud out of reach of every test."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in filter(is_login, list(os.environ)):
            patch.delenv(variable)
        # Set by whoever starts the tests, it would break the lines of tables.
        patch.delenv("COLUMNS", raising=False)
        for variable, value in NO_LOGIN.items():
            patch.setenv(variable, value)
        yield


def uncaptured(request: pytest.FixtureRequest) -> AbstractContextManager[None]:
    """Let progress through to the terminal: the first start can take minutes."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    return capture.global_and_fixture_disabled() if capture else nullcontext()


@pytest.fixture(scope="session")
def control_plane(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Cluster]:
    """Yield the Kubernetes cluster of this run, shared by its tests: use a `namespace` or `unique_name` of your own."""
    base = tmp_path_factory.getbasetemp()
    # The workers of pytest-xdist have folders of their own inside one that belongs to the run.
    run_folder = base if worker_id == "master" else base.parent
    with ExitStack() as stack:
        with uncaptured(request):
            cluster = stack.enter_context(shared_cluster(run_folder / "control-plane"))
        yield cluster


@pytest.fixture
def own_control_plane(request: pytest.FixtureRequest) -> Iterator[ControlPlane]:
    """Yield a control plane for this test alone, for what would disturb others: restarts, cluster-wide deletions."""
    with uncaptured(request):
        control_plane = new_control_plane()
    with control_plane:
        yield control_plane


@pytest.fixture(scope="session")
def _moto() -> Iterator[FakeAWS]:
    with FakeAWS() as aws:
        yield aws


@pytest.fixture
def fake_aws(_moto: FakeAWS) -> FakeAWS:
    """Return a simulated AWS whose accounts are all empty; the process is one per worker."""
    _moto.reset()
    return _moto


@pytest.fixture
def fake_gcp() -> Iterator[FakeGCP]:
    """Yield a simulated Google Cloud without projects."""
    with FakeGCP() as gcp:
        yield gcp


@pytest.fixture
def unique_name(request: pytest.FixtureRequest) -> str:
    """Return a name that nothing else has, good for Kubernetes and for S3, and that tells which test made it."""
    words = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower().removeprefix("test_")).strip("-")
    return f"{words[:30].strip('-')}-{secrets.token_hex(4)}"


@pytest.fixture
def namespace(control_plane: Cluster, unique_name: str) -> Iterator[str]:
    """Yield a namespace for this test, deleted afterwards."""
    control_plane.kubectl("create", "namespace", unique_name)
    yield unique_name
    control_plane.kubectl("delete", "namespace", unique_name, "--wait=false", "--ignore-not-found")
