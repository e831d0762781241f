"""What the plan keeps before it goes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tagwarden.model.plan import Action, ActionType, Keeping, Plan
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.planning import diff_plans, means_the_same, plan_from_json, plan_json
from tests.support.builders import NOW, a_policy
from tests.unit.planning.scenes import (
    GENEROUS,
    Scene,
    Thing,
    claimed,
    doomed,
    edges_of,
    in_cluster,
    inheriting,
    member,
    plan_of,
    unclaimed,
)

WEEK = timedelta(days=7)


def keeping(*kinds: str, keep: str = "168h", **spec: Any) -> CleanupPolicy:
    return a_policy(limits=GENEROUS, backup={"kinds": list(kinds), "keep": keep}, **spec)


def volume(name: str, make: Callable[..., Thing] = doomed, *args: str) -> Thing:
    return make(name, *args, kind="aws_ec2_volume", category="volume")


def is_volume(resource: Resource) -> bool:
    return resource.kind == "aws_ec2_volume"


def kept(plan: Plan) -> dict[str, Action]:
    return {action.uid: action for action in plan.actions if action.type is ActionType.BACKUP}


def test_what_goes_is_kept_first() -> None:
    """The backup is an action of its own, before any deletion, with owner, origin, and how long it is kept."""
    plan = plan_of([volume("vol-1"), doomed("i-1")], policy=keeping("volume"), can_back_up=is_volume)

    assert [("vol-1", "Backup", 0), ("i-1", "Delete", 1), ("vol-1", "Delete", 1)] == [
        (action.uid, action.type, action.order) for action in plan.actions
    ]
    backup = kept(plan)["vol-1"]
    assert {"owner": "alice", "tagwarden.io/backup-of": "vol-1"} == backup.changes.set
    assert Keeping("expiration", WEEK) == backup.keeping
    assert Reason.Expired is backup.reason
    assert (1, 2) == (plan.count(ActionType.BACKUP), plan.count(ActionType.DELETE))


@pytest.mark.parametrize("glob", ["aws_ec2_volume", "volume", "aws_ec2_*", "vol*"])
def test_kinds_are_named_as_in_the_scope(glob: str) -> None:
    """A kind, a category, or a glob of either."""
    plan = plan_of([volume("vol-1")], policy=keeping(glob), can_back_up=is_volume)

    assert {"vol-1"} == set(kept(plan))


def test_nothing_is_kept_that_nobody_asked_for() -> None:
    """Without a rule, for other kinds, for what cannot be kept, and for what stays, there is no backup."""
    things = [volume("vol-1"), volume("vol-2", claimed)]

    assert {} == kept(plan_of(things, can_back_up=is_volume))
    assert {} == kept(plan_of(things, policy=keeping("database"), can_back_up=is_volume))
    assert {} == kept(plan_of(things, policy=keeping("volume")))
    assert {"vol-1"} == set(kept(plan_of(things, policy=keeping("volume"), can_back_up=is_volume)))


def test_what_the_vendor_takes_along_is_kept_too() -> None:
    """A volume that goes with its instance has no deletion of its own, and is lost all the same."""
    plan = plan_of(
        [doomed("i-1"), volume("vol-1", member, "i-1")],
        "i-1 owns vol-1",
        policy=keeping("volume"),
        can_back_up=is_volume,
    )

    backup = kept(plan)["vol-1"]
    assert ("i-1", "alice") == (backup.because, backup.changes.set["owner"])
    assert ["i-1"] == [planned.taken_by for planned in plan.resources if planned.taken_by]


def test_what_goes_along_is_kept_for_whom_it_goes() -> None:
    """A part without an owner of its own is kept under the owner of what takes it along."""
    plan = plan_of(
        [doomed("i-1"), volume("vol-1", unclaimed)], "i-1 owns vol-1", policy=keeping("*"), can_back_up=is_volume
    )

    assert "alice" == kept(plan)["vol-1"].changes.set["owner"]


def test_nobodys_backup_has_no_owner() -> None:
    """What neither it nor anybody else says is not written."""
    thing = doomed("vol-1", kind="aws_ec2_volume", category="volume", tags={})
    assert thing.judgement is not None
    orphan = Thing(thing.resource, thing.judgement._replace(owner=None, deletion=Reason.Untagged))
    plan = plan_of([orphan], policy=keeping("volume"), can_back_up=is_volume)

    assert {"tagwarden.io/backup-of": "vol-1"} == kept(plan)["vol-1"].changes.set
    assert Reason.Untagged is kept(plan)["vol-1"].reason


def test_the_keys_are_those_of_the_policy() -> None:
    """A backup speaks the words of the policy that will judge it."""
    policy = keeping("volume", owner={"key": "team", "aliases": []}, expiry={"key": "until", "aliases": []})
    backup = kept(plan_of([volume("vol-1")], policy=policy, can_back_up=is_volume))["vol-1"]

    assert "alice" == backup.changes.set["team"]
    assert backup.keeping is not None
    assert "until" == backup.keeping.key


def test_a_volume_behind_a_claim_is_kept() -> None:
    """A volume that the cluster gives back with its claim is lost like any other."""
    claim = in_cluster(doomed, "pv-1", "k8s_persistent_volume", category="volume")
    plan = plan_of(
        [claim, volume("vol-1", inheriting)], "pv-1 owns vol-1", policy=keeping("volume"), can_back_up=is_volume
    )

    assert {"vol-1"} == set(kept(plan))
    assert ProviderName.KUBERNETES is next(
        each.resource.provider for each in plan.resources if each.resource.uid == "pv-1"
    )


def test_a_stopped_plan_keeps_nothing() -> None:
    """Where a limit holds the deletions back, their backups are held back with them (S9)."""
    things = [volume(f"vol-{number}") for number in range(4)]
    policy = a_policy(limits={**GENEROUS, "deletionsPerRun": 3}, backup={"kinds": ["volume"], "keep": "24h"})
    plan = plan_of(things, policy=policy, can_back_up=is_volume)

    assert plan.stopped is not None
    assert () == plan.actions


def test_the_hash_covers_what_is_kept_and_for_how_long() -> None:
    """A plan that keeps less, or not as long, is another plan (S6)."""
    hashes = {
        plan_of([volume("vol-1")], policy=policy, can_back_up=is_volume).hash
        for policy in (a_policy(limits=GENEROUS), keeping("volume"), keeping("volume", keep="24h"))
    }

    assert 3 == len(hashes)


def test_time_alone_makes_no_other_plan() -> None:
    """The expiry of a backup counts from its making, so that an approval holds while the world does (S6)."""
    scene = Scene((volume("vol-1"),), edges_of(), policy=keeping("volume"), can_back_up=is_volume)
    now = scene.plan()
    later = Scene(scene.things, policy=scene.policy, can_back_up=is_volume, now=NOW + timedelta(hours=3)).plan()

    assert now.hash == later.hash
    assert means_the_same(now, later)


def test_an_approval_does_not_hold_for_a_shorter_backup() -> None:
    """Who approved a backup of a week did not approve one of a day (S6)."""
    week, day = (
        plan_of([volume("vol-1")], policy=keeping("volume", keep=keep), can_back_up=is_volume)
        for keep in ("168h", "24h")
    )

    assert not means_the_same(week, day)
    assert "1 changed" in diff_plans(week, day).summary


def test_a_saved_plan_still_says_what_is_kept() -> None:
    """What is read again equals what was shown."""
    plan = plan_of([volume("vol-1")], policy=keeping("volume"), can_back_up=is_volume)
    document = plan_json(plan)

    assert plan == plan_from_json(document)
    assert {"key": "expiration", "for": "1w"} == document["resources"][0]["actions"][0]["keep"]
    assert "keep" not in document["resources"][0]["actions"][1]
