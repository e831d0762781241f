"""A check: its input and its result."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from tagwarden.judging.compiled_policy import CompiledPolicy
from tagwarden.judging.governance import UNDISPUTED, Governance
from tagwarden.judging.inheritance import NOTHING, Inherited
from tagwarden.judging.kind_context import KindContext
from tagwarden.model.history import History
from tagwarden.model.own_parts import is_ourselves
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Presence, Resource
from tagwarden.model.tags import TagState
from tagwarden.model.verdict import Finding, Verdict, Withheld
from tagwarden.tagging import Reading


class TargetExpiry(NamedTuple):
    """The expiry that is to be written, and the rule that asks for it."""

    expires: datetime
    rule: Reason


class CheckInput(NamedTuple):
    """One resource and one policy: the input of every check.

    `created` is when it was created as far as anybody knows: as the vendor tells, else when it was first seen.
    `owner` and `expires` are what holds before any write, own or inherited; a doubtful expiry is never earlier than
    `earliest`. `allowed` is the instant beyond which its expiry may not lie, None where there is no maximum, its
    beginning is unknown, or nothing to come is stated. `put_back` says that others undid our last write, of which the
    expiry then holds on. `lacks_owner` and `lacks_expiry` say that the policy wants one
    and nothing states any.
    """

    resource: Resource
    context: KindContext
    governance: Governance
    history: History | None
    created: datetime | None
    reading: Reading
    inherited: Inherited
    protecting_tag: str
    owner: str | None
    expires: datetime | None
    never: bool
    is_doubtful: bool
    allowed: datetime | None
    target: TargetExpiry | None
    lacks_owner: bool
    lacks_expiry: bool
    put_back: Finding | None

    @property
    def policy(self) -> CompiledPolicy:
        """The policy that judges."""
        return self.context.policy

    @property
    def inherits_owner(self) -> bool:
        """Whether a parent states an owner, readable or not."""
        return self.inherited.states_owner and not self.reading.owner_stated

    @property
    def inherits_expiry(self) -> bool:
        """Whether a parent states an expiry, readable or not."""
        return self.inherited.states_expiry and not self.reading.expiry_stated

    @property
    def is_orphan(self) -> bool:
        """Whether its manager is gone (S13). One that is only missed counts once the expiry of its own has passed."""
        manager = self.resource.manager
        if manager is None or manager.presence is Presence.ASSUMED:
            return False
        if manager.presence is Presence.GONE:
            return True
        has_own = self.reading.expiry_stated and not self.reading.expiry_guessed and not self.is_doubtful
        return has_own and self.expires is not None and self.expires <= self.context.now

    @property
    def spared(self) -> Finding | None:
        """Why it stays although nobody names it, None where it holds nothing or a backup can be made of it (S19)."""
        context = self.context
        if context.is_backed_up and context.policy.irreplaceable.can_back_up(self.resource):
            return None
        return context.irreplaceable

    @property
    def is_ordinary(self) -> bool:
        """Whether no exemption can apply: the conditions of all exemption checks in one test."""
        resource = self.resource
        return (
            resource.tags.state is TagState.KNOWN
            and self.governance is UNDISPUTED
            and self.context.doubt is None
            and (self.inherited is NOTHING or not self.inherited.exempts)
            and not self.protecting_tag
            and not resource.protection
            and resource.manager is None
            and not is_ourselves(resource)
        )


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


Check = Callable[[CheckInput], CheckResult | None]
"""Looks at one thing; None where it has nothing to say."""


def one(verdict: Verdict, reason: Reason, message: str, *, final: bool = False) -> CheckResult:
    """Give a result with one finding."""
    return CheckResult(verdict, (Finding(reason, message),), final=final)


def environment_forbids(given: CheckInput) -> Finding:
    """Report that no policy deletes or shortens in this environment (S2)."""
    environment = given.context.environment
    return Finding(Reason.Production, f"nothing is deleted or shortened in environment {environment}")
