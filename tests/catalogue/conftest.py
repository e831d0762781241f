from collections.abc import Iterator

import pytest

from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.catalogue.workers import Workers


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `kind` once for each row."""
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
    if "kind_read_by_itself" in metafunc.fixturenames:
        rows = [kind for kind in KINDS.values() if kind.read is not None]
        metafunc.parametrize("kind_read_by_itself", rows, ids=lambda kind: kind.name)


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    """Yield threads for calls about single resources."""
    pool = Workers()
    yield pool
    pool.close()
