"""`tagwarden report` and `tagwarden serve`, on what a real pass over a simulated AWS has stored."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, a_policy, an_account, on
from tests.support.fake_aws import FakeAWS

ACCOUNT = "123456789012"


@pytest.fixture
def shell(fake_aws: FakeAWS, tmp_path: Path) -> CommandLine:
    """A shell in which one queue was planned."""
    shell = on(fake_aws, fake_aws.login(ACCOUNT), tmp_path)
    account = an_account(fake_aws, fake_aws.login(ACCOUNT))
    account["spec"]["aws"] |= {"regions": ["eu-central-1"]}
    fake_aws.client("sqs").create_queue(QueueName="checkout-17", tags={"squad": "blue"})
    shell.declare("declared/all.yaml", a_policy(), account)
    done = shell.run("plan", "-f", "declared", "-o", "json")
    assert done.status == 0, done.err
    return shell


def test_a_report_is_one_file_and_tells_every_indicator_as_json(shell: CommandLine) -> None:
    done = shell.run("report", "--out", "report.html", "--team-key", "squad", "-o", "json")
    assert (done.status, done.err) == (0, "")
    page = (shell.folder / "report.html").read_text(encoding="utf-8")
    assert "checkout-17" in page
    assert "blue" in page
    groups = done.json["indicators"]["by_group"]
    assert [row for row in groups if row["team"] == "blue" and row["category"] == "queue"]

    unknown = shell.run("report", "--team", "nobody")
    assert unknown.status == 2
    assert "no resource belongs to team nobody; there are" in unknown.err


def test_without_an_inventory_the_command_to_write_is_named(tmp_path: Path, fake_aws: FakeAWS) -> None:
    done = on(fake_aws, fake_aws.login(ACCOUNT), tmp_path).run("report")
    assert done.status == 2
    assert "make them with: tagwarden plan -f DIR" in done.err


def test_pages_are_served_until_the_end_is_asked_for(shell: CommandLine) -> None:
    environment = {**shell.environment, "XDG_STATE_HOME": str(shell.folder / "state")}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "tagwarden", "serve", "--port", "0"],
        cwd=shell.folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        root = process.stdout.readline().split()[0]
        with urllib.request.urlopen(f"{root}resources?search=CHECKOUT") as answer:
            assert "checkout-17" in answer.read().decode()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
