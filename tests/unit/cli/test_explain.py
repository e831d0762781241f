"""`tagwarden explain` and `tagwarden graph` take the same names for the same resource."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from tagwarden.cli import explain as explaining
from tagwarden.cli.lookup import candidates, the_one
from tagwarden.cli.main import main
from tagwarden.errors import BadInput
from tagwarden.inventory import PlanStore, load_plan
from tagwarden.model.plan import Plan
from tests.unit.planning.scenes import claimed, doomed, plan_of

WEB = doomed("arn:i-1", id="i-1", name="web")
SHADOW = claimed("arn:web", id="web", name="shadow")
TWIN = claimed("arn:i-2", id="i-2", name="web")


def ask(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["explain", *arguments, "--inventory", str(folder), "--state", f"sqlite:///{folder}/state.db"])
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


@pytest.mark.parametrize(
    ("wanted", "uids"),
    [
        ("arn:i-1", ["arn:i-1"]),
        ("aws_ec2_instance/i-1", ["arn:i-1"]),
        ("i-1", ["arn:i-1"]),
        ("web", ["arn:web"]),
        ("aws_ec2_instance/web", ["arn:web"]),
        ("shadow", ["arn:web"]),
        ("nothing", []),
    ],
)
def test_the_most_exact_reading_decides(wanted: str, uids: list[str]) -> None:
    """An id goes before a name: the instance `web` is meant, not the one whose tag says so."""
    things = [thing.resource for thing in (WEB, SHADOW, TWIN)]

    assert uids == [one.uid for one in candidates(things, wanted)]


def test_a_name_of_two_is_refused_with_both() -> None:
    """The uid of each is told, to be written instead."""
    with pytest.raises(BadInput, match=r"web: 2 resources match(.|\n)*arn:i-1(.|\n)*arn:i-2"):
        the_one([WEB.resource, TWIN.resource], "web")


def test_explain_finds_a_decision_by_any_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The newest decision of the one that is meant."""
    store = PlanStore(tmp_path)
    store.save(plan_of([WEB, SHADOW]))

    for wanted, uid in (("aws_ec2_instance/i-1", "arn:i-1"), ("web", "arn:web")):
        status, out, err = ask(tmp_path, capsys, wanted, "--output", "json")

        assert (status, err) == (0, "")
        assert [uid] == [decision["uid"] for decision in orjson.loads(out)["decisions"]]


def test_explain_lists_the_candidates_of_an_ambiguous_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, and what to write instead."""
    PlanStore(tmp_path).save(plan_of([WEB, TWIN]))

    status, out, err = ask(tmp_path, capsys, "web")

    assert (status, out) == (2, "")
    assert "arn:i-1" in err
    assert "arn:i-2" in err


@pytest.mark.parametrize(("wanted", "read"), [("i-1", 1), ("nothing", 0), ("aws_ec2_instance/nothing", 0)])
def test_explain_reads_no_plan_that_does_not_mention_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, read: int
) -> None:
    """The newest plan that tells of it is read, and no other."""
    store, plan = PlanStore(tmp_path), plan_of([WEB])
    for hours in range(5):
        store.save(replace(plan, generated_at=plan.generated_at + timedelta(hours=hours)))
    opened: list[Path] = []

    def load(path: Path) -> Plan:
        opened.append(path)
        return load_plan(path)

    monkeypatch.setattr(explaining, "load_plan", load)
    found = list(explaining._decisions(store.files(), wanted))

    assert read == len(found)
    assert list(reversed(store.files()))[:read] == opened
