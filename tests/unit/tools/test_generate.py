from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tagwarden.cli.commands import COMMANDS
from tagwarden.model.reasons import Reason
from tools import generate

ROOT = Path(__file__).parents[3]
FILES = tuple(replace(file, text=cache(file.text)) for file in generate.FILES)


@pytest.fixture(autouse=True)
def made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the text of each file once for all tests: some take seconds."""
    monkeypatch.setattr(generate, "FILES", FILES)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the root of a checkout in which nothing was generated yet, which is the working folder."""
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_what_is_committed_is_what_the_source_says(file: generate.Generated) -> None:
    """No generated file is stale; `make generate` writes them."""
    assert file.text() == (ROOT / file.path).read_text(encoding="utf-8")


def test_writing_makes_every_file(checkout: Path) -> None:
    """A fresh folder has all files afterwards, and they are not stale."""
    written = generate.main([])

    assert 0 == written
    assert 0 == generate.main(["--check"])
    assert all((checkout / file.path).is_file() for file in FILES)


def test_a_stale_file_is_named_with_what_to_do(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One changed line in one file fails the check, and no other file is named."""
    generate.main([])
    page = checkout / "docs" / "reasons.md"
    page.write_text(page.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")
    capsys.readouterr()

    assert 1 == generate.main(["--check"])
    assert "docs/reasons.md: stale; run `make generate`\n" == capsys.readouterr().err


def test_checking_writes_nothing(checkout: Path) -> None:
    """`make verify` leaves the checkout as it is."""
    assert 1 == generate.main(["--check"])
    assert ["pyproject.toml"] == [path.name for path in checkout.iterdir()]


def test_elsewhere_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Outside of a checkout it says where it is to be run."""
    monkeypatch.chdir(tmp_path)

    assert 2 == generate.main([])
    assert "not the root of a checkout" in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())


def test_every_reason_is_explained() -> None:
    """The page of the reasons has a row for each."""
    page = (ROOT / "docs" / "reasons.md").read_text(encoding="utf-8")

    assert all(f"| `{reason}` | " in page for reason in Reason)


def test_every_command_is_explained() -> None:
    """The page of the command line has a section for each."""
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")

    assert all(f"## tagwarden {command}\n" in page for command in COMMANDS)
