"""A policy that keeps what it deletes, as a user sees it: declarations, a simulated AWS, and the command line."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine, a_policy, an_account, on
from tests.support.fake_aws import FakeAWS

ACCOUNT = "123456789012"
EXPIRED = [{"Key": "owner", "Value": "alice"}, {"Key": "expiration", "Value": "2026-01-01T00:00:00Z"}]
KEEP = {"kinds": ["volume", "database"], "keep": "72h"}


@pytest.fixture
def shell(fake_aws: FakeAWS, tmp_path: Path) -> CommandLine:
    return on(fake_aws, fake_aws.login(ACCOUNT), tmp_path)


def declare(shell: CommandLine, aws: FakeAWS, **spec: Any) -> str:
    policy = a_policy(backup=KEEP, **spec)
    return str(shell.declare("all.yaml", policy, an_account(aws, aws.login(ACCOUNT))))


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
    """The plan shows the backup; `apply` makes it with its tags, waits for it, and deletes the volume."""
    volume = a_volume(fake_aws)
    declared = declare(shell, fake_aws)

    shown = shell.run("plan", "-f", declared)
    done = shell.run("apply", "-f", declared, "-o", "json")

    assert "backup, kept 3d, delete, wave 1" in shown.out
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


def test_a_backup_stays_until_its_own_expiry(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """The same policy neither shortens the backup to its maximum of two days nor deletes it before its time."""
    a_volume(fake_aws)
    declared = declare(shell, fake_aws)
    shell.run("apply", "-f", declared)

    again = shell.run("plan", "-f", declared, "-o", "json").json
    (backup,) = [each for each in again["resources"] if each["kind"] == "aws_ec2_snapshot"]

    assert ("Compliant", []) == (backup["verdict"], backup["actions"])


def test_what_cannot_be_kept_is_not_deleted(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """Without the permission to make a snapshot the volume stays, and both are said."""
    volume = a_volume(fake_aws)
    declared = declare(shell, fake_aws)
    fake_aws.fail("ec2", "CreateSnapshot", code="UnauthorizedOperation")

    done = shell.run("apply", "-f", declared, "-o", "json")
    fake_aws.heal()

    assert [("Failed", "AccessDenied"), ("Withheld", "BackupFailed")] == [
        (each["state"], each["reason"]) for each in done.json["outcomes"]
    ]
    assert [volume] == volumes(fake_aws)


def test_a_lost_answer_makes_no_second_snapshot(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """What an interrupted pass made is found by its tag, and used (S11)."""
    a_volume(fake_aws)
    declared = declare(shell, fake_aws)
    fake_aws.fail("ec2", "DeleteVolume", code="UnauthorizedOperation")
    shell.run("apply", "-f", declared)
    fake_aws.heal()

    done = shell.run("apply", "-f", declared, "-o", "json")

    assert done.status == 0, done.err
    assert 1 == len(snapshots(fake_aws))
    assert [] == volumes(fake_aws)


def test_the_root_volume_of_an_instance_is_kept(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """AWS deletes it along with the instance, so its backup comes before that."""
    tags = [{"ResourceType": "instance", "Tags": EXPIRED}]
    ec2 = fake_aws.client("ec2")
    ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, TagSpecifications=tags)
    declared = declare(shell, fake_aws)

    done = shell.run("apply", "-f", declared, "-o", "json")

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
    dry = shell.run("apply", "-f", declare(shell, fake_aws), "--dry-run", "-o", "json")

    assert "backup, kept 3d" in shown.out
    assert ["Skipped", "Skipped"] == [each["state"] for each in dry.json["outcomes"]]
    assert ([volume], []) == (volumes(fake_aws), snapshots(fake_aws))


@pytest.mark.parametrize("glob", ["volumes", "aws_ec2_instance", "k8s_*"])
def test_what_names_nothing_that_can_be_kept_is_a_mistake(fake_aws: FakeAWS, shell: CommandLine, glob: str) -> None:
    """A typing error would delete without a backup; it is told in one line, with what to write."""
    policy = a_policy(backup={"kinds": ["database", glob], "keep": "72h"})
    declared = str(shell.declare("all.yaml", policy, an_account(fake_aws, fake_aws.login(ACCOUNT))))

    refused = shell.run("plan", "-f", declared, "--quiet")

    assert 2 == refused.status
    assert f"CleanupPolicy test-accounts: spec.backup.kinds[1]: '{glob}' names nothing that can be kept" in refused.err
    assert "write cache, database, volume, or of the kinds aws_ec2_volume," in refused.err
    assert 1 == len(refused.err.strip().splitlines())
