"""Whether a plan may run: a person approves the hash of a shown plan, and only this plan may run (S6)."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tagwarden.model.messages import plan_messages as messages
from tagwarden.model.plan import Action, ActionType, Plan
from tagwarden.model.policy import APPROVED_PLAN, Approval
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Withheld
from tagwarden.planning.difference import diff_plans
from tagwarden.planning.hashing import grounds_of, state_of
from tagwarden.tagging import format_instant

APPROVAL_VALID = timedelta(hours=24)
"""Maximum age of an approval, from the first sight: even an unchanged world does not justify an old approval."""


class SeenApproval(NamedTuple):
    """When the approval of a hash was first seen, and when the plan was last carried out, if ever; aware UTC."""

    since: datetime
    used: datetime | None = None


def approval_state(
    plan: Plan,
    approval: Approval,
    approved: str,
    *,
    seen: SeenApproval | None = None,
    shown: Plan | None = None,
    now: datetime,
) -> Withheld | None:
    """Explain why the plan needs approval; None if it may run.

    `approved` is the hash in the annotation, empty without an annotation; `seen` describes the approval of that hash;
    `shown` is the approved plan, if still available, so that the refusal can list the differences. The whole plan
    waits, tag writes included, since these are part of the hash; a plan without deletions needs no approval.
    """
    if approval is Approval.NONE or not plan.deletes:
        return None
    how = messages.HOW_TO_APPROVE(annotation=APPROVED_PLAN, hash=plan.hash)
    if not approved:
        return Withheld(Reason.NotApproved, messages.NEEDS_APPROVAL(how=how))
    if approved != plan.hash:
        if seen is not None and seen.used is not None:
            return Withheld(Reason.NotApproved, messages.APPROVAL_USED(used=format_instant(seen.used), how=how))
        is_known = shown is not None and shown.hash == approved
        return _outdated(shown if is_known else None, plan, how)
    if seen is not None and now - seen.since > APPROVAL_VALID:
        hours = APPROVAL_VALID // timedelta(hours=1)
        return Withheld(Reason.ApprovalOutdated, messages.APPROVAL_EXPIRED(hours=hours, how=how))
    return None


def _outdated(shown: Plan | None, plan: Plan, how: str) -> Withheld:
    """Say how the plan differs from the approved one, if that is still at hand."""
    if shown is None:
        return Withheld(Reason.ApprovalOutdated, messages.CHANGED_SINCE_APPROVAL(how=how))
    changes = diff_plans(shown, plan).summary
    return Withheld(Reason.ApprovalOutdated, messages.DIFFERS_FROM_APPROVED(changes=changes, how=how))


def means_the_same(shown: Plan, plan: Plan) -> bool:
    """Whether a plan makes the shown changes to the same states, apart from expiries that move with the clock.

    A shortened or assumed expiry counts from the time of the plan, so a later plan of unchanged resources has another
    hash. The shown plan itself is then carried out (S6).
    """
    same = (shown.policy, shown.declarations) == (plan.policy, plan.declarations)
    return same and _intents(shown) == _intents(plan)


def _intents(plan: Plan) -> list[Any]:
    found: list[Any] = []
    for planned in plan.resources:
        if planned.actions or planned.taken_by:
            actions = [
                (
                    action.type,
                    _tags_of(action),
                    sorted(action.changes.remove),
                    action.because,
                    sorted(action.after),
                    action.reason,
                    action.keeping,
                )
                for action in planned.actions
            ]
            grounds = None if planned.evidence is None else grounds_of(planned.evidence)
            found.append((planned.resource.uid, state_of(planned.resource), planned.taken_by, actions, grounds))
    return found


def _tags_of(action: Action) -> list[Any]:
    """Give the tag writes without values that move with the clock: for repairs only the keys."""
    return sorted(action.changes.set) if action.type is ActionType.SET_TAGS else sorted(action.changes.set.items())
