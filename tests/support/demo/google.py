"""The part of the demo in Google Cloud: a simulated project, planned and cleaned up by the command line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from string import Template

from tests.support.demo.commands import CommandSteps
from tests.support.demo.screen import Screen
from tests.support.demo.stage import EXAMPLES, NAMESPACE
from tests.support.fake_gcp import FakeGCP
from tests.support.fake_gcp.world import messy_project

PROJECT, NUMBER = "messy-dev-1", "481516234200"
FILE = "gcp-dev.yaml"
PLAN_LINES, APPLY_LINES = 12, 8
_ZONE = f"projects/{PROJECT}/zones/europe-west1-b"
_GONE = (
    ("compute", f"{_ZONE}/instances/expired"),
    ("compute", f"{_ZONE}/disks/data-expired"),
    ("redis", f"projects/{PROJECT}/locations/europe-west1/instances/cache"),
    ("run", f"projects/{PROJECT}/locations/europe-west1/services/preview"),
)
_KEPT = (
    ("compute", f"{_ZONE}/instances/kept"),
    ("compute", f"{_ZONE}/instances/precious"),
    ("compute", f"{_ZONE}/disks/data-unlabelled"),
    ("compute", f"projects/{PROJECT}/global/networks/default"),
    ("pubsub", f"projects/{PROJECT}/topics/orders"),
    ("storage", f"b/{PROJECT}-unlabelled"),
)
"""Resources by API that must be deleted, and those that must exist, after the cleanup."""


@dataclass(frozen=True)
class GoogleSteps:
    """Plans and cleans up the project, and looks at the result from outside."""

    gcp: FakeGCP
    commands: CommandSteps
    screen: Screen

    def clean_up(self) -> bool:
        """Show the plan, carry it out, and check what is left; whether all is as expected."""
        key = self.gcp.key_file(f"tagwarden@{PROJECT}.iam.gserviceaccount.com", PROJECT)
        text = Template((EXAMPLES / FILE).read_text(encoding="utf-8")).substitute(
            NAMESPACE=NAMESPACE,
            KEY=json.dumps(key).replace("'", "''"),
            PROJECT_ID=PROJECT,
            ENDPOINT=self.gcp.endpoint,
        )
        self.commands.declare("google", FILE, text)
        shown = self.commands.run("plan", "-f", "google", "--quiet")
        self.screen.ran(f"tagwarden plan -f {FILE}", shown, lines=PLAN_LINES)
        is_right = self._check_reading()
        done = self.commands.run("apply", "-f", "google", "--yes", "--quiet")
        last = "\n".join(done.splitlines()[-APPLY_LINES:])
        self.screen.ran(f"tagwarden apply -f {FILE} --yes", last, lines=APPLY_LINES)
        return self._check_remaining() and is_right

    def _check_reading(self) -> bool:
        calls = self.gcp.calls()
        written = sorted({call.method_id for call in calls if call.http != "GET"})
        if written:
            self.screen.bad(f"The plan has written to the project: {', '.join(written)}")
        else:
            self.screen.good(f"The simulated Google Cloud has seen {len(calls)} calls, all of them for reading.")
        return not written

    def _check_remaining(self) -> bool:
        wrong = [f"{name} still exists and must be deleted" for api, name in _GONE if self.gcp.exists(api, name)]
        wrong += [f"{name} is deleted and must exist" for api, name in _KEPT if not self.gcp.exists(api, name)]
        total = len(_GONE) + len(_KEPT)
        say = self.screen.bad if wrong else self.screen.good
        say(f"{total - len(wrong)} of {total} resources of the project are as expected.")
        for problem in wrong:
            self.screen.bad(f"  {problem}")
        return not wrong


@contextmanager
def google_cloud(screen: Screen) -> Iterator[FakeGCP]:
    """Start a simulated Google Cloud and fill one project; stop it afterwards."""
    with FakeGCP() as gcp:
        made = messy_project(gcp, datetime.now(UTC), project=PROJECT, number=NUMBER)
        screen.say(f"simulated Google Cloud at {gcp.endpoint}, project {PROJECT}: {len(made)} resources")
        gcp.forget_calls()
        yield gcp
