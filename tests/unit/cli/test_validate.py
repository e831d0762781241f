"""`tagwarden validate` says file and line of every mistake, without any cloud."""

import json
from pathlib import Path

import pytest

from tagwarden.cli.main import main

ACCOUNT = """\
apiVersion: tagwarden.io/v1alpha1
kind: CloudAccount
metadata:
  name: aws-dev
spec:
  provider: AWS
  environment: test
  aws: {accountID: "123456789012"}
"""
GCP_BLOCK = "gcp: {projectID: my-dev-123}"
POLICY = """\
---
apiVersion: tagwarden.io/v1alpha1
kind: CleanupPolicy
metadata:
  name: test-accounts
spec:
  timeZone: Europe/Berlin
  scope:
    accounts: {names: [aws-dev]}
    kinds:
      - aws_ec2_instance
"""


def validate(folder: Path, text: str, *arguments: str) -> object:
    (folder / "all.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["validate", "-f", str(folder / "all.yaml"), *arguments])
    return ended.value.code


def test_valid_files_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, exit status 0."""
    assert 0 == validate(tmp_path, ACCOUNT + POLICY)
    assert "valid: 1 policy, 1 account\n" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("right", "wrong", "line", "told"),
    [
        ("Europe/Berlin", "Europe/Berln", 15, "spec.timeZone: 'Europe/Berln'"),
        ("- aws_ec2_instance", "- aws_ec2_instnace", 19, "spec.scope.kinds[0]: "),
        ("    kinds:\n", "    where: 'resource.'\n    kinds:\n", 18, "spec.scope.where: "),
        ("  timeZone:", "  timezone:", 15, "spec.timezone: unknown field; did you mean timeZone?"),
        ("name: test-accounts", "name: Test_Accounts", 13, "metadata.name: "),
        ("  environment: test", "  environment: tset", 7, "spec.environment: 'tset'"),
        ('accountID: "123456789012"', 'accountID: "123456789012", regions: [eu-centrl-1]', 8, "unknown AWS region"),
        ("  provider: AWS", "  provider: AWS\n  provider: AWS", 7, "duplicate key 'provider'"),
    ],
)
def test_a_mistake_names_file_line_and_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], right: str, wrong: str, line: int, told: str
) -> None:
    """A zone, a kind, CEL, a field, a name, a value, a key: each where it stands, exit status 2."""
    text = (ACCOUNT + POLICY).replace(right, wrong, 1)

    assert 2 == validate(tmp_path, text)
    said = capsys.readouterr().err
    assert said.startswith(f"tagwarden: {tmp_path}/all.yaml:{line}: ")
    assert told in said


def test_an_account_of_google_cloud_is_in_order(tmp_path: Path) -> None:
    """With the block of its provider; the block of another one is refused by the schema."""
    text = ACCOUNT.replace("provider: AWS", "provider: GCP")

    assert 0 == validate(tmp_path, text.replace('aws: {accountID: "123456789012"}', GCP_BLOCK))
    assert 2 == validate(tmp_path, text)


def test_mistakes_are_told_to_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipeline reads one document, and the exit status says the same."""
    text = ACCOUNT + POLICY.replace("aws_ec2_instance", "aws_ec2_instnace")

    assert 2 == validate(tmp_path, text, "-o", "json")
    answer = json.loads(capsys.readouterr().out)
    assert (["test-accounts"], ["aws-dev"]) == (answer["policies"], answer["accounts"])
    assert "did you mean aws_ec2_instance?" in answer["mistakes"][0]


def test_a_file_without_ours_is_no_success(tmp_path: Path) -> None:
    """Most likely the wrong file was named."""
    assert 2 == validate(tmp_path, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n")


@pytest.mark.parametrize("folder", ["examples", "examples/cluster", "examples/gcp"])
def test_examples_are_valid(folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each file as a newcomer copies it."""
    for file in sorted((Path(__file__).parents[3] / folder).glob("*.yaml")):
        assert 0 == validate(tmp_path, file.read_text(encoding="utf-8")), capsys.readouterr().err
