"""The demo is the product's first impression: it runs as the README says, from beginning to end."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import clean_environment, wait_until

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """Run the demo once, in a folder of its own, with nothing of the user's in the environment."""
    return subprocess.run(
        [sys.executable, "-m", "tagwarden", "demo"],
        capture_output=True,
        text=True,
        check=False,
        timeout=1100,
        cwd=tmp_path_factory.mktemp("elsewhere"),
        env=clean_environment(),
    )


@pytest.mark.timeout(1200)
class TestTheDemo:
    def test_ends_well(self, shown: subprocess.CompletedProcess[str]) -> None:
        """Everything became of the account that was to become of it, and the exit status says so."""
        assert shown.returncode == 0, shown.stdout + shown.stderr
        assert "Everything is as expected." in shown.stdout
        assert shown.stderr == ""

    def test_looks_at_every_resource_from_outside(self, shown: subprocess.CompletedProcess[str]) -> None:
        """The closing count is of more than two hundred resources, all of them right."""
        found = re.search(r"(\d+) of (\d+) resources are deleted or kept", shown.stdout)

        assert found
        assert found[1] == found[2]
        assert int(found[2]) > 200

    def test_shows_that_audit_writes_nothing(self, shown: subprocess.CompletedProcess[str]) -> None:
        """Before Enforce the simulated AWS has seen calls for reading alone (S15)."""
        assert re.search(r"The simulated AWS has seen \d+ calls, all of them for reading", shown.stdout)

    def test_plans_before_there_is_a_cluster(self, shown: subprocess.CompletedProcess[str]) -> None:
        """The account is planned and one deletion explained by the command line alone."""
        places = [shown.stdout.index(text) for text in ("$ tagwarden plan", "$ tagwarden explain", "API server v")]

        assert sorted(places) == places
        assert "action: delete" in shown.stdout

    def test_cleans_up_a_google_cloud_project(self, shown: subprocess.CompletedProcess[str]) -> None:
        """Planned before there is a cluster, then by the operator, in Audit without a write; looked at from outside."""
        audited = re.search(r"The simulated Google Cloud has seen \d+ calls, all of them for reading", shown.stdout)
        found = re.search(r"(\d+) of (\d+) resources of the project are deleted or kept", shown.stdout)

        assert audited
        assert found
        assert found[1] == found[2]
        assert shown.stdout.index("$ tagwarden plan -f gcp-dev.yaml") < shown.stdout.index("API server v")
        assert shown.stdout.index("API server v") < audited.start() < found.start()

    def test_explains_the_number_of_deletions(self, shown: subprocess.CompletedProcess[str]) -> None:
        """Each sentence adds up: in both plans of the command line, and in those of all policies in Audit."""
        told = re.findall(r"(\d+) deletions: (\d+) with verdict Delete(.*)\.$", shown.stdout, re.MULTILINE)

        assert 5 == len(told)
        for deletions, verdicts, parts in told:
            less = sum(int(count) for count in re.findall(r"less (\d+)", parts))
            more = sum(int(count) for count in re.findall(r"plus (\d+)", parts))
            assert int(deletions) == int(verdicts) - less + more

    def test_ends_with_a_summary_of_one_screen(self, shown: subprocess.CompletedProcess[str]) -> None:
        """At most 40 lines of 100 columns, with the commands to try next."""
        lines = shown.stdout[shown.stdout.index("   Summary\n") :].splitlines()

        assert len(lines) <= 40
        assert [] == [line for line in lines if len(line) > 100]
        assert any("tagwarden init" in line for line in lines)

    def test_reads_well_in_a_log(self, shown: subprocess.CompletedProcess[str]) -> None:
        """Without a terminal there are neither colours nor moving lines, and every step has its number."""
        steps = re.findall(r"^(\d+)/(\d+)  ", shown.stdout, flags=re.MULTILINE)

        assert "\x1b" not in shown.stdout
        assert "\r" not in shown.stdout
        assert [str(number) for number in range(1, len(steps) + 1)] == [number for number, _ in steps]

    def test_leaves_nothing_behind(self, shown: subprocess.CompletedProcess[str]) -> None:
        """The operator it started is gone, and so is the folder of the cluster."""
        (pid,) = re.findall(r"tagwarden operator, process (\d+)", shown.stdout)

        assert not Path(f"/proc/{pid}/cmdline").exists()


SLOW_GO = """#!/bin/sh
case $1 in
version) echo go version go1.25.0 linux/amd64 ;;
build)
    echo $$ > "$SLOW_GO_PID"
    for number in $(seq 400); do echo k8s.io/package/$number; done
    exec sleep 3600 ;;
esac
"""


@pytest.mark.timeout(900)
def test_a_control_plane_that_takes_long_holds_nothing_up(tmp_path: Path) -> None:
    """On a fresh machine: plan and explanation are shown during the build, then its progress; the end stops it."""
    compiler, pid, output = tmp_path / "bin" / "go", tmp_path / "pid", tmp_path / "output"
    compiler.parent.mkdir()
    compiler.write_text(SLOW_GO)
    compiler.chmod(0o755)
    environment = clean_environment(
        CONTROL_PLANE="built",
        PATH=f"{compiler.parent}:{os.environ['PATH']}",
        SLOW_GO_PID=str(pid),
        XDG_CACHE_HOME=str(tmp_path / "cache"),
    )
    with output.open("w") as file:
        demo = subprocess.Popen(
            [sys.executable, "-m", "tagwarden", "demo"], cwd=tmp_path, env=environment, stdout=file, stderr=file
        )
    try:
        wait_until(lambda: "with verdict Delete" in output.read_text(), what="the plan is shown", seconds=300)
        wait_until(lambda: "action: delete" in output.read_text(), what="the explanation is shown", seconds=300)
        wait_until(lambda: "400 of about" in output.read_text(), what="the progress is shown", seconds=60)
        assert re.search(r"compiled 400 of about [\d,]+ packages; about \d+ min left", output.read_text())
        assert Path(f"/proc/{pid.read_text().strip()}").exists()
    finally:
        demo.terminate()
        status = demo.wait(60)

    assert 128 + signal.SIGTERM == status
    wait_until(lambda: not Path(f"/proc/{pid.read_text().strip()}").exists(), what="the compiler has ended")
