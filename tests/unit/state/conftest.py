from collections.abc import Iterator
from pathlib import Path

import pytest

from tagwarden.state import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(f"sqlite:///{tmp_path / 'state.db'}") as database:
        yield database
