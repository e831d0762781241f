"""`tagwarden explain --evidence`: every witness and every search, with the time of each look."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tagwarden.inventory import PlanStore, SnapshotStore
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import Plan
from tagwarden.state import Database, Journal
from tests.support.builders import NOW, a_snapshot
from tests.support.enforcement import an_entry
from tests.unit.cli.conftest import Answered, Tagwarden
from tests.unit.planning.scenes import doomed, plan_of, unclaimed

WEB = doomed("i-1", name="we[b]")
SEEN = NOW - timedelta(minutes=5)
DELETED = NOW + timedelta(minutes=3)

Explain = Callable[..., Answered]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Store a plan that deletes a web server which one doomed user and one unclaimed one use, and delete it."""
    user = doomed("user")
    other = unclaimed("other", tags={"Name": "[/bold]", "team": "data"})
    made = plan_of([WEB, user, other], "user needs i-1", "other uses i-1")
    snapshot = a_snapshot(WEB.resource, taken=SEEN)
    made = replace(made, snapshots=(snapshot.id,))
    PlanStore(tmp_path).save(made)
    SnapshotStore(tmp_path).save(snapshot)
    usual: dict[str, Any] = {"uid": "i-1", "plan_hash": made.hash, "at": DELETED, "finished": DELETED}
    with Database(f"sqlite:///{tmp_path}/state.db") as database:
        journal = Journal(database)
        journal.record(an_entry("now", state=ActionState.VERIFIED, **usual))
        journal.record(an_entry("of-another-plan", state=ActionState.VERIFIED, **{**usual, "plan_hash": "0" * 64}))
        journal.record(an_entry("withheld", state=ActionState.WITHHELD, **{**usual, "attempts": 0}))
    return made


@pytest.fixture
def explain(tmp_path: Path, tagwarden: Tagwarden, plan: Plan) -> Explain:
    assert plan.deletes
    places = ("--inventory", str(tmp_path), "--state", f"sqlite:///{tmp_path}/state.db")
    return lambda *arguments: tagwarden("explain", *arguments, *places)


def test_every_witness_is_told_as_it_was_seen(explain: Explain) -> None:
    """Role, tags, owner, expiry, what becomes of it and when it was looked at."""
    told = explain("i-1", "--evidence", "-o", "json").json["decisions"][0]["evidence"]

    other, user = told["witnesses"]
    assert ("user", "other", False, None) == tuple(other[key] for key in ("role", "uid", "goes", "owner"))
    assert {"Name": "[/bold]", "team": "data"} == other["tags"]
    assert ("user", True, "alice") == (user["uid"], user["goes"], user["owner"])
    assert user["expires"] == (NOW - timedelta(hours=1)).isoformat()
    assert [SEEN.isoformat()] * 2 == [other["seenAt"], user["seenAt"]]


def test_every_search_is_told_with_its_time(explain: Explain) -> None:
    """Where nobody else was found, and when that was."""
    told = explain("i-1", "--evidence", "-o", "json").json["decisions"][0]["evidence"]

    assert told["searches"] == [
        {
            "account": "aws-dev",
            "kinds": ["aws_ec2_instance"],
            "regions": ["eu-central-1"],
            "namespaces": None,
            "at": SEEN.isoformat(),
        }
    ]
    assert told["grounds"].startswith("expired 2026-09-01T11:00Z; user aws_ec2_instance user is deleted too")


def test_the_last_look_is_that_of_the_action(explain: Explain) -> None:
    """All of it is read again right before the deletion (S17); what another plan did is not meant."""
    told = explain("i-1", "--evidence", "-o", "json").json["decisions"][0]["evidence"]

    assert told["readAgain"] == [{"at": DELETED.isoformat(), "entry": "now"}]


def test_people_are_told_the_same(explain: Explain) -> None:
    """Brackets in names and tags are no markup."""
    told = explain("i-1", "--evidence")

    assert (0, "") == (told.status, told.err)
    for words in (
        "aws_ec2_instance we[b] in eu-central-1",
        "evidence: expired 2026-09-01T11:00Z",
        "Name=[/bold] team=data",
        "users searched in aws-dev, regions eu-central-1 and global resources, at 2026-09-01T11:55Z (",
        "all evidence was read again right before the deletion, at 2026-09-01T12:03Z (",
    ):
        assert words in told.out, told.out


def test_a_snapshot_that_is_pruned_leaves_the_time_unknown(explain: Explain, tmp_path: Path) -> None:
    """The witnesses are in the plan itself."""
    for path in tmp_path.rglob("*.parquet"):
        if "resources" in path.parts:
            path.unlink()

    told = explain("i-1", "--evidence", "-o", "json").json["decisions"][0]["evidence"]

    assert [None, None] == [each["seenAt"] for each in told["witnesses"]]


def test_without_the_option_there_is_no_evidence(explain: Explain) -> None:
    """It can be long."""
    assert "evidence" not in explain("i-1", "-o", "json").json["decisions"][0]
    assert "users searched" not in explain("i-1").out
