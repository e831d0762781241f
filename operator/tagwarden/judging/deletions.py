"""Checks whose rule may delete, and all that such a rule waits for."""

from datetime import datetime, timedelta

from tagwarden.judging.case import Case, later
from tagwarden.judging.opinion import Check, Opinion, untouchable
from tagwarden.model.duration import format_duration
from tagwarden.model.history import LOOP_WINDOW
from tagwarden.model.policy import OnDeletable, OnMissingExpiry
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Finding, Verdict, Withheld
from tagwarden.tagging import format_instant


def is_expired(case: Case) -> Opinion | None:
    """The instant that was written, and never one that a repair supposes, has passed."""
    expires = case.expires
    if expires is None or expires > case.around.now or case.is_doubtful:
        return None
    finding = Finding(Reason.Expired, f"it expired at {format_instant(expires)}")
    if case.policy.spec.rules.expired is OnDeletable.REPORT:
        return Opinion(Verdict.REPORT, (finding,))
    return _deletion(case, finding, expires, case.policy.spec.grace.expired)


def is_untagged(case: Case) -> Opinion | None:
    """Nobody claims it and nothing says until when it is needed."""
    if not (case.lacks_owner and case.lacks_expiry):
        return None
    spec = case.policy.spec
    finding = Finding(Reason.Untagged, f"neither {spec.owner.key} nor {spec.expiry.key} is set; set both")
    if spec.rules.untagged is OnDeletable.REPORT:
        return Opinion(Verdict.REPORT, (finding,))
    return _deletion(case, finding, _absent_since(case, Reason.Untagged), spec.grace.untagged)


def is_without_owner(case: Case) -> Opinion | None:
    """It says until when it is needed, and not by whom. A backup of what nobody owned is kept as long all the same."""
    if not case.lacks_owner or case.lacks_expiry:
        return None
    spec = case.policy.spec
    finding = Finding(Reason.MissingOwner, f"{spec.owner.key} is not set; set it to whoever needs this")
    if spec.rules.missing_owner is OnDeletable.REPORT or case.policy.is_backup(case.resource):
        return Opinion(Verdict.REPORT, (finding,))
    return _deletion(case, finding, _absent_since(case, Reason.MissingOwner), spec.grace.untagged)


def is_without_expiry(case: Case) -> Opinion | None:
    """It says who needs it, and not until when."""
    if not case.lacks_expiry or case.lacks_owner:
        return None
    spec = case.policy.spec
    finding = Finding(Reason.MissingExpiry, f"{spec.expiry.key} is not set; set it to a time, such as 48h")
    match spec.rules.missing_expiry:
        case OnMissingExpiry.DELETE:
            return _deletion(case, finding, _absent_since(case, Reason.MissingExpiry), spec.grace.untagged)
        case OnMissingExpiry.FIX if case.intent:
            return Opinion(Verdict.FIX, (finding,))
        case OnMissingExpiry.FIX if not case.around.allows_harm:
            return Opinion(Verdict.REPORT, (finding, untouchable(case)))
        case _:
            return Opinion(Verdict.REPORT, (finding,))


def _deletion(case: Case, finding: Finding, since: datetime, grace: timedelta) -> Opinion:
    """Delete, unless something forbids it or it is too early."""
    if not case.around.allows_harm:
        forbidden = untouchable(case)
        return Opinion(Verdict.REPORT, (finding, forbidden), withheld=Withheld(*forbidden))
    if case.history is not None and case.history.deletions:
        loop = Finding(Reason.RecreateLoop, _came_back(case.history.deletions))
        return Opinion(Verdict.MANAGED, (finding, loop), withheld=Withheld(*loop))
    withheld = _incomplete(case) or _in_grace(case, since, grace) or _unconfirmed(case, finding.reason)
    verdict = Verdict.PENDING if withheld else Verdict.DELETE
    return Opinion(verdict, (finding,), deletion=finding.reason, withheld=withheld)


def _came_back(times: int) -> str:
    often = "once" if times == 1 else f"{times} times"
    return f"it or its like came back {often} within {LOOP_WINDOW.days} days after it was deleted; find what makes it"


def _incomplete(case: Case) -> Withheld | None:
    """Nothing is deleted on the strength of half a list (S3)."""
    if case.around.is_complete:
        return None
    message = f"{case.resource.kind} could not be listed to the end in account {case.resource.account}"
    return Withheld(Reason.SnapshotIncomplete, message)


def _in_grace(case: Case, since: datetime, grace: timedelta) -> Withheld | None:
    """People and their tools may still be about to tag it, or to extend it (S4)."""
    until = later(since, grace)
    if case.around.now >= until:
        return None
    return Withheld(
        Reason.InGracePeriod, f"the grace period of {format_duration(grace)} ends at {format_instant(until)}"
    )


def _unconfirmed(case: Case, rule: Reason) -> Withheld | None:
    """One look may be wrong: lists are eventually consistent and tags arrive late (S4)."""
    needed = case.policy.spec.observations
    history = case.history
    agreed = 1
    if history is not None and history.deletion is rule:
        agreed = history.agreed + (history.snapshot != case.around.snapshot)
    if agreed >= needed:
        return None
    return Withheld(Reason.AwaitingObservations, f"{agreed} of {needed} complete snapshots in a row agree")


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


DELETIONS: tuple[Check, ...] = (is_expired, is_untagged, is_without_owner, is_without_expiry)
