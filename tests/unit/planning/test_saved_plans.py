import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from tagwarden.errors import BadInput
from tagwarden.model.plan import Plan
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Manager
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.model.verdict import Confidence, Repair, Verdict, Withheld
from tagwarden.planning import plan_from_json, plan_json
from tests.support.builders import NOW, a_policy
from tests.unit.planning.scenes import (
    Scene,
    claimed,
    doomed,
    edges_of,
    fixable,
    member,
    plan_of,
    protected,
    thing,
    unclaimed,
)

REPAIR = Repair(("expiraton", "2d"), ("expiration", "x"), Reason.MalformedKey, Confidence.LIKELY, "a typing error")


def a_rich_plan() -> Plan:
    """Give a plan with something in every field."""
    things = [
        doomed("i-1", version="7", attributes={"type": "t3.micro", "cores": 2, "spot": True}),
        unclaimed("vol-1"),
        doomed("sg-1"),
        claimed("app"),
        thing("i-2", Verdict.MANAGED, manager=Manager("aws_autoscaling_group", "web", "asg")),
        doomed("asg", created=None),
        thing(
            "fix",
            Verdict.FIX,
            judged={"repairs": (REPAIR,), "changes": TagChanges({"a": "b"}, ("c",))},
            tags=Tags.known({"c": "d"}, frozenset({"c"})),
        ),
        thing("dark", Verdict.UNDECIDABLE, tags=Tags.unreadable("access denied")),
        thing(
            "late",
            Verdict.PENDING,
            judged={"deletion": Reason.Untagged, "withheld": Withheld(Reason.InGracePeriod, "until noon")},
        ),
        protected("base", protection="a default VPC"),
        unclaimed("user"),
    ]
    return plan_of(things, "i-1 owns vol-1", "app needs sg-1", "asg owns i-2", "user uses i-1")


def test_a_plan_reads_back_to_the_same_plan() -> None:
    """What apply executes is equal to what plan showed (S6)."""
    plan = a_rich_plan()

    assert plan == plan_from_json(orjson.loads(orjson.dumps(plan_json(plan))))


def test_the_json_is_what_the_contract_says() -> None:
    """Every member of the contract is there under its name."""
    document = plan_json(a_rich_plan())
    entry = next(each for each in document["resources"] if each["uid"] == "vol-1")

    assert {"hash", "policy", "generatedAt", "baseline", "resources"} <= document.keys()
    promised = "uid provider account region kind category id name verdict findings actions withheld"
    assert set(promised.split()) <= entry.keys()
    assert [
        {"type": "Delete", "set": {}, "remove": [], "order": 2, "because": "i-1", "reason": "Expired", "after": ["i-1"]}
    ] == entry["actions"]
    assert entry["withheld"] is None


def _delete_another(document: dict[str, Any]) -> None:
    document["resources"][0]["id"] = "i-other"


def _drop_the_protection(document: dict[str, Any]) -> None:
    document["resources"][0]["tags"]["values"]["owner"] = "mallory"


def _run_at_once(document: dict[str, Any]) -> None:
    for entry in document["resources"]:
        for action in entry["actions"]:
            action["after"] = []


def _claim_another_environment(document: dict[str, Any]) -> None:
    document["resources"][0]["environment"] = "production"


def _lift_the_limit(document: dict[str, Any]) -> None:
    document["policy"] = "another"


@pytest.mark.parametrize(
    "tamper", [_delete_another, _drop_the_protection, _run_at_once, _claim_another_environment, _lift_the_limit]
)
def test_s6_a_plan_that_was_edited_is_refused(tamper: Callable[[dict[str, Any]], None]) -> None:
    """S6: whatever was changed in the file, it is not the plan that was shown."""
    document = orjson.loads(orjson.dumps(plan_json(a_rich_plan())))
    tamper(document)

    with pytest.raises(BadInput, match="the plan was edited"):
        plan_from_json(document)


def test_s6_a_plan_with_a_new_checksum_still_has_to_match_its_hash() -> None:
    """S6: the hash that was approved says what the plan does."""
    plan = a_rich_plan()
    forged = plan_json(replace(plan, hash="0" * 64))

    with pytest.raises(BadInput, match="do not match its hash"):
        plan_from_json(forged)


def test_the_order_of_members_does_not_matter() -> None:
    """A file that was only formatted anew is still the same plan."""
    document = plan_json(a_rich_plan())

    assert plan_from_json(dict(reversed(document.items()))) == a_rich_plan()


def test_what_became_of_a_plan_may_stand_beside_it() -> None:
    """The answer of a command holds more than the plan, and can be given to apply all the same."""
    document = {**plan_json(a_rich_plan()), "report": {"runId": "1"}, "outcomes": []}

    assert plan_from_json(document) == a_rich_plan()


@pytest.mark.parametrize("document", [{}, {"hash": "x"}, {"format": 2, "checksum": "", "resources": []}])
def test_what_is_no_plan_is_refused_in_words(document: dict[str, Any]) -> None:
    """Another file given by mistake is named as that."""
    with pytest.raises(BadInput, match=r"not a plan|unsupported plan format 2"):
        plan_from_json(document)


def test_a_plan_with_unknown_words_is_refused() -> None:
    """A verdict that this version does not know is not guessed."""
    from tagwarden.planning.hashing import checksum

    document = copy.deepcopy(plan_json(a_rich_plan()))
    document["resources"][0]["verdict"] = "Perhaps"
    document.pop("checksum")
    document["checksum"] = checksum(document)

    with pytest.raises(BadInput, match="Perhaps"):
        plan_from_json(document)


def test_the_hash_does_not_depend_on_time_or_snapshot() -> None:
    """The same intent over the same state has the same hash an hour later (S6)."""
    scene = Scene((doomed("i-1"), fixable("i-2")), edges_of("i-1 needs i-2"))
    later = replace(scene, now=NOW + timedelta(hours=1))

    assert scene.plan().hash == later.plan().hash


@pytest.mark.parametrize(
    "changed",
    [
        doomed("i-1", tags={"owner": "alice", "expiration": "2026-09-01T11:00:00Z", "team": "data"}),
        doomed("i-1", created=NOW - timedelta(days=2)),
        doomed("i-1", account="aws-other"),
        doomed("i-2"),
        claimed("i-1"),
    ],
)
def test_s6_a_changed_world_has_another_hash(changed: Any) -> None:
    """S6: other tags, another creation time, another resource: another approval."""
    assert plan_of([doomed("i-1")]).hash != plan_of([changed]).hash


def test_the_hash_names_the_policy() -> None:
    """An approval for one policy is none for another."""
    other = a_policy("another")

    assert plan_of([doomed("i-1")]).hash != plan_of([doomed("i-1")], policy=other).hash


def test_the_vendors_version_alone_does_not_change_the_hash() -> None:
    """Kubernetes counts every status update; an approval would never hold."""
    assert plan_of([doomed("i-1", version="7")]).hash == plan_of([doomed("i-1", version="8")]).hash


def test_what_is_taken_along_is_part_of_the_hash() -> None:
    """S6: whoever approves the deletion of a namespace approves what is in it."""
    part = member("vol-1", of="i-1")

    assert plan_of([doomed("i-1")]).hash != plan_of([doomed("i-1"), part], "i-1 owns vol-1").hash
