"""Checks whose rule may delete, and all that such a rule waits for."""

from datetime import datetime

from tagwarden.judging.case import Case, later
from tagwarden.judging.demands import DeletionRule
from tagwarden.judging.lineage import Legacy
from tagwarden.judging.opinion import Check, Opinion, untouchable
from tagwarden.model.duration import format_duration
from tagwarden.model.history import LOOP_WINDOW
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Finding, Verdict, Withheld
from tagwarden.tagging import format_instant

# To look a member of an enum up takes Python 3.11 ten times as long as a name of the module, and to make a named tuple
# from its fields twice as long as from a tuple.
_DELETE, _PENDING = Verdict.DELETE, Verdict.PENDING
_new = tuple.__new__
_LOOKS_FOR_A_MANAGER = 2


def is_expired(case: Case) -> Opinion | None:
    """The instant that was written, and never one that a repair supposes, has passed."""
    expires = case.expires
    if expires is None or expires > case.around.now or case.is_doubtful:
        return None
    rule = case.around.demands.expired
    message = f"{rule.finding.message} at {format_instant(expires)}"
    return _by(rule, case, _new(Finding, (rule.reason, message)), expires)


def is_unclaimed(case: Case) -> Opinion | None:
    """Nothing states the owner or the expiry that the policy asks for."""
    if not case.lacks_owner:
        return _without_expiry(case) if case.lacks_expiry else None
    if guess := case.reading.owner_guess or _guess_of(case.legacy):
        return _with_a_guess(case, guess)
    if case.lacks_expiry:
        # Nobody claims it and nothing says until when it is needed.
        return _by_absence(case.around.demands.untagged, case)
    return _without_owner(case)


def _guess_of(legacy: Legacy) -> str:
    return legacy.perhaps_from and f"it belongs to {legacy.perhaps_from}, which has a key that looks like an owner"


def _with_a_guess(case: Case, guess: str) -> Opinion:
    """A tag that looks like one of an owner names somebody, perhaps: nothing is deleted as if it named nobody."""
    missing = case.around.demands.untagged if case.lacks_expiry else case.around.demands.missing_owner
    return Opinion(Verdict.REPORT, (missing.finding, Finding(Reason.MalformedKey, guess)))


def _without_owner(case: Case) -> Opinion:
    """It says until when it is needed, and not by whom. A backup of what nobody owned is kept as long all the same.

    So is what only seems to say until when: nobody knows that it may go before.
    """
    rule = case.around.demands.missing_owner
    if case.policy.is_backup(case.resource) or case.reading.expiry_guessed:
        return Opinion(Verdict.REPORT, (rule.finding,))
    return _by_absence(rule, case)


def _without_expiry(case: Case) -> Opinion:
    """It says who needs it, and not until when."""
    demands = case.around.demands
    rule = demands.missing_expiry
    if not demands.fills_in:
        return _by_absence(rule, case)
    if case.intent is not None:
        return Opinion(Verdict.FIX, (rule.finding,))
    if not case.around.allows_harm:
        return Opinion(Verdict.REPORT, (rule.finding, untouchable(case)))
    return Opinion(Verdict.REPORT, (rule.finding,))


def _by_absence(rule: DeletionRule, case: Case) -> Opinion:
    """Delete for a missing tag where the rule says so, but never what nobody can make again (S19).

    What holds data says so even where this rule only reports: another one may delete what it belongs to.
    """
    if spared := case.spared:
        withheld = Withheld(*spared) if rule.deletes else None
        return Opinion(Verdict.REPORT, (rule.finding, spared), withheld=withheld)
    return _by(rule, case, rule.finding, _absent_since(case, rule.reason))


def _by(rule: DeletionRule, case: Case, finding: Finding, since: datetime) -> Opinion:
    """Delete where the rule says so, unless something forbids it or it is too early."""
    if not rule.deletes:
        return Opinion(Verdict.REPORT, (finding,))
    if not case.around.allows_harm:
        forbidden = untouchable(case)
        return Opinion(Verdict.REPORT, (finding, forbidden), withheld=Withheld(*forbidden))
    if case.history is not None and case.history.deletions:
        loop = Finding(Reason.RecreateLoop, _came_back(case.history.deletions))
        return Opinion(Verdict.MANAGED, (finding, loop), withheld=Withheld(*loop))
    withheld = _incomplete(case) or _in_grace(case, rule, since) or _unconfirmed(case, rule)
    verdict = _PENDING if withheld else _DELETE
    return _new(Opinion, (verdict, (finding,), rule.reason, withheld, False))


def _came_back(times: int) -> str:
    often = "once" if times == 1 else f"{times} times"
    return f"it or its like came back {often} within {LOOP_WINDOW.days} days after it was deleted; find what makes it"


def _incomplete(case: Case) -> Withheld | None:
    """Nothing is deleted on the strength of half a list (S3)."""
    if case.around.is_complete:
        return None
    message = f"{case.resource.kind} could not be listed to the end in account {case.resource.account}"
    return Withheld(Reason.SnapshotIncomplete, message)


def _in_grace(case: Case, rule: DeletionRule, since: datetime) -> Withheld | None:
    """People and their tools may still be about to tag it, or to extend it (S4)."""
    if case.around.now - since >= rule.grace:
        return None
    until = format_instant(later(since, rule.grace))
    return Withheld(Reason.InGracePeriod, f"the grace period of {format_duration(rule.grace)} ends at {until}")


def _unconfirmed(case: Case, rule: DeletionRule) -> Withheld | None:
    """One look may be wrong: lists are eventually consistent and tags arrive late (S4).

    That a manager is gone takes two looks whatever the policy says.
    """
    needed = case.around.demands.observations
    if needed < _LOOKS_FOR_A_MANAGER and case.is_orphan:
        needed = _LOOKS_FOR_A_MANAGER
    history = case.history
    agreed = 1
    if history is not None and history.deletion is rule.reason:
        around = case.around
        agreed = history.agreed + history.agrees_with(around.snapshot, around.taken, case.policy.observation_interval)
    if agreed >= needed:
        return None
    apart = format_duration(case.policy.observation_interval)
    message = f"{agreed} of {needed} complete snapshots in a row agree, taken at least {apart} apart"
    return Withheld(Reason.AwaitingObservations, message)


def _absent_since(case: Case, rule: Reason) -> datetime:
    """When tags began to be missing: at creation, unless history saw the resource in order before.

    Where nobody knows the creation time and history does not know the resource, that is now.
    """
    history = case.history
    if history is not None and (history.deletion is not rule or history.since is None):
        return case.around.now
    if history is not None and history.since is not None and history.since > history.first_seen:
        return history.since
    return case.created if case.created is not None else case.around.now


DELETIONS: tuple[Check, ...] = (is_expired, is_unclaimed)
