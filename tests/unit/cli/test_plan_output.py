"""`tagwarden plan` for people and pipes: what is listed, in which order, with the summary last."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tagwarden.inventory import PlanStore, SnapshotStore, hash_of, load_plan
from tests.support.builders import NOW, a_resource, a_snapshot
from tests.support.command_line import a_policy
from tests.unit.cli.conftest import Answered, Tagwarden
from tests.unit.cli.test_plain_mistakes import ACCOUNT
from tests.unit.planning.scenes import claimed, doomed, fixable, plan_of

CLAIMED = {"owner": "alice", "expiration": "2026-09-02T12:00:00Z"}
EXPIRED = {"owner": "bob", "expiration": "2026-08-31T12:00:00Z"}
MISSPELT = {"owner": "carol", "expiraton": "2026-09-02T12:00:00Z"}

Plan = Callable[..., Answered]


@pytest.fixture
def plan(tmp_path: Path, tagwarden: Tagwarden, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Return a function that plans over a stored snapshot: `plan("-o", "wide", observations=2)`."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv("COLUMNS", raising=False)
    snapshot = a_snapshot(
        a_resource(id="i-claimed", tags=CLAIMED, name=""),
        a_resource(id="i-expired", tags=EXPIRED, name="old [red]"),
        a_resource(id="i-misspelt", tags=MISSPELT, region="us-east-1", name=""),
    )
    file = SnapshotStore(tmp_path / "elsewhere").save(snapshot)
    declared = tmp_path / "all.yaml"

    def run(*arguments: str, policies: tuple[str, ...] = ("test-accounts",), **spec: Any) -> Answered:
        documents = [ACCOUNT, *(a_policy(name, priority=place, **spec) for place, name in enumerate(policies))]
        declared.write_text(yaml.safe_dump_all(documents), encoding="utf-8")
        return tagwarden("plan", "-f", declared, "--snapshot", file, "--now", NOW.isoformat(), *arguments)

    return run


def listed(answered: Answered) -> list[str]:
    return [word for line in answered.out.splitlines() for word in line.split() if word in {"Delete", "Pending", "Fix"}]


def test_the_summary_stands_last(plan: Plan) -> None:
    """Below the resources: the policy with its plan, the counts, the planned actions."""
    out = plan().out.splitlines()

    blank = out.index("")
    assert out[0].startswith("Verdict")
    assert "i-expired" not in "".join(out[blank:])
    assert out[blank + 1].startswith("test-accounts (Enforce)  plan ")
    assert "3 resources  Delete 1  Fix 1  Compliant 1" == out[blank + 2]
    assert "1 tag change, " in out[-1]


def test_several_summaries_stand_together(plan: Plan) -> None:
    """Each table says whose it is."""
    out = plan(policies=("one", "two")).out.splitlines()

    assert "one:" == out[0]
    assert ["one (Enforce)", "two (Enforce)"] == [line.partition("  plan ")[0] for line in out if "  plan " in line]
    tables = [place for place, line in enumerate(out) if "i-misspelt" in line]
    summaries = [place for place, line in enumerate(out) if "  plan " in line]
    assert max(tables) < min(summaries)


def test_pending_comes_before_fix(plan: Plan) -> None:
    """What is about to be deleted is more urgent, and says what it waits for."""
    out = plan(observations=3, observationInterval="30m")

    assert ["Pending", "Fix"] == listed(out)[:2]
    assert "2 more complete snapshots needed (1 of 3 agree), next at 2026-09-01T12:30:00Z" in out.out


def test_a_resource_is_one_line_in_a_pipe(plan: Plan) -> None:
    """Brackets in names are no markup."""
    lines = plan().out.splitlines()

    assert 3 == lines.index("")
    assert "old [red] in eu-central-1" in lines[1]
    assert "2026-08-31T12:00Z" in lines[1]


def test_wide_has_more_columns(plan: Plan) -> None:
    """Account, region, id, age, environment, cost, reasons and the uid."""
    wide = plan("-o", "wide").out.splitlines()

    titles = ["Account", "Region", "Id", "Created", "Environment", "USD/month", "Reasons", "Uid"]
    assert set(titles) <= set(wide[0].split())
    assert "aws-dev/aws_ec2_instance/i-expired" in wide[1]


def test_csv_has_one_header_for_all_policies(plan: Plan) -> None:
    """And every column, with times that programs read; `--full` lists what is in order too."""
    rows = list(csv.DictReader(io.StringIO(plan("-o", "csv", "--full", policies=("one", "two")).out)))

    claimed = next(row for row in rows if row["id"] == "i-claimed" and row["verdict"] == "Compliant")
    assert 6 >= len(rows) >= 3
    assert ("alice", "2026-09-02T12:00:00+00:00", "test") == tuple(
        claimed[name] for name in ("owner", "expires", "environment")
    )
    assert {"policy", "provider", "account", "kind", "why", "then", "uid", "costPerMonth"} <= claimed.keys()


def test_names_are_uids_that_explain_accepts(plan: Plan, tagwarden: Tagwarden, tmp_path: Path) -> None:
    """One a line; the resources that need an action."""
    names = plan("-o", "name").out.splitlines()

    assert ["aws-dev/aws_ec2_instance/i-expired", "aws-dev/aws_ec2_instance/i-misspelt"] == names
    PlanStore(tmp_path / "stored").save(load_plan(whole(plan, tmp_path)))
    told = tagwarden("explain", names[0], "--inventory", tmp_path / "stored", "--state", f"sqlite:///{tmp_path}/s.db")
    assert (0, "") == (told.status, told.err)
    assert "decided Delete" in told.out


def whole(plan: Plan, folder: Path) -> Path:
    """Save the plan as JSON and give the file."""
    file = folder / "plan.json"
    file.write_text(plan("-o", "json").out)
    return file


def test_filters_show_what_matches_and_leave_the_plan_whole(plan: Plan) -> None:
    """The counts and the hash are those of the whole plan; a compliant resource is shown when it is asked for."""
    whole, filtered = plan(), plan("--owner", "alice", "--kind", "aws_ec2_*")

    assert (0, "") == (filtered.status, filtered.err)
    assert "i-claimed" in filtered.out
    assert "i-expired" not in filtered.out
    assert "1 of 3 resources match --kind aws_ec2_* --owner alice" in filtered.out
    assert whole.out.splitlines()[-4:] == filtered.out.splitlines()[-4:]


def test_a_filter_that_matches_nothing_says_what_there_is(plan: Plan) -> None:
    """On standard error, for every form of output."""
    for form in ("table", "csv", "name"):
        told = plan("--kind", "aws_x", "-o", form)

        assert 0 == told.status
        assert "tagwarden: test-accounts: no resource of kind aws_x; kinds in the plan: aws_ec2_instance\n" == told.err


@pytest.mark.parametrize("form", ["json", "yaml", "report"])
def test_a_document_is_never_filtered(plan: Plan, form: str) -> None:
    """S6: `apply plan.json` carries out what was shown, all of it."""
    refused = plan("--verdict", "Fix", "-o", form)

    assert (2, "") == (refused.status, refused.out)
    assert f"--verdict Fix: -o {form} writes the whole plan" in refused.err


def saved(folder: Path) -> list[str]:
    """Store two plans of one policy and give their hashes."""
    store = PlanStore(folder)
    store.save(plan_of([doomed("i-1"), fixable("i-2")]))
    store.save(plan_of([fixable("i-1"), fixable("i-2")]))
    return [hash_of(path) for path in store.files()]


def test_explain_takes_the_beginning_of_a_hash(tmp_path: Path, tagwarden: Tagwarden) -> None:
    """The decision of that plan, instead of the latest."""
    places = ("--inventory", str(tmp_path), "--state", f"sqlite:///{tmp_path}/state.db")
    told = {
        each: tagwarden("explain", "i-1", "--plan", each[:6].upper(), "-o", "json", *places).json["decisions"]
        for each in saved(tmp_path)
    }

    assert {"Delete", "Fix"} == {decision["verdict"] for (decision,) in told.values()}
    assert all([each] == [decision["plan"] for decision in decisions] for each, decisions in told.items())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("abc", "--plan: 'abc' is not the hash of a plan; write 6 to 64 hexadecimal digits"),
        ("plan.json", "--plan: 'plan.json' is not the hash of a plan; write 6 to 64 hexadecimal digits"),
        ("000000", "--plan: no stored plan begins with 000000; write the whole hash or make a new plan"),
    ],
)
def test_an_unknown_beginning_is_one_line(tmp_path: Path, tagwarden: Tagwarden, text: str, said: str) -> None:
    """Exit status 2, and nothing is shown."""
    refused = tagwarden("explain", "i-1", "--plan", text, "--inventory", str(tmp_path))

    assert (2, "", f"tagwarden: {said}\n") == (refused.status, refused.out, refused.err)


def test_explain_tells_the_tags_of_a_compliant_resource(tmp_path: Path, tagwarden: Tagwarden) -> None:
    """And every time in one form."""
    PlanStore(tmp_path).save(plan_of([claimed("i-1", created=NOW - timedelta(days=9))]))
    places = ("--inventory", str(tmp_path), "--state", f"sqlite:///{tmp_path}/state.db")

    shown, told = tagwarden("explain", "i-1", *places), tagwarden("explain", "i-1", "-o", "json", *places)

    assert "tags: expiration=2026-09-02T12:00:00Z owner=bob" in shown.out
    assert "expires 2026-09-02T12:00Z (" in shown.out
    assert "created 2026-08-23T12:00Z (" in shown.out
    assert "decided Compliant at 2026-09-01T12:00Z (" in shown.out
    assert {"owner": "bob", "expiration": "2026-09-02T12:00:00Z"} == told.json["decisions"][0]["tags"]
