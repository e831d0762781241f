"""docs/reasons.md, from the reasons and their docstrings."""

import inspect
import re

from tagwarden.model import reasons
from tagwarden.model.reasons import Reason
from tools.docstrings import member_sentences

_SECTION = re.compile(r"^    # (?P<title>.+)$")
_MEMBER = re.compile(r'^    (?P<name>\w+) = "')


def reasons_page() -> str:
    """Give docs/reasons.md: each reason under the heading that stands above it in the source."""
    sentences = member_sentences(Reason)
    lines = [
        "# Reasons",
        "",
        "Every finding, action and withheld deletion has one of these reasons.",
        "They appear verbatim in findings, conditions, events, labels of metrics and JSON.",
        "S1 to S24 are the [safety rules](safety.md).",
    ]
    for line in inspect.getsource(reasons.Reason).splitlines():
        if section := _SECTION.match(line):
            lines += ["", f"## {section['title']}", "", "| reason | meaning |", "|---|---|"]
        elif member := _MEMBER.match(line):
            lines.append(f"| `{member['name']}` | {sentences[member['name']]} |")
    return "\n".join(lines) + "\n"
