from pathlib import Path

import pytest

from tagwarden.cli import demo
from tests.unit.cli.conftest import Tagwarden


def test_without_a_checkout_it_says_what_is_needed(
    tagwarden: Tagwarden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installed from a package there is nothing to start, and the message says where there is."""
    monkeypatch.setattr(demo, "CHECKOUT", tmp_path)

    answered = tagwarden("demo")

    assert 1 == answered.status
    assert "needs a source checkout; clone the repository and run `make demo` there" in answered.err


def test_without_the_test_dependencies_it_says_what_to_run(
    tagwarden: Tagwarden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkout that was not set up lacks the simulated AWS; `make setup` brings it."""
    monkeypatch.setattr(demo, "CHECKOUT", tmp_path)
    (tmp_path / "tests" / "support" / "demo").mkdir(parents=True)

    def lacking(name: str) -> object:
        raise ModuleNotFoundError(f"No module named {name!r}", name="moto")

    monkeypatch.setattr(demo, "import_module", lacking)

    answered = tagwarden("demo")

    assert 1 == answered.status
    assert "the demo needs moto; run `make setup`" in answered.err
