"""The part of the demo that needs no cluster: `tagwarden plan` and `tagwarden explain` on the simulated clouds."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tagwarden.inventory import PlanStore
from tests.support.demo.control_plane_build import ControlPlaneBuild
from tests.support.demo.results import describe_deletions
from tests.support.demo.screen import Screen
from tests.support.demo.stage import Cloud, declarations
from tests.support.processes import StartError, clean_environment

COMMAND_SECONDS = 300.0
PLAN_LINES = 24
AWS_FILES = ("aws-dev.yaml", "test-accounts.yaml")
GOOGLE_FILES = ("gcp-dev.yaml",)
"""An account and its policy: the cluster is left to the operator."""


class CommandSteps:
    """Runs the command line as its user does, with its own state, while the control plane is built."""

    def __init__(self, parts: Cloud, build: ControlPlaneBuild, screen: Screen) -> None:
        self._parts, self._build, self._screen = parts, build, screen
        self._inventory = parts.folder / "command-line"

    def show_plan(self, files: Sequence[str], policy: str) -> None:
        """Declare an account and its policy in files of a folder, and plan."""
        for name in files:
            self._declare(policy, name)
        shown = self._run("plan", "-f", policy, "--quiet")
        self._screen.ran(f"tagwarden plan -f {' -f '.join(files)}", shown, lines=PLAN_LINES)
        plan = PlanStore(self._inventory).latest(policy)
        if plan is not None:
            self._screen.say(describe_deletions(plan), "bold")

    def show_explanation(self) -> None:
        """Explain the deletion of an expired instance, with the evidence that it rests on."""
        expired = next(each for each in self._parts.aws_story.group("expired") if each.kind == "aws_ec2_instance")
        self._screen.ran(f"tagwarden explain {expired.id}", self._run("explain", expired.id))

    def _declare(self, folder: str, name: str) -> None:
        path = self._parts.folder / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(declarations(self._parts, name), encoding="utf-8")

    def _run(self, *arguments: str) -> str:
        """Run one command; raise StartError with its message if it fails."""
        out, err = (self._parts.folder / f"command.{name}" for name in ("out", "err"))
        environment = clean_environment(
            COLUMNS=str(self._screen.width),
            TAGWARDEN_INVENTORY=str(self._inventory),
            TAGWARDEN_STATE=f"sqlite:///{self._parts.folder / 'command-line.db'}",
        )
        with out.open("w") as to_out, err.open("w") as to_err:
            process = subprocess.Popen(
                [sys.executable, "-m", "tagwarden", *arguments],
                cwd=self._parts.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=to_out,
                stderr=to_err,
            )
            try:
                self._screen.wait(
                    lambda: process.poll() is not None,
                    what=f"tagwarden {arguments[0]} ends",
                    seconds=COMMAND_SECONDS,
                    now=lambda: self._build.progress,
                )
            finally:
                process.kill()
                process.wait()
        if process.returncode != 0:
            raise StartError(f"tagwarden {' '.join(arguments)}: {_text(err)}")
        return _text(out)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace").strip()
