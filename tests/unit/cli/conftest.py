from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
import yaml

from tagwarden.cli.main import main


@dataclass(frozen=True)
class Answered:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return orjson.loads(self.out)

    @property
    def yaml(self) -> Any:
        return yaml.safe_load(self.out)


Tagwarden = Callable[..., Answered]


@pytest.fixture
def tagwarden(capfd: pytest.CaptureFixture[str]) -> Tagwarden:
    """Return a function that runs the command line in this process: `tagwarden("kinds", "--output", "json")`."""

    def run(*arguments: str) -> Answered:
        with pytest.raises(SystemExit) as ended:
            main(_texts(arguments))
        out, err = capfd.readouterr()
        return Answered(int(ended.value.code or 0), out, err)

    return run


def _texts(arguments: Sequence[object]) -> list[str]:
    return [str(argument) for argument in arguments]
