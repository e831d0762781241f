"""Every kind over HTTP against a simulated AWS: made, found, read, tagged, deleted, gone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from tagwarden.errors import Unsupported
from tagwarden.model.account import AwsAccount, CloudAccount, CloudAccountSpec
from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.model.tags import TagChanges, Tags, TagState
from tagwarden.providers.aws import AwsProvider
from tagwarden.providers.aws.row import NoTags
from tagwarden.providers.aws.rows import KINDS
from tests.integration import aws_account, aws_services, aws_users
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
ALL_MAKERS = {**aws_account.MAKERS, **aws_services.MORE_MAKERS, **aws_users.USING_MAKERS}
NEVER_GONE = aws_account.NEVER_GONE.keys() | aws_services.NEVER_GONE.keys()
TAGS_STAY = {
    *aws_account.TAGS_STAY,
    *aws_services.TAGS_STAY,
    *aws_users.TAGS_STAY,
    *aws_users.NO_TAGS,
    *aws_users.UNREADABLE,
}
NO_CREATION_TIME = {*aws_account.NO_CREATION_TIME, *aws_services.NO_CREATION_TIME, *aws_users.NO_CREATION_TIME}
FAILS_ON_WHAT_IS_GONE = {
    *aws_account.FAILS_ON_WHAT_IS_GONE,
    *aws_services.FAILS_ON_WHAT_IS_GONE,
    *aws_users.FAILS_ON_WHAT_IS_GONE,
}
TAGS = {"owner": "ann", "expiration": "2026-09-01T19:00:00Z"}
LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


PARTS = {"aws_efs_mount_target", "aws_iam_instance_profile"}


@dataclass(frozen=True)
class Account:
    """A simulated account with one of each kind, as it was collected."""

    provider: AwsProvider
    ids: dict[str, str]
    snapshot: Snapshot

    def made(self, kind: str) -> Resource:
        """Give what was made of a kind."""
        id_ = self.ids[kind]
        found = [one for one in self.snapshot.resources if one.kind == kind and one.id == id_]

        assert [id_] == [one.id for one in found]
        return found[0]

    def parts_of(self, resource: Resource) -> list[Resource]:
        """Give what a plan deletes before this resource, and what no step of its own deletion removes (S23)."""
        needing = {
            edge.source
            for edge in self.snapshot.edges
            if edge.target == resource.uid and edge.meaning is EdgeMeaning.NEEDS
        }
        return [one for one in self.snapshot.resources if one.uid in needing and one.kind in PARTS]


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with FakeAWS() as aws:
        ids = {}
        for kind, make in ALL_MAKERS.items():
            name = "tw-" + kind.removeprefix("aws_").replace("_", "-")
            ids[kind] = make(aws, name[:40], TAGS)
        spec = AwsAccount(account_id=DEFAULT_ACCOUNT, regions=("eu-central-1",), endpoint_url=aws.endpoint)
        declared = CloudAccount(name="dev", spec=CloudAccountSpec(provider=ProviderName.AWS, aws=spec))
        provider = AwsProvider(declared, LOGIN)
        yield Account(provider, ids, provider.collect(NOW))


def test_every_kind_is_made_here() -> None:
    """The simulated AWS has every kind of the catalogue."""
    assert set(KINDS) == set(ALL_MAKERS)


def test_collecting_is_complete(account: Account) -> None:
    """Every kind was listed to its end."""
    assert () == account.snapshot.failures
    assert set(KINDS) == set(account.snapshot.kinds)


@pytest.mark.parametrize("kind", ALL_MAKERS)
def test_a_resource_lives_and_dies(account: Account, kind: str) -> None:
    """It is found with its tags, read again as the same, tagged, untagged, deleted, and then gone."""
    provider, row = account.provider, KINDS[kind]
    made = account.made(kind)
    untaggable = isinstance(row.tags, NoTags)

    assert made.uid.startswith("arn:aws:")
    if kind in aws_users.UNREADABLE:
        assert made.tags.state is TagState.UNREADABLE
    else:
        told = {} if kind in aws_users.NO_TAGS else TAGS
        assert made.tags == (Tags.untaggable() if untaggable else Tags.known(told))
    assert (row.created is None or kind in NO_CREATION_TIME) == (made.created is None)

    again = provider.read(made)

    assert again is not None
    assert (made.uid, made.name, made.created, made.tags) == (again.uid, again.name, again.created, again.tags)
    assert not provider.is_gone(made)
    # The journal knows no attributes, and after a crash it has to be asked all the same (S11).
    without = provider.read(replace(made, attributes={}))
    assert without is not None
    # What is only just being made may have come further meanwhile.
    assert again == replace(without, created=again.created, state=again.state)

    if not untaggable and kind not in TAGS_STAY:
        provider.set_tags(again, TagChanges({"owner": "bea", "new": "1"}, ("expiration",)))
        changed = provider.read(made)

        assert changed is not None
        assert {"owner": "bea", "new": "1"} == changed.tags.values
        assert changed.tags.state is TagState.KNOWN

    if row.delete is None:
        with pytest.raises(Unsupported):
            provider.delete(made)
        return
    for part in account.parts_of(made):
        provider.delete(part)
    provider.delete(made)
    if kind in NEVER_GONE:
        left = provider.read(made)

        assert left is not None
        assert left.state in row.going
        return

    assert provider.is_gone(made)
    assert provider.read(made) is None

    if kind not in FAILS_ON_WHAT_IS_GONE:
        provider.delete(made)  # what is gone already is success
