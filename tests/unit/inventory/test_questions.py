"""`tagwarden query`: every table, a typed view of each kind, and nothing but reading."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from tagwarden.cli.main import main
from tagwarden.errors import BadInput
from tagwarden.inventory.lake import Lake
from tagwarden.inventory.lake.questions import Answer, answer_of, asking, columns_of
from tagwarden.inventory.lake.sql import TABLES
from tagwarden.model.graph import Edge, EdgeMeaning
from tests.support.builders import NOW, a_resource, a_snapshot

WEB = a_resource(
    id="i-1",
    tags={"owner": "alice", "team": "data"},
    attributes={"cores": 8, "instance_type": "m5.large", "spot": True, "launched": "2026-09-01T10:00:00Z", "name": "x"},
)
DB = a_resource(id="i-2", name='it\'s "db"', tags={"team": "O'Brien"}, attributes={"cores": 2, "launched": "never"})
DISK = a_resource(id="vol-1", kind="aws_ebs_volume", attributes={"size": 2**40})
USES = Edge(WEB.uid, EdgeMeaning.USES, "aws_ebs_volume/vol-1")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    lake.record(a_snapshot(WEB, DB, DISK, edges=[USES]), lambda _: 73.0)
    later = replace(WEB, state="stopped")
    lake.record(a_snapshot(later, DB, DISK, edges=[USES], taken=NOW + timedelta(hours=1), id="second"), lambda _: 73.0)
    return lake


def asked(lake: Lake, sql: str) -> Answer:
    with asking(lake, sql) as connection:
        return answer_of(connection, sql)


@pytest.mark.parametrize("table", TABLES)
def test_every_table_can_be_read(lake: Lake, table: str) -> None:
    assert asked(lake, f"select * from {table}").columns
    assert columns_of(lake, table).rows


def test_a_kind_is_a_view_with_typed_columns(lake: Lake) -> None:
    types = dict(columns_of(lake, "aws_ec2_instance").rows)
    assert types["cores"] == "BIGINT"
    assert types["spot"] == "BOOLEAN"
    assert types["instance_type"] == types["launched"] == "VARCHAR"
    assert types["name_fact"] == "VARCHAR"
    assert dict(columns_of(lake, "aws_ebs_volume").rows)["size"] == "BIGINT"
    found = asked(lake, "select id, cores, spot from aws_ec2_instance order by cores")
    assert found.rows == [("i-2", 2, None), ("i-1", 8, True)]
    assert asked(lake, "select size from aws_ebs_volume").rows == [(2**40,)]


def test_an_instant_has_a_zone(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.record(a_snapshot(a_resource(attributes={"launched": "2026-09-01T10:00:00+02:00"})), lambda _: None)
    found = asked(lake, "select launched at time zone 'UTC' from aws_ec2_instance")
    assert str(found.rows[0][0]) == "2026-09-01 08:00:00"


def test_a_link_is_a_view_with_both_ends(lake: Lake) -> None:
    sql = "select source_name, target_id from link_aws_ec2_instance__uses__aws_ebs_volume"
    assert asked(lake, sql).rows == [("web", "vol-1")]
    with pytest.raises(BadInput, match="aws_ebs_volumes: no such table and no resource of such a kind"):
        asked(lake, f"{sql}s")


def test_the_newest_state_and_the_history(lake: Lake) -> None:
    assert asked(lake, "select state, owner, round(cost_per_hour, 2) from resources_now where id = 'i-1'").rows == [
        ("stopped", "alice", 0.1)
    ]
    sql = "select state, valid_to is null from resources where id = 'i-1' order by valid_from"
    assert asked(lake, sql).rows == [("running", False), ("stopped", True)]
    assert asked(lake, "select value from tags where key = 'team' and value like 'O''%'").rows == [("O'Brien",)]


def test_a_walk_of_any_depth(lake: Lake) -> None:
    sql = f"""with recursive reached as (select '{WEB.uid}' as uid union
        select target from reached join edges_now on source = uid) select count(*) from reached"""
    assert asked(lake, sql).rows == [(2,)]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from glob('/*')",
        "select * from read_parquet('https://example.org/x.parquet')",
        "copy (select 1) to '/tmp/stolen.csv'",
        "attach '/tmp/other.db'",
        "install httpfs",
        "load httpfs",
        "set memory_limit = '1GB'",
        "pragma enable_profiling",
        "create table mine as select 1",
        "drop view resources_now",
        "select * from WEB",
        "select getenv('HOME')",
        "call duckdb_secrets()",
        "select 1; select 2",
        "",
        "-- nothing",
    ],
)
def test_nothing_but_the_inventory_is_in_reach(lake: Lake, sql: str) -> None:
    with pytest.raises(BadInput) as wrong:
        asked(lake, sql)
    assert "\n" not in str(wrong.value)


def test_a_mistake_names_its_place(lake: Lake) -> None:
    with pytest.raises(BadInput, match=r"query, line 2, at 'colour from resources_now': .*colour"):
        asked(lake, "select id,\n  colour from resources_now")
    with pytest.raises(BadInput, match="vms: no such table and no resource of such a kind"):
        columns_of(lake, "vms")


def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["query", *arguments, "--inventory", str(tmp_path)])
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


@pytest.mark.usefixtures("lake")
def test_the_command_writes_each_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sql = "select id, tags, created, cost_per_month from resources_now where id = 'i-1'"
    status, out, err = run(tmp_path, capsys, sql)
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "id   tags                             created                    cost_per_month",
        'i-1  {"owner":"alice","team":"data"}  2026-08-31T12:00:00+00:00              73',
    ]
    assert run(tmp_path, capsys, sql, "-o", "csv")[1].splitlines()[0] == "id,tags,created,cost_per_month"
    expected = {"id": "i-1", "tags": {"owner": "alice", "team": "data"}, "created": "2026-08-31T12:00:00+00:00"}
    (found,) = orjson.loads(run(tmp_path, capsys, sql, "-o", "json")[1])
    assert found == {**expected, "cost_per_month": 73.0}
    (line,) = run(tmp_path, capsys, sql, "-o", "ndjson")[1].splitlines()
    assert orjson.loads(line) == found
    assert "owner: alice" in run(tmp_path, capsys, sql, "-o", "yaml")[1]


@pytest.mark.usefixtures("lake")
def test_the_tables_are_listed_and_described(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(tmp_path, capsys, "--list")
    assert "resources_now" in out
    assert "aws_ebs_volume" in out
    assert "size" in run(tmp_path, capsys, "--describe", "aws_ebs_volume")[1]


@pytest.mark.usefixtures("lake")
def test_a_file_and_standard_input_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "count.sql"
    path.write_text("-- How many resources?\nselect count(*) as resources from resources_now;\n")
    assert run(tmp_path, capsys, "-f", str(path))[1].split() == ["resources", "3"]
    with path.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert run(tmp_path, capsys, "-")[1].split() == ["resources", "3"]
    status, _, err = run(tmp_path, capsys, "-f", str(tmp_path / "missing.sql"))
    assert (status, err.count("\n")) == (2, 1)


def test_an_empty_inventory_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, capsys, "select count(*) as resources from resources_now")[1].split() == ["resources", "0"]


def test_the_page_lists_every_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "query.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", page, re.MULTILINE))
    assert rows == TABLES
