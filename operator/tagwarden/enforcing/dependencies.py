"""Withholds the dependents of a failed action in later waves, and only these (S12)."""

from tagwarden.model.messages import enforcement_messages as messages
from tagwarden.model.outcome import Outcome
from tagwarden.model.plan import Action, ActionType, Plan
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.verdict import Withheld


class Dependencies:
    """Dependencies between the deletions of a plan, and the failed deletions.

    An action depends on the resources in its `after`. It also depends on all deletions of earlier waves with the same
    root: once a network cannot be emptied, no further resources in it are deleted.
    """

    def __init__(self, plan: Plan) -> None:
        self._because = {
            action.uid: action.because
            for action in plan.actions
            if action.type in (ActionType.BACKUP, ActionType.DELETE) and action.because
        }
        self._failed: dict[str, Resource] = {}
        self._broken: dict[str, str] = {}

    def note(self, outcome: Outcome) -> None:
        """Record the outcome of an action."""
        if outcome.succeeded:
            return
        if outcome.action.type is ActionType.DELETE:
            self._failed.setdefault(outcome.action.uid, outcome.resource)
            self._broken.setdefault(
                self._root(outcome.action.uid), messages.GROUP_NOT_DELETED(resource=outcome.resource)
            )
        elif outcome.action.type is ActionType.BACKUP:
            self._broken.setdefault(
                self._root(outcome.action.uid), messages.GROUP_NOT_BACKED_UP(resource=outcome.resource)
            )

    def obstacle(self, action: Action) -> Withheld | None:
        """Name a failed deletion that had to precede this action, if any."""
        if action.type is not ActionType.DELETE:
            return None
        for uid in action.after:
            if uid in self._failed:
                text = messages.DEPENDENT_NOT_DELETED(resource=self._failed[uid])
                return Withheld(Reason.WithheldByDependency, text)
        broken = self._broken.get(self._root(action.uid))
        return None if broken is None else Withheld(Reason.WithheldByDependency, broken)

    def _root(self, uid: str) -> str:
        seen = {uid}
        while (because := self._because.get(uid, "")) and because not in seen:
            uid = because
            seen.add(uid)
        return uid
