"""Acting by hand: nothing is deleted that nobody was asked about, and the command says what it does and did."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from tagwarden.inventory import load_plan
from tagwarden.planning import plan_json
from tests.support.command_line import CommandLine, a_policy, an_account, on
from tests.support.fake_aws import DEFAULT_LOGIN, FakeAWS
from tests.support.warm_programs import TAGWARDEN, command_of

QUEUES = ["a", "b", "c"]
WHERE = "aws-dev (test, 123456789012): 3 deletions"
SECONDS = 300


@pytest.fixture
def shell(fake_aws: FakeAWS, tmp_path: Path) -> CommandLine:
    """Declare an account that holds three queues without tags, which one policy deletes."""
    for name in QUEUES:
        fake_aws.client("sqs").create_queue(QueueName=name)
    shell = on(fake_aws, DEFAULT_LOGIN, tmp_path)
    declare(shell, fake_aws)
    return shell


def declare(shell: CommandLine, aws: FakeAWS, *regions: str, **spec: Any) -> None:
    account = an_account(aws, DEFAULT_LOGIN)
    account["spec"]["aws"]["regions"] = list(regions) or ["eu-central-1"]
    scope = {"accounts": {"names": ["aws-dev"]}, "kinds": ["aws_sqs_queue"]}
    shell.declare("all.yaml", a_policy(scope=scope, **spec), account)


def left(aws: FakeAWS) -> list[str]:
    return sorted(url.rsplit("/", 1)[-1] for url in aws.client("sqs").list_queues().get("QueueUrls", []))


class Terminal:
    """`tagwarden` at a terminal of its own."""

    def __init__(self, shell: CommandLine, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            command_of(TAGWARDEN, *arguments),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=shell.folder,
            env={**shell.environment, "XDG_STATE_HOME": str(shell.folder / "state"), "COLUMNS": "200"},
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""
        self._killer = threading.Timer(SECONDS, self.process.kill)
        self._killer.start()

    def wait_for(self, text: str) -> None:
        """Read on until the text was shown."""
        while text not in self.shown:
            assert self._read(), f"{text!r} was never shown:\n{self.shown}"

    def type(self, line: str) -> None:
        os.write(self._ours, f"{line}\n".encode())

    def end(self) -> int:
        """Read to the end, and give the exit status."""
        while self._read():
            pass
        status = self.process.wait()
        self._killer.cancel()
        os.close(self._ours)
        return status

    def _read(self) -> bool:
        try:
            found = os.read(self._ours, 65536)
        except OSError:  # how Linux says that nobody has the other end open any more
            found = b""
        self.shown += found.decode()
        return bool(found)


def test_without_a_terminal_and_without_yes_nothing_is_deleted(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """Nobody could be asked: exit 2, the account with its counts, and what to write."""
    refused = shell.run("apply", "-f", "all.yaml", "--quiet")

    assert (2, QUEUES) == (refused.status, left(fake_aws))
    assert WHERE in refused.err
    assert "--yes" in refused.err
    assert "Verified" not in refused.out


def test_yes_is_the_word_of_who_wrote_it(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """As a pipeline does."""
    done = shell.run("apply", "-f", "all.yaml", "--yes")

    assert (0, []) == (done.status, left(fake_aws)), done.err
    assert "3 of 3 actions done" in done.out


def test_what_deletes_nothing_needs_no_yes(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """In Audit, in a dry run, and while a plan waits for its approval."""
    declare(shell, fake_aws, approval="Required")
    waits = shell.run("apply", "-f", "all.yaml", "-o", "json")
    tried = shell.run("apply", "-f", "all.yaml", "--dry-run")
    declare(shell, fake_aws, mode="Audit")
    audited = shell.run("apply", "-f", "all.yaml")

    assert [0, 0, 0] == [each.status for each in (waits, tried, audited)]
    assert "NotApproved" == waits.json["report"]["held"]["reason"]
    assert QUEUES == left(fake_aws)


def test_approving_a_plan_does_not_replace_the_yes(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """A hash in the history of a shell is repeated as easily as the command itself."""
    declare(shell, fake_aws, approval="Required")
    waits = shell.run("apply", "-f", "all.yaml", "-o", "json").json

    refused = shell.run("apply", "-f", "all.yaml", "--approve", waits["hash"])

    assert (2, QUEUES) == (refused.status, left(fake_aws))


@pytest.mark.parametrize(("answered", "status", "stays"), [("n", 130, QUEUES), ("y", 0, [])])
def test_at_a_terminal_the_account_and_the_counts_are_shown_and_asked_about(
    fake_aws: FakeAWS, shell: CommandLine, answered: str, status: int, stays: list[str]
) -> None:
    """Only a yes deletes."""
    terminal = Terminal(shell, "apply", "-f", "all.yaml")
    terminal.wait_for("Carry out these changes? [y/N]")
    asked, before = terminal.shown, left(fake_aws)
    terminal.type(answered)

    assert status == terminal.end()
    assert WHERE in asked
    assert (QUEUES, stays) == (before, left(fake_aws))


@pytest.mark.parametrize(("typed", "status", "stays"), [("y", 130, QUEUES), ("aws-dev", 0, [])])
def test_confirm_account_asks_to_type_the_name(
    fake_aws: FakeAWS, shell: CommandLine, typed: str, status: int, stays: list[str]
) -> None:
    """A yes by habit does not do."""
    terminal = Terminal(shell, "apply", "-f", "all.yaml", "--confirm-account", "aws-dev")
    terminal.wait_for("Type the account name aws-dev")
    terminal.type(typed)

    assert status == terminal.end()
    assert stays == left(fake_aws)


def test_confirm_account_refuses_every_other_account(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """Also with --yes, and without a terminal it is the word that deletions need."""
    other = shell.run("apply", "-f", "all.yaml", "--yes", "--confirm-account", "aws-sandbox")
    before = left(fake_aws)
    same = shell.run("apply", "-f", "all.yaml", "--confirm-account", "aws-dev")

    assert (2, QUEUES) == (other.status, before)
    assert f"--confirm-account names aws-sandbox, but the plan also deletes in {WHERE}" in other.err
    assert (0, []) == (same.status, left(fake_aws)), same.err


def test_a_dry_run_says_what_would_be_done(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """And not that anything was."""
    tried = shell.run("apply", "-f", "all.yaml", "--dry-run")

    assert (0, QUEUES) == (tried.status, left(fake_aws)), tried.err
    assert "3 of 3 actions would be done" in tried.out
    assert "actions done" not in tried.out


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_signal_is_answered_at_once_and_begins_nothing_more(
    fake_aws: FakeAWS, shell: CommandLine, number: signal.Signals, status: int
) -> None:
    """It says how far it is, what was done is shown at the end, and the rest stays."""
    for count in range(20):
        fake_aws.client("sqs").create_queue(QueueName=f"more-{count:02}")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tagwarden",
            "apply",
            "-f",
            "all.yaml",
            "--yes",
            "--calls-per-second",
            "5",
            "-o",
            "json",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=shell.folder,
        env={**shell.environment, "XDG_STATE_HOME": str(shell.folder / "state")},
    )
    assert process.stderr is not None
    watch = threading.Timer(SECONDS, process.kill)
    watch.start()
    next(line for line in process.stderr if "Verified Delete" in line)
    process.send_signal(number)
    out, err = process.communicate()
    watch.cancel()

    stopping = re.search(r"^stopping: (\d+) done, (\d+) left$", err, re.MULTILINE)
    outcomes = json.loads(out)["outcomes"]
    done = [each for each in outcomes if each["state"] == "Verified"]
    assert stopping is not None, err
    assert 1 <= int(stopping[1])
    assert (status, 23) == (process.returncode, len(outcomes))
    assert len(left(fake_aws)) == 23 - len(done)
    assert {"LeaseLost"} == {each["reason"] for each in outcomes if each["state"] == "Withheld"}


def test_a_region_that_does_not_exist_is_refused(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """It is not collected as a snapshot of failures, and AWS is not even asked."""
    declare(shell, fake_aws, "eu-centrl-1")
    fake_aws.forget_calls()

    refused = [shell.run(*command, "-f", "all.yaml") for command in (("collect",), ("plan",), ("apply", "--yes"))]

    assert [2, 2, 2] == [each.status for each in refused]
    assert all("'eu-centrl-1'; did you mean eu-central-1" in each.err for each in refused), [
        each.err for each in refused
    ]
    assert [] == fake_aws.calls()


def test_a_plan_that_is_older_than_a_day_is_refused(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """S17: whoever was shown it decided on another world; the message says to make a new one."""
    aged = _saved(shell, lambda at: at - timedelta(days=20))

    refused = shell.run("apply", "-f", "all.yaml", aged, "--yes")

    assert (2, QUEUES) == (refused.status, left(fake_aws))
    assert "is older than 1d; create a new plan" in refused.err


def test_a_plan_for_another_time_is_remembered_nowhere(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """`--now` asks a question; neither explain nor --diff answers from it afterwards."""
    tomorrow = datetime.now(UTC) + timedelta(hours=20)
    tags = {"owner": "alice", "expiration": f"{tomorrow:%Y-%m-%dT%H:%M:%SZ}"}
    fake_aws.client("sqs").create_queue(QueueName="claimed", tags=tags)
    shell.run("plan", "-f", "all.yaml")

    later = (datetime.now(UTC) + timedelta(hours=30)).isoformat()
    asked = shell.run("plan", "-f", "all.yaml", "--stored", "--now", later, "-o", "json")
    told = shell.run("explain", "aws_sqs_queue/claimed", "-o", "json")
    compared = shell.run("plan", "-f", "all.yaml", "--stored", "--diff")

    verdicts = {each["name"]: each["verdict"] for each in asked.json["resources"]}
    assert "Delete" == verdicts["claimed"]
    assert ["Compliant"] == [each["verdict"] for each in told.json["decisions"]]
    assert "nothing changed" in compared.out


def test_each_deletion_is_told_with_what_it_rests_on(fake_aws: FakeAWS, shell: CommandLine) -> None:
    """In one line by plan; all of it by explain, with the time of each look, up to the one before the deletion."""
    shown = shell.run("plan", "-f", "all.yaml")
    done = shell.run("apply", "-f", "all.yaml", "--yes", "-o", "json").json
    told = shell.run("explain", "aws_sqs_queue/a", "--evidence", "-o", "json").json

    assert 3 == len(re.findall(r"untagged, created 20\S+Z; no user found among \d+ kinds?", shown.out)), shown.out
    evidence, (entry,) = told["decisions"][0]["evidence"], told["journal"]
    assert [] == left(fake_aws)
    assert [{"at": entry["at"], "entry": entry["id"]}] == evidence["readAgain"]
    (search,) = evidence["searches"]
    assert "aws_sqs_queue" in search["kinds"]
    assert search["at"] < done["generatedAt"] < entry["at"]


def _saved(shell: CommandLine, moved: Callable[[datetime], datetime]) -> str:
    """Save a plan as if it had been made at another time."""
    shown = shell.run("plan", "-f", "all.yaml", "-o", "json")
    path = shell.folder / "plan.json"
    path.write_text(shown.out)
    plan = load_plan(path)
    path.write_bytes(orjson.dumps(plan_json(replace(plan, generated_at=moved(plan.generated_at)))))
    return path.name
