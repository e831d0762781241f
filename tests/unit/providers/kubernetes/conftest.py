from collections.abc import Iterator

import pytest

from tests.unit.providers.kubernetes.objects import ApiServer


@pytest.fixture
def api_server() -> Iterator[ApiServer]:
    with ApiServer() as server:
        yield server
