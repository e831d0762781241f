"""The end of the demo on one screen: planned, done, withheld, checked, and what to try next."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from tagwarden.model.plan import ActionType
from tagwarden.model.verdict import Verdict
from tests.support.demo.inspection import Check
from tests.support.demo.results import Results

WIDTH = 100
LINES = 40
MARGIN = 8
"""Columns for the indent of the screen and the space between the columns."""

NEXT = (
    ("make demo KEEP=1", "keep the cluster and the operator running, and look around"),
    ("tagwarden init", "declare your own account; the policy only audits"),
    ("tagwarden plan -f tagwarden/", "read your account and show the plan; no changes are made"),
    ("tagwarden explain ID", "explain the verdict of a resource"),
    ("tagwarden permissions --trust pod-identity", "write the least role for AWS"),
    ("docs/safety.md", "the rules that every deletion must pass"),
)


@dataclass(frozen=True)
class Checks:
    """The checks of the last step."""

    verdicts: Check
    remaining: Check
    project: Check
    tags: Check

    @property
    def lines(self) -> list[tuple[Check, str]]:
        """Each check with its result in a sentence."""
        return [
            (check, f"{check.right} of {check.total} {words}.")
            for check, words in (
                (self.verdicts, "verdicts are as expected"),
                (self.remaining, "resources are deleted or kept, as expected"),
                (self.project, "resources of the project are deleted or kept, as expected"),
                (self.tags, "corrected resources name an owner and an expiry within 48 hours"),
            )
        ]

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return not any(check.wrong for check, _ in self.lines)


def summary(planned: int, results: Results, checks: Checks, seconds: float) -> list[str]:
    """Give at most LINES lines of at most WIDTH columns; `planned` is the number of deletions in the plans of Audit."""
    deleted = len(results.done(ActionType.DELETE))
    corrected, shortened = (len(results.changed(verdict)) for verdict in (Verdict.FIX, Verdict.SHORTEN))
    withheld = {reason: len(found) for reason, found in sorted(results.withheld().items())}
    told = ", ".join(f"{count} {reason}" for reason, count in withheld.items()) or "none"
    return [
        *_columns(
            (
                ("planned", f"{planned} deletions in Audit, which changed nothing"),
                ("deleted", f"{deleted} resources, each looked up again afterwards"),
                ("corrected", f"{corrected} resources with wrong or missing tags; the original values are kept"),
                ("shortened", f"{shortened} resources with an expiry beyond the maximum of 48 hours"),
                ("withheld", f"{sum(withheld.values())} deletions: {told}"),
                ("failed", f"{len(results.failed())} actions"),
                *((("checked" if not number else ""), line) for number, (_, line) in enumerate(checks.lines)),
                ("time", f"{seconds:.0f} seconds"),
            )
        ),
        "",
        "Try next",
        *_columns(NEXT),
    ]


def _columns(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Align two columns; the second is wrapped."""
    width = max(len(first) for first, _ in rows)
    return [
        f"  {first if number == 0 else '':<{width}}  {line}"
        for first, second in rows
        for number, line in enumerate(wrap(second, WIDTH - MARGIN - width))
    ]
