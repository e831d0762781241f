"""The lake: each state of a resource once, from the look that found it to the look that no longer did."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagwarden.errors import BadInput
from tagwarden.inventory.lake import ACTIONS, EDGES, RESOURCES, Lake
from tagwarden.inventory.lake.chain import START, Ended, chain_of
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import CollectFailure, Snapshot
from tagwarden.model.tags import Tags
from tests.support.builders import NOW, a_resource, a_snapshot

KINDS = ("aws_ebs_volume", "aws_ec2_instance")
REGIONS = ("eu-central-1", "us-east-1")


def at_hour(hour: int) -> datetime:
    return NOW + timedelta(hours=hour)


def looked(*resources: Resource, hour: int = 0, **changes: Any) -> Snapshot:
    found = a_snapshot(*resources, kinds=changes.pop("kinds", KINDS), taken=at_hour(hour), **changes)
    return Snapshot(**{**{name: getattr(found, name) for name in found.__slots__}, "id": f"snapshot-{hour:04}"})


def recorded(root: Path, snapshots: Iterable[Snapshot]) -> Lake:
    for snapshot in snapshots:
        Lake(root).record(snapshot, lambda _: None)
    return Lake(root)


def states(lake: Lake) -> list[tuple[str, str, datetime, datetime | None]]:
    rows = lake.all_states(RESOURCES).to_table().to_pylist()
    return sorted((row["id"], row["state"], row["valid_from"], row["valid_to"]) for row in rows)


def held_at(lake: Lake, at: datetime) -> set[tuple[str, str]]:
    return {(name, state) for name, state, begun, ended in states(lake) if begun <= at and (not ended or at < ended)}


def test_what_does_not_change_is_written_once(tmp_path: Path) -> None:
    disk = a_resource(id="vol-1", kind="aws_ebs_volume", tags={"team": "data"})
    lake = recorded(tmp_path, [looked(disk, hour=hour) for hour in range(5)])
    (row,) = lake.all_states(RESOURCES).to_table().to_pylist()
    assert (row["account"], row["id"], row["valid_from"], row["valid_to"]) == (disk.account, "vol-1", NOW, None)
    assert row["last_seen"] == at_hour(4)
    assert dict(row["tags"]) == {"team": "data"}
    assert len(list(tmp_path.rglob("closed/**/*.parquet"))) == 0


def test_a_change_ends_a_state_and_begins_another(tmp_path: Path) -> None:
    running, stopped = a_resource(id="i-1"), a_resource(id="i-1", state="stopped")
    lake = recorded(tmp_path, [looked(running), looked(stopped, hour=1), looked(hour=2)])
    assert states(lake) == [
        ("i-1", "running", NOW, at_hour(1)),
        ("i-1", "stopped", at_hour(1), at_hour(2)),
    ]
    assert lake.open_states(RESOURCES).count_rows() == 0


def test_the_vendors_version_begins_no_state(tmp_path: Path) -> None:
    lake = recorded(tmp_path, [looked(a_resource(version="1")), looked(a_resource(version="2"), hour=1)])
    assert len(states(lake)) == 1


@pytest.mark.parametrize("region", ["eu-central-1", "", "*"])
def test_s03_a_listing_that_failed_ends_nothing(tmp_path: Path, region: str) -> None:
    disk = a_resource(id="vol-1", kind="aws_ebs_volume")
    failure = CollectFailure("aws_ebs_volume", region, "AccessDenied", "no")
    lake = recorded(tmp_path, [looked(disk), looked(hour=1, failures=[failure])])
    assert lake.open_states(RESOURCES).to_table()["last_seen"].to_pylist() == [NOW]
    assert states(recorded(tmp_path, [looked(hour=2)])) == [("vol-1", "running", NOW, at_hour(2))]


def test_s03_what_was_not_asked_for_has_not_ended(tmp_path: Path) -> None:
    disk = a_resource(id="vol-1", kind="aws_ebs_volume")
    lake = recorded(
        tmp_path,
        [looked(disk), looked(hour=1, kinds=["aws_ec2_instance"]), looked(hour=2, unlisted_regions=("eu-central-1",))],
    )
    assert held_at(lake, at_hour(3)) == {("vol-1", "running")}


def test_an_older_snapshot_changes_nothing(tmp_path: Path) -> None:
    lake = recorded(tmp_path, [looked(a_resource(), hour=2), looked(hour=1), looked(hour=2)])
    assert held_at(lake, at_hour(2)) == {("i-0123456789abcdef0", "running")}


def test_edges_have_a_beginning_and_an_end_and_resolved_ends(tmp_path: Path) -> None:
    disk = a_resource(id="vol-1", kind="aws_ebs_volume")
    server = a_resource(id="i-1")
    uses = Edge(server.uid, EdgeMeaning.USES, "aws_ebs_volume/vol-1")
    lake = recorded(tmp_path, [looked(disk, server, edges=[uses]), looked(disk, server, hour=1)])
    (row,) = lake.all_states(EDGES).to_table().to_pylist()
    assert (row["source"], row["meaning"], row["target"]) == (server.uid, "uses", disk.uid)
    assert (row["valid_from"], row["valid_to"]) == (NOW, at_hour(1))


def test_a_snapshot_is_counted_once(tmp_path: Path) -> None:
    lake = recorded(tmp_path, [looked(a_resource()), looked(a_resource()), looked(a_resource(), hour=1)])
    rows = lake.snapshots().to_table().to_pylist()
    assert [(row["id"], row["resources"], row["complete"]) for row in rows] == [
        ("snapshot-0000", 1, True),
        ("snapshot-0001", 1, True),
    ]


def test_tables_without_files_are_empty(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert lake.all_states(RESOURCES).count_rows() == lake.snapshots().count_rows() == 0
    assert lake.actions().to_table().schema.names == ACTIONS.names


@pytest.mark.parametrize("root", ["ftp://host/lake", "s3://"])
def test_a_wrong_place_gets_one_line(root: str) -> None:
    with pytest.raises(BadInput, match="write a folder, or s3://BUCKET/PATH"):
        Lake(root)


def test_many_ended_files_become_one_and_the_states_stay(tmp_path: Path) -> None:
    flips = [looked(a_resource(id="i-1", state=f"state-{hour}"), hour=hour) for hour in range(60)]
    lake = recorded(tmp_path, flips)
    assert [state for _, state, *_ in sorted(states(lake), key=lambda row: row[2])] == [f"state-{n}" for n in range(60)]
    assert len(list(tmp_path.rglob("resources/**/closed/**/*.parquet"))) < 30
    assert not lake.problems


def test_what_ended_long_ago_is_removed_a_month_at_a_time(tmp_path: Path) -> None:
    lake = recorded(tmp_path, [looked(a_resource(id="i-1", state=f"{n}"), hour=24 * 40 * n) for n in range(4)])
    assert lake.prune(at_hour(24 * 80)) > 0
    assert [state for _, state, *_ in states(Lake(tmp_path))] == ["1", "2", "3"]


# Kills, damage and two writers


def test_a_damaged_file_is_named_and_left_out(tmp_path: Path) -> None:
    lake = recorded(tmp_path, [looked(a_resource(id="i-1", state=f"{n}"), hour=n) for n in range(4)])
    victim = sorted(tmp_path.rglob("resources/**/closed/**/*.parquet"))[1]
    victim.write_bytes(b"garbage")
    assert [state for _, state, *_ in states(lake)] == ["0", "2", "3"]
    assert str(victim) in lake.problems[0]


def test_damaged_open_states_begin_anew_beside_their_history(tmp_path: Path) -> None:
    recorded(tmp_path, [looked(a_resource(id="i-1", state=f"{n}"), hour=n) for n in range(3)])
    next(tmp_path.rglob("resources/**/open.parquet")).write_bytes(b"")
    lake = recorded(tmp_path, [looked(a_resource(id="i-1", state="3"), hour=3)])
    assert [state for _, state, *_ in states(lake)] == ["0", "1", "3"]


def test_a_kill_before_the_open_states_were_replaced_doubles_nothing(tmp_path: Path) -> None:
    recorded(tmp_path, [looked(a_resource(id="i-1"))])
    path = next(tmp_path.rglob("resources/**/open.parquet"))
    before = path.read_bytes()
    recorded(tmp_path, [looked(a_resource(id="i-1", state="stopped"), hour=1)])
    path.write_bytes(before)  # as if killed between the two writes
    assert states(Lake(tmp_path)) == [("i-1", "running", NOW, None)]
    lake = recorded(tmp_path, [looked(a_resource(id="i-1", state="stopped"), hour=2)])
    assert states(lake) == [("i-1", "running", NOW, at_hour(2)), ("i-1", "stopped", at_hour(2), None)]


def test_of_two_writers_without_a_lock_the_last_one_holds(tmp_path: Path) -> None:
    recorded(tmp_path, [looked(a_resource(id="i-1"))])
    path = next(tmp_path.rglob("resources/**/open.parquet"))
    before = path.read_bytes()
    recorded(tmp_path, [looked(a_resource(id="i-1", state="stopping"), hour=1)])
    path.write_bytes(before)  # the second writer had read the open states before the first one replaced them
    lake = recorded(tmp_path, [looked(hour=2)])
    assert states(lake) == [("i-1", "running", NOW, at_hour(2))]


def test_a_reader_amid_a_compaction_sees_each_state_once() -> None:
    small = [Ended("3", "2"), Ended("2", "1"), Ended("1", START)]
    whole = Ended("3", START)
    assert chain_of(small, "3").valid == tuple(small)
    assert chain_of([*small, whole], "3").valid == (whole,)
    assert chain_of([small[0], Ended("2", START), small[1]], "3").valid == (small[0], Ended("2", START))


def test_a_missing_file_is_named_and_the_older_history_stays() -> None:
    chain = chain_of([Ended("3", "2"), Ended("1", START)], "3")
    assert chain.valid == (Ended("3", "2"), Ended("1", START))
    assert chain.gaps == ("2",)


WORLDS = st.lists(
    st.tuples(
        st.dictionaries(st.integers(0, 5), st.sampled_from(["running", "stopped"]), max_size=6),
        st.sets(st.tuples(st.sampled_from(KINDS), st.sampled_from(REGIONS)), max_size=2),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


def _thing(number: int, state: str) -> Resource:
    return a_resource(
        id=f"r-{number}",
        kind=KINDS[number % 2],
        region=REGIONS[number % 3 % 2],
        state=state,
        tags=Tags.known({"n": str(number)}),
    )


@settings(max_examples=40, deadline=None)
@given(WORLDS)
def test_states_replay_to_each_snapshot(
    tmp_path_factory: pytest.TempPathFactory, worlds: Sequence[tuple[dict[int, str], set[tuple[str, str]], bool]]
) -> None:
    """Whatever is made, changed, gone, unlisted, or killed before the last write: each look can be replayed."""
    root = tmp_path_factory.mktemp("lake")
    seen: list[tuple[int, set[tuple[str, str]], set[tuple[str, str]]]] = []
    for hour, (held, failed, is_killed) in enumerate(worlds):
        found = [_thing(*each) for each in held.items()]
        found = [each for each in found if (each.kind, each.region) not in failed]
        failures = [CollectFailure(kind, region, "AccessDenied", "no") for kind, region in sorted(failed)]
        paths = list(root.rglob("resources/**/open.parquet"))
        before = paths[0].read_bytes() if paths else None
        recorded(root, [looked(*found, hour=hour, failures=failures)])
        if is_killed and before is not None:
            paths[0].write_bytes(before)
            continue
        seen.append((hour, {(each.id, each.state) for each in found}, failed))
    lake = Lake(root)
    for hour, expected, failed in seen:
        unlisted = {f"r-{n}" for n in range(6) if (_thing(n, "").kind, _thing(n, "").region) in failed}
        assert {each for each in held_at(lake, at_hour(hour)) if each[0] not in unlisted} == expected
    every = [(name, begun) for name, _, begun, _ in states(lake)]
    assert len(every) == len(set(every))
    assert not lake.problems
