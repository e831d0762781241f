"""The demo is the product's first impression: it runs as the README says, from beginning to end."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import clean_environment

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
        found = re.search(r"(\d+) of (\d+) resources are gone or still there", shown.stdout)

        assert found
        assert found[1] == found[2]
        assert int(found[2]) > 200

    def test_shows_that_audit_writes_nothing(self, shown: subprocess.CompletedProcess[str]) -> None:
        """Before Enforce the simulated AWS has seen calls for reading alone (S15)."""
        assert re.search(r"The simulated AWS has seen \d+ calls, all of them for reading", shown.stdout)

    def test_reads_well_in_a_log(self, shown: subprocess.CompletedProcess[str]) -> None:
        """Without a terminal there are neither colours nor moving lines, and every step has its number."""
        steps = re.findall(r"^(\d)/(\d)  ", shown.stdout, flags=re.MULTILINE)

        assert "\x1b" not in shown.stdout
        assert "\r" not in shown.stdout
        assert [str(number) for number in range(1, len(steps) + 1)] == [number for number, _ in steps]

    def test_leaves_nothing_behind(self, shown: subprocess.CompletedProcess[str]) -> None:
        """The operator it started is gone, and so is the folder of the cluster."""
        (pid,) = re.findall(r"tagwarden operator, process (\d+)", shown.stdout)

        assert not Path(f"/proc/{pid}/cmdline").exists()
