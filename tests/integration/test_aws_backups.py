"""Backups over HTTP against a simulated AWS: made with tags, found again, never made twice, deleted in time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from tagwarden.errors import ProviderError
from tagwarden.model.account import AwsAccount, CloudAccount, CloudAccountSpec
from tagwarden.model.policy import BACKUP_AT, BACKUP_OF
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.providers.aws import AwsProvider, can_back_up
from tagwarden.providers.aws.backing_up import name_of
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.base import BackupState, MakesBackups
from tests.integration.aws_account import MAKERS, NO_MEMBERS, pairs
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
SOURCE_TAGS = {"owner": "ann", "expiration": "2026-08-30T19:00:00Z"}
LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
KEPT = sorted(kind.name for kind in KINDS.values() if kind.backups)


MORE = (
    ("aws_ec2_volume", "one"),
    ("aws_ec2_volume", "two"),
    ("aws_rds_instance", "tw-copied"),
    ("aws_rds_instance", "tw-refused"),
    ("aws_elasticache_replication_group", "tw-group"),
)


@dataclass(frozen=True)
class Account:
    """A simulated account with what is kept, as it was collected; by kind, or by the name it was made with."""

    aws: FakeAWS
    provider: AwsProvider
    made: Mapping[str, Resource]


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with FakeAWS() as aws:
        wanted = [(kind, kind, "tw-keep-" + kind.removeprefix("aws_").replace("_", "-")[:20]) for kind in KEPT]
        wanted += [(name, kind, name) for kind, name in MORE]
        ids = {key: (kind, MAKERS[kind](aws, name, SOURCE_TAGS)) for key, kind, name in wanted}
        spec = AwsAccount(account_id=DEFAULT_ACCOUNT, regions=("eu-central-1",), endpoint_url=aws.endpoint)
        provider = AwsProvider(
            CloudAccount(name="dev", spec=CloudAccountSpec(provider=ProviderName.AWS, aws=spec)), LOGIN
        )
        found = {(each.kind, each.id): each for each in provider.collect(NOW).resources}
        for kind, id_ in ids.values():
            if kind in NO_MEMBERS:
                MAKERS["aws_elasticache_cluster"](aws, str(found[kind, id_].attributes["member"]), {})
        yield Account(aws, provider, {key: found[each] for key, each in ids.items()})


def tags_for(resource: Resource, at: str = "2026-08-31T10:00:00Z") -> Mapping[str, str]:
    return {"owner": "ann", "expiration": "2026-09-07T10:00:00Z", BACKUP_OF: resource.uid, BACKUP_AT: at}


def test_aws_makes_backups(account: Account) -> None:
    """The provider keeps the contract."""
    assert isinstance(account.provider, MakesBackups)


@pytest.mark.parametrize("kind", KEPT)
def test_a_backup_lives_and_dies(account: Account, kind: str) -> None:
    """It is made once however often it is asked for, found with its tags, outlives its source, and can be deleted."""
    provider, source = account.provider, account.made[kind]

    assert can_back_up(source)
    assert () == provider.backups_of(source)

    provider.back_up(source, tags_for(source))
    (made,) = provider.backups_of(source)

    assert KINDS[kind].backups[0].into == made.backup.kind
    assert BackupState.READY is made.state
    assert tags_for(source) == made.backup.tags.values

    if kind != "aws_ec2_volume":  # EC2 has no names for snapshots: the journal and a look keep it from being made twice
        provider.back_up(source, tags_for(source))

        assert [made.backup.uid] == [each.backup.uid for each in provider.backups_of(source)]

    provider.back_up(source, tags_for(source, at="2026-08-31T11:00:00Z"))

    assert 2 == len(provider.backups_of(source))

    provider.delete(source)
    backup = provider.read(made.backup)

    assert backup is not None
    assert made.backup.uid in {each.backup.uid for each in provider.backups_of(replace(source, attributes={}))}

    provider.delete(backup)

    assert provider.is_gone(backup)


def test_another_resource_has_no_part_in_it(account: Account) -> None:
    """What somebody made by hand, or of another volume, is no backup of this one."""
    provider, first, second = account.provider, account.made["one"], account.made["two"]
    ec2 = account.aws.client("ec2")
    ec2.create_snapshot(VolumeId=first.id)
    tagged = [{"ResourceType": "snapshot", "Tags": pairs({BACKUP_OF: second.uid})}]
    ec2.create_snapshot(VolumeId=first.id, TagSpecifications=tagged)
    provider.back_up(second, tags_for(second))

    assert () == provider.backups_of(first)
    assert 1 == len(provider.backups_of(second))


def test_what_the_vendor_copied_is_put_right(account: Account) -> None:
    """An expiry that came along from the database, and is over there, does not hold for its backup."""
    provider, source = account.provider, account.made["tw-copied"]
    tags = tags_for(source)
    # moto copies nothing; this is what is there when a snapshot took the tags of its source over ours.
    account.aws.client("rds").create_db_snapshot(
        DBSnapshotIdentifier=name_of(source, tags),
        DBInstanceIdentifier=source.id,
        Tags=pairs({**tags, "expiration": SOURCE_TAGS["expiration"]}),
    )

    provider.back_up(source, tags)

    (made,) = provider.backups_of(source)
    assert tags == made.backup.tags.values


def test_what_holds_nothing_of_its_own_is_not_kept(account: Account) -> None:
    """A member of a cluster is kept with that, and memcached has nothing that could be."""
    database, cache = account.made["aws_rds_instance"], account.made["aws_elasticache_cluster"]

    assert not can_back_up(replace(database, attributes={**database.attributes, "cluster": "aurora"}))
    assert not can_back_up(replace(cache, attributes={**cache.attributes, "engine": "memcached"}))
    assert not can_back_up(replace(cache, attributes={**cache.attributes, "group": "a-group"}))
    assert not can_back_up(replace(database, kind="aws_sqs_queue"))
    assert not can_back_up(replace(database, kind="unknown"))


def test_a_group_that_is_not_sharded_is_kept_by_a_member(account: Account) -> None:
    """ElastiCache takes the id of the group only where that is sharded."""
    provider, group = account.provider, account.made["tw-group"]
    account.aws.forget_calls()

    provider.back_up(replace(group, attributes={**group.attributes, "clustered": True}), tags_for(group, at="a"))
    with pytest.raises(ProviderError, match="has no member"):
        provider.back_up(replace(group, attributes={"clustered": False}), tags_for(group, at="b"))

    assert 1 == sum(1 for call in account.aws.calls("elasticache") if call.operation == "CreateSnapshot")


@pytest.mark.parametrize(
    ("code", "status"), [("AccessDenied", 403), ("SnapshotQuotaExceeded", 400), ("InvalidDBInstanceState", 400)]
)
def test_a_refusal_is_an_error_of_ours(account: Account, code: str, status: int) -> None:
    """Whatever AWS answers leaves the provider with its code."""
    provider, source = account.provider, account.made["tw-refused"]
    account.aws.fail("rds", "CreateDBSnapshot", code=code, status=status)

    with pytest.raises(ProviderError) as raised:
        provider.back_up(source, tags_for(source))

    account.aws.heal()
    assert code == raised.value.code
    assert () == provider.backups_of(source)


def test_names_are_such_as_every_service_takes() -> None:
    """Letters, digits and single hyphens, fifty at most, that begin with a letter and do not end with a hyphen."""
    source = Resource(
        "arn:x",
        ProviderName.AWS,
        "dev",
        "eu-central-1",
        "aws_rds_instance",
        "database",
        "A-" * 31 + "b",
        "n",
        None,
        None,  # type: ignore[arg-type]
    )
    names = {name_of(source, {BACKUP_AT: at}) for at in ("a", "b")}

    assert 2 == len(names)
    for name in names:
        assert len(name) <= 50
        assert "--" not in name
        assert name.replace("-", "").isalnum()
        assert name[-1] != "-"
        assert name.startswith("tagwarden-a-a-")
