"""The input and the result of a check."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from tagwarden.judging.compiled_policy import CompiledPolicy
from tagwarden.judging.governance import UNDISPUTED, Governance
from tagwarden.judging.inheritance import NOTHING, Inherited
from tagwarden.judging.kind_context import KindContext
from tagwarden.model.history import History
from tagwarden.model.messages import judgement_messages as messages
from tagwarden.model.own_parts import is_ourselves
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Presence, Resource
from tagwarden.model.tags import TagState
from tagwarden.model.verdict import Finding, Verdict, Withheld
from tagwarden.tagging import Reading


class TargetExpiry(NamedTuple):
    """The expiry to be written, and the rule that asks for the write."""

    expires: datetime
    rule: Reason


class CheckInput(NamedTuple):
    """One resource and one policy: the input of every check.

    `created` is the creation time from the vendor, else the time of the first snapshot with the resource; None if
    unknown. `owner` and `expires` (aware UTC) hold before any write, own or inherited; a doubtful expiry is never
    earlier than `earliest`. `never`: the tags say that the resource never expires. `allowed` is the latest expiry that
    the policy allows; None without a maximum, without a creation time, or if no future expiry is stated. `target` is
    the expiry to write. `lacks_owner` and `lacks_expiry`: the policy requires an owner or expiry that neither the tags
    nor a parent states. `put_back` is the finding that others undid the last write, whose expiry then still holds.
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
        """Whether the manager is gone (S13). A missed manager counts as gone after the resource's own expiry."""
        manager = self.resource.manager
        if manager is None or manager.presence is Presence.ASSUMED:
            return False
        if manager.presence is Presence.GONE:
            return True
        has_own = self.reading.expiry_stated and not self.reading.expiry_guessed and not self.is_doubtful
        return has_own and self.expires is not None and self.expires <= self.context.now

    @property
    def spared(self) -> Finding | None:
        """The finding that keeps an irreplaceable resource; None if it is replaceable or a backup is possible (S19)."""
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

    `deletion` is the rule behind a Delete or Pending. `withheld` is the reason why an action of the policy is withheld.
    A `final` result ends the chain.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    deletion: Reason | None = None
    withheld: Withheld | None = None
    final: bool = False


Check = Callable[[CheckInput], CheckResult | None]
"""Answers one question about a resource; None if the check does not apply."""


def one(verdict: Verdict, reason: Reason, message: str, *, final: bool = False) -> CheckResult:
    """Give a result with one finding."""
    return CheckResult(verdict, (Finding(reason, message),), final=final)


def environment_forbids(given: CheckInput) -> Finding:
    """Report that no policy deletes or shortens in this environment (S2)."""
    return Finding(Reason.Production, messages.ENVIRONMENT_FORBIDS(environment=given.context.environment))
