"""What Tagwarden and other tools make of the same values of an expiry tag.

    python benchmarks/reading.py [--tool custodian --tool kyverno ...] [--all] [--output table|json]

The values are the rows of docs/expiry.md and those of peers/values.txt. Each tool runs as it is published, in a folder
of its own in the cache, and is only asked: Cloud Custodian's filters with the clock set, Resoto's core, Kyverno's
controller, go-str2duration (which k8s-ttl-controller reads its durations with) and Go's standard library, dateutil and
dateparser. The first run installs them; Kyverno takes minutes to build. Prints the values in which somebody differs
(`--all`: every value), each with the rule of docs/expiry.md behind the difference, and counts.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import venv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tagwarden.tagging import Never, Unreadable, instant_of, parse_expiry

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.support.go_toolchain import cache_folder, find_go  # noqa: E402  (found through the line above)

CREATED = datetime(2026, 8, 26, 12, tzinfo=UTC)
CREATED_TEXT = f"{CREATED:%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool: what installs it, and the names of the answers that it gives for each value."""

    name: str
    columns: tuple[str, ...]
    program: str
    packages: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


PEERS = (
    Peer("custodian", ("c7n expiration", "c7n marked-for-op"), "custodian_reading.py", ("c7n==0.9.53", "freezegun")),
    Peer("resoto", ("resoto:expires", "resoto:expiration"), "resoto_reading.py", ("resotocore==3.9.0",)),
    Peer("kyverno", ("kyverno ttl",), "kyverno", flags=("-ldflags=-checklinkname=0",)),
    Peer("durations", ("str2duration", "Go RFC3339/Duration"), "durations"),
    Peer("lenient", ("dateutil", "dateparser"), "lenient_reading.py", ("python-dateutil", "dateparser", "freezegun")),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody makes of a value: `read` with an instant, `never`, or a word that says why there is none."""

    what: str
    text: str

    def __str__(self) -> str:
        return self.text if self.what == "read" else self.what


def values() -> list[str]:
    """Give the values of the reference page and of the list, each once."""
    page = (HERE.parent / "docs" / "expiry.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(.+?)` \| (?:2[0-9T:Z-]+|never|malformed|ambiguous) \|", page, re.MULTILINE)
    shown = [
        re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), row.replace("\\t", "\t")) for row in rows
    ]
    listed = (HERE / "peers" / "values.txt").read_text(encoding="utf-8").split("\n")
    return list(dict.fromkeys(value for value in (*shown, *listed) if value))


def ours(value: str) -> Answer:
    """Read it as Tagwarden does under a policy in UTC."""
    said = parse_expiry(value, UTC)
    if isinstance(said, Never):
        return Answer("never", "never")
    found = said if isinstance(said, Unreadable) else instant_of(said, CREATED)
    if isinstance(found, Unreadable):
        return Answer("ambiguous" if found.reason == "AmbiguousExpiry" else "malformed", found.message)
    return Answer("read", f"{found:%Y-%m-%dT%H:%M:%SZ}")


def command_of(peer: Peer) -> list[str]:
    """Install or build a tool, once, and give the command that answers."""
    folder = cache_folder() / "peers" / peer.name
    if peer.packages:
        python = folder / "bin" / "python"
        if not (folder / "done").exists():
            venv.create(folder, with_pip=True, clear=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", *peer.packages], check=True)
            (folder / "done").touch()
        return [str(python), "-W", "ignore", str(HERE / "peers" / peer.program), CREATED_TEXT]
    program = folder / "reading"
    if not program.exists():
        shutil.copytree(HERE / "peers" / peer.program, folder, dirs_exist_ok=True)
        go = find_go()
        build = [str(go.program), "build", "-mod=mod", *peer.flags, "-o", str(program), "."]
        subprocess.run(build, cwd=folder, env=None if not go.environment else go.environment, check=True)
    return [str(program), CREATED_TEXT]


def ask(peer: Peer, asked: Sequence[str]) -> list[list[Answer]]:
    """Give the answers to each value, in order."""
    lines = "".join(json.dumps(value) + "\n" for value in asked)
    done = subprocess.run(command_of(peer), input=lines, capture_output=True, text=True, check=False)
    answers = [[Answer(*each) for each in json.loads(line)] for line in done.stdout.splitlines()]
    if len(answers) != len(asked):
        raise SystemExit(f"{peer.name} gave {len(answers)} answers to {len(asked)} values: {done.stderr[-2000:]}")
    return answers


def rule_behind(value: str, mine: Answer, theirs: Answer) -> str:
    """Name the rule of docs/expiry.md behind a difference; empty where they agree or no rule explains it."""
    if str(mine) == str(theirs) or (mine.what != "read" and theirs.what != "read"):
        return ""
    if mine.what != "read":
        return f"{mine.what}: {mine.text.removeprefix(repr(value)).strip()}"
    if theirs.what != "read":
        return "only read here"
    apart = datetime.fromisoformat(mine.text) - datetime.fromisoformat(theirs.text)
    if abs(apart) <= timedelta(seconds=1):
        return ""
    form = getattr(parse_expiry(value, UTC), "form", "")
    if (
        form not in RULES
        and abs(apart - timedelta(days=1)) <= timedelta(seconds=1)
        and mine.text.endswith("T00:00:00Z")
    ):
        return "a date ends at the end of its day"
    return RULES.get(form) or next(
        (rule for pattern, rule in PATTERNS if re.search(pattern, value, re.IGNORECASE)), "?"
    )


# The rules of docs/expiry.md, by the form that read the value here, then by what stands in it.
RULES: Mapping[str, str] = {
    "duration": "a duration counts from creation, forwards",
    "ISO 8601 duration": "a duration counts from creation, forwards",
    "today or tomorrow": "a day ends at its end",
    "weekday": "the first such day that is not over; without a time, its end",
    "time, then weekday": "the first such day that is not over; without a time, its end",
    "time of day": "the first such time after creation",
    "day.month.year": "with points: day, month, year",
    "compact": "ISO 8601 basic",
}
PATTERNS: tuple[tuple[str, str], ...] = (
    (r"[ 0-9](?:est|edt|pst|pdt|cet|cest)\b", "an abbreviation is the zone that it names"),
    (r"(?:gmt|utc)[+-]", "UTC+2 is two hours east"),
    (r"europe|america|asia", "a zone is the one that it names"),
    (r"t[0-9]{2}[-_][0-9]{2}|t[0-9]{4}", "a form that labels allow"),
    (r",5Z$", "a fraction counts as a second more"),
)


def main() -> int:
    """Ask everybody and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", action="append", choices=[peer.name for peer in PEERS])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--output", choices=["table", "json"], default="table")
    arguments = parser.parse_args()
    asked = values()
    answers: dict[str, list[Answer]] = {}
    for peer in PEERS:
        if arguments.tool and peer.name not in arguments.tool:
            continue
        said = ask(peer, asked)
        answers |= {column: [each[position] for each in said] for position, column in enumerate(peer.columns)}
    mine = [ours(value) for value in asked]
    unexplained = show(asked, mine, answers, as_json=arguments.output == "json", everything=arguments.all)
    return 1 if unexplained else 0


def show(
    asked: Sequence[str],
    mine: Sequence[Answer],
    answers: Mapping[str, Sequence[Answer]],
    *,
    as_json: bool,
    everything: bool,
) -> int:
    """Print the table and the counts; give how many differences no rule explains."""
    counts: dict[str, Counter[str]] = {column: Counter() for column in answers}
    unexplained = 0
    if not as_json:
        print(f"| value | Tagwarden | {' | '.join(answers)} | why |\n|{'---|' * (len(answers) + 3)}")
    for number, value in enumerate(asked):
        theirs = {column: said[number] for column, said in answers.items()}
        rules = dict.fromkeys(rule_behind(value, mine[number], each) for each in theirs.values())
        rules.pop("", None)
        unexplained += "?" in rules
        for column, each in theirs.items():
            counts[column][relation(mine[number], each)] += 1
            counts[column]["(expired at creation, only there)"] += is_over(each) and not is_over(mine[number])
        if as_json:
            row = {column: [each.what, each.text] for column, each in theirs.items()}
            print(json.dumps({"value": value, "ours": [mine[number].what, mine[number].text], **row, "why": [*rules]}))
        elif everything or rules:
            cells = [f"`{value}`", mine[number], *theirs.values(), "; ".join(rules)]
            print(f"| {' | '.join(str(cell).replace('|', '¦') for cell in cells)} |")
    print(f"\n{len(asked)} values, {sum(each.what == 'read' for each in mine)} read here", file=sys.stderr)
    for column, counted in counts.items():
        print(f"{column}: {', '.join(f'{name} {count}' for name, count in counted.most_common())}", file=sys.stderr)
    return unexplained


def is_over(said: Answer) -> bool:
    """Whether a resource would be expired at the moment it is created."""
    if said.what != "read":
        return said.what == "at once"
    # Some give years of less than four digits.
    return said.text.rjust(len(CREATED_TEXT), "0") <= CREATED_TEXT


def relation(mine: Answer, theirs: Answer) -> str:
    """Name how two answers stand to one another."""
    if mine.what == "read" and theirs.what == "read":
        apart = datetime.fromisoformat(theirs.text) - datetime.fromisoformat(mine.text)
        if abs(apart) <= timedelta(seconds=1):
            return "the same instant"
        return "earlier there" if apart < timedelta(0) else "later there"
    if mine.what != "read" and theirs.what != "read":
        return "neither reads it"
    return "only read here" if mine.what == "read" else "only read there"


if __name__ == "__main__":
    sys.exit(main())
