"""`tagwarden history` and `tagwarden diff`: what changed, when, and by whom."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from tagwarden.cli.main import main
from tagwarden.inventory.lake import Lake
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.state import Entry
from tests.support.builders import NOW, a_resource, a_snapshot
from tests.unit.planning.scenes import doomed, plan_of

HOUR = timedelta(hours=1)
SECOND_HOUR = "between 2026-09-01T12:00Z and 2026-09-01T13:00Z"
LAST_HOUR = "between 2026-09-01T14:00Z and 2026-09-01T15:00Z"
WEB = a_resource(id="i-1", tags={"owner": "alice"}, attributes={"instance_type": "m5.large"})
DB = a_resource(id="i-2", name="db")


def entry(action: ActionType, minutes: int) -> Entry:
    at = NOW + timedelta(minutes=minutes)
    return Entry(
        id=f"e-{minutes}",
        at=at,
        finished=at + timedelta(minutes=1),
        run="run",
        policy="tests",
        generation=1,
        plan_hash="abc",
        snapshots=(),
        provider=ProviderName.AWS,
        account=WEB.account,
        region=WEB.region,
        kind=WEB.kind,
        category=WEB.category,
        namespace="",
        uid=WEB.uid,
        resource_id=WEB.id,
        name=WEB.name,
        created=WEB.created,
        action=action,
        rule=Reason.MissingExpiry if action is ActionType.SET_TAGS else Reason.Expired,
        tags_before={"owner": "alice"},
        changes=TagChanges({"expiration": "2026-09-02"}),
        approved_by="bob" if action is ActionType.DELETE else "",
        state=ActionState.VERIFIED,
    )


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """Tag by us within the second hour, stopped by others in the third, deleted by us in the fourth."""
    lake = Lake(tmp_path / "lake")
    tagged = replace(WEB, tags=Tags.known({"owner": "alice", "expiration": "2026-09-02"}))
    stopped = replace(tagged, state="stopped", attributes={"instance_type": "m5.large", "stopped by": "O'Hara"})
    for hour, found in enumerate([(WEB,), (tagged, DB), (stopped, DB), (DB,)]):
        kinds = [WEB.kind]
        lake.record(a_snapshot(*found, kinds=kinds, taken=NOW + hour * HOUR, id=f"look-{hour}"), lambda _: None)
    entries = [entry(ActionType.SET_TAGS, 30), entry(ActionType.DELETE, 150)]
    lake.keep_actions(lambda first: [each for each in entries if each.at >= first], NOW + 4 * HOUR)
    return tmp_path


def run(inventory: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main([*arguments, "--inventory", str(inventory)])
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


@pytest.mark.parametrize("name", ["i-1", WEB.uid, "aws_ec2_instance/i-1", "aws_ec2_instance/web", "web"])
def test_the_history_tells_each_change_and_who_made_it(
    inventory: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    status, out, err = run(inventory, capsys, "history", name)
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "aws_ec2_instance web in eu-central-1 (i-1), account aws-dev",
        "  2026-08-31T12:00Z, first seen 2026-09-01T12:00Z  appeared",
        f"  {SECOND_HOUR}  changed by Tagwarden: SetTags, policy tests, rule MissingExpiry",
        "      tags.expiration: none → 2026-09-02",
        "  between 2026-09-01T13:00Z and 2026-09-01T14:00Z  changed, not by Tagwarden",
        "      state: running → stopped",
        "      attributes.stopped by: none → O'Hara",
        f"  {LAST_HOUR}  gone by Tagwarden: Delete, policy tests, rule Expired, approved by bob",
    ]


def test_what_is_still_there_says_when_it_was_last_seen(inventory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(inventory, capsys, "history", "db")[1].splitlines()[-1] == "  last seen 2026-09-01T15:00Z"


def test_the_history_as_json(inventory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(inventory, capsys, "history", "i-1", "-o", "json")
    (found,) = orjson.loads(out)["resources"]
    assert found["gone"] == "2026-09-01T15:00:00+00:00"
    assert [change["how"] for change in found["changes"]] == ["appeared", "changed", "changed", "gone"]
    assert found["changes"][1]["by"] == {
        "id": "e-30",
        "action": "SetTags",
        "rule": "MissingExpiry",
        "policy": "tests",
    }


def test_an_unknown_resource_is_one_clear_line(inventory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(inventory, capsys, "history", "nobody's")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "nobody's: no such resource in the inventory or its history" in err


@pytest.mark.parametrize(
    ("before", "after"), [("look-0", "look-2"), ("2026-09-01T12:30:00Z", "2026-09-01T16:30:00+02:00")]
)
def test_two_times_are_compared(inventory: Path, capsys: pytest.CaptureFixture[str], before: str, after: str) -> None:
    status, out, _ = run(inventory, capsys, "diff", before, after)
    assert status == 0
    assert out.splitlines()[:-1] == [
        "~ aws_ec2_instance web in eu-central-1 (i-1), account aws-dev",
        "    state: running → stopped",
        "    tags.expiration: none → 2026-09-02",
        "    attributes.stopped by: none → O'Hara",
        "+ aws_ec2_instance db in eu-central-1 (i-2), account aws-dev",
    ]
    assert out.splitlines()[-1].startswith("1 appeared, 1 changed, 0 gone between")


def test_a_difference_until_now_as_json(inventory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(inventory, capsys, "diff", "look-2", "-o", "json")
    (gone,) = orjson.loads(out)["changes"]
    assert (gone["how"], gone["id"], gone["differences"]) == ("gone", "i-1", [])


def test_only_one_account(inventory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(inventory, capsys, "diff", "look-0", "--account", "other")[1].startswith("0 appeared, 0 changed, 0 gone")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["yesterday"], "A: 'yesterday' is not a time or snapshot; write RFC 3339"),
        (["look-0", "look-9"], "B: 'look-9' is not a time or snapshot"),
        (["look-2", "look-0"], "is not before B (2026-09-01T12:00Z); write the earlier time first"),
    ],
)
def test_a_wrong_time_is_one_clear_line(
    inventory: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    status, out, err = run(inventory, capsys, "diff", *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert told in err


def test_what_a_deletion_took_along_went_as_planned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The vendor deletes a volume with its instance: the journal has no action of its own for it."""
    lake, plan = Lake(tmp_path / "lake"), plan_of([doomed("i-1")])
    volume = plan.resources[0].resource
    lake.record(a_snapshot(volume, taken=NOW), lambda _: None)
    lake.judge(plan)
    lake.record(a_snapshot(kinds=[volume.kind], taken=NOW + HOUR, id="later"), lambda _: None)
    last = run(tmp_path, capsys, "history", "i-1")[1].splitlines()[-1]
    assert last.endswith(f"gone as the plan of policy {plan.policy} said")
