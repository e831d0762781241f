"""The two checks that may delete, with grace period and observations."""

from datetime import datetime

from tagwarden.judging.check import CheckInput, CheckResult, environment_forbids
from tagwarden.judging.compiled_policy import DeletionRule
from tagwarden.judging.inheritance import Inherited
from tagwarden.judging.kind_context import later
from tagwarden.model.duration import format_duration
from tagwarden.model.history import LOOP_WINDOW
from tagwarden.model.messages import judgement_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Finding, Verdict, Withheld
from tagwarden.tagging import format_instant

_LOOKS_FOR_A_MANAGER = 2


def is_expired(given: CheckInput) -> CheckResult | None:
    """The stated expiry has passed; an expiry that a repair assumed does not count."""
    expires = given.expires
    if expires is None or expires > given.context.now or given.is_doubtful:
        return None
    rule = given.context.rules.expired
    message = messages.EXPIRED_AT(finding=rule.finding.message, expires=format_instant(expires))
    return _by_rule(rule, given, Finding(rule.reason, message), expires)


def is_unclaimed(given: CheckInput) -> CheckResult | None:
    """The required owner or expiry is missing."""
    if not given.lacks_owner:
        return _without_expiry(given) if given.lacks_expiry else None
    if guess := given.reading.owner_guess or _guess_of(given.inherited):
        return _with_a_guess(given, guess)
    if given.lacks_expiry:
        # No owner claims the resource, and no expiry limits it.
        return _by_absence(given.context.rules.untagged, given)
    return _without_owner(given)


def _guess_of(inherited: Inherited) -> str:
    parent = inherited.perhaps_from
    return parent and messages.PERHAPS_OWNED_BY_PARENT(parent=parent)


def _with_a_guess(given: CheckInput, guess: str) -> CheckResult:
    """A tag that resembles an owner tag may name an owner, so the resource is only reported."""
    missing = given.context.rules.untagged if given.lacks_expiry else given.context.rules.missing_owner
    return CheckResult(Verdict.REPORT, (missing.finding, Finding(Reason.MalformedKey, guess)))


def _without_owner(given: CheckInput) -> CheckResult:
    """The expiry is present, the owner is missing.

    A backup without an owner is kept until its expiry, and so is a resource with a guessed expiry.
    """
    rule = given.context.rules.missing_owner
    if given.policy.is_backup(given.resource) or given.reading.expiry_guessed:
        return CheckResult(Verdict.REPORT, (rule.finding,))
    return _by_absence(rule, given)


def _without_expiry(given: CheckInput) -> CheckResult:
    """The owner is present, the expiry is missing."""
    rules = given.context.rules
    rule = rules.missing_expiry
    if not rules.fills_in:
        return _by_absence(rule, given)
    if given.target is not None:
        return CheckResult(Verdict.FIX, (rule.finding,))
    if not given.context.allows_deletion:
        return CheckResult(Verdict.REPORT, (rule.finding, environment_forbids(given)))
    return CheckResult(Verdict.REPORT, (rule.finding,))


def _by_absence(rule: DeletionRule, given: CheckInput) -> CheckResult:
    """Delete for a missing tag if the rule deletes, except irreplaceable resources (S19).

    An irreplaceable resource is marked even if this rule only reports: another rule may delete its parent.
    """
    if spared := given.spared:
        withheld = Withheld(*spared) if rule.deletes else None
        return CheckResult(Verdict.REPORT, (rule.finding, spared), withheld=withheld)
    return _by_rule(rule, given, rule.finding, _absent_since(given, rule.reason))


def _by_rule(rule: DeletionRule, given: CheckInput, finding: Finding, since: datetime) -> CheckResult:
    """Delete if the rule deletes, unless the environment forbids deletions or the grace period has not ended."""
    if not rule.deletes:
        return CheckResult(Verdict.REPORT, (finding,))
    if not given.context.allows_deletion:
        forbidden = environment_forbids(given)
        return CheckResult(Verdict.REPORT, (finding, forbidden), withheld=Withheld(*forbidden))
    if given.history is not None and given.history.deletions:
        loop = Finding(Reason.RecreateLoop, _describe_recreation(given.history.deletions))
        return CheckResult(Verdict.MANAGED, (finding, loop), withheld=Withheld(*loop))
    withheld = _incomplete(given) or _in_grace(given, rule, since) or _unconfirmed(given, rule)
    verdict = Verdict.PENDING if withheld else Verdict.DELETE
    return CheckResult(verdict, (finding,), rule.reason, withheld)


def _describe_recreation(times: int) -> str:
    days = LOOP_WINDOW.days
    return messages.RECREATED_ONCE(days=days) if times == 1 else messages.RECREATED(times=times, days=days)


def _incomplete(given: CheckInput) -> Withheld | None:
    """An incomplete list is no evidence for a deletion (S3)."""
    if given.context.is_complete:
        return None
    message = messages.LIST_INCOMPLETE(kind=given.resource.kind, account=given.resource.account)
    return Withheld(Reason.SnapshotIncomplete, message)


def _in_grace(given: CheckInput, rule: DeletionRule, since: datetime) -> Withheld | None:
    """People and tools may still tag the resource or extend its expiry (S4)."""
    if given.context.now - since >= rule.grace:
        return None
    until = format_instant(later(since, rule.grace))
    return Withheld(Reason.InGracePeriod, messages.IN_GRACE_PERIOD(grace=format_duration(rule.grace), until=until))


def _unconfirmed(given: CheckInput, rule: DeletionRule) -> Withheld | None:
    """A single snapshot may be wrong: lists are eventually consistent and tags arrive late (S4).

    A missing manager needs at least two observations, even if the policy asks for fewer.
    """
    needed = given.context.rules.observations
    if needed < _LOOKS_FOR_A_MANAGER and given.is_orphan:
        needed = _LOOKS_FOR_A_MANAGER
    history, context, interval = given.history, given.context, given.policy.observation_interval
    agreed, counted = 1, context.taken
    if history is not None and history.deletion is rule.reason:
        counts = history.agrees_with(context.snapshot, context.taken, interval)
        agreed = history.agreed + counts
        counted = context.taken if counts else history.counted or context.taken
    if agreed >= needed:
        return None
    missing, at = needed - agreed, format_instant(later(counted, interval))
    if missing == 1:
        message = messages.ONE_SNAPSHOT_NEEDED(agreed=agreed, needed=needed, at=at)
    else:
        message = messages.SNAPSHOTS_NEEDED(missing=missing, agreed=agreed, needed=needed, at=at)
    return Withheld(Reason.AwaitingObservations, message)


def _absent_since(given: CheckInput, rule: Reason) -> datetime:
    """Give the time since which the tags are missing: the creation, unless the history saw the tags later.

    Without a creation time and a history, that is now.
    """
    history = given.history
    if history is not None and (history.deletion is not rule or history.since is None):
        return given.context.now
    if history is not None and history.since is not None and history.since > history.first_seen:
        return history.since
    return given.created if given.created is not None else given.context.now
