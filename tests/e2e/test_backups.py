"""A policy that keeps what it deletes, as a user sees it: declarations, a simulated AWS, and the command line."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.aws_faults import Answer, Asked, door_to
from tests.support.command_line import CommandLine, a_policy, an_account, on
from tests.support.fake_aws import FakeAWS

ACCOUNT = "123456789012"
EXPIRED = [{"Key": "owner", "Value": "alice"}, {"Key": "expiration", "Value": "2026-01-01T00:00:00Z"}]
KEEP = {"kinds": ["volume", "database"], "keep": "72h"}


@pytest.fixture
def shell(fake_aws: FakeAWS, tmp_path: Path) -> CommandLine:
    return on(fake_aws, fake_aws.login(ACCOUNT), tmp_path)


def declare(shell: CommandLine, aws: FakeAWS, **spec: Any) -> str:
    account = an_account(aws, aws.login(ACCOUNT))
    account["spec"]["aws"] |= {"regions": ["eu-central-1"]}
    return str(shell.declare("all.yaml", a_policy(backup=KEEP, **spec), account))


def begin(shell: CommandLine) -> subprocess.Popen[str]:
    """Begin to carry out what is declared, with no patience for what settles slowly."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.hasty_tagwarden", "apply", "--yes", "-f", "all.yaml", "-o", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=shell.folder,
        env={
            **shell.environment,
            "XDG_STATE_HOME": str(shell.folder / "state"),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
    )


def a_volume(aws: FakeAWS) -> str:
    tags = [{"ResourceType": "volume", "Tags": EXPIRED}]
    made = aws.client("ec2").create_volume(AvailabilityZone="eu-central-1a", Size=8, TagSpecifications=tags)
    return str(made["VolumeId"])


def snapshots(aws: FakeAWS) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = aws.client("ec2").describe_snapshots(OwnerIds=["self"])["Snapshots"]
    return found


def volumes(aws: FakeAWS) -> list[str]:
    return [each["VolumeId"] for each in aws.client("ec2").describe_volumes()["Volumes"]]


def test_what_expired_is_kept_and_then_deleted(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """`apply` makes the backup with its tags, waits for it, and deletes the volume; the next pass leaves it alone."""
    volume = a_volume(fake_aws)
    declared = declare(shell, fake_aws)

    done = shell.run("apply", "--yes", "-f", declared, "-o", "json")

    assert done.status == 0, done.err
    assert [("Backup", "Verified"), ("Delete", "Verified")] == [
        (each["type"], each["state"]) for each in done.json["outcomes"]
    ]
    assert all(each["requestId"] for each in done.json["outcomes"])
    assert [] == volumes(fake_aws)
    (snapshot,) = snapshots(fake_aws)
    tags = {each["Key"]: each["Value"] for each in snapshot["Tags"]}
    assert f"arn:aws:ec2:eu-central-1:{ACCOUNT}:volume/{volume}" == tags["tagwarden.io/backup-of"]
    assert {"owner", "expiration", "tagwarden.io/backup-of", "tagwarden.io/backup-at"} == set(tags)
    assert f"kept as aws_ec2_snapshot {snapshot['SnapshotId']}" == done.json["outcomes"][0]["message"]

    again = shell.run("plan", "-f", declared, "-o", "json").json

    # The same policy neither shortens the backup to its maximum of two days nor deletes it before its time.
    assert [("aws_ec2_snapshot", "Compliant", [])] == [
        (each["kind"], each["verdict"], each["actions"])
        for each in again["resources"]
        if each["id"] == snapshot["SnapshotId"]
    ]


def test_what_cannot_be_kept_is_not_deleted(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """Without the permission to make a snapshot the volume stays, and both are said."""
    volume = a_volume(fake_aws)
    declared = declare(shell, fake_aws)
    fake_aws.fail("ec2", "CreateSnapshot", code="UnauthorizedOperation")

    done = shell.run("apply", "--yes", "-f", declared, "-o", "json")
    fake_aws.heal()

    assert [("Failed", "AccessDenied"), ("Withheld", "BackupFailed")] == [
        (each["state"], each["reason"]) for each in done.json["outcomes"]
    ]
    assert [volume] == volumes(fake_aws)


def test_the_root_volume_of_an_instance_is_kept(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """AWS deletes it along with the instance, so its backup comes before that."""
    tags = [{"ResourceType": "instance", "Tags": EXPIRED}]
    ec2 = fake_aws.client("ec2")
    ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, TagSpecifications=tags)
    declared = declare(shell, fake_aws)

    done = shell.run("apply", "--yes", "-f", declared, "-o", "json")

    assert done.status == 0, done.err
    assert [("Backup", "Verified"), ("Delete", "Verified")] == [
        (each["type"], each["state"]) for each in done.json["outcomes"]
    ]
    (snapshot,) = snapshots(fake_aws)
    assert "alice" in {each["Value"] for each in snapshot["Tags"]}


def test_audit_keeps_nothing(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """A policy in Audit shows the backup and makes none (S15)."""
    volume = a_volume(fake_aws)

    shown = shell.run("apply", "-f", declare(shell, fake_aws, mode="Audit"))

    assert "backup, kept 3d, delete, wave 1" in shown.out
    assert ([volume], []) == (volumes(fake_aws), snapshots(fake_aws))


@pytest.mark.parametrize("when", ["before", "after"])
def test_s11_killed_while_it_asks_for_a_backup(fake_aws: FakeAWS, shell: CommandLine, when: str) -> None:
    """S11: kill -9 before the call reaches AWS, or when AWS has done it; in the end there is one snapshot."""
    a_volume(fake_aws)
    with door_to(fake_aws.endpoint) as door:
        account = an_account(fake_aws, fake_aws.login(ACCOUNT))
        account["spec"]["aws"] |= {"regions": ["eu-central-1"], "endpointURL": door.endpoint}
        shell.declare("all.yaml", a_policy(backup=KEEP), account)
        process = begin(shell)

        def kill(asked: Asked) -> Answer | None:
            if asked.operation != "CreateSnapshot" or process.returncode is not None:
                return None
            process.kill()
            process.wait()
            return Answer(500, "")

        def watch(asked: Asked) -> None:
            kill(asked)

        if when == "before":
            door.rules.append(kill)
        else:
            door.witnesses.append(watch)
        process.communicate(timeout=120)
        assert -signal.SIGKILL == process.returncode
        assert (0 if when == "before" else 1) == len(snapshots(fake_aws))

        again = begin(shell)
        out, err = again.communicate(timeout=120)

    assert 0 == again.returncode, err
    assert 1 == len(snapshots(fake_aws))
    assert [] == volumes(fake_aws)
    assert [("Backup", "Verified"), ("Delete", "Verified")] == [
        (each["type"], each["state"]) for each in json.loads(out)["outcomes"]
    ]


def test_what_names_nothing_that_can_be_kept_is_a_mistake(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """A typing error would delete without a backup; it is told in one line, with what to write."""
    policy = a_policy(backup={"kinds": ["database", "volumes"], "keep": "72h"})
    declared = str(shell.declare("all.yaml", policy, an_account(fake_aws, fake_aws.login(ACCOUNT))))

    refused = shell.run("plan", "-f", declared, "--quiet")

    assert 2 == refused.status
    said = "CleanupPolicy test-accounts: spec.backup.kinds[1]: 'volumes' matches no kind with backups"
    assert said in refused.err
    assert "write cache, database, file_system, volume, or one of the kinds aws_ec2_volume," in refused.err
    assert 1 == len(refused.err.strip().splitlines())
