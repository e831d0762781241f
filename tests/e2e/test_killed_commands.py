"""`tagwarden apply` killed over and over while it talks to a simulated AWS: nothing twice, nothing lost (S11)."""

import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.integration.aws_faults import Answer, Asked, Door, door_to
from tests.support.command_line import CommandLine, a_policy, an_account, on
from tests.support.fake_aws import DEFAULT_LOGIN, FakeAWS

WRITES = {"DeleteQueue", "TagQueue"}
DOOMED = [f"doomed-{number}" for number in range(14)]
TOO_LONG = [f"too-long-{number}" for number in range(6)]
KILLS = [("before", 1), ("after", 1), ("before", 3), ("after", 4), ("before", 5)]
"""At which write of a run it is killed: before the write reaches AWS, or when AWS has done it and not yet answered."""

LOST = Answer(500, "")


@dataclass
class Killer:
    """Stands in front of AWS, counts the writes that reach it, and ends a process when its write is due."""

    door: Door
    when: str = ""
    left: int = 0
    process: subprocess.Popen[str] | None = None
    done: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.door.rules.append(self._arriving)
        self.door.witnesses.append(self._was_done)

    def aim(self, process: subprocess.Popen[str], when: str, number: int) -> None:
        """Kill this process at its `number`-th write."""
        with self._lock:
            self.process, self.when, self.left = process, when, number

    def _arriving(self, asked: Asked) -> Answer | None:
        if asked.operation not in WRITES:
            return None
        with self._lock:
            if self.process is None:
                return None
            self.left -= 1
            if self.left > 0 or self.when == "after":
                return None
            # What it sent besides is lost with it.
            self.process.kill()
            return LOST

    def _was_done(self, asked: Asked) -> None:
        if asked.operation not in WRITES:
            return
        with self._lock:
            self.done[asked.operation, queue_in(asked.text)] += 1
            if self.process is not None and self.when == "after" and self.left <= 0:
                self.process.kill()


def queue_in(text: str) -> str:
    """Give the name of the queue that a request is about."""
    found = re.search(r"/\d{12}/([\w-]+)", text)
    assert found is not None, text
    return found[1]


@pytest.fixture
def killer(fake_aws: FakeAWS) -> Iterator[Killer]:
    with door_to(fake_aws.endpoint) as door:
        yield Killer(door)


@pytest.fixture
def shell(fake_aws: FakeAWS, killer: Killer, tmp_path: Path) -> CommandLine:
    """Declare everything so that the commands go through the door."""
    shell = on(fake_aws, DEFAULT_LOGIN, tmp_path)
    account = an_account(fake_aws, DEFAULT_LOGIN)
    account["spec"]["aws"] |= {"regions": ["eu-central-1"], "endpointURL": killer.door.endpoint}
    scope = {"accounts": {"names": ["aws-dev"]}, "kinds": ["aws_sqs_queue"]}
    shell.declare("declared/all.yaml", a_policy(scope=scope), account)
    return shell


def begin(shell: CommandLine) -> subprocess.Popen[str]:
    """Begin to carry out the saved plan."""
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.support.hasty_tagwarden",
            "apply",
            "--yes",
            "-f",
            "declared",
            "plan.json",
            "-o",
            "json",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=shell.folder,
        env={
            **shell.environment,
            "XDG_STATE_HOME": str(shell.folder / "state"),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
    )


def entries(shell: CommandLine) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shell.run("journal", "--limit", "1000", "-o", "json").json["entries"]
    return found


def test_s11_a_command_that_is_killed_again_and_again_does_nothing_twice_and_loses_nothing(
    fake_aws: FakeAWS, killer: Killer, shell: CommandLine
) -> None:
    """S11: kill -9 before a write and after it, five times in a row; the journal tells the truth in the end."""
    sqs = fake_aws.client("sqs")
    for name in DOOMED:
        sqs.create_queue(QueueName=name)
    for name in TOO_LONG:
        sqs.create_queue(QueueName=name, tags={"owner": "alice", "expiration": "2099-01-01"})
    (shell.folder / "plan.json").write_text(shell.run("plan", "-f", "declared", "-o", "json").out)

    ends = []
    for when, number in KILLS:
        process = begin(shell)
        killer.aim(process, when, number)
        process.communicate(timeout=60)
        ends.append(process.returncode)
    last = begin(shell)
    killer.process = None
    said = last.communicate(timeout=60)

    assert [-signal.SIGKILL] * len(KILLS) == ends
    assert 0 == last.returncode, said
    left = sorted(url.rsplit("/", 1)[-1] for url in sqs.list_queues()["QueueUrls"])
    assert TOO_LONG == left
    deleted = {name: times for (operation, name), times in killer.done.items() if operation == "DeleteQueue"}
    tagged = {name: times for (operation, name), times in killer.done.items() if operation == "TagQueue"}
    assert dict.fromkeys(DOOMED, 1) == deleted
    assert dict.fromkeys(TOO_LONG, 1) == tagged
    told = entries(shell)
    verified = Counter((entry["action"], entry["name"]) for entry in told if entry["state"] == "Verified")
    assert Counter({("Delete", name): 1 for name in DOOMED} | {("SetTags", name): 1 for name in TOO_LONG}) == verified
    assert [] == [entry for entry in told if entry["finished"] is None]
    assert 3 <= sum(1 for entry in told if entry["reason"] == "Interrupted")
