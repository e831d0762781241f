"""Whether a plan may run: a person approves the hash of a shown plan, and only this plan may run (S6)."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

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
    how = f"approve it with the annotation {APPROVED_PLAN}: {plan.hash}"
    if not approved:
        return Withheld(Reason.NotApproved, f"the plan needs approval; {how}")
    if approved != plan.hash:
        if seen is not None and seen.used is not None:
            done = f"the approved plan was carried out at {format_instant(seen.used)}"
            return Withheld(Reason.NotApproved, f"the plan needs approval ({done}); {how}")
        changed = f": {diff_plans(shown, plan).summary}" if shown is not None and shown.hash == approved else ""
        return Withheld(Reason.ApprovalOutdated, f"the plan changed after its approval{changed}; {how}")
    if seen is not None and now - seen.since > APPROVAL_VALID:
        hours = APPROVAL_VALID // timedelta(hours=1)
        return Withheld(
            Reason.ApprovalOutdated, f"the approval is older than {hours} hours; remove the annotation, then {how}"
        )
    return None


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
