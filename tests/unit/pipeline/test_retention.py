"""What the inventory no longer keeps goes before anything is written, so that a full volume heals itself."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tagwarden.errors import StateError
from tagwarden.inventory import Lake, PlanStore, SnapshotStore
from tagwarden.inventory.lake import RESOURCES
from tagwarden.model.account import CloudAccount
from tagwarden.model.snapshot import Snapshot
from tagwarden.pipeline import PassDependencies, keeper_of
from tagwarden.providers.base import Provider
from tagwarden.state import Database
from tests.support.builders import NOW, a_resource, a_snapshot


def taken_before(days: int) -> Snapshot:
    taken = NOW - timedelta(days=days)
    found = a_snapshot(a_resource(id="i-1", state=f"before-{days}"), taken=taken)
    return replace(found, id=f"{taken:%Y%m%dT%H%M%SZ}")


def no_provider(account: CloudAccount) -> Provider:
    raise AssertionError(account)


def dependencies_at(root: Path) -> PassDependencies:
    return PassDependencies(
        SnapshotStore(root), PlanStore(root), Database("sqlite://"), no_provider, lambda: NOW, lake=Lake(root / "lake")
    )


def fill(store: SnapshotStore) -> None:
    """Store snapshots of the time before the retention until the volume is full."""
    for days in range(200, 1200):
        store.save(taken_before(days))


@pytest.fixture
def small_volume(tmp_path: Path) -> Iterator[Path]:
    """Give a volume of 1 MiB; skips where this process may not mount one."""
    place = tmp_path / "volume"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small volume")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_collection_removes_old_snapshots_first_and_keeps_the_newest(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    old, recent = taken_before(100), taken_before(80)
    for each in (old, recent):
        store.save(each)
    keeper_of(dependencies_at(tmp_path))
    assert [path.stem for path in store.files(recent.account)] == [recent.id]
    keeper_of(dependencies_at(tmp_path))
    assert store.latest(recent.account) is not None


def test_states_that_ended_400_days_ago_are_removed(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    for days in (500, 480, 300, 10):
        lake.record(taken_before(days), lambda _: None)
    keeper_of(dependencies_at(tmp_path))
    left = Lake(tmp_path / "lake").all_states(RESOURCES).to_table()["state"].to_pylist()
    assert set(left) == {"before-10", "before-300", "before-480"}


def test_a_full_volume_heals_itself(small_volume: Path) -> None:
    store = SnapshotStore(small_volume)
    with pytest.raises(StateError, match="No space left"):
        fill(store)
    fresh = taken_before(0)
    with pytest.raises(StateError, match="No space left"):
        store.save(fresh)
    keep = keeper_of(dependencies_at(small_volume))
    keep(fresh)
    assert [path.stem for path in store.files(fresh.account)][-1] == fresh.id
