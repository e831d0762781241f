from pathlib import Path

import orjson
import pytest

from tagwarden.cli.main import main
from tagwarden.inventory import SnapshotStore
from tests.unit.planning.scenes import Scene, claimed, doomed, edges_of, unclaimed


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    things = (
        doomed("i-1", name="web"),
        claimed("i-2", name="web"),
        unclaimed("vol-1"),
        doomed("sg-1", uid="arn:sg-1", kind="aws_ec2_security_group", name='the "main" [group]'),
    )
    edges = edges_of(
        "i-1 owns vol-1", "i-1 needs aws_ec2_security_group/sg-1", "i-2 uses i-1", "aws_x/y needs arn:sg-1"
    )
    for snapshot in Scene(things, edges).world().snapshots.values():
        SnapshotStore(tmp_path).save(snapshot)
    return tmp_path


def ask(inventory: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["graph", *arguments, "--inventory", str(inventory)])
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


@pytest.mark.parametrize(
    "name", ["arn:sg-1", "sg-1", "aws_ec2_security_group/sg-1", 'aws_ec2_security_group/the "main" [group]']
)
def test_the_blast_radius_is_drawn_as_a_tree(inventory: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """However the resource is named, all that affected by its deletion hangs below it, what is unknown included."""
    status, out, err = ask(inventory, capsys, name)

    assert (status, err) == (0, "")
    assert out.splitlines() == [
        'aws_ec2_security_group the "main" [group] in eu-central-1 (sg-1)',
        "├── needed by aws_ec2_instance web in eu-central-1 (i-1)",
        "│   ├── owns aws_ec2_instance vol-1 in eu-central-1",
        "│   └── used by aws_ec2_instance web in eu-central-1 (i-2)",
        "└── needed by aws_x/y (not collected)",
        "affected by its deletion: 4",
    ]


@pytest.mark.parametrize(
    ("question", "resource", "found"),
    [
        ("--dependents", "sg-1", ["i-1", "aws_x/y", "vol-1"]),
        ("--dependencies", "i-2", ["i-1", "arn:sg-1"]),
        ("--owners", "vol-1", ["i-1"]),
        ("--blast-radius", "i-2", []),
    ],
)
def test_each_question_has_its_answer_as_json(
    inventory: Path, capsys: pytest.CaptureFixture[str], question: str, resource: str, found: list[str]
) -> None:
    """The nearest come first."""
    status, out, _ = ask(inventory, capsys, resource, question, "--output", "json")

    assert status == 0
    assert [each["uid"] for each in orjson.loads(out)["found"]] == found


def test_dot_and_mermaid_quote_names(inventory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name with quotation marks breaks no drawing."""
    _, dot, _ = ask(inventory, capsys, "sg-1", "-o", "dot")
    _, mermaid, _ = ask(inventory, capsys, "sg-1", "-o", "mermaid")

    assert '"arn:sg-1" [label="aws_ec2_security_group the \\"main\\" [group] in eu-central-1 (sg-1)"];' in dot
    assert '"i-1" -> "arn:sg-1" [label="needs"];' in dot
    assert 'n0["aws_ec2_security_group the #quot;main#quot; [group] in eu-central-1 (sg-1)"]' in mermaid
    assert "n1 -->|needs| n0" in mermaid


def test_an_ambiguous_name_lists_the_candidates(inventory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two instances are called web."""
    status, out, err = ask(inventory, capsys, "web")

    assert (status, out) == (2, "")
    assert "2 resources match" in err
    assert "i-1" in err
    assert "i-2" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "no such resource"),
        (["sg-1", "--owners", "--dependents"], "only one of these options"),
        (["sg-1", "--snapshot", "missing.parquet"], "missing.parquet: no such file"),
    ],
)
def test_bad_input_is_told_in_one_line(
    inventory: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    """Exit status 2, and what to write instead."""
    status, out, err = ask(inventory, capsys, *arguments)

    assert (status, out) == (2, "")
    assert message in err


def test_an_empty_inventory_says_how_to_fill_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before the first snapshot there is nothing to ask."""
    status, _, err = ask(tmp_path, capsys, "sg-1")

    assert status == 2
    assert "tagwarden collect" in err
