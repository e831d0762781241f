"""The messy account and cluster are what their story says, before anything cleans them."""

from collections import Counter
from datetime import UTC, datetime

from tests.support import messy_cluster
from tests.support.aws_seed import Region
from tests.support.aws_seeds import exists
from tests.support.cluster import ControlPlane
from tests.support.fake_aws import FakeAWS
from tests.support.messy_account import REGIONS, populate
from tests.support.story import EXPECTED


def test_the_account_holds_everything_that_the_story_tells(fake_aws: FakeAWS) -> None:
    """Every member exists once, every group has members, and there are enough kinds to be believed."""
    story = populate(fake_aws, datetime.now(UTC))
    regions = {name: Region(fake_aws, name) for name in REGIONS}
    missing = [
        member for member in story.members if not exists(regions[member.region or REGIONS[0]], member.kind, member.id)
    ]

    assert [] == missing
    assert EXPECTED.keys() == Counter(member.group for member in story.members).keys()
    assert len(story.members) == len({(member.kind, member.region, member.id) for member in story.members})
    assert len(story.kinds()) >= 25


def test_what_is_deleted_no_longer_exists(fake_aws: FakeAWS) -> None:
    """The look from outside sees a deletion, or else it would prove nothing."""
    story = populate(fake_aws, datetime.now(UTC))
    fake_aws.reset()
    regions = {name: Region(fake_aws, name) for name in REGIONS}

    assert [] == [
        member for member in story.members if exists(regions[member.region or REGIONS[0]], member.kind, member.id)
    ]


def test_the_cluster_holds_everything_that_the_story_tells(own_control_plane: ControlPlane) -> None:
    """The API server takes every object, and each is where the story says."""
    story = messy_cluster.fill(own_control_plane, datetime.now(UTC))

    assert [] == [member for member in story.members if not messy_cluster.exists(own_control_plane, member)]
    own_control_plane.kubectl("delete", "namespace", "pr-103")
    assert not messy_cluster.exists(own_control_plane, next(m for m in story.members if m.id == "pr-103-web"))
