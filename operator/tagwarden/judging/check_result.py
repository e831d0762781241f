"""The result of one check."""

from collections.abc import Callable
from typing import NamedTuple

from tagwarden.judging.check_input import CheckInput
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Finding, Verdict, Withheld


class CheckResult(NamedTuple):
    """A verdict with its findings.

    `deletion` is the rule behind a Delete or Pending. `withheld` says what keeps back what the policy asks for. After
    a `final` one nothing more can be said, so no later check is asked.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    deletion: Reason | None = None
    withheld: Withheld | None = None
    final: bool = False


_new = tuple.__new__

Check = Callable[[CheckInput], CheckResult | None]
"""Looks at one thing; None where it has nothing to say."""


def one(verdict: Verdict, reason: Reason, message: str, *, final: bool = False) -> CheckResult:
    """Give a result with one finding."""
    return _new(CheckResult, (verdict, (_new(Finding, (reason, message)),), None, None, final))


def untouchable(given: CheckInput) -> Finding:
    """Report that no policy deletes or shortens in this environment (S2)."""
    environment = given.around.environment
    return Finding(Reason.Production, f"nothing is deleted or shortened in environment {environment}")
