"""S17: declarations are evidence too. A pass stops when one that it rests on changes, comes or goes."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from tagwarden.controller.policy_check import PolicyCheck
from tagwarden.controller.scheduler import Begun, Scheduler, View
from tagwarden.controller.watched_objects import Reader

KEY = ("policy", "ours")
World = dict[str, dict[str, Any]]


def a_manifest(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    metadata = {"name": name, "uid": f"uid-{name}", "generation": 1, "labels": {}, "annotations": {}}
    return {"kind": kind, "metadata": metadata, "spec": spec}


def an_account(name: str, account_id: str, environment: str = "test") -> dict[str, Any]:
    spec = {"provider": "AWS", "environment": environment, "aws": {"accountID": account_id}}
    return a_manifest("CloudAccount", name, spec)


def a_policy(name: str, *accounts: str, **more: Any) -> dict[str, Any]:
    return a_manifest("CleanupPolicy", name, {"scope": {"accounts": {"names": list(accounts)}}, **more})


@pytest.fixture
def world() -> World:
    """Our policy governs `dev`; a rival does too; `peer` and its policy are somebody else's."""
    return {
        "ours": a_policy("ours", "dev"),
        "rival": a_policy("rival", "dev"),
        "elsewhere": a_policy("elsewhere", "peer"),
        "dev": an_account("dev", "111111111111"),
        "peer": an_account("peer", "222222222222"),
    }


def view_of(world: World) -> View:
    reader = Reader()
    policies = [reader.policy(one) for one in world.values() if one["kind"] == "CleanupPolicy"]
    accounts = [reader.account(one) for one in world.values() if one["kind"] == "CloudAccount"]
    return View({one.meta.name: one for one in policies}, {one.meta.name: one for one in accounts})


class ToldTask:
    """A pass that runs; `told` is how it was ended."""

    def __init__(self) -> None:
        self.told = ""

    def cancel(self) -> None:
        self.told = "cancelled"


def end_of_pass(world: World, change: Callable[[World], object], *, requested: str = "now") -> tuple[str, bool]:
    """Say how a pass of our policy is ended by a change of the world, and whether its request counts as handled."""
    nothing = cast("Any", None)
    scheduler = Scheduler(*[nothing] * 2, nothing, PolicyCheck(nothing), *[nothing] * 4, tick_seconds=1)
    begun, task = Begun(scheduler._started_from("ours", view_of(world)), requested, asyncio.Event()), ToldTask()
    scheduler._begun[KEY], scheduler._running[KEY] = begun, cast("Any", task)

    change(world)
    scheduler._stop_withdrawn(view_of(world))

    return "stopped" if begun.stop.is_set() else task.told, "ours" in scheduler._used


def edit(world: World, name: str, **spec: Any) -> None:
    """Change the spec of an object, as the API server does that."""
    world[name]["spec"] |= spec
    world[name]["metadata"]["generation"] += 1


def annotate(world: World, name: str, key: str, value: str) -> None:
    world[name]["metadata"]["annotations"][key] = value


def recreate(world: World, name: str) -> None:
    world[name]["metadata"]["uid"] += "-again"


OTHERS: dict[str, Callable[[World], object]] = {
    "a rival of higher priority appears": lambda w: w.update(high=a_policy("high", "dev", priority=9)),
    "a policy that nobody can read appears": lambda w: w.update(new=a_policy("new", "dev", newer=True)),
    "a rival begins to exclude": lambda w: edit(w, "rival", suspend=True),
    "a rival is deleted": lambda w: w.pop("rival"),
    "a policy of another account takes up ours": lambda w: edit(
        w, "elsewhere", scope={"accounts": {"names": ["peer", "dev"]}}
    ),
    "our account becomes production": lambda w: edit(w, "dev", environment="production"),
    "our account is deleted": lambda w: w.pop("dev"),
    "a label by which policies choose is set": lambda w: w["dev"]["metadata"]["labels"].update(team="data"),
    "another identity is accepted": lambda w: annotate(w, "dev", "tagwarden.io/acceptedIdentity", "333333333333"),
    "the account is protected": lambda w: annotate(w, "dev", "tagwarden.io/protect", "true"),
    "our identity is declared twice": lambda w: w.update(twin=an_account("twin", "111111111111")),
    "the other side of a peering becomes production": lambda w: edit(w, "peer", environment="production"),
    "another identity was seen": lambda w: w["dev"].update(status={"identity": {"account": "333333333333"}}),
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=list(OTHERS))
def test_s17_a_declaration_beside_the_policy_stops_the_pass(world: World, change: Callable[[World], object]) -> None:
    """S17: the pass is told to stop, and what a person asked for is still to be done."""
    assert ("stopped", False) == end_of_pass(world, change)


OWN: dict[str, Callable[[World], object]] = {
    "suspended": lambda w: edit(w, "ours", suspend=True),
    "an exclusion is added": lambda w: edit(
        w, "ours", scope={"accounts": {"names": ["dev"]}, "exclude": [{"names": ["keep-*"]}]}
    ),
    "cannot be read": lambda w: edit(w, "ours", newer=True),
    "approval withdrawn": lambda w: annotate(w, "ours", "tagwarden.io/approvedPlan", ""),
}


@pytest.mark.parametrize("change", OWN.values(), ids=list(OWN))
def test_s17_a_change_of_the_policy_stops_its_pass(world: World, change: Callable[[World], object]) -> None:
    """S2, S17: the request was for the policy of then, so it is used up."""
    annotate(world, "ours", "tagwarden.io/approvedPlan", "h1")

    assert ("stopped", True) == end_of_pass(world, change)


@pytest.mark.parametrize(
    "change",
    [lambda world: world.pop("ours"), lambda world: recreate(world, "ours")],
    ids=["deleted", "made again"],
)
def test_s17_a_pass_whose_policy_is_gone_says_nothing_more(world: World, change: Callable[[World], object]) -> None:
    """S17: its end would be told of another policy that happens to have the same name."""
    assert ("cancelled", True) == end_of_pass(world, change)


QUIET: dict[str, Callable[[World], object]] = {
    "nothing": lambda _: None,
    "a policy of another account is edited": lambda w: edit(w, "elsewhere", suspend=True),
    "a policy of another account appears": lambda w: w.update(new=a_policy("new", "peer")),
    "another pass is asked for": lambda w: annotate(w, "ours", "tagwarden.io/requestedAt", "again"),
    "a collection is asked for": lambda w: annotate(w, "dev", "tagwarden.io/requestedAt", "now"),
    "a rival's plan is approved": lambda w: annotate(w, "rival", "tagwarden.io/approvedPlan", "h2"),
    "kubectl notes what it applied": lambda w: annotate(
        w, "dev", "kubectl.kubernetes.io/last-applied-configuration", "{}"
    ),
    "another account was seen for the first time": lambda w: w["peer"].update(
        status={"identity": {"account": "222222222222"}}
    ),
}


@pytest.mark.parametrize("change", QUIET.values(), ids=list(QUIET))
def test_a_pass_goes_on_when_nothing_changes_that_it_rests_on(world: World, change: Callable[[World], object]) -> None:
    """A false alarm costs a pass, and the next one has the same neighbours."""
    assert ("", False) == end_of_pass(world, change)
