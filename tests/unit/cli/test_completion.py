"""The shell completes names of policies, accounts, kinds, verdicts and reasons."""

from pathlib import Path

import pytest
import yaml

from tagwarden.cli.main import main
from tagwarden.inventory import PlanStore, SnapshotStore
from tests.support.builders import a_resource, a_snapshot
from tests.support.command_line import a_policy
from tests.unit.cli.test_plain_mistakes import ACCOUNT
from tests.unit.planning.scenes import plan_of


class Completion:
    """The words that bash offers for the last word of a command."""

    def __init__(self, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capfd, self._patch = capfd, monkeypatch

    def __call__(self, words: str) -> list[str]:
        self._patch.setenv("_TAGWARDEN_COMPLETE", "complete_bash")
        self._patch.setenv("COMP_WORDS", words)
        self._patch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
        self._patch.setattr("sys.argv", ["tagwarden"])
        with pytest.raises(SystemExit):
            main()
        out, err = self._capfd.readouterr()
        assert "" == err
        return out.split()


@pytest.fixture
def complete(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Completion:
    """Completion beside stores that know the policy `test-accounts` and the account `aws-dev`."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    PlanStore(tmp_path / "tagwarden" / "inventory").save(plan_of([]))
    SnapshotStore(tmp_path / "tagwarden" / "inventory").save(a_snapshot(a_resource()))
    return Completion(capfd, monkeypatch)


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    file = tmp_path / "all.yaml"
    account = {**ACCOUNT, "metadata": {"name": "aws-other"}}
    file.write_text(yaml.safe_dump_all([a_policy("here"), a_policy("there"), account]), encoding="utf-8")
    return file


def test_names_come_from_the_files(complete: Completion, declared: Path) -> None:
    """Those that are given before."""
    assert ["here", "there"] == complete(f"tagwarden plan -f {declared} --policy ")
    assert ["there"] == complete(f"tagwarden plan -f {declared} --policy t")
    assert ["aws-other"] == complete(f"tagwarden collect -f {declared} --account ")


def test_names_come_from_the_stores_without_files(complete: Completion) -> None:
    """`explain` and `journal` take no files."""
    assert ["test-accounts"] == complete("tagwarden explain --policy ")
    assert ["aws-dev"] == complete("tagwarden journal --account a")


@pytest.mark.parametrize("text", ["kind: [", "apiVersion: tagwarden.io/v1alpha1\nkind: CleanupPolicy\n"])
def test_files_with_mistakes_are_passed_over_in_silence(complete: Completion, tmp_path: Path, text: str) -> None:
    """The command itself names the mistakes."""
    file = tmp_path / "wrong.yaml"
    file.write_text(text)

    assert ["test-accounts"] == complete(f"tagwarden plan -f {file} --policy ")
    assert ["test-accounts"] == complete("tagwarden plan -f - --policy ")


def test_kinds_verdicts_and_reasons_are_completed(complete: Completion) -> None:
    """Of every provider."""
    assert {"aws_ec2_volume", "aws_ec2_vpc"} <= set(complete("tagwarden plan --kind aws_ec2_v"))
    assert ["k8s_namespace"] == complete("tagwarden journal --kind k8s_namesp")
    assert ["Delete"] == complete("tagwarden plan --verdict D")
    assert ["InGracePeriod"] == complete("tagwarden journal --reason InG")
    assert ["plan"] == complete("tagwarden pl")
