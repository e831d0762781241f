"""`tagwarden journal` and `tagwarden restore` as a user runs them, on a simulated AWS over HTTP."""

import getpass
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine, a_policy, an_account, on
from tests.support.fake_aws import DEFAULT_LOGIN, FakeAWS
from tests.support.postgres import Postgres

FIXED = "2099-01-01"


@pytest.fixture
def shell(fake_aws: FakeAWS, tmp_path: Path) -> CommandLine:
    shell = on(fake_aws, DEFAULT_LOGIN, tmp_path)
    scope = {"accounts": {"names": ["aws-dev"]}, "kinds": ["aws_sqs_queue"]}
    account = an_account(fake_aws, DEFAULT_LOGIN)
    account["spec"]["aws"]["regions"] = ["eu-central-1"]
    shell.declare("declared/all.yaml", a_policy(scope=scope, rules={"expired": "Delete"}), account)
    return shell


@pytest.fixture
def queues(fake_aws: FakeAWS) -> dict[str, str]:
    """Make one queue to shorten and one that has expired; give their addresses."""
    sqs = fake_aws.client("sqs")
    tags = {"long": {"Owner": "alice", "expiration": FIXED}, "old": {"owner": "bob", "expiration": "2020-01-01"}}
    return {name: sqs.create_queue(QueueName=name, tags=each)["QueueUrl"] for name, each in tags.items()}


@pytest.fixture
def applied(shell: CommandLine, queues: dict[str, str]) -> CommandLine:
    done = shell.run("apply", "--yes", "-f", "declared", "-o", "json")
    assert done.status == 0, done.err
    return shell


def tags_of(aws: FakeAWS, address: str) -> dict[str, str]:
    tags: dict[str, str] = aws.client("sqs").list_queue_tags(QueueUrl=address).get("Tags", {})
    return tags


def entries(shell: CommandLine, *arguments: str) -> list[dict[str, Any]]:
    listed = shell.run("journal", *arguments, "-o", "json")
    assert listed.status == 0, listed.err
    found: list[dict[str, Any]] = listed.json["entries"]
    return found


def test_the_journal_tells_what_was_done_and_on_whose_word(applied: CommandLine) -> None:
    """Each action stands there with who, why, from which plan, and how it ended (S14)."""
    found = {entry["action"]: entry for entry in entries(applied)}

    assert {"Delete", "SetTags"} == set(found)
    assert ("old", "Verified", "Expired") == tuple(found["Delete"][key] for key in ("name", "state", "rule"))
    assert {"Owner": "alice", "expiration": FIXED} == found["SetTags"]["tagsBefore"]
    assert all(entry["actor"].startswith("arn:aws:") and len(entry["plan"]) == 64 for entry in found.values())
    assert all(entry["requestId"] and entry["snapshots"] for entry in found.values())
    assert [0, 0] == [entry["policyGeneration"] for entry in found.values()]


def test_the_journal_is_filtered(applied: CommandLine) -> None:
    """Every filter narrows; times are instants or how long ago."""
    assert ["long"] == [entry["name"] for entry in entries(applied, "long", "--since", "1h")]
    assert ["old"] == [entry["name"] for entry in entries(applied, "--reason", "Expired", "--outcome", "Verified")]
    assert [] == entries(applied, "--until", "1h")


def test_the_journal_is_a_table_for_people(applied: CommandLine) -> None:
    """Without an option the journal is a table."""
    listed = applied.run("journal")

    assert listed.status == 0, listed.err
    assert "aws_sqs_queue old in eu-central-1" in listed.out


def test_the_wide_journal_names_what_support_asks_for(applied: CommandLine) -> None:
    """Each action stands on one line with the vendor's request id, the snapshot and the plan (S14)."""
    (entry,) = entries(applied, "old")

    listed = applied.run("journal", "old", "--policy", entry["policy"], "--output", "wide")

    (line,) = [line for line in listed.out.splitlines() if entry["id"] in line]
    assert all(word in line for word in (entry["requestId"], entry["snapshots"][0], entry["plan"], entry["actor"]))


def test_explaining_tells_the_same_story(applied: CommandLine) -> None:
    """What `explain` says of an action is what the journal says of it, with the request id."""
    (entry,) = entries(applied, "old")

    told, shown = applied.run("explain", "old", "-o", "json"), applied.run("explain", "old")

    assert [entry] == told.json["journal"]
    assert f"request {entry['requestId']}" in shown.out


def test_s14_the_journal_in_postgresql_answers_the_same(
    fake_aws: FakeAWS, shell: CommandLine, queues: dict[str, str]
) -> None:
    """S14: who approved, of which generation, from which snapshot; every filter narrows as it does in a file."""
    scope = {"accounts": {"names": ["aws-dev"]}, "kinds": ["aws_sqs_queue"]}
    account = an_account(fake_aws, DEFAULT_LOGIN)
    account["spec"]["aws"]["regions"] = ["eu-central-1"]
    policy = a_policy(scope=scope, rules={"expired": "Delete"}, approval="Required")
    policy["metadata"]["generation"] = 4
    shell.declare("declared/all.yaml", policy, account)
    with Postgres() as server:
        state = ("--state", server.new_database())
        waits = shell.run("apply", "-f", "declared", *state, "-o", "json")
        done = shell.run(
            "apply", "--yes", "-f", "declared", "--stored", "--approve", waits.json["hash"], *state, "-o", "json"
        )
        told = {entry["name"]: entry for entry in entries(shell, *state)}
        found = {
            words: [entry["name"] for entry in entries(shell, *words, *state)]
            for words in (
                ("--policy", "test-accounts", "--action", "Delete"),
                ("--policy", "another"),
                ("long",),
                ("--outcome", "Verified", "--since", "1h", "--kind", "aws_sqs_queue", "--reason", "Expired"),
                ("--outcome", "Failed"),
                ("--until", "1h"),
            )
        }

    assert "NotApproved" == waits.json["report"]["held"]["reason"]
    assert 0 == done.status, done.err
    assert {"long", "old"} == set(told)
    assert [["old"], [], ["long"], ["old"], [], []] == list(found.values())
    for entry in told.values():
        assert (f"--approve by {getpass.getuser()}", waits.json["hash"]) == (entry["approvedBy"], entry["plan"])
        assert (4, True, True) == (entry["policyGeneration"], bool(entry["snapshots"]), bool(entry["requestId"]))


def test_an_empty_journal_is_said(shell: CommandLine) -> None:
    """Nothing was done yet, and that is no failure."""
    listed = shell.run("journal")

    assert (0, "no entries\n") == (listed.status, listed.out)


def test_tags_are_put_back(fake_aws: FakeAWS, applied: CommandLine, queues: dict[str, str]) -> None:
    """What a run wrote is undone, through the same careful path, and the journal tells that too."""
    assert FIXED != tags_of(fake_aws, queues["long"])["expiration"]
    run = entries(applied, "--action", "SetTags")[0]["run"]

    tried = applied.run("restore", "-f", "declared", "--run", run, "--dry-run", "-o", "json")
    done = applied.run("restore", "-f", "declared", "--run", run, "-o", "json")

    assert ["Skipped"] == [each["state"] for each in tried.json["restored"]]
    assert ["Verified"] == [each["state"] for each in done.json["restored"]], done.err
    assert {"Owner": "alice", "expiration": FIXED} == tags_of(fake_aws, queues["long"])
    assert ["old"] == [entry["name"] for entry in entries(applied, "--run", run, "--action", "Delete")]
    assert [("Unsupported", "no backup exists")] == [(e["reason"], e["message"]) for e in done.json["left"]]
    assert 1 == done.status
    assert ["Restored"] == [entry["rule"] for entry in entries(applied, "--run", done.json["run"])]


def test_tags_that_changed_since_stay(fake_aws: FakeAWS, applied: CommandLine, queues: dict[str, str]) -> None:
    """What the owner wrote after us is not overwritten, and the command says so and fails."""
    fake_aws.client("sqs").tag_queue(QueueUrl=queues["long"], Tags={"expiration": "2098-01-01"})
    (entry,) = entries(applied, "--action", "SetTags")

    done = applied.run("restore", "-f", "declared", "--action", entry["id"], "-o", "json")

    assert 1 == done.status
    assert [("Changed", "changed since: expiration")] == [(e["reason"], e["message"]) for e in done.json["left"]]
    assert "2098-01-01" == tags_of(fake_aws, queues["long"])["expiration"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("journal", "--since", "yesterday"), "write a duration such as 24h"),
        (("journal", "--reason", "Nonsense"), "--reason"),
        (("journal", "--state", "mysql://x"), "sqlite:///FILE"),
        (("restore", "-f", "declared"), "either --action ID or --run ID"),
        (("restore", "-f", "declared", "--run", "nobody"), "no journal entries for run nobody"),
        (("restore", "-f", "declared", "--action", "nobody"), "no journal entry nobody"),
        (("restore", "-f", "missing", "--run", "x"), "missing"),
    ],
)
def test_what_cannot_be_meant_is_one_clear_line(shell: CommandLine, arguments: tuple[str, ...], word: str) -> None:
    """Bad input names the option and what to write, with status 2 and never a traceback."""
    answered = shell.run(*arguments)

    assert 2 == answered.status
    assert word in answered.err
    assert "Traceback" not in answered.err
