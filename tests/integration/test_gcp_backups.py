"""Backups before deletions in Google Cloud: in the right order, or the resource stays and says why."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, a_policy, a_project, on_project
from tests.support.fake_gcp import FakeGCP, Refusal, side_effects
from tests.support.fake_gcp.calls import Call
from tests.support.fake_gcp.store import Record

DEV = "my-dev-123"
PROJECT = f"projects/{DEV}"
REGION, ZONE = f"{PROJECT}/regions/europe-west1", f"{PROJECT}/zones/europe-west1-b"
LOCATION = f"{PROJECT}/locations/europe-west1"
YESTERDAY = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
EXPIRED = {"owner": "alice", "expiration": YESTERDAY}
KEEP = {"kinds": ["volume", "file_system"], "keep": "72h"}
MARK, AT = "tagwarden__2eio__2fbackup-of", "tagwarden__2eio__2fbackup-at"


def a_disk(gcp: FakeGCP) -> str:
    return gcp.add("compute.disks.insert", ZONE, {"name": "data", "sizeGb": "10", "labels": EXPIRED}).key


def a_regional_disk(gcp: FakeGCP) -> str:
    body = {"name": "data", "sizeGb": "200", "replicaZones": [f"{ZONE}", f"{ZONE[:-1]}c"], "labels": EXPIRED}
    return gcp.add("compute.regionDisks.insert", REGION, body).key


def a_share(gcp: FakeGCP) -> str:
    body = {"tier": "BASIC_HDD", "fileShares": [{"name": "vol1", "capacityGb": "1024"}], "labels": EXPIRED}
    place = f"{PROJECT}/locations/europe-west1-b"
    return gcp.add("file.projects.locations.instances.create", place, body, instanceId="share").key


CHANGES = ("insert", "create", "delete")
SOURCES = {
    "gcp_compute_disk": (a_disk, "compute.snapshots"),
    "gcp_compute_region_disk": (a_regional_disk, "compute.snapshots"),
    "gcp_file_instance": (a_share, "file.backups"),
}
"""How each kind with backups is made, and the type of its backups."""


@pytest.fixture
def gcp() -> Iterator[FakeGCP]:
    """A project whose operations end with the second look at them."""
    with FakeGCP() as cloud:
        cloud.new_project(DEV, "123456789012")
        cloud.let_operations_take(polls=2)
        yield cloud


@pytest.fixture
def shell(gcp: FakeGCP, tmp_path: Path) -> CommandLine:
    line = on_project(gcp, DEV, tmp_path)
    policy = a_policy(scope={"accounts": {"names": ["gcp-dev"]}}, backup=KEEP)
    line.declare("declared/all.yaml", policy, a_project(gcp, DEV))
    return line


def applied(shell: CommandLine) -> list[tuple[str, str, str]]:
    """Carry out the plan; type, state and reason of each action."""
    done = shell.run("apply", "--yes", "-f", "declared", "-o", "json")
    assert done.out, done.err
    return [(each["type"], each["state"], each["reason"]) for each in done.json["outcomes"]]


def backups(gcp: FakeGCP, type_: str) -> list[str]:
    return gcp.keys_of(type_)


def deletions(gcp: FakeGCP) -> list[Call]:
    return gcp.calls("*.delete")


@pytest.mark.parametrize("kind", SOURCES)
def test_an_expired_resource_is_kept_and_then_deleted(gcp: FakeGCP, shell: CommandLine, kind: str) -> None:
    """The labelled backup is ready before the deletion is requested, and the next pass leaves it alone."""
    make, type_ = SOURCES[kind]
    source = make(gcp)

    assert [("Backup", "Verified", "Expired"), ("Delete", "Verified", "Expired")] == applied(shell)

    (backup,) = backups(gcp, type_)
    api = type_.partition(".")[0]
    labels = gcp.body(api, backup)["labels"]
    assert {"owner", "expiration", MARK, AT} == set(labels)
    assert ("alice", True) == (labels["owner"], labels["expiration"] > f"{datetime.now(UTC):%Y-%m-%d}")
    assert not gcp.exists(api, source)
    order = [call.method_id.rpartition(".")[2] for call in gcp.calls(f"{api}.*") if call.method_id.endswith(CHANGES)]
    assert ["delete"] == order[1:], order
    again = shell.run("plan", "-f", "declared", "-o", "json").json
    assert ["Compliant"] == [each["verdict"] for each in again["resources"] if each["id"] == backup]


def test_a_backup_that_would_lack_a_share_is_not_made_and_the_instance_stays(gcp: FakeGCP, shell: CommandLine) -> None:
    """A backup of Filestore holds one share: deleting the instance would lose the others."""
    source = a_share(gcp)
    gcp.change("file", source, fileShares=[{"name": "vol1"}, {"name": "vol2"}])

    assert [("Backup", "Failed", "Unsupported"), ("Delete", "Withheld", "BackupFailed")] == applied(shell)

    assert gcp.exists("file", source)
    assert [] == backups(gcp, "file.backups")


def test_s11_killed_after_the_request_a_backup_is_not_made_twice(gcp: FakeGCP, shell: CommandLine) -> None:
    """The next pass waits for the backup that it finds, and deletes then."""
    source = a_disk(gcp)
    gcp.let_operations_take(polls=10_000, seconds=10_000)
    process = begin(shell)
    wait_until(lambda: gcp.calls("compute.snapshots.insert"))
    process.kill()
    process.communicate(timeout=60)
    gcp.settle()
    gcp.let_operations_take(polls=1)

    again = begin(shell)
    out, err = again.communicate(timeout=120)

    assert (-signal.SIGKILL, 0) == (process.returncode, again.returncode), err
    assert 1 == len(gcp.calls("compute.snapshots.insert")), out
    assert not gcp.exists("compute", source)


def begin(shell: CommandLine) -> subprocess.Popen[str]:
    """Begin to carry out what is declared, with no patience for what settles slowly."""
    root = Path(__file__).parents[2]
    state = {"XDG_STATE_HOME": str(shell.folder / "state"), "PYTHONPATH": f"{root}{os.pathsep}{root / 'operator'}"}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.hasty_tagwarden", "apply", "--yes", "-f", "declared", "-o", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=shell.folder,
        env={**shell.environment, **state},
    )


def wait_until(condition: Callable[[], object]) -> None:
    """Wait at most half a minute."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (lambda gcp: gcp.deny("*.create*"), "AccessDenied"),
        (lambda gcp: gcp.fail_inside("*", Refusal("RESOURCE_EXHAUSTED", "the quota is exceeded")), "BackupFailed"),
    ],
    ids=["denied", "fails-inside"],
)
def test_without_a_backup_nothing_is_deleted(
    gcp: FakeGCP, shell: CommandLine, kind: str, trouble: Callable[[FakeGCP], None], reason: str
) -> None:
    """A refused request, and one that is accepted and fails inside its operation."""
    make, type_ = SOURCES[kind]
    source = make(gcp)
    trouble(gcp)

    assert [("Backup", "Failed", reason), ("Delete", "Withheld", "BackupFailed")] == applied(shell)
    assert gcp.exists(type_.partition(".")[0], source)
    assert [] == deletions(gcp)


def on_birth(monkeypatch: pytest.MonkeyPatch, type_: str, change: Callable[[Record], None]) -> None:
    """Let the simulated cloud change each new backup behind everybody's back."""
    monkeypatch.setitem(side_effects._ON_CREATION, type_, lambda _state, record, _add: change(record))


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize("fault", ["expiry", "source", "state"])
def test_a_wrong_backup_is_none(
    gcp: FakeGCP, shell: CommandLine, monkeypatch: pytest.MonkeyPatch, kind: str, fault: str
) -> None:
    """It expires before its time, holds another resource, or is broken: the resource stays."""
    make, type_ = SOURCES[kind]
    source = make(gcp)

    def spoil(record: Record) -> None:
        if fault == "expiry":
            record.body["labels"] |= {"expiration": YESTERDAY}
        elif fault == "source":
            field = "sourceDisk" if "sourceDisk" in record.body else "sourceInstance"
            record.body[field] = f"{source}-other"
        else:
            record.body["status" if "sourceDisk" in record.body else "state"] = "FAILED"

    on_birth(monkeypatch, type_, spoil)
    gcp.let_operations_take(polls=0)
    if fault == "state":
        monkeypatch.setattr("tests.support.fake_gcp.states.READY", ("FAILED", "INVALID"))

    assert [("Backup", "Failed", "BackupFailed"), ("Delete", "Withheld", "BackupFailed")] == applied(shell)
    assert gcp.exists(type_.partition(".")[0], source)
    assert [] == deletions(gcp)


@pytest.mark.parametrize("kind", SOURCES)
def test_a_backup_that_vanishes_before_the_deletion_withholds_it(gcp: FakeGCP, shell: CommandLine, kind: str) -> None:
    """It is read again right before the deletion."""
    make, type_ = SOURCES[kind]
    source = make(gcp)
    gcp.fail(f"{type_.partition('.')[0]}.*{type_.partition('.')[2]}.get", Refusal("NOT_FOUND", "not found"))

    assert [("Backup", "Verified", "Expired"), ("Delete", "Withheld", "BackupFailed")] == applied(shell)
    assert gcp.exists(type_.partition(".")[0], source)


def test_s3_backups_that_cannot_be_listed_are_not_missing(gcp: FakeGCP, shell: CommandLine) -> None:
    """With a location out of reach nobody knows whether there is a backup: none is made, and nothing is deleted."""
    source = a_share(gcp)
    gcp.cut_off("file.*.backups.list", "europe-west4")

    states = {state for _, state, _ in applied(shell)}

    assert "Verified" not in states
    assert [] == gcp.calls("file.*.backups.create")
    assert gcp.exists("file", source)


def test_audit_makes_no_backup(gcp: FakeGCP, shell: CommandLine) -> None:
    """The plan shows it (S15)."""
    a_disk(gcp)

    shown = shell.run("plan", "-f", "declared")

    assert "backup, kept 3d, delete, wave 1" in shown.out
    assert [] == gcp.calls("*.insert")


def test_a_database_takes_its_backups_along_and_has_none(gcp: FakeGCP, shell: CommandLine) -> None:
    """So a policy that asks for backups of databases says that Google Cloud has none."""
    shown = shell.run("kinds", "-o", "json")

    kept = {each["kind"] for each in shown.json if each.get("canBackUp") and each["provider"] == "GCP"}
    assert set(SOURCES) == kept
