"""A policy that asks for backups names kinds that have them, or says nothing that anybody would rely on."""

import pytest

from tagwarden.errors import BadInput, InvalidField
from tagwarden.pipeline.compiling import compile_policies
from tagwarden.pipeline.declarations import Declarations
from tagwarden.pipeline.validation import check_backup
from tests.support.builders import a_policy


@pytest.mark.parametrize("kinds", [["aws_ec2_volume"], ["volume"], ["aws_*"], ["*"], ["volume", "aws_rds_*"]])
def test_kinds_and_categories_with_backups_are_known(kinds: list[str]) -> None:
    """In full or as a glob."""
    check_backup(a_policy(backup={"kinds": kinds, "keep": "7d"}))


@pytest.mark.parametrize(
    ("kinds", "place"), [(["aws_ec2_volumes"], 0), (["volume", "aws_ec2_security_group"], 1), (["network*"], 0)]
)
def test_a_kind_without_backups_is_a_mistake(kinds: list[str], place: int) -> None:
    """It would be deleted without the backup that somebody believes in."""
    with pytest.raises(InvalidField) as caught:
        check_backup(a_policy(backup={"kinds": kinds, "keep": "7d"}))

    assert f"spec.backup.kinds[{place}]" == caught.value.field
    assert f"{kinds[place]!r} matches no kind with backups; write " in str(caught.value)
    assert "aws_ec2_volume" in str(caught.value)


def test_the_mistake_keeps_the_policy_from_running() -> None:
    """Nothing is decided by a policy that asks for a backup that nobody can make."""
    policy = a_policy(backup={"kinds": ["aws_ec2_volumes"], "keep": "7d"})

    with pytest.raises(BadInput, match=rf"CleanupPolicy {policy.name}: spec.backup.kinds\[0\]: 'aws_ec2_volumes'"):
        compile_policies(Declarations({policy.name: policy}, {}), policy.name)


def test_a_policy_without_backups_asks_for_none() -> None:
    """There is nothing to check."""
    check_backup(a_policy())
