"""What Tagwarden and other tools delete in the same simulated account, for the same rule.

    python benchmarks/deleting.py [--tool tagwarden --tool custodian --tool aws-nuke] [--tidy 1800]

The account is the messy one of the tests (tests/support/messy_account.py): some 225 resources of 40 kinds in two
regions on moto, which refuses to delete what is in use as EC2 does. The rule: delete what has neither owner nor expiry
and what has expired, with what only exists for it; keep the rest. Each tool gets an account of its own, policies that a
careful user writes (peers/), and as many runs as it makes progress, three at most. Prints what should have gone and is
there, what should be there and is gone, requests and seconds. With `--tidy` so many resources more have an owner and
an expiry: what a cautious tool withholds for their sake is a false alarm. Cloud Custodian is installed into the cache;
aws-nuke must be on the PATH (Debian: apt-get install aws-nuke).
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.peers import custodian_policies, nuke_config  # noqa: E402  (found through the line above)
from tests.support.aws_seed import Region  # noqa: E402
from tests.support.aws_seeds import exists  # noqa: E402
from tests.support.fake_aws import DEFAULT_ACCOUNT, DEFAULT_LOGIN, FakeAWS  # noqa: E402
from tests.support.go_toolchain import cache_folder  # noqa: E402
from tests.support.messy_account import REGIONS, populate  # noqa: E402
from tests.support.story import Member, Story  # noqa: E402

READS = ("Get", "List", "Describe", "Head", "BatchGet", "Lookup", "Search", "AssumeRole")
RUNS = 3
# Whatever a tool may want to ask elsewhere ends at a port of this machine where nothing listens.
NOWHERE_ELSE = {
    "PATH": os.environ["PATH"],
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "127.0.0.1,localhost",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """An account with its story, and a folder for the tool's files."""

    aws: FakeAWS
    story: Story
    folder: Path

    def run(self, command: list[str], label: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a program that can find no other AWS, and keep what it prints."""
        done = subprocess.run(
            command,
            env=self.aws.environment() | NOWHERE_ELSE | {"HOME": str(self.folder)} | environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=1800,
        )
        (self.folder / f"{label}.log").write_text(done.stdout + done.stderr, encoding="utf-8")
        return done

    def there(self) -> set[Member]:
        """Look from outside what exists."""
        regions = {name: Region(self.aws, name) for name in REGIONS}
        return {
            member
            for member in self.story.members
            if exists(regions[member.region or REGIONS[0]], member.kind, member.id)
        }


def tagwarden(stage: Stage, number: int) -> str:
    """Run the policies of the demo in Enforce, without grace, as the others have none."""
    aws = {"accountID": DEFAULT_ACCOUNT, "regions": list(REGIONS), "endpointURL": stage.aws.endpoint}
    rules = {"untagged": "Delete", "expired": "Delete", "irreplaceable": {"kinds": ["*"]}, "canonical": "Rewrite"}
    limits = {"deletionsPerRun": 1000, "deletionsPercent": 100, "deletionsPerHour": 1000}
    spec = {
        "mode": "Enforce",
        "schedule": "0 * * * *",
        "scope": {"accounts": {"names": ["messy"]}},
        "lifetime": {"max": "48h"},
        "rules": rules,
        "grace": {"untagged": "0s"},
        "observations": 1,
        "limits": limits,
    }
    declared = (
        ("CloudAccount", "messy", {"provider": "AWS", "environment": "test", "aws": aws}),
        ("CleanupPolicy", "clean", spec),
    )
    lines = [
        json.dumps({"apiVersion": "tagwarden.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec})
        for kind, name, spec in declared
    ]
    (stage.folder / "declared.yaml").write_text("\n---\n".join(lines), encoding="utf-8")
    state = {
        "TAGWARDEN_INVENTORY": str(stage.folder / "state"),
        "TAGWARDEN_OPERATOR_DELETIONS_PER_HOUR": "1000",
        "TAGWARDEN_ALLOWED_ENDPOINTS": "http://127.0.0.1:*",
    }
    program = Path(sys.executable).with_name("tagwarden")
    done = stage.run([str(program), "apply", "-y", "-f", "declared.yaml"], f"tagwarden-{number}", **state)
    return f"exit {done.returncode}"


def custodian(stage: Stage, number: int) -> str:
    """Run its policies, one for each kind, one after the other."""
    folder = cache_folder() / "peers" / "custodian"
    if not (folder / "done").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run(
            [folder / "bin/python", "-m", "pip", "install", "--quiet", "c7n==0.9.53", "freezegun"], check=True
        )
        (folder / "done").touch()
    failed = Counter[str]()
    regional = [policy for policy in custodian_policies.policies() if not is_global(policy)]
    worldwide = [policy for policy in custodian_policies.policies() if is_global(policy)]
    for label, policies, regions in (("regional", regional, REGIONS), ("global", worldwide, REGIONS[:1])):
        file = stage.folder / f"{label}.yml"
        file.write_text(json.dumps({"policies": policies}), encoding="utf-8")
        where = [part for region in regions for part in ("-r", region)]
        command = [str(folder / "bin/custodian"), "run", "--cache-period", "0", "-s", "out", *where, str(file)]
        done = stage.run(command, f"custodian-{label}-{number}")
        if "invalid policy file" in done.stdout + done.stderr:
            raise SystemExit(f"Cloud Custodian does not take its policies:\n{done.stderr[-1500:]}")
        failed += Counter(re.findall(r"Error while executing policy ([\w-]+)", done.stdout + done.stderr))
    return f"policies that ended in an error: {', '.join(failed) or 'none'}"


def is_global(policy: Mapping[str, object]) -> bool:
    """Whether a policy is for what has no region."""
    return str(policy["resource"]).removeprefix("aws.") in custodian_policies.GLOBAL


def aws_nuke(stage: Stage, number: int) -> str:
    """Find the kinds whose tags it shows, then run its filters on them; it needs an alias on the account."""
    if not shutil.which("aws-nuke"):
        raise SystemExit("aws-nuke is not on the PATH; on Debian: apt-get install aws-nuke")
    if number == 1:
        stage.aws.client("iam").create_account_alias(AccountAlias="messy-dev")
    kinds = kinds_with_tags(stage.folder)
    notes = [f"{len(kinds)} kinds with tags"]
    dated = nuke(stage, nuke_config.by_date(kinds), kinds, f"nuke-dated-{number}")
    notes.append(f"with dateOlderThan: exit {dated.returncode}, {dated.stderr.strip().splitlines()[-1:]}")
    for position, filters in enumerate(nuke_config.keeps(kinds, now=stage.story.now)):
        done = nuke(stage, filters, kinds, f"nuke-{number}-{position}", "--no-dry-run", "--max-wait-retries", "20")
        notes.append(f"exit {done.returncode}")
    return "; ".join(notes)


@cache
def kinds_with_tags(folder: Path) -> list[str]:
    """Find the kinds whose tags aws-nuke shows, in an account of its own where every kind of EC2 has some."""
    with FakeAWS() as aws:
        story = populate(aws, datetime.now(UTC))
        for member in story.members:
            if member.kind.startswith("aws_ec2_"):
                tags = [{"Key": "seen", "Value": "yes"}]
                aws.client("ec2", member.region).create_tags(Resources=[member.id], Tags=tags)
        aws.client("iam").create_account_alias(AccountAlias="scratch-dev")
        shown = nuke(Stage(aws, story, folder), {}, [], "nuke-kinds").stdout
    return sorted({found[1] for found in re.finditer(r" - (\w+) - (?:.* - )?\[.*tag:", shown)})


def nuke(
    stage: Stage, filters: dict[str, list[object]], kinds: list[str], label: str, *flags: str
) -> subprocess.CompletedProcess[str]:
    """Run aws-nuke once."""
    file = stage.folder / f"{label}.json"
    file.write_text(nuke_config.config(DEFAULT_ACCOUNT, REGIONS, stage.aws.endpoint, filters), encoding="utf-8")
    keys = ["--access-key-id", DEFAULT_LOGIN.access_key_id, "--secret-access-key", DEFAULT_LOGIN.secret_access_key]
    targets = [part for kind in kinds for part in ("-t", kind)]
    program = ["aws-nuke", "-c", str(file), *keys, "--default-region", REGIONS[0], "--force", "--force-sleep", "3"]
    return stage.run([*program, *targets, *flags], label)


TOOLS: Mapping[str, Callable[[Stage, int], str]] = {
    "tagwarden": tagwarden,
    "custodian": custodian,
    "aws-nuke": aws_nuke,
}


def measure(name: str, folder: Path, tidy: int) -> None:
    """Let one tool clean an account of its own and print what became of it."""
    if name == "aws-nuke":
        # Nobody does this on each run, so it is not measured.
        kinds_with_tags(folder)
    with FakeAWS() as aws:
        stage = Stage(aws, populate(aws, datetime.now(UTC), tidy=tidy), folder)
        aws.forget_calls()
        before, seconds, notes = stage.there(), 0.0, []
        aws.forget_calls()
        calls = Counter[str]()
        runs = 0
        while runs < RUNS:
            runs += 1
            begin = time.monotonic()
            notes.append(TOOLS[name](stage, runs))
            seconds += time.monotonic() - begin
            calls += Counter(
                "reads" if call.operation.startswith(READS) else "writes" for call in aws.calls() if call.operation
            )
            after = stage.there()
            aws.forget_calls()
            if after == before:
                break
            before = after
    doomed = stage.story.doomed()
    left = [member for member in doomed if member in after]
    taken = [member for member in stage.story.survivors() if member not in after]
    print(f"\n{name}: {runs} runs, {seconds:.0f} s, {calls['reads']} requests that read, {calls['writes']} that write")
    print(f"  {'; '.join(dict.fromkeys(notes))}")
    print(f"  left though they should have gone: {len(left)} of {len(doomed)}: {counted(left)}")
    print(f"  taken though they should have stayed: {len(taken)} of {len(stage.story.survivors())}: {counted(taken)}")


def counted(members: list[Member]) -> str:
    """Count by group and kind."""
    found = Counter(f"{member.group} {member.kind}" for member in members)
    return ", ".join(f"{what} {number}" for what, number in sorted(found.items())) or "none"


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", action="append", choices=TOOLS)
    parser.add_argument("--keep", type=Path, help="keep what the tools print in this folder")
    parser.add_argument("--tidy", type=int, default=0, help="this many more resources that nobody should touch")
    arguments = parser.parse_args()
    for name in arguments.tool or TOOLS:
        with tempfile.TemporaryDirectory() as temporary:
            folder = (arguments.keep or Path(temporary)) / name
            folder.mkdir(parents=True, exist_ok=True)
            measure(name, folder, arguments.tidy)


if __name__ == "__main__":
    main()
